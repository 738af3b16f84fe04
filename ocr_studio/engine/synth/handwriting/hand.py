"""A handwriting: size, slant and unsteadiness, and its letters as pen strokes."""

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
Point: TypeAlias = tuple[float, float]

# Variation of letter shapes between handwritings, in letter units: enough to distinguish them, not to turn an "a" into
# an "o".
_SHAPE_SIGMA = 0.13
# Variation of a letter each time: points of a stroke in units, rotation in radians, size as a share.
_POINT, _TURN, _GROW, _SLANT = 0.07, 0.018, 0.025, 0.015
# Pixels between points of a curve, small enough to hide corners; and the minimum in units.
STEP, _FINEST = 2.0, 0.25
# Number of points with a habit, and the maximum number of points of a letter.
_OFFSETS, _MAX_POINTS = 512, 32


@dataclass(frozen=True, slots=True)
class Hand:
    """A handwriting with a marker.

    Attributes:
        size: Pixels per letter unit (an x-height is 5 units, a capital 8).
        pen: Stroke width in units.
        slant: To the right, as a tangent.
        width_scale: Width of letters relative to the model.
        tracking: Space between letters in units.
        space: Space between words in units.
        jitter: Variation of letters; 0 for none.
        shape_seed: Seed of the peculiar letter shapes.
    """

    size: float
    pen: float = 1.1
    slant: float = 0.06
    width_scale: float = 1.0
    tracking: float = 1.0
    space: float = 3.6
    jitter: float = 1.0
    shape_seed: int = 0

    @classmethod
    def sample(cls, rng: np.random.Generator, *, size: float) -> Hand:
        """Choose a handwriting, typical for a board."""
        return cls(
            size=size,
            pen=float(rng.uniform(0.75, 1.25)),
            slant=float(rng.normal(0.06, 0.07)),
            width_scale=float(rng.uniform(0.88, 1.12)),
            tracking=float(rng.uniform(0.7, 1.3)),
            space=float(rng.uniform(3.4, 4.6)),
            jitter=float(rng.uniform(0.7, 1.6)),
            shape_seed=int(rng.integers(1, 2**31)),
        )

    def estimate_length(self, text: str) -> float:
        """Estimate the length of a text in pixels."""
        steps = [self._advance(letter) for letter in text]
        return float(sum(steps)) - self.tracking * self.size

    def write_letter(
        self, letter: str, rng: np.random.Generator, start: Point = (0.0, 0.0)
    ) -> tuple[list[Points], float]:
        """Write one letter. start: its beginning on the baseline, pixels, y down.

        Returns:
            Strokes, each (N, 2) pixels, and the advance.

        Raises:
            ValueError: The letter has no shape.
        """
        points, weights, ends = stroke_font.trace_letter(letter, self._step)
        scale, rotation, slant, *off = (self.jitter * rng.standard_normal(3 + points.size)).tolist()
        scale, rotation, slant = self.size * (1 + _GROW * scale), _TURN * rotation, self.slant + _SLANT * slant
        sin, cos = math.sin(rotation), math.cos(rotation)
        # In letter units y points up.
        shape = np.array([[self.width_scale * cos, -self.width_scale * sin], [slant - sin, -cos]]) * scale
        control_points = points + np.array(off).reshape(-1, 2) * _POINT
        if self.shape_seed:
            place = 37 * ord(letter) % _OFFSETS
            control_points += _shape_offsets(self.shape_seed)[place : place + len(points)]
        written = weights @ (control_points @ shape + start)
        return _split_strokes(written, ends), self._advance(letter) * float(1 + self.jitter * rng.uniform(-0.03, 0.05))

    @property
    def _step(self) -> float:
        """Letter units between the points of a stroke."""
        return max(_FINEST, round(STEP / self.size / _FINEST) * _FINEST)

    def _advance(self, letter: str) -> float:
        if letter == " ":
            return (self.space - self.tracking) * self.size
        return (stroke_font.letter_strokes(letter)[0] * self.width_scale + self.tracking) * self.size


def _split_strokes(points: Points, ends: Sequence[int]) -> list[Points]:
    return [points[first:end] for first, end in pairwise((0, *ends))]


@lru_cache(maxsize=64)
def _shape_offsets(shape_seed: int) -> Points:
    """Return by how many units a handwriting moves the control points, (n, 2); each letter uses some of them."""
    return np.random.default_rng(shape_seed).normal(0, _SHAPE_SIGMA, (_OFFSETS + _MAX_POINTS, 2))


def random_walk(rng: np.random.Generator, count: int) -> Points:
    """Return a slow random walk around zero, (count,), about −2..2, like an unsteady arm."""
    noise = rng.normal(0, 1, count + 24)
    window = np.hanning(25)
    return np.asarray(np.convolve(noise, window / np.sqrt((window**2).sum()), mode="valid")[:count])
