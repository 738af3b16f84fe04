"""Who hears the window instead of seeing it is told what every field, list and button is, in all panels and dialogs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.menus.table import TABLE
from tests.ui.studio import OPENING, Open, in_sight, leave_dialogs

_FOR_HANDS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QGraphicsView, QLineEdit,
    QPlainTextEdit, QTextEdit,
)  # fmt: skip


def _part_of_another(widget: QWidget) -> bool:
    """What Qt makes inside of a widget is heard by that one's name."""
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    parents: list[QWidget] = []
    parent = widget.parentWidget()
    while parent is not None:
        parents.append(parent)
        parent = parent.parentWidget()
    inside = (QAbstractSpinBox, QComboBox, QAbstractItemView, QFileDialog)
    return any(isinstance(each, inside) for each in parents) or (
        bool(parents) and isinstance(parents[0], QLineEdit)
    )  # the button that clears a line


def _is_named(widget: QWidget) -> bool:
    labels = widget.window().findChildren(QLabel)
    return bool(
        widget.accessibleName().strip()
        or (isinstance(widget, QAbstractButton) and widget.text().strip())
        or any(label.buddy() is widget for label in labels)
    )


def nameless(top: QWidget) -> list[str]:
    """Interactive widgets in sight that have no name."""
    found = [top, *top.findChildren(QWidget)]
    return [
        f"{type(each).__name__} in {type(each.parentWidget()).__name__}"
        for each in found
        if isinstance(each, _FOR_HANDS) and each.isVisible() and not _part_of_another(each) and not _is_named(each)
    ]


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Iterator[Studio]:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    yield studio
    leave_dialogs()


def test_in_the_window_and_its_panels(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    assert nameless(window) == []
    for panel in window.panels:
        panel.open()
        qtbot.waitUntil(lambda: not studio.busy)
        assert nameless(panel) == [], panel.objectName()
        panel.close()


def test_while_a_word_is_written(studio: Studio) -> None:
    studio.window.view.edit_current()
    assert nameless(studio.window) == []


def test_in_dialogs(studio: Studio, qtbot: QtBot) -> None:
    for action_id in OPENING:
        studio.window.action_set[action_id].trigger()
        qtbot.waitUntil(lambda: not studio.busy)
        for top in in_sight():
            assert nameless(top) == [], type(top).__name__
        leave_dialogs()


def test_every_page_of_the_settings(studio: Studio) -> None:
    from ocr_studio.ui.settings.dialog import SettingsDialog

    studio.window.action_set["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    for page in ("general", "reading", "keys"):
        dialog.go_to(page)
        assert nameless(dialog) == []


def test_actions_are_named_and_say_what_they_do(studio: Studio) -> None:
    for spec in TABLE:
        action = studio.window.action_set[spec.id]
        assert action.text().strip(), spec.id
        assert action.statusTip().strip(), spec.id
