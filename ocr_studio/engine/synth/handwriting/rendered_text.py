"""Rendered text, with ink and letter boxes, and the interface of writers: recorded ones, fonts, generated ones."""

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
from ocr_studio.engine.synth.handwriting.marker import InkDrawing, Pen

Floats: TypeAlias = NDArray[np.floating[Any]]
Ink: TypeAlias = NDArray[np.uint8]
Boxes: TypeAlias = NDArray[np.float32]
Random: TypeAlias = np.random.Generator


class SourceSplit(StrEnum):
    """What a writer, a font or a background is used for; splits are disjoint."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"

    @classmethod
    def of(cls, content: bytes) -> SourceSplit:
        """Choose the split by contents, independent of names: 8 of 10 to train, 1 to validation, 1 to test."""
        place = int.from_bytes(hashlib.sha256(content).digest()[:4], "big") % 10
        return (cls.VALIDATION, cls.TEST)[place] if place < 2 else cls.TRAIN


class CannotWrite(ValueError):
    """A writer lacks a character of a text. Check ``can_write`` before."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedText:
    """A rendered text.

    Attributes:
        ink: (h, w) uint8, from 0 (none) to 255 (full), with a margin of a few pixels at most.
        letters: (n, 4, 2) float32, a box for each character except spaces, in order, in pixels of ``ink``, clockwise
            from the letter's top left.
        baseline: Its distance from the top in pixels.
        exact: Whether the boxes are measured; otherwise the word was written in one go, and they are estimates.
    """

    text: str
    ink: Ink
    letters: Boxes
    baseline: float
    exact: bool = True


class Writer(Protocol):
    """A writer with one handwriting."""

    @property
    def name(self) -> str:
        """Name of the writer or font, the same at every start."""
        ...

    @property
    def recorded_words(self) -> Sequence[str]:
        """Words recorded as a whole, which look best; mostly empty."""
        ...

    def can_write(self, text: str) -> bool:
        """Whether it has each of the letters."""
        ...

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> RenderedText:
        """Write one line, words separated by single spaces; reproducible for the same random generator.

        Args:
            text: The text.
            size: Pixels of a capital's height.
            rng: Random generator.
            pen: The pen; None for any. Fonts keep their own shape.

        Raises:
            CannotWrite: A character is missing.
        """
        ...


def boxes_to_quads(boxes: Boxes) -> Boxes:
    """Convert upright boxes, (n, 4) left, top, right, bottom, to corners, (n, 4, 2), clockwise from the top left."""
    return np.asarray(boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2), np.float32)


def render_letters(text: str, parts: Sequence[Sequence[Floats]], *, pen: Pen, size: float, rng: Random) -> RenderedText:
    """Render a text from the strokes of each character except spaces, (n, 2) pixels, y down from the baseline.

    size: pixels of a capital's height.
    """
    drawn = marker.draw_strokes([stroke for part in parts for stroke in part], pen, size=size, rng=rng)
    return place_letters(text, drawn, measure_extents(parts), reach=marker.ink_radius(pen, size))


def place_letters(text: str, drawn: InkDrawing, boxes: Boxes, *, reach: float, exact: bool = True) -> RenderedText:
    """Combine a drawn text with the boxes of its letters.

    boxes: (n, 4) left, top, right, bottom of the letters' points, pixels, y down from the baseline, beyond which ink
    extends by ``reach``.
    """
    left, top = drawn.corner
    moved = boxes + np.array([-reach - left, -reach - top, reach - left, reach - top], np.float32)
    return RenderedText(text, drawn.ink, boxes_to_quads(moved), -top, exact)


def measure_extents(parts: Sequence[Sequence[Floats]]) -> Boxes:
    """Return left, top, right and bottom of the strokes of each part, (n, 4). parts: as in ``render_letters``."""
    points = np.concatenate([stroke for part in parts for stroke in part])
    starts = [0, *accumulate(sum(map(len, part)) for part in parts[:-1])]
    low, high = (reduce.reduceat(points, starts) for reduce in (np.minimum, np.maximum))
    return np.concatenate([low, high], axis=1, dtype=np.float32)
