"""A small picture of a photo with a rectangle of what is kept, moved with the mouse or the arrow keys."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import box_colours

# Shares of the picture: left, top, right, bottom.
Crop: TypeAlias = tuple[float, float, float, float]

WHOLE: Final[Crop] = (0.0, 0.0, 1.0, 1.0)
_LEAST: Final = 0.05
_STEP, _FAST = 0.002, 10.0
# Pixels of the screen: around the picture, radius of a handle, and distance at which the mouse grabs it.
_MARGIN, _RADIUS, _REACH = 12, 7.0, 16.0
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
# What each handle moves: horizontally the left (-1) or right (1) edge or none, and the same vertically.
_HANDLES: Final = ((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0))
_MOVE: Final = (0, 0)


class CropView(QWidget):
    """Handles at the corners and sides resize the rectangle, dragging its inside moves it.

    With the keyboard the arrows move the rectangle; the key . picks a corner, which they move then.

    Signals:
        changed(): the rectangle has changed.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.crop: Crop = WHOLE
        self._picture = QPixmap()
        self._held: tuple[int, int] | None = None
        self._from, self._before = QPointF(), WHOLE
        self._picked: tuple[int, int] = _MOVE
        self.setMinimumSize(320, 160)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Photo with the part that is kept"))
        self.setAccessibleDescription(tr("The arrow keys move the part that is kept; the key . picks a corner."))

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Large enough to see whether lines are level."""
        return QSize(720, 520)

    def show_picture(self, picture: QPixmap) -> None:
        """Show another picture under the same rectangle."""
        self._picture = picture
        self.update()

    def set_crop(self, crop: Crop) -> None:
        """Show this rectangle."""
        if crop != self.crop:
            self.crop = crop
            self.changed.emit()
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Grab a handle or the inside."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = self._at(event.position())
            self._from, self._before = event.position(), self.crop
            self._picked = self._held if self._held is not None and 0 not in self._held else _MOVE
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Drag what was grabbed, or show what can be."""
        if self._held is None:
            self.setCursor(_cursor(self._at(event.position())))
            return
        by, area = event.position() - self._from, self.area
        self.set_crop(_pull(self._before, self._held, by.x() / area.width(), by.y() / area.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Move with the arrows what is picked; the key . picks the next corner."""
        key = Qt.Key(event.key()) if event.key() in _ARROWS else None
        if key is not None:
            far = _STEP * (_FAST if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0)
            self.set_crop(_pull(self.crop, self._picked, far * _ARROWS[key][0], far * _ARROWS[key][1]))
        elif event.key() == Qt.Key.Key_Period:
            corners = (*_HANDLES[::2], _MOVE)
            self._picked = corners[(corners.index(self._picked) + 1) % len(corners)]
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the picture, dimmed where it is cropped, and the rectangle with thirds, which show what is level."""
        colours, area, kept = box_colours.current(), self.area, self._kept()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(area, self._picture, QRectF(self._picture.rect()))
        beside, inside = QPainterPath(), QPainterPath()
        beside.addRect(area)
        inside.addRect(kept)
        painter.fillPath(beside.subtracted(inside), QColor(0, 0, 0, 130))
        for third in (1 / 3, 2 / 3):
            x, y = kept.left() + third * kept.width(), kept.top() + third * kept.height()
            for pen in (QPen(QColor(255, 255, 255, 150), 2.0), QPen(QColor(0, 0, 0, 150), 1.0)):
                painter.setPen(pen)
                painter.drawLine(QPointF(x, kept.top()), QPointF(x, kept.bottom()))
                painter.drawLine(QPointF(kept.left(), y), QPointF(kept.right(), y))
        for pen in (QPen(colours.halo, 4.0), QPen(colours.selection, 2.0)):
            painter.setPen(pen)
            painter.drawRect(kept)
        whole = self._picked == _MOVE
        for handle in _HANDLES:
            picked = self.hasFocus() and (whole or handle == self._picked)
            painter.setPen(QPen(colours.selection, 2.0))
            painter.setBrush(colours.selection if picked else colours.handle)
            painter.drawEllipse(_place(kept, handle), _RADIUS, _RADIUS)
        painter.end()

    @property
    def area(self) -> QRectF:
        """Where the picture is shown, in pixels of the widget."""
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        size = self._picture.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, max(1, size.width()), max(1, size.height()))
        area.moveCenter(room.center())
        return area

    def _kept(self) -> QRectF:
        area, (left, top, right, bottom) = self.area, self.crop
        return QRectF(
            area.left() + left * area.width(), area.top() + top * area.height(),
            (right - left) * area.width(), (bottom - top) * area.height(),
        )  # fmt: skip

    def _at(self, point: QPointF) -> tuple[int, int] | None:
        """The handle at a point, ``_MOVE`` inside the rectangle, None beside it."""
        kept = self._kept()
        far = {handle: math.hypot(*(_place(kept, handle) - point).toTuple()) for handle in _HANDLES}
        nearest = min(_HANDLES, key=lambda handle: far[handle])
        if far[nearest] <= _REACH:
            return nearest
        return _MOVE if kept.contains(point) else None


def _place(kept: QRectF, handle: tuple[int, int]) -> QPointF:
    across, down = handle
    return kept.center() + QPointF(across * kept.width() / 2, down * kept.height() / 2)


def _pull(crop: Crop, handle: tuple[int, int], dx: float, dy: float) -> Crop:
    """Move what a handle moves, within the picture, and not beyond the opposite edge."""
    (left, right), (top, bottom) = (
        _pull_edges(crop[0], crop[2], handle, 0, dx),
        _pull_edges(crop[1], crop[3], handle, 1, dy),
    )
    return left, top, right, bottom


def _pull_edges(low: float, high: float, handle: tuple[int, int], axis: int, by: float) -> tuple[float, float]:
    if handle == _MOVE:
        by = min(max(by, -low), 1.0 - high)
        return low + by, high + by
    if handle[axis] < 0:
        return min(max(low + by, 0.0), high - _LEAST), high
    if handle[axis] > 0:
        return low, max(min(high + by, 1.0), low + _LEAST)
    return low, high


def _cursor(handle: tuple[int, int] | None) -> Qt.CursorShape:
    if handle is None:
        return Qt.CursorShape.ArrowCursor
    shapes = Qt.CursorShape
    across, down = handle
    if handle == _MOVE:
        return shapes.SizeAllCursor
    if not across or not down:
        return shapes.SizeHorCursor if across else shapes.SizeVerCursor
    return shapes.SizeFDiagCursor if across == down else shapes.SizeBDiagCursor
