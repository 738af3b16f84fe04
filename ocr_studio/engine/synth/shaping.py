"""Recorded strokes brought into a line: how large each item is to be, where it stands, and how it comes out this time.

Collections of strokes scale every item to the same box, be it an "l" or an "a": how high letters stand over the
baseline and how wide they are is taken from the shapes of our own hand (``letters``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth import letters
from ocr_studio.engine.synth.writing import Floats, Random

Strokes: TypeAlias = list[NDArray[np.float32]]

# Signs flatter than this, in letter units, are as wide, not as high, as they are to be.
_FLAT: Final = 2.6
# Pixels between points of a stroke: further apart its corners can be seen.
_STEP: Final = 2.5


@lru_cache(maxsize=4096)
def extent(letter: str) -> tuple[float, float, float]:
    """Top and bottom of a letter over the baseline and its width, in letter units; a capital's if we do not know it."""
    try:
        width, parts = letters.strokes(letter)
    except ValueError:
        return letters.CAPITAL, 0.0, 0.6 * letters.CAPITAL
    height = np.concatenate([points[:, 1] for points, _ in parts])
    return float(height.max()), float(height.min()), width


@dataclass(frozen=True, slots=True)
class Pose:
    """How a recorded hand writes this time.

    unit: pixels of a letter unit (a capital is 8 high). slant: to the right, as a tangent, on top of the person's own.
    wide: widths as a share. low: height of small letters as a share. tracking, space: between letters that are set one
    by one, and between words, in pixels. wave: pixels by which the line goes up and down, length: of a wave, start:
    radians. uneven: how much letters differ in size and place.
    """

    unit: float
    slant: float
    wide: float
    low: float
    tracking: float
    space: float
    wave: float
    length: float
    start: float
    uneven: float

    @classmethod
    def any(cls, rng: Random, unit: float, pen: float) -> Pose:
        """One of those that are usual at a board. pen: pixels of the stroke's width: who writes with a broad marker
        sets letters further apart."""
        return cls(
            unit=unit,
            slant=float(rng.normal(0, 0.12)),
            wide=min(1.45, max(0.65, float(rng.normal(1, 0.14)))),
            low=min(1.3, max(0.75, float(rng.normal(1.02, 0.12)))),
            tracking=unit * min(2.0, max(-0.5, float(rng.normal(0.3, 0.55)))) + 0.75 * pen,
            space=unit * float(rng.uniform(2.4, 5.0)),
            wave=unit * abs(float(rng.normal(0, 0.28))),
            length=unit * float(rng.uniform(12, 50)),
            start=float(rng.uniform(0, 2 * math.pi)),
            uneven=float(rng.uniform(0.4, 1.6)),
        )

    def composed(self, pieces: Sequence[str], items: Sequence[Strokes], rng: Random) -> tuple[list[Strokes], float]:
        """Single letters, or words written in one go, as one word: for each its strokes, the left end at 0, the
        baseline at 0; and how wide all of it is."""
        parts: list[Strokes] = []
        along = end = 0.0
        for piece, strokes in zip(pieces, items, strict=True):
            extents = [extent(letter) for letter in piece]
            top, bottom = max(each[0] for each in extents), min(each[1] for each in extents)
            if piece.islower():
                top, bottom = (top * self.low if top < 6 else top), bottom * self.low
            lift, grow, gap = (
                (self.uneven * rng.normal(0, (0.22, 0.05, 0.25))).tolist() if len(pieces) > 1 else (0, 0, 0)
            )
            width = sum(each[2] + 1 for each in extents) - 1
            placed = self._placed(strokes, top * (1 + grow) + lift, bottom * (1 + grow) + lift, width)
            parts.append([stroke + np.array([along, 0], np.float32) for stroke in placed])
            end = max(float(stroke[:, 0].max()) for stroke in parts[-1])
            along = end + self.tracking + gap * self.unit
        return parts, end

    def _placed(self, strokes: Strokes, top: float, bottom: float, width: float) -> Strokes:
        """Strokes so large that they reach from bottom to top, in letter units; flat ones as wide as they are to be."""
        every = np.concatenate(strokes)
        low, high = every.min(axis=0), every.max(axis=0)
        wide, tall = np.maximum(high - low, 1e-3).tolist()
        grow = (top - bottom) / tall
        if top - bottom < _FLAT:
            # A dot is as large as it is high; a dash as it is long.
            grow = min(width / wide, 2.5 * max(0.3, top - bottom) / tall)
        natural = width / (wide * grow)
        across = grow * min(1.9 * natural, max(0.55 * natural, self.wide))
        middle = (high[1] + low[1]) / 2
        scale = self.unit * np.array([across, grow], np.float32)
        base = np.array([low[0], middle], np.float32)
        lift = np.array([0, -self.unit * (top + bottom) / 2], np.float32)
        return [(stroke - base) * scale + lift for stroke in strokes]

    def bent(self, stroke: Floats) -> NDArray[np.float32]:
        """A stroke of the line, (n, 2), slanted, on a line that is not quite straight, its corners smoothed."""
        x, y = stroke[:, 0], stroke[:, 1]
        moved = np.stack([x - self.slant * y, y + self.wave * np.sin(x / self.length + self.start)], axis=1)
        return smooth(moved.astype(np.float32))


def smooth(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """A curve through points, (n, 2) pixels -> (m, 2): Catmull and Rom 1974; those close together stay as they are."""
    count = len(points) - 1
    if count < 2:
        return points
    ends = np.abs(np.diff(points, axis=0)).sum(axis=0).sum()
    steps = int(min(5, ends / count / _STEP))
    if steps < 2:
        return points
    padded = np.concatenate([points[:1], points, points[-1:]])[:, None, :]
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(steps, dtype=np.float32) / steps)[None, :, None]
    between = 0.5 * (2 * b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * b - a - 3 * c + d))))
    return np.concatenate([between.reshape(-1, 2), points[-1:]])


def cuts(word: str, strokes: Sequence[Floats], slant: float) -> NDArray[np.float32]:
    """Boxes of the letters of a word written in one go, where they are to be expected: (n, 4) left, top, right, bottom.

    A letter takes as much of the word as it does in our own hand; the cut lies beside that where the least ink is.
    slant: of the writing, as a tangent, y down.
    """
    points = np.concatenate(strokes)
    level = points[:, 0] + slant * points[:, 1]
    low, high = float(level.min()), float(level.max())
    widths = np.array([extent(letter)[2] + 1 for letter in word])
    ends = low + (high - low) * np.concatenate([[0], np.cumsum(widths) / widths.sum()])
    bins = 6 * len(word)
    crowd = np.histogram(level, bins=bins, range=(low, high + 1e-3))[0] + 0.01
    centres = low + (high - low) * (np.arange(bins) + 0.5) / bins
    mean = (high - low) / len(word)
    for index in range(1, len(word)):
        far = np.abs(centres - ends[index]) / mean
        ends[index] = centres[np.argmin(np.where(far < 0.4, crowd / crowd.mean() + 3 * far, np.inf))]
    ends.sort()
    owner = np.clip(np.searchsorted(ends, level, side="right") - 1, 0, len(word) - 1)
    boxes = np.empty((len(word), 4), np.float32)
    for index in range(len(word)):
        own = points[owner == index]
        if not len(own):
            left, right = ends[index] - slant * points[:, 1].mean(), ends[index + 1] - slant * points[:, 1].mean()
            own = np.array([(left, points[:, 1].min()), (right, points[:, 1].max())])
        boxes[index] = *own.min(axis=0), *own.max(axis=0)
    return boxes
