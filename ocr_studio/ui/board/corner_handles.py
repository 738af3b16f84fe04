"""Four handles at the corners of the board, moved with the mouse or the arrow keys."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import board_corners
from ocr_studio.core.page import Quad
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.style import box_colours

# Screen pixels: radius of a handle, and distance from its centre at which the mouse grabs it.
_RADIUS, _REACH = 9.0, 18.0
_FAST = 10.0
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_DONE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class CornerHandles(QObject):
    """Shown while there are corners. Handles the mouse, Tab, arrows, Enter and Esc before the canvas does.

    Signals:
        moved(Quad): a corner was moved; the quad is in pixels of the photo.
        left(): Enter or Esc was pressed.
    """

    moved = Signal(object)
    left = Signal()

    def __init__(self, view: PhotoView) -> None:
        super().__init__(view)
        self._view = view
        self._quad: Quad | None = None
        self._held: int | None = None
        self.picked = 0
        self._item = _Outline(self)
        view.scene().addItem(self._item)
        view.viewport().installEventFilter(self)
        view.installEventFilter(self)

    @property
    def quad(self) -> Quad | None:
        """The corners that are shown."""
        return self._quad

    @property
    def content(self) -> QRectF:
        """The rectangle of the photo, in pixels of the photo."""
        page = self._view.document.page
        return QRectF(0, 0, page.width, page.height) if page else QRectF()

    def show(self, quad: Quad | None) -> None:
        """Show these corners, or none."""
        if self._held is None or quad is None:
            self._quad = quad
            self._held = None if quad is None else self._held
        self._item.set_shown(quad is not None)
        self._view.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Handle events for the corners before the canvas does."""
        if self._quad is None:
            return False
        if isinstance(event, QMouseEvent) and watched is self._view.viewport():
            return self._mouse(event)
        if isinstance(event, QKeyEvent) and watched is self._view:
            return self._key(event)
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._held = self._at(event.position())
            self.picked = self.picked if self._held is None else self._held
        elif kind == QEvent.Type.MouseMove and self._held is not None:
            self._put(self._held, self._view.to_scene(event.position()))
        elif kind == QEvent.Type.MouseMove and not event.buttons() and self._at(event.position()) is not None:
            self._view.viewport().setCursor(Qt.CursorShape.CrossCursor)
            return True
        elif kind == QEvent.Type.MouseButtonRelease and self._held is not None:
            self._held = None
            self.moved.emit(self._quad)
            return True
        if self._held is not None:
            self._view.viewport().update()
        return self._held is not None

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        mine = key in _ARROWS or key in _DONE or key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if not mine or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        event.accept()
        if event.type() == QEvent.Type.ShortcutOverride:
            return True
        if key in _DONE:
            self.left.emit()
        elif key in _ARROWS:
            far = _FAST if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            assert self._quad is not None
            x, y = self._quad.corners[self.picked]
            self._put(self.picked, QPointF(x + far * _ARROWS[key][0], y + far * _ARROWS[key][1]))
            self.moved.emit(self._quad)
        else:
            self.picked = (self.picked + (1 if key == Qt.Key.Key_Tab else -1)) % 4
        self._view.viewport().update()
        return True

    def _at(self, screen: QPointF) -> int | None:
        assert self._quad is not None
        to_screen = self._view.viewportTransform()
        far = [math.hypot(*(to_screen.map(QPointF(x, y)) - screen).toTuple()) for x, y in self._quad.corners]
        nearest = min(range(4), key=lambda index: far[index])
        return nearest if far[nearest] <= _REACH else None

    def _put(self, index: int, point: QPointF) -> None:
        """Move a corner, within the photo, unless the quad would no longer be convex."""
        assert self._quad is not None
        room = self.content
        x, y = min(max(point.x(), 0.0), room.width()), min(max(point.y(), 0.0), room.height())
        quad = geometry.replace_corner(self._quad, index, (x, y))
        if board_corners.is_clockwise(quad):
            self._quad = quad


class _Outline(QGraphicsItem):
    """Draws the outline of the board, its dimmed surroundings, and handles of constant size on the screen."""

    def __init__(self, handles: CornerHandles) -> None:
        super().__init__()
        self._handles = handles
        self._rect = QRectF()  # stored, as Qt asks for it even while the view is destroyed
        self.setVisible(False)
        self.setZValue(1.0)

    def set_shown(self, shown: bool) -> None:
        """Show or hide the outline."""
        self.prepareGeometryChange()
        room = self._handles.content
        self._rect = room.adjusted(-room.width(), -room.height(), room.width(), room.height())
        self.setVisible(shown)
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """The photo and the space around it that handles can cover at any zoom."""
        return self._rect

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw."""
        quad = self._handles.quad
        if quad is None:
            return
        chosen = box_colours.current()
        to_screen = painter.worldTransform()
        outline = to_screen.map(QPolygonF([QPointF(x, y) for x, y in quad.corners]))
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        beside, inside = QPainterPath(), QPainterPath()
        beside.addRect(to_screen.mapRect(self._handles.content))
        inside.addPolygon(outline)
        painter.fillPath(beside.subtracted(inside), QColor(0, 0, 0, 90))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(chosen.halo, 5.0), QPen(chosen.selection, 2.5)):
            painter.setPen(pen)
            painter.drawPolygon(outline)
        for index in range(4):
            painter.setPen(QPen(chosen.halo, 5.0))
            painter.drawEllipse(outline.at(index), _RADIUS, _RADIUS)
            painter.setPen(QPen(chosen.selection, 2.5))
            painter.setBrush(chosen.selection if index == self._handles.picked else chosen.handle)
            painter.drawEllipse(outline.at(index), _RADIUS, _RADIUS)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.restore()
