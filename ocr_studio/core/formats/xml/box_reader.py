"""Turns the outlines of a file into boxes on the photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ocr_studio.core.formats.exchange import MAX_PLACE, fit_quad
from ocr_studio.core.formats.xml.oddities import Oddities, Oddity
from ocr_studio.core.formats.xml.xml_input import Element
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Point, Quad

# Pixels by which a box may be beyond the photo without a notice.
_SLACK: Final = 1.0


class BoxReader:
    """Turns the outlines of a page into boxes, and counts what is odd about them.

    Attributes:
        width: Width of the page in the unit of the outlines; 0 if unknown.
        height: Its height.
        oddities: Counts.
        exact: Whether four corners begin where the text begins, as OCR Studio writes them.
    """

    def __init__(self, width: float, height: float, oddities: Oddities, *, exact: bool = False) -> None:
        self.width = width
        self.height = height
        self.oddities = oddities
        self.exact = exact

    def read(self, points: Sequence[Point] | None, element: Element, along: Point | None = None) -> Quad | None:
        """Fit a box to an outline, cut off at the edges of the page.

        Args:
            points: Two opposite corners, or the outline; None if there are none.
            element: Where it is in the file.
            along: The way the writing runs; None if unknown, then to the right.

        Returns:
            The box; None if there is none, which is counted as odd.
        """
        outline = None if points is None else self._cut(np.asarray(points, dtype=np.float64), element)
        quad = None if outline is None else fit_quad(outline.tolist(), exact=self.exact)
        if quad is None or outline is None:
            self.oddities.add(Oddity.NO_BOX, element)
            return None
        if self.exact and len(outline) == 4:
            return quad
        if along is not None and len(outline) > 4:
            return _fit_along(outline, along)
        along = along or (1.0, 0.0)
        return quad if _begins_right(quad, along) else orient(quad, along)

    def _cut(self, outline: geometry.Floats, element: Element) -> geometry.Floats | None:
        if len(outline) == 0 or not np.isfinite(outline).all():
            return None
        if not self.width or not self.height:
            return outline
        size = np.array([self.width, self.height])
        if (outline < -_SLACK).any() or (outline > size + _SLACK).any():
            self.oddities.add(Oddity.CUT, element)
        return np.clip(outline, 0.0, size)


def orient(quad: Quad, along: Point) -> Quad:
    """Let a box begin where the text begins that runs this way."""
    corners = np.asarray(geometry.order_corners(quad.corners), dtype=np.float64)
    edges = np.roll(corners, -1, axis=0) - corners
    ways = (edges - np.roll(edges, -2, axis=0)) @ np.asarray(along)
    lengths = np.maximum(np.linalg.norm(edges - np.roll(edges, -2, axis=0), axis=1), 1e-9)
    return Quad.from_array(np.roll(corners, -int(np.argmax(np.round(ways / lengths, 6))), axis=0))


def _fit_along(outline: geometry.Floats, along: Point) -> Quad:
    """Fit a rectangle around an outline that runs along the writing, as the smallest one of a short word may not."""
    way = np.asarray(along) / np.hypot(*along)
    x, y = outline @ way, outline @ np.array([-way[1], way[0]])
    corners = ((x.min(), y.min()), (x.max(), y.min()), (x.max(), y.max()), (x.min(), y.max()))
    return Quad.from_array([(u * way[0] - v * way[1], u * way[1] + v * way[0]) for u, v in corners])


def read_size(width: float | None, height: float | None) -> tuple[float, float]:
    """Read the width and height of a page; zeros if they are none."""
    if width is None or height is None or not (1 <= width <= MAX_PLACE and 1 <= height <= MAX_PLACE):
        return 0.0, 0.0
    return width, height


def _begins_right(quad: Quad, along: Point) -> bool:
    """Whether the corners are clockwise, and the first edge runs along the writing rather than across it."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad.corners
    x, y = bx - ax + cx - dx, by - ay + cy - dy
    is_clockwise = (cx - ax) * (dy - by) - (cy - ay) * (dx - bx) > 0
    return is_clockwise and x * along[0] + y * along[1] > abs(x * along[1] - y * along[0])


def find_direction(baseline: Sequence[Point]) -> Point | None:
    """The way from the first point of a baseline to the last; None if it has no extent."""
    if len(baseline) < 2:
        return None
    (left, top), (right, bottom) = baseline[0], baseline[-1]
    return (right - left, bottom - top) if abs(right - left) + abs(bottom - top) >= 1.0 else None
