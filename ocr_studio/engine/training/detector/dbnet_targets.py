"""Training targets of the detector: the shrunken cores of lines, from the places of words (Liao et al. 2020).

The detector finds lines, while users mark words: words that follow each other closely become one line. What is unknown
(whether a wide gap separates two lines, the exact end of a core) is masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.page import TextSource, Transcription, Word
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.engine.detection.detector import measure_growth

Quads: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.floating[Any]]
Map: TypeAlias = NDArray[np.uint8]

# Shares of a line's height, see ``ribbons.fit_ribbon``. On synthetic boards of many writers the published network's
# cores, at 0.3, are 0.54 of a line's height thick and end 0.23 inside it, which this margin and shrinking reproduce; …
_MARGIN = 0.14
# … gaps up to the first are inside a line (nineteen of twenty), from the second on between lines (all).
_SAME_LINE, _OTHER_LINE = 1.0, 1.8
# Uncertainty of a core's edges: descenders and capitals move them, and boxes are a pixel or two off.
_UNCERTAINTY = 0.1
# Unclip ratio by which a core grows into its line: the detector's default.
_UNCLIP_RATIO = 1.5
_OUTLINE_POINTS = np.linspace(0.0, 1.0, 9)  # points on the outline of a bent line


@dataclass(frozen=True, slots=True)
class LineTargets:
    """The places of a photo's lines.

    Attributes:
        lines: (N, 6, 2) float32, pixels, around most of each word; as from ``Detector.find``.
        unclear: (M, 4, 2) places without a known target.
    """

    lines: Quads
    unclear: Quads

    @classmethod
    def of(cls, words: Iterable[Labelled], *, single: bool = False) -> LineTargets:
        """Create them from all words of a photo.

        Args:
            words: The words.
            single: Whether each word is a line of its own, for a detector of words.
        """
        known = list(words)
        unclear = [geometry.widen_quad(word.quad, _MARGIN) for word in known if word.ignore]
        written = [word for word in known if word.text and not word.ignore]
        lines: list[Floats] = [ribbons.fit_ribbon([word.quad.corners]) for word in written] if single else []
        for line in () if single else reading_order.find_lines(_words(written)):
            corners = np.array([word.quad.corners for word in line])
            height = geometry.measure_sizes(ribbons.fit_ribbon(corners)[None, :4])[0, 1]
            gaps = ribbons.measure_gaps(corners) / max(float(height), 1e-6)
            lines += [ribbons.fit_ribbon(part) for part in np.split(corners, np.flatnonzero(gaps > _OTHER_LINE) + 1)]
            doubtful = np.flatnonzero((gaps > _SAME_LINE) & (gaps <= _OTHER_LINE))
            unclear += [_gap_quad(corners[left], corners[left + 1]) for left in doubtful]
        return cls(np.array(lines, np.float32).reshape(-1, 6, 2), np.array(unclear, np.float32).reshape(-1, 4, 2))

    def scaled(self, scale: float) -> LineTargets:
        """Return them for a resized photo."""
        return LineTargets(self.lines * np.float32(scale), self.unclear * np.float32(scale))


def draw_targets(targets: LineTargets, matrix: ArrayLike, size: tuple[int, int]) -> tuple[Map, Map]:
    """Draw the targets of a tile and the mask where they are known, each (h, w) uint8, 0 or 1.

    Args:
        targets: The lines.
        matrix: (2, 3), from the photo's pixels to the tile's.
        size: (width, height) of the tile.
    """
    width, height = size
    cores, known = np.zeros((height, width), np.uint8), np.ones((height, width), np.uint8)
    # OpenCV fills the pixels an outline touches, half a pixel too much on every side.
    pixel = float(np.sqrt(abs(np.linalg.det(np.asarray(matrix, np.float64)[:, :2]))))
    shapes = [tuple(_outlines(line, less=0.5 / max(pixel, 1e-6))) for line in targets.lines]
    for wide, _, _ in shapes:
        _fill_outline(known, wide, matrix, 0)
    for _, core, narrow in shapes:
        _fill_outline(cores, core, matrix, 1)
        _fill_outline(known, narrow, matrix, 1)
    for quad in targets.unclear:
        _fill_outline(known, quad, matrix, 0)
    return cores, known


def _outlines(line: Quads, *, less: float) -> Iterator[Floats]:
    """Return outlines of a line's core, (K, 2): slightly larger, exact, slightly smaller; all shrunk by ``less``."""
    length, height = geometry.measure_sizes(line[None, :4])[0]
    margin = _MARGIN * height
    inset = measure_growth(length + 2 * margin, height + 2 * margin, grow=_UNCLIP_RATIO) / 2 - margin
    for band in (-_UNCERTAINTY, 0.0, _UNCERTAINTY):
        reach = inset + band * height + less
        x = reach / max(length, 1e-6) + _OUTLINE_POINTS * (1 - 2 * reach / max(length, 1e-6))
        y = reach / max(height, 1e-6)
        points = np.concatenate(
            [np.stack([x, np.full_like(x, y)], axis=1), np.stack([x[::-1], np.full_like(x, 1 - y)], axis=1)]
        )
        yield ribbons.map_to_ribbon(line, points)


def _fill_outline(mask: Map, outline: Floats, matrix: ArrayLike, value: int) -> None:
    """Fill an outline, (K, 2) pixels of the photo with corners at whole numbers; OpenCV counts from pixel centres."""
    turn = np.asarray(matrix, np.float64)
    points = outline @ turn[:, :2].T + turn[:, 2] - 0.5
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], (value,), shift=4)


def _words(labelled: Iterable[Labelled]) -> list[Word]:
    return [
        Word(f"{index:08}", word.quad, human=Transcription(word.text, TextSource.HUMAN))
        for index, word in enumerate(labelled)
    ]


def _gap_quad(left: Floats, right: Floats) -> Floats:
    """Return the area between two words, (4, 2)."""
    return np.stack([left[1], right[0], right[3], left[2]])
