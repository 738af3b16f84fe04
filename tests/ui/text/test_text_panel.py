"""Spelling, the reading order, the page's text and its note, as a person meets them in the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ocr_studio.core.images import photo_file
from ocr_studio.core.page import WordState
from ocr_studio.core.project import project_words
from ocr_studio.core.project.project import Project
from ocr_studio.core.reading_order import layout, page_order
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.style import theme
from ocr_studio.ui.text.note_editor import NoteEditor
from ocr_studio.ui.words.word_delegate import NUMBER, TEXT
from tests.core.made_pages import LEFT_COLUMN, RIGHT_COLUMN, two_columns
from tests.ui import made_board
from tests.ui.canvas_page import Hand
from tests.ui.studio import Open, texts

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """A photo with a word that no language knows: “queves”."""
    made = open_studio(folder / "board 1.png")
    qtbot.waitUntil(lambda: bool(_doubted(made)))
    qtbot.waitUntil(lambda: not made.busy)
    made.window.activateWindow()
    made.window.view.setFocus()
    return made


def _doubted(studio: Studio) -> list[str]:
    page, spelling = studio.document.page, studio.window.texts.spelling.spelling
    return [word.text for word in page.words.values() if spelling.doubts(word)] if page else []


def _menu(studio: Studio) -> QMenu:
    studio.window.action_set["spelling"].trigger()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def _said(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def _tool(studio: Studio) -> Tool:
    return studio.window.view.tool


def _middle(number: int) -> tuple[float, float]:
    left, top, right, bottom = made_board.quad(*divmod(number, 4)).bounds()
    return (left + right) / 2, (top + bottom) / 2


def _waved(studio: Studio, row: int) -> bool:
    """Whether there is a wave in a row's text."""
    table = studio.window.table
    picture = table.viewport().grab(table.visualRect(table.model().index(row, TEXT))).toImage()
    error = QColor(theme.colours().error)
    colours = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    return any(each.red() - each.green() > 90 and abs(each.red() - error.red()) < 50 for each in colours)


# ----------------------------------------------------------------------------------------------------------- spelling


def test_what_is_doubted_is_waved_in_the_table_and_found_by_a_key(studio: Studio) -> None:
    assert _doubted(studio) == ["queves"]
    assert _waved(studio, 7)
    assert not _waved(studio, 0)
    QTest.keyClick(studio.window.view, Key.Key_F7)
    assert studio.document.current == "w7"


def test_what_may_be_meant_is_a_key_away_and_can_be_taken_back(studio: Studio) -> None:
    QTest.keyClick(studio.window.view, Key.Key_F7)
    menu = _menu(studio)
    assert "&1  queues" in _said(menu)[:3] or "queue" in _said(menu)[0]
    first = _said(menu)[0].split()[-1]
    QTest.keyClick(menu, Key.Key_1)
    word = studio.document.word("w7")
    assert word is not None
    assert (word.text, word.state) == (first, WordState.CORRECTED)
    assert _doubted(studio) == []
    studio.document.undo_stack.undo()
    assert _doubted(studio) == ["queves"]


def test_in_the_line_a_suggestion_is_put_in_as_if_typed(studio: Studio) -> None:
    studio.document.select(["w7"])
    studio.window.view.edit_current()
    editor = studio.window.view.editing.panel.editor
    picture = editor.grab().toImage()
    assert any(
        picture.pixelColor(x, y).red() - picture.pixelColor(x, y).green() > 90
        for x in range(picture.width())
        for y in range(picture.height())
    )
    menu = _menu(studio)
    QTest.keyClick(menu, Key.Key_1)
    assert editor.isVisible()
    assert editor.text() in {"queues", "queue", "queens"}
    assert studio.document.word("w7").text == "queves"  # type: ignore[union-attr]  # not before Enter
    QTest.keyClick(editor, Key.Key_Return)
    assert texts(studio)[7] in {"queues", "queue"}


def test_a_word_is_added_to_the_project_and_taken_out_again(studio: Studio, open_studio: Open, qtbot: QtBot) -> None:
    studio.document.select(["w7"])
    menu = _menu(studio)
    add = next(action for action in menu.actions() if "Add" in action.text().replace("&", ""))
    add.trigger()
    menu.close()
    project = studio.opening.project
    assert project is not None
    assert _doubted(studio) == []
    assert project_words.load_added(project.files) == {"queves"}
    menu = _menu(studio)
    (take_out,) = menu.actions()
    take_out.trigger()
    menu.close()
    assert _doubted(studio) == ["queves"]
    assert project_words.load_added(project.files) == frozenset()


def test_what_a_person_typed_is_known_from_then_on(studio: Studio) -> None:
    studio.document.select(["w7"])
    QTest.keyClick(studio.window.view, Key.Key_Return)  # right as it stands
    assert _doubted(studio) == []


# -------------------------------------------------------------------------------------------------------------- order


def test_words_clicked_in_turn_are_read_in_turn(studio: Studio) -> None:
    view = studio.window.view
    hand = Hand(view)
    QTest.keyClick(view, Key.Key_W)
    assert _tool(studio) is Tool.ORDER
    assert studio.window.texts.order.shown
    for number in (4, 0, 5):
        hand.click(_middle(number))
    assert studio.document.order() == ("w4", "w0", "w5", "w1", "w2", "w3", "w6", "w7")
    assert texts(studio)[:3] == ["ask", "Ship", "Anna"]
    studio.document.undo_stack.undo()
    studio.document.undo_stack.undo()
    assert studio.document.order() == tuple(f"w{n}" for n in range(8))
    hand.click(_middle(7))  # what was clicked before counts no more
    hand.click(_middle(6))
    assert studio.document.order() == ("w0", "w1", "w2", "w3", "w4", "w5", "w7", "w6")
    QTest.keyClick(view, Key.Key_Escape)
    assert _tool(studio) is Tool.SELECT
    assert not studio.window.texts.order.shown


def test_a_line_drawn_through_words_is_their_order(studio: Studio) -> None:
    view = studio.window.view
    view.set_tool(Tool.ORDER)
    hand = Hand(view)
    hand.press(_middle(0))
    for number in (4, 5, 1):
        hand.move(_middle(number))
    hand.release(_middle(1))
    assert studio.document.order()[:4] == ("w0", "w4", "w5", "w1")
    page = studio.document.page
    assert page is not None
    assert [[word.id for word in line] for line in page_order.find_lines(page)][:3] == [
        ["w0"],
        ["w4", "w5"],
        ["w1", "w2", "w3"],
    ]
    QTest.qWait(0)
    studio.window.action_set["computed_order"].trigger()
    assert studio.document.order()[:2] == ("w0", "w1")
    assert not studio.window.action_set["computed_order"].isEnabled()


def test_keys_move_words_in_the_order_and_a_few_in_a_row_are_one_step(studio: Studio) -> None:
    steps = studio.document.undo_stack.count()
    table = studio.window.table
    studio.document.select(["w2"])
    table.setFocus()
    for _ in range(2):
        QTest.keyClick(table, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert studio.document.order()[:4] == ("w2", "w0", "w1", "w3")
    assert studio.document.selection == {"w2"}
    QTest.keyClick(table, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert studio.document.order()[:4] == ("w0", "w2", "w1", "w3")
    assert studio.document.undo_stack.count() == steps + 1


def test_rows_are_dragged_by_number_or_picture_only(studio: Studio) -> None:
    table = studio.window.table
    for column, drags in ((NUMBER, True), (TEXT, False)):
        place = table.visualRect(table.model().index(1, column)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, NONE, place)
        assert table.dragEnabled() is drags


def _drop(studio: Studio, ids: list[str], row: int, *, below: bool) -> None:
    table = studio.window.table
    model = table.model()
    rows = [model.index(int(key[1:]), NUMBER) for key in ids]
    data = model.mimeData(rows)
    box = table.visualRect(model.index(row, NUMBER))
    place = QPointF(box.center().x(), box.bottom() - 2 if below else box.top() + 2)
    assert _drag(studio, data, place)


def _drag(studio: Studio, data: QMimeData, place: QPointF) -> bool:
    """Bring something to a place of the table and let it go there. Whether the table would have it."""
    moves, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    viewport, at = studio.window.table.viewport(), place.toPoint()
    entered = QDragEnterEvent(at, moves, data, left, NONE)
    QApplication.sendEvent(viewport, entered)
    moved = QDragMoveEvent(at, moves, data, left, NONE)
    QApplication.sendEvent(viewport, moved)
    QApplication.sendEvent(viewport, QDropEvent(place, moves, data, left, NONE))
    return entered.isAccepted() and moved.isAccepted()


def test_rows_dropped_elsewhere_change_the_order(studio: Studio) -> None:
    before = texts(studio)
    _drop(studio, ["w6"], 1, below=False)
    assert studio.document.order() == ("w0", "w6", "w1", "w2", "w3", "w4", "w5", "w7")
    table = studio.window.table
    assert [table.model().index(row, TEXT).data() for row in range(3)] == ["Ship", "about", "the"]
    assert studio.document.selection == {"w6"}
    assert studio.document.undo_stack.count() == 2  # the reading, and this
    studio.document.undo_stack.undo()
    assert texts(studio) == before
    _drop(studio, ["w4", "w5", "w6", "w7"], 0, below=False)
    page = studio.document.page
    assert page is not None
    assert page_order.compose_text(page) == "ask Anna about queves\n\nShip the new build"


def test_a_box_drawn_in_the_margin_of_two_columns_leaves_all_other_words_in_order(
    open_studio: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    photo = tmp_path / "columns.png"
    photo_file.save_png(photo, np.full((800, 1000, 3), 240, np.uint8))
    page = replace(two_columns(), id=photo_file.compute_content_id(photo), image=photo.name)
    project = Project.open(tmp_path)
    project.save_page(page)
    project.unlock()
    studio = open_studio(photo)
    studio.window.action_set["text_panel"].trigger()
    before, text = texts(studio), studio.window.texts.panel.text.toPlainText()
    assert before == " ".join((*LEFT_COLUMN, *RIGHT_COLUMN)).split()
    view = studio.window.view
    view.snapping = False
    view.set_tool(Tool.DRAW)
    Hand(view).drag((350, 145), (545, 175))  # it bridges the gutter
    assert len(texts(studio)) == len(before) + 1
    qtbot.waitUntil(lambda: any(each.startswith("again") for each in texts(studio)) and not studio.busy)
    after = texts(studio)
    (new,) = set(after) - set(before)
    assert [each for each in after if each != new] == before
    assert after[after.index(new) - 1] in {"salt", "today"}  # in a line of its own height
    table = studio.window.table.model()
    assert [table.index(row, TEXT).data() for row in range(len(after))] == after
    assert studio.window.texts.panel.text.toPlainText().split() == after
    studio.document.undo_stack.undo()
    studio.document.undo_stack.undo()
    assert (texts(studio), studio.window.texts.panel.text.toPlainText()) == (before, text)
    assert not studio.window.action_set["computed_order"].isEnabled()
    studio.document.undo_stack.redo()
    studio.document.undo_stack.redo()
    assert texts(studio) == after
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    again = open_studio(photo)
    assert texts(again) == after
    again.window.action_set["computed_order"].trigger()
    shown = again.document.page
    assert shown is not None
    assert list(again.document.order()) == list(layout.order_words(shown.words.values()))
    for _ in range(3):
        again.window.action_set["undo"].trigger()
    assert texts(again) == before


def test_other_things_dropped_on_the_table_change_nothing(studio: Studio) -> None:
    data = QMimeData()
    data.setText("w1")
    _drag(studio, data, QPointF(20, 20))
    assert studio.document.undo_stack.count() == 1


# --------------------------------------------------------------------------------------------------------- text, note


def _write_note(studio: Studio, text: str) -> NoteEditor:
    studio.window.action_set["note"].trigger()
    note = studio.window.texts.panel.note
    QTest.keyClicks(note, text)
    return note


def test_a_note_is_one_step_for_each_pause_in_writing(studio: Studio, qtbot: QtBot) -> None:
    steps = studio.document.undo_stack.count()
    note = _write_note(studio, "wiped in part")
    assert studio.document.undo_stack.count() == steps
    qtbot.waitUntil(lambda: studio.document.page.facts.note == "wiped in part")  # type: ignore[union-attr]
    assert studio.document.undo_stack.count() == steps + 1
    studio.window.view.setFocus()
    studio.window.action_set["undo"].trigger()
    assert note.toPlainText() == ""
    studio.window.action_set["redo"].trigger()
    assert note.toPlainText() == "wiped in part"


def test_a_note_that_is_written_without_a_pause_is_kept_in_between_and_still_one_step(
    studio: Studio, qtbot: QtBot
) -> None:
    steps = studio.document.undo_stack.count()
    note = _write_note(studio, "")
    note._pause.setInterval(600_000)  # they never stop

    def kept() -> str:
        assert studio.document.page is not None
        return studio.document.page.facts.note

    for text in ("wiped", " in part", " by Anna"):
        so_far = note.toPlainText() + text
        QTest.keyClicks(note, text)
        qtbot.waitUntil(lambda so_far=so_far: kept() == so_far)  # type: ignore[misc]
    assert studio.document.undo_stack.count() == steps + 1
    note.finish()
    QTest.keyClicks(note, "!")
    note.finish()
    assert studio.document.undo_stack.count() == steps + 2
    studio.window.view.setFocus()
    studio.window.action_set["undo"].trigger()
    studio.window.action_set["undo"].trigger()
    assert note.toPlainText() == ""


def test_pauses_and_pastes_are_steps_that_ctrl_z_takes_back_one_by_one(studio: Studio, qtbot: QtBot) -> None:
    note = _write_note(studio, "one")
    for text in (" two", " three"):
        qtbot.waitUntil(lambda: not note._pause.isActive())
        QTest.keyClicks(note, text)
    QApplication.clipboard().setText("\nfour\nfive")
    note.paste()
    QTest.keyClicks(note, "!")
    found = []
    while note.toPlainText():
        found.append(note.toPlainText())
        QTest.keyClick(note, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert found == [
        "one two three\nfour\nfive!",
        "one two three\nfour\nfive",
        "one two three",
        "one two",
        "one",
    ]


def test_what_is_typed_is_part_of_what_is_taken_back_and_of_the_photo_that_is_left(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    note = _write_note(studio, "one")
    studio.window.action_set["undo"].trigger()
    assert note.toPlainText() == ""
    QTest.keyClicks(note, "two")
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    assert note.toPlainText() == ""
    studio.opening.open_paths([folder / "board 1.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)
    assert note.toPlainText() == "two"
