"""What somebody wrote: ink, and where each letter of it lies; and what a source of writing can do.

A writer is anything that puts a text down: a person whose pen strokes were recorded, a font, a hand made up by us.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting import marker
from ocr_studio.engine.synth.handwriting.marker import Drawn, Pen

Floats: TypeAlias = NDArray[np.floating[Any]]
Ink: TypeAlias = NDArray[np.uint8]
Boxes: TypeAlias = NDArray[np.float32]
Random: TypeAlias = np.random.Generator


class Split(StrEnum):
    """What a writer, a font or a background is for: no one of them is in two of these."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"

    @classmethod
    def of(cls, content: bytes) -> Split:
        """Where something belongs by what it contains, whatever it is called and whatever lies beside it: 8 of 10 to
        train, 1 to validation, 1 to test."""
        place = int.from_bytes(hashlib.sha256(content).digest()[:4], "big") % 10
        return (cls.VALIDATION, cls.TEST)[place] if place < 2 else cls.TRAIN


class CannotWrite(ValueError):
    """A writer does not know some letter of a text. Ask ``can_write`` before."""


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """A text as somebody wrote it.

    ink: (h, w) uint8, how much of it lies where: 0 none, 255 full; sides without ink are a few pixels at most.
    letters: (n, 4, 2) float32, a box for each character of the text that is no space, in order, in pixels of ``ink``,
    clockwise from the letter's top left. baseline: pixels from the top, where letters stand.
    exact: whether the boxes are those of the letters; else the word was written in one go, and they are where its
    letters are to be expected.
    """

    text: str
    ink: Ink
    letters: Boxes
    baseline: float
    exact: bool = True


class Writer(Protocol):
    """Somebody who writes always in the same hand."""

    @property
    def name(self) -> str:
        """Of the person or font, the same at every start."""
        ...

    @property
    def known(self) -> Sequence[str]:
        """Words that come out best, since they were recorded as a whole; empty for most."""
        ...

    def can_write(self, text: str) -> bool:
        """Whether each of its letters is known."""
        ...

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> Writing:
        """One line, words parted by single spaces. The same numbers of ``rng`` bring the same writing.

        size: pixels of a capital's height. pen: what it is written with; any if None; fonts keep their own shape.
        Raises CannotWrite.
        """
        ...


def squares(boxes: Boxes) -> Boxes:
    """Corners of upright boxes, (n, 4) left, top, right, bottom -> (n, 4, 2), clockwise from the top left."""
    return np.asarray(boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2), np.float32)


def by_letters(text: str, parts: Sequence[Sequence[Floats]], *, pen: Pen, size: float, rng: Random) -> Writing:
    """A text of which the strokes of each letter are known.

    parts: for each character of the text that is no space its strokes, (n, 2) pixels, y down from the baseline. size:
    pixels of a capital's height.
    """
    drawn = marker.draw([stroke for part in parts for stroke in part], pen, size=size, rng=rng)
    return boxed(text, drawn, extents(parts), reach=marker.reach(pen, size))


def boxed(text: str, drawn: Drawn, boxes: Boxes, *, reach: float, exact: bool = True) -> Writing:
    """A text that is drawn, and of whose strokes it is known what room those of each letter take.

    boxes: (n, 4) left, top, right, bottom of the letters' points, pixels, y down from the baseline; reach: how far ink
    lies from them; exact: as of ``Writing``.
    """
    left, top = drawn.corner
    moved = boxes + np.array([-reach - left, -reach - top, reach - left, reach - top], np.float32)
    return Writing(text, drawn.ink, squares(moved), -top, exact)


def extents(parts: Sequence[Sequence[Floats]]) -> Boxes:
    """Left, top, right and bottom of the strokes of each part, (n, 4). parts: as of ``by_letters``."""
    points = np.concatenate([stroke for part in parts for stroke in part])
    starts = [0, *accumulate(sum(map(len, part)) for part in parts[:-1])]
    low, high = (reduce.reduceat(points, starts) for reduce in (np.minimum, np.maximum))
    return np.concatenate([low, high], axis=1, dtype=np.float32)
