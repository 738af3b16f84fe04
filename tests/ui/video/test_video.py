"""A video is opened: its board states become photos that are read, and the strip under the photo leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ocr_studio.core.images.photo_file import compute_content_id
from ocr_studio.core.page import Page
from ocr_studio.core.video import time_maps, video_record
from ocr_studio.core.video.time_maps import TimeMaps
from ocr_studio.core.video.video_record import StoredState, VideoRecord
from ocr_studio.jobs.video import find_states
from ocr_studio.jobs.video.find_states import VideoEvent, VideoProgress
from ocr_studio.ui.app.app import Studio
from tests.ui.studio import Open, texts


def write_video(path: Path, *, texts: tuple[str, ...] = ("matrix", "vector"), each: int = 25) -> Path:
    """A board on which one text after the other is written, looked at and wiped off; a frame a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 1, (480, 240))
    bare = np.full((240, 480, 3), 225, np.uint8)
    for text in texts:
        board = bare.copy()
        for row in range(3):
            cv2.putText(board, text, (40, 70 + 60 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (60, 30, 20), 4)
        for frame in (*[bare] * 6, *[board] * each):
            writer.write(frame)
    writer.release()
    return path


@pytest.fixture
def states(folder: Path) -> Path:
    """The photos of a folder as the states of a video, ten minutes each."""
    maps = TimeMaps(np.full((60, 120), 630.0, np.float32), np.full((60, 120), 1190.0, np.float32), 4)
    record = VideoRecord(
        "../lecture.mp4",
        "0" * 32,
        1800.0,
        480,
        240,
        tuple(
            StoredState(path.name, compute_content_id(path), 600.0 * row, 600.0 * (row + 1), time_maps.pack(maps, 1800))
            for row, path in enumerate(sorted(folder.glob("*.png")))
        ),
        complete=True,
    )
    (folder / "lecture.video.json").write_bytes(video_record.encode(record))
    return folder


def test_a_video_is_opened_and_its_boards_are_read(open_studio: Open, tmp_path: Path, qtbot: QtBot) -> None:
    video = write_video(tmp_path / "films" / "lecture.avi")
    studio = open_studio()
    studio.opening.open_paths([video])
    strip = studio.window.video_strip
    assert strip.isVisible()
    qtbot.waitUntil(lambda: strip.moment is not None and strip.moment.video.complete, timeout=60_000)
    assert strip.moment is not None
    record = strip.moment.video
    qtbot.waitUntil(lambda: studio.window.video.video is None)
    assert strip.states.count() == len(record.states) >= 2
    assert studio.opening.path == tmp_path / "films" / "lecture" / record.states[0].image
    pages = [state.page for state in record.states]
    qtbot.waitUntil(lambda: not studio.busy and all(_is_read(studio, each) for each in pages), timeout=60_000)
    assert not strip.progress.isVisible()
    assert "lecture.avi" in studio.window.status.currentMessage()


def _load(studio: Studio, page_id: str) -> Page | None:
    project = studio.opening.project
    return project.load_page(page_id) if project else None


def _is_read(studio: Studio, page_id: str) -> bool:
    page = _load(studio, page_id)
    return page is not None and bool(page.words)


def test_the_strip_leads_to_the_other_states(open_studio: Open, states: Path, qtbot: QtBot) -> None:
    studio = open_studio(states / "board 2.png")
    strip = studio.window.video_strip
    qtbot.waitUntil(lambda: strip.moment is not None)
    assert strip.title.text() == "Board 2 of 3 in “lecture.mp4”"
    assert strip.times.text() == "On the board from 0:10:00 to 0:20:00"
    assert strip.states.currentRow() == 1
    qtbot.waitUntil(lambda: all(not strip.states.item(row).icon().isNull() for row in range(3)))
    place = strip.states.visualItemRect(strip.states.item(2)).center()
    qtbot.mouseClick(strip.states.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: studio.opening.path == states / "board 3.png")
    qtbot.waitUntil(lambda: strip.title.text().startswith("Board 3"))
    strip.states.setFocus()
    qtbot.keyClick(strip.states, Qt.Key.Key_Left)
    qtbot.keyClick(strip.states, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: studio.opening.path == states / "board 2.png")


def test_a_selected_word_tells_when_it_was_written(open_studio: Open, states: Path, qtbot: QtBot) -> None:
    studio = open_studio(states / "board 1.png")
    strip = studio.window.video_strip
    qtbot.waitUntil(lambda: strip.moment is not None and bool(texts(studio)))
    word = studio.document.order()[0]
    studio.document.select([word], current=word)
    assert strip.times.text() == f"“{texts(studio)[0]}” first seen at 0:10:30, last at 0:19:50"
    studio.document.select([])
    assert strip.times.text() == "On the board from 0:00:00 to 0:10:00"


def test_a_renamed_state_is_found(open_studio: Open, states: Path, qtbot: QtBot) -> None:
    studio = open_studio(states / "board 3.png")
    qtbot.waitUntil(lambda: bool(texts(studio)))
    studio.opening.open_paths([states / "board 1.png"])
    qtbot.waitUntil(lambda: studio.opening.path == states / "board 1.png" and not studio.busy)
    assert studio.autosave.flush()
    (states / "board 3.png").rename(states / "eigenvalues.png")
    strip = studio.window.video_strip
    qtbot.waitUntil(lambda: strip.moment is not None)
    page_id = strip.states.item(2).data(Qt.ItemDataRole.UserRole).page
    qtbot.waitUntil(lambda: (page := _load(studio, page_id)) is not None and page.image == "eigenvalues.png")
    strip.states.itemActivated.emit(strip.states.item(2))
    qtbot.waitUntil(lambda: studio.opening.path == states / "eigenvalues.png")


def test_other_photos_have_no_strip(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    qtbot.waitUntil(lambda: not studio.lanes.files.busy)
    assert not studio.window.video_strip.isVisible()


def test_what_is_no_video_is_told_in_one_line(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    (folder / "lecture.mp4").write_bytes(b"no video at all" * 100)
    studio = open_studio(folder / "board 1.png")
    studio.opening.open_paths([folder / "lecture.mp4"])
    qtbot.waitUntil(lambda: studio.window.video.video is None)
    qtbot.waitUntil(lambda: any("lecture.mp4" in each for each in studio.window.messages.texts()))
    assert studio.opening.path == folder / "board 1.png"
    assert not studio.window.video_strip.isVisible()


def test_it_is_paused_resumed_and_stopped(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(*_: Path) -> Iterator[VideoEvent]:
        for second in range(10**9):
            yield VideoProgress(float(second % 3600), 3600.0)  # however long it takes until a slow machine clicks

    monkeypatch.setattr(find_states, "find_states", count)
    studio = open_studio(folder / "board 1.png")
    controller, row = studio.window.video, studio.window.video_strip.progress
    studio.opening.open_paths([folder / "lecture.mp4"])
    qtbot.waitUntil(lambda: "of 1:00:00" in row.status.text())
    qtbot.mouseClick(row.pause, Qt.MouseButton.LeftButton)
    assert not controller.running
    assert row.status.text().startswith("Paused at 0:")
    assert row.pause.text() == "Resume"
    qtbot.mouseClick(row.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: controller.running and row.pause.text() == "Pause")
    qtbot.mouseClick(row.stop, Qt.MouseButton.LeftButton)
    assert controller.video is None
    assert not studio.window.video_strip.isVisible()
