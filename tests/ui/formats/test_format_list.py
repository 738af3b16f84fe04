"""The list of formats: documents first, then those of other programs; each says what it is for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ocr_studio.core.formats import CLEANED, FORMATS
from ocr_studio.ui.formats import format_list


def test_documents_come_first_and_the_heading_cannot_be_chosen(qtbot: QtBot) -> None:
    box = format_list.make_box()
    qtbot.addWidget(box)
    data = [box.itemData(index) for index in range(box.count())]
    heading = box.findText("For other programs")
    assert [data[index] for index in range(heading + 1, box.count())] == [
        kind.name for kind in FORMATS.values() if not kind.is_document
    ]
    assert data[heading - 2] == CLEANED
    assert sorted(filter(None, data)) == sorted([*FORMATS, CLEANED])
    box.setCurrentIndex(heading - 2)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == data[heading + 1]


def test_each_format_says_what_it_is_for() -> None:
    assert [name for name in (*FORMATS, CLEANED) if not format_list.describe_readers(name)] == []
