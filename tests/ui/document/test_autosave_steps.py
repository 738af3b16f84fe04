"""Pages are saved with the steps that made them so, however many photos a step is of."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import Page, apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.ui.document.undo_history import ProjectPages
from ocr_studio.ui.job_thread import JobThread
from tests.ui.document.test_autosave import OTHER, PAGE, Desk, Disk, desk, disk

__all__ = ["desk", "disk"]  # fixtures


def _write(desk: Desk) -> Page:
    """A change of the open page, with its line of the undo log."""
    page = desk.document.page
    assert page
    step = Step("Write", {page.id: edits.write(page, "the-100", "thy")})
    after = apply(page, step.edits[page.id])
    desk.autosave.save(desk.project, [after], undo_log.done_line(step))
    return after


def test_a_page_and_its_line_are_written_together(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    page = _write(desk)
    desk.show(OTHER)  # which has it written at once
    qtbot.waitUntil(lambda: desk.status[-1:] == ["saved"])
    assert desk.on_disk() == page
    assert undo_log.load(desk.project.files).index == 1
    assert (desk.project.folder / undo_log.FILE).read_bytes().count(b"\n") == 1


def test_what_an_edit_changes_is_put_down_once_with_its_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a program that is killed leaves both or nothing."""
    put: list[tuple[set[str], int]] = []
    real = desk.autosave.save

    def save(project: Project, pages: Iterable[Page], log: bytes = b"") -> None:
        some = list(pages)
        put.append(({page.id for page in some}, log.count(b"\n")))
        real(project, some, log)

    monkeypatch.setattr(desk.autosave, "save", save)
    lane = JobThread("pages", desk.document)
    desk.document.history.begin(ProjectPages(desk.project, lambda: desk.autosave.waiting, lane))
    for text in ("thy", "thine"):
        page = desk.document.page
        assert page
        desk.document.push(edits.write(page, "the-100", text), join="typing")
    desk.document.undo_stack.undo()
    desk.document.undo_stack.redo()
    # The second edit is done and joined to the first.
    assert put == [({PAGE.id}, 1), ({PAGE.id}, 2), ({PAGE.id}, 1), ({PAGE.id}, 1)]
    assert desk.autosave.flush()
    assert desk.on_disk() == desk.document.page
    course = undo_log.load(desk.project.files)
    assert (len(course.steps), course.index) == (1, 1)
    desk.document.history.begin(None)  # no command may outlive the test


def test_a_history_that_cannot_be_written_is_told_once_and_written_later(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.autosave._retry.setInterval(50)
    desk.write("before")
    assert desk.autosave.flush()
    (desk.project.folder / undo_log.FILE).mkdir()
    page = _write(desk)
    qtbot.waitUntil(lambda: any("history.jsonl" in said for said in desk.status))
    # The words do not wait for it.
    qtbot.waitUntil(lambda: desk.on_disk() == page)
    qtbot.wait(200)
    assert sum("history.jsonl" in said for said in desk.status) == 1
    assert "history.jsonl" in desk.autosave.trouble
    (desk.project.folder / undo_log.FILE).rmdir()
    qtbot.waitUntil(lambda: desk.status[-1] == "saved")
    assert desk.autosave.trouble == ""
    assert undo_log.load(desk.project.files).steps[0].edits.keys() == {PAGE.id}


def test_of_a_step_of_many_photos_nothing_is_saved_while_not_all_of_it_fits(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.autosave._retry.setInterval(50)
    real = SafeFolder.write_beside

    def small(folder: SafeFolder, name: str, data: bytes, *, flush: bool = True) -> str:
        if OTHER.id in name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(folder, name, data, flush=flush)

    after = {page.id: apply(page, edits.write(page, "the-100", "thy")) for page in (PAGE, OTHER)}
    step = Step("Write", {page.id: edits.write(page, "the-100", "thy") for page in (PAGE, OTHER)})
    with monkeypatch.context() as patch:
        patch.setattr(SafeFolder, "write_beside", small)
        desk.autosave.save(desk.project, after.values(), undo_log.done_line(step))
        qtbot.waitUntil(lambda: "full" in desk.status[-1])
        desk.autosave.save(desk.project, [replace(PAGE, id="e" * 32)])  # something else, meanwhile
        assert not desk.autosave.flush()
        assert desk.on_disk(PAGE.id) is None
        assert desk.on_disk(OTHER.id) is None
    qtbot.waitUntil(lambda: desk.status[-1] == "saved")
    assert {key: desk.on_disk(key) for key in after} == after
    assert desk.on_disk("e" * 32) is not None
    assert undo_log.load(desk.project.files).index == 1


def test_after_a_full_disk_pages_and_history_agree(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    desk.autosave._retry.setInterval(50)
    before = desk.document.page
    disk.full = True
    page = _write(desk)
    qtbot.waitUntil(lambda: "full" in desk.status[-1])
    assert desk.on_disk() is None
    disk.full = False
    qtbot.waitUntil(lambda: desk.status[-1] == "saved")
    assert desk.on_disk() == page
    (known,) = undo_log.load(desk.project.files).steps
    assert apply(page, known.inverted().edits[PAGE.id]) == before
