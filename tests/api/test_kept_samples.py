"""Samples kept in a file, which may be a stranger's: the same come back, or they are drawn again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.api.samples import Samples

PICTURE = np.full((48, 90, 3), 200, np.uint8)
LINES = [[(np.array([(0, 0), (9, 0), (9, 20), (0, 20)], np.float32), letter) for letter in "ab"]]


def drawn(file: Path, *, again: list[int]) -> Samples:
    def generator() -> Iterator[tuple[Any, Any]]:
        for number in range(3):
            again.append(number)
            yield PICTURE, LINES

    return Samples.load_or_generate(generator(), 3, file=file, source_hash="this")


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    times: list[int] = []
    first = drawn(tmp_path / "a.npz", again=[])
    second = drawn(tmp_path / "a.npz", again=times)
    assert not times
    for one, two in zip(first.all, second.all, strict=True):
        assert one.text == two.text == "ab"
        np.testing.assert_array_equal(one.jpeg, two.jpeg)
        np.testing.assert_array_equal(one.boxes, two.boxes)


@pytest.mark.parametrize(
    "changes",
    [
        {"sizes": np.array([-1, 1, 1])},
        {"sizes": np.array([1 << 60] * 3)},
        {"sizes": np.array([0.5] * 3)},
        {"counts": np.array([2, 2, 9])},
        {"counts": np.array([1, 2, 3])},
        {"boxes": np.full((6, 4, 2), np.nan, np.float32)},
        {"boxes": np.zeros((6, 8), np.float32)},
        {"texts": np.array(["ab", "ab"])},
        {"texts": np.array(["abc", "ab", "ab"])},
        {"jpeg": np.zeros(300, np.uint8), "sizes": np.array([100] * 3)},
        {"made_of": np.array(["this", "that"])},
    ],
)
def test_what_cannot_be_is_drawn_again(tmp_path: Path, changes: dict[str, Any]) -> None:
    file = tmp_path / "a.npz"
    drawn(file, again=[])
    with np.load(file) as kept:
        arrays = dict(kept) | changes
    np.savez(file, allow_pickle=True, **arrays)
    times: list[int] = []
    assert [sample.text for sample in drawn(file, again=times).all] == ["ab"] * 3
    assert times == [0, 1, 2]


def test_a_picture_larger_than_any_sample_is_not_decoded(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    drawn(file, again=[])
    with np.load(file) as kept:
        arrays = dict(kept)
    at = arrays["jpeg"].tobytes().index(b"\xff\xc0") + 5
    arrays["jpeg"][at : at + 4] = 0xFF  # 65,535 x 65,535 pixels
    np.savez(file, allow_pickle=False, **arrays)
    times: list[int] = []
    drawn(file, again=times)
    assert times
