"""A combo box or a label shows what fits of a text, and the rest in its tooltip."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import use_theme
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.form_fields import ButtonRow, ComboBox
from ocr_studio.ui.widgets.language_picker import LanguagePicker
from tests.ui.contrast import contrast


def _tooltip(box: QWidget) -> str:
    QToolTip.hideText()
    here = QPoint(5, 5)
    QCoreApplication.sendEvent(box, QHelpEvent(QEvent.Type.ToolTip, here, box.mapToGlobal(here)))
    return QToolTip.text()


@pytest.mark.usefixtures("styled")
def test_a_text_that_is_too_long_is_elided_and_whole_in_the_tooltip(qtbot: QtBot) -> None:
    title = "PP-OCRv6 (small), Latin letters"
    box = ComboBox([("pp-ocr", title)], "pp-ocr", "Base model")
    box.setToolTip("Base model")
    qtbot.addWidget(box)
    box.resize(120, 30)
    box.show()
    assert box.shown.endswith("…")
    assert title.startswith(box.shown[:-1].rstrip())
    assert _tooltip(box) == f"{title}\nBase model"
    box.resize(400, 30)
    assert box.shown == title
    assert _tooltip(box) == "Base model"
    QToolTip.hideText()


def test_a_label_that_is_too_narrow_shows_its_whole_text_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("Enter: confirm, next word   Shift+Enter: back")
    qtbot.addWidget(label)
    label.resize(90, 20)
    label.show()
    assert label.shown.endswith("…")
    assert _tooltip(label) == "Enter: confirm, next word\nShift+Enter: back"
    label.setToolTip("Two words were not replaced")
    assert _tooltip(label) == "Two words were not replaced"
    label.setToolTip("")
    label.resize(900, 20)
    qtbot.waitUntil(lambda: _tooltip(label) == "")


def test_a_combo_box_can_be_narrower_than_its_texts(qtbot: QtBot) -> None:
    box = ComboBox([("least", "Least confident words of all photos first")], "least", "Order")
    qtbot.addWidget(box)
    assert box.minimumSizeHint().width() < box.sizeHint().width() / 2


def test_buttons_without_room_are_in_a_further_row(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    column, row = QVBoxLayout(whole), ButtonRow()
    column.addLayout(row)
    one, other, hidden, last = buttons = [QPushButton(text) for text in ("Select all", "Select none", "Equal", "Apply")]
    for button in buttons:
        row.add(button, at_end=button is last)
    hidden.hide()
    whole.resize(800, whole.heightForWidth(800))
    whole.show()
    assert one.y() == other.y() == last.y()
    assert last.geometry().right() == row.geometry().right()
    assert other.x() == one.geometry().right() + 1 + row.spacing()
    narrow = one.width() + other.width() + 3 * row.spacing() + 20
    assert whole.heightForWidth(narrow) > whole.heightForWidth(800)
    whole.resize(narrow, whole.heightForWidth(narrow))
    assert one.y() == other.y() < last.y()
    assert last.geometry().right() == row.geometry().right()
    assert all(row.geometry().contains(each.geometry()) for each in (one, other, last))


@pytest.mark.usefixtures("styled")
def test_ticked_and_other_boxes_are_equally_large_and_all_visible(qtbot: QtBot, qapp: QApplication) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    box = QCheckBox("Learn from corrections", whole)
    for name in ("light", "dark"):
        use_theme(name)
        sizes, colours = set(), []
        for state in (Qt.CheckState.Unchecked, Qt.CheckState.Checked):
            box.setCheckState(state)
            box.resize(box.sizeHint())
            option = QStyleOptionButton()
            box.initStyleOption(option)
            place = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
            sizes.add((place.width(), place.height()))
            image = box.grab().toImage()
            colours.append(image.pixelColor(place.center().x(), place.top()))
        assert len(sizes) == 1
        window = qapp.palette().color(QPalette.ColorRole.Window)
        assert min(contrast(each, window) for each in colours) > 3


@pytest.mark.usefixtures("styled")
def test_languages_are_chosen_in_a_field_like_the_others(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    column = QVBoxLayout(whole)
    box, picker = ComboBox([("en", "English")], "en", "Language"), LanguagePicker(["en"])
    column.addWidget(box)
    column.addWidget(picker)
    whole.resize(400, 90)
    whole.show()
    assert box.height() == picker.height()
    inks = []
    for field in (box, picker):
        field.clearFocus()
        inside = image_convert.array(field.grab().toImage())[8:-8, 3:-40].astype(int)
        inks.append(int(np.flatnonzero((abs(inside - inside[0, 0]) > 60).any(axis=(0, 2)))[0]))
    assert abs(inks[0] - inks[1]) <= 1
