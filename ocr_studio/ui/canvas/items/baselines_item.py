"""Baselines of the writing, drawn on the photo."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.reading_order import baselines
from ocr_studio.core.reading_order.baselines import Baseline
from ocr_studio.ui.document.document import ShownDocument
from ocr_studio.ui.style import box_colours, box_outlines
from ocr_studio.ui.style.box_colours import CanvasColours

# How far a baseline extends beyond its words, as a multiple of their height, for the next word.
_BEYOND = 1.0


class BaselinesItem(QGraphicsItem):
    """Draws the baselines of the open page. They are computed when they are first visible after a change."""

    def __init__(self, document: ShownDocument) -> None:
        super().__init__()
        self._document = document
        self._lines: tuple[QLineF, ...] | None = None
        self._rect = QRectF()
        self.colours: CanvasColours = box_colours.current()
        self.setVisible(False)

    def reset(self, rect: QRectF) -> None:
        """Set the area of the item, in pixels of the photo."""
        self.prepareGeometryChange()
        self._rect = rect
        self.forget()

    def forget(self) -> None:
        """Forget the baselines, because words have changed."""
        self._lines = None

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """Return the area of the item."""
        return self._rect

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the lines, with the same width at every zoom."""
        if self._lines is None:
            page = self._document.page
            self._lines = tuple(map(_shown, baselines.find_baselines(page.words.values()))) if page else ()
        ratio = box_outlines.sharpness(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((self.colours.halo, 3.0), (self.colours.guide, 1.25)):
            pen = QPen(colour, width * ratio)
            pen.setCosmetic(True)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLines(self._lines)


def _shown(line: Baseline) -> QLineF:
    shown = QLineF(QPointF(*line.start), QPointF(*line.end))
    over = (shown.p2() - shown.p1()) / max(shown.length(), 1.0) * _BEYOND * line.height
    return QLineF(shown.p1() - over, shown.p2() + over)
