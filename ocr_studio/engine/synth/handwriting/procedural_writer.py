"""A hand made up by us as a writer: needs no file, and knows the letters of many languages."""

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
from ocr_studio.engine.synth.handwriting.rendered_text import CannotWrite, Random, Split, Writing, by_letters

Points: TypeAlias = NDArray[np.float64]

# Letter units that dots and accents are below, and how high a bar may be for its width.
_MARK, _FLAT = 2.2, 0.25
# How far strokes of two letters stand apart on average at least, in widths of the pen, and where a stroke leads from
# one to the other; and letter units of the heights that are compared.
_APART, _JOINED, _ROW = 1.3, 1.8, 2.5
# Shares of a letter's width: up to where it begins, and from where on it ends, if the pen stays down.
_LEFT, _RIGHT = 0.4, 0.45


@dataclass(frozen=True, slots=True)
class MadeHand:
    """Somebody who does not exist.

    hand: its size is of no account. joined: whether the pen stays down between small letters, as in a hurry.
    """

    hand: Hand
    joined: bool = False

    @classmethod
    def any(cls, rng: Random, split: Split = Split.TRAIN) -> MadeHand:
        """One of very many; those of one split are in no other. Hastier and odder than a board is usually drawn with:
        what is read without trouble teaches a net nothing."""
        habit = int(rng.integers(1, 2**29)) * len(Split) + list(Split).index(split)
        hand = replace(
            Hand.any(rng, size=1.0),
            slant=float(rng.normal(0.15, 0.2)),
            wide=float(rng.uniform(0.68, 1.2)),
            tracking=float(rng.uniform(0.2, 1.4)),
            unsteady=float(rng.uniform(1.0, 3.0)),
            habit=habit,
        )
        return cls(hand, bool(rng.random() < 0.5))

    @property
    def name(self) -> str:
        """The number of its habits."""
        return f"made {self.hand.habit}"

    @property
    def known(self) -> Sequence[str]:
        """Nothing was recorded."""
        return ()

    def can_write(self, text: str) -> bool:
        """Whether each letter has a shape."""
        return stroke_font.can_write(text)

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> Writing:
        """See ``Writer``."""
        if not stroke_font.can_write(text) or not text.strip():
            raise CannotWrite(text)
        pen = pen or Pen.any(rng)
        # Who writes with a broad marker sets letters further apart.
        apart = max(0.0, 0.7 * (pen.width * stroke_font.CAPITAL - self.hand.pen))
        hand = replace(self.hand, size=size / stroke_font.CAPITAL, tracking=self.hand.tracking + apart)
        wave, along = float(rng.uniform(0, 6.28)), 0.0
        parts: list[list[Points]] = []
        for letter in text:
            if letter == " ":
                along += hand.length(" ") + hand.tracking * hand.size
                continue
            lift = 0.22 * math.sin(along / (10 * hand.size) + wave) + 0.09 * rng.standard_normal()
            strokes, advance = hand.letter(letter, rng, (along, lift * hand.unsteady * hand.size))
            parts.append(strokes)
            along += advance
        joins = _joins(text, parts, hand.size) if self.joined else {}
        wide = pen.width * size
        _set_apart(
            parts, wide * np.array([_JOINED if index in joins else _APART for index in range(1, len(parts))]), hand
        )
        for index, last in joins.items():
            # A stroke that leans back along the letter it comes from would hide that one.
            if parts[index][0][0, 0] - last[0] >= _APART * wide:
                parts[index][0] = _reached(last, parts[index][0])
        return by_letters(text, parts, pen=pen, size=size, rng=rng)


def _joins(text: str, parts: Sequence[list[Points]], unit: float) -> dict[int, Points]:
    """Between which small letters the pen stays down: of each that is led into its index and where the pen comes from,
    (2,). parts: for each letter its strokes; unit: pixels of a letter unit."""
    joins: dict[int, Points] = {}
    last, index = None, 0
    for letter in text:
        end = None
        if letter.islower():
            begins_left, end = _ends(parts[index], unit)
            if last is not None and begins_left:
                joins[index] = last
        last, index = end, index + (letter != " ")
    return joins


def _set_apart(parts: Sequence[list[Points]], apart: Points, hand: Hand) -> None:
    """Moves letters on, in place, that stand so close to the one before that nobody could tell both: the stems of "il"
    would be one. They may touch, but not side by side.

    apart: (n - 1,), pixels from the middle of one's strokes to the other's, on average over the heights both take.
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


def _ends(strokes: Sequence[Points], unit: float) -> tuple[bool, Points | None]:
    """Whether a stroke from the letter before can lead into this one: it would cross those that begin at their right,
    and make an "o" of a "c". And where the pen leaves for the next letter, (2,); None where the letter ends at its
    left: a stroke from there would close an "n" to an "o"."""
    sides = [(*stroke.min(axis=0).tolist(), *stroke.max(axis=0).tolist()) for stroke in strokes]
    # Without dots, accents and bars, for which the pen is lifted.
    main = [
        index
        for index, (left, top, right, bottom) in enumerate(sides)
        if max(right - left, bottom - top) > _MARK * unit and bottom - top > _FLAT * (right - left)
    ] or [0]
    left, right = min(sides[index][0] for index in main), max(sides[index][2] for index in main)
    end = strokes[main[-1]][-1]
    begins_left = bool(strokes[0][0, 0] <= left + _LEFT * (right - left))
    return begins_left, end if end[0] >= left + _RIGHT * (right - left) else None


def _reached(last: Points, stroke: Points) -> Points:
    """The pen leaves a letter along the line and comes to the next one from below."""
    low = np.array([(last[0] + stroke[0, 0]) / 2, max(last[1], stroke[0, 1])])
    steps = max(1, min(8, round(float(np.abs(stroke[0] - last).sum()) / 2 / STEP)))
    return np.concatenate([stroke_font.curve(np.stack([last, low, stroke[0]]), steps)[:-1], stroke])
