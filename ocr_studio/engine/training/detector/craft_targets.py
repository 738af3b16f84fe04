"""Training targets of CRAFT: region and affinity maps from the places of letters or words (Baek et al. 2019).

A letter is a Gaussian around its centre, a link between two letters another one. If only words are known they are split
evenly, which is wrong for an i and an m but right on average.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.engine.detection.craft_boxes import HALF

Floats: TypeAlias = NDArray[np.floating[Any]]
Maps: TypeAlias = NDArray[np.float32]

# Steepness of the Gaussians: exp(−STEEPNESS² / 2) = 0.14 at the middle of a box's edge. Of values from 1.5 (keras-ocr)
# to 3.3 (the authors), the one with which ``craft_boxes``, with its thresholds, finds words in their real size.
STEEPNESS: Final = 2.0
_EXTENT: Final = 1.5  # half boxes from the centre; beyond, values are below 0.02
_SQUARE: Final = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
_MIN_AREA: Final = 1e-3  # square pixels; smaller boxes are ignored


@dataclass(frozen=True, slots=True, eq=False)
class LetterBoxes:
    """The places of a photo's letters.

    Attributes:
        words: For each word (L, 4, 2) pixels of the photo, its letters in order, each clockwise from the text's top
            left.
        unclear: (M, 4, 2) places without a known target.
    """

    words: tuple[Floats, ...]
    unclear: Floats

    @classmethod
    def of(cls, words: Iterable[Labelled]) -> LetterBoxes:
        """Create them from all words of a photo, split evenly."""
        all_words = list(words)
        unclear = [np.array(word.quad.corners) for word in all_words if word.ignore]
        letters = [
            part
            for word in all_words
            if word.text and not word.ignore
            for part in split_evenly(np.array(word.quad.corners), word.text)
        ]
        return cls(tuple(letters), np.array(unclear, np.float64).reshape(-1, 4, 2))


def split_evenly(corners: Floats, text: str) -> Iterator[Floats]:
    """Split a word's quad, (4, 2), into letters of equal width: (L, 4, 2); for each part between spaces.

    For text that is higher than wide, as from top to bottom, the quad's order of corners is kept, too.
    """
    if not text:
        return
    edges = np.linspace(0.0, 1.0, len(text) + 1)[:, None]
    top = corners[0] + edges * (corners[1] - corners[0])
    bottom = corners[3] + edges * (corners[2] - corners[3])
    boxes = np.stack([top[:-1], top[1:], bottom[1:], bottom[:-1]], axis=1)
    written = np.array([not letter.isspace() for letter in text])
    for part in np.split(np.arange(len(text)), np.flatnonzero(~written)):
        kept = part[written[part]]
        if len(kept):
            yield boxes[kept]


def link_boxes(letters: Floats) -> Floats:
    """Return the boxes that link each letter of a word, (L, 4, 2), to the next: (L − 1, 4, 2).

    Their corners are the centres of the upper and lower triangles formed by a box's diagonals, as in the paper.
    """
    centre = letters.mean(axis=1)
    upper = (letters[:, 0] + letters[:, 1] + centre) / 3
    lower = (letters[:, 2] + letters[:, 3] + centre) / 3
    return np.stack([upper[:-1], upper[1:], lower[1:], lower[:-1]], axis=1)


def draw_targets(boxes: LetterBoxes, matrix: ArrayLike, size: tuple[int, int]) -> tuple[Maps, Maps]:
    """Draw the target maps of a tile, and the mask where they are known.

    A map pixel stands for the input pixel with twice its coordinates, as in ``word_quads`` and keras-ocr.

    Args:
        boxes: The letters.
        matrix: (2, 3), from the photo's pixels to the tile's.
        size: (width, height) of the tile, even numbers.

    Returns:
        (height / 2, width / 2, 2) float32 0..1, region and affinity, and (height / 2, width / 2, 1), 1 where known.
    """
    width, height = size[0] // HALF, size[1] // HALF
    turn = np.asarray(matrix, np.float64) / HALF
    region, affinity = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    known = np.ones((height, width), np.uint8)
    for letters in boxes.words:
        _draw_gaussians(region, _transform_quads(letters, turn))
        if len(letters) > 1:
            _draw_gaussians(affinity, _transform_quads(link_boxes(letters), turn))
    for quad in _transform_quads(boxes.unclear, turn):
        cv2.fillPoly(known, [np.round(quad * 16).astype(np.int32)], (0,), shift=4)
    return np.stack([region, affinity], axis=-1), known[..., None].astype(np.float32)


def _transform_quads(quads: Floats, turn: Floats) -> Floats:
    """Transform quads, (N, 4, 2)."""
    return np.asarray(quads @ turn[:, :2].T + turn[:, 2])


def _draw_gaussians(canvas: Maps, quads: Sequence[Floats] | Floats) -> None:
    """Draw a Gaussian into each quad, (N, 4, 2) map pixels; where they overlap, the maximum counts."""
    height, width = canvas.shape
    for quad in quads:
        wide = quad.mean(axis=0) + _EXTENT * (quad - quad.mean(axis=0))
        left, top = np.clip(np.ceil(wide.min(axis=0)), 0, (width, height)).astype(int)
        right, bottom = np.clip(np.floor(wide.max(axis=0)) + 1, 0, (width, height)).astype(int)
        if right <= left or bottom <= top or geometry.measure_sizes(quad)[0].prod() < _MIN_AREA:
            continue
        if not cv2.isContourConvex(quad.astype(np.float32)):
            continue
        to_square = cv2.getPerspectiveTransform(quad.astype(np.float32), _SQUARE)
        columns, rows = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
        positions = np.stack([columns, rows], axis=-1).reshape(1, -1, 2).astype(np.float32)
        u, v = np.moveaxis(cv2.perspectiveTransform(positions, to_square)[0], -1, 0)
        gaussian = np.where(np.maximum(abs(u), abs(v)) <= _EXTENT, np.exp(-(STEEPNESS**2) / 2 * (u**2 + v**2)), 0.0)
        part = canvas[top:bottom, left:right]
        np.maximum(part, gaussian.reshape(part.shape).astype(np.float32), out=part)
