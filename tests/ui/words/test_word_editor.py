"""Correcting on the photo: the line, its keys, its place, and what becomes of the text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Alternative, Edit, TextSource, Transcription, Word, WordState
from ocr_studio.core.plain_text import LONGEST
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.words.alternatives import Alternatives
from ocr_studio.ui.words.word_editor import WordEditor
from tests.ui.canvas_page import Hand, document_of, drawn_page, middle

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def chosen(view: PhotoView) -> None:
    view.document.select(["one"])


def word(view: PhotoView, name: str) -> Word:
    found = view.document.word(name)
    assert found is not None
    return found


def editor_of(view: PhotoView) -> WordEditor:
    assert view.editing.panel.isVisible()
    return view.editing.panel.editor


@pytest.mark.parametrize("way", ["double click", "F2"])
def test_two_ways_in(view: PhotoView, qtbot: QtBot, way: str) -> None:
    if way == "double click":
        Hand(view).double_click(middle("one"))
    else:
        qtbot.keyClick(view, Qt.Key.Key_F2)
    assert view.editing.word_id == "one"
    assert editor_of(view).text() == editor_of(view).selectedText() == "retum"


def test_a_letter_on_the_photo_never_begins_a_text(view: PhotoView, qtbot: QtBot) -> None:
    qtbot.keyClicks(view, "a")  # half the letters are keys of the canvas: a word typed there would lose those
    assert view.editing.word_id is None


def test_enter_accepts_and_goes_on_in_reading_order(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "return")
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return)
    assert word(view, "one").text == "return"
    assert word(view, "one").state is WordState.CORRECTED
    assert view.document.current == view.editing.word_id == "two"
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return)
    assert word(view, "two").state is WordState.ACCEPTED
    assert view.editing.word_id == "three"


def test_enter_on_the_last_word_says_so(view: PhotoView, qtbot: QtBot) -> None:
    last = view.document.order()[-1]
    view.document.select([last])
    view.edit_current()
    with qtbot.waitSignal(view.message) as signal:
        qtbot.keyClick(editor_of(view), Qt.Key.Key_Return)
    assert signal.args == ["This is the last word."]
    assert view.editing.word_id is None
    assert view.document.current == last
    assert word(view, last).state is WordState.ACCEPTED


def test_the_view_follows(view: PhotoView, qtbot: QtBot) -> None:
    view.zoom_by(6, QPointF(view.viewportTransform().map(QPointF(60, 60))))
    view.edit_current()
    for name in ("two", "three"):
        qtbot.keyClick(editor_of(view), Qt.Key.Key_Return)
        assert view.editing.word_id == name
        box = view.screen_box(word(view, name).quad)
        assert view.screen_area().intersects(box.toRect())


def test_tab_goes_on_and_back_and_keeps_only_what_was_changed(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Tab)
    assert view.editing.word_id == "two"
    assert word(view, "one").state is WordState.READ
    qtbot.keyClicks(editor_of(view), "White")
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert view.editing.word_id == "one"
    assert word(view, "two").text == "White"


def test_esc_cancels(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "nonsense")
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Escape)
    assert view.editing.word_id is None
    assert word(view, "one").text == "retum"
    assert view.document.selection == {"one"}
    assert not document_of(view).undo_stack.count()


def test_control_enter_accepts_as_it_stands_and_stays(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return, CONTROL)
    assert view.editing.word_id is None
    assert view.document.current == "one"
    assert word(view, "one").state is WordState.ACCEPTED


def test_alternatives_are_numbered_choices(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClick(editor_of(view), Qt.Key.Key_2, ALT)
    assert editor_of(view).text() == "RETUM"
    view.editing.panel._choices[2].click()
    assert editor_of(view).text() == "other"
    qtbot.keyClick(editor_of(view), Qt.Key.Key_5, ALT)
    assert editor_of(view).text() == "other"
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return)
    assert word(view, "one").text == "other"


def test_cutting_at_the_text_cursor(view: PhotoView, qtbot: QtBot) -> None:
    view.document.select(["big"])
    view.edit_current()
    editor_of(view).setCursorPosition(5)
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Slash, CONTROL)
    assert {each.text for each in view.document.selected_words()} == {"white", "board"}
    assert view.editing.word_id is None


@pytest.mark.parametrize("zoom", [0.2, 0.7, 1.0, 3.0])
@pytest.mark.parametrize("name", ["one", "three", "small", "big"])
@pytest.mark.usefixtures("styled")
def test_the_editor_never_covers_its_word(view: PhotoView, name: str, zoom: float) -> None:
    view.zoom_by(zoom / view.zoom)
    view.document.select([name])
    view.edit_current()
    panel, box = view.editing.panel, view.screen_box(word(view, name).quad)
    if box.height() < view.screen_area().height() - panel.height() - 40:
        assert not QRectF(panel.geometry()).intersects(box)
    assert view.rect().contains(panel.geometry())
    assert panel.editor.font().pixelSize() == 18
    view.zoom_by(1.3)
    assert view.rect().contains(panel.geometry())


def test_a_click_elsewhere_keeps_what_was_typed(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "return")
    Hand(view).click(middle("three"))
    assert word(view, "one").text == "return"
    assert view.document.selection == {"three"}
    assert view.editing.word_id is None


def test_another_selection_keeps_what_was_typed(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "return")
    view.document.select(["big"])
    assert word(view, "one").text == "return"
    assert view.editing.word_id is None
    assert view.document.current == "big"


def test_reading_again_leaves_the_typed_text_alone(view: PhotoView, qtbot: QtBot) -> None:
    page = view.document.page
    assert page is not None
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "ret")
    view.document.push(edits.choose_alternative(page, "one", 2))
    assert editor_of(view).text() == "ret"
    page = view.document.page
    assert page is not None
    view.document.push(edits.delete(page, ["one"]))
    assert view.editing.word_id is None


def test_finish_before_another_photo(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "return")
    view.finish_editing()
    assert word(view, "one").text == "return"
    view.edit_current()
    document_of(view).open(None, None)
    assert view.editing.word_id is None


def test_an_input_method_keeps_its_keys(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    editor = editor_of(view)
    QApplication.sendEvent(editor, QInputMethodEvent("にほ", []))
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(editor, event)
        qtbot.keyClick(editor, key)
        assert view.editing.word_id == "one"
    done = QInputMethodEvent("", [])
    done.setCommitString("日本")
    QApplication.sendEvent(editor, done)
    assert editor.text() == "日本"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert word(view, "one").text == "日本"


def test_the_windows_shortcuts_do_not_take_its_keys(view: PhotoView) -> None:
    view.edit_current()
    for key, held in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Return, CONTROL),
        (Qt.Key.Key_3, ALT),
        (Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier),
    ):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, held, "d" if key == Qt.Key.Key_D else "")
        event.ignore()
        QApplication.sendEvent(editor_of(view), event)
        assert event.isAccepted()


def test_keys_the_editor_has_no_use_for_leave_the_boxes_alone(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "return")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_F2):
        qtbot.keyClick(editor_of(view), key)
    assert editor_of(view).text() == "return"
    assert not document_of(view).undo_stack.count()


def test_tab_on_the_canvas_asks_for_the_next_word(view: PhotoView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.step_requested) as signal:
        qtbot.keyClick(view, Qt.Key.Key_Tab)
    assert signal.args == [1]
    with qtbot.waitSignal(view.step_requested) as signal:
        qtbot.keyClick(view, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert signal.args == [-1]


def test_its_menu_can_cut(view: PhotoView) -> None:
    view.edit_current()
    editor = editor_of(view)
    editor.setCursorPosition(3)
    editor._split()
    assert {each.text for each in view.document.selected_words()} == {"ret", "um"}


def test_a_locked_word_is_not_cut_and_it_is_said(view: PhotoView, qtbot: QtBot) -> None:
    page = view.document.page
    assert page is not None
    view.edit_current()
    word_id = view.document.current
    assert word_id is not None
    view.document.push(edits.lock(page, [word_id], locked=True))
    editor = editor_of(view)
    editor.setCursorPosition(3)
    with qtbot.waitSignal(view.message) as said:
        editor._split()
    assert "locked" in said.args[0]
    assert view.document.page is not None
    assert view.document.page.words.keys() == page.words.keys()


@pytest.mark.parametrize(
    ("typed", "cursor", "halves"),
    [
        ("whi  te  board", 9, ["whi te", "board"]),  # stored as "whi te board"
        ("  white   board", 9, ["white", "board"]),
        ("white   board", 5, ["white", "board"]),
        ("cafe\u0301s bar", 6, ["caf\u00e9s", "bar"]),  # composed when kept
        ("cafe\u0301bar", 5, ["caf\u00e9", "bar"]),
    ],
)
def test_the_cut_is_where_the_cursor_stands(
    view: PhotoView, qtbot: QtBot, typed: str, cursor: int, halves: list[str]
) -> None:
    view.document.select(["big"])
    view.edit_current()
    editor_of(view).replace_text(typed)
    editor_of(view).setCursorPosition(cursor)
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Slash, CONTROL)
    assert [each.text for each in view.document.selected_words()] == halves


def test_a_second_space_is_no_correction(view: PhotoView, qtbot: QtBot) -> None:
    page = view.document.page
    assert page is not None
    view.document.push(edits.write(page, "one", "two words"))
    count = document_of(view).undo_stack.count()
    view.edit_current()
    qtbot.keyClicks(editor_of(view), "two  words ")
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Tab)
    assert document_of(view).undo_stack.count() == count


@pytest.mark.parametrize("way", ["double click", "F2"])
def test_where_nothing_may_be_changed_no_editor_opens(view: PhotoView, qtbot: QtBot, way: str) -> None:
    document_of(view).open(*drawn_page(), writable=False)
    view.document.select(["one"])
    with qtbot.waitSignal(view.message) as signal:
        if way == "double click":
            Hand(view).double_click(middle("one"))
        else:
            qtbot.keyClick(view, Qt.Key.Key_F2)
    assert signal.args == [commands.READ_ONLY]
    assert view.editing.word_id is None
    assert not view.editing.panel.isVisible()


def _height(view: PhotoView, name: str) -> float:
    return geometry.measure_size(word(view, name).quad)[1] * view.zoom


def test_a_word_too_small_to_be_read_comes_nearer_and_the_next_stays_there(view: PhotoView, qtbot: QtBot) -> None:
    view.zoom_by(12 / _height(view, "one"))
    view.edit_current()
    assert 30 <= _height(view, "one") <= 41
    shown = view.screen_box(word(view, "one").quad).center() - QPointF(view.screen_area().center())
    assert abs(shown.x()) < 60
    assert abs(shown.y()) < 60
    near = view.zoom
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return)
    assert view.editing.word_id != "one"
    assert view.zoom == near


def test_a_word_that_can_be_read_stays_where_it_is(view: PhotoView) -> None:
    view.zoom_by(20 / _height(view, "one"))
    before = view.zoom
    view.edit_current()
    assert view.zoom == before


@pytest.mark.parametrize(("width", "text"), [(900, "word"), (430, "whiteboard"), (430, "a whole line of writing")])
@pytest.mark.usefixtures("styled")
def test_all_choices_can_be_read_however_narrow_the_photo_is(view: PhotoView, width: int, text: str) -> None:
    page = view.document.page
    assert page is not None
    read = Transcription(
        text, TextSource.MODEL, 0.5, alternatives=tuple(Alternative(f"{text}{n}", 0.1) for n in range(5))
    )
    view.resize(width, 700)
    view.document.push(Edit("Read", {"one": (page.words["one"], replace(page.words["one"], machine=read))}))
    view.document.select(["one"])
    view.edit_current()
    panel = view.editing.panel
    buttons = [each for each in panel.findChildren(QToolButton) if each.isVisible()]
    assert len(buttons) == 5
    for number, button in enumerate(buttons):
        assert button.text().endswith(f"{text}{number}")
        assert button.width() >= button.sizeHint().width()
        assert panel.rect().contains(QRect(button.mapTo(panel, QPoint(0, 0)), button.size()))


def test_a_text_that_is_too_long_is_cut_where_it_is_pasted_and_that_is_said(view: PhotoView, qtbot: QtBot) -> None:
    view.edit_current()
    QApplication.clipboard().setText("m" * 20_000)
    with qtbot.waitSignal(view.editing.message) as said:
        qtbot.keyClick(editor_of(view), Qt.Key.Key_V, CONTROL)
    assert said.args == ["Text is limited to 1000 characters. The rest was cut off."]
    assert editor_of(view).text() == "m" * LONGEST
    with qtbot.waitSignal(view.editing.message):
        qtbot.keyClicks(editor_of(view), "m")
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return)
    assert word(view, "one").text == "m" * LONGEST


def test_a_text_that_is_too_long_already_stays_whole_and_can_be_made_shorter(view: PhotoView, qtbot: QtBot) -> None:
    page = view.document.page
    assert page is not None
    view.document.push(edits.write(page, "one", "𝕞" * 1500))
    view.edit_current()
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return, CONTROL)
    assert word(view, "one").text == "𝕞" * 1500
    view.edit_current()
    qtbot.keyClick(editor_of(view), Qt.Key.Key_End)
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Backspace)
    qtbot.keyClick(editor_of(view), Qt.Key.Key_Return, CONTROL)
    assert word(view, "one").text == "𝕞" * 1499


def test_alternatives_that_differ_in_a_letter_are_told_apart_in_any_width(qtbot: QtBot) -> None:
    texts = (
        "fromBoardToTheWall",
        "fromBoatdToTheWall",
        "fromBoardToTheWell",
        "from3oardToTheWall",
        "fromBoardToThaWall",
    )
    page, image = drawn_page()
    word = page.words["one"]
    assert word.machine is not None
    read = replace(word.machine, text=texts[0], alternatives=tuple(Alternative(text, 0.2) for text in texts))
    document = Document()
    document.open(replace(page, words={**page.words, "one": replace(word, machine=read)}), image)
    document.select(["one"])
    strip = Alternatives(document)
    qtbot.addWidget(strip)
    strip.show()
    for width in range(240, 1300, 60):
        strip.resize(width, 60)
        assert len(set(strip.choices())) == len(texts), width
