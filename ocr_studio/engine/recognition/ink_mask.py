"""The ink of a line: mask, gaps, connected components that belong to it, bounding boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Crop: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.floating[Any]]
Stats: TypeAlias = NDArray[np.int32]  # rows of OpenCV's component statistics, the background first
Box: TypeAlias = tuple[float, float, float, float]

# Shares of the crop's height, of which a line takes about two thirds.
_RULE_LENGTH = 1.5  # a horizontal stroke this long is a rule or frame, not a letter
_FRAME_WIDTH = 0.3  # a vertical stroke from edge to edge, at most this wide, is part of a frame or table
_EDGE_MARGIN = 0.12  # components this close to an edge may belong to other lines
_LETTER_BAND = 0.3, 0.7  # every letter reaches into this band, from … to …
_MARK_SIZE = 0.6, 0.3  # outside the band only small marks belong to the line: full stops, accents, quotes
# Faint ink: share by which the threshold is below the middle between ink and board (Otsu 1979), and the minimum
# difference (of 255), above the noise of a phone's camera.
_FAINT, _NOISE = 0.6, 14
_MARGIN = 0.04  # margin around the ink: soft edges, and as drawn by annotators
# Smaller components are dust; a full stop has more pixels in a crop of 48 pixels' height.
_MIN_AREA = 6


@dataclass(frozen=True, slots=True)
class InkMask:
    """The ink of a line, dark or light, in any colour, without rules and frames.

    Attributes:
        mask: (h, w) bool.
        pieces: (K, 4) left, top, right, bottom of the components that belong to this line and not to its neighbours.
    """

    mask: Mask
    pieces: Floats

    @classmethod
    def of(cls, crop: Crop) -> InkMask:
        """Find the ink of a levelled crop, (h, w, 3) uint8."""
        height = crop.shape[0]
        mask = _threshold(crop)
        rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, int(_RULE_LENGTH * height)), np.uint8))
        # Including the ragged edges of hand-drawn rules.
        mask = (mask > cv2.dilate(rules, np.ones((5, 3), np.uint8))).astype(np.uint8)
        _, labels, found, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        stats = np.asarray(found, np.int32)
        frames = _find_frames(stats, height)
        if frames.any():
            mask[frames[labels]] = 0
        return cls(mask > 0, _line_components(stats[1:][~frames[1:]], height))

    @property
    def stroke(self) -> float:
        """Return the stroke width in pixels: twice the median distance from centre to edge; 0 without ink."""
        inside = cv2.distanceTransform(self.mask.astype(np.uint8), cv2.DIST_L2, 3)
        ridge = inside[(inside > 0) & (inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)))]
        return float(2 * np.median(ridge)) if len(ridge) else 0.0

    def gaps(self) -> Floats:
        """Return the gaps between inked columns, (G, 2) begin and end, without the outer margins."""
        edge = round(_EDGE_MARGIN * self.mask.shape[0])
        columns = self.mask[edge : self.mask.shape[0] - edge].any(axis=0)
        inked = np.flatnonzero(columns)
        if len(inked) < 2:
            return np.zeros((0, 2))
        breaks = np.flatnonzero(np.diff(inked) > 1)
        return np.stack([inked[breaks] + 1, inked[breaks + 1]], axis=1).astype(np.float64)

    def box(self, left: float, right: float) -> Box:
        """Return the box around the ink between two places, with a small margin. Ink at a cut counts up to the cut.

        Without ink it is the whole area between the places.
        """
        pieces, height = self.pieces, self.mask.shape[0]
        middle = (pieces[:, 0] + pieces[:, 2]) / 2
        mine = (middle >= left) & (middle < right)
        # A stroke through two words: the part in this word is more than a slanted letter's overhang.
        overhang = np.minimum(pieces[:, 2], right) - np.maximum(pieces[:, 0], left)
        crossing = ~mine & (overhang > height / 4)
        if not (mine | crossing).any():
            return left, 0.0, right, float(height)
        x0 = np.where(mine, pieces[:, 0], np.maximum(pieces[:, 0], left))[mine | crossing].min()
        x1 = np.where(mine, pieces[:, 2], np.minimum(pieces[:, 2], right))[mine | crossing].max()
        y0, y1 = pieces[mine | crossing, 1].min(), pieces[mine | crossing, 3].max()
        reach = height / 4
        margin = _MARGIN * height
        return (
            float(max(x0, left - reach) - margin),
            float(max(y0 - margin, 0.0)),
            float(min(x1, right + reach) + margin),
            float(min(y1 + margin, height)),
        )


def _threshold(crop: Crop) -> Crop:
    """Return a mask of pixels that differ from the board, (h, w), 1 or 0. The board is the local median, as ink covers
    less than half of it.
    """
    height, width = crop.shape[:2]
    small = cv2.resize(crop, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    reach = height // 4
    # The board is above and below a line; the outermost row alone may be an underline.
    margin = np.median(np.concatenate([small[:3], small[-3:]]), axis=0).astype(np.uint8)
    around = np.concatenate([np.tile(margin, (reach, 1, 1)), small, np.tile(margin, (reach, 1, 1))])
    board = cv2.medianBlur(around, 2 * reach + 1)[reach : reach + small.shape[0]]
    board = cv2.resize(board, (width, height))
    red, green, blue = cv2.split(cv2.absdiff(crop, board))
    contrast = cv2.max(cv2.max(red, green), blue)
    bar, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(contrast > max(_FAINT * bar, _NOISE), np.uint8)


def _find_frames(stats: Stats, height: int) -> Mask:
    """Return the components that are vertical lines of a frame or table: thin, and crossing from top to bottom."""
    top, high, wide = (stats[:, column] for column in (cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH))
    frames = (top == 0) & (high == height) & (wide < _FRAME_WIDTH * height)
    frames[0] = False  # the background
    return np.asarray(frames)


def _line_components(stats: Stats, height: int) -> Floats:
    """Return the boxes of the components that are letters or marks of this line."""
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    letter = (top < _LETTER_BAND[1] * height) & (top + high > _LETTER_BAND[0] * height)
    cut_off = (top == 0) | (top + high == height)
    mark = ~cut_off & (wide < _MARK_SIZE[0] * height) & (high < _MARK_SIZE[1] * height)
    own = (stats[:, cv2.CC_STAT_AREA] >= _MIN_AREA) & (letter | mark)
    return np.asarray(np.stack([left, top, left + wide, top + high], axis=1)[own], dtype=np.float64)
