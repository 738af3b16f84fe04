"""A box of which a person says no text: unreadable, or not to count. Every key takes back what it did."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from ocr_studio.core.page import Mark, Word
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.style.box_colours import Look, look_of
from ocr_studio.ui.words.word_delegate import STATE, TEXT
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, texts

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
KEYS = {Mark.UNREADABLE: Key.Key_U, Mark.IGNORED: Key.Key_I}


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    """The first two words selected, the first one corrected; the keys are on the photo."""
    studio = open_studio(folder / "board 1.png", reader=StandInReader())
    first, second = studio.document.order()[:2]
    studio.document.select([first])
    QTest.keyClick(studio.window.view, Key.Key_F2)
    editor = studio.window.view.editing.panel.editor
    editor.selectAll()
    QTest.keyClicks(editor, "Shop")
    QTest.keyClick(editor, Key.Key_Return, CONTROL)
    studio.document.select([first, second])
    studio.window.view.setFocus()
    assert texts(studio)[:3] == ["Shop", "the", "new"]
    return studio


def _words(studio: Studio) -> tuple[Word, Word]:
    first, second = (studio.document.word(key) for key in studio.document.order()[:2])
    assert first
    assert second
    return first, second


def _press(studio: Studio, key: Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(studio.window.view, key, held)


@pytest.mark.parametrize("kind", Mark)
def test_a_key_sets_words_aside_and_once_more_brings_them_back_as_they_were(kind: Mark, studio: Studio) -> None:
    before = _words(studio)
    _press(studio, KEYS[kind])
    assert [word.mark for word in _words(studio)] == [kind, kind]
    assert texts(studio)[:3] == ["", "", "new"]
    assert {look_of(word) for word in _words(studio)} == {Look.ASIDE}
    assert "2 of 8 words checked" in [each.text() for each in studio.window.status.findChildren(QLabel)]
    _press(studio, KEYS[kind])
    assert _words(studio) == before


def test_one_of_two_set_aside_both_are_and_each_key_says_what_it_is(studio: Studio) -> None:
    document, actions = studio.document, studio.window.action_set
    both = document.selection
    document.select([document.order()[0]])
    _press(studio, Key.Key_U)
    assert (actions["unreadable"].isChecked(), actions["ignore"].isChecked()) == (True, False)
    document.select(both)
    assert not actions["unreadable"].isChecked()
    _press(studio, Key.Key_U)
    assert [word.mark for word in _words(studio)] == [Mark.UNREADABLE] * 2
    _press(studio, Key.Key_I)
    assert [word.mark for word in _words(studio)] == [Mark.IGNORED] * 2
    assert (actions["unreadable"].isChecked(), actions["ignore"].isChecked()) == (False, True)
    document.select(())
    assert not actions["ignore"].isEnabled()
    assert not actions["ignore"].isChecked()


def test_it_is_one_step_to_undo(studio: Studio) -> None:
    before, actions = _words(studio), studio.window.action_set
    _press(studio, Key.Key_U)
    assert actions["undo"].text() == "Undo “Mark 2 words as unreadable”"
    actions["undo"].trigger()
    assert _words(studio) == before


def test_back_to_what_was_read_takes_it_back_too(studio: Studio) -> None:
    document, actions = studio.document, studio.window.action_set
    document.select([document.order()[1]])
    assert not actions["unaccept"].isEnabled()  # nobody has said anything of the second word
    _press(studio, Key.Key_I)
    assert actions["unaccept"].isEnabled()
    _press(studio, Key.Key_Backspace, CONTROL)
    assert _words(studio)[1].mark is None
    assert texts(studio)[1] == "the"
    assert not actions["unaccept"].isEnabled()


def test_the_table_says_so_and_why(studio: Studio) -> None:
    model = studio.window.table.model()
    _press(studio, Key.Key_U)
    assert [model.index(0, column).data() for column in (TEXT, STATE)] == ["", "Excluded"]
    tip = Qt.ItemDataRole.ToolTipRole
    assert model.index(0, STATE).data(tip) == "Unreadable: left out of texts and datasets"
    _press(studio, Key.Key_I)
    assert model.index(0, STATE).data(tip) == "Ignored: left out of texts, datasets and evaluations"


@pytest.mark.parametrize(
    ("typed", "text", "mark"), [("", "", Mark.UNREADABLE), ("the", "the", None), ("he", "he", None)]
)
def test_what_somebody_writes_counts_after_all(typed: str, text: str, mark: Mark | None, studio: Studio) -> None:
    studio.document.select([studio.document.order()[1]])
    _press(studio, Key.Key_U)
    _press(studio, Key.Key_F2)
    editor = studio.window.view.editing.panel.editor
    assert editor.text() == ""
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Key.Key_Return)
    assert (_words(studio)[1].text, _words(studio)[1].mark) == (text, mark)


def test_letters_typed_in_the_table_are_text(studio: Studio) -> None:
    table = studio.window.table
    table.setFocus()
    QTest.keyClick(table, Key.Key_U)
    assert all(word.mark is None for word in _words(studio))
