"""Boxes that a person drew over several lines, or with much room: what is read are the lines in them, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.editing.split_words import joined_reading
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad, Source, Transcription, Word
from ocr_studio.core.reading_order import layout as reading_order

if TYPE_CHECKING:
    from ocr_studio.engine.reader import Reader

# Pixels: two lines that can be read need more. Shares of the highest line: what is lower is the rim of a line outside
# the box; lines whose middles are nearer to each other stand side by side.
_LEAST_HEIGHT, _RIM, _APART = 24, 0.5, 0.6
# A box this many times as high as its line has so much room that the letters would be read at half their size.
_ROOMY = 1.6


def lines_inside(reader: Reader, image: NDArray[np.uint8], word: Word) -> Transcription | None:
    """What is written in a box that a person placed over several lines or loosely; in reading order, joined by spaces.

    image: (H, W, 3) uint8 RGB. None for all other boxes: they are read as they stand.
    """
    if word.quad_source is not Source.HUMAN or geometry.size(word.quad)[1] < _LEAST_HEIGHT:
        return None
    crop = geometry.crop(image, word.quad)
    lines = reader.find(crop)
    if len(lines) == 0:
        return None
    heights = geometry.sizes(lines[:, :4])[:, 1]
    lines, highest = lines[heights >= _RIM * heights.max()], float(heights.max())
    if np.ptp(lines[:, :4, 1].mean(axis=1)) < _APART * highest and crop.shape[0] < _ROOMY * highest:
        return None
    found = {each.id: each for _, words in reader.read_lines(crop, lines) for each in words}
    parts = [found[key] for key in reading_order.order(found.values())]
    whole = Quad.from_box(0, 0, crop.shape[1], crop.shape[0])
    return joined_reading([(part.quad, part.machine) for part in parts if part.machine], whole)
