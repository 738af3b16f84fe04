"""Quads on a photo: corner order, sizes, overlap and transformations.

Everywhere: x to the right, y down, pixels of the upright photo, corners clockwise from the text's own top left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.geometry import overlap
from ocr_studio.core.page import Point, Quad

Floats: TypeAlias = NDArray[np.floating[Any]]


def order_corners(points: ArrayLike) -> NDArray[np.float32]:
    """Order four corners clockwise from the corner where upright text would begin.

    The edge that points most to the right becomes the text's top, so writing is taken to slope less than 45°.
    points: (4, 2); returns (4, 2) float32.
    """
    corners = np.asarray(points, dtype=np.float64).reshape(4, 2)
    around = corners - corners.mean(axis=0)
    corners = corners[np.argsort(np.arctan2(around[:, 1], around[:, 0]), kind="stable")]
    edges = np.roll(corners, -1, axis=0) - corners
    along = edges - np.roll(edges, -2, axis=0)  # an edge and the opposite one, both read in the same direction
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-12)
    first = int(np.argmax(np.round(along[:, 0] / length, 6)))
    return np.roll(corners, -first, axis=0).astype(np.float32)


def measure_sizes(quads: ArrayLike) -> NDArray[np.float64]:
    """(N, 4, 2) -> (N, 2): width along the writing and height across it, each the mean of two opposite edges."""
    corners = np.asarray(quads, dtype=np.float64).reshape(-1, 4, 2)
    a, b, c, d = (corners[:, index] for index in range(4))
    width = np.linalg.norm(b - a, axis=1) + np.linalg.norm(c - d, axis=1)
    height = np.linalg.norm(d - a, axis=1) + np.linalg.norm(c - b, axis=1)
    return np.stack([width, height], axis=1) / 2


def measure_size(quad: Quad) -> tuple[float, float]:
    """(width, height) in pixels: along the writing and across it."""
    width, height = measure_sizes(quad.array())[0]
    return float(width), float(height)


def find_directions(quads: ArrayLike) -> NDArray[np.float64]:
    """(N, 4, 2) -> (N, 2): unit vectors the writing runs along; (1, 0) for a quad without extent.

    A quad without width stands across the writing.
    """
    corners = np.asarray(quads, dtype=np.float64).reshape(-1, 4, 2)
    along = corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]
    length = np.linalg.norm(along, axis=1, keepdims=True)
    if (length <= 1e-6).any():
        down = corners[:, 3] - corners[:, 0] + corners[:, 2] - corners[:, 1]
        along = np.where(length > 1e-6, along, down[:, ::-1] * (1.0, -1.0))
        length = np.linalg.norm(along, axis=1, keepdims=True)
    return np.where(length > 1e-6, along / np.maximum(length, 1e-6), (1.0, 0.0))


def measure_angle(quad: Quad) -> float:
    """The writing's slope in degrees, clockwise on the screen: 0 level, 90 straight down; in (-180, 180]."""
    x, y = find_directions(quad.array())[0]
    return math.degrees(math.atan2(float(y), float(x)))


def find_centre(quad: Quad) -> Point:
    """The mean of the four corners."""
    x, y = np.asarray(quad.corners).mean(axis=0)
    return float(x), float(y)


def measure_area(quad: Quad) -> float:
    """Square pixels inside the quad."""
    return float(overlap.compute_convex_hulls(quad.corners)[0].area)


def find_fraction(quad: Quad, point: Point) -> float:
    """How far along the writing a point stands: 0 = the quad's left edge .. 1 = its right edge; clipped."""
    corners = np.asarray(quad.corners)
    left, right = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    along = right - left
    length = float(along @ along)
    return min(1.0, max(0.0, float((np.asarray(point) - left) @ along) / length)) if length > 0 else 0.0


def compute_iou(a: Quad, b: Quad) -> float:
    """Intersection over union of two quads, 0..1; 0 where either has no area."""
    return float(compute_iou_matrix(np.asarray(a.corners)[None], np.asarray(b.corners)[None])[0, 0])


def compute_iou_matrix(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of every quad of ``a`` with every quad of ``b``.

    a: (N, 4, 2); b: (M, 4, 2); returns (N, M), 0..1. A quad that is not convex counts as its convex hull.
    """
    shared = overlap.compute_overlap(a, b)
    return shared.matrix(shared.iou)


def compute_cover_matrix(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Which share of every quad of ``a`` lies inside every quad of ``b``: (N, 4, 2), (M, 4, 2) -> (N, M), 0..1."""
    shared = overlap.compute_overlap(a, b)
    return shared.matrix(shared.cover_a)


def widen_quad(quad: Quad, margin: float) -> Floats:
    """Widen a quad on every side by a share of its height; returns corners, (4, 2)."""
    corners = np.asarray(quad.corners, dtype=np.float64)
    if not margin:
        return corners
    reach = margin * measure_sizes(corners)[0, 1]
    along = find_directions(corners)[0]
    across = np.array([-along[1], along[0]])
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    return np.asarray(corners + reach * (signs[:, :1] * along + signs[:, 1:] * across), dtype=np.float64)


def move_quad(quad: Quad, dx: float, dy: float) -> Quad:
    """Move a quad by dx pixels to the right and dy down."""
    return Quad.from_array(np.asarray(quad.corners) + np.array([dx, dy]))


def span_rectangle(one: Point, other: Point, degrees: float = 0.0) -> Quad:
    """Span a rectangle of this slope (see ``measure_angle``) between two opposite corners."""
    turn = math.radians(degrees)
    along, across = np.array([math.cos(turn), math.sin(turn)]), np.array([-math.sin(turn), math.cos(turn)])
    points = np.array([one, other], dtype=np.float64)
    (left, right), (top, bottom) = sorted(points @ along), sorted(points @ across)
    return Quad.from_array(
        [u * along + v * across for u, v in ((left, top), (right, top), (right, bottom), (left, bottom))]
    )


def rotate_quad(quad: Quad, degrees: float, *, about: Point | None = None) -> Quad:
    """Rotate a quad clockwise on the screen, about a point or its own centre."""
    pivot = np.asarray(find_centre(quad) if about is None else about)
    turn = math.radians(degrees)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return Quad.from_array((np.asarray(quad.corners) - pivot) @ matrix.T + pivot)


def turn_direction(quad: Quad, quarters: int) -> Quad:
    """Turn the direction of writing by so many times 90° clockwise on the screen; the outline stays."""
    return Quad.from_array(np.roll(np.asarray(quad.corners), -quarters, axis=0))


def replace_corner(quad: Quad, index: int, point: Point) -> Quad:
    """Replace one corner, 0..3."""
    corners = list(quad.corners)
    corners[index] = point
    return Quad.from_array(corners)


def clamp_quad(quad: Quad, width: float, height: float) -> Quad:
    """Push a quad, without bending it, into a photo of this size; a larger one is cut off at the borders."""
    left, top, right, bottom = quad.bounds()
    dx = max(0.0, -left) + min(0.0, width - right) if right - left <= width else 0.0
    dy = max(0.0, -top) + min(0.0, height - bottom) if bottom - top <= height else 0.0
    corners = np.asarray(quad.corners) + np.array([dx, dy])
    return Quad.from_array(np.clip(corners, 0, (width, height)))


def slice_quad(quad: Quad, start: float, end: float) -> Quad:
    """Return the part of a quad between two fractions along the writing, 0 = left edge .. 1 = right edge."""
    a, b, c, d = np.asarray(quad.corners, dtype=np.float64)
    return Quad.from_array([a + (b - a) * start, a + (b - a) * end, d + (c - d) * end, d + (c - d) * start])


def split_quad(quad: Quad, fraction: float) -> tuple[Quad, Quad]:
    """Split a quad at a fraction along the writing, 0..1, into its left and right parts."""
    return slice_quad(quad, 0.0, fraction), slice_quad(quad, fraction, 1.0)


def union_quad(quads: Iterable[Quad], *, along: Floats | None = None) -> Quad:
    """Return the smallest rectangle around all quads that follows the slope of the writing; ValueError for none.

    along: (2,), the way the writing runs; None: the mean of the quads' own slopes, weighted by their widths.
    """
    corners = np.array([quad.corners for quad in quads], dtype=np.float64)
    if len(corners) == 0:
        raise ValueError("no quads to join")
    if along is None:
        weights = measure_sizes(corners)[:, :1] + 1e-6
        along = (find_directions(corners) * weights).sum(axis=0)
    length = float(np.linalg.norm(along))
    along = along / length if length > 1e-6 else np.array([1.0, 0.0])
    across = np.array([-along[1], along[0]])
    flat = corners.reshape(-1, 2)
    x, y = flat @ along, flat @ across
    box = [(x.min(), y.min()), (x.max(), y.min()), (x.max(), y.max()), (x.min(), y.max())]
    return Quad.from_array([u * along + v * across for u, v in box])
