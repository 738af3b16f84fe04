"""Finds neighbouring boxes of a word detector that may be parts of one word."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.engine.recognition.line_crops import Quads, straight_ribbons

Floats: TypeAlias = NDArray[np.floating[Any]]

# Shares of the lower box's height: largest gap between parts of a word, and largest offset across the line.
_MAX_GAP: Final = 0.15
_MAX_OFFSET: Final = 0.4
_MAX_HEIGHT_RATIO: Final = 2.2
_MIN_COSINE: Final = 0.9  # of the angle between their directions
_MAX_OVERLAP: Final = 0.5  # of the narrower box


def find_pairs(corners: Floats) -> NDArray[np.intp]:
    """Return the pairs of boxes, left and right one, that may be parts of one word: (P, 2).

    corners: (N, 4, 2), without margins.
    """
    if len(corners) < 2:
        return np.zeros((0, 2), np.intp)
    sizes, along = geometry.measure_sizes(corners), geometry.find_directions(corners)
    between = corners.mean(axis=1)[None] - corners.mean(axis=1)[:, None]  # from the left one to the right one
    forth = (between * along[:, None]).sum(axis=2)
    aside = np.abs(between[..., 1] * along[:, None, 0] - between[..., 0] * along[:, None, 1])
    lower = np.minimum(sizes[:, None, 1], sizes[None, :, 1])
    narrower = np.minimum(sizes[:, None, 0], sizes[None, :, 0])
    gap = forth - (sizes[:, None, 0] + sizes[None, :, 0]) / 2
    fits = (
        (forth > 0)
        & (gap < _MAX_GAP * lower)
        & (gap > -_MAX_OVERLAP * narrower)
        & (aside < _MAX_OFFSET * lower)
        & (np.maximum(sizes[:, None, 1], sizes[None, :, 1]) < _MAX_HEIGHT_RATIO * lower)
        & (along @ along.T > _MIN_COSINE)
    )
    return np.argwhere(fits)


def join_quads(left: Quads, right: Quads) -> Quads:
    """Return the lines, (P, 6, 2), from the beginning of each left line to the end of each right one, (P, 6, 2)."""
    return straight_ribbons(np.stack([left[:, 0], right[:, 1], right[:, 2], left[:, 3]], axis=1))
