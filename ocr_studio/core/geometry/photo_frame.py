"""Places on a photo that is turned: from its file to the turned photo, and back."""

from __future__ import annotations

from typing import Final

import numpy as np

from ocr_studio.core.geometry.quads import Floats, find_directions
from ocr_studio.core.page import Page, PhotoFrame, Quad

# Words that tell how a photo is held: characters of each, words of a photo, and their share that runs in one direction.
# A few words on their side are a label at the edge of a board.
_TELLING: Final = 2
_LEAST_WORDS: Final = 4
_MOST: Final = 0.75


def turn_frame(page: Page, quarters: int) -> PhotoFrame | None:
    """The frame of a page whose photo is turned by so many times 90° clockwise more; None: as the file has it."""
    before = page.facts.frame.quarters if page.facts.frame else 0
    after = (before + quarters) % 4
    return PhotoFrame(*page.file_size, after) if after else None


def find_turn(page: Page) -> int:
    """How many times a photo has to be turned by 90° clockwise so that most of its writing runs to the right.

    Returns:
        0..3; 0 also where there is little writing, or no direction has most of it.
    """
    read = [word for word in page.words.values() if word.machine and len(word.text) >= _TELLING]
    if len(read) < _LEAST_WORDS:
        return 0
    along = find_directions([word.quad.corners for word in read])
    degrees = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    turns = (-np.round(degrees / 90).astype(int)) % 4
    counts = np.bincount(turns, weights=[len(word.text) * (word.confidence or 0.0) for word in read], minlength=4)
    most = int(counts.argmax())
    return most if counts[most] > _MOST * counts.sum() else 0


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
