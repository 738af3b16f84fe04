"""Places on a photo that is turned: from its file to the turned photo, and back."""

from __future__ import annotations

import numpy as np

from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.page import Page, PhotoFrame, Quad


def turn_frame(page: Page, quarters: int) -> PhotoFrame | None:
    """The frame of a page whose photo is turned by so many times 90° clockwise more; None: as the file has it."""
    before = page.facts.frame.quarters if page.facts.frame else 0
    after = (before + quarters) % 4
    return PhotoFrame(*page.file_size, after) if after else None


def move_quad(quad: Quad, before: PhotoFrame | None, after: PhotoFrame | None) -> Quad:
    """Where the writing in a quad is once a photo has another frame."""
    if before == after:
        return quad
    points: Floats = np.asarray(quad.corners, dtype=np.float64)
    if before is not None:
        points = _turn(points, *before.size, -before.quarters)
    if after is not None:
        points = _turn(points, after.width, after.height, after.quarters)
    return Quad.from_array(points)


def quad_in_file(page: Page, quad: Quad) -> Quad:
    """Where a quad of a page is on the upright photo as its file has it, and other programs see it."""
    return move_quad(quad, page.facts.frame, None)


def _turn(points: Floats, width: int, height: int, quarters: int) -> Floats:
    """Turn points, (…, 2), along with a photo of this size, clockwise."""
    x, y = points[..., 0], points[..., 1]
    turned = ((x, y), (height - y, x), (width - x, height - y), (y, width - x))[quarters % 4]
    return np.stack(turned, axis=-1)
