"""A click or Return on a word that is learned from leads to its place, where it has one."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core.datasets.dataset import Dataset, Example
from ocr_studio.ui.training.crop_images import CropImages
from ocr_studio.ui.training.word_lists import ExampleList, LearnedRow, LearnedTable

KNOWN, UNKNOWN = Example("known", page="p", word="w"), Example("unknown")


@pytest.fixture
def pictures(qtbot: QtBot) -> CropImages:
    view = QWidget()
    qtbot.addWidget(view)
    return CropImages(view)


def table(pictures: CropImages) -> LearnedTable:
    made = LearnedTable(("Written",), pictures, "Words")
    made.show_rows([LearnedRow("", (each.text,), each.place) for each in (KNOWN, UNKNOWN)])
    return made


def examples(pictures: CropImages) -> ExampleList:
    made = ExampleList(pictures)
    made.words.show_dataset(cast(Dataset, SimpleNamespace(train=(KNOWN, UNKNOWN), held_out=())))
    return made


@pytest.mark.parametrize("make", [table, examples])
def test_return_and_a_click_lead_to_the_place(
    qtbot: QtBot, pictures: CropImages, make: Callable[[CropImages], LearnedTable | ExampleList]
) -> None:
    view = make(pictures)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    told: list[object] = []
    view.chosen.connect(told.append)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told == [], "no row is chosen yet"
    view.setCurrentIndex(view.words.index(0, 0))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        qtbot.keyClick(view, key)
    assert told == [("p", "w")] * 2
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(view.viewport(), left, pos=view.visualRect(view.words.index(0, 0)).center())
    assert told == [("p", "w")] * 3
    qtbot.keyClick(view, Qt.Key.Key_Down if make is table else Qt.Key.Key_Right)
    assert view.currentIndex().row() == 1, "other keys do what they do in any list"
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.mouseClick(view.viewport(), left, pos=view.visualRect(view.words.index(1, 0)).center())
    assert told == [("p", "w")] * 3, "this one leads nowhere"
