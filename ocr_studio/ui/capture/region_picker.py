"""Shows a picture of the screen, on which the user drags a rectangle around what to read."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from ocr_studio.core.translation import tr

# Pixels. A smaller rectangle is a click.
_LEAST: Final = 8
_SHADE: Final = QColor(0, 0, 0, 110)
_FRAME: Final = QColor(255, 255, 255)
_HINT: Final = QColor(0, 0, 0, 235)
_MARGIN: Final = 12


class RegionPicker(QWidget):
    """Covers a screen with its picture.

    Signals:
        picked(QImage): what is inside the rectangle, in the screen's own pixels.
        cancelled(): the user pressed Esc or the right button.
    """

    picked = Signal(object)
    cancelled = Signal()

    def __init__(self, screen: QScreen, picture: QPixmap) -> None:
        """Cover a screen, once shown. picture: of the whole screen, with its device pixel ratio."""
        super().__init__()
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        self.setWindowFlags(flags | Qt.WindowType.BypassWindowManagerHint)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Read from the screen"))
        self.setAccessibleName(tr("Read from the screen"))
        self.setAccessibleDescription(_hint())
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self._picture = picture
        self._start: QPoint | None = None
        self.region = QRect()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin a rectangle, or cancel."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = event.position().toPoint()
            self.region = QRect()
            self.update()
        elif event.button() == Qt.MouseButton.RightButton:
            self.cancelled.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Change the rectangle."""
        if self._start is not None:
            start, end = self._start, event.position().toPoint()
            corner = QPoint(min(start.x(), end.x()), min(start.y(), end.y()))
            size = QSize(abs(end.x() - start.x()), abs(end.y() - start.y()))
            self.region = QRect(corner, size) & self.rect()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Take what is inside the rectangle."""
        if event.button() != Qt.MouseButton.LeftButton or self._start is None:
            return
        self._start = None
        if min(self.region.width(), self.region.height()) >= _LEAST:
            self._take(self.region)
        else:
            self.region = QRect()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Take the whole screen, or cancel."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.rect())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the picture, darker outside of the rectangle."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._picture)
        painter.fillRect(self.rect(), _SHADE)
        if self.region.isEmpty():
            self._draw_hint(painter)
            return
        painter.drawPixmap(self.region, self._picture, self._in_pixels(self.region))
        painter.setPen(QPen(_FRAME, 1, Qt.PenStyle.DashLine))
        painter.drawRect(self.region.adjusted(0, 0, -1, -1))

    def _draw_hint(self, painter: QPainter) -> None:
        font = QGuiApplication.font()
        font.setPointSizeF(1.3 * font.pointSizeF())
        painter.setFont(font)
        wide = self.width() - 6 * _MARGIN
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        text = QFontMetrics(font).boundingRect(QRect(0, 0, wide, self.height()), wrapped, _hint())
        box = QRect(QPoint(), text.size() + QSize(4 * _MARGIN, 2 * _MARGIN))
        box.moveCenter(QPoint(self.rect().center().x(), self.height() // 5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_HINT)
        painter.drawRoundedRect(box, _MARGIN, _MARGIN)
        painter.setPen(_FRAME)
        painter.drawText(box, wrapped, _hint())

    def _take(self, region: QRect) -> None:
        self.picked.emit(self._picture.copy(self._in_pixels(region)).toImage())

    def _in_pixels(self, region: QRect) -> QRect:
        """Return the place of a region in the picture's own pixels."""
        ratio = self._picture.width() / max(1, self.width())
        return QRect(region.topLeft() * ratio, region.size() * ratio) & QRect(QPoint(), self._picture.size())


def _hint() -> str:
    return tr("Drag around the text to read. Enter takes the whole screen, Esc cancels.")
