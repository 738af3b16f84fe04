"""Places on a photo that is turned and cropped: from its file to what is left of it, and back."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from ocr_studio.core.geometry.quads import Floats, find_centre, find_directions
from ocr_studio.core.page import Page, PhotoFrame, Quad

# Words that tell how a photo is held: characters of each, words of a photo, and their share that runs in one direction.
# A few words on their side are a label at the edge of a board.
_TELLING: Final = 2
_LEAST_WORDS: Final = 4
_MOST: Final = 0.75


def turn_frame(page: Page, quarters: int) -> PhotoFrame | None:
    """The frame of a page whose photo is turned by so many times 90° clockwise more; None: as the file has it."""
    before = page.facts.frame or PhotoFrame(*page.file_size)
    crop = before.crop
    if crop is not None:
        width, height = before.turned_size
        x, y = _turn(np.array([crop[:2], crop[2:]]), width, height, quarters).T.astype(int).tolist()
        crop = min(x), min(y), max(x), max(y)
    return simplify(replace(before, quarters=(before.quarters + quarters) % 4, crop=crop))


def simplify(frame: PhotoFrame) -> PhotoFrame | None:
    """The frame without a crop that leaves nothing out; None if nothing is turned or cropped."""
    if frame.crop == (0, 0, *frame.turned_size):
        frame = replace(frame, crop=None)
    return None if frame == PhotoFrame(frame.width, frame.height) else frame


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
        points = _leave_frame(points, before)
    if after is not None:
        points = _enter_frame(points, after)
    return Quad.from_array(points)


def is_inside(quad: Quad, frame: PhotoFrame | None) -> bool:
    """Whether the middle of a quad is on the turned and cropped photo; always without a crop."""
    if frame is None or frame.crop is None:
        return True
    (x, y), (width, height) = find_centre(quad), frame.size
    return 0 <= x <= width and 0 <= y <= height


def quad_in_file(page: Page, quad: Quad) -> Quad:
    """Where a quad of a page is on the upright photo as its file has it, and other programs see it."""
    return move_quad(quad, page.facts.frame, None)


def find_slant_matrix(frame: PhotoFrame) -> Floats:
    """The matrix, (2, 3), by which a slant moves points of the photo turned by quarters."""
    cos, sin = math.cos(math.radians(frame.slant)), math.sin(math.radians(frame.slant))
    turn = np.array([[cos, -sin], [sin, cos]])
    before, after = np.asarray(frame.level_size) / 2, np.asarray(frame.turned_size) / 2
    return np.column_stack([turn, after - turn @ before])


def _enter_frame(points: Floats, frame: PhotoFrame) -> Floats:
    points = _turn(points, frame.width, frame.height, frame.quarters)
    if frame.slant:
        matrix = find_slant_matrix(frame)
        points = points @ matrix[:, :2].T + matrix[:, 2]
    return points if frame.crop is None else points - np.asarray(frame.crop[:2])


def _leave_frame(points: Floats, frame: PhotoFrame) -> Floats:
    if frame.crop is not None:
        points = points + np.asarray(frame.crop[:2])
    if frame.slant:
        matrix = find_slant_matrix(frame)
        points = (points - matrix[:, 2]) @ matrix[:, :2]  # a rotation is undone by its transpose
    return _turn(points, *frame.level_size, -frame.quarters)


def _turn(points: Floats, width: int, height: int, quarters: int) -> Floats:
    """Turn points, (…, 2), along with a photo of this size, clockwise."""
    x, y = points[..., 0], points[..., 1]
    turned = ((x, y), (height - y, x), (width - x, height - y), (y, width - x))[quarters % 4]
    return np.stack(turned, axis=-1)
