"""A round magnifier over the photo. It redraws what is under the mouse at three times the size, so it is sharp."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from ocr_studio.ui.style import box_outlines
from ocr_studio.ui.style.box_colours import CanvasColours

TIMES = 3.0
# Screen pixels.
_SIDE = 260
_RIM = 4
_CROSS = 5.0


class Magnifier:
    """Draws the items of a scene enlarged. ``at`` is its centre on the screen; None hides it."""

    def __init__(self, items: Sequence[QGraphicsItem]) -> None:
        """Make a magnifier for these items, from the bottom to the top."""
        self._items = items
        self.at: QPointF | None = None

    def area(self) -> QRect:
        """Return the area of the screen that it covers."""
        if self.at is None:
            return QRect()
        half = QPointF(_SIDE / 2 + _RIM, _SIDE / 2 + _RIM)
        return QRectF(self.at - half, self.at + half).toAlignedRect()

    def paint(self, painter: QPainter, to_screen: QTransform, chosen: CanvasColours) -> None:
        """Draw it in screen pixels; ``to_screen`` is the transform from the photo to the screen."""
        if self.at is None:
            return
        picture = self._picture(to_screen, chosen, box_outlines.sharpness(painter))
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corner = QPointF(_SIDE / 2, _SIDE / 2)
        painter.drawImage(QRectF(self.at - corner, self.at + corner), picture)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(chosen.halo, 4.0), QPen(chosen.selection, 2.0)):
            painter.setPen(pen)
            painter.drawEllipse(self.at, _SIDE / 2, _SIDE / 2)
            for over in (QPointF(_CROSS, 0), QPointF(0, _CROSS)):
                painter.drawLine(self.at - over, self.at + over)
        painter.restore()

    def _picture(self, to_screen: QTransform, chosen: CanvasColours, ratio: float) -> QImage:
        assert self.at is not None
        picture = QImage(QSize(_SIDE, _SIDE) * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        picture.fill(chosen.board)
        inverse, _ = to_screen.inverted()
        middle, scale = inverse.map(self.at), to_screen.m11() * TIMES
        painter = QPainter(picture)
        painter.translate(_SIDE / 2, _SIDE / 2)
        painter.scale(scale, scale)
        painter.translate(-middle)
        reach = _SIDE / 2 / scale
        option = QStyleOptionGraphicsItem()
        option.exposedRect = QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)
        for item in self._items:
            if item.isVisible():
                painter.save()
                painter.setOpacity(item.opacity())
                item.paint(painter, option, None)
                painter.restore()
        painter.resetTransform()
        painter.setOpacity(1.0)
        # Cut out the circle, with a soft edge.
        beside = QPainterPath()
        beside.addRect(QRectF(0, 0, _SIDE, _SIDE))
        beside.addEllipse(QRectF(0, 0, _SIDE, _SIDE))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
        painter.fillPath(beside, QColor(Qt.GlobalColor.black))
        painter.end()
        return picture
