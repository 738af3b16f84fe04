"""A flat combo box that matches the other fields."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle

from ocr_studio.ui.style import theme


class ComboBox(QComboBox):
    """A combo box that paints its own arrow, as the style sheet removes Qt's."""

    def __init__(self, items: Iterable[tuple[str, str]], value: str, name: str) -> None:
        """Create the box.

        Args:
            items: Value and title of each item.
            value: The current value.
            name: The accessible name.
        """
        super().__init__()
        for key, title in items:
            self.addItem(title, key)
        self.setCurrentIndex(max(0, self.findData(value)))
        self.setAccessibleName(name)
        self.setMinimumHeight(28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the field and its arrow."""
        super().paintEvent(event)
        side = 16
        painter = QPainter(self)
        end = QRect(self.width() - side - 8, (self.height() - side) // 2, side, side)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), end)
        theme.icon("mdi6.chevron-down", role="quiet").paint(painter, place)
        painter.end()
