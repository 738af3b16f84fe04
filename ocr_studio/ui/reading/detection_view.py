"""A read-only view of a photo with the lines and boxes found on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad
from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.items.photo_item import PhotoItem
from ocr_studio.ui.canvas.zoom_view import ZoomView
from ocr_studio.ui.style import box_colours, box_outlines
from ocr_studio.ui.style.box_colours import BoxStyle, Look


class DetectionView(ZoomView):
    """Shows lines dashed, and the boxes inside them. The wheel zooms, dragging pans."""

    def __init__(self, image: NDArray[np.uint8], pyramid: Pyramid) -> None:
        """Show a photo without boxes.

        Args:
            image: the upright photo, (H, W, 3) uint8 RGB.
            pyramid: the pyramid of the same photo.
        """
        super().__init__()
        self.setAccessibleName(tr("Photo with detection preview"))
        self._photo = PhotoItem()
        self._photo.set_photo(pyramid)
        self._found = _Found(QRectF(0, 0, image.shape[1], image.shape[0]), box_colours.over(image))
        self.scene().addItem(self._photo)
        self.scene().addItem(self._found)
        self.setBackgroundBrush(box_colours.current().board)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._grip: QPointF | None = None
        self.set_content(QRectF(0, 0, image.shape[1], image.shape[0]))

    @property
    def lines(self) -> tuple[Quad, ...]:
        """The lines that are shown."""
        return self._found.lines

    @property
    def boxes(self) -> tuple[Quad, ...]:
        """The boxes that are shown."""
        return self._found.boxes

    def show_found(self, lines: Sequence[Quad], boxes: Sequence[Quad]) -> None:
        """Show only these lines and boxes."""
        self._found.take(tuple(lines), tuple(boxes))
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Start panning."""
        self._grip = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Pan with the mouse."""
        if self._grip is not None:
            by, self._grip = event.position() - self._grip, event.position()
            self.pan_by(by.x(), by.y())

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Stop panning."""
        self._grip = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)


class _Found(QGraphicsItem):
    """Outlines of lines and boxes."""

    def __init__(self, area: QRectF, chosen: box_colours.CanvasColours) -> None:
        super().__init__()
        # A line may extend beyond the edge of the photo.
        self._area = area.adjusted(-area.width(), -area.height(), area.width(), area.height())
        self._colours = chosen
        self.lines: tuple[Quad, ...] = ()
        self.boxes: tuple[Quad, ...] = ()
        self._paths: tuple[list[QPainterPath], list[QPainterPath]] = ([], [])
        self._heights: list[float] = []

    def take(self, lines: tuple[Quad, ...], boxes: tuple[Quad, ...]) -> None:
        """Show only these lines and boxes."""
        self.lines, self.boxes = lines, boxes
        self._paths = [box_outlines.outline(quad) for quad in lines], [box_outlines.outline(quad) for quad in boxes]
        self._heights = geometry.measure_sizes([quad.corners for quad in boxes])[:, 1].tolist() if boxes else []

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        return self._area

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        lines, boxes = self._paths
        dashed = BoxStyle(self._colours.styles[Look.UNREAD].colour, width=1.0, dash=(4.0, 3.0))
        box_outlines.stroke(painter, lines, dashed, self._colours.halo, box_outlines.quality(painter, lines, ()))
        how = box_outlines.quality(painter, boxes, self._heights)
        box_outlines.stroke(painter, boxes, self._colours.styles[Look.SURE], self._colours.halo, how)
