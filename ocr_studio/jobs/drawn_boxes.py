"""Boxes that a person drew over several lines, or with much room: what is read are the lines in them, joined."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import geometry, reading_order
from ocr_studio.core.dividing import joined_reading
from ocr_studio.core.page import Quad, Source, Transcription, Word

if TYPE_CHECKING:
    from ocr_studio.engine.reader import Reader

# Pixels: two lines that can be read need more. Shares of the highest line: what is lower is the rim of a line outside
# the box; lines whose middles are nearer to each other stand side by side.
_LEAST_HEIGHT, _RIM, _APART = 24, 0.5, 0.6
# A box this many times as high as its line has so much room that the letters would be read at half their size.
_ROOMY = 1.6
# To look for lines on the whole photo takes as long as in a dozen or two of boxes, each on its own. How high a single
# word is, that does not tell: one without ascenders fills two thirds of its line, and a letter or two, in a box no
# wider than so many times its height, still less. Nor does it tell of lines steeper than this in the box.
_MANY, _LOW, _SHORT, _SLOPE = 16, 0.7, 1.0, 0.5


class DrawnBoxes:
    """The boxes among these words of a photo that a person placed.

    image: (H, W, 3) uint8 RGB. Where there are many, the photo is looked at as a whole, once; only boxes that this
    leaves in doubt are then looked at on their own.
    """

    def __init__(self, reader: Reader, image: NDArray[np.uint8], words: Sequence[Word]) -> None:
        self._reader, self._image = reader, image
        self._many = sum(map(_may_hold_lines, words)) >= _MANY

    def lines_inside(self, word: Word, read: Transcription) -> Transcription | None:
        """What is written in a box over several lines or a loose one; in reading order, joined by spaces.

        read: what is read as it stands; where that is nothing, the box is looked at on its own in any case. None for
        all other boxes: they are read as they stand.
        """
        if not _may_hold_lines(word) or (self._many and read.text and _is_one_line(word.quad, self._lines)):
            return None
        crop = geometry.crop(self._image, word.quad)
        lines = self._reader.find(crop)
        if len(lines) == 0:
            return None
        heights = geometry.sizes(lines[:, :4])[:, 1]
        lines, highest = lines[heights >= _RIM * heights.max()], float(heights.max())
        if _fits_one_line(crop.shape[0], highest, lines[:, :4, 1].mean(axis=1)):
            return None
        found = {each.id: each for _, words in self._reader.read_lines(crop, lines) for each in words}
        parts = [found[key] for key in reading_order.order(found.values())]
        whole = Quad.from_box(0, 0, crop.shape[1], crop.shape[0])
        return joined_reading([(part.quad, part.machine) for part in parts if part.machine], whole)

    @cached_property
    def _lines(self) -> NDArray[np.float32]:
        """All lines of the photo, (N, 4, 2)."""
        return self._reader.find(self._image)[:, :4]


def _may_hold_lines(word: Word) -> bool:
    return word.quad_source is Source.HUMAN and geometry.size(word.quad)[1] >= _LEAST_HEIGHT


def _fits_one_line(height: float, highest: float, middles: NDArray[np.floating], *, clearly: float = 1.0) -> bool:
    """Whether what stands in a box stands side by side and fills it. Pixels: its height, that of the highest line, how
    far down their middles are. clearly: which share of what is allowed it must stay below.
    """
    return bool(np.ptp(middles) < clearly * _APART * highest and height < clearly * _ROOMY * highest)


def _is_one_line(quad: Quad, lines: NDArray[np.float32]) -> bool:
    """Whether, of the lines of a photo, (N, 4, 2), what reaches into the box is clearly one line that fills it."""
    width, height = geometry.size(quad)
    if width < _SHORT * height:
        return False
    box = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.array().astype(np.float32), box)
    left, top, right, bottom = quad.bounds()
    near = (lines.min(axis=1) < (right, bottom)).all(axis=1) & (lines.max(axis=1) > (left, top)).all(axis=1)
    if not near.any() or not np.isfinite(matrix).all():  # nothing seen, or three corners on one line
        return False
    parts: list[tuple[float, float]] = []
    for line in cv2.perspectiveTransform(lines[near], matrix):
        area, outline = cv2.intersectConvexConvex(line, box)
        if area < 1:
            continue
        along = line[1] - line[0]
        if abs(along[1]) > _SLOPE * abs(along[0]):
            return False
        across = max(float(np.ptp(outline[:, 0, 0])), 1.0)
        parts.append((area / across, float(outline[:, 0, 1].mean())))
    highest = max((tall for tall, _ in parts), default=0.0)
    middles = np.array([middle for tall, middle in parts if tall >= _RIM * highest])
    return bool(parts) and _fits_one_line(height, highest, middles, clearly=_LOW)
