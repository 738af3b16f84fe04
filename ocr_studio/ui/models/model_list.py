"""A list of models, or of files to become some: an icon for what each does, its name, and a line about it below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView

ICONS: Final = {"recognizer": "mdi6.text-recognition", "detector": "mdi6.text-box-search-outline"}


class ModelList(QListView):
    """One is chosen at a time. items: a row for each, see ``tell``."""

    def __init__(self, name: str, *, narrowest: int) -> None:
        """name: what it is a list of, for who hears it. narrowest: pixels."""
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
    """Have a row say this."""
    item.setIcon(icon)
    item.setText(f"{name}\n{below}")
    item.setData(f"{name}: {below}", Qt.ItemDataRole.AccessibleTextRole)
