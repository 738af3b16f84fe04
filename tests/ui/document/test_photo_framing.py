"""Large photos are turned and cropped outside the window's thread, and undone without warping them again."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.images import warping
from ocr_studio.core.page import PhotoFrame
from ocr_studio.jobs.photos import frame_photo
from ocr_studio.ui.app.app import Studio
from tests.ui.studio import Open

SLANTED = PhotoFrame(480, 240, slant=3.0)


@pytest.fixture
def warped(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let every photo count as large. For each one that is turned: whether the window's thread does it."""
    warped: list[bool] = []
    original = frame_photo.frame_photo

    def record(photo: warping.Photo, frame: PhotoFrame | None) -> frame_photo.FramedPhoto:
        warped.append(threading.current_thread() is threading.main_thread())
        return original(photo, frame)

    monkeypatch.setattr(frame_photo, "frame_photo", record)
    monkeypatch.setattr("ocr_studio.ui.document.photo_framing._AT_ONCE", 0)
    return warped


def frame_of(studio: Studio) -> PhotoFrame | None:
    assert studio.document.page is not None
    return studio.document.page.facts.frame


def slant(studio: Studio) -> None:
    studio.window.framing.change(lambda page: photo_frames.set_frame(page, SLANTED, "Slant"))


def test_the_window_does_not_wait(open_studio: Open, folder: Path, qtbot: QtBot, warped: list[bool]) -> None:
    studio = open_studio(folder / "board 1.png")
    document, before = studio.document, studio.document.image
    assert before is not None
    slant(studio)
    assert frame_of(studio) is None
    qtbot.waitUntil(lambda: frame_of(studio) == SLANTED)
    assert np.array_equal(document.image, warping.frame_photo(before, SLANTED))  # type: ignore[arg-type]
    document.undo_stack.undo()
    assert document.image is before
    document.undo_stack.redo()
    assert warped == [False]


def test_quick_turns_add_up(open_studio: Open, folder: Path, qtbot: QtBot, warped: list[bool]) -> None:
    studio = open_studio(folder / "board 1.png")
    steps = studio.document.undo_stack.count()
    for _ in range(3):
        studio.window.action_set["rotate_photo_right"].trigger()
    qtbot.waitUntil(lambda: frame_of(studio) == PhotoFrame(480, 240, 3))
    assert studio.document.undo_stack.count() == steps + 1
    assert warped == [False] * 3


def test_a_photo_that_was_left_meanwhile_is_turned(
    open_studio: Open, folder: Path, qtbot: QtBot, warped: list[bool]
) -> None:
    studio = open_studio(folder / "board 1.png")
    first = studio.document.page
    assert first is not None
    slant(studio)
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: frame_of(studio) is None and studio.document.page is not first and not studio.busy)

    def turned() -> bool:
        page = studio.document.history.page(first.id)
        return page is not None and page.facts.frame == SLANTED

    qtbot.waitUntil(turned)
    assert frame_of(studio) is None


def test_what_follows_is_done_once_the_photo_is_turned(
    open_studio: Open, folder: Path, qtbot: QtBot, warped: list[bool]
) -> None:
    studio = open_studio(folder / "board 1.png")
    seen: list[PhotoFrame | None] = []
    studio.window.framing.change(
        lambda page: photo_frames.set_frame(page, SLANTED, "Slant"), done=lambda: seen.append(frame_of(studio))
    )
    qtbot.waitUntil(lambda: seen == [SLANTED])
    assert warped == [False]
