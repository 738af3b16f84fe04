"""A view that zooms to the mouse and pans."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputDevice,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from ocr_studio.ui.style import box_colours

STEP = 1.25
_MOST = 40.0
# Device pixels per pixel of the photo.
_LEAST = 0.01
# Screen pixels: margin around a photo that is shown whole, and around a word that is scrolled to.
_AIR = 16
_SIGHT = 56
# Qt's count for one notch of a wheel.
_NOTCH = 120.0
_RING = 2
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_SAME_AS_BEFORE = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class ZoomView(QGraphicsView):
    """Shows one rectangle of a scene. Its centre never leaves the rectangle.

    The wheel zooms, with Shift it pans sideways; on a trackpad two fingers pan, a pinch or Ctrl zooms.

    Signals: ``zoom_changed(float)`` device pixels per pixel of the photo; 1.0 is 100 %.
    """

    zoom_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._content = QRectF()
        self._fitted = True
        self._ring = False
        # Photos and their scroll bars are not mirrored in right-to-left languages.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setScene(QGraphicsScene(self))
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportMargins(_RING, _RING, _RING, _RING)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)

    @property
    def zoom(self) -> float:
        """Screen pixels (before the screen's own scaling) per pixel of the photo."""
        return self.transform().m11()

    @property
    def shows_whole(self) -> bool:
        """Whether the whole photo is shown, also after the window is resized."""
        return self._fitted

    @property
    def middle(self) -> tuple[float, float]:
        """The point of the scene in the centre of the view."""
        point = self.to_scene(QRectF(self.viewport().rect()).center())
        return point.x(), point.y()

    def look_at(self, middle: tuple[float, float], zoom: float) -> None:
        """Centre a point of the scene at a zoom as in ``zoom``."""
        self._fitted = False
        self._set_zoom(zoom, QPointF())
        self.centre_on(QPointF(*middle))

    def set_content(self, content: QRectF) -> None:
        """Set the shown rectangle of the scene, and fit it to the view."""
        self._content = content
        self.fit()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in (factor above 1) or out.

        Args:
            factor: Factor.
            at: Point of the viewport that stays in place; by default its centre.
        """
        self._fitted = False
        self._set_zoom(self.zoom * factor, at or QRectF(self.viewport().rect()).center())

    def fit(self) -> None:
        """Show the whole photo, also after the window is resized."""
        room = self.viewport().rect().adjusted(_AIR, _AIR, -_AIR, -_AIR)
        self._fitted = True
        if self._content.isEmpty() or room.isEmpty():
            return
        zoom = min(room.width() / self._content.width(), room.height() / self._content.height())
        self._set_zoom(zoom, QPointF())
        self.centre_on(self._content.center())

    def actual_size(self) -> None:
        """Zoom to 100 %: one pixel of the photo is one pixel of the screen."""
        self.zoom_by(1.0 / (self.zoom * self.devicePixelRatioF()))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the photo by pixels of the screen."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        # In right-to-left layouts Qt counts from the right.
        across.setValue(across.value() - round(-dx if self.isRightToLeft() else dx))
        down.setValue(down.value() - round(dy))

    def centre_on(self, point: QPointF) -> None:
        """Centre a point of the scene."""
        by = QRectF(self.viewport().rect()).center() - self.viewportTransform().map(point)
        self.pan_by(by.x(), by.y())

    def bring_into_sight(self, box: QRectF) -> None:
        """Pan as little as necessary to show a rectangle of the scene with a margin."""
        to_screen = self.viewportTransform()
        # No margin beyond the photo: a photo that is shown whole is not moved.
        whole = to_screen.mapRect(self._content).adjusted(-_AIR, -_AIR, _AIR, _AIR)
        shown = to_screen.mapRect(box)
        shown = shown.united(shown.adjusted(-_SIGHT, -_SIGHT, _SIGHT, _SIGHT).intersected(whole))
        area = QRectF(self.viewport().rect())
        if area.contains(shown):
            return
        dx = _least_move(shown.left(), shown.right(), area.right())
        dy = _least_move(shown.top(), shown.bottom(), area.bottom())
        self.pan_by(dx, dy)

    def to_scene(self, point: QPointF) -> QPointF:
        """Map a point of the viewport to the scene, with subpixel accuracy."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(point)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        """Zoom, or pan with a trackpad."""
        held, angle, pixels = event.modifiers(), event.angleDelta(), event.pixelDelta()
        trackpad = (
            event.phase() != Qt.ScrollPhase.NoScrollPhase or event.device().type() == QInputDevice.DeviceType.TouchPad
        )
        if held & Qt.KeyboardModifier.ShiftModifier or (trackpad and not held & Qt.KeyboardModifier.ControlModifier):
            by = QPointF(pixels) if not pixels.isNull() else QPointF(angle) * 0.5
            if held & Qt.KeyboardModifier.ShiftModifier and not by.x():
                by = QPointF(by.y(), 0.0)
            self.pan_by(by.x(), by.y())
        else:
            self.zoom_by(STEP ** ((angle.y() or angle.x()) / _NOTCH), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Pinch to zoom."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(max(0.2, 1.0 + event.value()), event.position())
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep the photo fitted, or the centre in place."""
        middle = self.to_scene(QPointF(event.oldSize().width() / 2, event.oldSize().height() / 2))
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        else:
            self._set_margins()
            self.centre_on(middle)

    def event(self, event: QEvent) -> bool:
        """Draw a focus ring if the focus was set with the keyboard."""
        done = super().event(event)
        if event.type() == QEvent.Type.Paint and self._ring and self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(box_colours.current().selection, _RING))
            painter.drawRect(QRectF(self.rect()).adjusted(_RING / 2, _RING / 2, -_RING / 2, -_RING / 2))
            painter.end()
        return done

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Show the focus ring if the focus was set with the keyboard."""
        super().focusInEvent(event)
        if event.reason() not in _SAME_AS_BEFORE:
            self._ring = event.reason() in _BY_KEY
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Hide the focus ring."""
        super().focusOutEvent(event)
        self.update()

    def _set_zoom(self, zoom: float, at: QPointF) -> None:
        if self._content.isEmpty():
            return
        ratio = self.devicePixelRatioF()
        zoom = min(max(zoom, _LEAST / ratio), _MOST)
        point = self.to_scene(at)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self._set_margins()
        by = at - self.viewportTransform().map(point)
        self.pan_by(by.x(), by.y())
        self.zoom_changed.emit(zoom * ratio)

    def _set_margins(self) -> None:
        """Add a margin of half a view, so that any point of the photo can be centred."""
        size, zoom = self.viewport().size(), self.zoom
        across, down = size.width() / 2 / zoom, size.height() / 2 / zoom
        self.setSceneRect(self._content.adjusted(-across, -down, across, down))


def _least_move(low: float, high: float, length: float) -> float:
    if high - low > length:
        return length / 2 - (low + high) / 2
    return max(0.0, -low) + min(0.0, length - high)
