"""The layer above all boxes: selected boxes with their handles, and the preview of gestures."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.ui.canvas.items import handles
from ocr_studio.ui.canvas.items.handles import Handle, Handles
from ocr_studio.ui.canvas.items.interaction import Cut, Sketch
from ocr_studio.ui.canvas.items.spatial_index import WordIndex
from ocr_studio.ui.canvas.items.word_item import WordsItem
from ocr_studio.ui.document.document import ShownDocument
from ocr_studio.ui.style import box_colours, box_outlines, labels
from ocr_studio.ui.style.box_colours import BoxStyle, CanvasColours
from ocr_studio.ui.style.box_outlines import Quality, TiledPaths

# More selected boxes than this are drawn as one path, with this line width.
_FEW, _MANY_WIDTH = 100, 1.5
# Screen pixels: a wide line around a lower box would cover its writing.
_SMALL = 26.0
# Screen pixels: how far a guide extends beyond the edges it connects, and the radius of the picked corner.
_GUIDE_OVER = 14.0
_PICKED = 9.0
# Screen pixels: below lower boxes there is no room for the other model's text.
_OTHER_FROM = 20.0
_MOST_TEXT = 200  # characters of a text beside a box


class SketchItem(QGraphicsItem):
    """Draws the selection and the sketch."""

    def __init__(self, document: ShownDocument, index: WordIndex, words: WordsItem, sketch: Sketch) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._document, self._index, self._words, self._sketch = document, index, words, sketch
        self._rect = QRectF()
        self.colours: CanvasColours = box_colours.current()
        self.handles_shown = True
        self._many: TiledPaths[None] | None = None

    def reset(self, rect: QRectF) -> None:
        """Set the area of the item, in pixels of the photo."""
        self.prepareGeometryChange()
        self._rect = rect

    def forget_paths(self) -> None:
        """Forget the outlines, because words or selection have changed."""
        self._many = None

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """Return the area of the item."""
        return self._rect

    def handles(self, to_screen: QTransform, area: QRectF) -> tuple[str, Handles] | None:
        """Return the id of the only selected word and its handles; None if there is no such word or handle.

        Args:
            to_screen: Transform from the photo to the screen.
            area: The visible area of the screen.
        """
        if not self.handles_shown or not self._document.writable or len(self._document.selection) != 1:
            return None
        word = self._document.word(self._document.current)
        if word is None or word.locked or not word.has_box:
            return None
        return word.id, handles.of(self._sketch.quads.get(word.id, word.quad), to_screen, area)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw selection, handles and sketch."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_hover(painter)
        if self._sketch.others:
            self._paint_others(painter, option.exposedRect)
        self._paint_selection(painter, option.exposedRect)
        to_screen = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._sketch.band:
            self._paint_band(painter, to_screen.mapRect(_rect(*self._sketch.band)))
        if self._sketch.lasso:
            self._paint_lasso(painter, to_screen.map(QPolygonF([QPointF(x, y) for x, y in self._sketch.lasso])))
        if self._sketch.cut:
            self._paint_cut(painter, self._sketch.cut, to_screen)
        for guide in self._sketch.guides:
            self._paint_guide(painter, *(to_screen.map(QPointF(x, y)) for x, y in guide))
        shown = self.handles(to_screen, QRectF(widget.rect()) if widget else QRectF())
        if shown:
            self._paint_handles(painter, shown[1])
        painter.restore()

    def _paint_hover(self, painter: QPainter) -> None:
        word = self._document.word(self._sketch.hover)
        if word and word.id not in self._document.selection and not self._sketch.quads:
            painter.fillPath(box_outlines.outline(word.quad), _faint(self.colours.selection, 40))

    def _paint_others(self, painter: QPainter, seen: QRectF) -> None:
        """Draw words that another model reads differently: tinted, with its text below where there is room."""
        to_screen, reach = painter.worldTransform(), 2 * _OTHER_FROM / painter.worldTransform().m11()
        near = seen.adjusted(-reach, -reach, reach, reach)
        ids = self._index.inside((near.left(), near.top(), near.right(), near.bottom()))
        for key in self._sketch.others.keys() & set(ids):
            path = self._words.path(key)
            if path is None:
                continue
            painter.fillPath(path, _faint(self.colours.guide, 55))
            if _height(path) * to_screen.m11() >= _OTHER_FROM:
                below = to_screen.map(QPointF(path.elementAt(3).x, path.elementAt(3).y))
                painter.save()
                painter.resetTransform()
                self._paint_other(painter, self._sketch.others[key] or "–", below)
                painter.restore()

    def _paint_other(self, painter: QPainter, text: str, corner: QPointF) -> None:
        text, font = labels.shortened(text, _MOST_TEXT), QFont()
        font.setPixelSize(12)
        painter.setFont(font)
        plate = QRectF(corner.x(), corner.y() + 2, QFontMetricsF(font).horizontalAdvance(text) + 8, 16)
        painter.setPen(QPen(self.colours.guide, 1.25))
        painter.setBrush(self.colours.plate)
        painter.drawRoundedRect(plate, 3, 3)
        painter.setPen(self.colours.plate_text)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_selection(self, painter: QPainter, seen: QRectF) -> None:
        reach = 8 / painter.worldTransform().m11()
        seen = seen.adjusted(-reach, -reach, reach, reach)
        inside = self._index.inside((seen.left(), seen.top(), seen.right(), seen.bottom()))
        chosen = self._document.selection.intersection(inside) | self._sketch.quads.keys()
        changed = self._sketch.quads
        if len(chosen) > _FEW and not changed and not self._sketch.fresh:
            self._paint_many(
                painter, seen, Quality.THIN if len(chosen) > box_outlines.BRAIDED_UP_TO else Quality.BRAIDED
            )
            return
        found = [box_outlines.outline(changed[key]) if key in changed else self._words.path(key) for key in chosen]
        paths = [path for path in found if path is not None]
        if self._sketch.fresh:
            paths.append(box_outlines.outline(self._sketch.fresh))
        how = box_outlines.quality(painter, paths, ())
        if how is Quality.FINE:
            for path in paths:
                painter.fillPath(path, _faint(self.colours.selection, 26))
        thin = how is not Quality.FINE or any(_height(path) * painter.worldTransform().m11() < _SMALL for path in paths)
        style = BoxStyle(self.colours.selection, width=1.5 if thin else 3.0)
        box_outlines.stroke(painter, paths, style, self.colours.halo, how)

    def _paint_many(self, painter: QPainter, seen: QRectF, how: Quality) -> None:
        if self._many is None:
            self._many = self._words.in_few(self._document.selection)
        for paths in self._many.touching(seen).values():
            box_outlines.stroke(
                painter, paths, BoxStyle(self.colours.selection, width=_MANY_WIDTH), self.colours.halo, how
            )

    def _paint_band(self, painter: QPainter, band: QRectF) -> None:
        painter.setBrush(_faint(self.colours.selection, 36))
        painter.setPen(QPen(self.colours.halo, 3.0))
        painter.drawRect(band)
        painter.setPen(QPen(self.colours.selection, 1.0))
        painter.drawRect(band)

    def _paint_lasso(self, painter: QPainter, outline: QPolygonF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_faint(self.colours.selection, 36))
        painter.drawPolygon(outline, Qt.FillRule.WindingFill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(self.colours.halo, 3.0), QPen(self.colours.selection, 1.5)):
            painter.setPen(pen)
            painter.drawPolyline(outline)
        # The closing line.
        painter.setPen(QPen(self.colours.selection, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(outline.last(), outline.first())

    def _paint_guide(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        along = end - start
        over = along / max(1.0, math.hypot(along.x(), along.y())) * _GUIDE_OVER
        for pen in (QPen(self.colours.halo, 3.0), QPen(self.colours.guide, 1.5)):
            painter.setPen(pen)
            painter.drawLine(start - over, end + over)

    def _paint_handles(self, painter: QPainter, shown: Handles) -> None:
        turn = shown.places[Handle.TURN]
        for colour, width in ((self.colours.halo, 4.0), (self.colours.selection, 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(shown.root, turn)
        for handle, place in shown.places.items():
            half = (handles.SIZE if handle is Handle.TURN else shown.size) / 2
            if Handle.TOP.value <= handle.value < Handle.TURN.value:
                half *= 2 / 3
            grip = QRectF(place.x() - half, place.y() - half, 2 * half, 2 * half)
            painter.setPen(QPen(self.colours.selection, 1.75))
            painter.setBrush(self.colours.handle)
            if handle.value == self._sketch.corner:
                self._paint_picked(painter, place)
            elif handle is Handle.TURN:
                painter.drawEllipse(grip)
            else:
                painter.drawRect(grip)

    def _paint_picked(self, painter: QPainter, place: QPointF) -> None:
        """Draw the corner that arrow keys move: filled, with a ring, and larger than the others."""
        for radius, pen in ((_PICKED, QPen(self.colours.halo, 4.0)), (_PICKED, QPen(self.colours.selection, 2.0))):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, radius, radius)
        painter.setPen(QPen(self.colours.halo, 1.0))
        painter.setBrush(self.colours.selection)
        painter.drawEllipse(place, _PICKED / 2, _PICKED / 2)

    def _paint_cut(self, painter: QPainter, cut: Cut, to_screen: QTransform) -> None:
        start, _, _, end = geometry.slice_quad(cut.quad, cut.fraction, cut.fraction).corners
        top, bottom = to_screen.map(QPointF(*start)), to_screen.map(QPointF(*end))
        down = bottom - top
        length = max(1.0, (down.x() ** 2 + down.y() ** 2) ** 0.5)
        over = down / length * 6.0
        for colour, width in ((self.colours.halo, 5.0), (self.colours.selection, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(top - over, bottom + over)
        if cut.left or cut.right:
            box = to_screen.map(QPolygonF([QPointF(x, y) for x, y in cut.quad.corners])).boundingRect()
            middle = (top.x() + bottom.x()) / 2
            self._paint_plate(painter, cut.left or "–", right=middle - 4, bottom=box.top() - 9)
            self._paint_plate(painter, cut.right or "–", left=middle + 4, bottom=box.top() - 9)

    def _paint_plate(
        self, painter: QPainter, text: str, *, bottom: float, left: float | None = None, right: float | None = None
    ) -> None:
        font = QFont()
        font.setPixelSize(15)
        painter.setFont(font)
        metrics, text = QFontMetricsF(font), labels.shortened(text, _MOST_TEXT)
        width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 6
        x = left if left is not None else (right or 0.0) - width
        plate = QRectF(x, bottom - height, width, height)
        painter.setPen(QPen(self.colours.selection, 1.0))
        painter.setBrush(self.colours.plate)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(self.colours.plate_text)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _height(path: QPainterPath) -> float:
    """Return the height of a box from its outline."""
    start, end = path.elementAt(0), path.elementAt(3)
    return math.hypot(end.x - start.x, end.y - start.y)


def _faint(colour: QColor, alpha: int) -> QColor:
    return QColor(colour.red(), colour.green(), colour.blue(), alpha)


def _rect(left: float, top: float, right: float, bottom: float) -> QRectF:
    return QRectF(left, top, right - left, bottom - top)
