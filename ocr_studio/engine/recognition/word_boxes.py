"""Fits the boxes of a line's words to what a word detector has found and to their ink.

Each is too large in its own way: the detector's box where its map is coarse, the ink's where strokes of frames, arrows
and other lines touch the word. What belongs to both is the word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from ocr_studio.core.geometry.quads import Floats
from ocr_studio.engine.recognition.ink_mask import Box
from ocr_studio.engine.recognition.word_segmentation import Segment, Segmentation

# A box that was found belongs to a word if they share so much of the narrower one.
_SHARED: Final = 0.5
# The shares that must be left of a box's width, and of the height that was found.
_MIN_WIDTH, _MIN_HEIGHT = 0.6, 0.3


def tighten(segmentation: Segmentation, found: Floats) -> Segmentation:
    """Tighten the boxes of a line's words.

    Args:
        segmentation: The words, whose boxes are those of their ink.
        found: (K, 4, 2) the words that the detector has found in the line, in pixels of its crop.
    """
    low, high = found.min(axis=1), found.max(axis=1)

    def fit(segments: tuple[Segment, ...], *, whole: bool) -> tuple[Segment, ...]:
        if whole and len(segments) == len(found) == 1:
            return (replace(segments[0], box=_fit_only(segments[0].box, low[0], high[0])),)
        return tuple(replace(segment, box=_fit(segment.box, low, high)) for segment in segments)

    alternatives = tuple(
        replace(each, segments=fit(each.segments, whole=each.last - each.first == len(segmentation.segments)))
        for each in segmentation.alternatives
    )
    return replace(segmentation, segments=fit(segmentation.segments, whole=True), alternatives=alternatives)


def _fit_only(ink: Box, low: Floats, high: Floats) -> Box:
    """Fit the ink of the only word to the only box that was found, (2,) each; that box if they don't agree."""
    (left, top), (right, bottom) = np.maximum(ink[:2], low).tolist(), np.minimum(ink[2:], high).tolist()
    width, height = (high - low).tolist()
    if right - left >= _MIN_WIDTH * width and bottom - top >= _MIN_HEIGHT * height:
        return left, top, right, bottom
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _fit(ink: Box, low: Floats, high: Floats) -> Box:
    """Fit the ink of one of several words to the boxes that were found, (K, 2) each; the ink's if they don't agree,
    as a detector may take part of a word for one, or two words.
    """
    left, top, right, bottom = ink
    shared = np.minimum(high[:, 0], right) - np.maximum(low[:, 0], left)
    mine = shared > _SHARED * np.minimum(high[:, 0] - low[:, 0], right - left)
    if not mine.any():
        return ink
    (x0, y0), (x1, y1) = low[mine].min(axis=0).tolist(), high[mine].max(axis=0).tolist()
    if min(bottom, y1) - max(top, y0) < _MIN_HEIGHT * (y1 - y0):
        return ink
    if min(right, x1) - max(left, x0) >= _MIN_WIDTH * (right - left):
        left, right = max(left, x0), min(right, x1)
    return left, max(top, y0), right, min(bottom, y1)
