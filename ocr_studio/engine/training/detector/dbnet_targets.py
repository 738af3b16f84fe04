"""Places of words → what a detector should see: the shrunken cores of lines (Liao et al. 2020).

A detector finds lines, a person marks words: words that follow each other closely become one line, and what nobody
can say (whether a wide blank parts two lines, where to the pixel a core ends) is left out of what is learned.
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
from ocr_studio.core.page import Source, Transcription, Word
from ocr_studio.core.reading_order import layout as reading_order

Quads: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.floating[Any]]
Map: TypeAlias = NDArray[np.uint8]

# Shares of a line's height, see ``_edges``. What the published net does on synthetic boards of many hands, its map at
# 0.3: cores are 0.54 of a line's height thick and end 0.23 inside it, what a margin and a core like this come to; …
_MARGIN = 0.14
# … blanks up to the first are joined (nineteen of twenty), from the second on parted (all).
_JOINED, _APART = 1.0, 1.8
# An edge of a core is not known better: descenders and capitals move it, and a person's box is a pixel or two off.
_BAND = 0.1
# How far a core grows into its line, times area / perimeter: as a detector does by default.
_GROW = 1.5
# Only a line this long for its height shows by its words' places which way it runs, and only one that is so far off the
# straight way, in heights, and has so many words, is bent: one high or low word bends none.
_LONG, _BENT, _FEW = 3.0, 0.25, 4
_ALONG = np.linspace(0.0, 1.0, 9)  # places where the outline of a bent line is drawn


@dataclass(frozen=True, slots=True)
class LinePlaces:
    """Where a photo's lines are.

    lines: (N, 6, 2) float32, pixels, around most of each word; as ``Detector.find``. unclear: (M, 4, 2) places of which
    nobody can say whether a detector should see writing there.
    """

    lines: Quads
    unclear: Quads

    @classmethod
    def of(cls, words: Iterable[Labelled]) -> LinePlaces:
        """From all words of a photo; see ``Labelled`` for what is none."""
        known = list(words)
        unclear = [geometry.widened(word.quad, _MARGIN) for word in known if word.ignore]
        lines: list[Floats] = []
        for line in reading_order.lines(_words(word for word in known if word.text and not word.ignore)):
            corners = np.array([word.quad.corners for word in line])
            height = geometry.sizes(ribbon_around(corners)[None, :4])[0, 1]
            gaps = _gaps(corners) / max(float(height), 1e-6)
            lines += [ribbon_around(part) for part in np.split(corners, np.flatnonzero(gaps > _APART) + 1)]
            doubtful = np.flatnonzero((gaps > _JOINED) & (gaps <= _APART))
            unclear += [_blank(corners[left], corners[left + 1]) for left in doubtful]
        return cls(
            np.array(lines, np.float32).reshape(-1, 6, 2),
            np.array(unclear, np.float32).reshape(-1, 4, 2),
        )

    def scaled(self, scale: float) -> LinePlaces:
        """On the photo at another size."""
        return LinePlaces(self.lines * np.float32(scale), self.unclear * np.float32(scale))


def ribbon_around(corners: ArrayLike) -> Floats:
    """The ribbon of the words of a line: (6, 2) as ``Detector.find``, a parabola where they follow one.

    corners: (W, 4, 2) of the words from left to right. Boxes whose sides are upright may stand along a slope: of long
    lines the words' places tell the direction, not their boxes.
    """
    quads = np.asarray(corners, np.float64)
    widths = geometry.sizes(quads)[:, 0] + 1e-6
    along = _direction((geometry.directions(quads) * widths[:, None]).sum(axis=0))
    middles = np.stack([quads[:, [0, 3]].mean(axis=1), quads[:, [1, 2]].mean(axis=1)], axis=1).reshape(-1, 2)
    weights = np.sqrt(np.repeat(widths, 2))  # polyfit squares them
    height = float(np.median(geometry.sizes(quads)[:, 1]))
    if len(quads) > 1 and np.ptp(middles @ along) > _LONG * height:
        u, v = _turned(middles, along)
        slope = float(np.polyfit(u, v, 1, w=weights)[0])
        along = _direction(along + slope * np.array([-along[1], along[0]]))
    u, v = _turned(middles, along)
    first, last = float(_turned(quads, along)[0].min()), float(_turned(quads, along)[0].max())
    curve = np.zeros(3)
    if len(quads) >= _FEW:
        bend = np.polyfit(u, v, 2, w=weights)
        if abs(bend[0]) * (last - first) ** 2 / 4 > _BENT * height:
            curve = np.asarray(bend)
    top, bottom = _edges(quads, along, curve)
    places = np.array([first, last, last, first, (first + last) / 2, (first + last) / 2])
    edges = np.array([top, top, bottom, bottom, top, bottom]) + np.polyval(curve, places)
    return np.asarray(places[:, None] * along + edges[:, None] * np.array([-along[1], along[0]]))


def _edges(quads: Floats, along: Floats, curve: Floats) -> tuple[float, float]:
    """How far a line's upper and lower edge are from its way, pixels: where three quarters of its words end.

    One large letter makes no line higher, and a box whose sides are upright along a slope is higher than its word.
    """
    u, v = _turned(quads.mean(axis=1), along)
    sizes = geometry.sizes(quads)
    forth, down = _turned(geometry.directions(quads), along)
    aslant = np.abs(down / np.maximum(forth, 0.5) - np.polyval(np.polyder(curve), u))
    spare = np.minimum(sizes[:, 0] * aslant, 0.5 * sizes[:, 1])
    half, off = (sizes[:, 1] - spare) / 2, v - np.polyval(curve, u)
    return -_usual(half - off, sizes[:, 0]), _usual(half + off, sizes[:, 0])


def _usual(reach: Floats, widths: Floats) -> float:
    """What three quarters of the words, by their widths, do not exceed."""
    order = np.argsort(reach)
    share = np.cumsum(widths[order]) / max(float(widths.sum()), 1e-9)
    return float(reach[order][min(int(np.searchsorted(share, 0.75)), len(order) - 1)])


def draw(places: LinePlaces, matrix: ArrayLike, size: tuple[int, int]) -> tuple[Map, Map]:
    """What a detector should see of a piece of a photo, and where that is known, each (h, w) uint8, 0 or 1.

    matrix: (2, 3), from the photo's pixels to the piece's. size: (width, height) of the piece.
    """
    width, height = size
    cores, known = np.zeros((height, width), np.uint8), np.ones((height, width), np.uint8)
    # OpenCV fills what an outline touches, half a pixel too much on every side.
    pixel = float(np.sqrt(abs(np.linalg.det(np.asarray(matrix, np.float64)[:, :2]))))
    shapes = [tuple(_outlines(line, less=0.5 / max(pixel, 1e-6))) for line in places.lines]
    for wide, _, _ in shapes:
        _fill(known, wide, matrix, 0)
    for _, core, narrow in shapes:
        _fill(cores, core, matrix, 1)
        _fill(known, narrow, matrix, 1)
    for quad in places.unclear:
        _fill(known, quad, matrix, 0)
    return cores, known


def shrunk_by(length: float, height: float) -> float:
    """By how many pixels a line's core is shorter and thinner than the line: what ``detector.quads_of`` adds again.

    A core of l x t grows by r = grow · l · t / (l + t) on both; with length = l + r and height = t + r that is a
    quadratic equation in r.
    """
    total, area = length + height, length * height
    half = (1 + _GROW) * total
    return float((half - np.sqrt(max(half**2 - 4 * (2 + _GROW) * _GROW * area, 0.0))) / (2 * (2 + _GROW)))


def _outlines(line: Quads, *, less: float) -> Iterator[Floats]:
    """Outlines of a line's core, (K, 2): a little wider than it, as it is, and a little narrower; all so much less."""
    length, height = geometry.sizes(line[None, :4])[0]
    margin = _MARGIN * height
    inset = shrunk_by(length + 2 * margin, height + 2 * margin) / 2 - margin
    for band in (-_BAND, 0.0, _BAND):
        reach = inset + band * height + less
        x = reach / max(length, 1e-6) + _ALONG * (1 - 2 * reach / max(length, 1e-6))
        y = reach / max(height, 1e-6)
        places = np.concatenate(
            [np.stack([x, np.full_like(x, y)], axis=1), np.stack([x[::-1], np.full_like(x, 1 - y)], axis=1)]
        )
        yield geometry.on_ribbon(line, places)


def _fill(mask: Map, outline: Floats, matrix: ArrayLike, value: int) -> None:
    """outline: (K, 2) of the photo; its pixels' corners are at whole numbers, and OpenCV counts from their middles."""
    turn = np.asarray(matrix, np.float64)
    points = outline @ turn[:, :2].T + turn[:, 2] - 0.5
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], (value,), shift=4)


def _words(labelled: Iterable[Labelled]) -> list[Word]:
    return [
        Word(f"{index:08}", word.quad, human=Transcription(word.text, Source.HUMAN))
        for index, word in enumerate(labelled)
    ]


def _gaps(corners: Floats) -> Floats:
    """Pixels between each word, (W, 4, 2), and the next, along the line."""
    right, left = corners[:, [1, 2]].mean(axis=1), corners[:, [0, 3]].mean(axis=1)
    along = geometry.directions(corners)
    both = along[:-1] + along[1:]
    return np.asarray(((left[1:] - right[:-1]) * both).sum(axis=1) / 2)


def _blank(left: Floats, right: Floats) -> Floats:
    """What is between two words, (4, 2)."""
    return np.stack([left[1], right[0], right[3], left[2]])


def _direction(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.array([1.0, 0.0])


def _turned(points: Floats, along: Floats) -> tuple[Floats, Floats]:
    """How far points, (…, 2), lie along a direction and across it."""
    return points @ along, points @ np.array([-along[1], along[0]])
