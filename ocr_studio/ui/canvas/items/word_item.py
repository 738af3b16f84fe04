"""All boxes of a page in one graphics item.

One item knows how many boxes are visible and adapts the detail; with 5,000 boxes it is no slower than one Qt item for
each box with a plain line. The path of a box is made once, and a change affects no other box.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.page import Word
from ocr_studio.ui.canvas.items.spatial_index import WordIndex
from ocr_studio.ui.style import box_colours, box_outlines, labels
from ocr_studio.ui.style.box_colours import BoxStyle, CanvasColours, Look
from ocr_studio.ui.style.box_outlines import Quality, TiledPaths

# Screen pixels.
SIZE = 13.0


def draw_mark(style: BoxStyle, halo: QColor, ratio: float) -> QPixmap:
    """Draw a small disc with the mark of a box style.

    Args:
        style: The box style.
        halo: Colour of the outline.
        ratio: Device pixels per screen pixel.
    """
    made = _empty(ratio)
    with _disc(made, style.colour, halo) as painter:
        font = QFont()
        font.setPixelSize(10)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(QRectF(0.5, 0.5, SIZE - 1, SIZE - 1), Qt.AlignmentFlag.AlignCenter, style.mark)
    return made


def draw_lock(colours: CanvasColours, ratio: float) -> QPixmap:
    """Draw a small disc with a padlock; arguments as for ``draw_mark``."""
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


# Screen pixels: boxes lower than this have no room for a mark, or for their text above them.
_MARK_FROM = 20.0
_TEXT_FROM = 20.0
_MOST_TEXT = 200  # characters above a box


@dataclass(slots=True)
class _Box:
    path: QPainterPath
    look: Look
    corner: QPointF  # the text's top right, for the mark
    start: QPointF  # the text's top left
    height: float
    text: str
    below: QPointF | None  # the text's bottom right, for the padlock of a locked box


class WordsItem(QGraphicsItem):
    """Draws the boxes of all words. Selected boxes and the preview of gestures are drawn above it."""

    def __init__(self, index: WordIndex) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._index = index
        self._boxes: dict[str, _Box] = {}
        self._merged: TiledPaths[Look] | None = None
        self._rect = QRectF()
        self._content = QRectF()
        self._marks: dict[tuple[Look | None, float], QPixmap] = {}
        self.colours: CanvasColours = box_colours.current()
        self.hidden: Collection[str] = ()
        self.selected: Set[str] = frozenset()
        self.texts_shown = False
        self.busy = False

    def reset(self, rect: QRectF, content: QRectF) -> None:
        """Remove all boxes.

        Args:
            rect: Area of the item, in pixels of the photo.
            content: Area of the photo, where most boxes are.
        """
        self.prepareGeometryChange()
        self._rect, self._content = rect, content
        self._boxes.clear()
        self._merged = None

    def set_colours(self, chosen: CanvasColours) -> None:
        """Use the colours of another theme."""
        self.colours = chosen
        self._marks.clear()
        self.update()

    def update_words(self, words: Mapping[str, Word], changed: Iterable[str]) -> None:
        """Update these words."""
        self._merged = None
        for word_id in changed:
            word = words.get(word_id)
            if word is None:
                self._boxes.pop(word_id, None)
                continue
            start, corner, below, end = (QPointF(x, y) for x, y in word.quad.corners)
            height = QPointF(end - start)
            length = (height.x() ** 2 + height.y() ** 2) ** 0.5
            look = box_colours.look_of(word)
            lock, text = below if word.locked else None, labels.shortened(word.text, _MOST_TEXT)
            self._boxes[word_id] = _Box(box_outlines.outline(word.quad), look, corner, start, length, text, lock)
        self.update()

    def path(self, word_id: str) -> QPainterPath | None:
        """Return the outline of a word in pixels of the photo, or None."""
        box = self._boxes.get(word_id)
        return box.path if box else None

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """Return the area of the item, in pixels of the photo."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the visible boxes."""
        scale = painter.worldTransform().m11()
        reach = 2 * SIZE / scale
        seen = option.exposedRect.adjusted(-reach, -reach, reach, reach)
        ids = self._index.inside((seen.left(), seen.top(), seen.right(), seen.bottom()))
        if len(ids) > box_outlines.BRAIDED_UP_TO and not self.hidden:
            if not self.selected >= set(ids):  # fine lines are completely covered by those of the selection
                for look, paths in self._all_in_few().touching(seen).items():
                    box_outlines.stroke(painter, paths, self.colours.styles[look], self.colours.halo, Quality.THIN)
            return
        self._paint_each([word_id for word_id in ids if word_id not in self.hidden], painter, scale)

    def _paint_each(self, ids: Iterable[str], painter: QPainter, scale: float) -> None:
        by_look: dict[Look, list[_Box]] = {look: [] for look in Look}
        # The line of a selected box would be under the wider one of the selection.
        open_paths: dict[Look, list[QPainterPath]] = {look: [] for look in Look}
        for word_id in ids:
            box = self._boxes[word_id]
            by_look[box.look].append(box)
            if word_id not in self.selected:
                open_paths[box.look].append(box.path)
        shown = [box for boxes in by_look.values() for box in boxes]
        how = box_outlines.quality(painter, [box.path for box in shown], [box.height for box in shown])
        if self.busy and how is not Quality.THIN:
            # Found, but not read yet: a tint shows that the text is still to come.
            veil = QColor(self.colours.styles[Look.UNREAD].colour)
            veil.setAlpha(45)
            for box in by_look[Look.UNREAD]:
                painter.fillPath(box.path, veil)
        for look, paths in open_paths.items():
            box_outlines.stroke(painter, paths, self.colours.styles[look], self.colours.halo, how)
        if how is not Quality.THIN:
            self._paint_signs(painter, by_look, scale)

    def in_few(self, ids: Iterable[str]) -> TiledPaths[None]:
        """Return the outlines of these words as few paths."""
        boxes = (box for key in ids if (box := self._boxes.get(key)))
        return TiledPaths(((None, box.path) for box in boxes), self._content)

    def _all_in_few(self) -> TiledPaths[Look]:
        """Return all boxes as few paths, one for each style; cached until a word changes."""
        if self._merged is None:
            self._merged = TiledPaths(((box.look, box.path) for box in self._boxes.values()), self._content)
        return self._merged

    def _paint_signs(self, painter: QPainter, by_look: Mapping[Look, list[_Box]], scale: float) -> None:
        """Draw marks and texts in screen pixels, with the same size at every zoom."""
        to_screen = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        ratio = box_outlines.sharpness(painter)
        for look, boxes in by_look.items():
            if self.texts_shown:
                self._paint_texts(painter, [box for box in boxes if box.height * scale >= _TEXT_FROM], to_screen)
            large = [box for box in boxes if box.height * scale >= _MARK_FROM]
            if self.colours.styles[look].mark:
                self._paint_mark(painter, self._mark(look, ratio), (to_screen.map(box.corner) for box in large))
            locks = [box.below for box in large if box.below is not None]
            if locks:
                self._paint_mark(painter, self._mark(None, ratio), map(to_screen.map, locks))
        painter.restore()

    @staticmethod
    def _paint_mark(painter: QPainter, mark: QPixmap, places: Iterable[QPointF]) -> None:
        for place in places:
            painter.drawPixmap(QPointF(place.x() - SIZE / 2, place.y() - SIZE / 2), mark)

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

    def _mark(self, look: Look | None, ratio: float) -> QPixmap:
        """Return the mark of a style, or with None the padlock; made once for each device pixel ratio."""
        key = (look, ratio)
        if key not in self._marks:
            if look is None:
                self._marks[key] = draw_lock(self.colours, ratio)
            else:
                self._marks[key] = draw_mark(self.colours.styles[look], self.colours.halo, ratio)
        return self._marks[key]
