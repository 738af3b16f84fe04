"""A bar that says how far one has come, with marks on the way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme

_BAR, _TICK = 8.0, 4.0


class Meter(QWidget):
    """How many there are of how many that would be plenty; numbers under the marks."""

    def __init__(self, plenty: int, marks: Sequence[int], name: str) -> None:
        """name: what is counted, for who cannot see it."""
        super().__init__()
        self._plenty, self._marks, self._value = plenty, (*marks, plenty), 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.show_value(0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The bar, and the numbers under it."""
        return QSize(200, round(_BAR + _TICK) + self.fontMetrics().height() + 2)

    def show_value(self, value: int) -> None:
        """How many there are."""
        self._value = value
        said = tr("{done} of {total}", done=value, total=self._plenty)
        self.setAccessibleDescription(said)
        self.setToolTip(labels.tooltip(said))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """The bar, its marks and their numbers."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(0, 0, self.width(), _BAR)
        painter.setBrush(QColor(colours.hover))
        painter.drawRoundedRect(whole, _BAR / 2, _BAR / 2)
        share = min(1.0, self._value / self._plenty)
        if share > 0:
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(QRectF(0, 0, max(_BAR, whole.width() * share), _BAR), _BAR / 2, _BAR / 2)
        painter.setPen(QColor(colours.quiet))
        for mark in self._marks:
            at = whole.width() * mark / self._plenty
            place = QRectF(at - 30, _BAR + _TICK, 60, self.fontMetrics().height())
            place.moveLeft(min(max(0.0, place.left()), self.width() - place.width()))
            side = Qt.AlignmentFlag.AlignRight if place.right() >= self.width() else Qt.AlignmentFlag.AlignHCenter
            if place.left() <= 0:
                side = Qt.AlignmentFlag.AlignLeft
                place.moveLeft(max(0.0, at - 3))
            across = min(at, self.width() - 1.0)
            painter.drawLine(QPointF(across, _BAR + 1), QPointF(across, _BAR + _TICK))
            painter.drawText(place, side, str(mark))
        painter.end()
