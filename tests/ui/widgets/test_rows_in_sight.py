"""The current row never stands at the edge of a list while there are more rows beyond it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QStringListModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHeaderView,
    QTreeView,
)  # fmt: skip
from pytestqt.qtbot import QtBot

from ocr_studio.ui.widgets.tables import RowList, RowsInSight, RowTable
from tests.ui.studio import Open

Key = Qt.Key
COUNT = 60


class Tree(RowsInSight, QTreeView):
    """Rows within rows."""


def _list() -> QAbstractItemView:
    view = RowList()
    view.setModel(QStringListModel([f"row {number}" for number in range(COUNT)], view))
    return view


def _table() -> QAbstractItemView:
    view = RowTable()
    view.setModel(QStandardItemModel(COUNT, 3, view))
    return view


def _tree() -> QAbstractItemView:
    view, model = Tree(), QStandardItemModel()
    model.setParent(view)
    for group in range(6):
        parent = QStandardItem(f"group {group}")
        model.appendRow(parent)
        for number in range(9):
            parent.appendRow(QStandardItem(f"{group}.{number}"))
    view.setModel(model)
    view.expandAll()
    return view


@pytest.fixture(params=[_list, _table, _tree])
def view(request: pytest.FixtureRequest, qtbot: QtBot) -> QAbstractItemView:
    make: Callable[[], QAbstractItemView] = request.param
    view = make()
    qtbot.addWidget(view)
    view.resize(300, 240)
    view.show()
    qtbot.waitExposed(view)
    view.setCurrentIndex(view.model().index(0, 0))
    return view


def _rows_beyond(view: QAbstractItemView) -> tuple[int, int]:
    """Rows in full sight above and below the current one."""
    place, height = view.visualRect(view.currentIndex()), view.visualRect(view.currentIndex()).height()
    return place.top() // height, (view.viewport().height() - 1 - place.bottom()) // height


def test_keys_keep_two_rows_in_sight(view: QAbstractItemView) -> None:
    for key, side in ((Key.Key_Down, 1), (Key.Key_Up, 0)):
        for _ in range(COUNT - 10):
            QTest.keyClick(view, key)
            assert _rows_beyond(view)[side] >= 2 or view.currentIndex().row() < 2
    assert view.verticalScrollBar().value() == 0


def test_a_row_that_is_clicked_stays_where_it_is(view: QAbstractItemView) -> None:
    last = view.indexAt(QPoint(20, view.viewport().height() - view.visualRect(view.currentIndex()).height() - 4))
    before = view.visualRect(last)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=before.center())
    view.scrollTo(last)  # as Qt does a moment later
    assert view.currentIndex().row() == last.row()
    assert view.visualRect(last) == before
    QTest.keyClick(view, Key.Key_Down)
    assert _rows_beyond(view)[1] >= 2


def test_a_list_of_a_few_rows_does_not_jump(view: QAbstractItemView) -> None:
    row = view.visualRect(view.currentIndex()).height()
    view.resize(300, view.height() - view.viewport().height() + row + row // 2)
    for _ in range(5):
        QTest.keyClick(view, Key.Key_Down)
        place = view.visualRect(view.currentIndex())
        assert view.viewport().rect().contains(place.center())


def test_all_lists_of_the_window_are_such(open_studio: Open, folder: Path) -> None:
    window = open_studio(folder / "board 1.png").window
    popups: set[object] = {each.view() for each in window.findChildren(QComboBox)}
    popups |= {each.popup() for each in window.findChildren(QCompleter)}
    lists = [each for each in window.findChildren(QAbstractItemView) if each not in popups]
    others = {type(each).__name__ for each in lists if not isinstance(each, (RowsInSight, QHeaderView))}
    assert len(lists) > 10
    assert not others - {"QComboBoxListView", "StateList"}, others  # of the latter, a row is a picture
