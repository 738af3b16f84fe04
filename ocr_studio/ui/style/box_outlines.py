"""Draws outlines of boxes in the same width at every zoom, in a quality that depends on their number.

Measured with 430 boxes in a window of 1280 x 800 pixels: a thick antialiased line on a halo around each box takes Qt
27 ms per frame; the same line composed of thin ones takes 9 ms. Thick lines are drawn box by box: thousands of boxes in
a single path take a hundred times as long, whereas thin lines take half the time.
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

# Tiles of the photo across and down: a visible quarter takes a third of the time of the whole photo.
_PARTS = 8


class TiledPaths(Generic[Key]):
    """Outlines grouped into one path per tile of the photo and key, such as the kind of box."""

    def __init__(self, boxes: Iterable[tuple[Key, QPainterPath]], area: QRectF) -> None:
        """Group the outlines.

        Args:
            boxes: Key and outline of each box, in pixels of the photo.
            area: The area that is divided into tiles; boxes outside are included.
        """
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
        """Return the paths, by key, that may overlap a rectangle of the photo."""
        found: dict[Key, list[QPainterPath]] = {}
        for place, path in self._paths.items():
            if self._bounds[place].intersects(seen):
                found.setdefault(place[0], []).append(path)
        return found


# The maximum number of visible boxes for braided lines, and of device pixels along all outlines for thick lines, which
# take 0.4 µs per pixel.
BRAIDED_UP_TO = 700
_FINE_LENGTH = 24_000.0
# Screen pixels: if the median box is lower, thick lines would cover its text.
_SLIM_BELOW = 24.0
# Device pixels of one outline that can be visible at most.
_LONGEST = 8_000.0


class Quality(Enum):
    """How outlines are drawn.

    FINE: thick lines. BRAIDED: thick lines composed of thin ones. SLIM: narrow lines without a halo, for small boxes
    whose text thicker lines would cover. THIN: one thin line with a halo on one side.
    """

    FINE = "fine"
    BRAIDED = "braided"
    SLIM = "slim"
    THIN = "thin"


def quality(painter: QPainter, paths: Sequence[QPainterPath], heights: Sequence[float]) -> Quality:
    """Return the best quality that is fast enough; painter, outlines and heights of boxes are in the photo's pixels."""
    if len(paths) > BRAIDED_UP_TO:
        return Quality.THIN
    if heights and median(heights) * painter.worldTransform().m11() < _SLIM_BELOW:
        return Quality.SLIM
    scale = painter.worldTransform().m11() * sharpness(painter)
    length = sum(min(_LONGEST, path.length() * scale) for path in paths)
    return Quality.FINE if length <= _FINE_LENGTH else Quality.BRAIDED


def outline(quad: Quad) -> QPainterPath:
    """Return the outline of a quad as a closed path."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in (*quad.corners, quad.corners[0])]))
    return path


def sharpness(painter: QPainter) -> float:
    """Return the device pixels per screen pixel: 2 on a screen at 200 %."""
    device = painter.device()
    return device.devicePixelRatio() if device else 1.0


def stroke(painter: QPainter, paths: Sequence[QPainterPath], style: BoxStyle, halo: QColor, how: Quality) -> None:
    """Draw outlines in two tones, a core of this style on a halo; painter and outlines are in the photo's pixels."""
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
        # Qt measures the width of cosmetic pens in device pixels.
        _draw(painter, paths, _pen(halo, (style.width + 2.0) * ratio))
        _draw(painter, paths, _pen(style.colour, style.width * ratio, style.dash))
    else:
        placed = painter.worldTransform()
        painter.setWorldTransform(placed * QTransform.fromTranslate(1 / ratio, 1 / ratio))
        _draw(painter, paths, _pen(halo, 1.0))
        painter.setWorldTransform(placed)
        _draw(painter, paths, _pen(style.colour, 1.0, style.dash))


def _braid(painter: QPainter, paths: Sequence[QPainterPath], style: BoxStyle, halo: QColor | None) -> None:
    """Draw thick lines composed of thin ones. The width of the style is in device pixels."""
    placed, thick, ratio = painter.worldTransform(), max(1, round(style.width)), sharpness(painter)
    core = _pen(style.colour, 1.0, [length * thick for length in style.dash])
    lines = [(core, range(thick))] if halo is None else [(_pen(halo, 1.0), (-1, thick)), (core, range(thick))]
    for line, steps in lines:
        # Antialiasing of the halo is invisible, but would double its time.
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
