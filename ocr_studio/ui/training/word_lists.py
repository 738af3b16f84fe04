"""Tables and lists of training words: an image and a few texts for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractListModel, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListView

from ocr_studio.core.datasets.dataset import CheckKind, Dataset, Example, Split
from ocr_studio.core.training.detector_events import PlacedWord
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.training.crop_images import SIZE, CropImages
from ocr_studio.ui.widgets.tables import (
    NOWHERE,
    ChosenByReturn,
    Index,
    RowList,
    RowTable,
    ShortTextDelegate,
    TitledRows,
)

# Ids of page and word, or a place on a photo where the ids are unknown.
LearnedPlace: TypeAlias = tuple[str, str] | PlacedWord

# Translators: How a word was checked: by correcting or by confirming its text.
_CHECKED = {CheckKind.CORRECTED: later("corrected"), CheckKind.CONFIRMED: later("confirmed")}

# The most of a table's width that its images take, and pixels around each.
_SHARE = 0.3
_AROUND = 14


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """A word in a table.

    Attributes:
        crop: Path of its image in the dataset.
        cells: Texts of the other columns.
        place: Where it is.
        tip: The tooltip; by default the text of the cell.
        wrong: Indices of cells with a wrong text. They say so in words as well, as some users can't tell the colours.
    """

    crop: str
    cells: tuple[str, ...]
    place: LearnedPlace | None = None
    tip: str = ""
    wrong: frozenset[int] = frozenset()


class _WordRows(TitledRows):
    """The model of a table with a row for each word."""

    def __init__(self, titles: Sequence[str], pictures: CropImages, parent: QObject) -> None:
        super().__init__((tr("Image"), *titles), parent)
        self._pictures = pictures
        self.rows: tuple[LearnedRow, ...] = ()
        self.room = SIZE.width()  # widest images

    def show_rows(self, rows: Sequence[LearnedRow]) -> None:
        """Show these rows; if the words are the same as before, the selection stays."""
        new = tuple(rows)
        if [row.crop for row in new] != [row.crop for row in self.rows]:
            self.beginResetModel()
            self.rows = new
            self.endResetModel()
        elif new:
            self.rows = new
            self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, len(self.titles) - 1))

    def count(self) -> int:
        """The number of words."""
        return len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The content of a cell."""
        row, column = self.rows[index.row()], index.column() - 1
        if column < 0:
            if role == Qt.ItemDataRole.DecorationRole:
                return _narrowed(self._pictures.of(row.crop), self.room)
        elif role == Qt.ItemDataRole.DisplayRole:
            return row.cells[column]
        elif role == Qt.ItemDataRole.ForegroundRole and column in row.wrong:
            return QColor(theme.colours().error)
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(row.tip or (row.cells[column] if column >= 0 else ""))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = row.cells[column] if column >= 0 else tr("image")
            return f"{self.titles[index.column()]}: {said or tr('nothing')}"
        return None


class LearnedTable(ChosenByReturn, RowTable):
    """A table of words; a click or Return goes to a word on its photo.

    Signals: ``chosen(place)``.
    """

    chosen = Signal(object)

    def __init__(self, titles: Sequence[str], pictures: CropImages, name: str) -> None:
        super().__init__()
        self.words = _WordRows(titles, pictures, self)
        self.setModel(self.words)
        self.setAccessibleName(name)
        self.setIconSize(SIZE)
        self.set_row_height(SIZE.height() + 6)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, SIZE.width() + _AROUND)
        self._choose_clicked()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """In a narrow table, make the images smaller, so that the texts beside them can be read."""
        super().resizeEvent(event)
        self.words.room = min(SIZE.width(), int(self.viewport().width() * _SHARE))
        self.horizontalHeader().resizeSection(0, self.words.room + _AROUND)

    def give_room_to(self, column: int) -> None:
        """Give one column all the remaining width, and wrap its texts."""
        header = self.horizontalHeader()
        for other in range(1, self.words.columnCount()):
            way = QHeaderView.ResizeMode.Stretch if other == column else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(other, way)
        self.setWordWrap(True)

    def show_rows(self, rows: Sequence[LearnedRow]) -> None:
        """Show these words."""
        self.words.show_rows(rows)

    def _behind(self, row: int) -> tuple[object, ...]:
        place = self.words.rows[row].place
        return () if place is None else (place,)


def _narrowed(image: QPixmap | None, room: int) -> QPixmap | None:
    """Return an image, made smaller if it is wider than so many pixels."""
    if image is None or image.deviceIndependentSize().width() <= room:
        return image
    return image.scaledToWidth(int(room * image.devicePixelRatio()), Qt.TransformationMode.SmoothTransformation)


class _Examples(QAbstractListModel):
    """All words of a dataset; the held-out ones are last."""

    def __init__(self, pictures: CropImages, cell: QSize, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures, self._cell = pictures, cell
        self.examples: tuple[Example, ...] = ()

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Show the words of a dataset."""
        self.beginResetModel()
        self.examples = (*dataset.train, *dataset.held_out) if dataset else ()
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """The number of words."""
        return 0 if parent.isValid() else len(self.examples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The image and the text of a word."""
        example = self.examples[index.row()]
        held_out = example.split is Split.HELD_OUT
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{example.text} ◇" if held_out else example.text
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pictures.of(example.crop)
        if role == Qt.ItemDataRole.SizeHintRole:
            return self._cell
        # Translators: What a word is for, behind the word itself.
        use = tr("held out for evaluation, never trained on") if held_out else tr("for training")
        if role == Qt.ItemDataRole.ToolTipRole:
            where = f"\n{labels.file_name(example.image)}" if example.image else ""
            said = tr("“{text}”, {checked}, {use}", text=example.text, checked=tr(_CHECKED[example.checked]), use=use)
            return labels.tooltip(said + where)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{example.text}, {use}"
        return None


class ExampleList(ChosenByReturn, RowList):
    """The words of a dataset as images with their texts; a click or Return goes to a word on its photo.

    Signals: ``chosen(place)``.
    """

    chosen = Signal(object)

    def __init__(self, pictures: CropImages) -> None:
        super().__init__()
        self.setItemDelegate(ShortTextDelegate(self))
        cell = QSize(SIZE.width() + 20, SIZE.height() + self.fontMetrics().height() + 24)
        # Without explicit cell sizes, the theme's margins would be cut off the images.
        self.words = _Examples(pictures, cell, self)
        self.setModel(self.words)
        self.setAccessibleName(tr("Words for training"))
        self.setObjectName("examples")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setIconSize(SIZE)
        self.setGridSize(cell)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._choose_clicked()

    def _behind(self, row: int) -> tuple[object, ...]:
        place = self.words.examples[row].place
        return () if place is None else (place,)
