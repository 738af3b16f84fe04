"""Every change is on the disk within a second, whatever happens next."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.ui.document import autosave as autosave_module
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.document import Document
from tests.core.made_pages import page_of, read_word

PAGE = page_of(read_word("the", 100), read_word("map", 200))
OTHER = replace(PAGE, id="f" * 32, image="other.jpg")
PHOTO = np.zeros((800, 1000, 3), np.uint8)


class Desk:
    """A document with its autosave and a project, and what the signals said."""

    def __init__(self, photos: Path) -> None:
        self.photos = photos
        self.document = Document()
        self.autosave = Autosave(self.document)
        self.project = Project.open(photos)
        self.autosave.set_project(self.project)
        self.status: list[str] = []
        self.autosave.saving.connect(lambda: self._hear("saving"))
        self.autosave.saved.connect(lambda: self._hear("saved"))
        self.autosave.failed.connect(self._hear)
        self.show(PAGE)

    def _hear(self, what: str) -> None:
        assert threading.current_thread() is threading.main_thread()
        assert QThread.currentThread() is self.autosave.thread()
        self.status.append(what)

    def show(self, page: Page) -> None:
        self.document.open(page, PHOTO)

    def write(self, text: str) -> Page:
        page = self.document.page
        assert page
        self.document.push(edits.write(page, "the-100", text))
        assert self.document.page
        return self.document.page

    def on_disk(self, page_id: str = PAGE.id) -> Page | None:
        return Project.open(self.photos).load_page(page_id)


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.autosave.flush()
    desk.project.unlock()


class Disk:
    """A disk that can be full, and can be slow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self.open = threading.Event()
        self.open.set()
        self.writes = 0
        self._fsync: Callable[[int], None] = os.fsync
        monkeypatch.setattr(os, "fsync", self._flush)

    def _flush(self, handle: int) -> None:
        self.writes += 1
        assert self.open.wait(20)
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._fsync(handle)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def test_a_change_is_saved_by_itself(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.autosave.saved):
        page = desk.write("thy")
        assert desk.autosave.unsaved
    assert desk.on_disk() == page
    assert not desk.autosave.unsaved
    assert desk.status == ["saving", "saved"]


def test_changes_without_a_pause_are_saved_in_between(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    desk.write("one")
    (due,) = desk.autosave._queue.due.values()
    assert due.moment <= 1000.4  # once it has been quiet
    for _ in range(5):
        moment[0] += 0.1
        desk.write(f"more {moment[0]}")
    (due,) = desk.autosave._queue.due.values()
    # However long they type: what is left of a second is for the disk.
    assert due.moment <= 1000.7
    assert desk.autosave.flush()


def test_opening_alone_saves_nothing(desk: Desk, disk: Disk, tmp_path: Path) -> None:
    desk.show(OTHER)
    assert desk.autosave.flush()
    assert list(tmp_path.iterdir()) == []
    assert desk.status == []


def test_the_latest_state_wins_and_many_changes_are_few_writings(desk: Desk, disk: Disk) -> None:
    for turn in range(200):
        desk.write(f"thy {turn}")
    assert desk.autosave.flush()
    assert desk.on_disk() == desk.document.page
    assert disk.writes <= 8


def test_undo_is_saved_as_well(desk: Desk) -> None:
    desk.write("thy")
    desk.document.undo_stack.undo()
    assert desk.autosave.flush()
    assert desk.on_disk() == PAGE


def test_reading_the_page_is_saved(desk: Desk) -> None:
    desk.document.set_read_at("2026-11-11T11:11:11+00:00")
    assert desk.autosave.flush()
    assert desk.on_disk() == replace(PAGE, read_at="2026-11-11T11:11:11+00:00")


def test_changes_go_on_while_the_disk_is_slow(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    disk.open.clear()
    desk.write("one")
    qtbot.waitUntil(lambda: disk.writes > 0)
    page = desk.write("two")
    assert not desk.autosave.flush(timeout=0.1)
    disk.open.set()
    assert desk.autosave.flush()
    assert desk.on_disk() == page
    qtbot.waitUntil(lambda: desk.status == ["saving", "saved"])


def test_another_photo_loses_nothing(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    disk.open.clear()
    page = desk.write("thy")
    desk.show(OTHER)
    other = desk.write("other")
    assert desk.project.load_page(PAGE.id) == page
    assert desk.project.load_page(OTHER.id) == other
    disk.open.set()
    qtbot.waitUntil(lambda: desk.status[-1:] == ["saved"])
    assert desk.on_disk() == page
    assert desk.on_disk(OTHER.id) == other


def test_another_photo_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(autosave_module, "QUIET", 1000.0)
    monkeypatch.setattr(autosave_module, "LATEST", 1000.0)
    with qtbot.waitSignal(desk.autosave.saved):
        page = desk.write("thy")
        desk.show(OTHER)
    assert desk.on_disk() == page


def test_another_project(desk: Desk, tmp_path: Path) -> None:
    page = desk.write("thy")
    (tmp_path / "more").mkdir()
    project = Project.open(tmp_path / "more")
    desk.autosave.set_project(project)
    desk.show(OTHER)
    other = desk.write("other")
    assert desk.autosave.flush()
    assert desk.on_disk() == page
    assert Project.open(tmp_path / "more").load_page(OTHER.id) == other
    assert desk.on_disk(OTHER.id) is None
    project.unlock()


def test_without_a_project_nothing_is_saved(desk: Desk, tmp_path: Path) -> None:
    desk.autosave.set_project(None)
    desk.write("thy")
    desk.document.open(None, None)
    assert desk.autosave.flush()
    assert desk.autosave.project is None
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_once_and_saved_when_room_comes(
    desk: Desk, disk: Disk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("before")
    assert desk.autosave.flush()
    before = desk.on_disk()
    desk.autosave._retry.setInterval(50)
    disk.full = True
    desk.write("thy")
    qtbot.waitUntil(lambda: "full" in desk.status[-1])
    assert "full" in desk.autosave.trouble
    page = desk.write("thine")
    writes = disk.writes
    qtbot.waitUntil(lambda: disk.writes > writes + 3)
    assert desk.on_disk() == before
    assert desk.autosave.unsaved
    assert not desk.autosave.flush()
    assert sum("full" in said for said in desk.status) == 1
    disk.full = False
    qtbot.waitUntil(lambda: desk.status[-1] == "saved")
    assert desk.on_disk() == page
    assert desk.autosave.trouble == ""
    assert not desk.autosave.unsaved
    disk.full = True
    desk.write("again")
    qtbot.waitUntil(lambda: sum("full" in said for said in desk.status) == 2)
    disk.full = False


def test_two_pages_that_wait_for_room_are_told_once_each(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    desk.autosave._retry.setInterval(50)
    disk.full = True
    desk.write("thy")
    qtbot.waitUntil(lambda: "full" in desk.status[-1])
    desk.show(OTHER)
    desk.write("other")
    qtbot.waitUntil(lambda: sum("full" in said for said in desk.status) == 2)
    writes = disk.writes
    qtbot.waitUntil(lambda: disk.writes > writes + 6)
    assert sum("full" in said for said in desk.status) == 2
    assert desk.autosave.holds(desk.project)
    assert not desk.autosave.holds(Project.open(desk.photos))
    disk.full = False
    qtbot.waitUntil(lambda: desk.status[-1] == "saved")
    assert not desk.autosave.holds(desk.project)


def test_a_page_that_waits_for_room_is_what_reopening_shows(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    disk.full = True
    page = desk.write("thy")
    desk.show(OTHER)
    qtbot.waitUntil(lambda: "full" in desk.status[-1])
    assert desk.project.load_page(PAGE.id) == page
    disk.full = False
    assert desk.autosave.flush()
    assert desk.on_disk() == page


def test_a_project_in_use_is_told(desk: Desk, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    other = Project.open(desk.photos)
    other.save_page(PAGE)
    with qtbot.waitSignal(desk.autosave.failed) as told:
        page = desk.write("thy")
    assert "another OCR Studio window" in str(told.args)
    assert desk.on_disk() == PAGE
    other.unlock()
    assert desk.autosave.flush()
    assert desk.on_disk() == page
    # What the other window had written is kept beside.
    assert len(list(desk.project.folder.glob("pages/*.other-*.json"))) == 1
    assert "somebody else" in caplog.text


def test_a_bug_while_saving_is_no_end_of_saving(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(threading, "excepthook", lambda _: None)
        patch.setattr(Project, "save_page", lambda *_: 1 / 0)
        desk.write("thy")
        assert not desk.autosave.flush()
    assert desk.autosave.unsaved
    assert desk.autosave.flush()
    assert desk.on_disk() == desk.document.page


def test_a_bug_while_saving_is_told_and_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    desk.autosave._retry.setInterval(50)
    with monkeypatch.context() as patch:
        patch.setattr(threading, "excepthook", lambda _: None)
        patch.setattr(Project, "save_page", lambda *_: 1 / 0)
        page = desk.write("thy")
        qtbot.waitUntil(lambda: "an unexpected error" in desk.status[-1])
        assert "an unexpected error" in desk.autosave.trouble
        qtbot.wait(150)
        assert len(desk.status) == 2
    qtbot.waitUntil(lambda: desk.status[-1] == "saved")
    assert desk.on_disk() == page


def test_the_window_may_be_gone_before_the_last_page_is_written(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    disk.open.clear()
    page = desk.write("thy")
    thread = desk.autosave._thread
    assert thread
    desk.autosave._queue.hurry = True
    qtbot.waitUntil(lambda: disk.writes > 0)
    gone, desk.autosave = desk.autosave, Autosave(desk.document)
    gone.deleteLater()
    qtbot.waitUntil(lambda: not _valid(gone))
    disk.open.set()
    thread.join(10)
    assert desk.on_disk() == page


def _valid(thing: object) -> bool:
    from shiboken6 import isValid

    return bool(isValid(thing))
