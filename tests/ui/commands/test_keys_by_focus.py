"""Standard editing keys act on what has the focus: on words only where words are, in every other list on its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.document.clipboard import WORDS_TYPE
from tests.ui.studio import Open, leave_dialogs

Key, Mods = Qt.Key, Qt.KeyboardModifier
KEYS = {
    "Ctrl+A": (Key.Key_A, Mods.ControlModifier),
    "Ctrl+Shift+A": (Key.Key_A, Mods.ControlModifier | Mods.ShiftModifier),
    "Ctrl+C": (Key.Key_C, Mods.ControlModifier),
    "Ctrl+X": (Key.Key_X, Mods.ControlModifier),
    "Ctrl+V": (Key.Key_V, Mods.ControlModifier),
    "Del": (Key.Key_Delete, Mods.NoModifier),
    "F2": (Key.Key_F2, Mods.NoModifier),
    "Enter": (Key.Key_Return, Mods.NoModifier),
}


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """A photo with three selected words, and all panels open."""
    studio = open_studio(folder / "board 1.png")
    window = studio.window
    for panel in window.panels:
        panel.open()
    window.find_panel.begin("the")
    qtbot.waitUntil(lambda: window.find_panel.model.rowCount() > 0 and not studio.busy)
    studio.document.select(["w1", "w2", "w3"], current="w2")
    return studio


def press(widget: QWidget, name: str) -> None:
    key, modifiers = KEYS[name]
    QTest.keyClick(widget, key, modifiers)


def others(studio: Studio) -> list[QWidget]:
    """All lists and fields in which there are other things than the words of the photo."""
    kinds = (QAbstractItemView, QLineEdit, QPlainTextEdit, QTextEdit)
    ours = (studio.window.table, studio.window.texts.panel)  # they are, and so is the text panel
    return [
        each
        for each in studio.window.findChildren(QWidget)
        if isinstance(each, kinds)
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not any(each is one or one.isAncestorOf(each) for one in ours)
    ]


def in_sight(studio: Studio, widget: QWidget) -> bool:
    """Show a list or field and give it the focus; False where it is in a part that is not used now."""
    studio.window.view.setFocus()  # while somebody types in a panel, no other one comes to the front
    for page in studio.window.side.pages:
        if page.isAncestorOf(widget):
            studio.window.side.show_page(page)
    studio.window.activateWindow()
    QApplication.processEvents()
    widget.setFocus()
    return widget.isVisible() and QApplication.focusWidget() is widget


def test_no_other_list_or_field_changes_or_selects_words(studio: Studio, qtbot: QtBot) -> None:
    document, found = studio.document, others(studio)
    page, selection = document.page, document.selection
    tried = []
    for widget in found:
        for name in KEYS:
            if name == "Enter" and not isinstance(widget, QAbstractItemView):
                continue  # there it confirms what the field is for
            if in_sight(studio, widget):
                tried.append(widget.accessibleName())
                QGuiApplication.clipboard().setText("nothing of ours")
                document.select(selection, current="w2")
                press(widget, name)
                leave_dialogs()
                assert document.page is page or name == "Enter", (widget, widget.accessibleName(), name)
                if name != "Enter":
                    assert document.selection == selection, (widget, widget.accessibleName(), name)
                    copied = QGuiApplication.clipboard().mimeData()
                    assert not copied.hasFormat(WORDS_TYPE), (widget, widget.accessibleName(), name)
    assert {"Photos in this folder", "Search results", "Text to find on all photos", "Filter photos"} <= set(tried)


def test_keys_of_the_photo_list_act_on_photos(studio: Studio, qtbot: QtBot) -> None:
    photos, document = studio.window.photos, studio.document
    words = document.order()
    photos.setFocus()
    press(photos, "Ctrl+A")
    assert len(photos.chosen_rows()) == 3
    press(photos, "Ctrl+C")
    assert "board 3.png" in QGuiApplication.clipboard().text()
    press(photos, "Ctrl+X")
    press(photos, "Del")
    assert photos.shown == 1
    assert document.order() == words


def test_words_are_pasted_only_where_words_are(studio: Studio) -> None:
    document, page = studio.document, studio.document.page
    for widget in others(studio):
        if isinstance(widget, QAbstractItemView) and in_sight(studio, widget):
            studio.window.clipboard.copy()
            press(widget, "Ctrl+V")
            assert document.page is page, (widget, widget.accessibleName())
    for place in (studio.window.view, studio.window.table):
        assert in_sight(studio, place)
        before = len(document.order())
        press(place, "Ctrl+V")
        assert len(document.order()) == before + 3


def test_a_picture_pasted_into_the_list_of_photos_is_opened(studio: Studio, qtbot: QtBot) -> None:
    photos = studio.window.photos
    assert in_sight(studio, photos)
    QGuiApplication.clipboard().setImage(QImage(64, 48, QImage.Format.Format_RGB32))
    press(photos, "Ctrl+V")
    qtbot.waitUntil(lambda: studio.opening.path is not None and studio.opening.path.parent.name == "Pasted")


@pytest.mark.parametrize("place", ["view", "table"])
def test_keys_on_the_photo_and_in_its_table_act_on_words(studio: Studio, place: str, qtbot: QtBot) -> None:
    document, widget = studio.document, getattr(studio.window, place)
    assert in_sight(studio, widget)
    press(widget, "Ctrl+C")
    assert len(QGuiApplication.clipboard().text().split()) == 3
    press(widget, "Del")
    assert not {"w1", "w2", "w3"} & set(document.order())
    document.undo_stack.undo()
    document.select(["w1", "w2", "w3"], current="w2")
    press(widget, "Ctrl+X")
    assert not {"w1", "w2", "w3"} & set(document.order())
    press(widget, "Ctrl+A")
    assert len(document.selection) == len(document.order())
    press(widget, "Ctrl+Shift+A")
    assert not document.selection
    document.select(["w0"])
    press(widget, "F2")
    editor = studio.window.view.editing.panel.editor if place == "view" else studio.window.table.editor()
    assert isinstance(editor, QLineEdit)
    assert editor.hasFocus()
    # In the editor the same keys are for its text.
    editor.setText("abc")
    for name in ("Ctrl+A", "Ctrl+X", "Del"):
        press(editor, name)
    assert editor.text() == ""
    assert "w0" in document.order()


def test_a_click_on_an_alternative_leaves_the_keys_to_the_words(studio: Studio) -> None:
    window = studio.window
    window.view.setFocus()
    button = window.alternatives.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.view.hasFocus()
