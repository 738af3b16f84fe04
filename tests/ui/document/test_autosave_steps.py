"""Pages are saved with the steps that made them so, however many photos a step is of."""

from __future__ import annotations

import errno
import os
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.undo_log import Step
from tests.ui.document.test_autosave import OTHER, PAGE, Desk, Disk, desk, disk

__all__ = ["desk", "disk"]  # fixtures


def test_what_is_told_together_is_written_together(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    step = Step("Write", {PAGE.id: edits.write(PAGE, "the-100", "thy")})
    with desk.autosave.together():
        desk.write("thy")
        desk.show(OTHER)  # which would have it written at once
        qtbot.wait(150)
        assert disk.writes == 0
        desk.autosave.tell(desk.project, undo_log.done_line(step))
    qtbot.waitUntil(lambda: desk.said[-1:] == ["saved"])
    assert undo_log.load(desk.project.files).index == 1
    assert (desk.project.folder / undo_log.FILE).read_bytes().count(b"\n") == 1


def test_a_bug_in_the_middle_of_a_step_still_saves_at_once(desk: Desk) -> None:
    with desk.autosave.together():
        page = desk.write("thy")
        assert desk.autosave.flush(timeout=5)
    assert desk.on_disk() == page


def test_a_history_that_cannot_be_written_is_told_once_and_written_later(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.autosave._retry.setInterval(50)
    desk.write("before")
    assert desk.autosave.flush()
    (desk.project.folder / undo_log.FILE).mkdir()
    step = Step("Write", {PAGE.id: edits.write(PAGE, "the-100", "thy")})
    with desk.autosave.together():
        page = desk.write("thy")
        desk.autosave.tell(desk.project, undo_log.done_line(step))
    qtbot.waitUntil(lambda: any("history.jsonl" in said for said in desk.said))
    # The words do not wait for it.
    qtbot.waitUntil(lambda: desk.on_disk() == page)
    qtbot.wait(200)
    assert sum("history.jsonl" in said for said in desk.said) == 1
    assert "history.jsonl" in desk.autosave.trouble
    (desk.project.folder / undo_log.FILE).rmdir()
    qtbot.waitUntil(lambda: desk.said[-1] == "saved")
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
        with desk.autosave.together():
            for page in after.values():
                desk.autosave.keep(desk.project, page)
            desk.autosave.tell(desk.project, undo_log.done_line(step))
        qtbot.waitUntil(lambda: "full" in desk.said[-1])
        desk.autosave.keep(desk.project, replace(PAGE, id="e" * 32))  # something else, meanwhile
        assert not desk.autosave.flush()
        assert desk.on_disk(PAGE.id) is None
        assert desk.on_disk(OTHER.id) is None
    qtbot.waitUntil(lambda: desk.said[-1] == "saved")
    assert {key: desk.on_disk(key) for key in after} == after
    assert desk.on_disk("e" * 32) is not None
    assert undo_log.load(desk.project.files).index == 1


def test_after_a_full_disk_pages_and_history_agree(desk: Desk, disk: Disk, qtbot: QtBot) -> None:
    desk.autosave._retry.setInterval(50)
    before = desk.document.page
    disk.full = True
    step = Step("Write", {PAGE.id: edits.write(PAGE, "the-100", "thy")})
    with desk.autosave.together():
        page = desk.write("thy")
        desk.autosave.tell(desk.project, undo_log.done_line(step))
    qtbot.waitUntil(lambda: "full" in desk.said[-1])
    assert desk.on_disk() is None
    disk.full = False
    qtbot.waitUntil(lambda: desk.said[-1] == "saved")
    assert desk.on_disk() == page
    (known,) = undo_log.load(desk.project.files).steps
    assert apply(page, known.inverted().edits[PAGE.id]) == before
