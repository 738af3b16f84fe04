"""How somebody writes: the size, slant and unsteadiness of a hand, and its letters as pen strokes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting import stroke_font

Points: TypeAlias = NDArray[np.float64]
Spot: TypeAlias = tuple[float, float]

# How much somebody's letters differ from the model hand's, in letter units: enough to tell hands apart, not to mistake
# an "a" for an "o".
_HABIT = 0.13
# How much a letter differs each time it is written: points of a stroke in units, turn in radians, size as a share.
_POINT, _TURN, _GROW, _SLANT = 0.07, 0.018, 0.025, 0.015
# Pixels between points of a curve: so close that nobody sees corners; and the least between them in units.
STEP, _FINEST = 2.0, 0.25
# How many points a hand has a habit for, and the most that a letter is given by.
_PECULIAR, _MOST = 512, 32


@dataclass(frozen=True, slots=True)
class Hand:
    """A hand that writes with a marker.

    size: pixels per letter unit (an x-height is 5 units, a capital 8). pen: width of the stroke in units. slant: to the
    right, as a tangent. wide: letters' width as a share of the model hand's. tracking, space: between letters, and
    between words, in units. unsteady: how much letters differ each time; 0 for not at all. habit: letters of the same
    habit have the same peculiar shapes.
    """

    size: float
    pen: float = 1.1
    slant: float = 0.06
    wide: float = 1.0
    tracking: float = 1.0
    space: float = 3.6
    unsteady: float = 1.0
    habit: int = 0

    @classmethod
    def any(cls, rng: np.random.Generator, *, size: float) -> Hand:
        """Somebody's hand, within what is usual at a board."""
        return cls(
            size=size,
            pen=float(rng.uniform(0.75, 1.25)),
            slant=float(rng.normal(0.06, 0.07)),
            wide=float(rng.uniform(0.88, 1.12)),
            tracking=float(rng.uniform(0.7, 1.3)),
            space=float(rng.uniform(3.4, 4.6)),
            unsteady=float(rng.uniform(0.7, 1.6)),
            habit=int(rng.integers(1, 2**31)),
        )

    def length(self, text: str) -> float:
        """About how many pixels a text will take along its line."""
        steps = [self._advance(letter) for letter in text]
        return float(sum(steps)) - self.tracking * self.size

    def letter(self, letter: str, rng: np.random.Generator, start: Spot = (0.0, 0.0)) -> tuple[list[Points], float]:
        """One letter as it comes out this time.

        start: where it begins on the baseline, pixels, y down. Returns strokes, each (N, 2) pixels, and how far the
        hand moves on. Raises ValueError for a letter that nobody taught it.
        """
        points, weights, ends = stroke_font.traced(letter, self._step)
        grow, turn, slant, *off = (self.unsteady * rng.standard_normal(3 + points.size)).tolist()
        grow, turn, slant = self.size * (1 + _GROW * grow), _TURN * turn, self.slant + _SLANT * slant
        sin, cos = math.sin(turn), math.cos(turn)
        # Units' y points up.
        shape = np.array([[self.wide * cos, -self.wide * sin], [slant - sin, -cos]]) * grow
        wavering = points + np.array(off).reshape(-1, 2) * _POINT
        if self.habit:
            place = 37 * ord(letter) % _PECULIAR
            wavering += _peculiar(self.habit)[place : place + len(points)]
        written = weights @ (wavering @ shape + start)
        return _parted(written, ends), self._advance(letter) * float(1 + self.unsteady * rng.uniform(-0.03, 0.05))

    @property
    def _step(self) -> float:
        """Letter units between the points of a stroke."""
        return max(_FINEST, round(STEP / self.size / _FINEST) * _FINEST)

    def _advance(self, letter: str) -> float:
        if letter == " ":
            return (self.space - self.tracking) * self.size
        return (stroke_font.strokes(letter)[0] * self.wide + self.tracking) * self.size


def _parted(points: Points, ends: Sequence[int]) -> list[Points]:
    return [points[first:end] for first, end in pairwise((0, *ends))]


@lru_cache(maxsize=64)
def _peculiar(habit: int) -> Points:
    """By how many units a habit moves the points that letters are given by, (n, 2); each letter takes some of them."""
    return np.random.default_rng(habit).normal(0, _HABIT, (_PECULIAR + _MOST, 2))


def wander(rng: np.random.Generator, count: int) -> Points:
    """A slow random walk around zero, (count,), about -2..2: what an arm does that is not quite steady."""
    noise = rng.normal(0, 1, count + 24)
    window = np.hanning(25)
    return np.asarray(np.convolve(noise, window / np.sqrt((window**2).sum()), mode="valid")[:count])
