"""The images of the preview: a few synthetic words and boards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ocr_studio.core.synth.dataset import WORD
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.synth.generate import Shown
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.elided_label import ElidedLabel

WORDS: Final = 12
BOARDS: Final = 2
_COLUMNS: Final = 3
_WORD_HEIGHT: Final = 44
_BOARD_HEIGHT: Final = 190
# Larger images are scaled down to this size, to save memory.
_MOST: Final = QSize(1400, 1000)


class SynthPreview(QScrollArea):
    """Words with their texts, and boards below; old samples stay until new ones replace them."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Preview"))
        self.words = [_WordCell() for _ in range(WORDS)]
        self.boards = [_Picture(_BOARD_HEIGHT) for _ in range(BOARDS)]
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(14)
        column.addLayout(_grid(self.words, _COLUMNS))
        column.addLayout(_grid(self.boards, BOARDS))
        column.addStretch(1)
        self.setWidget(inside)

    def offer(self, *, words: int, boards: int) -> None:
        """Set how many samples of each kind to expect."""
        for place, cell in enumerate(self.words):
            cell.setVisible(place < words)
        for place, board in enumerate(self.boards):
            board.setVisible(place < boards)

    def show_sample(self, shown: Shown, place: int) -> None:
        """Show a sample; ``place`` is its position among its kind, from 0."""
        if shown.kind == WORD:
            self.words[place].show_word(shown)
            return
        words = tr_n("{count} word", "{count} words", shown.examples)
        said = tr("Board with {words}: {text}", words=words, text=" ".join(shown.text.split()))
        self.boards[place].show_picture(_pixmap(shown), said)

    def clear(self) -> None:
        """Show nothing."""
        for cell in self.words:
            cell.clear()
        for board in self.boards:
            board.show_picture(QPixmap(), "")


class _Picture(QWidget):
    """An image scaled to the widget, aligned to the start of the line."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(height)

    @property
    def empty(self) -> bool:
        """Whether no image is shown."""
        return self._pixmap.isNull()

    def show_picture(self, pixmap: QPixmap, said: str) -> None:
        """Show an image; ``said`` is its accessible name and tooltip."""
        self._pixmap = pixmap
        self.setAccessibleName(said)
        self.setToolTip(labels.tooltip(labels.shortened(said, 400)))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the image, or a placeholder."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._pixmap.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colours().hover))
            painter.drawRoundedRect(self.rect(), 4, 4)
            return
        size = self._pixmap.deviceIndependentSize().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = self.width() - size.width() if self.isRightToLeft() else 0
        painter.drawPixmap(QRectF(QPointF(left, 0), size), self._pixmap, QRectF(self._pixmap.rect()))


class _WordCell(QWidget):
    """The image of a word with its text below."""

    def __init__(self) -> None:
        super().__init__()
        self.picture, self.text = _Picture(_WORD_HEIGHT), ElidedLabel()
        self.text.setProperty("quiet", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.picture)
        column.addWidget(self.text)

    def show_word(self, shown: Shown) -> None:
        """Show a word."""
        self.text.setText(shown.text)
        self.picture.show_picture(_pixmap(shown), tr("Word: {text}", text=shown.text))

    def clear(self) -> None:
        """Show nothing."""
        self.text.setText("")
        self.picture.show_picture(QPixmap(), "")


def _grid(widgets: Sequence[QWidget], columns: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(10)
    for number, widget in enumerate(widgets):
        grid.addWidget(widget, number // columns, number % columns)
    for column in range(columns):
        grid.setColumnStretch(column, 1)
    return grid


def _pixmap(shown: Shown) -> QPixmap:
    whole = image_convert.pixmap(shown.picture)
    if whole.width() <= _MOST.width() and whole.height() <= _MOST.height():
        return whole
    return whole.scaled(_MOST, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
