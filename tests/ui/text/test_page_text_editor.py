"""The text of the page is edited as in an editor: words, boxes, the photo and Undo follow."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.editing.page_text import PageText, find_tokens, join_tokens
from ocr_studio.core.page import Page, Word
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.text.page_text_editor import PageTextEditor
from ocr_studio.ui.words.word_delegate import STATE
from ocr_studio.ui.words.word_delegate import TEXT as TEXT_COLUMN
from tests.ui import made_board
from tests.ui.canvas_page import Hand
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, texts

Key = Qt.Key
CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
TEXT = "Ship the new build\n\nask Anna about queves"


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    made = open_studio(folder / "board 1.png")
    made.window.activateWindow()
    QTest.keyClick(made.window, Key.Key_T, CTRL)
    editor = made.window.texts.panel.text
    qtbot.waitUntil(lambda: editor.toPlainText() == TEXT and editor.hasFocus())
    return made


@pytest.fixture
def editor(studio: Studio) -> PageTextEditor:
    return studio.window.texts.panel.text


def put(editor: PageTextEditor, place: str, *, select: str = "") -> None:
    """Put the cursor before this part of the text, or behind it if it ends with "|"."""
    at = editor.toPlainText().index(place.rstrip("|")) + (len(place) - 1 if place.endswith("|") else 0)
    cursor = editor.textCursor()
    cursor.setPosition(at)
    cursor.setPosition(at + len(select), QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def page_of(studio: Studio) -> Page:
    page = studio.document.page
    assert page is not None
    return page


def word(studio: Studio, text: str) -> Word:
    return next(each for each in page_of(studio).words.values() if each.text == text)


def marked(editor: PageTextEditor) -> list[str]:
    return [each.cursor.selectedText() for each in editor.extraSelections()]


def test_the_text_follows_the_photo_and_the_photo_the_text(
    studio: Studio, editor: PageTextEditor, qtbot: QtBot
) -> None:
    put(editor, "he new", select="he new build\n\nask")
    assert studio.document.selection == {"w1", "w2", "w3", "w4"}
    studio.window.view.setFocus()
    studio.document.select(["w6"])
    qtbot.waitUntil(lambda: marked(editor) == ["about", "queves"])  # selected, and misspelt
    editor.setFocus()
    QTest.keyClick(editor, Key.Key_Home, CTRL)
    for _ in range(5):
        QTest.keyClick(editor, Key.Key_Right)
    assert studio.document.current == "w1"
    QTest.keyClick(editor, Key.Key_F2)
    assert studio.window.view.editing.word_id == "w1"


def test_a_pause_in_typing_is_one_step_that_ctrl_z_takes_back_where_it_was(
    studio: Studio, editor: PageTextEditor, qtbot: QtBot
) -> None:
    steps = studio.document.undo_stack.count()
    put(editor, "queves", select="queves")
    QTest.keyClicks(editor, "queues")
    assert texts(studio)[-1] == "queves"
    qtbot.waitUntil(lambda: texts(studio)[-1] == "queues")
    assert word(studio, "queues").quad == made_board.quad(1, 3)
    assert studio.document.undo_stack.undoText() == "Change text to “queues”"
    assert studio.document.current == "w7"
    put(editor, "Ship|")
    QTest.keyClicks(editor, "s")
    QTest.keyClick(editor, Key.Key_Down)  # leaving the line saves
    assert texts(studio)[0] == "Ships"
    assert studio.document.undo_stack.count() == steps + 2
    for place in ("Ship", "about quev"):
        QTest.keyClick(editor, Key.Key_Z, CTRL)
        before = editor.toPlainText()[: editor.textCursor().position()]
        assert before.endswith(place)
    assert editor.toPlainText() == TEXT
    QTest.keyClick(editor, Key.Key_Z, CTRL | SHIFT)
    assert editor.toPlainText() == TEXT.replace("queves", "queues")


def test_ctrl_z_takes_back_what_was_just_typed(studio: Studio, editor: PageTextEditor) -> None:
    studio.document.undo_stack.clear()
    put(editor, "the|")
    QTest.keyClicks(editor, "n")
    QTest.keyClick(editor, Key.Key_Z, CTRL)
    assert editor.toPlainText() == TEXT
    assert texts(studio)[1] == "the"


def test_typing_splits_joins_deletes_and_adds_words(studio: Studio, editor: PageTextEditor, qtbot: QtBot) -> None:
    put(editor, "ild")
    QTest.keyClick(editor, Key.Key_Space)
    put(editor, "new|")
    QTest.keyClick(editor, Key.Key_Delete)
    put(editor, "the ", select="the ")
    QTest.keyClick(editor, Key.Key_Delete)
    put(editor, "Anna|")
    QTest.keyClicks(editor, " and  Ben ")
    editor.finish()
    assert texts(studio) == ["Ship", "newbu", "ild", "ask", "Anna", "and", "Ben", "about", "queves"]
    assert not word(studio, "Ben").has_box
    assert word(studio, "about").quad == made_board.quad(1, 2)
    assert word(studio, "newbu").quad.bounds()[0] == made_board.quad(0, 2).bounds()[0]
    assert editor.toPlainText().endswith("Anna and  Ben  about queves")  # as it was typed, while the cursor is there
    studio.window.view.setFocus()
    assert editor.toPlainText() == "Ship newbu ild\n\nask Anna and Ben about queves"
    studio.document.select([])
    qtbot.waitUntil(lambda: {"and", "Ben"} <= set(marked(editor)))
    while studio.document.undo_stack.index() > 1:
        studio.document.undo_stack.undo()
    assert editor.toPlainText() == TEXT


def test_lines_are_split_and_joined_and_a_cut_word_is_pasted_with_its_box(
    studio: Studio, editor: PageTextEditor
) -> None:
    before = page_of(studio)
    put(editor, " new")
    QTest.keyClick(editor, Key.Key_Return)
    put(editor, "ask")
    QTest.keyClick(editor, Key.Key_Backspace)
    QTest.keyClick(editor, Key.Key_Backspace)
    QTest.keyClick(editor, Key.Key_Space)
    editor.finish()
    assert PageText.of(page_of(studio)).text == "Ship the\nnew build ask Anna about queves"
    assert page_of(studio).words == before.words
    put(editor, "Anna ", select="Anna ")
    editor.cut()
    put(editor, "Ship")
    editor.paste()
    assert PageText.of(page_of(studio)).text == "Anna Ship the\nnew build ask about queves"
    assert page_of(studio).words == before.words


def test_a_typed_word_gets_the_box_that_is_drawn_for_it(studio: Studio, editor: PageTextEditor) -> None:
    put(editor, "new")
    QTest.keyClicks(editor, "big ")
    editor.finish()
    put(editor, "big")
    typed = word(studio, "big").id
    assert studio.document.current == typed
    table = studio.window.table.model()
    assert [table.index(2, column).data() for column in (TEXT_COLUMN, STATE)] == ["big", "No box"]
    view = studio.window.view
    view.setFocus()
    view.snapping = False
    view.set_tool(Tool.DRAW)
    Hand(view).drag((215, 100), (235, 112))
    assert word(studio, "big").id == typed
    assert word(studio, "big").has_box
    assert texts(studio)[:5] == ["Ship", "the", "big", "new", "build"]


def test_what_comes_while_a_word_is_typed_leaves_it_and_the_cursor_alone(
    studio: Studio, editor: PageTextEditor
) -> None:
    put(editor, "Anna", select="Anna")
    QTest.keyClicks(editor, "Hann")
    assert studio.window.texts.panel.text.typed.words >= {"w5"}
    page = page_of(studio)
    read = [replace(page.words["w0"], machine=made_board.reading("Shop")), page.words["w5"]]
    studio.document.push(edits.refresh(page, [read[0], replace(read[1], machine=made_board.reading("Arno"))]))
    assert editor.toPlainText() == "Shop the new build\n\nask Hann about queves"
    QTest.keyClicks(editor, "ah")
    editor.finish()
    assert editor.toPlainText() == "Shop the new build\n\nask Hannah about queves"
    assert texts(studio)[5] == "Hannah"
    assert word(studio, "Hannah").quad == made_board.quad(1, 1)


@pytest.mark.parametrize("committed", ["", "에"])
def test_what_comes_while_an_input_method_composes_is_kept(
    studio: Studio, editor: PageTextEditor, committed: str
) -> None:
    put(editor, "build|")
    QApplication.sendEvent(editor, QInputMethodEvent("ㅇ", []))
    page = page_of(studio)
    studio.document.push(edits.refresh(page, [replace(page.words["w0"], machine=made_board.reading("Shop"))]))
    assert editor.toPlainText() == TEXT
    end = QInputMethodEvent("", [])
    end.setCommitString(committed)
    QApplication.sendEvent(editor, end)
    assert editor.toPlainText() == f"Shop the new build{committed}\n\nask Anna about queves"
    editor.finish()
    assert texts(studio)[:4] == ["Shop", "the", "new", f"build{committed}"]
    assert page_of(studio).words["w0"].human is None


def test_saving_while_an_input_method_composes_keeps_what_came(studio: Studio, editor: PageTextEditor) -> None:
    put(editor, "build|")
    QTest.keyClicks(editor, "s")
    QApplication.sendEvent(editor, QInputMethodEvent("ㅇ", []))
    page = page_of(studio)
    studio.document.push(edits.refresh(page, [replace(page.words["w0"], machine=made_board.reading("Shop"))]))
    editor.finish()
    assert texts(studio)[:4] == ["Shop", "the", "new", "builds"]
    assert page_of(studio).words["w0"].human is None


def test_reading_again_leaves_what_is_being_typed(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png", reader=StandInReader(pause=0.05))
    studio.window.action_set["text_panel"].trigger()
    editor = studio.window.texts.panel.text
    editor.setFocus()
    put(editor, "new", select="new")
    studio.window.action_set["read_page"].trigger()
    QTest.keyClicks(editor, "old")
    qtbot.waitUntil(lambda: not studio.busy)
    editor.finish()
    assert texts(studio)[:4] == ["Ship", "the", "old", "build"]
    assert word(studio, "old").has_box


def test_keys_go_through_the_words_in_doubt(studio: Studio, editor: PageTextEditor) -> None:
    page = page_of(studio)
    doubted = [
        replace(page.words[key], machine=made_board.reading(text, 0.4)) for key, text in (("w1", "tha"), ("w2", "naw"))
    ]
    studio.document.push(edits.refresh(page, doubted))
    QTest.keyClick(editor, Key.Key_Home, CTRL)
    QTest.keyClick(editor, Key.Key_Tab)
    assert (editor.textCursor().selectedText(), studio.document.current) == ("tha", "w1")
    QTest.keyClicks(editor, "the")
    assert not editor.choices.takes_digits
    QTest.keyClick(editor, Key.Key_Tab)
    assert editor.textCursor().selectedText() == "naw"
    QTest.keyClick(editor, Key.Key_2, ALT)  # the second alternative
    assert texts(studio)[1:3] == ["the", "NAW"]
    assert editor.textCursor().selectedText() == "queves"  # misspelt
    QTest.keyClick(editor, Key.Key_Return, CTRL)
    assert word(studio, "queves").checked
    QTest.keyClick(editor, Key.Key_Tab)  # nothing is left: on to the next field
    assert QApplication.focusWidget() is studio.window.texts.panel.note


def offer(studio: Studio, word_id: str, text: str) -> None:
    """Let a word have been read with doubt."""
    fresh = replace(page_of(studio).words[word_id], machine=made_board.reading(text, 0.4))
    studio.document.push(edits.refresh(page_of(studio), [fresh]))


def offered(studio: Studio) -> list[str]:
    return [each.text() for each in studio.window.texts.panel.choices.buttons if each.isVisible()]


def test_digits_take_what_is_offered_for_the_word_that_tab_has_selected(studio: Studio, editor: PageTextEditor) -> None:
    panel = studio.window.texts.panel
    offer(studio, "w1", "tha")
    offer(studio, "w2", "naw")
    put(editor, "Ship|")
    assert panel.question.text() == "Which is right? Press Alt+1 … Alt+4"
    QTest.keyClick(editor, Key.Key_Tab)
    assert panel.question.text() == "Which is right? Press 1 … 4"
    assert offered(studio)[:3] == ["1  tha", "2  THA", "3  Tha"]
    QTest.keyClick(editor, Key.Key_2)
    assert texts(studio)[1:3] == ["THA", "naw"]
    assert editor.textCursor().selectedText() == "naw"
    QTest.keyClick(editor, Key.Key_1)  # the reading itself: it is confirmed
    assert word(studio, "naw").checked
    QTest.keyClick(editor, Key.Key_Z, CTRL)
    QTest.keyClick(editor, Key.Key_Z, CTRL)
    assert texts(studio)[1:3] == ["tha", "naw"]


def test_digits_are_text_where_a_number_may_be_meant_or_the_cursor_has_moved(
    studio: Studio, editor: PageTextEditor
) -> None:
    offer(studio, "w1", "1o")
    offer(studio, "w2", "naw")
    QTest.keyClick(editor, Key.Key_Home, CTRL)
    QTest.keyClick(editor, Key.Key_Tab)
    assert offered(studio)[1].startswith("Alt+2")
    QTest.keyClicks(editor, "10")
    QTest.keyClick(editor, Key.Key_Tab)
    assert texts(studio)[1] == "10"
    assert editor.textCursor().selectedText() == "naw"
    QTest.keyClick(editor, Key.Key_Right)
    assert offered(studio)[1].startswith("Alt+2")
    QTest.keyClicks(editor, "2")
    editor.finish()
    assert texts(studio)[2] == "naw2"


def test_one_set_of_alternatives_is_in_sight(studio: Studio, qtbot: QtBot) -> None:
    assert studio.window.texts.panel.choices.isVisible()
    studio.window.side.move_out(studio.window.side.pages[0])
    assert not studio.window.alternatives.isVisible()
    studio.window.texts.panel.close()
    qtbot.waitUntil(studio.window.alternatives.isVisible)


def test_on_the_photo_the_panel_offers_what_the_digits_there_choose(studio: Studio, editor: PageTextEditor) -> None:
    window = studio.window
    offer(studio, "w1", "tha")
    put(editor, "tha")
    assert offered(studio) == ["Alt+1  tha", "Alt+2  THA", "Alt+3  Tha", "Alt+4  thas"]
    window.view.setFocus()
    assert offered(studio) == ["1  tha", "2  THA", "3  thas"]
    assert window.texts.panel.question.text() == "Which is right? Press 1 … 3"
    QTest.keyClick(window.view, Key.Key_3)
    assert texts(studio)[1] == "thas"
    QTest.mouseClick(window.texts.panel.choices.buttons[1], Qt.MouseButton.LeftButton)
    assert texts(studio)[1] == "THA"
    assert studio.document.current == "w1"
    assert window.view.hasFocus()
    window.texts.panel.note.setFocus()  # no key chooses there
    assert offered(studio)[2] == "3  thas"
    window.table.setFocus()
    assert offered(studio)[2] == "Alt+3  thas"


def test_beside_the_review_the_panel_offers_texts_only_in_use(
    studio: Studio, editor: PageTextEditor, qtbot: QtBot
) -> None:
    window = studio.window
    window.side.move_out(window.texts.panel)
    window.view.setFocus()
    studio.document.select(["w1"])
    assert offered(studio)
    window.review.open()
    assert window.review.isVisible()
    assert not offered(studio)
    editor.window().activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    assert offered(studio)
    window.activateWindow()
    window.view.setFocus()
    qtbot.waitUntil(lambda: not offered(studio))
    window.review.close()
    qtbot.waitUntil(lambda: bool(offered(studio)))


def test_a_click_takes_what_is_offered_for_the_word_at_the_cursor(studio: Studio, editor: PageTextEditor) -> None:
    put(editor, "uild")
    QTest.mouseClick(studio.window.texts.panel.choices.buttons[1], Qt.MouseButton.LeftButton)
    assert texts(studio)[3] == "BUILD"
    assert editor.hasFocus()


@pytest.mark.parametrize(
    ("key", "held"),
    [
        (Key.Key_Backspace, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Backspace, SHIFT),
        (Key.Key_Backspace, CTRL),
        (Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Delete, CTRL),
    ],
)
def test_lines_are_joined_by_a_space(
    studio: Studio, editor: PageTextEditor, key: Key, held: Qt.KeyboardModifier
) -> None:
    before = page_of(studio)
    put(editor, "ask")
    QTest.keyClick(editor, Key.Key_Backspace)  # the empty line
    if key == Key.Key_Delete:
        QTest.keyClick(editor, Key.Key_Left)
    QTest.keyClick(editor, key, held)
    editor.finish()
    assert editor.toPlainText() == TEXT.replace("\n\n", " ")
    assert page_of(studio).words == before.words
    QTest.keyClicks(editor, "x")
    assert editor.toPlainText().startswith(
        "Ship the new build xask" if key == Key.Key_Backspace else "Ship the new buildx ask"
    )


def test_without_text_it_says_whether_the_photo_was_read(studio: Studio, editor: PageTextEditor) -> None:
    editor.selectAll()
    QTest.keyClick(editor, Key.Key_Delete)
    editor.finish()
    assert editor.placeholderText() == "No text. Type to add words without boxes."
    assert page_of(studio).words == {}


def test_text_editor_and_words_stay_one_after_any_keys(studio: Studio, editor: PageTextEditor) -> None:
    """As in the property test of ``text_edits``, through the real window."""
    chance = random.Random(5)
    first = page_of(studio)
    keys = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Backspace, Key.Key_Delete, Key.Key_Return)
    for _ in range(80):
        draw = chance.random()
        if draw < 0.5:
            QTest.keyClicks(editor, chance.choice(("a", "ne", " ", "x y")))
        elif draw < 0.9:
            held = chance.choice((Qt.KeyboardModifier.NoModifier, CTRL, SHIFT))
            QTest.keyClick(editor, chance.choice(keys[: 4 if held == SHIFT else 7]), held)
        else:
            editor.finish()
            assert join_tokens(find_tokens(editor.toPlainText())) == PageText.of(page_of(studio)).text
    studio.window.view.setFocus()
    assert editor.toPlainText() == PageText.of(page_of(studio)).text
    while studio.document.undo_stack.index() > 1:
        studio.document.undo_stack.undo()
        assert editor.toPlainText() == PageText.of(page_of(studio)).text
    assert page_of(studio) == first
