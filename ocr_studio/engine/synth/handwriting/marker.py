"""Renders pen strokes: tip shape, pressure, drying ink, and colour on a background."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Ink: TypeAlias = NDArray[np.uint8]
Picture: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
Random: TypeAlias = np.random.Generator

# Thin strokes are drawn enlarged by this factor, as OpenCV supports only whole pixels of width.
_FINE: Final = 2
_THIN: Final = 5.0
# Minimum stroke width in pixels.
_FINEST: Final = 0.9
# OpenCV's fixed-point coordinates: sixteenths of a pixel.
_SHIFT: Final = 4
# Offset in pixels between the two ends of a dot.
_DOT: Final = np.float32(1 / 16)
# Number of levels in which ink gets paler.
_TONE: Final = 10
# Ink of 255 that is certainly visible, and certainly not.
_INKED, _BARE = 110, 12
# Lookup table index range of ink.
_LEVELS: Final = np.arange(256, dtype=np.float32)[:, None] / 255
# Turns a direction, (x, y), into the perpendicular one.
_LEFTWARDS: Final = np.array([-1, 1], np.float32)
# Margin around the ink in pixels.
MARGIN: Final = 3
# Maximum side of a written text; photos show nothing larger.
_MOST: Final = 16384
_MOST_PIXELS: Final = 1 << 25  # of it, eight times as many in memory


class CannotDraw(ValueError):
    """There are no strokes, or they extend further than any writing on a photo."""


class Tip(StrEnum):
    """Shape of a marker's tip."""

    ROUND = "round"
    CHISEL = "chisel"


@dataclass(frozen=True, slots=True)
class Pen:
    """A pen.

    Attributes:
        width: Stroke width as a share of a capital's height.
        tip: Shape of the tip.
        angle: Rotation of a chisel's edge in radians (0 level, clockwise).
        aspect: Thin side of a chisel as a share of the wide one.
        pressure: Variation of the width along a stroke, 0..1.
        opacity: Opacity of one stroke, 0..1; it adds up where strokes cross.
        dryness: How far the ink has run out, 0..1: streaks, gaps, paler towards the end.
    """

    width: float = 0.13
    tip: Tip = Tip.ROUND
    angle: float = 0.7
    aspect: float = 0.45
    pressure: float = 0.2
    opacity: float = 0.95
    dryness: float = 0.0

    @classmethod
    def sample(cls, rng: Random) -> Pen:
        """Choose a typical pen, mostly a used one."""
        chisel = rng.random() < 0.35
        return cls(
            width=min(0.19, max(0.035, float(rng.lognormal(math.log(0.105), 0.4)))),
            tip=Tip.CHISEL if chisel else Tip.ROUND,
            angle=float(rng.normal(0.75, 0.3)) * (1 if rng.random() < 0.3 else -1),
            aspect=float(rng.uniform(0.3, 0.7)),
            pressure=float(rng.beta(1.5, 4)),
            opacity=float(rng.uniform(0.6, 1.0)),
            dryness=float(rng.beta(1.1, 2.2)) if rng.random() < 0.4 else 0.0,
        )

    def larger(self, times: float) -> Pen:
        """Return the same pen for larger writing, with the same width in pixels."""
        return replace(self, width=self.width / times)


@dataclass(frozen=True, slots=True, eq=False)
class InkDrawing:
    """Ink, (h, w) uint8, and the position of its top left pixel in the strokes' coordinates, (x, y)."""

    ink: Ink
    corner: tuple[float, float]


def draw_strokes(strokes: Sequence[Floats], pen: Pen, *, size: float, rng: Random) -> InkDrawing:
    """Draw strokes, each (n, 2) pixels, y down, with a pen. size: pixels of a capital's height. Raises CannotDraw."""
    if not strokes:
        raise CannotDraw("there are no strokes")
    weight = max(_FINEST, pen.width * size)
    scale = _FINE if weight < _THIN else 1
    # A dot is a stroke, too.
    strokes = [stroke if len(stroke) > 1 else np.concatenate([stroke, stroke + _DOT]) for stroke in strokes]
    every = np.concatenate(strokes)
    edge = weight / 2 + MARGIN
    low, high = np.floor(every.min(axis=0) - edge), np.ceil(every.max(axis=0) + edge)
    if not ((high - low) <= _MOST).all():  # also false for NaN
        raise CannotDraw("the strokes reach too far")
    wide, tall = (int(side) for side in high - low)
    if wide * tall > _MOST_PIXELS:
        raise CannotDraw("the strokes reach too far")
    brush = _Brush(pen, weight * scale, rng)
    layers = np.zeros((2, tall * scale, wide * scale), np.uint8)
    brush.draw(layers, (every - low) * scale, [len(stroke) for stroke in strokes])
    ink = brush.finish(layers)
    if scale > 1:
        ink = np.asarray(cv2.resize(ink, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)
    return InkDrawing(ink, (float(low[0]), float(low[1])))


def ink_radius(pen: Pen, size: float) -> float:
    """Return how far ink extends from the middle of a stroke in pixels. size: pixels of a capital's height."""
    return max(_FINEST, pen.width * size) / 2 * (1 + 0.6 * pen.pressure) + 0.4


class _Brush:
    """A pen with its width in pixels."""

    def __init__(self, pen: Pen, weight: float, rng: Random) -> None:
        self._pen, self._weight, self._rng = pen, weight, rng
        self._core = max(1.0, weight * pen.aspect) if pen.tip is Tip.CHISEL else weight
        self._full = round(255 * (1 - 0.75 * (1 - pen.opacity)))

    def draw(self, layers: NDArray[np.uint8], points: Floats, counts: Sequence[int]) -> None:
        """Draw strokes alternately onto two layers.

        Args:
            layers: The two layers.
            points: (n, 2) pixels of the layers, of all strokes.
            counts: Number of points of each stroke, at least two.
        """
        paths = np.rint(points * (1 << _SHIFT)).astype(np.int32)
        if not self._pen.dryness:
            # With one tone the order does not matter, so strokes of equal width are drawn together.
            alike: defaultdict[tuple[int, int], list[NDArray[np.int32]]] = defaultdict(list)
            for stroke, first, end, width, _ in self._runs(counts):
                alike[stroke % 2, width].append(paths[first:end])
            for (layer, width), pieces in alike.items():
                cv2.polylines(layers[layer], pieces, False, self._full, width, cv2.LINE_AA, _SHIFT)
            return
        ends = list(accumulate(counts))
        for stroke, runs in groupby(self._runs(counts), key=itemgetter(0)):
            layer = layers[stroke % 2]
            for _, first, end, width, cover in runs:
                cv2.polylines(layer, [paths[first:end]], False, cover, width, cv2.LINE_AA, _SHIFT)
            if self._pen.dryness > 0.15 and counts[stroke] > 3 and self._weight >= 3:
                self._streak(layer, points[ends[stroke] - counts[stroke] : ends[stroke]])

    def _runs(self, counts: Sequence[int]) -> Iterable[tuple[int, int, int, int, int]]:
        """Yield runs of equal width and cover: stroke, first point, the one after the last, width, cover."""
        pieces = [count - 1 for count in counts]
        starts = [0, *accumulate(pieces)]
        many = starts.pop()
        widths = np.maximum(1, np.rint(self._core * (1 + self._pen.pressure * _wander(self._rng, many))))
        covers = np.full(many, self._full)
        if self._pen.dryness:
            along = (np.arange(many) - np.repeat(starts, pieces)) / np.repeat(pieces, pieces)
            left = 1 - self._pen.dryness * (0.25 + 0.45 * along + 0.5 * _wander(self._rng, many))
            toned = np.rint(self._full * np.minimum(1, left) / _TONE) * _TONE
            covers = np.minimum(255, np.maximum(25, toned)).astype(np.int64)
        changed = np.empty(many, bool)
        changed[1:] = (widths[1:] != widths[:-1]) | (covers[1:] != covers[:-1])
        changed[starts] = True
        runs = np.flatnonzero(changed)
        of = np.searchsorted(starts, runs, side="right") - 1
        columns = (of, runs + of, np.append(runs[1:], many) + of + 1, widths[runs].astype(np.int64), covers[runs])
        return zip(*(column.tolist() for column in columns), strict=True)

    def _streak(self, layer: Ink, points: Floats) -> None:
        """Draw threads without ink along the stroke."""
        along = np.empty_like(points)
        along[0], along[-1], along[1:-1] = points[1] - points[0], points[-1] - points[-2], points[2:] - points[:-2]
        length = np.maximum(1e-3, np.sqrt(along[:, :1] ** 2 + along[:, 1:] ** 2))
        across = along[:, ::-1] * (_LEFTWARDS * (self._core * (1 << _SHIFT)) / length)
        path = points * (1 << _SHIFT)
        for chance in self._rng.random((1 + int(self._rng.random() * (1 + round(4 * self._pen.dryness))), 5)).tolist():
            start = int(chance[0] * (len(points) - 2))
            stop = start + 2 + int(chance[1] * (len(points) - 2))
            beside = path[start:stop] + across[start:stop] * (0.9 * chance[2] - 0.45)
            pale = round(self._full * (1 - self._pen.dryness) * (0.2 + 0.7 * chance[3]))
            thick = max(1, round(self._core * (0.06 + 0.14 * chance[4])))
            cv2.polylines(layer, [np.round(beside).astype(np.int32)], False, pale, thick, cv2.LINE_AA, _SHIFT)

    def finish(self, layers: NDArray[np.uint8]) -> Ink:
        """Combine two layers: chisel shape, more ink where strokes cross, patches of less."""
        first, second = layers
        if self._pen.tip is Tip.CHISEL:
            kernel = _chisel(round(self._weight - self._core), round(self._pen.angle, 1))
            if kernel.size > 1:
                first, second = (np.asarray(cv2.dilate(layer, kernel), np.uint8) for layer in layers)
        ink = cv2.add(first, cv2.subtract(second, cv2.multiply(first, second, scale=1 / 255)))
        if self._full < 250 or self._pen.dryness:
            patches = make_grain(ink.shape[0], ink.shape[1], self._rng)
            ink = cv2.multiply(ink, patches, scale=1 / 255)
        return np.asarray(ink, np.uint8)


def blend_ink(ground: Picture, ink: Ink, colour: Colour, *, opaque: bool = False) -> Picture:
    """Apply coloured ink to a background: (h, w, 3) uint8 RGB and (h, w) uint8 -> (h, w, 3) uint8.

    Thin ink is translucent: a pale tone of its colour. opaque: as chalk, which may be lighter than the background.
    """
    tone = np.array(colour, np.float32)
    if not opaque:
        # Lambert-Beer law: twice the ink squares the transmission.
        passed = np.round(255 * np.maximum(tone / 255, 0.02) ** _LEVELS).astype(np.uint8)
        return np.asarray(cv2.multiply(ground, cv2.applyColorMap(ink, passed[:, None]), scale=1 / 255), np.uint8)
    kept = cv2.multiply(ground, cv2.merge([255 - ink] * 3), scale=1 / 255)
    added = np.round(tone * _LEVELS).astype(np.uint8)
    return np.asarray(cv2.add(kept, cv2.applyColorMap(ink, added[:, None])), np.uint8)


def measure_contrast(grey: NDArray[np.uint8], ink: Ink) -> float:
    """Return by how many levels inked pixels differ from bare ones, for a photo and its ink, (h, w) uint8 each; 0
    without ink.
    """
    # Of pale ink the darkest half; otherwise no ink at all would count as black.
    most = int(ink.max(initial=0))
    if not most:
        return 0.0
    inked = cv2.threshold(ink, min(_INKED, most // 2), 255, cv2.THRESH_BINARY)[1]
    bare = cv2.threshold(ink, _BARE, 255, cv2.THRESH_BINARY_INV)[1]
    return abs(float(cv2.mean(grey, inked)[0]) - float(cv2.mean(grey, bare)[0]))


def make_grain(height: int, width: int, rng: Random) -> Ink:
    """Return patches, (height, width) uint8 about 150..255, where a board takes less ink."""
    bank = _patches()
    side = bank.shape[0]
    if height > side or width > side:
        bank = np.asarray(cv2.resize(bank, (max(width, side), max(height, side))), np.uint8)
    top = int(rng.integers(0, bank.shape[0] - height + 1))
    left = int(rng.integers(0, bank.shape[1] - width + 1))
    return bank[top : top + height, left : left + width]


@lru_cache(maxsize=1)
def _patches() -> Ink:
    rng = np.random.default_rng(41)
    noise = sum(
        cv2.resize(rng.normal(0, 1, (side, side)).astype(np.float32), (1024, 1024), interpolation=cv2.INTER_CUBIC)
        for side in (40, 160, 512)
    )
    return np.asarray(np.clip(232 + 22 * np.asarray(noise), 90, 255), np.uint8)


@lru_cache(maxsize=256)
def _chisel(length: int, angle: float) -> NDArray[np.uint8]:
    """Return the edge of a chisel, a line of this length in pixels; (1, 1) without one."""
    side = max(1, length) | 1
    kernel = np.zeros((side, side), np.uint8)
    middle, half = side // 2, max(0, length) / 2
    x, y = half * math.cos(angle), half * math.sin(angle)
    cv2.line(kernel, (round(middle - x), round(middle - y)), (round(middle + x), round(middle + y)), 1, 1)
    return kernel


def _wander(rng: Random, count: int) -> Floats:
    """Return a random walk around 0, (count,), within −1..1, that turns about every eight steps."""
    knots = rng.uniform(-1, 1, 3 + count // 8)
    return np.interp(np.arange(count) / 8, np.arange(len(knots)), knots)
