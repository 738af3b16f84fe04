"""One history for all photos of a project, which outlives the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, EditMismatch, Page, apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.document.document import Document
from tests.ui.canvas_page import drawn_page
from tests.ui.studio import Open, texts


def _write(studio: Studio, text: str) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, studio.document.order()[0], text))


def _first(page: Page) -> str:
    return reading_order.order_words(page.words.values())[0]


def _open(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    studio.opening.open_paths([photo])
    qtbot.waitUntil(lambda: studio.opening.path == photo and not studio.busy)


def _undo(studio: Studio) -> None:
    studio.window.action_set["undo"].trigger()


def _saved(folder: Path, page: Page) -> Page:
    found = Project.open(folder).load_page(page.id)
    assert found is not None
    return found


def test_undo_goes_on_across_photos_and_shows_what_it_takes_back(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    _write(studio, "first")
    _open(studio, folder / "board 2.png", qtbot)
    _write(studio, "second")
    _undo(studio)
    assert texts(studio)[0] != "second"
    _undo(studio)  # the reading of the second photo, which is on the screen
    assert texts(studio) == []
    _undo(studio)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)
    assert "first" not in texts(studio)
    studio.window.action_set["redo"].trigger()
    assert texts(studio)[0] == "first"


def test_it_outlives_the_program(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    before = texts(studio)
    for text in ("one", "two", "three"):
        _write(studio, text)
    _undo(studio)
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    again = open_studio(folder / "board 1.png")
    assert texts(again)[0] == "two"
    again.window.action_set["redo"].trigger()
    assert texts(again)[0] == "three"
    for _ in range(3):
        _undo(again)
    assert texts(again) == before


def test_a_step_of_many_photos_is_done_and_taken_back_whole(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    first = studio.document.page
    _open(studio, folder / "board 2.png", qtbot)
    second = studio.document.page
    assert first is not None
    assert second is not None
    step = Step("Write everywhere", {page.id: edits.write(page, _first(page), "same") for page in (first, second)})
    with qtbot.waitSignal(studio.document.changed) as told:
        studio.document.history.push(step)
    assert told.args is not None
    (change,) = told.args
    assert change.after.keys() == {first.id, second.id}
    assert change.words == {_first(second)}
    studio.autosave.flush()
    assert {_saved(folder, page).words[_first(page)].text for page in (first, second)} == {"same"}
    assert studio.document.undo_stack.undoText() == "Write everywhere"
    _undo(studio)
    assert studio.opening.path == folder / "board 2.png"
    studio.autosave.flush()
    assert _saved(folder, first).words == first.words
    assert studio.document.page == second


def test_a_step_that_no_longer_fits_changes_nothing_and_is_said(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    _write(studio, "first")
    page = studio.document.page
    assert page is not None
    _open(studio, folder / "board 2.png", qtbot)
    reading = studio.document.undo_stack.count()
    project = studio.opening.project
    assert project is not None
    qtbot.waitUntil(lambda: project.load_page(page.id) == page)
    # Somebody else writes the page.
    project.save_page(apply(page, edits.write(page, _first(page), "other")))
    _undo(studio)
    _undo(studio)
    assert studio.window.messages.isVisible()
    assert studio.document.undo_stack.count() == reading - 1
    assert studio.opening.path == folder / "board 2.png"
    assert _saved(folder, page).words[_first(page)].text == "other"


def test_a_push_that_does_not_fit_is_an_error_and_changes_nothing(qtbot: QtBot) -> None:
    document = Document()
    page, image = drawn_page()
    document.open(page, image)
    key = next(iter(page.words))
    stale = edits.write(apply(page, edits.write(page, key, "other")), key, "again")
    try:
        document.push(stale)
    except EditMismatch:
        pass
    else:
        raise AssertionError("an edit of another state was done")
    assert document.page == page
    assert document.undo_stack.count() == 0


def test_a_photo_of_another_folder_has_a_history_of_its_own(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    _write(studio, "first")
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "board.png").write_bytes((folder / "board 2.png").read_bytes())
    _open(studio, other / "board.png", qtbot)
    assert studio.document.undo_stack.undoText() == "Read photo"
    assert studio.document.undo_stack.count() == 1
    _open(studio, folder / "board 1.png", qtbot)
    assert studio.document.undo_stack.undoText() == "Change text to “first”"


def test_a_killed_program_leaves_a_history_that_can_be_read(
    open_studio: Open, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    studio = open_studio(folder / "board 1.png")
    _write(studio, "one")
    studio.autosave.flush()
    _write(studio, "two")
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    path = Project.open(folder).folder / undo_log.FILE
    path.write_bytes(path.read_bytes()[:-40])  # cut off in the middle of the last line
    again = open_studio(folder / "board 1.png")
    assert "is left out" in caplog.text
    # What is on the page now, no step that is known has made: none is forced upon it.
    _undo(again)
    assert texts(again)[0] == "two"
    assert again.window.messages.isVisible()


def test_a_photo_that_changes_while_it_is_opened_is_shown_as_it_is_now(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(folder / "board 1.png")
    first = studio.document.page
    assert first is not None
    _open(studio, folder / "board 2.png", qtbot)
    shown = studio.opening._on_opened

    def late(*given: Any) -> None:
        """Between the lane, which has loaded the page, and the window."""
        edit = edits.write(first, _first(first), "newer")
        studio.document.history.push(Step("Write from elsewhere", {first.id: edit}))
        shown(*given)

    monkeypatch.setattr(studio.opening, "_on_opened", late)
    _open(studio, folder / "board 1.png", qtbot)
    assert texts(studio)[0] == "newer"
    monkeypatch.undo()
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, studio.document.order()[1], "other"))
    studio.autosave.flush()
    assert _saved(folder, first).words[_first(first)].text == "newer"


def _amend(studio: Studio, text: str, *, place: int = 1) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, studio.document.order()[place], text), amend=True)


def test_an_amendment_is_undone_with_its_step_also_after_a_restart(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    before = texts(studio)
    _write(studio, "one")
    _amend(studio, "follows")
    assert texts(studio)[:2] == ["one", "follows"]
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    again = open_studio(folder / "board 1.png")
    assert texts(again)[:2] == ["one", "follows"]
    _undo(again)
    assert texts(again) == before
    again.window.action_set["redo"].trigger()
    assert texts(again)[:2] == ["one", "follows"]


def test_an_amendment_joins_no_step_of_another_photo(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    _open(studio, folder / "board 2.png", qtbot)
    _open(studio, folder / "board 1.png", qtbot)
    before, steps = texts(studio), studio.document.undo_stack.count()
    _amend(studio, "alone")
    assert studio.document.undo_stack.count() == steps + 1
    _undo(studio)
    assert texts(studio) == before


def test_after_an_amendment_that_takes_all_back_there_is_nothing_to_undo(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    steps, page = studio.document.undo_stack.count(), studio.document.page
    _write(studio, "one")
    after = studio.document.page
    assert page is not None
    assert after is not None
    first = studio.document.order()[0]
    # Not the inverse of another such edit, whose text would be some moments younger.
    studio.document.push(Edit("Back", {first: (after.words[first], page.words[first])}), amend=True)
    assert studio.document.page is not None
    assert studio.document.page.words == page.words
    assert studio.document.undo_stack.count() == steps


def test_the_newest_entry_stays_the_same_while_steps_join_it(qtbot: QtBot) -> None:
    document = Document()
    page, image = drawn_page()
    document.open(page, image)
    history, (first, second) = document.history, tuple(page.words)[:2]
    assert history.newest_entry is None
    for text in ("o", "on"):
        document.push(edits.write(document.page or page, first, text), join="typing")
    entry, step = history.newest_entry, history.newest
    document.push(edits.write(document.page or page, second, "follows"), amend=True)
    assert history.newest_entry is entry
    assert history.newest is not step
    document.push(edits.write(document.page or page, second, "another"))
    assert history.newest_entry is not entry
    history.stack.undo()
    assert history.newest_entry is entry
