"""Photos into the window, from everywhere, and what is kept of them; only the recognizer is a stand-in."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core.images import photo_file
from ocr_studio.core.settings import RecentFiles
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.words.word_editor import WordEditor
from tests.ui import made_board
from tests.ui.studio import Open, label, texts

Key = Qt.Key


def test_the_sample_opens_from_its_button_as_a_copy_of_ones_own(
    open_studio: Open, qtbot: QtBot, studio_home: Path
) -> None:
    studio = open_studio()
    button = next(each for each in studio.window.empty.findChildren(QPushButton) if "sample" in each.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.document.page is not None)
    assert studio.opening.path is not None
    assert studio_home in studio.opening.path.parents


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
    assert texts(again)[0] == "Shop"
    assert again.document.undo_stack.undoText() == "Change text to “Shop”"
    assert label(again, "Saving") == "Saved"
    recent = RecentFiles().paths()
    assert recent == [folder / "board 1.png"]


def test_saving_is_said(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    with qtbot.waitSignal(studio.autosave.saved):
        QTest.keyClick(studio.window.view, Key.Key_Return)
        QTest.keyClick(studio.window.view, Key.Key_Return)
    qtbot.waitUntil(lambda: label(studio, "Saving") == "Saved")
    studio.autosave.failed.emit("x.json: can’t save the words: the disk is full.")
    qtbot.waitUntil(lambda: label(studio, "Saving") == "Not saved")
    assert studio.window.messages.texts() == ["x.json: can’t save the words: the disk is full."]
    studio.autosave.saved.emit()
    qtbot.waitUntil(lambda: studio.window.messages.texts() == [])


def test_a_second_window_only_looks_and_says_why(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    first = open_studio(folder / "board 1.png")
    first.autosave.flush()
    second = open_studio(folder / "board 1.png")
    assert len(texts(second)) == 8
    assert "another OCR Studio window" in second.window.messages.texts()[0]
    assert label(second, "Saving") == "Read-only"
    second.document.select(["w0"])
    qtbot.wait(20)
    off = ("delete", "merge", "read_page", "undo", "accept_next", "tool_draw", "edit_text", "cut")
    assert [key for key in off if second.window.action_set[key].isEnabled()] == []
    assert second.window.action_set["copy"].isEnabled()
    QTest.keyClick(second.window.view, Key.Key_Delete)
    assert len(texts(second)) == 8


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
    state = window.photos.model().index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert state == "board 3.png, Read, 8 left"
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


def test_a_picture_is_pasted(open_studio: Open, qtbot: QtBot, studio_home: Path) -> None:
    studio = open_studio()
    QGuiApplication.clipboard().setImage(image_convert.image(made_board.photo()))
    studio.window.action_set["paste"].trigger()
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    assert studio.opening.path is not None
    assert studio.opening.path.parent == studio_home / "library" / "Pasted"
    QGuiApplication.clipboard().setText("no picture")
    studio.window.action_set["paste_picture"].trigger()
    assert "no image on the clipboard" in studio.window.messages.texts()[0]


def test_words_are_copied_as_text_and_pasted_as_boxes(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    view, control = studio.window.view, Qt.KeyboardModifier.ControlModifier
    studio.document.select(["w0", "w1"])
    qtbot.wait(20)
    QTest.keyClick(view, Key.Key_C, control)
    assert QGuiApplication.clipboard().text() == "Ship the"
    QTest.keyClick(view, Key.Key_V, control)
    assert len(texts(studio)) == 10
    assert len(studio.document.selection) == 2
    qtbot.wait(20)
    QTest.keyClick(view, Key.Key_X, control)
    assert len(texts(studio)) == 8
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


def test_the_text_is_saved_in_each_format(open_studio: Open, folder: Path, tmp_path: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    for ending in ("txt", "md", "json", "csv"):
        studio.window.exporter.save(tmp_path / f"out.{ending}")
    assert (tmp_path / "out.txt").read_text().startswith("Ship the new build\n\nask Anna")
    assert len(json.loads((tmp_path / "out.json").read_text())["words"]) == 8
    assert "Anna" in (tmp_path / "out.csv").read_text()
    assert "Anna" in (tmp_path / "out.md").read_text()
    studio.window.exporter.save(tmp_path / "nowhere" / "out.txt")
    assert "out.txt" in studio.window.messages.texts()[0]
    before = (folder / "board 1.png").read_bytes()
    studio.window.exporter.save(folder / "board 1.png")
    assert "it is an image that was not written by this program" in "".join(studio.window.messages.texts())
    assert (folder / "board 1.png").read_bytes() == before


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


def test_the_picture_on_the_screen_is_the_file(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 2.png")
    assert studio.document.image is not None
    assert (studio.document.image == photo_file.open_photo(folder / "board 2.png")).all()


def test_a_click_on_the_open_photo_keeps_its_history(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    QTest.keyClick(studio.window.view, Key.Key_Return)
    QTest.keyClick(studio.window.view, Key.Key_Return)
    count = studio.document.undo_stack.count()
    studio.window.photos.photo_chosen.emit(folder / "board 1.png")
    qtbot.waitUntil(lambda: not studio.busy)
    assert studio.document.undo_stack.count() == count > 1


def test_a_closed_list_of_photos_stays_closed(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    assert studio.window.photos.isVisible()
    next(each for each in studio.window.action_set.menu("&View").actions() if each.text() == "Photos").trigger()
    studio.opening.step(1)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png")
    assert not studio.window.photos.isVisible()


def test_a_shortcut_in_a_row_opens_only_the_last_photo(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    opened: list[object] = []
    studio.opening.opened.connect(opened.append)
    studio.opening.step(1)
    studio.opening.step(1)
    assert not studio.opening.step(1)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 3.png" and not studio.busy)
    assert len(opened) == 1
