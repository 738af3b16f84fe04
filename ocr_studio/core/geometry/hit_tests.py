"""Hit tests: points inside quads, and inside outlines drawn by hand."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.page import Point, Quad


def find_points_inside(points: ArrayLike, outline: ArrayLike, *, tolerance: float = 0.0) -> NDArray[np.bool_]:
    """Find the points inside an outline: (N, 2), (M, 2) -> (N,).

    The outline closes by itself, from its last point to its first. What it goes round twice is inside, too, so that a
    loop in the hand's line leaves no hole (winding number). tolerance: pixels by which the outline may be simplified.
    """
    spots = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    corners = _simplify_corners(np.asarray(outline, dtype=np.float64).reshape(-1, 2), tolerance)
    if len(corners) < 3 or len(spots) == 0:
        return np.zeros(len(spots), dtype=np.bool_)
    start, end = corners, np.roll(corners, -1, axis=0)
    x, y = spots[:, :1], spots[:, 1:]
    # Above zero where the point lies to the right of an edge that goes down.
    side = (end[:, 0] - start[:, 0]) * (y - start[:, 1]) - (end[:, 1] - start[:, 1]) * (x - start[:, 0])
    down = (start[:, 1] <= y) & (y < end[:, 1]) & (side > 0)
    up = (end[:, 1] <= y) & (y < start[:, 1]) & (side < 0)
    return np.asarray(down.sum(axis=1) != up.sum(axis=1))


def _simplify_corners(corners: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    if tolerance <= 0 or len(corners) < 3:
        return corners
    return np.asarray(cv2.approxPolyDP(corners.astype(np.float32), tolerance, closed=True), np.float64).reshape(-1, 2)


def contains_point(quad: Quad, point: Point) -> bool:
    """Whether the point lies inside the quad or on its edge."""
    corners = np.asarray(quad.corners, dtype=np.float64) - np.asarray(point, dtype=np.float64)
    return cv2.pointPolygonTest(corners.astype(np.float32), (0.0, 0.0), measureDist=False) >= 0
