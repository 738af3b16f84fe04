"""A choice of a few, as flat as the fields beside it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle

from ocr_studio.ui.style import theme


class Choice(QComboBox):
    """A style sheet takes the arrow away with the grey, so it is painted here."""

    def __init__(self, items: Iterable[tuple[str, str]], value: str, name: str) -> None:
        """items: what is kept and what is shown, for each; name: for who hears the window instead of seeing it."""
        super().__init__()
        for key, title in items:
            self.addItem(title, key)
        self.setCurrentIndex(max(0, self.findData(value)))
        self.setAccessibleName(name)
        self.setMinimumHeight(28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """The field, and its arrow."""
        super().paintEvent(event)
        side = 16
        painter = QPainter(self)
        end = QRect(self.width() - side - 8, (self.height() - side) // 2, side, side)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), end)
        theme.icon("mdi6.chevron-down", role="quiet").paint(painter, place)
        painter.end()
