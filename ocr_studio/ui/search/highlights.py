"""Marks the matches of a search on the photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.page import Quad
from ocr_studio.ui.style import box_colours

# Above the boxes, below what is being drawn or dragged.
_LEVEL = 0.5
# Screen pixels: the outline of a match and of the current one, and the margin between its frame and the box.
_LINE, _HERE, _AIR = 1.5, 3.0, 4.0
_SHADE = 70  # of 255


@dataclass(frozen=True, slots=True)
class Highlight:
    """A match.

    Attributes:
        quads: The boxes of its words.
        guessed: Whether an alternative matches, so that the outline is dashed.
    """

    quads: tuple[Quad, ...]
    guessed: bool = False


class FindMarks(QGraphicsItem):
    """Draws the marks, the current one bolder. Ignores the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(_LEVEL)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._rect = QRectF()
        self._marks: Sequence[tuple[Highlight, QPainterPath]] = ()
        self._here = -1

    def show_marks(self, marks: Sequence[Highlight], here: int, rect: QRectF) -> None:
        """Mark these matches; ``here`` is the index of the current one, or -1, and ``rect`` the photo in its pixels."""
        self.prepareGeometryChange()
        self._rect, self._here = rect, here
        self._marks = [(mark, _path(mark)) for mark in marks]
        self.update()

    @property
    def marks(self) -> tuple[Highlight, ...]:
        """The current marks."""
        return tuple(mark for mark, _ in self._marks)

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """The area of the photo."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the visible marks."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = box_colours.current()
        scale = max(painter.worldTransform().m11(), 1e-6)
        for number, (mark, path) in enumerate(self._marks):
            if not path.boundingRect().intersects(option.exposedRect):
                continue
            here = number == self._here
            shade = chosen.guide.toRgb()
            shade.setAlpha(_SHADE)
            painter.fillPath(path, shade)
            for colour, wider in ((chosen.halo, 2.0), (chosen.guide, 0.0)):
                pen = QPen(colour, (_HERE if here else _LINE) + wider)
                pen.setCosmetic(True)
                if mark.guessed and not wider:
                    pen.setStyle(Qt.PenStyle.DashLine)
                painter.setPen(pen)
                painter.drawPath(path)
            if here:
                air = _AIR / scale
                painter.drawRect(path.boundingRect().adjusted(-air, -air, air, air))


def _path(mark: Highlight) -> QPainterPath:
    path = QPainterPath()
    for quad in mark.quads:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in quad.corners]))
        path.closeSubpath()
    return path
