"""Small signs at the corners of boxes: how a text can be trusted, and the lock of a box that stays where it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from ocr_studio.ui.style.box_colours import BoxStyle, CanvasColours

# Screen pixels.
SIZE = 13.0


def mark(style: BoxStyle, halo: QColor, ratio: float) -> QPixmap:
    """A small disc with a look's sign. ratio: pixels of the device per pixel of the screen."""
    made = _empty(ratio)
    with _disc(made, style.colour, halo) as painter:
        font = QFont()
        font.setPixelSize(10)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(QRectF(0.5, 0.5, SIZE - 1, SIZE - 1), Qt.AlignmentFlag.AlignCenter, style.mark)
    return made


def lock(colours: CanvasColours, ratio: float) -> QPixmap:
    """A small disc with a padlock."""
    made = _empty(ratio)
    with _disc(made, colours.plate_text, colours.plate) as painter:
        middle = SIZE / 2
        painter.setPen(QPen(colours.plate, 1.25))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawArc(QRectF(middle - 1.75, middle - 4.0, 3.5, 5.0), 0, 180 * 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.plate)
        painter.drawRoundedRect(QRectF(middle - 2.75, middle - 1.25, 5.5, 4.25), 0.75, 0.75)
    return made


def _empty(ratio: float) -> QPixmap:
    side = round(SIZE * ratio)
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


@contextmanager
def _disc(picture: QPixmap, colour: QColor, halo: QColor) -> Iterator[QPainter]:
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(halo, 1.0))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(SIZE / 2, SIZE / 2), SIZE / 2 - 0.5, SIZE / 2 - 0.5)
    try:
        yield painter
    finally:
        painter.end()
