"""The table of words is sorted by its titles and filtered above it, and the keys follow what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Quad
from ocr_studio.core.words.word_list import WordFilter, WordKind, WordSort
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.words.word_delegate import CONFIDENCE, CROP, NUMBER, STATE, TEXT
from ocr_studio.ui.words.word_filter import WordFilterBar
from ocr_studio.ui.words.word_table import WordTable
from tests.ui import made_board

# Confidences of the eight words of the board, in reading order.
SURE = (0.95, 0.3, 0.99, 0.5, 0.92, 0.01, 0.97, 0.7)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    page = made_board.page()
    words = {}
    for sure, (key, word) in zip(SURE, page.words.items(), strict=True):
        assert word.machine is not None
        words[key] = replace(word, machine=replace(word.machine, confidence=sure))
    document = Document()
    document.open(replace(page, words=words), made_board.photo())
    return document


@pytest.fixture
def table(document: Document, qtbot: QtBot) -> Iterator[WordTable]:
    table = WordTable(document)
    qtbot.addWidget(table)
    table.resize(700, 400)
    table.show()
    qtbot.waitExposed(table)
    yield table
    table.close()


@pytest.fixture
def bar(table: WordTable, document: Document, qtbot: QtBot) -> WordFilterBar:
    bar = WordFilterBar(table, document)
    qtbot.addWidget(bar)
    bar.show()
    return bar


def rows(table: WordTable) -> list[str]:
    model = table.model()
    return [model.index(row, TEXT).data(Qt.ItemDataRole.UserRole).id for row in range(model.rowCount())]


def numbers(table: WordTable) -> list[int]:
    model = table.model()
    return [int(model.index(row, NUMBER).data()) for row in range(model.rowCount())]


def click_title(table: WordTable, column: int) -> None:
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 12, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_title_sorts_up_down_and_in_reading_order_again(table: WordTable, document: Document) -> None:
    reading = list(document.order())
    click_title(table, CONFIDENCE)
    assert [SURE[reading.index(key)] for key in rows(table)] == sorted(SURE)
    assert numbers(table)[0] == SURE.index(0.01) + 1  # the number stays that in reading order
    click_title(table, CONFIDENCE)
    assert [SURE[reading.index(key)] for key in rows(table)] == sorted(SURE, reverse=True)
    click_title(table, CONFIDENCE)
    assert rows(table) == reading
    click_title(table, TEXT)
    texts = [document.word(key).text for key in rows(table)]  # type: ignore[union-attr]
    assert texts == sorted(texts, key=str.casefold)
    click_title(table, NUMBER)
    assert rows(table) == reading
    click_title(table, NUMBER)
    assert rows(table) == reading[::-1]
    click_title(table, STATE)
    assert {document.word(key).machine.confidence for key in rows(table)[:4]} == {0.3, 0.5, 0.01, 0.7}  # type: ignore[union-attr]
    click_title(table, CROP)
    assert table.sort is WordSort.PLACE
    assert document.listed() == tuple(rows(table))


def test_keys_follow_the_rows_shown(table: WordTable, document: Document) -> None:
    table.sort_by(WordSort.CONFIDENCE)
    shown = rows(table)
    document.select([shown[0]])
    for expected in shown[1:]:
        assert commands.accept_and_next(document)
        assert document.current == expected
    assert rows(table) == shown  # what was confirmed keeps its row
    assert not commands.go(document, 1)
    document.select([shown[0]])
    assert not commands.go(document, -1)
    commands.delete(document)
    assert document.current == shown[1]
    table.sort_by(WordSort.READING)
    assert document.listed() == document.order()


def test_a_filtered_word_that_is_edited_stays_until_it_is_filtered_again(
    table: WordTable, bar: WordFilterBar, document: Document
) -> None:
    bar.kind.menu().actions()[2].trigger()
    shown = rows(table)
    assert len(shown) == 4
    assert bar.status.text() == "Unchecked words with low confidence: 4 of 8 words"
    document.select([shown[0]])
    assert commands.accept_and_next(document)
    assert rows(table) == shown
    assert document.current == shown[1]
    QTest.keyClicks(bar.edit, "e")
    QTest.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert rows(table) == shown[1:]
    QTest.mouseClick(bar.all, Qt.MouseButton.LeftButton)
    assert len(rows(table)) == 8
    assert not bar.status.isVisible()


def test_the_filter_follows_undo_and_redo(table: WordTable, bar: WordFilterBar, document: Document) -> None:
    document.push(edits.accept(document.page, [document.order()[0]]))  # type: ignore[arg-type]
    table.filter_by(WordFilter(WordKind.UNCHECKED))
    first, *others = document.order()
    assert rows(table) == others
    document.undo_stack.undo()
    assert rows(table) == [first, *others]
    assert document.listed() == (first, *others)
    assert bar.status.text() == "Unchecked words: 8 of 8 words"
    document.undo_stack.redo()
    assert rows(table) == others
    document.push(edits.write(document.page, others[0], "zzz"))  # type: ignore[arg-type]
    assert rows(table) == others  # what the user edits keeps its row
    document.undo_stack.undo()
    assert rows(table) == others
    document.undo_stack.redo()
    assert rows(table) == others[1:]


def test_text_filters_as_it_is_typed(table: WordTable, bar: WordFilterBar, document: Document) -> None:
    document.select(["w0"])
    QTest.keyClicks(bar.edit, "AN")
    assert [document.word(key).text for key in rows(table)] == ["Anna"]  # type: ignore[union-attr]
    assert document.selection == {"w0"}  # what is selected on the photo stays so
    assert commands.go(document, 1)
    assert document.current == rows(table)[0]
    QTest.keyClicks(bar.edit, "xyz")
    assert rows(table) == []
    assert table.empty_text() == "No matching words."
    assert bar.status.text() == "0 of 8 words"
    QTest.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert len(rows(table)) == 8


def test_all_of_the_table_are_the_words_it_lists(table: WordTable, document: Document) -> None:
    table.filter_by(WordFilter(WordKind.DOUBTFUL))
    commands.select_all(document, listed=True)
    assert document.selection == set(rows(table))
    commands.delete(document)
    assert len(document.order()) == 4
    commands.select_all(document)
    assert len(document.selection) == 4


def test_the_model_keeps_qts_rules_sorted_and_filtered(table: WordTable, document: Document) -> None:
    model = table.model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    table.filter_by(WordFilter(WordKind.UNCHECKED))
    table.sort_by(WordSort.TEXT)
    assert document.page is not None
    document.push(edits.add(document.page, Quad.from_box(200, 200, 260, 230), text="checked"))
    assert "checked" not in [document.word(key).text for key in rows(table)]  # type: ignore[union-attr]
    word = document.word("w1")
    assert word is not None
    assert word.machine is not None
    late = replace(word, id="late", machine=replace(word.machine, text="aaa"))
    document.push(Edit("Add", {"late": (None, late)}))
    assert rows(table)[0] == "late"
    document.push(edits.delete(document.page, ["w0", "w3"]))
    document.push(edits.move(document.page, ["w1"], 300, 100))
    document.push(edits.write(document.page, "w5", "zzz"))
    assert "w5" in rows(table)
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
        assert sorted(numbers(table)) == sorted(document.order().index(key) + 1 for key in rows(table))
    document.open(replace(made_board.page(), id="another"), made_board.photo())
    assert len(rows(table)) == 8
    assert table.sort is WordSort.TEXT
    document.open(None, None)
    assert rows(table) == []
    del tester


def test_rows_are_dragged_in_reading_order_only(table: WordTable) -> None:
    model = table.model()
    flag = Qt.ItemFlag.ItemIsDragEnabled
    assert model.index(0, NUMBER).flags() & flag
    table.sort_by(WordSort.TEXT)
    assert not model.index(0, NUMBER).flags() & flag
    assert model.index(0, TEXT).flags() & Qt.ItemFlag.ItemIsEditable
    table.sort_by(WordSort.READING, descending=True)
    assert not model.index(0, NUMBER).flags() & flag
