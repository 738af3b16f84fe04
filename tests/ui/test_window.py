"""The whole window with real clicks and keys; only the recognizer is a stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core import images
from ocr_studio.core.page import PageState, WordState
from ocr_studio.core.settings import RecentFiles, Settings
from ocr_studio.ui import pictures
from ocr_studio.ui.app import Studio, use_theme
from ocr_studio.ui.word_delegate import TEXT
from ocr_studio.ui.word_editor import WordEditor
from tests.ui import made_board
from tests.ui.made_board import StandInDesk, StandInReader

Key = Qt.Key
Open = Callable[..., Studio]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        made_board.write_photo(tmp_path / "boards" / f"board {number}.png", number)
    return tmp_path / "boards"


@pytest.fixture
def open_studio(qtbot: QtBot) -> Iterator[Open]:
    opened: list[Studio] = []

    def make(*paths: Path, settings: Settings | None = None, reader: StandInReader | None = None) -> Studio:
        use_theme("light")
        studio = Studio(settings or Settings(), desk=StandInDesk(reader))
        opened.append(studio)
        studio.start(paths)
        qtbot.waitExposed(studio.window)
        if paths:
            qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
        return studio

    yield make
    for studio in opened:
        studio.window.close()
        studio.stop()
        studio.autosave.flush()
        studio.window.deleteLater()
        studio.deleteLater()


def _texts(studio: Studio) -> list[str]:
    page = studio.document.page
    return [page.words[key].text for key in studio.document.order()] if page else []


def _label(studio: Studio, name: str) -> str:
    return next(each.text() for each in studio.window.status.findChildren(QLabel) if each.accessibleName() == name)


def test_the_empty_window_invites(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    buttons = [each.text().replace("&", "") for each in studio.window.empty.findChildren(QPushButton)]
    assert buttons == ["Open photo…", "Open folder…", "Paste picture", "Try the sample"]
    assert studio.window.empty.isVisible()
    assert not studio.window.table.isVisible()
    assert not studio.window.action_set["read_page"].isEnabled()
    assert studio.window.action_set["open"].isEnabled()


def test_the_sample_opens_from_its_button_as_a_copy_of_ones_own(
    open_studio: Open, qtbot: QtBot, studio_home: Path
) -> None:
    studio = open_studio()
    button = studio.window.empty.findChildren(QPushButton)[-1]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.document.page is not None)
    assert studio.opening.path is not None
    assert studio_home in studio.opening.path.parents


def test_an_unread_photo_is_read_when_it_is_opened(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 2.png")
    assert _texts(studio) == [text for line in made_board.LINES for text in line]
    assert studio.window.windowTitle() == "board 2.png – OCR Studio"
    assert studio.window.view.hasFocus()
    assert studio.window.table.isVisible()


def test_unless_the_setting_says_no(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 2.png", settings=Settings(read_when_opened=False))
    assert _texts(studio) == []
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
    view, undo = studio.window.view, studio.window.action_set["undo"]
    studio.document.select(["w1"])
    assert studio.window.action_set["alternative_2"].isEnabled()
    assert studio.window.action_set["alternative_2"].text() == "THE"
    QTest.keyClick(view, Key.Key_2)
    assert _texts(studio)[1] == "THE"
    assert undo.text() == "Undo “Write “THE””"
    QTest.keyClick(view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert _texts(studio)[1] == "the"
    QTest.keyClick(view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert _texts(studio)[1] == "THE"


def test_the_strip_of_alternatives_shows_the_current_word_and_chooses(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    buttons = studio.window.alternatives.findChildren(QPushButton)
    assert [button.isEnabled() for button in buttons] == [False] * 5
    studio.document.select(["w5"])
    assert [button.text() for button in buttons] == ["1  Anna", "2  ANNA", "3  Annas", "4  –", "5  –"]
    QTest.mouseClick(buttons[2], Qt.MouseButton.LeftButton)
    assert _texts(studio)[5] == "Annas"


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
    assert _texts(studio)[2] == "dsvmrf12345[]"


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
    assert _texts(studio)[0] == "Ship the"
    QTest.keyClick(view, Key.Key_R)
    qtbot.waitUntil(lambda: _texts(studio)[0].startswith("again"))


def test_a_drawn_box_is_read_at_once(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    view = studio.window.view
    QTest.keyClick(view, Key.Key_D)
    corners = [view.mapFromScene(QPointF(x, y)) for x, y in ((20, 180), (120, 225))]
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=corners[0])
    QTest.mouseMove(view.viewport(), (corners[0] + corners[1]) / 2)
    QTest.mouseMove(view.viewport(), corners[1])
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=corners[1])
    assert len(_texts(studio)) == 9
    qtbot.waitUntil(lambda: any(text.startswith("again") for text in _texts(studio)))


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


def test_everything_is_kept_and_comes_back(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    studio.window.table.edit_current()
    (editor,) = [each for each in studio.window.table.findChildren(WordEditor) if each.isVisible()]
    QTest.keyClicks(editor, "Shop")
    # The window is closed in the middle of a word, and asks nothing.
    studio.window.close()
    studio.stop()
    again = open_studio(folder / "board 1.png")
    assert _texts(again)[0] == "Shop"
    assert again.document.undo_stack.count() == 0
    assert _label(again, "Saving") == "Saved"
    recent = RecentFiles().paths()
    assert recent == [folder / "board 1.png"]


def test_saving_is_said(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    with qtbot.waitSignal(studio.autosave.saved, timeout=3000):
        QTest.keyClick(studio.window.view, Key.Key_Return)
        QTest.keyClick(studio.window.view, Key.Key_Return)
    qtbot.waitUntil(lambda: _label(studio, "Saving") == "Saved")
    studio.autosave.failed.emit("x.json: the words are not saved, the disk is full.")
    qtbot.waitUntil(lambda: _label(studio, "Saving") == "Not saved")
    assert studio.window.messages.texts() == ["x.json: the words are not saved, the disk is full."]
    studio.autosave.saved.emit()
    qtbot.waitUntil(lambda: studio.window.messages.texts() == [])


def test_a_second_window_only_looks_and_says_why(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    first = open_studio(folder / "board 1.png")
    first.autosave.flush()
    second = open_studio(folder / "board 1.png")
    assert len(_texts(second)) == 8
    assert "another window" in second.window.messages.texts()[0]
    assert _label(second, "Saving") == "Only for looking"
    second.document.select(["w0"])
    qtbot.wait(20)
    off = ("delete", "merge", "read_page", "undo", "accept_next", "tool_draw", "edit_text", "cut")
    assert [key for key in off if second.window.action_set[key].isEnabled()] == []
    assert second.window.action_set["copy"].isEnabled()
    QTest.keyClick(second.window.view, Key.Key_Delete)
    assert len(_texts(second)) == 8


def test_a_damaged_page_is_reported_and_the_photo_read_anew(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.autosave.flush()
    studio.window.close()
    (page_file,) = (folder / "ocr-studio-project" / "pages").glob("*.json")
    page_file.write_text(page_file.read_text()[:200])
    again = open_studio(folder / "board 1.png")
    assert "damaged" in again.window.messages.texts()[0]
    assert len(list(page_file.parent.glob("*.damaged-*"))) == 1


def test_page_keys_go_through_the_folder(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 2.png")
    window = studio.window
    assert [window.photos.model().index(row, 0).data() for row in range(3)] == [
        "board 1.png", "board 2.png", "board 3.png",
    ]  # fmt: skip
    QTest.keyClick(window.view, Key.Key_PageDown)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 3.png" and not studio.busy)
    assert window.photos.currentIndex().row() == 2
    QTest.keyClick(window.view, Key.Key_PageUp)
    QTest.keyClick(window.view, Key.Key_PageUp)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)
    state = window.photos.model().index(2, 0).data(Qt.ItemDataRole.UserRole)
    assert state == PageState.READ
    rect = window.photos.visualRect(window.photos.model().index(1, 0))
    QTest.mouseClick(window.photos.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png")


def test_small_pictures_of_the_folder_come(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 2.png")
    model = studio.window.photos.model()

    def pictures_there() -> bool:
        found = [model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in range(3)]
        return all(found)

    qtbot.waitUntil(pictures_there)


def _drop(studio: Studio, data: QMimeData) -> bool:
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.setAccepted(False)
    studio.window.dropEvent(event)
    return event.isAccepted()


def test_files_and_folders_are_dropped(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / "board 3.png"))])
    assert _drop(studio, data)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 3.png")
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    assert _drop(studio, data)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)


def test_a_picture_from_a_browser_gets_a_file(open_studio: Open, qtbot: QtBot, studio_home: Path) -> None:
    studio = open_studio()
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/board.png")])
    data.setImageData(pictures.image(made_board.photo()))
    assert _drop(studio, data)
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    assert studio.opening.path is not None
    assert studio.opening.path.parent == studio_home / "library" / "Dropped"
    assert studio.document.image is not None
    assert (studio.document.image == made_board.photo()).all()


def test_an_address_alone_is_not_fetched_and_it_says_so(open_studio: Open) -> None:
    studio = open_studio()
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/board.png")])
    assert _drop(studio, data)
    assert "nothing is fetched" in studio.window.messages.texts()[0]


def test_a_picture_is_pasted(open_studio: Open, qtbot: QtBot, studio_home: Path) -> None:
    studio = open_studio()
    QGuiApplication.clipboard().setImage(pictures.image(made_board.photo()))
    studio.window.action_set["paste"].trigger()
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    assert studio.opening.path is not None
    assert studio.opening.path.parent == studio_home / "library" / "Pasted"
    QGuiApplication.clipboard().setText("no picture")
    studio.window.action_set["paste_picture"].trigger()
    assert "no picture on the clipboard" in studio.window.messages.texts()[0]


def test_words_are_copied_as_text_and_pasted_as_boxes(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    view, control = studio.window.view, Qt.KeyboardModifier.ControlModifier
    studio.document.select(["w0", "w1"])
    qtbot.wait(20)
    QTest.keyClick(view, Key.Key_C, control)
    assert QGuiApplication.clipboard().text() == "Ship the"
    QTest.keyClick(view, Key.Key_V, control)
    assert len(_texts(studio)) == 10
    assert len(studio.document.selection) == 2
    qtbot.wait(20)
    QTest.keyClick(view, Key.Key_X, control)
    assert len(_texts(studio)) == 8
    studio.window.action_set["copy_all"].trigger()
    assert QGuiApplication.clipboard().text() == "Ship the new build\n\nask Anna about queves"


def test_a_photo_that_is_none_is_said_once_with_the_window_as_it_was(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    (folder / "zz.png").write_text("no picture")
    studio = open_studio(folder / "board 1.png")
    for _ in range(2):
        studio.opening.open_paths([folder / "zz.png"])
        qtbot.waitUntil(lambda: not studio.busy)
    assert len(studio.window.messages.texts()) == 1
    assert "zz.png" in studio.window.messages.texts()[0]
    assert studio.opening.path == folder / "board 1.png"
    close = next(
        each for each in studio.window.messages.findChildren(QToolButton) if each.accessibleName().startswith("Close")
    )
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert studio.window.messages.texts() == []


def test_progress_is_shown_and_stop_stops(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(settings=Settings(), reader=StandInReader(pause=0.1))
    studio.opening.open_paths([folder / "board 1.png"])
    stop = next(each for each in studio.window.status.findChildren(QToolButton) if each.text() == "Stop")
    qtbot.waitUntil(lambda: len(_texts(studio)) == 4)
    assert stop.isVisible()
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert not studio.reading.busy
    assert not stop.isVisible()


def test_the_text_is_saved_in_each_format(open_studio: Open, folder: Path, tmp_path: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    for ending in ("txt", "md", "json", "csv"):
        studio.window.exporting.save(tmp_path / f"out.{ending}")
    assert (tmp_path / "out.txt").read_text().startswith("Ship the new build\n\nask Anna")
    assert len(json.loads((tmp_path / "out.json").read_text())["words"]) == 8
    assert "Anna" in (tmp_path / "out.csv").read_text()
    assert "Anna" in (tmp_path / "out.md").read_text()
    studio.window.exporting.save(tmp_path / "nowhere" / "out.txt")
    assert "out.txt" in studio.window.messages.texts()[0]


def test_the_menu_of_recent_photos_opens_them(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    RecentFiles().add(folder / "board 3.png")
    RecentFiles().add(folder / "gone.png")
    studio = open_studio()
    buttons = [each for each in studio.window.empty.findChildren(QPushButton) if each.accessibleName()]
    assert [button.accessibleName() for button in buttons] == ["Open gone.png again", "Open board 3.png again"]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: RecentFiles().paths() == [folder / "board 3.png"])
    (action,) = studio.window.recent_menu.actions()
    action.trigger()
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 3.png")


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


def test_nothing_without_an_accessible_name_that_takes_the_focus(open_studio: Open, folder: Path) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLineEdit

    studio = open_studio(folder / "board 1.png")
    for kind in (QAbstractButton, QAbstractScrollArea, QLineEdit):
        for widget in studio.window.findChildren(kind):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
                assert named, widget


def test_the_picture_on_the_screen_is_the_file(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 2.png")
    assert studio.document.image is not None
    assert (studio.document.image == images.open_photo(folder / "board 2.png")).all()
