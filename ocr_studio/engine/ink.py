"""The ink of one line of writing: which pixels, its gaps, what of it belongs to the line, how much room it takes."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Crop: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.floating[Any]]
Box: TypeAlias = tuple[float, float, float, float]

# Shares of the crop's height, which a line fills to about two thirds.
_RULE = 1.5  # a level stroke this long is a rule or frame, no letter
_EDGE = 0.12  # so near the upper and lower edge stands what reaches in from other lines
_CORE = 0.3, 0.7  # every letter reaches into this band from … to …
_MARK = 0.6, 0.3  # what does not reach into it is a full stop, an accent, a quote: no wider and no higher than this
# Faint ink: how far the bar between ink and board is lowered below the middle between the two (Otsu 1979), and the
# least difference, in levels of 255, above the noise of a phone's camera.
_FAINT, _NOISE = 0.6, 14
_AIR = 0.04  # left around the ink: the soft rim of strokes, and what people leave who draw boxes by hand
# Fewer pixels than a full stop has in a crop of 48 pixels' height are dust.
_DUST = 6


def ink(crop: Crop) -> Mask:
    """Which pixels of a line are ink, dark or light, of any colour: (h, w) bool.

    crop: (h, w, 3) uint8. The board is the median around each place, as writing covers less than half of it; level
    rules are left out.
    """
    height, width = crop.shape[:2]
    small = cv2.resize(crop, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    reach = height // 4
    # Above and below a line there is board; but its outermost row alone may be an underline.
    margin = np.median(np.concatenate([small[:3], small[-3:]]), axis=0).astype(np.uint8)
    around = np.concatenate([np.tile(margin, (reach, 1, 1)), small, np.tile(margin, (reach, 1, 1))])
    board = cv2.medianBlur(around, 2 * reach + 1)[reach : reach + small.shape[0]]
    board = cv2.resize(board, (width, height))
    contrast = cv2.absdiff(crop, board).max(axis=2)
    bar, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = (contrast > max(_FAINT * bar, _NOISE)).astype(np.uint8)
    rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, int(_RULE * height)), np.uint8))
    # With the ragged upper and lower rim that is left of a rule drawn by hand.
    return np.asarray(mask > cv2.dilate(rules, np.ones((5, 3), np.uint8)))


def gaps(mask: Mask) -> Floats:
    """(G, 2): where columns without ink begin and end, the margins left and right of all ink left out."""
    height = mask.shape[0]
    edge = round(_EDGE * height)
    columns = mask[edge : height - edge].sum(axis=0) > 0
    inked = np.flatnonzero(columns)
    if len(inked) < 2:
        return np.zeros((0, 2))
    breaks = np.flatnonzero(np.diff(inked) > 1)
    return np.stack([inked[breaks] + 1, inked[breaks + 1]], axis=1).astype(np.float64)


def blobs(mask: Mask) -> Floats:
    """(K, 4) left, top, right, bottom of connected ink that belongs to this line and not to its neighbours."""
    height = mask.shape[0]
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    stats = stats[1:]
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    letter = (top < _CORE[1] * height) & (top + high > _CORE[0] * height)
    cut_off = (top == 0) | (top + high == height)
    mark = ~cut_off & (wide < _MARK[0] * height) & (high < _MARK[1] * height)
    own = (stats[:, cv2.CC_STAT_AREA] >= _DUST) & (letter | mark)
    return np.asarray(np.stack([left, top, left + wide, top + high], axis=1)[own], dtype=np.float64)


def tight(pieces: Floats, left: float, right: float, height: int) -> Box:
    """The box around the ink between two places, with a little air; ink that a cut goes through counts up to the cut.

    pieces: as ``blobs`` gives them. height: of the crop, the box's where there is no ink.
    """
    middle = (pieces[:, 0] + pieces[:, 2]) / 2
    mine = (middle >= left) & (middle < right)
    # A stroke drawn through two words: what lies in this one is more than a slanted letter's overhang.
    overhang = np.minimum(pieces[:, 2], right) - np.maximum(pieces[:, 0], left)
    crossing = ~mine & (overhang > height / 4)
    if not (mine | crossing).any():
        return left, 0.0, right, float(height)
    x0 = np.where(mine, pieces[:, 0], np.maximum(pieces[:, 0], left))[mine | crossing].min()
    x1 = np.where(mine, pieces[:, 2], np.minimum(pieces[:, 2], right))[mine | crossing].max()
    y0, y1 = pieces[mine | crossing, 1].min(), pieces[mine | crossing, 3].max()
    reach = height / 4
    air = _AIR * height
    return (
        float(max(x0, left - reach) - air),
        float(max(y0 - air, 0.0)),
        float(min(x1, right + reach) + air),
        float(min(y1 + air, height)),
    )
