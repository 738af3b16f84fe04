"""What an interrupted run over a video goes on with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.video import checkpoint
from ocr_studio.core.video.checkpoint import Checkpoint, PlacedState

STATES = PlacedState("a.png", "1", 0.0, 9.0), PlacedState("b.png", "2", 9.0, 12.5)
SAVED = Checkpoint("video", 13.0, STATES, (b"one", b"two"), {"seen": np.array([True, False])})


def test_a_checkpoint_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, "file", SAVED)
    loaded = checkpoint.load(tmp_path, "file", "video")
    assert loaded is not None
    assert replace(loaded, tracker={}) == replace(SAVED, tracker={})
    assert loaded.tracker.keys() == {"seen"}
    assert loaded.tracker["seen"].tolist() == [True, False]
    checkpoint.remove(tmp_path, "file")
    assert checkpoint.load(tmp_path, "file", "video") is None


def test_a_checkpoint_of_another_video_is_not_used(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, "file", SAVED)
    assert checkpoint.load(tmp_path, "file", "other") is None


@pytest.mark.parametrize("name", ["../a.png", "/a.png"])
def test_a_checkpoint_names_no_photo_in_another_folder(tmp_path: Path, name: str) -> None:
    checkpoint.save(tmp_path, "file", replace(SAVED, states=(replace(STATES[0], image=name),)))
    assert checkpoint.load(tmp_path, "file", "video") is None
