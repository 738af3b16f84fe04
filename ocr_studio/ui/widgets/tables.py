"""Tables whose rows are things (words, mistakes, photos): models, cells that show any text, what Return does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QTableView, QWidget

from ocr_studio.ui.style import labels

if TYPE_CHECKING:
    _View = QAbstractItemView
else:  # Qt's part comes from the list or table that this is mixed into
    _View = object


class ShortTextDelegate(QStyledItemDelegate):
    """Paints cells as Qt does, but lays out no more of a text than has room on a screen."""

    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:  # noqa: N802  (Qt's name)
        """The text of a cell, shortened."""
        return labels.shortened(super().displayText(value, locale))


class ChosenByReturn(_View):
    """A click on a row or Return goes there; what a double-click does elsewhere differs from system to system."""

    chosen: ClassVar[Signal]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Return goes to what the current row shows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _choose_clicked(self) -> None:
        self.clicked.connect(lambda index: self._choose(index.row()))

    def _choose(self, row: int) -> None:
        if things := self._behind(row):
            self.chosen.emit(*things)

    def _behind(self, row: int) -> tuple[object, ...]:
        """What ``chosen`` says of a row; nothing where it leads nowhere."""
        raise NotImplementedError


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


class RowTable(QTableView):
    """Chosen a row at a time, without a grid and without row numbers of its own; Tab leaves it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(ShortTextDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)

    def set_row_height(self, height: int) -> None:
        """Rows of pictures, so many pixels high; titles stand where the texts begin."""
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(height)
        # Heights by contents would ask for every picture of a long table.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def leave_room(self, room: int, widths: Mapping[int, int]) -> None:
        """Hide the columns for which the table is too narrow.

        room: pixels that the columns need which are always shown. widths: those of the others, the most needed first.
        """
        for column, width in widths.items():
            room += width
            self.setColumnHidden(column, room > self.width())


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
