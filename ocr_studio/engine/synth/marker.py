"""Pen strokes as a marker leaves them: the tip's shape, the pressure, ink that runs dry, and colour on a ground."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Ink: TypeAlias = NDArray[np.uint8]
Picture: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
Random: TypeAlias = np.random.Generator

# Strokes are drawn so much larger where they are thin: OpenCV knows whole pixels of width only.
_FINE: Final = 2
_THIN: Final = 5.0
# Pixels of the thinnest stroke.
_FINEST: Final = 0.9
# Corners of strokes are given to OpenCV in sixteenths of a pixel.
_SHIFT: Final = 4
# Ink that runs out gets paler in steps of so many levels.
_TONE: Final = 10
# Ink of 255 that is surely seen, and surely not.
_INKED, _BARE = 110, 12
# Pixels around the ink.
MARGIN: Final = 3
# The longest side of a written text: nothing a photo shows is longer.
_MOST: Final = 16384


class CannotDraw(ValueError):
    """There are no strokes, or they reach further than any writing on a photo."""


class Tip(StrEnum):
    """The shape of a marker's end."""

    ROUND = "round"
    CHISEL = "chisel"


@dataclass(frozen=True, slots=True)
class Pen:
    """What somebody writes with.

    width: of the stroke, as a share of a capital's height. tip, angle: of a chisel, the radians its edge is turned
    (0 level, clockwise); flat: its thin side as a share of the wide one. pressure: how much the width varies along a
    stroke, 0..1. cover: how much of the ground one stroke covers, 0..1; where strokes cross there is more.
    dry: how far the ink has run out, 0..1: streaks along the stroke, gaps, paler towards its end.
    """

    width: float = 0.13
    tip: Tip = Tip.ROUND
    angle: float = 0.7
    flat: float = 0.45
    pressure: float = 0.2
    cover: float = 0.95
    dry: float = 0.0

    @classmethod
    def any(cls, rng: Random) -> Pen:
        """One of those that lie at boards, most of them in use for a while."""
        chisel = rng.random() < 0.35
        return cls(
            width=min(0.19, max(0.035, float(rng.lognormal(math.log(0.105), 0.4)))),
            tip=Tip.CHISEL if chisel else Tip.ROUND,
            angle=float(rng.normal(0.75, 0.3)) * (1 if rng.random() < 0.3 else -1),
            flat=float(rng.uniform(0.3, 0.7)),
            pressure=float(rng.beta(1.5, 4)),
            cover=float(rng.uniform(0.6, 1.0)),
            dry=float(rng.beta(1.1, 2.2)) if rng.random() < 0.4 else 0.0,
        )

    def larger(self, times: float) -> Pen:
        """The same pen with which somebody writes larger: it stays as wide as it is."""
        return replace(self, width=self.width / times)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Ink, (h, w) uint8, and the place of its top left pixel in what the strokes were given in, (x, y)."""

    ink: Ink
    corner: tuple[float, float]


def draw(strokes: Sequence[Floats], pen: Pen, *, size: float, rng: Random) -> Drawn:
    """Strokes, each (n, 2) pixels, y down, drawn with a pen.

    size: pixels of a capital's height. Raises CannotDraw.
    """
    if not strokes:
        raise CannotDraw("there are no strokes")
    weight = max(_FINEST, pen.width * size)
    scale = _FINE if weight < _THIN else 1
    every = np.concatenate(strokes)
    edge = weight / 2 + MARGIN
    low, high = np.floor(every.min(axis=0) - edge), np.ceil(every.max(axis=0) + edge)
    if not ((high - low) <= _MOST).all():  # nor if they are no numbers
        raise CannotDraw("the strokes reach too far")
    wide, tall = (int(side) for side in high - low)
    brush = _Brush(pen, weight * scale, rng)
    layers = np.zeros((2, tall * scale, wide * scale), np.uint8)
    brush.lay_out([len(stroke) for stroke in strokes])
    for index, stroke in enumerate(strokes):
        brush.touch(layers[index % 2], (stroke - low) * scale)
    ink = brush.finish(layers)
    if scale > 1:
        ink = np.asarray(cv2.resize(ink, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)
    return Drawn(ink, (float(low[0]), float(low[1])))


def reach(pen: Pen, size: float) -> float:
    """How far ink lies from the middle of a stroke, pixels. size: pixels of a capital's height."""
    return max(_FINEST, pen.width * size) / 2 * (1 + 0.6 * pen.pressure) + 0.4


class _Brush:
    """A pen of a width in pixels."""

    def __init__(self, pen: Pen, weight: float, rng: Random) -> None:
        self._pen, self._weight, self._rng = pen, weight, rng
        self._core = max(1.0, weight * pen.flat) if pen.tip is Tip.CHISEL else weight
        self._full = round(255 * (1 - 0.75 * (1 - pen.cover)))

    def lay_out(self, counts: Sequence[int]) -> None:
        """How wide the strokes to come are, piece by piece, and how well they cover. counts: points of each."""
        pieces = np.maximum(1, np.array(counts) - 1)
        many, starts = int(pieces.sum()), np.cumsum(pieces) - pieces
        pressed = 1 + self._pen.pressure * _wander(self._rng, many)
        widths = np.maximum(1, np.round(self._core * pressed)).astype(np.int64)
        covers = np.full(many, self._full)
        if self._pen.dry:
            along = (np.arange(many) - np.repeat(starts, pieces)) / np.repeat(pieces, pieces)
            left = 1 - self._pen.dry * (0.25 + 0.45 * along + 0.5 * _wander(self._rng, many))
            covers = np.clip(np.round(self._full * np.minimum(1, left) / _TONE) * _TONE, 25, 255).astype(np.int64)
        changed = np.zeros(many, bool)
        changed[1:] = (widths[1:] != widths[:-1]) | (covers[1:] != covers[:-1])
        changed[starts] = True
        runs = np.flatnonzero(changed)
        self._runs = iter(zip(runs.tolist(), widths[runs].tolist(), covers[runs].tolist(), strict=True))
        self._next, self._done = next(self._runs), 0

    def touch(self, layer: Ink, points: Floats) -> None:
        """The next stroke, (n, 2) pixels of the layer, drawn into it."""
        path = np.round(points * (1 << _SHIFT)).astype(np.int32)
        if len(path) == 1:
            path = np.concatenate([path, path + 1])
        first, self._done = self._done, self._done + len(path) - 1
        while self._next[0] < self._done:
            start, width, cover = self._next
            self._next = next(self._runs, (sys.maxsize, 0, 0))
            piece = path[start - first : min(self._next[0], self._done) - first + 1]
            cv2.polylines(layer, [piece], False, cover, width, cv2.LINE_AA, _SHIFT)
        if self._pen.dry > 0.15 and len(points) > 3 and self._weight >= 3:
            self._streak(layer, points)

    def _streak(self, layer: Ink, points: Floats) -> None:
        """Threads along the stroke that hold no ink."""
        along = np.gradient(points, axis=0)
        length = np.maximum(1e-3, np.hypot(along[:, 0], along[:, 1]))
        across = np.stack([-along[:, 1] / length, along[:, 0] / length], axis=1)
        for _ in range(int(self._rng.integers(1, 2 + round(4 * self._pen.dry)))):
            start = int(self._rng.integers(0, len(points) - 2))
            stop = start + int(self._rng.integers(2, len(points)))
            beside = points[start:stop] + across[start:stop] * self._rng.uniform(-0.45, 0.45) * self._core
            path = np.round(beside * (1 << _SHIFT)).astype(np.int32)
            pale = round(self._full * (1 - self._pen.dry) * self._rng.uniform(0.2, 0.9))
            thick = max(1, round(self._core * self._rng.uniform(0.06, 0.2)))
            cv2.polylines(layer, [path], False, pale, thick, cv2.LINE_AA, _SHIFT)

    def finish(self, layers: NDArray[np.uint8]) -> Ink:
        """Two layers of strokes as one: the chisel's shape, more ink where they cross, patches of less."""
        if self._pen.tip is Tip.CHISEL:
            kernel = _chisel(round(self._weight - self._core), round(self._pen.angle, 1))
            layers = np.stack([cv2.dilate(layer, kernel) for layer in layers]) if kernel.size > 1 else layers
        crossed = cv2.multiply(layers[0], layers[1], scale=1 / 255)
        ink = cv2.add(layers[0], cv2.subtract(layers[1], crossed))
        if self._full < 250 or self._pen.dry:
            patches = grain(ink.shape[0], ink.shape[1], self._rng)
            ink = cv2.multiply(ink, patches, scale=1 / 255)
        return np.asarray(ink, np.uint8)


def lay(ground: Picture, ink: Ink, colour: Colour, *, opaque: bool = False) -> Picture:
    """Ink of a colour on a ground: (h, w, 3) uint8 RGB and (h, w) uint8 -> (h, w, 3) uint8.

    Ink lets light through: a little of it is a pale tone of its colour. opaque: as chalk, which may be lighter than
    what it lies on.
    """
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    tone = np.array(colour, np.float32)
    spread = cv2.merge([ink, ink, ink])
    if not opaque:
        # Lambert and Beer: twice the ink lets through the square of the light.
        passed = np.round(255 * np.maximum(tone / 255, 0.02) ** levels).astype(np.uint8)
        return np.asarray(cv2.multiply(ground, cv2.LUT(spread, passed[None]), scale=1 / 255), np.uint8)
    kept = cv2.multiply(ground, 255 - spread, scale=1 / 255)
    added = np.round(tone * levels).astype(np.uint8)
    return np.asarray(cv2.add(kept, cv2.LUT(spread, added[None])), np.uint8)


def contrast(grey: NDArray[np.uint8], ink: Ink) -> float:
    """By how many levels what is inked differs from what is bare, on a photo and of its ink, (h, w) uint8 each; 0 where
    nothing is inked."""
    # Of pale ink the darkest half: nothing at all would be as black as black, and any photo readable.
    inked = cv2.threshold(ink, min(_INKED, int(ink.max(initial=0)) // 2), 255, cv2.THRESH_BINARY)[1]
    if not inked.any():
        return 0.0
    bare = cv2.threshold(ink, _BARE, 255, cv2.THRESH_BINARY_INV)[1]
    return abs(float(cv2.mean(grey, inked)[0]) - float(cv2.mean(grey, bare)[0]))


def grain(height: int, width: int, rng: Random) -> Ink:
    """Patches, (height, width) uint8 about 150..255: where a board takes less ink."""
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
    """The edge of a chisel, a line of so many pixels; (1, 1) where there is none."""
    side = max(1, length) | 1
    kernel = np.zeros((side, side), np.uint8)
    middle, half = side // 2, max(0, length) / 2
    x, y = half * math.cos(angle), half * math.sin(angle)
    cv2.line(kernel, (round(middle - x), round(middle - y)), (round(middle + x), round(middle + y)), 1, 1)
    return kernel


def _wander(rng: Random, count: int) -> Floats:
    """A walk about 0, (count,), within -1..1: it turns about every eight steps."""
    knots = rng.uniform(-1, 1, 3 + count // 8)
    return np.interp(np.arange(count) / 8, np.arange(len(knots)), knots)
