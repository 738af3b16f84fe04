"""Pages and what made them so are on the disk together or not at all, wherever the program was killed."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr_studio.core.editing import edits
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import Page, apply
from ocr_studio.core.project import page_file, undo_log
from ocr_studio.core.project.project import NewerFile, Project, SaveFailed
from ocr_studio.core.project.project_errors import HistoryNotSaved, NotPlaced
from ocr_studio.core.project.undo_log import Step, UndoLog
from tests.core.made_pages import page_of, read_word
from tests.core.made_projects import photos

__all__ = ["photos"]  # a fixture

FIRST = page_of(read_word("the", 100), read_word("map", 200))
PAGES = tuple(replace(FIRST, id=letter * 32, image=f"{letter}.jpg") for letter in "abc")


class Killed(BaseException):
    """Here the program ends; what would come after does not."""


@pytest.fixture
def project(photos: Path) -> Iterator[Project]:
    project = Project.open(photos)
    for page in PAGES:
        project.save_page(page)
    yield project
    project.unlock()


def _step(text: str, pages: tuple[Page, ...] = PAGES) -> tuple[Step, list[Page]]:
    name = "Write everywhere"
    step = Step(name, {page.id: replace(edits.write(page, "the-100", text), name=name) for page in pages})
    return step, [apply(page, step.edits[page.id]) for page in pages]


def _texts(project: Project) -> list[str]:
    found = [project.load_page(page.id) for page in PAGES]
    return [page.words["the-100"].text for page in found if page]


def _again(project: Project, photos: Path) -> Project:
    """The next program, after this one is gone, killed or not."""
    project._lock.release()
    again = Project.open(photos)
    again.lock()
    return again


def _killed_before_pages_are_placed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line of the history is there, the pages lie beside their places."""

    def killed(*_: object, **__: object) -> None:
        raise Killed

    step, pages = _step("same")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        with pytest.raises(Killed):
            project.save_together(pages, undo_log.done_line(step))


def _nothing_left(project: Project) -> bool:
    return not [*project.folder.rglob("*.tmp")]


def test_pages_and_what_made_them_so_are_kept(project: Project, photos: Path) -> None:
    step, pages = _step("same")
    project.save_together(pages, undo_log.done_line(step))
    again = _again(project, photos)
    assert _texts(again) == ["same"] * 3
    assert undo_log.load(again.files) == UndoLog((step,), 1)
    assert _nothing_left(again)
    again.unlock()


@pytest.mark.parametrize("at", range(12))
def test_killed_at_any_write_or_rename_all_of_it_is_there_or_nothing(
    project: Project, photos: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    step, pages = _step("same")
    calls = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            calls[0] += 1
            if calls[0] > at:
                raise Killed
            return real(*given, **named)

        return call

    with monkeypatch.context() as patch:
        for name in ("replace", "fsync", "unlink"):  # a killed program clears nothing up
            patch.setattr(os, name, counted(getattr(os, name)))
        with contextlib.suppress(Killed):
            project.save_together(pages, undo_log.done_line(step))
    again = _again(project, photos)
    known = undo_log.load(again.files)
    assert _texts(again) == (["same"] * 3 if known.steps else ["the"] * 3)
    assert known in (UndoLog(), UndoLog((step,), 1))
    assert _nothing_left(again)
    again.unlock()


def test_half_a_line_of_the_history_counts_for_nothing_and_harms_no_later_one(
    project: Project, photos: Path, caplog: pytest.LogCaptureFixture
) -> None:
    step, pages = _step("same")
    project.save_together(pages, undo_log.done_line(step))
    path = project.folder / undo_log.FILE
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    again = _again(project, photos)
    assert undo_log.load(again.files).index == 1
    assert "line 2 is left out" in caplog.text
    assert _texts(again) == ["same"] * 3
    later, after = _step("later", tuple(pages))
    again.save_together(after, undo_log.done_line(later))
    assert undo_log.load(again.files) == UndoLog((step, later), 2)
    assert _texts(again) == ["later"] * 3
    again.unlock()


def test_pages_wait_while_the_history_cannot_be_read(
    project: Project, photos: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _killed_before_pages_are_placed(project, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(undo_log, "MAX_BYTES", 10)
        later = _again(project, photos)
    assert _texts(later) == ["the"] * 3
    assert "nobody knows which pages count" in caplog.text
    later.unlock()
    again = Project.open(photos)
    again.lock()
    assert _texts(again) == ["same"] * 3
    assert _nothing_left(again)
    again.unlock()


def test_what_was_written_since_the_kill_is_not_replaced(
    project: Project, photos: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _killed_before_pages_are_placed(project, monkeypatch)
    place = project.folder / "pages" / f"{PAGES[0].id}.json"
    newer = max(path.stat().st_mtime_ns for path in place.parent.iterdir()) + 10**9
    os.utime(place, ns=(newer, newer))
    again = _again(project, photos)
    assert _texts(again) == ["the", "same", "same"]
    assert "is newer than what was to take its place" in caplog.text
    assert _nothing_left(again)
    again.unlock()


def test_a_full_disk_leaves_pages_and_history_as_they_were(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    step, pages = _step("same")
    before = [page.read_bytes() for page in map(project.page_path, project.page_ids())]
    written = [0]
    real = SafeFolder.write_beside

    def full(*given: Any, **named: Any) -> str:
        written[0] += 1
        if written[0] == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(SafeFolder, "write_beside", full)
        with pytest.raises(SaveFailed, match=r"c\.jpg: can’t save the words: the disk is full"):
            project.save_together(pages, undo_log.done_line(step))
    assert [page.read_bytes() for page in map(project.page_path, project.page_ids())] == before
    assert not (project.folder / undo_log.FILE).exists()
    assert _nothing_left(project)
    project.save_together(pages, undo_log.done_line(step))
    assert _texts(project) == ["same"] * 3


def test_a_history_that_cannot_be_written_leaves_the_pages_as_they_were(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, pages = _step("same")
    (project.folder / undo_log.FILE).mkdir()
    with pytest.raises(HistoryNotSaved, match=r"history\.jsonl: can’t save the undo history"):
        project.save_together(pages, undo_log.done_line(step))
    assert _texts(project) == ["the"] * 3
    assert _nothing_left(project)
    (project.folder / undo_log.FILE).rmdir()
    undo_log.add(project.files, b"{}\n")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            undo_log.add(project.files, undo_log.done_line(step))
    assert (project.folder / undo_log.FILE).read_bytes() == b"{}\n"


def test_a_page_that_cannot_be_put_in_its_place_is_safe(
    project: Project, photos: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On Windows somebody may have the file open."""
    step, pages = _step("same")
    real = os.replace

    def busy(source: Any, target: Any, **named: Any) -> None:
        if PAGES[1].id in str(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        real(source, target, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", busy)
        with pytest.raises(NotPlaced) as caught:
            project.save_together(pages, undo_log.done_line(step))
        assert caught.value.wrong.keys() == {PAGES[1].id}
        assert _texts(project) == ["same", "the", "same"]
        still_busy = _again(project, photos)
        assert _texts(still_busy) == ["same", "the", "same"]
        assert "can’t be put in its place" in caplog.text
    still_busy.unlock()
    again = Project.open(photos)
    again.lock()
    assert _texts(again) == ["same"] * 3
    assert _nothing_left(again)
    again.unlock()


def test_a_page_of_a_newer_version_keeps_the_others_from_being_half_saved(project: Project) -> None:
    step, pages = _step("same")
    place = project.folder / "pages" / f"{PAGES[2].id}.json"
    place.write_bytes(place.read_bytes().replace(b'"format": 2', b'"format": 99'))
    with pytest.raises(NewerFile):
        project.save_together(pages, undo_log.done_line(step))
    assert [project.load_page(page.id) for page in PAGES[:2]] == list(PAGES[:2])
    assert _nothing_left(project)


@pytest.mark.parametrize("data", [b"{}", b"not a page", page_file.encode(PAGES[1])])
def test_what_is_not_that_page_does_not_take_its_place(
    project: Project, photos: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    stray = project.folder / "pages" / ".0123456789abcdef.tmp"
    stray.write_bytes(data)
    undo_log.add(project.files, undo_log.saved_line({PAGES[0].id: stray.name}, undo_log.move_line(0)))
    again = _again(project, photos)
    assert _texts(again) == ["the"] * 3
    assert "does not hold the page that was to be saved" in caplog.text
    assert _nothing_left(again)
    again.unlock()


def test_a_name_in_the_history_leads_nowhere_else(project: Project, photos: Path) -> None:
    stray = project.folder / "pages" / ".0123456789abcdef.tmp"
    stray.write_text("not a page")
    undo_log.add(project.files, undo_log.saved_line({"../../outside": stray.name}, undo_log.move_line(0)))
    again = _again(project, photos)
    assert _nothing_left(again)
    assert not (photos / "outside.json").exists()
    assert not (photos.parent / "outside.json").exists()
    again.unlock()
