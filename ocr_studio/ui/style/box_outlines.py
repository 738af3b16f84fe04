"""Outlines of boxes, the same width at every zoom, at a price that suits their number.

Measured with 430 boxes in a window of 1280 x 800: one true thick, smooth line on its halo round each box costs Qt
27 ms a frame, the same out of fine lines side by side 9 ms. And thick lines are drawn box by box: thousands of boxes
in a single path cost a hundred times as much, where a fine line costs half.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from enum import Enum
from statistics import median
from typing import Generic, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from ocr_studio.core.page import Quad
from ocr_studio.ui.style.box_colours import BoxStyle

Key = TypeVar("Key", bound=Hashable)

# Parts of the photo across and down: a quarter of it in sight costs a third of the whole, and the calls hardly count.
_PARTS = 8


class TiledPaths(Generic[Key]):
    """All boxes of one key, which may be anything, in one part of the photo make one path."""

    def __init__(self, boxes: Iterable[tuple[Key, QPainterPath]], area: QRectF) -> None:
        """boxes: key and outline of each, in pixels of the photo. area: where they are; those outside count, too."""
        self._paths: dict[tuple[Key, int, int], QPainterPath] = {}
        across, down = area.width() / _PARTS or 1.0, area.height() / _PARTS or 1.0
        for key, path in boxes:
            start = path.elementAt(0)
            place = (key, int((start.x - area.x()) // across), int((start.y - area.y()) // down))
            if place not in self._paths:
                self._paths[place] = QPainterPath()
            self._paths[place].addPath(path)
        self._bounds = {place: path.controlPointRect() for place, path in self._paths.items()}

    def touching(self, seen: QRectF) -> dict[Key, list[QPainterPath]]:
        """The paths, by key, that may reach into a rectangle of the photo."""
        found: dict[Key, list[QPainterPath]] = {}
        for place, path in self._paths.items():
            if self._bounds[place].intersects(seen):
                found.setdefault(place[0], []).append(path)
        return found


# Boxes in sight; and pixels of the device along all their outlines, which is what thick lines cost by: 0.4 µs each.
BRAIDED_UP_TO = 700
_FINE_LENGTH = 24_000.0
# Screen pixels: most boxes lower than this, and the writing in them shall stay readable.
_SLIM_BELOW = 24.0
# No more of one box is ever in sight.
_LONGEST = 8_000.0


class Quality(Enum):
    """FINE: true thick lines; BRAIDED: thick lines out of fine ones; SLIM: narrow ones without a halo, round boxes so
    small that more would cover the writing; THIN: one fine line, a halo on one side.
    """

    FINE = "fine"
    BRAIDED = "braided"
    SLIM = "slim"
    THIN = "thin"


def quality(painter: QPainter, paths: Sequence[QPainterPath], heights: Sequence[float]) -> Quality:
    """What suits these outlines and can be afforded. paths, heights: in pixels of the photo, as is the painter."""
    if len(paths) > BRAIDED_UP_TO:
        return Quality.THIN
    if heights and median(heights) * painter.worldTransform().m11() < _SLIM_BELOW:
        return Quality.SLIM
    scale = painter.worldTransform().m11() * sharpness(painter)
    length = sum(min(_LONGEST, path.length() * scale) for path in paths)
    return Quality.FINE if length <= _FINE_LENGTH else Quality.BRAIDED


def outline(quad: Quad) -> QPainterPath:
    """The quad's outline as a path, closed."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in (*quad.corners, quad.corners[0])]))
    return path


def sharpness(painter: QPainter) -> float:
    """Pixels of the device per pixel of the screen's coordinates: 2 on a screen at 200 %."""
    device = painter.device()
    return device.devicePixelRatio() if device else 1.0


def stroke(painter: QPainter, paths: Sequence[QPainterPath], style: BoxStyle, halo: QColor, how: Quality) -> None:
    """Draw outlines in two tones. paths: in pixels of the photo, as is the painter."""
    if not paths:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, how is not Quality.THIN)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ratio = sharpness(painter)
    if how is Quality.BRAIDED:
        _braid(painter, paths, replace(style, width=style.width * ratio), halo)
    elif how is Quality.SLIM:
        _braid(painter, paths, replace(style, width=ratio), None)
    elif how is Quality.FINE:
        # Qt counts such widths in pixels of the device.
        _draw(painter, paths, _pen(halo, (style.width + 2.0) * ratio))
        _draw(painter, paths, _pen(style.colour, style.width * ratio, style.dash))
    else:
        placed = painter.worldTransform()
        painter.setWorldTransform(placed * QTransform.fromTranslate(1 / ratio, 1 / ratio))
        _draw(painter, paths, _pen(halo, 1.0))
        painter.setWorldTransform(placed)
        _draw(painter, paths, _pen(style.colour, 1.0, style.dash))


def _braid(painter: QPainter, paths: Sequence[QPainterPath], style: BoxStyle, halo: QColor | None) -> None:
    """style: its width in pixels of the device."""
    placed, thick, ratio = painter.worldTransform(), max(1, round(style.width)), sharpness(painter)
    core = _pen(style.colour, 1.0, [length * thick for length in style.dash])
    lines = [(core, range(thick))] if halo is None else [(_pen(halo, 1.0), (-1, thick)), (core, range(thick))]
    for line, steps in lines:
        # The halo's own smoothness is not seen, but costs half of its time.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, line is core)
        for step in steps:
            painter.setWorldTransform(placed * QTransform.fromTranslate(step / ratio, step / ratio))
            _draw(painter, paths, line)
    painter.setWorldTransform(placed)


def _draw(painter: QPainter, paths: Sequence[QPainterPath], line: QPen) -> None:
    painter.setPen(line)
    draw = painter.drawPath
    for path in paths:
        draw(path)


def _pen(colour: QColor, width: float, dash: Iterable[float] = ()) -> QPen:
    made = QPen(colour, width)
    made.setCosmetic(True)
    made.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if strokes := list(dash):
        made.setDashPattern(strokes)
    return made
