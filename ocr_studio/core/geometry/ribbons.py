"""Lines of writing as ribbons: rectangles that may be bent like a parabola.

A ribbon is (6, 2): the corners, clockwise from the text's own top left, then the middles of the upper and lower edge.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.geometry import quads as geometry

Floats: TypeAlias = NDArray[np.floating[Any]]

# Only lines this long for their height show their direction by the words' places, and only lines with this deviation
# from a straight line, in heights, and this many words are bent: one high or low word bends none.
_MIN_ASPECT, _MIN_BEND, _MIN_WORDS = 3.0, 0.25, 4
_STEPS: Final = 3  # in which places on a bent line are found


def straight_ribbons(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert quads, (N, 4, 2), to straight lines, (N, 6, 2)."""
    middles = np.stack([corners[:, :2].mean(axis=1), corners[:, 2:].mean(axis=1)], axis=1)
    return np.asarray(np.concatenate([corners, middles], axis=1), dtype=np.float32)


def map_to_ribbon(ribbon: Floats, places: ArrayLike) -> Floats:
    """Map positions on a ribbon, (N, 2) shares 0..1 of its length and height, to points: (N, 2) in its frame."""
    a, b, c, d, upper, lower = np.asarray(ribbon, np.float64)
    x, y = np.asarray(places, np.float64).T[:, :, None]
    straight = a * (1 - x) * (1 - y) + b * x * (1 - y) + c * x * y + d * (1 - x) * y
    bend = (upper - (a + b) / 2) * (1 - y) + (lower - (c + d) / 2) * y
    return np.asarray(straight + 4 * x * (1 - x) * bend)


def find_on_ribbon(ribbon: Floats, points: ArrayLike) -> Floats:
    """Find points on a ribbon whose corners are a parallelogram: (N, 2) → (N, 2) shares of its length and height.

    The inverse of ``map_to_ribbon``.
    """
    ends, places = np.asarray(ribbon, np.float32)[:4], np.asarray(points, np.float64)
    matrix = cv2.getPerspectiveTransform(ends, np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32))
    straight = straight_ribbons(ends[None])[0]
    shares = cv2.perspectiveTransform(places[None], matrix)[0]
    for _ in range(_STEPS):
        bend = map_to_ribbon(ribbon, shares) - map_to_ribbon(straight, shares)
        shares = cv2.perspectiveTransform((places - bend)[None], matrix)[0]
    return np.asarray(shares)


def fit_ribbon(corners: ArrayLike) -> Floats:
    """Return the ribbon around the words of a line: (6, 2) as ``Detector.find``, a parabola if they follow one.

    Upright boxes may follow a slope: the direction of a long line is that of its words' places, not of their boxes.

    Args:
        corners: (W, 4, 2) of the words from left to right.
    """
    quads = np.asarray(corners, np.float64)
    widths = geometry.measure_sizes(quads)[:, 0] + 1e-6
    along = _normalize((geometry.find_directions(quads) * widths[:, None]).sum(axis=0))
    middles = np.stack([quads[:, [0, 3]].mean(axis=1), quads[:, [1, 2]].mean(axis=1)], axis=1).reshape(-1, 2)
    weights = np.sqrt(np.repeat(widths, 2))  # polyfit squares them
    height = float(np.median(geometry.measure_sizes(quads)[:, 1]))
    if len(quads) > 1 and np.ptp(middles @ along) > _MIN_ASPECT * height:
        u, v = _line_coordinates(middles, along)
        slope = float(np.polyfit(u, v, 1, w=weights)[0])
        along = _normalize(along + slope * np.array([-along[1], along[0]]))
    u, v = _line_coordinates(middles, along)
    first, last = float(_line_coordinates(quads, along)[0].min()), float(_line_coordinates(quads, along)[0].max())
    curve = np.zeros(3)
    if len(quads) >= _MIN_WORDS:
        bend = np.polyfit(u, v, 2, w=weights)
        if abs(bend[0]) * (last - first) ** 2 / 4 > _MIN_BEND * height:
            curve = np.asarray(bend)
    top, bottom = _line_edges(quads, along, curve)
    positions = np.array([first, last, last, first, (first + last) / 2, (first + last) / 2])
    edges = np.array([top, top, bottom, bottom, top, bottom]) + np.polyval(curve, positions)
    return np.asarray(positions[:, None] * along + edges[:, None] * np.array([-along[1], along[0]]))


def _line_edges(quads: Floats, along: Floats, curve: Floats) -> tuple[float, float]:
    """Return the distances of a line's upper and lower edge from its centre line in pixels, where three quarters of its
    words end.

    One large letter does not make a line higher, and upright boxes on a slope are higher than their words.
    """
    u, v = _line_coordinates(quads.mean(axis=1), along)
    sizes = geometry.measure_sizes(quads)
    forth, down = _line_coordinates(geometry.find_directions(quads), along)
    aslant = np.abs(down / np.maximum(forth, 0.5) - np.polyval(np.polyder(curve), u))
    spare = np.minimum(sizes[:, 0] * aslant, 0.5 * sizes[:, 1])
    half, off = (sizes[:, 1] - spare) / 2, v - np.polyval(curve, u)
    return -_weighted_percentile(half - off, sizes[:, 0]), _weighted_percentile(half + off, sizes[:, 0])


def _weighted_percentile(reach: Floats, widths: Floats) -> float:
    """Return the 75th percentile of the words' extents, weighted by their widths."""
    order = np.argsort(reach)
    share = np.cumsum(widths[order]) / max(float(widths.sum()), 1e-9)
    return float(reach[order][min(int(np.searchsorted(share, 0.75)), len(order) - 1)])


def measure_gaps(corners: Floats) -> Floats:
    """Return the gaps in pixels between neighbouring words, (W, 4, 2), along the line."""
    right, left = corners[:, [1, 2]].mean(axis=1), corners[:, [0, 3]].mean(axis=1)
    along = geometry.find_directions(corners)
    both = along[:-1] + along[1:]
    return np.asarray(((left[1:] - right[:-1]) * both).sum(axis=1) / 2)


def _normalize(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.array([1.0, 0.0])


def _line_coordinates(points: Floats, along: Floats) -> tuple[Floats, Floats]:
    """Return coordinates of points, (…, 2), along a direction and across it."""
    return points @ along, points @ np.array([-along[1], along[0]])
