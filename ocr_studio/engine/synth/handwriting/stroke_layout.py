"""Layout of recorded strokes on a line: size, place and variation of each item.

Collections of strokes scale every item to the same box, be it an "l" or an "a", so heights and widths of letters are
those of the built-in font (``stroke_font``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting import stroke_font
from ocr_studio.engine.synth.handwriting.rendered_text import Floats, Random

Strokes: TypeAlias = list[NDArray[np.float32]]

# Flatter marks, in letter units, are scaled by width instead of height.
_FLAT: Final = 2.6
# Maximum distance in pixels between points of a stroke, to hide corners.
_STEP: Final = 2.5


@lru_cache(maxsize=4096)
def letter_extent(letter: str) -> tuple[float, float, float]:
    """Return top and bottom of a letter over the baseline and its width, in letter units; a capital's for an unknown
    one.
    """
    try:
        width, parts = stroke_font.letter_strokes(letter)
    except ValueError:
        return stroke_font.CAPITAL, 0.0, 0.6 * stroke_font.CAPITAL
    height = np.concatenate([points[:, 1] for points, _ in parts])
    return float(height.max()), float(height.min()), width


@dataclass(frozen=True, slots=True)
class HandVariation:
    """Variation of a recorded handwriting.

    Attributes:
        unit: Pixels of a letter unit (a capital is 8 high).
        slant: To the right, as a tangent, added to the writer's own.
        width_scale: Relative width.
        low: Relative height of lowercase letters.
        tracking: Space between single letters in pixels.
        space: Space between words in pixels.
        wave: Amplitude of the line's waves in pixels.
        length: Length of a wave in pixels.
        start: Phase of the wave in radians.
        uneven: Variation of the letters' size and place.
    """

    unit: float
    slant: float
    width_scale: float
    low: float
    tracking: float
    space: float
    wave: float
    length: float
    start: float
    uneven: float

    @classmethod
    def sample(cls, rng: Random, unit: float, pen: float) -> HandVariation:
        """Choose a typical variation. pen: stroke width in pixels; with a broad marker letters are wider apart."""
        return cls(
            unit=unit,
            slant=float(rng.normal(0, 0.12)),
            width_scale=min(1.45, max(0.65, float(rng.normal(1, 0.14)))),
            low=min(1.3, max(0.75, float(rng.normal(1.02, 0.12)))),
            tracking=unit * min(2.0, max(-0.5, float(rng.normal(0.3, 0.55)))) + 0.75 * pen,
            space=unit * float(rng.uniform(2.4, 5.0)),
            wave=unit * abs(float(rng.normal(0, 0.28))),
            length=unit * float(rng.uniform(12, 50)),
            start=float(rng.uniform(0, 2 * math.pi)),
            uneven=float(rng.uniform(0.4, 1.6)),
        )

    def compose(self, pieces: Sequence[str], items: Sequence[Strokes], rng: Random) -> tuple[Strokes, float]:
        """Compose a word of single letters or parts: all strokes, from 0 on the baseline, and its width."""
        strokes = [stroke for item in items for stroke in item]
        points, counts = np.concatenate(strokes), [sum(map(len, item)) for item in items]
        starts = [0, *accumulate(counts[:-1])]
        low, high = (reduce.reduceat(points, starts) for reduce in (np.minimum, np.maximum))
        uneven = np.zeros((len(pieces), 3))
        if len(pieces) > 1:
            uneven = self.uneven * rng.normal(0, (0.22, 0.05, 0.25), uneven.shape)
        scales, lifts = [], []
        along = end = 0.0
        for piece, (wide, tall), (lift, larger, gap) in zip(
            pieces, np.maximum(high - low, 1e-3).tolist(), uneven.tolist(), strict=True
        ):
            top, bottom, width = self._part_extent(piece)
            top, bottom = top * (1 + larger) + lift, bottom * (1 + larger) + lift
            across, grow = self._part_scale(wide, tall, top - bottom, width)
            scales.append((self.unit * across, self.unit * grow))
            lifts.append((along, -self.unit * (top + bottom) / 2))
            end = along + self.unit * across * wide
            along = end + self.tracking + gap * self.unit
        base = np.stack([low[:, 0], (high[:, 1] + low[:, 1]) / 2], axis=1)
        base, scale, lifted = (
            np.repeat(np.asarray(each, np.float32), counts, axis=0) for each in (base, scales, lifts)
        )
        return _split_strokes((points - base) * scale + lifted, strokes), end

    def _part_extent(self, piece: str) -> tuple[float, float, float]:
        """Return top and bottom of a part over the baseline and its width, in letter units."""
        extents = [letter_extent(letter) for letter in piece]
        top, bottom = max(each[0] for each in extents), min(each[1] for each in extents)
        if piece.islower():
            top, bottom = (top * self.low if top < 6 else top), bottom * self.low
        return top, bottom, sum(each[2] + 1 for each in extents) - 1

    def _part_scale(self, wide: float, tall: float, height: float, width: float) -> tuple[float, float]:
        """Return the scale across and down that gives a part its height in letter units, or a flat one its width."""
        grow = height / tall
        if height < _FLAT:
            # A dot is as wide as it is high; a dash is not.
            grow = min(width / wide, 2.5 * max(0.3, height) / tall)
        natural = width / (wide * grow)
        return grow * min(1.9 * natural, max(0.55 * natural, self.width_scale)), grow

    def transform(self, strokes: Strokes, along: float) -> Strokes:
        """Move strokes along the line, slant and smooth them, on a slightly wavy line."""
        every = np.concatenate(strokes)
        x, y = every[:, 0] + np.float32(along), every[:, 1]
        moved = np.empty_like(every)
        moved[:, 0] = x - self.slant * y
        moved[:, 1] = y + self.wave * np.sin(x / self.length + self.start)
        return [smooth_stroke(stroke) for stroke in _split_strokes(moved, strokes)]


def _split_strokes(points: NDArray[np.float32], as_in: Strokes) -> Strokes:
    """Split points into strokes of the given lengths."""
    return [points[start:end] for start, end in pairwise((0, *accumulate(map(len, as_in))))]


def smooth_stroke(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Interpolate a curve through points, (n, 2) pixels -> (m, 2) (Catmull and Rom 1974); close points stay as they
    are.
    """
    count = len(points) - 1
    if count < 2:
        return points
    far = float(np.abs(points[1:] - points[:-1]).sum())
    steps = int(min(5, far / count / _STEP))
    if steps < 2:
        return points
    padded = np.concatenate([points[:1], points, points[-1:]])[:, None, :]
    a, b, c, d = _cached_weights(steps)
    between = a * padded[:-3] + b * padded[1:-2] + c * padded[2:-1] + d * padded[3:]
    return np.concatenate([between.reshape(-1, 2), points[-1:]])


@lru_cache(maxsize=8)
def _cached_weights(steps: int) -> NDArray[np.float32]:
    """Return the weights of four points for those between the middle two, (4, 1, steps, 1)."""
    return stroke_font.catmull_rom_weights(np.arange(steps) / steps).T.astype(np.float32).reshape(4, 1, steps, 1)


def estimate_boxes(word: str, strokes: Sequence[Floats], slant: float) -> NDArray[np.float32]:
    """Estimate the boxes of the letters of a word written in one go: (n, 4) left, top, right, bottom.

    Widths are proportional to the built-in font; a cut is where the least ink is nearby. slant: as a tangent, y down.
    """
    points = np.concatenate(strokes)
    level = points[:, 0] + slant * points[:, 1]
    low, high = float(level.min()), float(level.max())
    widths = np.array([letter_extent(letter)[2] + 1 for letter in word])
    ends = low + (high - low) * np.cumsum([0, *widths]) / widths.sum()
    bins = 6 * len(word)
    places = ((level - low) * (bins / max(high - low, 1e-3))).astype(np.intp)
    crowd = np.bincount(np.minimum(places, bins - 1), minlength=bins) + 0.01
    centres = low + (high - low) * (np.arange(bins) + 0.5) / bins
    mean = max(high - low, 1e-3) / len(word)
    far = np.abs(centres - ends[1:-1, None]) / mean
    ends[1:-1] = centres[np.argmin(np.where(far < 0.4, crowd / crowd.mean() + 3 * far, np.inf), axis=1)]
    ends.sort()
    owner = np.clip(np.searchsorted(ends, level, side="right") - 1, 0, len(word) - 1)
    return _letter_boxes(points, owner, ends - slant * float(points[:, 1].mean()))


def _letter_boxes(points: Floats, owner: NDArray[np.intp], ends: Floats) -> NDArray[np.float32]:
    """Return the boxes of letters, (n, 4), around their points; a letter without points gets its estimated range."""
    top, bottom = points[:, 1].min(), points[:, 1].max()
    boxes = np.stack([ends[:-1], np.full(len(ends) - 1, top), ends[1:], np.full(len(ends) - 1, bottom)], axis=1)
    order = np.argsort(owner, kind="stable")
    owners, starts = np.unique(owner[order], return_index=True)
    boxes[owners, :2] = np.minimum.reduceat(points[order], starts)
    boxes[owners, 2:] = np.maximum.reduceat(points[order], starts)
    return boxes.astype(np.float32)
