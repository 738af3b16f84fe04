"""Large photos are turned and cropped outside the window's thread, and undone without warping them again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import warping
from ocr_studio.core.page import Edit, Page, PhotoFrame
from ocr_studio.jobs.photos import frame_photo
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.job_thread import Priority, Trouble
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


@contextmanager
def _held(studio: Studio) -> Iterator[None]:
    """Within this context, the lane that turns photos is busy with something else."""
    go_on = threading.Event()

    def hold() -> Iterator[object]:
        go_on.wait(30)
        yield None

    studio.lanes.slow.submit(hold, name="Hold", priority=Priority.URGENT)
    try:
        yield
    finally:
        go_on.set()


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


def test_a_change_that_waits_is_made_before_another_project_is_opened(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot, warped: list[bool]
) -> None:
    studio = open_studio(folder / "board 1.png")
    document, project = studio.document, studio.opening.project
    assert document.page is not None
    assert project is not None
    first = document.page.id
    other = tmp_path / "other" / "sign.png"
    other.parent.mkdir()
    other.write_bytes((folder / "board 2.png").read_bytes())
    with _held(studio):
        slant(studio)
        studio.opening.open_paths([other])
        qtbot.waitUntil(lambda: studio.opening.path == other)
        page = project.load_page(first, aside=False)
        assert page is not None
        assert page.facts.frame == SLANTED
        assert frame_of(studio) is None
    qtbot.waitUntil(lambda: not studio.busy)
    assert frame_of(studio) is None
    assert True not in warped


def test_a_change_that_waits_is_saved_on_closing(
    open_studio: Open, folder: Path, qtbot: QtBot, warped: list[bool]
) -> None:
    studio = open_studio(folder / "board 1.png")
    with _held(studio):
        slant(studio)
        studio.window.close()
        assert not studio.window.isVisible()
    studio.stop()
    assert True not in warped
    again = open_studio(folder / "board 1.png")
    assert frame_of(again) == SLANTED


def test_a_photo_that_stays_open_as_it_can_not_be_saved_is_turned(
    open_studio: Open, folder: Path, warped: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(folder / "board 1.png")
    before = studio.document.image
    assert before is not None
    with monkeypatch.context() as patch, _held(studio):
        patch.setattr(studio.autosave, "flush", lambda _: False)
        slant(studio)
        studio.window.close()
    assert studio.window.isVisible()
    assert np.array_equal(studio.document.image, warping.frame_photo(before, SLANTED))  # type: ignore[arg-type]


def test_a_change_that_is_not_possible_does_not_stop_later_ones(
    open_studio: Open, folder: Path, qtbot: QtBot, warped: list[bool]
) -> None:
    studio = open_studio(folder / "board 1.png")
    troubles: list[object] = []
    studio.window.framing.failed.connect(troubles.append)

    def refuse(page: Page) -> Edit:
        raise StudioError("it can’t be turned")

    studio.window.framing.change(refuse)
    assert troubles == [Trouble("it can’t be turned.")]
    slant(studio)
    qtbot.waitUntil(lambda: frame_of(studio) == SLANTED)
    assert len(troubles) == 1
