"""Lessons → padded batches, the same ones for the same seed, wherever a run goes on from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.word_crops import steps_for
from ocr_studio.core.language.charset import Charset, normalise
from ocr_studio.engine.nets.recognizer import HEIGHT, STEP
from ocr_studio.engine.training.augmentation import varied
from ocr_studio.engine.training.training_data import Lesson

Integers: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]

# Widths of batches come in whole multiples of this, so that few different sizes go through the compiled step.
_PADDED: Final = 32
# Longer lines are squeezed: a step's memory grows with its width.
WIDEST: Final = 1600
_SPARE: Final = 0.5  # how often there is more padding than needed
# How far words of other widths get into a batch: sigma, of the width's natural logarithm …
_JUMBLE: Final = 0.3
# … and places among the general words, sorted by width.
_NEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes through the net in one step.

    pixels: (B, 48, W, 3) float32, -1 to 1, padded with 0. steps: (B,) int32, of the net's output, that belong to the
    crop. own: how many of the crops, the first ones, are the dataset's own; the others are general. labels: (B, L)
    int32, padded with 0. lengths: (B,) int32, of the labels; 0 where a crop has too few steps for
    its text, which is then not learned, whatever its label.
    """

    pixels: NDArray[np.float32]
    steps: Integers
    labels: Integers
    lengths: Integers
    own: int


@dataclass(frozen=True, slots=True)
class Mixture:
    """How batches are mixed of what is to be learned and what is general: crops of words, or pieces of photos.

    batch: how many a batch holds; replay: share (0..0.9) of general ones; augmentation: 0..1; seed: of all that is
    drawn.
    """

    batch: int
    replay: float
    augmentation: float
    seed: int

    def own(self) -> int:
        """How many of a batch are to be learned."""
        return max(1, round(self.batch * (1 - self.replay)))


class Batches:
    """Batches of a run, by the number of the step; nothing is remembered between two."""

    def __init__(self, own: Sequence[Lesson], general: Sequence[Lesson], charset: Charset, mixture: Mixture) -> None:
        """own: what is to be learned, at least one. general: what is repeated; may be empty."""
        self._own, self._general, self._mixture = list(own), sorted(general, key=aspect), mixture
        self._widths = np.array([aspect(lesson) for lesson in self._own])
        self._general_widths = np.array([aspect(lesson) for lesson in self._general])
        self._labels = {lesson.text: charset.encode(lesson.text) for lesson in (*own, *general)}
        self._per_batch = min(mixture.own() if general else mixture.batch, len(self._own))
        self.per_epoch = math.ceil(len(self._own) / self._per_batch)

    def at(self, step: int) -> Batch:
        """The batch of a step, 0 the first."""
        epoch, place = divmod(step, self.per_epoch)
        mixed = np.random.default_rng((self._mixture.seed, 0, epoch))
        # Roughly by their width, or each batch would be as wide as the widest of all.
        order = np.argsort(self._widths * np.exp(mixed.normal(0, _JUMBLE, len(self._own))))
        parts = np.array_split(order, self.per_epoch)
        own = parts[mixed.permutation(self.per_epoch)[place]]
        drawn = np.random.default_rng((self._mixture.seed, 1, step))
        lessons = [self._own[index] for index in own] + self._alike(self._widths[own], drawn)
        return replace(self._prepared(lessons, drawn), own=len(own))

    def _alike(self, widths: Floats, rng: np.random.Generator) -> list[Lesson]:
        """General words to go with words of these widths."""
        many = max(0, self._mixture.batch - self._per_batch) if self._general else 0
        wanted = rng.choice(widths, size=many) * np.exp(rng.normal(0, _JUMBLE, many))
        places = np.searchsorted(self._general_widths, wanted) + rng.integers(-_NEAR, _NEAR + 1, many)
        return [self._general[place] for place in places.clip(0, len(self._general) - 1)]

    def _prepared(self, lessons: Sequence[Lesson], rng: np.random.Generator) -> Batch:
        crops = [held(varied(lesson.crop, self._mixture.augmentation, rng)) for lesson in lessons]
        # Read, they are padded more or less than here, where those of like width are together.
        spare = int(rng.integers(3)) * _PADDED if rng.random() < _SPARE else 0
        return packed(crops, [self._labels[lesson.text] for lesson in lessons], spare=spare)


def packed(crops: Sequence[NDArray[np.float32]], labels: Sequence[Sequence[int]], *, spare: int = 0) -> Batch:
    """crops: each (48, w, 3), levels 0..255; labels: the classes of what stands on each. spare: pixels to pad more than
    needed, a multiple of 8."""
    widest = max(crop.shape[1] for crop in crops)
    padded = math.ceil(widest / _PADDED) * _PADDED + spare
    pixels = np.zeros((len(crops), HEIGHT, padded, 3), np.float32)
    written = np.zeros((len(crops), max(1, *map(len, labels))), np.int32)
    steps, lengths = np.zeros(len(crops), np.int32), np.zeros(len(crops), np.int32)
    for row, (crop, classes) in enumerate(zip(crops, labels, strict=True)):
        width = crop.shape[1]
        np.multiply(crop, np.float32(1 / 127.5), out=pixels[row, :, :width])
        pixels[row, :, :width] -= 1.0
        steps[row] = min(math.ceil(width / STEP) + 1, padded // STEP)
        if steps_for(classes) <= steps[row]:
            written[row, : len(classes)] = classes
            lengths[row] = len(classes)
        else:
            written[row, 0] = 1  # TensorFlow's CTC refuses a text without letters
    return Batch(pixels, steps, written, lengths, own=len(crops))


def aspect(lesson: Lesson) -> float:
    """Width for height."""
    return float(lesson.crop.shape[1] / lesson.crop.shape[0])


def usable(lesson: Lesson, charset: Charset) -> bool:
    """Whether it can be learned: it says something, in known letters, on a crop that is wide enough for them."""
    height, width = lesson.crop.shape[:2]
    text = normalise(lesson.text)
    if not text or not height or not width or charset.unknown(text):
        return False
    steps: int = math.ceil(min(WIDEST, HEIGHT * width / height) / STEP) + 1
    return steps_for(charset.encode(text)) <= steps


def held(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squeezed, where it is too wide."""
    if crop.shape[1] <= WIDEST:
        return crop
    return np.asarray(cv2.resize(crop, (WIDEST, HEIGHT), interpolation=cv2.INTER_AREA), np.float32)
