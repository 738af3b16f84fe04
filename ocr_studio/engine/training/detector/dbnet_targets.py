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

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.metrics import Labelled
from ocr_studio.core.page import TextSource, Transcription, Word
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.engine.detection.detector import measure_growth

Quads: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.floating[Any]]
Map: TypeAlias = NDArray[np.uint8]

# Shares of a line's height, see ``_line_edges``. On synthetic boards of many writers the published network's cores, at
# 0.3, are 0.54 of a line's height thick and end 0.23 inside it, which this margin and shrinking reproduce; …
_MARGIN = 0.14
# … gaps up to the first are inside a line (nineteen of twenty), from the second on between lines (all).
_SAME_LINE, _OTHER_LINE = 1.0, 1.8
# Uncertainty of a core's edges: descenders and capitals move them, and boxes are a pixel or two off.
_UNCERTAINTY = 0.1
# Unclip ratio by which a core grows into its line: the detector's default.
_UNCLIP_RATIO = 1.5
# Only lines this long for their height show their direction by the words' places, and only lines with this deviation
# from a straight line, in heights, and this many words are bent: one high or low word bends none.
_MIN_ASPECT, _MIN_BEND, _MIN_WORDS = 3.0, 0.25, 4
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
        lines: list[Floats] = [fit_ribbon([word.quad.corners]) for word in written] if single else []
        for line in () if single else reading_order.find_lines(_words(written)):
            corners = np.array([word.quad.corners for word in line])
            height = geometry.measure_sizes(fit_ribbon(corners)[None, :4])[0, 1]
            gaps = measure_gaps(corners) / max(float(height), 1e-6)
            lines += [fit_ribbon(part) for part in np.split(corners, np.flatnonzero(gaps > _OTHER_LINE) + 1)]
            doubtful = np.flatnonzero((gaps > _SAME_LINE) & (gaps <= _OTHER_LINE))
            unclear += [_gap_quad(corners[left], corners[left + 1]) for left in doubtful]
        return cls(np.array(lines, np.float32).reshape(-1, 6, 2), np.array(unclear, np.float32).reshape(-1, 4, 2))

    def scaled(self, scale: float) -> LineTargets:
        """Return them for a resized photo."""
        return LineTargets(self.lines * np.float32(scale), self.unclear * np.float32(scale))


def fit_ribbon(corners: ArrayLike) -> Floats:
    """Return the ribbon around the words of a line: (6, 2) as ``Detector.find``, a parabola if they follow one.

    Upright boxes may follow a slope: the direction of a long line is that of its words' places, not of their boxes.

    Args:
        corners: (W, 4, 2) of the words from left to right.
    """
    quads = np.asarray(corners, np.float64)
    widths = geometry.measure_sizes(quads)[:, 0] + 1e-6
    along = _normalize((geometry.find_directions(quads) * widths[:, None]).sum(axis=0))
    middles = np.stack([quads[:, [0, 3]].mean(axis=1), quads[:, [1, 2]].mean(axis=1)], axis=1).reshape(-1, 2)
    weights = np.sqrt(np.repeat(widths, 2))  # polyfit squares them
    height = float(np.median(geometry.measure_sizes(quads)[:, 1]))
    if len(quads) > 1 and np.ptp(middles @ along) > _MIN_ASPECT * height:
        u, v = _line_coordinates(middles, along)
        slope = float(np.polyfit(u, v, 1, w=weights)[0])
        along = _normalize(along + slope * np.array([-along[1], along[0]]))
    u, v = _line_coordinates(middles, along)
    first, last = float(_line_coordinates(quads, along)[0].min()), float(_line_coordinates(quads, along)[0].max())
    curve = np.zeros(3)
    if len(quads) >= _MIN_WORDS:
        bend = np.polyfit(u, v, 2, w=weights)
        if abs(bend[0]) * (last - first) ** 2 / 4 > _MIN_BEND * height:
            curve = np.asarray(bend)
    top, bottom = _line_edges(quads, along, curve)
    positions = np.array([first, last, last, first, (first + last) / 2, (first + last) / 2])
    edges = np.array([top, top, bottom, bottom, top, bottom]) + np.polyval(curve, positions)
    return np.asarray(positions[:, None] * along + edges[:, None] * np.array([-along[1], along[0]]))


def _line_edges(quads: Floats, along: Floats, curve: Floats) -> tuple[float, float]:
    """Return the distances of a line's upper and lower edge from its centre line in pixels, where three quarters of its
    words end.

    One large letter does not make a line higher, and upright boxes on a slope are higher than their words.
    """
    u, v = _line_coordinates(quads.mean(axis=1), along)
    sizes = geometry.measure_sizes(quads)
    forth, down = _line_coordinates(geometry.find_directions(quads), along)
    aslant = np.abs(down / np.maximum(forth, 0.5) - np.polyval(np.polyder(curve), u))
    spare = np.minimum(sizes[:, 0] * aslant, 0.5 * sizes[:, 1])
    half, off = (sizes[:, 1] - spare) / 2, v - np.polyval(curve, u)
    return -_weighted_percentile(half - off, sizes[:, 0]), _weighted_percentile(half + off, sizes[:, 0])


def _weighted_percentile(reach: Floats, widths: Floats) -> float:
    """Return the 75th percentile of the words' extents, weighted by their widths."""
    order = np.argsort(reach)
    share = np.cumsum(widths[order]) / max(float(widths.sum()), 1e-9)
    return float(reach[order][min(int(np.searchsorted(share, 0.75)), len(order) - 1)])


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
        yield geometry.map_to_ribbon(line, points)


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


def measure_gaps(corners: Floats) -> Floats:
    """Return the gaps in pixels between neighbouring words, (W, 4, 2), along the line."""
    right, left = corners[:, [1, 2]].mean(axis=1), corners[:, [0, 3]].mean(axis=1)
    along = geometry.find_directions(corners)
    both = along[:-1] + along[1:]
    return np.asarray(((left[1:] - right[:-1]) * both).sum(axis=1) / 2)


def _gap_quad(left: Floats, right: Floats) -> Floats:
    """Return the area between two words, (4, 2)."""
    return np.stack([left[1], right[0], right[3], left[2]])


def _normalize(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.array([1.0, 0.0])


def _line_coordinates(points: Floats, along: Floats) -> tuple[Floats, Floats]:
    """Return coordinates of points, (…, 2), along a direction and across it."""
    return points @ along, points @ np.array([-along[1], along[0]])
