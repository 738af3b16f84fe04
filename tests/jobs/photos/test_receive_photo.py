"""Photos that come over the network: only whole ones are saved, and under no name but our own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.images import photo_file, photo_limit
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.jobs.photos.receive_photo import receive_photo
from tests import drawn

WHEN = datetime(2026, 11, 25, 12, 30, 5)  # noqa: DTZ001  (as a clock on the wall says it)


@pytest.mark.parametrize(
    ("kind", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"), ("HEIF", ".heic"), ("AVIF", ".avif")]
)
def test_a_photo_is_saved_as_it_was_sent(tmp_path: Path, kind: str, suffix: str) -> None:
    data = drawn.file_of(drawn.board(), kind)
    path = receive_photo(data, folder=tmp_path, when=WHEN)
    assert path == tmp_path / f"Phone 2026-11-25 12.30.05{suffix}"
    assert path.read_bytes() == data
    assert drawn.shows(photo_file.open_photo(path), drawn.board())


def test_no_photo_is_overwritten_and_names_are_in_the_order_of_arrival(tmp_path: Path) -> None:
    data = drawn.file_of(drawn.board(), "PNG")
    names = [receive_photo(data, folder=tmp_path, when=WHEN).name for _ in range(3)]
    assert names == [f"Phone 2026-11-25 12.30.{second}.png" for second in ("05", "06", "07")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + bytes(50),
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        drawn.file_of(drawn.board(), "JPEG")[:-200],
        drawn.file_of(drawn.board(), "PNG")[:100],
        drawn.file_of(drawn.board(), "HEIF")[:300],
    ],
)
def test_what_is_no_whole_photo_is_not_saved(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(PhotoError):
        receive_photo(data, folder=tmp_path, when=WHEN)
    assert list(tmp_path.iterdir()) == []


def test_a_photo_with_more_pixels_than_allowed_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = drawn.png((30_000, 30_000, 1, 0), bytes(1000))
    monkeypatch.setattr(photo_limit._Allowed, "pixels", 100_000_000)
    with pytest.raises(PhotoError, match="100 million"):
        receive_photo(bomb, folder=tmp_path, when=WHEN)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(WriteFailed):
        receive_photo(drawn.file_of(np.zeros((8, 8, 3), np.uint8), "PNG"), folder=tmp_path / "gone", when=WHEN)
