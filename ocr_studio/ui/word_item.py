"""All boxes of a page in one graphics item.

One item, as 5,000 of Qt's own cost more to walk through than to draw. A box's path is made once; a frame draws those in
sight. Paths are drawn one by one: a thick smooth line along thousands of boxes in a single path takes Qt a hundred
times as long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.page import Quad, Word
from ocr_studio.ui import colours
from ocr_studio.ui.colours import CanvasColours, Look
from ocr_studio.ui.word_index import WordIndex

# So many boxes in sight are too small and too many for halos and marks; they get thin lines, which cost a third.
_MANY = 700
# Screen pixels: boxes lower than this have no room for a mark, or for their text above them.
_MARK_FROM = 13.0
_TEXT_FROM = 18.0
_MARK_SIZE = 13.0


@dataclass(slots=True)
class _Box:
    path: QPainterPath
    look: Look
    corner: QPointF  # the text's top right, where the mark sits
    start: QPointF  # the text's top left
    height: float
    text: str


def outline(quad: Quad) -> QPainterPath:
    """The quad's outline as a path, closed."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in (*quad.corners, quad.corners[0])]))
    return path


def pen(colour: QColor, width: float, dash: Iterable[float] = ()) -> QPen:
    """A line of the same width at every zoom."""
    made = QPen(colour, width)
    made.setCosmetic(True)
    made.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if strokes := list(dash):
        made.setDashPattern(strokes)
    return made


class WordsItem(QGraphicsItem):
    """Draws every word's box by its look. What is selected, and what a hand is changing, is drawn above it."""

    def __init__(self, index: WordIndex) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._index = index
        self._boxes: dict[str, _Box] = {}
        self._rect = QRectF()
        self._marks: dict[tuple[Look, float], QPixmap] = {}
        self.colours: CanvasColours = colours.current()
        self.hidden: Collection[str] = ()
        self.texts_shown = False
        self.busy = False

    def reset(self, rect: QRectF) -> None:
        """Forget all boxes; rect: where there may be some."""
        self.prepareGeometryChange()
        self._rect = rect
        self._boxes.clear()

    def set_colours(self, chosen: CanvasColours) -> None:
        """Take over the colours of another theme."""
        self.colours = chosen
        self._marks.clear()
        self.update()

    def update_words(self, words: Mapping[str, Word], changed: Iterable[str]) -> None:
        """Take over these words as they are now."""
        for word_id in changed:
            word = words.get(word_id)
            if word is None:
                self._boxes.pop(word_id, None)
                continue
            start, corner, _, end = (QPointF(x, y) for x, y in word.quad.corners)
            height = QPointF(end - start)
            length = (height.x() ** 2 + height.y() ** 2) ** 0.5
            look = colours.look_of(word)
            self._boxes[word_id] = _Box(outline(word.quad), look, corner, start, length, word.text)
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All places where boxes may be, in pixels of the photo."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the boxes in sight."""
        scale = painter.worldTransform().m11()
        reach = 2 * _MARK_SIZE / scale
        seen = option.exposedRect.adjusted(-reach, -reach, reach, reach)
        ids = self._index.inside((seen.left(), seen.top(), seen.right(), seen.bottom()))
        by_look: dict[Look, list[_Box]] = {look: [] for look in Look}
        for word_id in ids:
            if word_id not in self.hidden:
                box = self._boxes[word_id]
                by_look[box.look].append(box)
        if len(ids) > _MANY:
            self._paint_thin(painter, by_look)
            return
        self._paint_lines(painter, by_look)
        self._paint_signs(painter, by_look, scale)

    def _paint_thin(self, painter: QPainter, by_look: Mapping[Look, list[_Box]]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw = painter.drawPath
        for look, boxes in by_look.items():
            painter.setPen(pen(self.colours.inks[look].colour, 1.0, self.colours.inks[look].dash))
            for box in boxes:
                draw(box.path)

    def _paint_lines(self, painter: QPainter, by_look: Mapping[Look, list[_Box]]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw = painter.drawPath
        for look, boxes in by_look.items():
            ink = self.colours.inks[look]
            painter.setPen(pen(self.colours.halo, ink.width + 2.0))
            for box in boxes:
                draw(box.path)
            if self.busy and look is Look.UNREAD:
                # Found, not yet read: a veil says that something is still to come.
                veil = self.colours.inks[look].colour
                painter.setBrush(QColor(veil.red(), veil.green(), veil.blue(), 45))
            painter.setPen(pen(ink.colour, ink.width, ink.dash))
            for box in boxes:
                draw(box.path)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_signs(self, painter: QPainter, by_look: Mapping[Look, list[_Box]], scale: float) -> None:
        """Marks and texts, the same size at every zoom: drawn in pixels of the screen."""
        to_screen = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        device = painter.device()
        ratio = device.devicePixelRatio() if device else 1.0
        for look, boxes in by_look.items():
            if self.texts_shown:
                self._paint_texts(painter, [box for box in boxes if box.height * scale >= _TEXT_FROM], to_screen)
            if not self.colours.inks[look].mark:
                continue
            mark = self._mark(look, ratio)
            for box in boxes:
                if box.height * scale >= _MARK_FROM:
                    place = to_screen.map(box.corner)
                    painter.drawPixmap(QPointF(place.x() - _MARK_SIZE / 2, place.y() - _MARK_SIZE / 2), mark)
        painter.restore()

    def _paint_texts(self, painter: QPainter, boxes: Iterable[_Box], to_screen: QTransform) -> None:
        font = QFont()
        font.setPixelSize(12)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for box in boxes:
            if box.text:
                place = to_screen.map(box.start)
                plate = QRectF(place.x(), place.y() - 17, metrics.horizontalAdvance(box.text) + 8, 15)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.colours.plate)
                painter.drawRoundedRect(plate, 3, 3)
                painter.setPen(self.colours.plate_text)
                painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, box.text)

    def _mark(self, look: Look, ratio: float) -> QPixmap:
        """A small disc with the look's sign, made once for each look and sharpness of screen."""
        key = (look, ratio)
        if key not in self._marks:
            ink = self.colours.inks[look]
            side = round(_MARK_SIZE * ratio)
            made = QPixmap(side, side)
            made.setDevicePixelRatio(ratio)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.colours.halo, 1.0))
            painter.setBrush(ink.colour)
            disc = QRectF(0.5, 0.5, _MARK_SIZE - 1, _MARK_SIZE - 1)
            painter.drawEllipse(disc)
            font = QFont()
            font.setPixelSize(10)
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, ink.mark)
            painter.end()
            self._marks[key] = made
        return self._marks[key]
