"""Draws the reading order over the photo, and resets it to the computed one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.core.reading_order import page_order
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import box_colours, box_outlines
from ocr_studio.ui.style.box_colours import CanvasColours

# Screen pixels: the font size of numbers, and the height below which a word gets no number.
_NUMBER, _ROOM = 10, 9.0


@dataclass(frozen=True, slots=True)
class _Stop:
    """A word in the reading order.

    Attributes:
        start: The middle of its left side, in pixels of the photo.
        end: The middle of its right side.
        corner: Its top left corner.
        height: Its height in pixels of the photo.
        begins_line: Whether it is the first word of a line.
    """

    start: QPointF
    end: QPointF
    corner: QPointF
    height: float
    begins_line: bool


class OrderItem(QGraphicsItem):
    """Draws the reading order of a page: lines solid, the connections between them dashed."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(1)
        self._stops: tuple[_Stop, ...] = ()
        self._rect = QRectF()
        self.colours: CanvasColours = box_colours.current()
        self.setVisible(False)

    def show_lines(self, lines: Iterable[Sequence[Quad]], size: QSizeF) -> None:
        """Show this reading order.

        Args:
            lines: The boxes of the words of each line, in reading order.
            size: The size of the photo or board, in its pixels.
        """
        self.prepareGeometryChange()
        self._stops = tuple(_stops(lines))
        whole = QRectF(QPointF(), size)
        self._rect = whole.adjusted(-whole.width(), -whole.height(), whole.width(), whole.height())
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """The area in which words may be, larger than the photo."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the path through the words, and their numbers in the same size at every zoom."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_way(painter)
        self._paint_numbers(painter, option.exposedRect)

    def _paint_way(self, painter: QPainter) -> None:
        ratio = box_outlines.sharpness(painter)
        along, across = _ways(self._stops)
        for colour, width in ((self.colours.halo, 2.0), (self.colours.guide, 0.0)):
            for paths, wide, dash in ((across, 1.25, Qt.PenStyle.DashLine), (along, 2.0, Qt.PenStyle.SolidLine)):
                pen = QPen(colour, (wide + width) * ratio, dash if width == 0 else Qt.PenStyle.SolidLine)
                pen.setCosmetic(True)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                for path in paths:
                    painter.drawPolyline(path)

    def _paint_numbers(self, painter: QPainter, seen: QRectF) -> None:
        to_screen = painter.worldTransform()
        zoom = to_screen.m11()
        painter.save()
        painter.resetTransform()
        font = QFont()
        font.setPixelSize(_NUMBER)
        font.setBold(True)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        seen = seen.adjusted(-60 / zoom, -60 / zoom, 60 / zoom, 60 / zoom)
        for number, stop in enumerate(self._stops, start=1):
            if stop.height * zoom < _ROOM or not seen.contains(stop.start):
                continue
            place, text = to_screen.map(stop.corner), str(number)
            wide, high = metrics.horizontalAdvance(text) + 6, metrics.height()
            wide = max(wide, high)
            # Outside of the box, so that it hides no writing of the word.
            plate = QRectF(place.x() - 0.6 * wide, place.y() - 0.9 * high, wide, high)
            painter.setPen(QPen(self.colours.halo, 1.5))
            painter.setBrush(self.colours.guide)
            painter.drawRoundedRect(plate, high / 2, high / 2)
            painter.setPen(self.colours.halo)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


def _stops(lines: Iterable[Sequence[Quad]]) -> list[_Stop]:
    found: list[_Stop] = []
    for line in lines:
        for place, quad in enumerate(line):
            a, b, c, d = quad.corners
            start, end = (QPointF((p[0] + q[0]) / 2, (p[1] + q[1]) / 2) for p, q in ((a, d), (b, c)))
            found.append(_Stop(start, end, QPointF(*a), geometry.measure_size(quad)[1], place == 0))
    return found


def _ways(stops: tuple[_Stop, ...]) -> tuple[list[QPolygonF], list[QPolygonF]]:
    """Return the paths along lines, and the connections from the end of one to the start of the next."""
    along: list[QPolygonF] = []
    across: list[QPolygonF] = []
    last: QPointF | None = None
    for stop in stops:
        if stop.begins_line or not along:
            if last is not None:
                across.append(QPolygonF([last, stop.start]))
            along.append(QPolygonF([stop.start, stop.end]))
        else:
            along[-1].append([stop.start, stop.end])
        last = stop.end
    return along, across


class OrderShown(QObject):
    """Shows the reading order on request, and while it is being changed. Signals: ``changed()``."""

    changed = Signal()

    def __init__(self, document: Document, view: PhotoView) -> None:
        super().__init__(view)
        self._document, self._view = document, view
        self._wanted = False
        self._item = OrderItem()
        view.scene().addItem(self._item)
        view.tool_changed.connect(lambda _: self._show())
        view.document.opened.connect(self._renew)
        view.document.changed.connect(lambda change: self._renew() if change.here else None)

    @property
    def shown(self) -> bool:
        """Whether the reading order is visible."""
        return self._wanted or self._view.tool is Tool.ORDER

    def switch(self) -> None:
        """Show or hide the reading order."""
        self._wanted = not self._wanted
        self._show()

    @property
    def is_kept(self) -> bool:
        """Whether the open page keeps a reading order, which is not computed from its layout."""
        page = self._document.page
        return page is not None and page_order.is_kept(page)

    def compute(self) -> None:
        """Reset to the computed reading order."""
        if page := self._document.page:
            self._document.push(page_order.reset_order(page))

    def _show(self) -> None:
        self._renew()
        self._item.setVisible(self.shown)
        self.changed.emit()

    def _renew(self) -> None:
        page, seen = self._document.page, self._view.document
        if self.shown and page and seen.page:
            # The order is that of the page; the boxes depend on whether the photo or the board view is shown.
            lines = [
                [word.quad for each in line if (word := seen.word(each.id)) is not None]
                for line in page_order.find_lines(page)
            ]
            self._item.colours = box_colours.over(seen.image)
            self._item.show_lines(lines, QSizeF(seen.page.width, seen.page.height))
