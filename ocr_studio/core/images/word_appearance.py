"""Visual similarity of written words, without reading them.

Of the ink, stretched to one size, the directions of its edges are counted in cells of a grid (histograms of oriented
gradients; Dalal and Triggs 2005, https://doi.org/10.1109/CVPR.2005.177); two words are as alike as those counts point
in the same direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad

Floats = NDArray[np.float32]

# Pixels: the height that a word is cut out with, and the size its ink is stretched to; cells across, down, directions.
_HEIGHT: Final = 48
_WIDE, _HIGH = 96, 32
_ACROSS, _DOWN, _WAYS = 24, 8, 6
# A box is seldom drawn tight: a word's height of so much is added on every side.
_MARGIN: Final = 0.05
# Grey levels: what differs less from its surroundings is no ink.
_FAINTEST: Final = 8.0
# One word is no wider for its height than another by more than this, be it written hastily.
_STRETCH: Final = 2.0


@dataclass(frozen=True, slots=True)
class WordAppearance:
    """The appearance of a word.

    Attributes:
        directions: (cells × directions,) of length 1.
        shape: Width of the ink divided by its height.
    """

    directions: Floats
    shape: float


def describe_word(photo: Pyramid, quad: Quad) -> WordAppearance | None:
    """Describe the writing in a quad; None without ink."""
    corners = geometry.widen_quad(quad, _MARGIN)
    along, across = geometry.measure_sizes(corners)[0]
    width = max(4, round(_HEIGHT * float(along) / max(1.0, float(across))))
    return describe_picture(photo.warp(corners, (width, _HEIGHT)))


def describe_picture(picture: RGB) -> WordAppearance | None:
    """Describe a level picture of a word, (H, W, 3); None without ink."""
    ink = _find_ink(picture)
    if ink is None:
        return None
    return WordAppearance(_describe_directions(ink), ink.shape[1] / ink.shape[0])


def compute_likeness(one: WordAppearance, other: WordAppearance) -> float:
    """Compute the similarity of two words, 0..1: 1 for the same picture, about 0.6 for unrelated words."""
    if max(one.shape, other.shape) > _STRETCH * min(one.shape, other.shape):
        return 0.0
    return max(0.0, float(one.directions @ other.directions))


def _find_ink(picture: RGB) -> Floats | None:
    """Find the ink, 0..1, cropped tightly; of any colour, darker or brighter than the board."""
    # Coloured ink is dark in one of the colours, and bright ink on a dark board bright in one.
    grey = picture.min(axis=2)
    if np.median(grey) < 255 - np.median(picture.max(axis=2)):
        grey = 255 - picture.max(axis=2)
    reach = max(3, picture.shape[0] // 2) | 1
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    board = cv2.GaussianBlur(closed, (0, 0), reach / 3)
    depth = np.clip(board.astype(np.float32) - grey, 0, None)
    full = float(np.percentile(depth, 98))
    if full < _FAINTEST:
        return None
    depth = np.minimum(depth / full, 1.0)
    least, _ = cv2.threshold((depth * 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    inked = depth * 255 > least
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if len(rows) < 3 or len(columns) < 2:
        return None
    return np.asarray(depth[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.float32)


def _describe_directions(ink: Floats) -> Floats:
    stretched = cv2.resize(ink, (_WIDE, _HIGH), interpolation=cv2.INTER_AREA)
    across, down = cv2.Sobel(stretched, cv2.CV_32F, 1, 0), cv2.Sobel(stretched, cv2.CV_32F, 0, 1)
    steep, way = np.hypot(across, down), np.mod(np.arctan2(down, across), np.pi)
    cells = []
    for middle in np.arange(_WAYS) * np.pi / _WAYS:
        off = np.abs((way - middle + np.pi / 2) % np.pi - np.pi / 2)
        share = (steep * np.clip(1 - off * _WAYS / np.pi, 0, 1)).astype(np.float32)
        # Pens are never in the same place twice: a cell knows of its neighbours.
        cells.append(cv2.resize(cv2.GaussianBlur(share, (0, 0), 3), (_ACROSS, _DOWN), interpolation=cv2.INTER_AREA))
    counts: NDArray[np.floating[Any]] = np.stack(cells)
    strength = np.linalg.norm(counts, axis=0, keepdims=True)
    counts = counts / (strength + 0.1 * strength.max() + 1e-6)
    return np.asarray(counts.ravel() / (np.linalg.norm(counts) + 1e-6), np.float32)
