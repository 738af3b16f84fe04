"""A word that is being written is part of whatever a person asks for meanwhile: no button takes it away."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.words.alternatives import Alternatives
from ocr_studio.ui.words.word_editor import WordEditor
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, label, texts

WHERE = ("on the photo", "in the table")


def _write(studio: Studio, where: str, text: str, qtbot: QtBot) -> None:
    """Open the editor at the first word and type."""
    window = studio.window
    first = studio.document.order()[0]
    studio.document.select([first], current=first)
    if where == "on the photo":
        window.view.edit_current()
        editor = window.view.editing.panel.editor
    else:
        window.table.edit_current()
        editor = next(each for each in window.table.findChildren(WordEditor) if each.isVisible())
    assert _open(studio) is not None
    editor.selectAll()
    QTest.keyClicks(editor, text)


def _open(studio: Studio) -> str | None:
    return studio.window.view.editing.word_id or studio.window.table.word_id


def _press(studio: Studio, action_id: str) -> None:
    """With the mouse, on the toolbar."""
    bar = studio.window.findChild(QToolBar, "toolbar")
    assert isinstance(bar, QToolBar)
    button = bar.widgetForAction(studio.window.action_set[action_id])
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    studio = open_studio(folder / "board 1.png", reader=StandInReader())
    assert texts(studio)[0] == "Ship"
    return studio


@pytest.mark.parametrize("where", WHERE)
def test_undo_takes_back_just_what_was_typed(where: str, studio: Studio, qtbot: QtBot) -> None:
    before = texts(studio)
    _write(studio, where, "TYPED", qtbot)
    _press(studio, "undo")
    assert texts(studio) == before
    _press(studio, "redo")
    assert texts(studio) == ["TYPED", *before[1:]]


@pytest.mark.parametrize("where", WHERE)
def test_undo_is_offered_for_what_is_being_typed(where: str, studio: Studio, qtbot: QtBot) -> None:
    before = texts(studio)
    studio.document.undo_stack.clear()
    assert not studio.window.action_set["undo"].isEnabled()
    _write(studio, where, "TYPED", qtbot)
    _press(studio, "undo")
    assert texts(studio) == before
    # An untouched line leaves nothing to undo, and does no harm.
    studio.document.undo_stack.clear()
    _write(studio, where, "", qtbot)
    studio.window.action_set["undo"].trigger()
    assert _open(studio) is None
    assert not studio.window.action_set["undo"].isEnabled()


def test_redo_undoes_nothing_that_was_typed_after_it(studio: Studio, qtbot: QtBot) -> None:
    _write(studio, "on the photo", "first", qtbot)
    _press(studio, "undo")
    _write(studio, "on the photo", "TYPED", qtbot)
    _press(studio, "redo")
    assert texts(studio)[0] == "TYPED"


@pytest.mark.parametrize("where", WHERE)
def test_all_text_that_is_copied_has_it(where: str, studio: Studio, qtbot: QtBot) -> None:
    _write(studio, where, "TYPED", qtbot)
    _press(studio, "copy_all")
    assert QGuiApplication.clipboard().text().startswith("TYPED ")


@pytest.mark.parametrize("where", WHERE)
def test_accepting_all_accepts_it(where: str, studio: Studio, qtbot: QtBot) -> None:
    _write(studio, where, "TYPED", qtbot)
    studio.window.action_set["accept_all"].trigger()
    assert texts(studio)[0] == "TYPED"
    assert all(word.human for word in studio.document.page.words.values()) if studio.document.page else False


@pytest.mark.parametrize("where", WHERE)
def test_a_saved_text_has_it(where: str, studio: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    _write(studio, where, "TYPED", qtbot)
    studio.window.exporter.save(tmp_path / "board.txt")
    assert (tmp_path / "board.txt").read_text(encoding="utf-8").startswith("TYPED ")


def test_editing_on_the_photo_again_begins_with_it(studio: Studio, qtbot: QtBot) -> None:
    _write(studio, "on the photo", "TYPED", qtbot)
    studio.window.action_set["edit_text"].trigger()
    assert _open(studio) is not None
    assert studio.window.view.editing.panel.editor.text() == "TYPED"


@pytest.mark.parametrize("where", WHERE)
def test_a_closer_look_leaves_the_line_open(where: str, studio: Studio, qtbot: QtBot) -> None:
    _write(studio, where, "TYPED", qtbot)
    for action in ("zoom_in", "zoom_out", "fit"):
        _press(studio, action)
    assert _open(studio) is not None
    assert texts(studio)[0] == "Ship"


def _title(studio: Studio) -> str:
    strip = studio.window.findChild(Alternatives)
    assert isinstance(strip, Alternatives)
    return strip.title


def test_the_strip_names_the_keys_that_choose(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    first = studio.document.order()[0]
    studio.document.select([first], current=first)
    window.view.setFocus()
    assert _title(studio) == "Which is right? Press 1 … 3"
    assert window.alternatives.choices()[1].startswith("2")
    window.table.setFocus()
    assert _title(studio) == "Which is right? Press Alt+1 … Alt+3"
    strip = window.alternatives
    room = strip.size()
    strip.resize(900, room.height())
    assert strip.choices()[1] == "Alt+2  SHIP"
    # Where room is short it is for the reading; the title names the key.
    strip.resize(510, room.height())
    assert strip.choices()[1] == "2  SHIP"
    QTest.keyClick(window.table, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert texts(studio)[0] == "SHIP"
    window.view.setFocus()
    assert _title(studio) == "Which is right? Press 1 … 3"
    _write(studio, "on the photo", "x", qtbot)
    assert _title(studio) == "Which is right? Press Alt+1 … Alt+3"
    QTest.keyClick(window.view.editing.panel.editor, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert window.view.editing.panel.editor.text() == "Ship"
    window.view.editing.cancel()
    assert _title(studio) == "Which is right? Press 1 … 3"


def test_a_digit_begins_a_text_in_the_table(studio: Studio, qtbot: QtBot) -> None:
    first = studio.document.order()[0]
    studio.document.select([first], current=first)
    studio.window.table.setFocus()
    QTest.keyClick(studio.window.table, Qt.Key.Key_2)
    editor = next(each for each in studio.window.table.findChildren(WordEditor) if each.isVisible())
    assert editor.text() == "2"


def test_a_word_that_is_drawn_is_read_and_not_read_again(studio: Studio, qtbot: QtBot) -> None:
    said: list[str] = []
    studio.reading.finished.connect(said.append)
    first = studio.document.order()[0]
    studio.reading.read_words([first])
    qtbot.waitUntil(lambda: not studio.busy)
    studio.window.view.set_tool(studio.window.view.tool.DRAW)
    studio.window.view.setFocus()
    QTest.keyClick(studio.window.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(said) == 2)
    qtbot.waitUntil(lambda: not studio.busy)
    assert said[0].startswith("Read 1 word again in ")
    assert said[1].startswith("Read 1 word in ")
    assert label(studio, "Hint")


@pytest.mark.usefixtures("styled")
def test_a_small_window_leaves_room_for_the_photo(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.resize(722, 450)
    qtbot.waitUntil(lambda: window.width() == 722)
    qtbot.waitUntil(lambda: window.view.width() >= 290)
    assert window.table.width() >= 200
    bar = window.findChild(QToolBar, "toolbar")
    assert isinstance(bar, QToolBar)
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert isinstance(more, QToolButton)
    qtbot.waitUntil(more.isVisible)
    # Its arrow is painted: not all of one colour.
    picture = more.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}) > 1
