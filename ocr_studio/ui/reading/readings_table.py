"""A table of words of the open photo: the image of each word, and its texts side by side."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHeaderView, QWidget

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.tables import Index, RowTable, TitledRows

_SIZE = QSize(150, 32)
_MARK = QSize(16, 16)
_KEPT = 500


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A word in the table.

    Attributes:
        id: the word's id.
        quad: the word's box.
        cells: texts of the columns after the image.
        right: whether each of the first cells is correct; may be shorter than ``cells``.
    """

    id: str
    quad: Quad
    cells: tuple[str, ...]
    right: tuple[bool, ...] = ()


class WordRows(TitledRows):
    """Words as rows. If they have checkboxes, all are ticked at first.

    Signals:
        ticked(): the set of ticked words has changed.
    """

    ticked = Signal()

    def __init__(self, titles: Sequence[str], photo: Pyramid, view: QWidget, *, ticking: bool) -> None:
        """Create an empty table.

        Args:
            titles: titles of the columns after the image.
            photo: the photo the words are on.
            view: the view that shows this model.
            ticking: whether words have checkboxes.
        """
        super().__init__((tr("Word"), *titles), view)
        self._photo, self._view, self._ticking = photo, view, ticking
        self._pixmaps: OrderedDict[tuple[str, float], QPixmap] = OrderedDict()
        self.rows: tuple[ReadRow, ...] = ()
        self.chosen: frozenset[str] = frozenset()

    def show_rows(self, rows: Iterable[ReadRow]) -> None:
        """Show these words."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.chosen = frozenset(row.id for row in self.rows)
        self.endResetModel()
        self.ticked.emit()

    def say_rows(self, rows: Iterable[ReadRow]) -> None:
        """Update the texts of the same words and keep the current row; if the words differ, show them as new."""
        new = tuple(rows)
        if [row.id for row in new] != [row.id for row in self.rows]:
            self.show_rows(new)
        elif new:
            self.rows = new
            self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, len(self.titles) - 1))

    def tick(self, rows: Iterable[int], *, on: bool) -> None:
        """Tick or untick some rows."""
        ids = {self.rows[row].id for row in rows}
        self.chosen = self.chosen | ids if on else self.chosen - ids
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticked.emit()

    def count(self) -> int:
        """The number of words."""
        return len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The cell of the image has the checkbox."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if self._ticking and index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The data of a cell (Qt)."""
        row, column = self.rows[index.row()], index.column()
        if column == 0:
            return self._picture(row, role)
        text, right = row.cells[column - 1], column <= len(row.right) and row.right[column - 1]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(text)
        if role == Qt.ItemDataRole.DecorationRole and column <= len(row.right):
            return self._mark(right=right)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title, said = self.titles[column], text or tr("empty")
            return tr("{title}: {text}, correct", title=title, text=said) if right else f"{title}: {said}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Tick or untick a word (Qt)."""
        if role != Qt.ItemDataRole.CheckStateRole or not self._ticking or index.column() != 0:
            return False
        self.tick([index.row()], on=Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _picture(self, row: ReadRow, role: int) -> Any:
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pixmap(row)
        if role == Qt.ItemDataRole.CheckStateRole and self._ticking:
            return Qt.CheckState.Checked if row.id in self.chosen else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("Apply") if self._ticking else tr("Word")
        return None

    def _mark(self, *, right: bool) -> QPixmap:
        """A check mark, or blank space of its size. Not an icon, which would be as wide as the images."""
        ratio = self._view.devicePixelRatioF()
        if right:
            return theme.icon("mdi6.check", role="accent").pixmap(_MARK, ratio)
        room = QPixmap(_MARK * ratio)
        room.setDevicePixelRatio(ratio)
        room.fill(Qt.GlobalColor.transparent)
        return room

    def _pixmap(self, row: ReadRow) -> QPixmap:
        ratio = self._view.devicePixelRatioF()
        key = row.id, ratio
        if key not in self._pixmaps:
            corners = row.quad.array()
            along, across = geometry.measure_sizes(corners)[0]
            whole = QSize(max(1, round(along)), max(1, round(across)))
            size = whole.scaled(_SIZE * ratio, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
            pixmap = image_convert.pixmap(self._photo.warp(corners, (size.width(), size.height())))
            pixmap.setDevicePixelRatio(ratio)
            self._pixmaps[key] = pixmap
            while len(self._pixmaps) > _KEPT:
                self._pixmaps.popitem(last=False)
        return self._pixmaps[key]


class WordsTable(RowTable):
    """The table view; ``name`` is its accessible name."""

    def __init__(self, titles: Sequence[str], photo: Pyramid, name: str, *, ticking: bool = False) -> None:
        super().__init__()
        self.words = WordRows(titles, photo, self, ticking=ticking)
        self.setModel(self.words)
        self.setAccessibleName(name)
        self.setIconSize(_SIZE)
        self.set_row_height(_SIZE.height() + 10)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(72)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, _SIZE.width() + (46 if ticking else 20))
