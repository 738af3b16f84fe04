"""Lessons → padded batches, the same ones for the same seed, wherever a run goes on from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.charset import Charset, normalise
from ocr_studio.engine.augmentation import varied
from ocr_studio.engine.lessons import Lesson
from ocr_studio.engine.nets.recognizer import HEIGHT, STEP

Integers: TypeAlias = NDArray[np.int32]

# Widths of batches come in whole multiples of this, so that few different sizes go through the compiled step.
_PADDED: Final = 32
# Longer lines are squeezed: a step's memory grows with its width.
WIDEST: Final = 1600


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes through the net in one step.

    pixels: (B, 48, W, 3) float32, -1 to 1, padded with 0. steps: (B,) int32, of the net's output, that belong to the
    crop. labels: (B, L) int32, padded with 0. lengths: (B,) int32, of the labels; 0 where a crop has too few steps for
    its text, which is then not learned.
    """

    pixels: NDArray[np.float32]
    steps: Integers
    labels: Integers
    lengths: Integers


@dataclass(frozen=True, slots=True)
class Mixture:
    """How batches are mixed of a dataset's own words and general ones.

    batch: crops of a batch; replay: share (0..0.9) of general words; augmentation: 0..1; seed: of all that is drawn.
    """

    batch: int
    replay: float
    augmentation: float
    seed: int

    def own(self) -> int:
        """How many crops of a batch are the dataset's own."""
        return max(1, round(self.batch * (1 - self.replay)))


class Batches:
    """Batches of a run, by the number of the step; nothing is remembered between two."""

    def __init__(self, own: Sequence[Lesson], general: Sequence[Lesson], charset: Charset, mixture: Mixture) -> None:
        """own: what is to be learned, at least one. general: what is repeated; may be empty."""
        self._own, self._general, self._mixture = list(own), list(general), mixture
        self._labels = {lesson.text: charset.encode(lesson.text) for lesson in (*own, *general)}
        self._per_batch = min(mixture.own() if general else mixture.batch, len(self._own))
        self.per_epoch = math.ceil(len(self._own) / self._per_batch)

    def at(self, step: int) -> Batch:
        """The batch of a step, 0 the first."""
        epoch, place = divmod(step, self.per_epoch)
        drawn = np.random.default_rng((self._mixture.seed, 1, step))
        order = np.random.default_rng((self._mixture.seed, 0, epoch)).permutation(len(self._own))
        own = [self._own[index] for index in np.array_split(order, self.per_epoch)[place]]
        return self._prepared([*own, *self._alike(own, drawn)], drawn)

    def _alike(self, own: Sequence[Lesson], rng: np.random.Generator) -> list[Lesson]:
        """General words to go with these."""
        many = max(0, self._mixture.batch - self._per_batch) if self._general else 0
        return [self._general[index] for index in rng.integers(len(self._general), size=many)] if many else []

    def _prepared(self, lessons: Sequence[Lesson], rng: np.random.Generator) -> Batch:
        crops = [held(varied(lesson.crop, self._mixture.augmentation, rng)) for lesson in lessons]
        return packed(crops, [self._labels[lesson.text] for lesson in lessons])


def packed(crops: Sequence[NDArray[np.float32]], labels: Sequence[Sequence[int]]) -> Batch:
    """crops: each (48, w, 3), levels 0..255; labels: the classes of what stands on each."""
    widest = max(crop.shape[1] for crop in crops)
    padded = math.ceil(widest / _PADDED) * _PADDED
    pixels = np.zeros((len(crops), HEIGHT, padded, 3), np.float32)
    written = np.zeros((len(crops), max(1, *map(len, labels))), np.int32)
    steps, lengths = np.zeros(len(crops), np.int32), np.zeros(len(crops), np.int32)
    for row, (crop, classes) in enumerate(zip(crops, labels, strict=True)):
        width = crop.shape[1]
        np.multiply(crop, np.float32(1 / 127.5), out=pixels[row, :, :width])
        pixels[row, :, :width] -= 1.0
        steps[row] = min(math.ceil(width / STEP) + 1, padded // STEP)
        if steps_needed(classes) <= steps[row]:
            written[row, : len(classes)] = classes
            lengths[row] = len(classes)
    return Batch(pixels, steps, written, lengths)


def steps_needed(labels: Sequence[int]) -> int:
    """The fewest steps that spell these classes: one each, and a blank between two of the same."""
    return len(labels) + sum(a == b for a, b in itertools.pairwise(labels))


def usable(lesson: Lesson, charset: Charset) -> bool:
    """Whether it can be learned: it says something, in known letters, on a crop that is wide enough for them."""
    height, width = lesson.crop.shape[:2]
    text = normalise(lesson.text)
    if not text or not height or not width or charset.unknown(text):
        return False
    return steps_needed(charset.encode(text)) <= math.ceil(min(WIDEST, HEIGHT * width / height) / STEP) + 1


def held(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squeezed, where it is too wide."""
    if crop.shape[1] <= WIDEST:
        return crop
    return np.asarray(cv2.resize(crop, (WIDEST, HEIGHT), interpolation=cv2.INTER_AREA), np.float32)
