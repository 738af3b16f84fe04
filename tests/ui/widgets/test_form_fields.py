"""A combo box or a label shows what fits of a text, and the rest in its tooltip."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.form_fields import ComboBox


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
