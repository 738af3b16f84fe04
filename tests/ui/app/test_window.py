"""The whole window with real clicks and keys; only the recognizer is a stand-in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Alternative, Edit, PageState, WordState
from ocr_studio.core.settings import RecentFiles, Settings
from ocr_studio.ui.commands.spec import Where
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.words.word_delegate import TEXT
from ocr_studio.ui.words.word_editor import WordEditor
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, texts

Key = Qt.Key


def test_the_empty_window_invites(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    buttons = [each.text() for each in studio.window.empty.findChildren(QPushButton)]
    assert buttons == ["Open photo…", "Open folder…", "Paste image", "Open sample photo"]
    assert studio.window.empty.isVisible()
    assert not studio.window.table.isVisible()
    assert not studio.window.action_set["read_page"].isEnabled()
    assert studio.window.action_set["open"].isEnabled()


def test_an_unread_photo_is_read_when_it_is_opened(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 2.png")
    assert texts(studio) == [text for line in made_board.LINES for text in line]
    assert studio.window.windowTitle() == "board 2.png – OCR Studio"
    assert studio.window.view.hasFocus()
    assert studio.window.table.isVisible()


def test_reading_the_photo_again_leaves_the_place_to_the_keys(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    document, window = studio.document, studio.window
    document.select([document.order()[2]])
    assert "including deleted ones" in window.action_set["read_page"].toolTip()
    window.action_set["read_page"].trigger()
    qtbot.waitUntil(lambda: not studio.busy)
    assert document.current == document.order()[2]
    QTest.keyClick(window.view, Key.Key_Tab)
    assert document.current == document.order()[3]
    assert window.view.hasFocus()


def test_f11_fills_the_screen_and_esc_leaves_it_when_there_is_nothing_else_to_cancel(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    window, view = studio.window, studio.window.view
    QTest.keyClick(view, Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    assert window.action_set["full_screen"].isChecked()
    studio.document.select(studio.document.order()[:1])
    QTest.keyClick(view, Key.Key_Escape)
    assert not studio.document.selection
    assert window.isFullScreen()
    QTest.keyClick(view, Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.isFullScreen())
    assert not window.action_set["full_screen"].isChecked()


def test_turned_writing_is_read_again(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    document = studio.document
    first, second = document.order()[:2]
    assert document.page is not None
    document.push(edits.write(document.page, second, "mine"))
    document.select([first, second])
    QTest.keyClick(studio.window.view, Key.Key_BraceRight)
    qtbot.waitUntil(lambda: document.page is not None and document.page.words[first].text.startswith("again"))
    words = document.page.words
    assert words[second].text == "mine"
    assert [round(geometry.measure_angle(words[key].quad)) for key in (first, second)] == [90, 90]
    menu = studio.window.action_set.context_menu(studio.window, Where.CONTEXT)
    ids = {action.objectName() for action in menu.actions()}
    assert {"tool_split", "turn_writing_left", "turn_writing_right"} <= ids


def test_unless_the_setting_says_no(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 2.png", settings=Settings(read_when_opened=False))
    assert texts(studio) == []
    studio.window.action_set["read_page"].trigger()
    assert studio.reading.busy


def test_enter_accepts_and_goes_on_to_the_end(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    document, view = studio.document, studio.window.view
    QTest.keyClick(view, Key.Key_Return)
    assert document.current == "w0"
    QTest.keyClick(view, Key.Key_Return)
    QTest.keyClick(view, Key.Key_Enter)
    assert document.current == "w2"
    assert document.page is not None
    states = [document.page.words[f"w{number}"].state for number in range(3)]
    assert states == [WordState.ACCEPTED, WordState.ACCEPTED, WordState.READ]
    QTest.keyClick(view, Key.Key_Tab)
    QTest.keyClick(view, Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert document.current == "w2"
    for _ in range(6):
        QTest.keyClick(view, Key.Key_Return)
    assert document.current == "w7"
    assert document.page.state is PageState.REVIEWED
    assert "last word" in studio.window.status.currentMessage()


def test_digits_choose_and_undo_has_a_name(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    view, actions = studio.window.view, studio.window.action_set
    studio.document.select(["w1"])
    assert actions["alternative_2"].isEnabled()
    assert actions["alternative_2"].text() == "THE"
    QTest.keyClick(view, Key.Key_2)
    assert texts(studio)[1] == "THE"
    assert actions["undo"].text() == "Undo “Change text to “THE””"
    QTest.keyClick(view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert texts(studio)[1] == "the"
    QTest.keyClick(view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert texts(studio)[1] == "THE"


def test_the_strip_of_alternatives_shows_the_current_word_and_chooses(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    buttons = studio.window.alternatives.findChildren(QPushButton)
    assert [button.isEnabled() for button in buttons] == [False] * 5
    studio.document.select(["w5"])
    assert [button.text() for button in buttons] == ["1  Anna", "2  ANNA", "3  Annas", "4  –", "5  –"]
    QTest.mouseClick(buttons[2], Qt.MouseButton.LeftButton)
    assert texts(studio)[5] == "Annas"


def test_letters_typed_into_a_text_are_letters(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w2"])
    studio.window.table.edit_current()
    (editor,) = [each for each in studio.window.table.findChildren(WordEditor) if each.isVisible()]
    QTest.keyClicks(editor, "dsvmrf12345[]")
    QTest.keyClick(editor, Key.Key_Delete)
    assert editor.text() == "dsvmrf12345[]"
    assert studio.window.view.tool.value == "select"
    assert studio.document.undo_stack.count() == 1  # the reading
    QTest.keyClick(editor, Key.Key_Return)
    assert texts(studio)[2] == "dsvmrf12345[]"


def test_letters_on_the_photo_are_tools(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    view = studio.window.view
    QTest.keyClick(view, Key.Key_D)
    assert view.tool.value == "draw"
    assert studio.window.action_set["tool_draw"].isChecked()
    QTest.keyClick(view, Key.Key_V)
    assert view.tool.value == "select"
    studio.document.select(["w0", "w1"])
    assert studio.window.action_set["merge"].isEnabled()
    QTest.keyClick(view, Key.Key_M)
    assert texts(studio)[0] == "Ship the"
    QTest.keyClick(view, Key.Key_R)
    qtbot.waitUntil(lambda: texts(studio)[0].startswith("again"))


def test_a_drawn_box_is_read_at_once(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    view = studio.window.view
    QTest.keyClick(view, Key.Key_D)
    corners = [view.mapFromScene(QPointF(x, y)) for x, y in ((20, 180), (120, 225))]
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=corners[0])
    QTest.mouseMove(view.viewport(), (corners[0] + corners[1]) / 2)
    QTest.mouseMove(view.viewport(), corners[1])
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=corners[1])
    assert len(texts(studio)) == 9
    qtbot.waitUntil(lambda: any(text.startswith("again") for text in texts(studio)))


def test_a_click_on_a_box_shows_its_row_and_on_a_row_its_box(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    view, table = studio.window.view, studio.window.table
    x0, y0, x1, y1 = made_board.quad(1, 2).bounds()
    place = view.mapFromScene(QPointF((x0 + x1) / 2, (y0 + y1) / 2))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.currentIndex().row() == 6
    index = table.model().index(3, TEXT)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    assert studio.document.current == "w3"


def test_progress_is_shown_and_stop_stops(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(settings=Settings(), reader=StandInReader(pause=0.3))
    studio.opening.open_paths([folder / "board 1.png"])
    stop = next(each for each in studio.window.status.findChildren(QToolButton) if each.text() == "Stop")
    qtbot.waitUntil(lambda: len(texts(studio)) >= 1)
    assert stop.isVisible()
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert not studio.reading.busy
    assert not stop.isVisible()


def test_the_right_mouse_button_offers_what_can_be_done(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    menu = studio.window.action_set.context_menu(studio.window.view)
    ids = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    assert {"copy", "delete", "accept_next", "merge", "read_words"} <= set(ids)
    studio.window.view.customContextMenuRequested.emit(QPoint(10, 10))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()


def test_the_right_mouse_button_on_the_list_of_photos_sets_the_writer(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    menu = studio.window.action_set.context_menu(studio.window.photos, Where.PHOTO_LIST)
    offered = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    assert {"open_chosen", "read_chosen", "photo_facts", "rename_photo", "remove_photos"} <= set(offered)
    assert studio.window.photos.contextMenuPolicy() is Qt.ContextMenuPolicy.CustomContextMenu


def test_nothing_without_an_accessible_name_that_takes_the_focus(open_studio: Open, folder: Path) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLineEdit

    studio = open_studio(folder / "board 1.png")
    for kind in (QAbstractButton, QAbstractScrollArea, QLineEdit):
        for widget in studio.window.findChildren(kind):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
                assert named, widget


def test_page_keys_turn_photos_on_the_photo_and_the_list_and_scroll_the_table(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 2.png")
    window = studio.window
    qtbot.waitUntil(lambda: len(studio.opening.photos) == 3)

    def at(number: int) -> None:
        qtbot.waitUntil(lambda: studio.opening.path == folder / f"board {number}.png" and not studio.busy)

    QTest.keyClick(window.view, Key.Key_PageDown)
    at(3)
    window.photos.setFocus()
    QTest.keyClick(window.photos, Key.Key_PageUp)
    at(2)
    studio.document.select(["w0"])
    window.table.setFocus()
    QTest.keyClick(window.table, Key.Key_PageDown)
    assert window.table.currentIndex().row() == 7
    window.view.setFocus()
    window.view.edit_current()
    editor = window.view.editing.panel.editor
    QTest.keyClicks(editor, "typed")
    QTest.keyClick(editor, Key.Key_PageDown)
    assert studio.opening._going_to is None
    assert editor.text() == "typed"
    QTest.keyClick(editor, Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    at(1)


def test_a_fast_second_key_finds_its_action_ready(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    view = studio.window.view
    studio.document.select(["w3"])
    QTest.keyClick(view, Key.Key_F2)
    editor = view.editing.panel.editor
    editor.setCursorPosition(2)
    QTest.keyClick(editor, Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Key.Key_M)
    assert texts(studio)[3] == "bu ild"
    QTest.keyClick(view, Key.Key_Delete)
    QTest.keyClick(view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert texts(studio)[3] == "bu ild"


def test_an_ampersand_in_a_name_is_an_ampersand(open_studio: Open, folder: Path) -> None:
    studio = open_studio()
    studio.window.empty.show_recent([folder / "this & that.png"])
    (card,) = (each for each in studio.window.empty.findChildren(QPushButton) if each.accessibleName())
    assert [each.text() for each in card.findChildren(ElidedLabel)] == ["this & that.png", "boards", ""]


@pytest.mark.usefixtures("styled")
def test_the_start_page_is_in_the_middle_with_pictures_of_the_latest_of_each_folder(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = made_board.write_photo(tmp_path / "other" / "board 9.png", 1)
    for path in (other, *(folder / f"board {number}.png" for number in (1, 2, 3))):
        RecentFiles().add(path)
    studio = open_studio()
    page = studio.window.empty
    cards = [each for each in page.findChildren(QPushButton) if each.accessibleName()]
    texts_of = [[each.text() for each in card.findChildren(ElidedLabel)] for card in cards]
    assert texts_of[0] == ["board 3.png", "boards", "Today"]
    assert texts_of[-1] == ["board 9.png", "other", "Today"]
    icon = cards[0].findChildren(QLabel)[0].pixmap().size()
    qtbot.waitUntil(lambda: cards[0].findChildren(QLabel)[0].pixmap().size() != icon)
    zone = page.findChild(QFrame, "drop-zone")
    assert zone is not None

    def is_tidy(columns: int) -> bool:
        left = zone.mapTo(page, QPoint()).x()
        middle = abs(page.viewport().width() - zone.width() - 2 * left) <= 2
        return middle and len({card.x() for card in cards}) == columns

    for width, columns in ((1300, 4), (620, 2)):
        studio.window.resize(width, 800)
        qtbot.waitUntil(partial(is_tidy, columns))
        assert not page.horizontalScrollBar().isVisible()
        assert all(zone.rect().contains(card.geometry()) for card in cards)
    assert studio.window.recent_menu.actions()[0].text() == f"board 3.png — {folder}\tToday"


def test_texts_are_shown_and_hidden_by_a_key(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    view, action = studio.window.view, studio.window.action_set["show_texts"]
    assert not action.isChecked()
    QTest.keyClick(view, Key.Key_T)
    assert view.texts_shown
    assert action.isChecked()
    studio.document.select(["w0"])
    assert action.isChecked()
    QTest.keyClick(view, Key.Key_T)
    assert not view.texts_shown
    assert not action.isChecked()


def test_a_reading_of_nothing_says_so(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    word = studio.document.word("w1")
    assert word is not None
    both = tuple(Alternative(text, 0.5) for text in ("l", ""))
    read = replace(made_board.reading("l"), alternatives=both)
    studio.document.push(Edit("Read again", {"w1": (word, replace(word, machine=read))}))
    studio.document.select(["w1"])
    shown = [each.text() for each in studio.window.alternatives.findChildren(QPushButton)]
    assert shown[:3] == ["1  l", "2  (nothing)", "3  –"]


@pytest.mark.usefixtures("styled")
def test_long_readings_do_not_push_the_photo_aside(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    QApplication.processEvents()
    width = studio.window.view.width()
    word = studio.document.word("w1")
    assert word is not None
    whole = "Donaudampfschifffahrtsgesellschaft"
    for text, wanted in ((whole, f"1  {whole}"), (f"{whole} {whole} {whole} {whole}", "1  Donau")):
        longer = replace(word, machine=made_board.reading(text))
        studio.document.push(Edit("Read again", {"w1": (word, longer)}))
        studio.document.select(["w1"])
        QApplication.processEvents()
        assert studio.window.view.width() == width
        shown = [each.text() for each in studio.window.alternatives.findChildren(QPushButton)]
        assert shown[0].startswith(wanted)
        assert ("…" in shown[0]) == (text != whole)
        assert shown[0][1:] != shown[2][1:], "the second alternative has another ending"
        studio.document.select(["w0"])
        studio.document.undo_stack.undo()


def test_merging_what_is_partly_checked_says_that_all_of_it_is_now(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    document = studio.document
    assert document.page is not None
    document.push(edits.write(document.page, "w0", "Shop"))
    document.select(["w0", "w1"])
    studio.window.action_set["merge"].trigger()
    assert texts(studio)[0] == "Shop the"
    assert "is marked as checked" in studio.window.status.currentMessage()
    document.undo_stack.undo()
    document.select(["w2", "w3"])
    studio.window.status.clearMessage()
    studio.window.action_set["merge"].trigger()
    assert studio.window.status.currentMessage() == ""
    assert texts(studio)[:3] == ["Shop", "the", "new build"]


def test_merged_words_that_nobody_typed_are_read_again_as_one(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    document, view = studio.document, studio.window.view
    before, steps = texts(studio), document.undo_stack.count()
    view.setFocus()
    document.select(["w2", "w3"])
    qtbot.keyClick(view, Qt.Key.Key_M)
    assert texts(studio)[2] == "new build"
    qtbot.waitUntil(lambda: texts(studio)[2] == "again240" and not studio.busy)
    assert document.undo_stack.count() == steps + 1
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert texts(studio) == before
    assert document.page is not None
    document.push(edits.write(document.page, "w0", "Shop"))
    document.select(["w0", "w1"])
    qtbot.keyClick(view, Qt.Key.Key_M)
    assert not studio.reading.busy
    assert texts(studio)[0] == "Shop the"


@pytest.mark.parametrize("where", ["photo", "list"])
def test_undo_works_in_a_field_that_is_open_by_itself_and_goes_to_what_it_changed(
    where: str, open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    window, document = studio.window, studio.document
    document.select(["w1"])
    (window.view.edit_current if where == "photo" else window.table.edit_current)()

    def field() -> WordEditor:
        return next(each for each in window.findChildren(WordEditor) if each.isVisible() and each.hasFocus())

    QTest.keyClicks(field(), "thy")
    QTest.keyClick(field(), Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # what was typed, not the last change
    assert texts(studio)[1] == "the"
    QTest.keyClicks(field(), "thy")
    QTest.keyClick(field(), Key.Key_Return)
    assert document.current == "w2"
    QTest.keyClick(field(), Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert texts(studio)[1] == "the"
    assert document.current == "w1"
    assert "Undone: Change text to “thy”" in window.status.currentMessage()
    window.action_set["redo"].trigger()
    assert texts(studio)[1] == "thy"
    assert "Redone" in window.status.currentMessage()


def test_undo_opens_the_photo_that_it_changes_and_goes_to_the_word(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    document = studio.document
    assert document.page is not None
    document.push(edits.write(document.page, "w3", "built"))
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    document.undo_stack.undo()  # the reading of this photo
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and document.current == "w3")
    assert "Undone: Change text to “built”" in studio.window.status.currentMessage()
