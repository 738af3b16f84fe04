"""The card of the review queue: an enlarged word with its box, its line and its neighbours."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.page import Transcription
from ocr_studio.core.review import doubtful_letters
from ocr_studio.core.translation import tr
from ocr_studio.jobs.review.review_queue import CardMade
from ocr_studio.ui.style import box_colours

# Milliseconds after the last resize before cards of the new size are made.
_SETTLED_MS: Final = 150
# Opacity of the veil over everything but the word, 0 to 255.
_VEIL: Final = 60
_TEXT_SIZE: Final = 16  # pixels
_AIR: Final = 4.0  # screen pixels between the word and its outline


class CardView(QWidget):
    """Shows one card, or a message instead.

    Attributes:
        text: The message shown instead of a card.

    Signals:
        resized(int, int): the width and height available for cards, in physical pixels.
    """

    resized = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(56)
        self._pixmap = QPixmap()
        self._corners: Floats | None = None
        self._letters: tuple[float, ...] = ()
        self._prepared = b"", QPixmap()
        self.text = ""
        self._soon = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._soon.timeout.connect(self.tell_size)

    @property
    def has_card(self) -> bool:
        """Whether a card is shown."""
        return not self._pixmap.isNull()

    def show_card(self, card: CardMade, reading: Transcription | None) -> None:
        """Show a word; ``reading`` is the recognized text, whose uncertain characters are marked."""
        self._pixmap = self._prepared[1] if card.picture is self._prepared[0] else _unpacked(card)
        self._corners, self.text = card.corners, ""
        places = doubtful_letters.find_doubtful_letters(reading) if reading else ()
        known = reading is not None and len(reading.letters) == len(reading.text)
        self._letters = tuple(reading.letters[place] for place in places) if reading and known else ()
        self.setAccessibleName(tr("Word on its photo"))
        self.update()

    def prepare(self, card: CardMade) -> None:
        """Decode the card that is likely shown next while the current one is on screen."""
        if card.picture is not self._prepared[0]:
            self._prepared = card.picture, _unpacked(card)

    def show_text(self, text: str) -> None:
        """Show a message instead of a card."""
        self._pixmap, self._corners, self._letters, self.text = QPixmap(), None, (), text
        self.setAccessibleName(text)
        self.update()

    def tell_size(self) -> None:
        """Emit ``resized`` with the current size."""
        ratio = self.devicePixelRatioF()
        self.resized.emit(round(self.width() * ratio), round(self.height() * ratio))

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Wide, like a line of text."""
        return QSize(1000, 230)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Request cards of the new size once resizing stops."""
        super().resizeEvent(event)
        self._soon.start()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw the card in the centre."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), box_colours.current().board)
        if self._pixmap.isNull() or self._corners is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            font = painter.font()
            font.setPixelSize(_TEXT_SIZE)
            painter.setFont(font)
            room = self.rect().adjusted(24, 8, -24, -8)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.text)
            return
        scale = min(self.width() / self._pixmap.width(), self.height() / self._pixmap.height())
        width, height = self._pixmap.width() * scale, self._pixmap.height() * scale
        corner = QPointF((self.width() - width) / 2, (self.height() - height) / 2)
        painter.drawPixmap(QRectF(corner, QPointF(corner.x() + width, corner.y() + height)), self._pixmap,
                           QRectF(self._pixmap.rect()))  # fmt: skip
        points = self._corners * scale + np.array([corner.x(), corner.y()])
        self._mark(painter, points, QRectF(corner.x(), corner.y(), width, height))

    def _mark(self, painter: QPainter, points: Floats, room: QRectF) -> None:
        """Dim the surroundings and outline the word; ``points`` are its corners, (4, 2), in widget pixels."""
        middle = points.mean(axis=0)
        away = points - middle
        length = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1.0)
        word = QPolygonF([QPointF(x, y) for x, y in points + away / length * _AIR * 1.4])
        # The surroundings stay readable, but dimmed.
        around = QPainterPath()
        around.setFillRule(Qt.FillRule.OddEvenFill)  # the word is a hole; subtracting paths is far slower
        around.addRect(room)
        around.addPolygon(word)
        around.closeSubpath()
        veil = QColor(box_colours.current().board)
        veil.setAlpha(_VEIL)
        painter.save()
        painter.setClipRect(room)
        painter.fillPath(around, veil)
        painter.restore()
        now = box_colours.current()
        for colour, thick in ((now.halo, 4.0), (now.selection, 2.0)):
            painter.setPen(
                QPen(colour, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            painter.drawPolygon(word)
        self._mark_letters(painter, points)

    def _mark_letters(self, painter: QPainter, points: Floats) -> None:
        """Draw a mark below each uncertain character."""
        now = box_colours.current()
        doubt = now.styles[box_colours.Look.DOUBTFUL].colour
        down = points[3] - points[0]
        down = down / max(1.0, float(np.linalg.norm(down)))
        along = points[2] - points[3]
        along = along / max(1.0, float(np.linalg.norm(along)))
        for place in self._letters:
            foot = points[3] + (points[2] - points[3]) * place + down * (_AIR + 5)
            tick = QPolygonF([QPointF(*foot), *(QPointF(*(foot + down * 9 + along * side)) for side in (6, -6))])
            painter.setPen(QPen(now.halo, 1.5))
            painter.setBrush(doubt)
            painter.drawPolygon(tick)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _unpacked(card: CardMade) -> QPixmap:
    pixmap = QPixmap()
    pixmap.loadFromData(card.picture, "JPG")
    return pixmap
