"""A table of a name and a few figures for each row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView

from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.tables import RowTable


class FigureTable(RowTable):
    """The first column takes the room that the figures leave."""

    def __init__(self, titles: Sequence[str], name: str) -> None:
        super().__init__()
        self._titles = tuple(titles)
        self._model = QStandardItemModel(0, len(titles), self)
        self.setModel(self._model)
        self.setAccessibleName(name)
        self._model.setHorizontalHeaderLabels(self._titles)
        for column in range(len(titles)):
            self._model.horizontalHeaderItem(column).setTextAlignment(_side(column))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these texts; the first of each row is a name."""
        self._model.setRowCount(0)
        for row in rows:
            items = [QStandardItem(text) for text in row]
            items[0].setToolTip(labels.tooltip(row[0]))
            for column, item in enumerate(items):
                item.setTextAlignment(_side(column))
            self._model.appendRow(items)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
