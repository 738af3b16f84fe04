"""A list of models or downloadable files: an icon for the kind, the name, and a line of details."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView

from ocr_studio.ui.widgets.tables import RowList

ICONS: Final = {"recognizer": "mdi6.text-recognition", "detector": "mdi6.text-box-search-outline"}


class ModelList(RowList):
    """A list view with one selected row. items: its model; rows are filled by ``tell``."""

    def __init__(self, name: str, *, narrowest: int) -> None:
        super().__init__()
        self.items = QStandardItemModel(self)
        self.setModel(self.items)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(20, 20))
        self.setMinimumWidth(narrowest)


def tell(item: QStandardItem, icon: QIcon, name: str, below: str) -> None:
    """Set the icon, name and details of a row."""
    item.setIcon(icon)
    item.setText(f"{name}\n{below}")
    item.setData(f"{name}: {below}", Qt.ItemDataRole.AccessibleTextRole)
