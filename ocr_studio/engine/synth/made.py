"""A hand made up by us as a writer: needs no file, and knows the letters of many languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth import letters
from ocr_studio.engine.synth.hand import Hand
from ocr_studio.engine.synth.marker import Pen
from ocr_studio.engine.synth.writing import CannotWrite, Random, Split, Writing, by_letters

Points: TypeAlias = NDArray[np.float64]

# Letter units that dots and accents are below, and how high a bar may be for its width.
_MARK, _FLAT = 2.2, 0.25
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
        return letters.can_write(text)

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> Writing:
        """See ``Writer``."""
        if not letters.can_write(text) or not text.strip():
            raise CannotWrite(text)
        pen = pen or Pen.any(rng)
        # Who writes with a broad marker sets letters further apart.
        apart = max(0.0, 0.7 * (pen.width * letters.CAPITAL - self.hand.pen))
        hand = replace(self.hand, size=size / letters.CAPITAL, tracking=self.hand.tracking + apart)
        wave, along = float(rng.uniform(0, 6.28)), 0.0
        parts: list[list[Points]] = []
        last = np.zeros((0, 2))
        for letter in text:
            if letter == " ":
                along, last = along + hand.length(" ") + hand.tracking * hand.size, np.zeros((0, 2))
                continue
            lift = hand.unsteady * hand.size * (0.22 * np.sin(along / (10 * hand.size) + wave) + rng.normal(0, 0.09))
            strokes, advance = hand.letter(letter, rng)
            placed = [stroke + (along, lift) for stroke in strokes]
            if self.joined and letter.islower() and len(last) and _begins_left(placed, hand.size):
                placed[0] = _reached(last, placed[0])
            last = _end_at_right(placed, hand.size) if letter.islower() else np.zeros((0, 2))
            parts.append(placed)
            along += advance
        return by_letters(text, parts, pen=pen, size=size, rng=rng)


def _main(strokes: Sequence[Points], unit: float) -> list[Points]:
    """A letter's strokes without dots, accents and bars, for which the pen is lifted. unit: pixels of a letter unit."""
    extents = [np.ptp(stroke, axis=0) for stroke in strokes]
    return [
        stroke
        for stroke, (wide, high) in zip(strokes, extents, strict=True)
        if max(wide, high) > _MARK * unit and high > _FLAT * wide
    ] or list(strokes[:1])


def _begins_left(strokes: Sequence[Points], unit: float) -> bool:
    """Whether a stroke from the letter before can lead into this one; it would cross those that begin at their right,
    and make an "o" of a "c"."""
    across = np.concatenate(_main(strokes, unit))[:, 0]
    return bool(strokes[0][0, 0] <= across.min() + _LEFT * np.ptp(across))


def _end_at_right(strokes: Sequence[Points], unit: float) -> Points:
    """Where the pen leaves for the next letter, (1, 2); (0, 2) where the letter ends at its left: a stroke from there
    would close an "n" to an "o"."""
    main = _main(strokes, unit)
    across = np.concatenate(main)[:, 0]
    end = main[-1][-1:]
    return end if end[0, 0] >= across.min() + _RIGHT * np.ptp(across) else np.zeros((0, 2))


def _reached(last: Points, stroke: Points) -> Points:
    """The pen leaves a letter along the line and comes to the next one from below."""
    low = np.array([(last[0, 0] + stroke[0, 0]) / 2, max(last[0, 1], stroke[0, 1])])
    return np.concatenate([letters.curve(np.stack([last[0], low, stroke[0]])), stroke])
