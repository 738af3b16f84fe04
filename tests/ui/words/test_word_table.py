"""The table: rows in reading order, one selection with the photo, editing by keys, editors that stay open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Page, Quad, Word, WordState
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.words.word_delegate import CONFIDENCE, CROP, CROP_HEIGHT, CROP_WIDTH, NUMBER, STATE, TEXT
from ocr_studio.ui.words.word_editor import WordEditor
from ocr_studio.ui.words.word_table import WordTable
from ocr_studio.ui.words.word_table_model import WordTableModel
from tests.ui import made_board

Key = Qt.Key
SHIFT, CONTROL, NONE = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    document = Document()
    document.open(made_board.page(), made_board.photo())
    return document


@pytest.fixture
def table(document: Document, qtbot: QtBot) -> Iterator[WordTable]:
    table = WordTable(document)
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.show()
    qtbot.waitExposed(table)
    yield table
    table.close()


def test_another_photo_is_shown_from_its_first_word(table: WordTable, document: Document) -> None:
    table.resize(600, 150)
    table.scrollToBottom()
    assert table.verticalScrollBar().value() > 0
    document.open(replace(made_board.page(), id="another"), made_board.photo())
    assert table.verticalScrollBar().value() == 0


def _model(table: WordTable) -> WordTableModel:
    model = table.model()
    assert isinstance(model, WordTableModel)
    return model


def _texts(table: WordTable) -> list[str]:
    model = _model(table)
    return [model.index(row, TEXT).data() for row in range(model.rowCount())]


def _editor(table: WordTable) -> WordEditor:
    found = [each for each in table.findChildren(WordEditor) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def test_a_row_says_number_text_confidence_and_state(table: WordTable, document: Document, qtbot: QtBot) -> None:
    model = _model(table)
    assert _texts(table) == [text for line in made_board.LINES for text in line]
    row = [model.index(1, column).data() for column in (NUMBER, TEXT, CONFIDENCE, STATE)]
    assert row == ["2", "the", "95%", ""]  # read with certainty: nothing to say
    qtbot.waitUntil(lambda: isinstance(model.index(1, CROP).data(Qt.ItemDataRole.DecorationRole), QPixmap))
    assert model.index(1, TEXT).data(Qt.ItemDataRole.ToolTipRole) == "Alternatives: THE   thes"
    assert model.index(1, CONFIDENCE).data(Qt.ItemDataRole.ToolTipRole) == "Read by “stand-in”"
    assert model.index(1, STATE).data(Qt.ItemDataRole.AccessibleTextRole) == "State: Read"
    assert document.page is not None
    document.push(edits.write(document.page, "w1", "then"))
    assert model.index(1, STATE).data() == "Corrected"
    assert model.index(1, CONFIDENCE).data() == ""
    assert (
        model.index(1, CONFIDENCE).data(Qt.ItemDataRole.ToolTipRole) == "The recognizer read “the” with 95% confidence"
    )
    assert "the" in model.index(1, TEXT).data(Qt.ItemDataRole.ToolTipRole)


def test_the_model_keeps_qts_rules_through_every_kind_of_change(table: WordTable, document: Document) -> None:
    model = _model(table)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert document.page is not None
    document.push(edits.delete(document.page, ["w0", "w3", "w4"]))
    assert _texts(table) == ["the", "new", "Anna", "about", "queves"]
    document.push(edits.move(document.page, ["w1"], 300, 100))
    document.push(edits.add(document.page, Quad.from_box(200, 200, 260, 230), text="late"))
    assert _texts(table)[-1] == "late"
    document.push(edits.merge(document.page, ["w5", "w6"]))
    assert "Anna about" in _texts(table)
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert _texts(table) == [text for line in made_board.LINES for text in line]
    document.open(None, None)
    assert model.rowCount() == 0
    del tester


def test_home_and_end_go_to_the_first_and_last_row(table: WordTable, document: Document) -> None:
    document.select(["w3"])
    table.setFocus()
    QTest.keyClick(table, Key.Key_End)
    assert document.selection == {"w7"}
    QTest.keyClick(table, Key.Key_Home)
    assert document.selection == {"w0"}
    QTest.keyClick(table, Key.Key_End, SHIFT)
    assert document.selection == set(document.order())
    document.open(replace(made_board.page(), words={}), made_board.photo())
    QTest.keyClick(table, Key.Key_End)
    assert document.selection == frozenset()


def test_a_click_selects_the_word_and_a_word_its_row(table: WordTable, document: Document) -> None:
    index = _model(table).index(3, TEXT)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    assert document.selection == {"w3"}
    assert document.current == "w3"
    far = _model(table).index(5, TEXT)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, SHIFT, table.visualRect(far).center())
    assert document.selection == {"w3", "w4", "w5"}
    assert document.current == "w5"
    document.select(["w7", "w0"], current="w7")
    assert sorted(index.row() for index in table.selectionModel().selectedRows()) == [0, 7]
    assert table.currentIndex().row() == 7
    document.select(())
    assert table.selectionModel().selectedRows() == []


def test_enter_accepts_and_goes_on(table: WordTable, document: Document) -> None:
    document.select(["w1"])
    table.edit_current()
    editor = _editor(table)
    assert editor.selectedText() == "the"
    QTest.keyClicks(editor, "then")
    QTest.keyClick(editor, Key.Key_Return)
    assert _texts(table)[1] == "then"
    assert document.current == "w2"
    assert document.undo_stack.count() == 1
    assert _editor(table).text() == "new"


def test_typing_in_the_table_starts_to_write(table: WordTable, document: Document) -> None:
    document.select(["w1"])
    table.setFocus()
    QTest.keyClick(table, Key.Key_M)
    QTest.keyClicks(_editor(table), "erge")
    QTest.keyClick(_editor(table), Key.Key_Return, CONTROL)
    assert _texts(table)[1] == "merge"
    assert document.current == "w1"


@pytest.mark.parametrize("column", [NUMBER, CROP, TEXT, CONFIDENCE, STATE])
@pytest.mark.parametrize(("key", "text"), [(Key.Key_F2, None), (Key.Key_M, "m")])
def test_keys_write_from_any_column(
    table: WordTable, document: Document, column: int, key: Qt.Key, text: str | None
) -> None:
    table.setCurrentIndex(_model(table).index(0, column))
    QTest.keyClick(table, Key.Key_Down)
    QTest.keyClick(table, key)
    assert _editor(table).text() == (text or _texts(table)[1])
    assert table.word_id == document.current == _model(table).id_at(1)


def test_accepting_a_text_as_it_is_checks_the_word(table: WordTable, document: Document) -> None:
    document.select(["w1"])
    table.edit_current()
    QTest.keyClick(_editor(table), Key.Key_Return)
    word = document.word("w1")
    assert word is not None
    assert word.state is WordState.ACCEPTED


def test_tab_moves_and_keeps_what_was_typed_only(table: WordTable, document: Document) -> None:
    document.select(["w1"])
    table.edit_current()
    QTest.keyClick(_editor(table), Key.Key_Tab)
    assert document.current == "w2"
    assert document.undo_stack.count() == 0
    QTest.keyClicks(_editor(table), "old")
    QTest.keyClick(_editor(table), Key.Key_Backtab, SHIFT)
    assert document.current == "w1"
    assert _texts(table)[2] == "old"


def test_esc_leaves_it_as_it_was(table: WordTable, document: Document) -> None:
    document.select(["w1"])
    table.edit_current()
    QTest.keyClicks(_editor(table), "nonsense")
    QTest.keyClick(_editor(table), Key.Key_Escape)
    assert document.undo_stack.count() == 0
    assert _texts(table)[1] == "the"


def test_a_click_elsewhere_keeps_what_was_typed(table: WordTable, document: Document) -> None:
    document.select(["w1"])
    table.edit_current()
    QTest.keyClicks(_editor(table), "there")
    index = _model(table).index(4, NUMBER)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    assert _texts(table)[1] == "there"
    assert document.current == "w4"


def test_alt_and_a_digit_takes_another_reading_into_the_line(
    table: WordTable, document: Document, qtbot: QtBot
) -> None:
    document.select(["w1"])
    table.edit_current()
    QTest.keyClick(_editor(table), Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert _editor(table).text() == "THE"
    assert document.undo_stack.count() == 0


def test_split_in_the_editor(table: WordTable, document: Document) -> None:
    document.select(["w3"])
    table.edit_current()
    _editor(table).setCursorPosition(2)
    QTest.keyClick(_editor(table), Key.Key_Slash, CONTROL)
    assert _texts(table)[3:5] == ["bu", "ild"]


def test_a_locked_word_is_not_split_in_the_editor_and_it_is_said(
    table: WordTable, document: Document, qtbot: QtBot
) -> None:
    assert document.page is not None
    document.push(edits.lock(document.page, ["w3"], locked=True))
    document.select(["w3"])
    table.edit_current()
    _editor(table).setCursorPosition(2)
    with qtbot.waitSignal(table.message) as said:
        QTest.keyClick(_editor(table), Key.Key_Slash, CONTROL)
    assert said.args == ["This box is locked. Unlock it first (Boxes → Lock)."]
    assert _texts(table)[3:5] == ["build", "ask"]


def test_an_open_editor_outlives_words_that_come_and_go(table: WordTable, document: Document) -> None:
    document.select(["w5"])
    table.edit_current()
    editor = _editor(table)
    QTest.keyClicks(editor, "Ann")
    assert document.page is not None
    document.push(edits.delete(document.page, ["w0"]))
    document.push(edits.add(document.page, Quad.from_box(10, 2, 60, 20), text="first"))
    word = document.word("w5")
    assert word is not None
    fresh = replace(word, machine=made_board.reading("Arma"))
    document.push(Edit("Read again", {"w5": (word, fresh)}))
    assert _editor(table) is editor
    assert editor.text() == "Ann"
    QTest.keyClick(editor, Key.Key_Return)
    assert [document.word("w5").text, document.current] == ["Ann", "w6"]  # type: ignore[union-attr]


def test_where_nothing_may_be_changed_no_editor_opens(table: WordTable, document: Document) -> None:
    document.open(made_board.page(), made_board.photo(), writable=False)
    index = _model(table).index(1, TEXT)
    assert not index.flags() & Qt.ItemFlag.ItemIsEditable
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    assert [each for each in table.findChildren(WordEditor) if each.isVisible()] == []


def test_a_box_round_the_whole_photo_is_cut_from_a_small_one(document: Document, qtbot: QtBot) -> None:
    words = {"all": Word("all", Quad.from_box(0, 0, 3000, 2000)), "far": Word("far", Quad.from_box(-9e6, 5, 9e6, 9e6))}
    document.open(Page("1", "x.png", 3000, 2000, words), np.full((2000, 3000, 3), 80, np.uint8))
    table = WordTable(document)
    qtbot.addWidget(table)
    model = _model(table)
    assert model.index(0, CROP).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.index(1, CROP).data(Qt.ItemDataRole.DecorationRole) is None
    qtbot.waitUntil(lambda: not model._wanted)
    sizes = [model.index(row, CROP).data(Qt.ItemDataRole.DecorationRole).deviceIndependentSize() for row in (0, 1)]
    assert all(0 < size.width() <= CROP_WIDTH and 0 < size.height() <= CROP_HEIGHT for size in sizes)


def test_five_thousand_words_cut_only_the_crops_in_sight(qtbot: QtBot) -> None:
    words = {
        f"w{n}": Word(f"w{n}", Quad.from_box(5 + n % 50 * 20, 5 + n // 50 * 12, 20 + n % 50 * 20, 13 + n // 50 * 12))
        for n in range(5000)
    }
    document = Document()
    document.open(Page("1", "x.png", 1100, 1300, words), np.zeros((1300, 1100, 3), np.uint8))
    table = WordTable(document)
    qtbot.addWidget(table)
    table.resize(600, 500)
    table.show()
    qtbot.waitExposed(table)
    table.grab()
    model = _model(table)
    assert model.rowCount() == 5000
    qtbot.waitUntil(lambda: model._crops != {} and not model._wanted)
    assert len(model._crops) < 60
    document.select(document.order())
    assert len(table.selectionModel().selectedRows()) == 5000
    assert QPersistentModelIndex(model.index(4999, 0)) != QModelIndex()
    table.close()


def test_a_cut_after_double_spaces_is_where_the_cursor_stands(table: WordTable, document: Document) -> None:
    document.select(["w3"])
    table.edit_current()
    _editor(table).replace_text("bu  il  d")
    _editor(table).setCursorPosition(8)
    QTest.keyClick(_editor(table), Key.Key_Slash, CONTROL)
    assert _texts(table)[3:5] == ["bu il", "d"]


def test_an_empty_table_says_why_and_what_to_do(table: WordTable, document: Document, qtbot: QtBot) -> None:
    assert table.empty_text() == ""
    document.open(replace(made_board.page(), words={}, read_at=None), made_board.photo())
    assert table.empty_text() == "No words yet.\nRead the photo."
    table.set_busy(True)
    assert table.empty_text() == "Reading…"
    table.set_busy(False)
    document.set_read_at("2026-01-01T00:00:00+00:00")
    assert table.empty_text() == "No words were found.\nDraw a box or read the photo again."
    blank = table.viewport().grab().toImage()
    middle = blank.rect().adjusted(60, blank.height() // 3, -60, -blank.height() // 3)
    assert (
        len(
            {
                blank.pixel(x, y)
                for x in range(middle.left(), middle.right())
                for y in range(middle.top(), middle.bottom())
            }
        )
        > 1
    )
    document.open(made_board.page(), made_board.photo())
    assert document.page is not None
    document.push(edits.delete(document.page, document.page.words))
    document.set_read_at("2026-01-01T00:00:00+00:00")
    assert table.empty_text() == "No words here.\nDraw a box or read the photo again."


@pytest.mark.parametrize(("width", "shown"), [(600, {0, 1, 2, 3, 4}), (400, {0, 1, 2, 4}), (220, {1, 2})])
def test_a_narrow_table_keeps_room_for_the_text(table: WordTable, width: int, shown: set[int]) -> None:
    table.resize(width, 400)
    assert {column for column in range(5) if not table.isColumnHidden(column)} == shown
    assert table.columnWidth(TEXT) >= 100
