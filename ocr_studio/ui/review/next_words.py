"""Rows of small images of the next words in the review queue, which can be confirmed together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ocr_studio.core.review import doubtful_letters
from ocr_studio.core.translation import tr
from ocr_studio.jobs.review.review_queue import CardMade
from ocr_studio.ui.style import box_colours, labels, theme

# Together with the current word, as many as there are digit keys.
MOST: Final = 8
_LETTERS: Final = 200  # characters of the longest word that is shown
# Pixels: height of the image and of the text below it, least and greatest width of a word, padding, spacing.
_PICTURE, _TEXT, _NARROW, _WIDE, _AIR, _GAP = 34, 20, 64, 200, 6, 6
_FONT: Final = 14  # pixels
_ROW: Final = _PICTURE + _TEXT + 2 * _AIR
_KEPT: Final = 64  # images in memory


class ReviewStrip(QWidget):
    """Shows as many words as fit, each with its image, its recognized text, and the key that confirms all up to it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._cards: Sequence[CardMade] = ()
        self._pixmap = lru_cache(_KEPT)(self._load)
        self._doubtful = lru_cache(_KEPT)(doubtful_letters.find_doubtful_letters)
        self._places: list[QRectF] = []
        self._rows = 1

    def set_rows(self, rows: int) -> None:
        """Use this many rows. The height doesn't depend on the words, so the image above never moves."""
        if rows != self._rows:
            self._rows = rows
            self.updateGeometry()
            self._arrange()

    def show_cards(self, cards: Sequence[CardMade]) -> None:
        """Show as many of these words as fit, in this order."""
        fresh = tuple(cards[:MOST])
        # Called for each new card, also of words that are not shown.
        if list(map(id, fresh)) != list(map(id, self._cards)):
            self._cards = fresh
            self._arrange()

    @property
    def shown(self) -> tuple[CardMade, ...]:
        """The words that are visible."""
        return tuple(self._cards[: len(self._places)])

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """High enough for an image and a line of text in each row."""
        return QSize(600, self._rows * (_ROW + _GAP) - _GAP)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """No minimum width: words that do not fit are not shown."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show more or fewer words."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Draw the words, in reading direction."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        font = painter.font()
        font.setPixelSize(_FONT)
        painter.setFont(font)
        for number, (card, place) in enumerate(zip(self._cards, self._places, strict=False)):
            painter.setPen(QColor(theme.colours().line))
            painter.setBrush(box_colours.current().board)
            painter.drawRoundedRect(place, 5, 5)
            self._draw_picture(painter, card, place)
            self._draw_text(painter, card, place, labels.agreeing_key(number + 2))

    def _draw_picture(self, painter: QPainter, card: CardMade, place: QRectF) -> None:
        pixmap = self._pixmap(card.small)
        room = place.adjusted(_AIR, _AIR, -_AIR, -_AIR - _TEXT)
        size = pixmap.deviceIndependentSize()
        # On whole pixels, so that it is copied and not scaled again.
        left, top = room.center().x() - size.width() / 2, room.center().y() - size.height() / 2
        painter.drawPixmap(QPointF(round(left), round(top)), pixmap)

    def _draw_text(self, painter: QPainter, card: CardMade, place: QRectF, key: str) -> None:
        """Draw the recognized text, its uncertain characters marked as on the large card, and the key."""
        line = QRectF(place.left() + _AIR, place.bottom() - _TEXT - _AIR / 2, place.width() - 2 * _AIR, _TEXT)
        where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        metrics, text = painter.fontMetrics(), _text(card)
        reading = card.word.machine
        marked = reading is not None and reading.text == text
        doubtful = self._doubtful(reading) if reading and marked else ()
        left = line.left()
        plain, doubt = QColor(theme.colours().text), box_colours.current().styles[box_colours.Look.DOUBTFUL].colour
        for number, letter in enumerate(text):
            painter.setPen(doubt if number in doubtful else plain)
            width = metrics.horizontalAdvance(text[: number + 1]) - metrics.horizontalAdvance(text[:number])
            painter.drawText(QRectF(left, line.top(), width + _GAP, _TEXT), where, letter)
            if number in doubtful:
                below = line.center().y() + metrics.ascent() / 2 + 1
                painter.drawLine(QPointF(left, below), QPointF(left + width - 1, below))
            left += width
        painter.setPen(QColor(theme.colours().quiet))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, key)

    def _load(self, picture: bytes) -> QPixmap:
        """Decode and scale an image once, not at each repaint."""
        whole = QPixmap()
        whole.loadFromData(picture, "JPG")
        ratio = self.devicePixelRatioF()
        most = QSize(_WIDE, _PICTURE) * ratio
        scaled = whole.scaled(most, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        return scaled

    def _arrange(self) -> None:
        font = self.font()
        font.setPixelSize(_FONT)
        metrics = QFontMetrics(font)
        key_width = metrics.horizontalAdvance(labels.agreeing_key(MOST + 1))
        places, left, row = [], 0.0, 0
        for card in self._cards:
            size = self._pixmap(card.small).size()
            picture = _PICTURE * size.width() / max(1, size.height())
            text = metrics.horizontalAdvance(_text(card)) + 2 * _GAP + key_width
            width = max(min(picture, _WIDE), text, _NARROW) + 2 * _AIR
            if left and left + width > self.width():
                left, row = 0.0, row + 1
            # A word that is not fully visible cannot be confirmed.
            if text > _WIDE or len(card.word.text) > _LETTERS or left + width > self.width() or row >= self._rows:
                break
            places.append(QRectF(left + 0.5, row * (_ROW + _GAP) + 0.5, width - 1, _ROW - 1))
            left += width + _GAP
        if self.isRightToLeft():
            places = [QRectF(self.width() - place.right(), place.top(), place.width(), place.height())
                      for place in places]  # fmt: skip
        self._places = places
        texts = ", ".join(_text(card) for card in self.shown)
        self.setAccessibleName(tr("Next words: {words}", words=texts) if texts else tr("Next words"))
        self.update()


def _text(card: CardMade) -> str:
    return labels.shown(labels.shortened(card.word.text, _LETTERS))
