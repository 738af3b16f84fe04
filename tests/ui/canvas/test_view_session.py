"""Where a person was is found again: by itself after closing, offered after anything else, never pressed on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ocr_studio.core import paths
from ocr_studio.core.editing import edits
from ocr_studio.core.page import apply
from ocr_studio.core.project.last_session import ViewState
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from tests.ui.studio import Open, kill, texts


@pytest.fixture
def where(open_studio: Open, folder: Path, qtbot: QtBot) -> ViewState:
    """A person was at a word of board 2, close up, and closed the window."""
    studio = open_studio(folder / "board 2.png")
    view = studio.window.view
    studio.document.select(["w5", "w6"], current="w6")
    view.look_at((300.0, 130.0), 3.0)
    qtbot.waitUntil(lambda: view.middle == pytest.approx((300.0, 130.0), abs=1))
    studio.window.close()
    studio.stop()
    return ViewState(folder / "board 2.png", ("w6", "w5"), 3.0, view.middle)


def _kept() -> dict[str, object]:
    kept = json.loads((paths.state_dir() / "session.json").read_text())
    assert isinstance(kept, dict)
    return kept


def _cut_short() -> None:
    """As if the window had not been closed, but the program been killed."""
    file = paths.state_dir() / "session.json"
    file.write_text(json.dumps({**_kept(), "closed": False}))


def _is_at(studio: Studio, place: ViewState, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: studio.opening.path == place.photo and not studio.busy)
    assert studio.document.current == "w6"
    assert studio.document.selection == {"w5", "w6"}
    view = studio.window.view
    qtbot.waitUntil(lambda: view.zoom == 3.0 and view.middle == pytest.approx(place.middle, abs=2))


def test_closed_it_opens_where_it_was(where: ViewState, open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    _is_at(studio, where, qtbot)
    assert studio.window.messages.texts() == []


def test_unless_the_setting_says_no(where: ViewState, open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio(settings=Settings(go_on=False))
    assert studio.document.page is None
    qtbot.waitUntil(lambda: not studio.busy)  # the start page makes pictures of the last photos
    assert studio.opening.path is None
    assert studio.window.messages.texts() == []
    action = studio.window.action_set["go_on"]
    assert action.isEnabled()
    action.trigger()
    _is_at(studio, where, qtbot)
    assert not action.isEnabled()


def test_another_photo_that_is_asked_for_comes_instead(where: ViewState, open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    assert studio.opening.path == folder / "board 1.png"
    assert not studio.window.action_set["go_on"].isEnabled()


def test_cut_short_it_is_offered_once_and_a_click_goes_there(where: ViewState, open_studio: Open, qtbot: QtBot) -> None:
    _cut_short()
    studio = open_studio()
    assert studio.document.page is None
    assert "board 2.png" in studio.window.messages.texts()[0]
    button = next(each for each in studio.window.messages.findChildren(QPushButton) if each.text() == "Resume")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    _is_at(studio, where, qtbot)
    assert studio.window.messages.texts() == []


def test_who_opens_something_else_is_not_asked_any_more(
    where: ViewState, open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    _cut_short()
    studio = open_studio()
    studio.opening.open_paths([folder / "board 1.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)
    assert studio.window.messages.texts() == []
    studio.window.close()
    assert _kept()["closed"] is True


def test_a_photo_that_is_gone_is_not_offered(where: ViewState, open_studio: Open) -> None:
    where.photo.unlink()
    studio = open_studio()
    assert studio.window.messages.texts() == []
    assert studio.document.page is None


def test_a_photo_that_kills_the_program_is_opened_by_itself_once(where: ViewState, open_studio: Open) -> None:
    open_studio()  # it is on its way, and the program may die of it
    assert _kept()["closed"] is False


def test_all_the_while_it_is_known_where_one_is(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    qtbot.waitUntil((paths.state_dir() / "session.json").exists)
    studio.document.select(["w3"])
    qtbot.waitUntil(lambda: _kept().get("selection") == ["w3"])
    assert _kept()["closed"] is False
    assert _kept()["photo"] == str(folder / "board 1.png")
    assert _kept()["zoom"] is None


def test_a_second_window_neither_asks_nor_keeps(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    first = open_studio(folder / "board 1.png")
    qtbot.waitUntil((paths.state_dir() / "session.json").exists)
    second = open_studio()
    assert second.window.messages.texts() == []
    assert second.document.page is None
    second.window.close()
    assert _kept()["closed"] is False
    assert first.document.page is not None


# ------------------------------------------------------------------------------------------------- what is being typed


@pytest.fixture
def half_typed(open_studio: Open, folder: Path, qtbot: QtBot, request: pytest.FixtureRequest) -> Path:
    """A user was typing "half" for the first word of board 1 when the program was killed."""
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    if request.param == "table":
        studio.window.table.edit_current()
    else:
        studio.window.view.edit_current()
    editor = studio.window.table.editor() if request.param == "table" else studio.window.view.editing.panel.editor
    assert editor is not None
    QTest.keyClicks(editor, "half")
    kill(studio, folder, qtbot, draft="half")
    return folder / "board 1.png"


@pytest.mark.parametrize("half_typed", ["photo", "table"], indirect=True)
def test_what_was_being_typed_is_in_the_field_again_and_not_saved(
    half_typed: Path, open_studio: Open, qtbot: QtBot
) -> None:
    studio = open_studio()
    studio.window.activateWindow()
    studio.window.session.resume()
    editing = studio.window.view.editing
    qtbot.waitUntil(lambda: editing.word_id == "w0" and not studio.busy)
    qtbot.wait(50)
    assert (editing.panel.editor.text(), texts(studio)[0]) == ("half", "Ship")
    assert "restored" in studio.window.status.currentMessage()
    QTest.keyClick(editing.panel.editor, Qt.Key.Key_Escape)
    assert texts(studio)[0] == "Ship"
    qtbot.waitUntil(lambda: _kept().get("drafts") == [])


@pytest.mark.parametrize("half_typed", ["photo"], indirect=True)
def test_what_was_being_typed_waits_for_its_photo(
    half_typed: Path, open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 2.png")
    assert studio.window.view.editing.word_id is None
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    again = open_studio(folder / "board 1.png")
    qtbot.waitUntil(lambda: again.window.view.editing.word_id == "w0")
    assert again.window.view.editing.panel.editor.text() == "half"


@pytest.mark.parametrize("half_typed", ["photo"], indirect=True)
def test_what_was_being_typed_for_a_word_that_has_changed_is_dropped(
    half_typed: Path, open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    project = Project.open(folder)
    page = next(page for key in project.page_ids() if (page := project.load_page(key)) and "w0" in page.words)
    project.save_page(apply(page, edits.write(page, "w0", "other")))
    studio = open_studio(half_typed)
    qtbot.wait(50)
    assert studio.window.view.editing.word_id is None
    assert texts(studio)[0] == "other"
