"""The handles of a selected box: their positions, hit test, and effect on the box."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from ocr_studio.core.geometry import hit_tests
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Point, Quad

SIZE = 9.0
# For a small box, whose writing larger handles would cover.
_SMALL_SIZE = 5.0
_REACH = 8.0
# Screen pixels: shorter sides have no handle, to leave room for dragging the box itself.
_SIDE_FROM = 44.0
_TURN_AWAY = 26.0
# Inside a small box, the hit distance of handles is smaller, so that the rest moves the box.
_REACH_INSIDE = 4.0
_SMALL = 26.0
# Distance of the handles of a small box from its edges, to keep them off its writing.
_OUT = 5.0


class Handle(Enum):
    """Corners 0–3 clockwise from the text's top left, sides 4–7 clockwise from its top, and the rotation handle."""

    CORNER_0, CORNER_1, CORNER_2, CORNER_3 = 0, 1, 2, 3
    TOP, RIGHT, BOTTOM, LEFT = 4, 5, 6, 7
    TURN = 8


@dataclass(frozen=True, slots=True)
class Handles:
    """The handles of a box in screen pixels; ``root`` is where the stem of the rotation handle starts."""

    places: Mapping[Handle, QPointF]
    root: QPointF
    corners: Quad

    @property
    def size(self) -> float:
        """Their size in screen pixels."""
        return SIZE if min(geometry.measure_size(self.corners)) >= _SMALL else _SMALL_SIZE

    def at(self, point: QPointF) -> Handle | None:
        """Return the handle at a point of the screen, or None."""
        inside = hit_tests.contains_point(self.corners, (point.x(), point.y()))
        reach = _REACH_INSIDE if inside and min(geometry.measure_size(self.corners)) < _SMALL else _REACH
        near = {handle: math.hypot(*(place - point).toTuple()) for handle, place in self.places.items()}
        best = min(near, key=lambda handle: near[handle])
        return best if near[best] <= reach else None


def of(quad: Quad, to_screen: QTransform, area: QRectF) -> Handles:
    """Return the handles of a box.

    Args:
        quad: The box, in pixels of the photo.
        to_screen: Transform from the photo to the screen.
        area: The visible area of the screen. The rotation handle is above the text, or below it if it would not be
            visible there.
    """
    points = [to_screen.map(QPointF(x, y)) for x, y in quad.corners]
    corners = Quad.from_array([(p.x(), p.y()) for p in points])
    out = _OUT if min(geometry.measure_size(corners)) < _SMALL else 0.0
    grips = [QPointF(x, y) for x, y in _grown(corners, out)]
    places = dict(zip(list(Handle)[:4], grips, strict=True))
    for index, handle in enumerate((Handle.TOP, Handle.RIGHT, Handle.BOTTOM, Handle.LEFT)):
        start, end = grips[index], grips[(index + 1) % 4]
        if math.hypot(*(end - start).toTuple()) >= _SIDE_FROM:
            places[handle] = (start + end) / 2
    top, bottom = (points[0] + points[1]) / 2, (points[2] + points[3]) / 2
    up = top - bottom
    length = math.hypot(up.x(), up.y())
    away = up / length if length > 1 else QPointF(0, -1)
    above, below = top + away * _TURN_AWAY, bottom - away * _TURN_AWAY
    room = area.adjusted(SIZE, SIZE, -SIZE, -SIZE)
    seen = room.contains(above) or not room.contains(below)
    places[Handle.TURN] = above if seen else below
    return Handles(places, top if seen else bottom, corners)


def _grown(corners: Quad, by: float) -> NDArray[np.float64]:
    """Return the corners, (4, 2), moved outwards along both their sides."""
    points = np.asarray(corners.corners, dtype=np.float64)
    along = geometry.find_directions(points[None])[0]
    across = np.array([-along[1], along[0]])
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    return np.asarray(points + by * (signs[:, :1] * along + signs[:, 1:] * across))


def pulled(quad: Quad, handle: Handle, by: Point, *, free: bool = False) -> Quad:
    """Return the box after a handle was dragged.

    Dragging a corner keeps the angles of the box and the opposite corner; in a box that is not a parallelogram, only
    the corner moves. Dragging a side moves it perpendicularly. At least a pixel is left of the box.

    Args:
        quad: The box.
        handle: The handle.
        by: (dx, dy) in pixels of the photo.
        free: Move a corner alone.
    """
    corners = np.asarray(quad.corners, dtype=np.float64)
    if handle.value >= Handle.TOP.value:
        return _side_pulled(corners, handle.value - Handle.TOP.value, by)
    index = handle.value
    target = corners[index] + by
    if free or not _is_parallelogram(corners):
        return geometry.replace_corner(quad, index, (float(target[0]), float(target[1])))
    fixed = corners[index - 2]
    before, after = corners[index - 1] - fixed, corners[(index + 1) % 4] - fixed
    shares = np.linalg.solve(np.stack([before, after], axis=1), target - fixed)
    lengths = np.array([np.linalg.norm(before), np.linalg.norm(after)])
    share = np.maximum(shares, 1 / np.maximum(lengths, 1e-6))
    corners[index - 1] = fixed + share[0] * before
    corners[(index + 1) % 4] = fixed + share[1] * after
    corners[index] = fixed + share[0] * before + share[1] * after
    return Quad.from_array(corners)


def turned_by(quad: Quad, start: Point, now: Point) -> float:
    """Return the angle between two points as seen from the box's centre, in degrees clockwise, -180..180."""
    x, y = geometry.find_centre(quad)
    first, last = (math.atan2(point[1] - y, point[0] - x) for point in (start, now))
    return (math.degrees(last - first) + 180) % 360 - 180


def _side_pulled(corners: NDArray[np.float64], side: int, by: Point) -> Quad:
    one, other = side, (side + 1) % 4
    inward = (corners[side - 1] + corners[side - 2] - corners[one] - corners[other]) / 2
    depth = float(np.linalg.norm(inward))
    if depth < 1e-6:
        return Quad.from_array(corners)
    along = min(float(np.dot(by, inward)) / depth, depth - 1.0)
    # Move along the neighbouring sides, to keep their slopes.
    share = along / depth
    moved = corners.copy()
    moved[one] += share * (corners[side - 1] - corners[one])
    moved[other] += share * (corners[side - 2] - corners[other])
    return Quad.from_array(moved)


def _is_parallelogram(corners: NDArray[np.float64]) -> bool:
    a, b, c, d = corners
    if abs(float((b[0] - a[0]) * (d[1] - a[1]) - (b[1] - a[1]) * (d[0] - a[0]))) < 1e-6:
        return False
    return bool(np.abs(a + c - b - d).max() <= 0.02 * max(float(np.linalg.norm(c - a)), 1.0) + 0.05)
