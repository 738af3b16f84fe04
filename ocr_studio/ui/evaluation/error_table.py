"""A table of the mistakes of an evaluation; a click or Return goes to one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from ocr_studio.core.evaluation.results import Mistake, MistakeKind, PhotoResult
from ocr_studio.core.evaluation.table import KINDS
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.tables import NOWHERE, ChosenByReturn, Index, RowTable, TitledRows

TITLES = (later("Image"), later("Mistake"), later("Correct text"), later("Read as"), later("Photo"))
HINTS = (
    later("Section of the photo: the correct box is thick and blue, the found box thin and orange"),
    later("Kind of mistake"),
    later("The correct text"),
    later("The text that was read"),
    later("The photo with this mistake"),
)
PICTURE, KIND, WANTED, READ, PHOTO = range(len(TITLES))
_HEIGHT, _WIDTH = 40, 150
_LEAST_TEXT = 80  # minimum width of a text column, in pixels
_KEPT = 500


class MistakeModel(TitledRows):
    """The model of a table with a row for each mistake."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(tuple(map(tr, TITLES)), view, hints=tuple(map(tr, HINTS)))
        self._view = view
        self._rows: list[tuple[PhotoResult, int]] = []
        self._pixmap = lru_cache(_KEPT)(self._load_pixmap)

    def show_mistakes(self, photos: Sequence[PhotoResult], kind: MistakeKind | None) -> None:
        """Show the mistakes of these photos, of one kind or of all; rows that are shown already stay selected."""
        rows = [
            (photo, index)
            for photo in photos
            for index, mistake in enumerate(photo.mistakes)
            if kind in (None, mistake.kind)
        ]
        known = len(self._rows)
        if rows[:known] != self._rows:
            self.beginResetModel()
            self._rows = rows
            self._pixmap.cache_clear()
            self.endResetModel()
        elif len(rows) > known:
            self.beginInsertRows(NOWHERE, known, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()

    def mistake(self, row: int) -> tuple[PhotoResult, Mistake]:
        """The photo and the mistake of a row."""
        photo, index = self._rows[row]
        return photo, photo.mistakes[index]

    def count(self) -> int:
        """The number of mistakes."""
        return len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The content of a cell."""
        photo, mistake = self.mistake(index.row())
        column = index.column()
        if role == Qt.ItemDataRole.DecorationRole and column == PICTURE:
            return self._pixmap(index.row())
        texts = {
            KIND: labels.sentence_case(tr(KINDS[mistake.kind][0])),
            WANTED: mistake.wanted_text,
            READ: mistake.read_text,
            PHOTO: labels.file_name(photo.image),
        }
        if role == Qt.ItemDataRole.DisplayRole:
            return texts.get(column, "")
        if role == Qt.ItemDataRole.ToolTipRole:
            meaning = f"{texts[KIND]}: {tr(KINDS[mistake.kind][1])}"
            return meaning if column in (PICTURE, KIND) else labels.tooltip(texts[column])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.titles[column]}: {texts.get(column) or tr('nothing')}"
        return None

    def _load_pixmap(self, row: int) -> QPixmap:
        photo, index = self._rows[row]
        ratio = self._view.devicePixelRatioF()
        pixmap = QPixmap()
        pixmap.loadFromData(photo.pictures[index])
        size = pixmap.size().scaled(QSize(_WIDTH, _HEIGHT) * ratio, Qt.AspectRatioMode.KeepAspectRatio)
        if size.width() < pixmap.width():
            smooth = Qt.TransformationMode.SmoothTransformation
            pixmap = pixmap.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        pixmap.setDevicePixelRatio(ratio)
        return pixmap


class MistakeTable(ChosenByReturn, RowTable):
    """The table view of mistakes.

    Signals: ``chosen(PhotoResult, Mistake)``.
    """

    chosen = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.mistakes = MistakeModel(self)
        self.setModel(self.mistakes)
        self.setAccessibleName(tr("Mistakes"))
        self.setIconSize(QSize(_WIDTH, _HEIGHT))
        self.set_row_height(_HEIGHT + 8)
        header = self.horizontalHeader()
        header.resizeSection(PICTURE, _WIDTH + 14)
        metrics = self.fontMetrics()
        longest = max(metrics.horizontalAdvance(f"{tr(title)}mm") for title, _ in KINDS.values())
        header.resizeSection(KIND, max(longest, 9 * metrics.horizontalAdvance("m")))
        self._widths = {PICTURE: header.sectionSize(PICTURE), KIND: header.sectionSize(KIND), PHOTO: _LEAST_TEXT}
        for column in (WANTED, READ, PHOTO):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self._choose_clicked()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Hide the least needed columns of a narrow table, to leave room for the texts."""
        self.leave_room(2 * _LEAST_TEXT, self._widths)
        super().resizeEvent(event)

    def _behind(self, row: int) -> tuple[object, ...]:
        return self.mistakes.mistake(row)
