"""Synthetic handwriting as a writer: needs no files, and has the letters of many languages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting import stroke_font
from ocr_studio.engine.synth.handwriting.hand import STEP, Hand
from ocr_studio.engine.synth.handwriting.marker import Pen
from ocr_studio.engine.synth.handwriting.rendered_text import (
    CannotWrite,
    Random,
    RenderedText,
    SourceSplit,
    render_letters,
)

Points: TypeAlias = NDArray[np.float64]

# Size limit of dots and accents in letter units, and maximum ratio of height to width of a bar.
_ACCENT_SIZE, _BAR_RATIO = 2.2, 0.25
# Minimum average distance between strokes of neighbouring letters, in pen widths, also with a connecting stroke; and
# the letter units per compared height.
_MIN_GAP, _MIN_JOINED_GAP, _ROW = 1.3, 1.8, 2.5
# Shares of a letter's width in which a connected letter begins and ends.
_LEFT, _RIGHT = 0.4, 0.45


@dataclass(frozen=True, slots=True)
class ProceduralWriter:
    """A synthetic handwriting.

    Attributes:
        hand: Its style; the size is ignored.
        cursive: Whether lowercase letters are connected, as in a hurry.
    """

    hand: Hand
    cursive: bool = False

    @classmethod
    def sample(cls, rng: Random, split: SourceSplit = SourceSplit.TRAIN) -> ProceduralWriter:
        """Choose one of very many; splits share none. They are hastier and odder than on typical boards, as a network
        learns nothing from what it reads easily.
        """
        shape_seed = int(rng.integers(1, 2**29)) * len(SourceSplit) + list(SourceSplit).index(split)
        hand = replace(
            Hand.sample(rng, size=1.0),
            slant=float(rng.normal(0.15, 0.2)),
            width_scale=float(rng.uniform(0.68, 1.2)),
            tracking=float(rng.uniform(0.2, 1.4)),
            jitter=float(rng.uniform(1.0, 3.0)),
            shape_seed=shape_seed,
        )
        return cls(hand, bool(rng.random() < 0.5))

    @property
    def name(self) -> str:
        """The number of its habits."""
        return f"made {self.hand.shape_seed}"

    @property
    def recorded_words(self) -> Sequence[str]:
        """Empty: nothing was recorded."""
        return ()

    def can_write(self, text: str) -> bool:
        """Whether each letter has a shape."""
        return stroke_font.can_write(text)

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> RenderedText:
        """Write a text, see ``Writer``."""
        if not stroke_font.can_write(text) or not text.strip():
            raise CannotWrite(text)
        pen = pen or Pen.sample(rng)
        # With a broad marker letters are wider apart.
        apart = max(0.0, 0.7 * (pen.width * stroke_font.CAPITAL - self.hand.pen))
        hand = replace(self.hand, size=size / stroke_font.CAPITAL, tracking=self.hand.tracking + apart)
        wave, along = float(rng.uniform(0, 6.28)), 0.0
        parts: list[list[Points]] = []
        for letter in text:
            if letter == " ":
                along += hand.estimate_length(" ") + hand.tracking * hand.size
                continue
            lift = 0.22 * math.sin(along / (10 * hand.size) + wave) + 0.09 * rng.standard_normal()
            strokes, advance = hand.write_letter(letter, rng, (along, lift * hand.jitter * hand.size))
            parts.append(strokes)
            along += advance
        joins = _find_joins(text, parts, hand.size) if self.cursive else {}
        wide = pen.width * size
        _separate_letters(
            parts,
            wide * np.array([_MIN_JOINED_GAP if index in joins else _MIN_GAP for index in range(1, len(parts))]),
            hand,
        )
        for index, last in joins.items():
            # A stroke leaning back along the previous letter would cover it.
            if parts[index][0][0, 0] - last[0] >= _MIN_GAP * wide:
                parts[index][0] = _connect_stroke(last, parts[index][0])
        return render_letters(text, parts, pen=pen, size=size, rng=rng)


def _find_joins(text: str, parts: Sequence[list[Points]], unit: float) -> dict[int, Points]:
    """Return which lowercase letters are connected: the index of the second letter → where the pen comes from, (2,).

    parts: strokes of each letter; unit: pixels of a letter unit.
    """
    joins: dict[int, Points] = {}
    last, index = None, 0
    for letter in text:
        end = None
        if letter.islower():
            begins_left, end = _join_points(parts[index], unit)
            if last is not None and begins_left:
                joins[index] = last
        last, index = end, index + (letter != " ")
    return joins


def _separate_letters(parts: Sequence[list[Points]], apart: Points, hand: Hand) -> None:
    """Move letters apart, in place, that are too close to be distinguished, like the stems of "il". They may touch, but
    not side by side.

    apart: (n − 1,), minimum distance in pixels between the middles of their strokes, on average over their common
    heights.
    """
    counts = [sum(map(len, part)) for part in parts]
    points = np.concatenate([stroke for part in parts for stroke in part])
    across = points[:, 0] + hand.slant * points[:, 1]
    row = np.floor(points[:, 1] / (_ROW * hand.size)).astype(np.intp)
    row -= row.min()
    rows = int(row.max()) + 1
    place = np.repeat(np.arange(len(parts)), counts) * rows + row
    order = np.argsort(place, kind="stable")
    places, starts = np.unique(place[order], return_index=True)
    left, right = np.full(len(parts) * rows, np.nan), np.full(len(parts) * rows, np.nan)
    left[places] = np.minimum.reduceat(across[order], starts)
    right[places] = np.maximum.reduceat(across[order], starts)
    between = left[rows:].reshape(-1, rows) - right[:-rows].reshape(-1, rows)
    both = ~np.isnan(between)
    many = both.sum(axis=1)
    lacking = np.where(many > 0, apart - np.where(both, between, 0).sum(axis=1) / np.maximum(1, many), 0)
    for part, far in zip(parts[1:], np.cumsum(np.maximum(0, lacking)).tolist(), strict=True):
        for stroke in part:
            stroke[:, 0] += far


def _join_points(strokes: Sequence[Points], unit: float) -> tuple[bool, Points | None]:
    """Return whether a connecting stroke can lead into this letter (not into one that begins at its right: a "c" would
    become an "o"), and where the pen leaves it, (2,); None if it ends at its left, as an "n" would become an "o".
    """
    sides = [(*stroke.min(axis=0).tolist(), *stroke.max(axis=0).tolist()) for stroke in strokes]
    # Without dots, accents and bars, which are separate strokes.
    main = [
        index
        for index, (left, top, right, bottom) in enumerate(sides)
        if max(right - left, bottom - top) > _ACCENT_SIZE * unit and bottom - top > _BAR_RATIO * (right - left)
    ] or [0]
    left, right = min(sides[index][0] for index in main), max(sides[index][2] for index in main)
    end = strokes[main[-1]][-1]
    begins_left = bool(strokes[0][0, 0] <= left + _LEFT * (right - left))
    return begins_left, end if end[0] >= left + _RIGHT * (right - left) else None


def _connect_stroke(last: Points, stroke: Points) -> Points:
    """Return a connecting stroke that leaves along the line and arrives from below."""
    low = np.array([(last[0] + stroke[0, 0]) / 2, max(last[1], stroke[0, 1])])
    steps = max(1, min(8, round(float(np.abs(stroke[0] - last).sum()) / 2 / STEP)))
    return np.concatenate([stroke_font.interpolate_curve(np.stack([last, low, stroke[0]]), steps)[:-1], stroke])
