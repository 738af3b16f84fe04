"""What all tables of things have in common as models: rows under titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class TitledRows(QAbstractTableModel):
    """Things as rows; how many there are and what their cells show is for each kind to say.

    titles: of the columns. hints: what the columns mean, where the titles do not say enough.
    """

    def __init__(self, titles: Sequence[str], parent: QObject | None, *, hints: Sequence[str] = ()) -> None:
        super().__init__(parent)
        self._said = {Qt.ItemDataRole.DisplayRole: tuple(titles)}
        if hints:
            self._said[Qt.ItemDataRole.ToolTipRole] = tuple(hints)

    @property
    def titles(self) -> tuple[str, ...]:
        """Of the columns."""
        return self._said[Qt.ItemDataRole.DisplayRole]

    def count(self) -> int:
        """How many things there are."""
        raise NotImplementedError

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """A row for each thing."""
        return 0 if parent.isValid() else self.count()

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """A column for each title."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        """The columns' titles and what they mean."""
        said = self._said.get(Qt.ItemDataRole(role)) if orientation == Qt.Orientation.Horizontal else None
        return said[section] if said else None
