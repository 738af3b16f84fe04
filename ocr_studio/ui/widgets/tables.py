"""A table whose rows are things: words, mistakes, photos."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ocr_studio.ui.short_text_delegate import ShortTextDelegate


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
