"""What a training run keeps of itself, and what is made of it when the file is damaged or the disk is full."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.training.checkpoints import Checkpoint, CheckpointNotSaved

KEPT = Checkpoint({"weights/0": np.arange(6, dtype=np.float32).reshape(2, 3)}, {"step": 7, "words": ["ß", "→"]})


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    checkpoints.save_checkpoint(tmp_path / "run", KEPT)
    again = checkpoints.load_checkpoint(tmp_path / "run")
    assert again is not None
    assert again.facts == KEPT.facts
    assert list(again.arrays) == ["weights/0"]
    assert again.arrays["weights/0"].dtype == np.float32
    np.testing.assert_array_equal(again.arrays["weights/0"], KEPT.arrays["weights/0"])


def test_a_later_one_takes_the_place_of_an_earlier_one_and_clears_up(tmp_path: Path) -> None:
    (tmp_path / ".0123456789abcdef.tmp").write_bytes(b"half")
    checkpoints.save_checkpoint(tmp_path, KEPT)
    checkpoints.save_checkpoint(tmp_path, Checkpoint({}, {"step": 8}))
    again = checkpoints.load_checkpoint(tmp_path)
    assert again is not None
    assert (dict(again.arrays), again.facts) == ({}, {"step": 8})
    assert [path.name for path in tmp_path.iterdir()] == [checkpoints.FILE]
    checkpoints.delete_checkpoint(tmp_path)
    assert checkpoints.load_checkpoint(tmp_path) is None


@pytest.mark.parametrize("cut", [0, 1, 40, -30])
def test_a_damaged_one_is_none_and_said(tmp_path: Path, cut: int, caplog: pytest.LogCaptureFixture) -> None:
    checkpoints.save_checkpoint(tmp_path, KEPT)
    path = tmp_path / checkpoints.FILE
    path.write_bytes(path.read_bytes()[:cut])
    with caplog.at_level(logging.WARNING):
        assert checkpoints.load_checkpoint(tmp_path) is None
    assert "begins anew" in caplog.text


def test_pickled_objects_are_not_loaded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    with open(tmp_path / checkpoints.FILE, "wb") as stream:
        facts: dict[str, Any] = {"facts.json": np.array([Trap()], dtype=object)}
        np.savez(stream, **facts)
    assert checkpoints.load_checkpoint(tmp_path) is None
    assert not (tmp_path / "sprung").exists()
    assert "begins anew" in caplog.text


def test_where_it_cannot_be_written_the_earlier_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoints.save_checkpoint(tmp_path, KEPT)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SafeFolder, "replace", full)
    with pytest.raises(CheckpointNotSaved, match="No space left"):
        checkpoints.save_checkpoint(tmp_path, Checkpoint({}, {"step": 8}))
    again = checkpoints.load_checkpoint(tmp_path)
    assert again is not None
    assert again.facts["step"] == 7
