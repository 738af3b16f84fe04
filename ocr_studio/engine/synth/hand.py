"""How somebody writes: the size, slant and unsteadiness of a hand, and its letters as pen strokes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth import letters

Points: TypeAlias = NDArray[np.float64]

# How much somebody's letters differ from the model hand's, in letter units: enough to tell hands apart, not to mistake
# an "a" for an "o".
_HABIT = 0.13
# How much a letter differs each time it is written: points of a stroke in units, turn in radians, size as a share.
_POINT, _TURN, _GROW = 0.07, 0.018, 0.025


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

    def letter(self, letter: str, rng: np.random.Generator) -> tuple[list[Points], float]:
        """One letter as it comes out this time.

        Returns strokes, each (N, 2) in pixels relative to where the letter begins on the baseline, y down, and how far
        the hand moves on. Raises ValueError for a letter that nobody taught it.
        """
        grow = 1 + self.unsteady * rng.normal(0, _GROW)
        turn = self.unsteady * rng.normal(0, _TURN)
        slant = self.slant + self.unsteady * rng.normal(0, 0.015)
        shape = np.array([[np.cos(turn), slant - np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        shape = grow * self.size * (shape @ np.diag([self.wide, 1.0])) * np.array([[1], [-1]])  # units' y points up
        written = []
        for points, smooth in self._habitual(letter):
            wavering = points + self.unsteady * rng.normal(0, _POINT, points.shape)
            written.append((letters.curve if smooth else letters.polyline)(wavering) @ shape.T)
        return written, self._advance(letter) * float(1 + self.unsteady * rng.uniform(-0.03, 0.05))

    def _advance(self, letter: str) -> float:
        if letter == " ":
            return (self.space - self.tracking) * self.size
        return (letters.strokes(letter)[0] * self.wide + self.tracking) * self.size

    def _habitual(self, letter: str) -> list[tuple[Points, bool]]:
        """The letter's strokes as this hand is used to write them."""
        _, strokes = letters.strokes(letter)
        if not self.habit:
            return list(strokes)
        own = np.random.default_rng((self.habit, *map(ord, letter)))
        return [(points + own.normal(0, _HABIT, points.shape), smooth) for points, smooth in strokes]


def wander(rng: np.random.Generator, count: int) -> Points:
    """A slow random walk around zero, (count,), about -2..2: what an arm does that is not quite steady."""
    noise = rng.normal(0, 1, count + 24)
    window = np.hanning(25)
    return np.asarray(np.convolve(noise, window / np.sqrt((window**2).sum()), mode="valid")[:count])
