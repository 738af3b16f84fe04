"""What the context menu of the photo list does with photos, and that keys there act on photos."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMenu
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.photo_list.rows import PhotoState
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.commands.spec import Where
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.photos.photo_actions import RenameDialog
from tests.ui.photos.test_photo_list import accept_all, chosen, click, names, states, studio, wait_for
from tests.ui.studio import Open

__all__ = ("studio",)
Key, Mods = Qt.Key, Qt.KeyboardModifier


def press(studio: Studio, key: Qt.Key, modifiers: Qt.KeyboardModifier = Mods.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or studio.window, key, modifiers)


def rename(studio: Studio, name: str) -> RenameDialog:
    studio.window.photos.setFocus()
    press(studio, Key.Key_F2)
    (dialog,) = (each for each in studio.window.findChildren(RenameDialog) if each.isVisible())
    assert dialog.line.selectedText() == "board 2"
    dialog.line.selectAll()
    QTest.keyClicks(dialog.line, name)
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)
    return dialog


def test_after_a_click_keys_act_on_photos_and_after_enter_on_words(studio: Studio, qtbot: QtBot) -> None:
    window, document = studio.window, studio.document
    click(studio, 0)
    wait_for(studio, "board 1.png", qtbot)
    assert window.photos.hasFocus()
    words = len(document.order())
    press(studio, Key.Key_A, Mods.ControlModifier)
    assert len(chosen(studio)) == 3
    assert not document.selection
    press(studio, Key.Key_Delete)
    assert len(document.order()) == words
    window.action_set["list_removed"].trigger()
    qtbot.waitUntil(lambda: len(names(studio)) == 3)
    press(studio, Key.Key_PageDown)
    wait_for(studio, "board 2.png", qtbot)
    assert window.photos.hasFocus()
    press(studio, Key.Key_Return)
    assert window.view.hasFocus()
    press(studio, Key.Key_A, Mods.ControlModifier)
    assert len(document.selection) == len(document.order())
    window.photos.setFocus()
    press(studio, Key.Key_Down)
    press(studio, Key.Key_Return)
    wait_for(studio, "board 3.png", qtbot)
    assert window.view.hasFocus()


def test_its_menu_offers_what_is_marked_for_it(studio: Studio) -> None:
    photos = studio.window.photos
    place = photos.visualRect(photos.model().index(2, 0)).center()
    QTest.mouseClick(photos.viewport(), Qt.MouseButton.RightButton, pos=place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, photos.viewport().mapToGlobal(place))
    QApplication.sendEvent(photos.viewport(), event)
    (menu,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, QMenu) and each.isVisible())
    offered = {action.objectName() for each in (menu, *menu.findChildren(QMenu)) for action in each.actions()}
    assert offered - {""} == {spec.id for spec in TABLE if spec.where & Where.PHOTO_LIST}
    assert {"open_chosen", "show_in_folder", "read_chosen", "rename_photo", "remove_photos", "photo_facts"} <= offered
    assert chosen(studio) == ["board 3.png"]
    assert studio.opening.path is not None
    assert studio.opening.path.name == "board 2.png"
    menu.close()


def test_a_renamed_photo_keeps_what_is_known_of_it(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    accept_all(studio)
    data = (folder / "board 2.png").read_bytes()
    rename(studio, "Monday.png")
    qtbot.waitUntil(lambda: studio.opening.path == folder / "Monday.png" and not studio.busy)
    assert names(studio) == ["board 1.png", "board 3.png", "Monday.png"]
    assert chosen(studio) == ["Monday.png"]
    assert states(studio)[2] is PhotoState.REVIEWED
    assert (folder / "Monday.png").read_bytes() == data
    assert folder / "board 2.png" not in studio.opening.recent.paths()
    assert studio.document.undo_stack.canUndo()


def test_a_bad_name_is_refused_and_nothing_changes(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    dialog = rename(studio, "board 1.png")
    assert dialog.isVisible()
    assert dialog.why.text() == "board 1.png: another file already has this name. Choose another name."
    QTest.keyClick(dialog.line, Key.Key_End)
    QTest.keyClicks(dialog.line, "x")
    assert not dialog.why.isVisible()
    (folder / "board 2.png").unlink()  # what only trying shows
    dialog.line.setText("new.png")
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.why.isVisible)
    assert "it can’t be renamed" in dialog.why.text()
    QTest.keyClick(dialog.line, Key.Key_Escape)
    assert not dialog.isVisible()


def test_removed_photos_stay_on_the_disk_and_come_back(
    studio: Studio, folder: Path, open_studio: Open, qtbot: QtBot
) -> None:
    window = studio.window
    click(studio, 1)
    press(studio, Key.Key_Delete)
    wait_for(studio, "board 3.png", qtbot)  # the next one is opened
    qtbot.waitUntil(lambda: names(studio) == ["board 1.png", "board 3.png"])
    assert chosen(studio) == ["board 3.png"]
    assert (folder / "board 2.png").exists()
    qtbot.waitUntil(lambda: "1 removed" in window.photos_panel.count.text())
    press(studio, Key.Key_PageUp)
    wait_for(studio, "board 1.png", qtbot)
    studio.opening.open_paths([folder / "board 2.png"])  # listed while it is open
    wait_for(studio, "board 2.png", qtbot)
    qtbot.waitUntil(lambda: len(names(studio)) == 3)
    assert window.messages.texts() == []
    studio.opening.step(1)
    wait_for(studio, "board 3.png", qtbot)
    qtbot.waitUntil(lambda: len(names(studio)) == 2)
    window.close()
    studio.stop()
    again = open_studio(folder / "board 1.png")
    qtbot.waitUntil(lambda: names(again) == ["board 1.png", "board 3.png"])
    QTest.mouseClick(again.window.photos_panel.relist, Qt.MouseButton.LeftButton)
    assert names(again) == ["board 1.png", "board 2.png", "board 3.png"]
    assert not again.window.photos_panel.relist.isVisible() or not again.opening.removed
    qtbot.waitUntil(lambda: states(again)[1] is PhotoState.READ)


def test_all_photos_can_be_removed_but_the_open_one_stays_in_sight(studio: Studio, qtbot: QtBot) -> None:
    studio.window.photos.setFocus()
    press(studio, Key.Key_A, Mods.ControlModifier)
    press(studio, Key.Key_Delete)
    assert names(studio) == ["board 2.png"]
    assert len(studio.opening.removed) == 3
    said = "Removed 3 photos from the list; the open one stays listed until you open another one"
    assert studio.window.status.currentMessage() == said
    assert len(studio.document.order()) == 8


def test_undo_in_the_list_lists_removed_photos_again_and_leaves_words_alone(studio: Studio, qtbot: QtBot) -> None:
    document = studio.document
    assert document.page is not None
    document.push(edits.write(document.page, "w0", "mine"))
    studio.window.photos.setFocus()
    press(studio, Key.Key_A, Mods.ControlModifier)
    press(studio, Key.Key_Delete)
    press(studio, Key.Key_Z, Mods.ControlModifier)
    assert len(names(studio)) == 3
    word = document.word("w0")
    assert word is not None
    assert word.text == "mine"
    press(studio, Key.Key_Z, Mods.ControlModifier)  # now it is about the words
    word = document.word("w0")
    assert word is not None
    assert word.text == "Ship"


def remove(studio: Studio, row: int, name: str, qtbot: QtBot) -> None:
    click(studio, row)
    wait_for(studio, name, qtbot)
    press(studio, Key.Key_Delete)
    qtbot.waitUntil(lambda: name not in names(studio) and not studio.busy)


def test_undo_in_the_list_goes_back_removal_by_removal(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    remove(studio, 0, "board 1.png", qtbot)
    remove(studio, 0, "board 2.png", qtbot)
    assert names(studio) == ["board 3.png"]
    assert window.action_set["undo"].text() == "Undo “Remove from list”"
    window.view.setFocus()
    assert window.action_set["undo"].text() == "Undo “Read photo”"
    window.photos.setFocus()
    assert window.action_set["undo"].text() == "Undo “Remove from list”"
    press(studio, Key.Key_Z, Mods.ControlModifier)
    assert names(studio) == ["board 2.png", "board 3.png"]
    press(studio, Key.Key_Z, Mods.ControlModifier)
    assert names(studio) == ["board 1.png", "board 2.png", "board 3.png"]
    assert window.action_set["undo"].text() == "Undo “Read photo”"


def test_after_list_again_there_is_no_removal_to_undo(studio: Studio, qtbot: QtBot) -> None:
    remove(studio, 0, "board 1.png", qtbot)
    remove(studio, 0, "board 2.png", qtbot)
    QTest.mouseClick(studio.window.photos_panel.relist, Qt.MouseButton.LeftButton)
    assert len(names(studio)) == 3
    assert studio.window.status.currentMessage() == "Listed 2 photos again"
    assert studio.window.photos.hasFocus()
    assert studio.window.action_set["undo"].text() == "Undo “Read photo”"


def test_what_is_read_meanwhile_leaves_the_removal_to_undo(studio: Studio, qtbot: QtBot) -> None:
    window, document = studio.window, studio.document
    remove(studio, 0, "board 1.png", qtbot)
    page = document.page
    assert page is not None
    window.photos.choose({page.image.rpartition("/")[2]})
    window.photos_panel.read_chosen()
    qtbot.waitUntil(lambda: document.undo_stack.canUndo() and not studio.busy)
    assert document.undo_stack.undoText().startswith("Read ")
    window.photos.setFocus()
    assert window.action_set["undo"].text() == "Undo “Remove from list”"
    assert document.page is not None
    document.push(edits.write(document.page, document.order()[0], "mine"))
    assert window.action_set["undo"].text() == "Undo “Change text to “mine””"
    assert names(studio) == ["board 2.png", "board 3.png"]


def test_files_of_photos_are_copied(studio: Studio, folder: Path) -> None:
    studio.window.photos.selectAll()
    studio.window.photos.setFocus()
    press(studio, Key.Key_C, Mods.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data is not None
    assert [Path(url.toLocalFile()) for url in data.urls()] == [folder / f"board {n}.png" for n in (1, 2, 3)]


def test_a_result_of_reading_stays_with_its_folder(studio: Studio, folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    strip = studio.window.photos_panel.strip
    studio.window.action_set["read_unread"].trigger()
    qtbot.waitUntil(lambda: strip.status.text() == "Read 2 photos." and not studio.busy)
    studio.opening.step(1)
    wait_for(studio, "board 3.png", qtbot)
    assert strip.isVisible()
    other = tmp_path / "other" / "sign.png"
    other.parent.mkdir()
    other.write_bytes((folder / "board 1.png").read_bytes())
    studio.opening.open_paths([other])
    wait_for(studio, "sign.png", qtbot)
    assert not strip.isVisible()


def test_reading_that_ends_as_another_folder_is_opened_says_so(studio: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    strip = studio.window.photos_panel.strip
    studio.window.photos_panel.batch.pause(True)
    studio.window.action_set["read_unread"].trigger()
    studio.window.photos_panel.batch.pause(True)
    other = tmp_path / "other" / "sign.png"
    other.parent.mkdir()
    assert studio.opening.path is not None
    other.write_bytes(studio.opening.path.read_bytes())
    studio.opening.open_paths([other])
    wait_for(studio, "sign.png", qtbot)
    assert strip.isVisible()
    assert "another folder" in strip.left.text()


@pytest.mark.parametrize("busy", [True, False])
def test_photos_are_not_renamed_while_photos_are_read(studio: Studio, *, busy: bool) -> None:
    if busy:
        studio.window.action_set["read_unread"].trigger()
        assert studio.window.photos_panel.batch.busy
    assert studio.window.action_set["rename_photo"].isEnabled() is not busy


def test_typing_is_saved_before_a_photo_is_removed(studio: Studio, qtbot: QtBot) -> None:
    document = studio.document
    assert document.page is not None
    page_id = document.page.id
    document.push(edits.write(document.page, "w0", "Before"))
    studio.window.table.setFocus()
    document.select(["w1"])
    studio.window.table.edit_current()
    QTest.keyClicks(QApplication.focusWidget() or studio.window, "typed")
    studio.window.action_set["remove_photos"].trigger()
    wait_for(studio, "board 3.png", qtbot)
    page = document.history.page(page_id)
    assert page is not None
    assert page.words["w1"].text == "typed"


def test_a_double_click_goes_to_the_photo(studio: Studio, qtbot: QtBot) -> None:
    photos = studio.window.photos
    place: QPoint = photos.visualRect(photos.model().index(0, 0)).center()
    QTest.mouseClick(photos.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(photos.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait_for(studio, "board 1.png", qtbot)
    assert studio.window.view.hasFocus()
