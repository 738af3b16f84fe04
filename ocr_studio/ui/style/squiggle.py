"""The wavy line under possible typos."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ocr_studio.ui.style import theme

# Pixels before scaling.
_LENGTH, _HEIGHT = 4.0, 2.0


def draw(painter: QPainter, left: float, right: float, below: float) -> None:
    """Draw the line under a text, from left to right; ``below`` is its top, a little below the baseline."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.colours().error), 1.2))
    points, x, up = [], left, False
    while x < right:
        points.append(QPointF(x, below + (0.0 if up else _HEIGHT)))
        x, up = x + _LENGTH / 2, not up
    painter.drawPolyline(QPolygonF(points))
    painter.restore()
