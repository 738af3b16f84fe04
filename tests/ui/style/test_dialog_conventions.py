"""No letter is underlined twice in a window, and dialogs have their buttons where those of the system have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QMenu,
    QMenuBar,
    QPushButton,
    QSpinBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ocr_studio.core import resources
from ocr_studio.ui.style import language as window_language
from tests.ui import all_dialogs
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def english_again(qapp: QApplication) -> Iterator[None]:
    yield
    window_language.use(qapp, "en")


@pytest.mark.parametrize("language", resources.languages())
def test_no_letter_is_underlined_twice(
    qapp: QApplication, open_studio: Open, folder: Path, qtbot: QtBot, language: str
) -> None:
    """Where a letter has two meanings, Qt goes from one to the other."""
    window_language.use(qapp, language)
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    window = studio.window
    menus = [menu for menu in window.findChildren(QMenu) if menu.title()]
    assert len(menus) > 10
    clashes = {menu.title(): twice([action.text() for action in menu.actions()]) for menu in menus}
    for dialog in all_dialogs.each(studio):
        clashes[f"{type(dialog).__name__} “{dialog.windowTitle()}”"] = twice(texts_of(dialog))
    clashes["menu bar"] = twice([action.text() for action in window.menuBar().actions()])
    assert {where: found for where, found in clashes.items() if found} == {}


@pytest.mark.parametrize("language", resources.languages())
def test_letters_belong_to_the_menus_in_the_window(
    qapp: QApplication, open_studio: Open, folder: Path, qtbot: QtBot, language: str
) -> None:
    """Panels are open beside each other and below the menus, so none of them underlines a letter."""
    window_language.use(qapp, language)
    studio = open_studio(folder / "board 1.png")
    underlined = set[str]()
    for panel in studio.window.panels:
        panel.open()
        qtbot.waitUntil(lambda: not studio.busy)
        underlined |= {text for text in texts_of(studio.window) if mnemonic(text)}
        panel.close()
    assert underlined == set()


@pytest.mark.usefixtures("styled")
def test_buttons_are_in_the_order_of_the_system_and_fields_in_line(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    seen, rows = Counter[str](), 0
    for dialog in all_dialogs.each(studio):
        name = type(dialog).__name__
        seen[name] += 1
        boxes = [box for box in dialog.findChildren(QDialogButtonBox) if box.isVisible()]
        assert len(boxes) == 1, name
        # Qt would put its button on the other side of Close than in all other dialogs.
        roles = {boxes[0].buttonRole(button) for button in boxes[0].buttons()}
        assert QDialogButtonBox.ButtonRole.ApplyRole not in roles, name
        bottom = boxes[0].mapTo(dialog, boxes[0].rect().topLeft()).y()
        others = [
            button.text()
            for button in dialog.findChildren(QPushButton)
            if button.isVisible() and button.parent() is not boxes[0]
            if button.mapTo(dialog, button.rect().bottomLeft()).y() > bottom
        ]
        assert others == [], name
        rows += sum(check_fields(dialog, form) for form in dialog.findChildren(QFormLayout))
    assert len(seen) >= 15, seen
    assert rows >= 25


def check_fields(dialog: QWidget, form: QFormLayout) -> int:
    """Check the rows in sight of a form. Returns how many have a field to type in or to choose from."""
    labels = [
        label
        for label in dialog.findChildren(QLabel)
        if label.isVisible() and label.buddy() and form.indexOf(label) >= 0
    ]
    for label in labels:
        middles = [each.mapTo(dialog, each.rect().center()).y() for each in (label, label.buddy())]
        assert abs(middles[0] - middles[1]) <= 1, label.text()
    wide = {label.buddy().width() for label in labels if isinstance(label.buddy(), QComboBox | QSpinBox)}
    assert len(wide) <= 1, (type(dialog).__name__, wide)
    return len(labels)


def twice(texts: list[str]) -> list[str]:
    keys = Counter(key for text in texts if (key := mnemonic(text)))
    return [text for text in texts if keys[mnemonic(text)] > 1]


def mnemonic(text: str) -> str:
    return QKeySequence.mnemonic(text).toString()


def texts_of(window: QWidget) -> list[str]:
    """The texts in sight whose letters would be heard."""
    texts: list[str] = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not window or isinstance(widget, QMenuBar):
            continue
        if isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy()):
            texts.append(widget.text())
        elif isinstance(widget, QGroupBox):
            texts.append(widget.title())
        elif isinstance(widget, QTabBar):
            texts += [widget.tabText(index) for index in range(widget.count())]
    return texts
