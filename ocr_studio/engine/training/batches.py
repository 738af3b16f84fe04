"""Training examples → padded batches, reproducible for a seed, also after resuming."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.word_crops import count_ctc_steps
from ocr_studio.core.language.charset import Charset, normalize_text
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from ocr_studio.engine.training.augmentation import augment
from ocr_studio.engine.training.training_data import TrainingExample

Integers: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]

# Widths of batches are multiples of this, so that the compiled step sees few sizes.
WIDTH_STEP: Final = 32
# Longer lines are squeezed: a step's memory grows with its width.
WIDEST: Final = 1600
_SPARE_CHANCE: Final = 0.5  # probability of additional padding
# Mixing of widths in a batch: sigma of the log width …
_WIDTH_SIGMA: Final = 0.3
# … and of positions among the general words, sorted by width.
_POSITION_SPREAD: Final = 12


@dataclass(frozen=True, slots=True)
class Batch:
    """The input of one training step.

    Attributes:
        inputs: What the network sees: pixels, (B, 48, W, 3) float32, −1 to 1, padded with 0; or, if upper layers
            alone are trained, their features, (B, T, C) float32, padded with those of padding.
        steps: (B,) int32, number of the network's steps that belong to each crop.
        own: Number of crops of the dataset, which come first; the others are general.
        labels: (B, L) int32, padded with 0.
        lengths: (B,) int32, lengths of the labels; 0 for a crop with too few steps for its text, which is ignored.
    """

    inputs: NDArray[np.float32]
    steps: Integers
    labels: Integers
    lengths: Integers
    own: int


@dataclass(frozen=True, slots=True)
class Mixture:
    """The composition of batches, for crops or tiles of photos.

    Attributes:
        batch: Batch size.
        replay: Share (0..0.9) of general ones.
        augmentation: 0..1.
        seed: Random seed.
    """

    batch: int
    replay: float
    augmentation: float
    seed: int

    def own(self) -> int:
        """Number of the dataset's own ones in a batch."""
        return max(1, round(self.batch * (1 - self.replay)))


class Batches:
    """The batches of a run, by step number, without state."""

    def __init__(
        self, own: Sequence[TrainingExample], general: Sequence[TrainingExample], charset: Charset, mixture: Mixture
    ) -> None:
        """Prepare the batches.

        Args:
            own: Examples of the dataset, at least one.
            general: General examples for rehearsal; may be empty.
            charset: The charset.
            mixture: Composition of the batches.
        """
        self._own, self._general, self._mixture = list(own), sorted(general, key=aspect_ratio), mixture
        self._widths = np.array([aspect_ratio(example) for example in self._own])
        self._general_widths = np.array([aspect_ratio(example) for example in self._general])
        self._labels = {example.text: charset.encode(example.text) for example in (*own, *general)}
        self._per_batch = min(mixture.own() if general else mixture.batch, len(self._own))
        self.per_epoch = math.ceil(len(self._own) / self._per_batch)

    def at(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0."""
        epoch, place = divmod(step, self.per_epoch)
        mixed = np.random.default_rng((self._mixture.seed, 0, epoch))
        # Grouped roughly by width; otherwise each batch would be as wide as the widest crop.
        order = np.argsort(self._widths * np.exp(mixed.normal(0, _WIDTH_SIGMA, len(self._own))))
        parts = np.array_split(order, self.per_epoch)
        own = parts[mixed.permutation(self.per_epoch)[place]]
        drawn = np.random.default_rng((self._mixture.seed, 1, step))
        examples = [self._own[index] for index in own] + self._choose_general(self._widths[own], drawn)
        return replace(self._make_batch(examples, drawn), own=len(own))

    def _choose_general(self, widths: Floats, rng: np.random.Generator) -> list[TrainingExample]:
        """Return general words to go with words of these widths."""
        count = max(0, self._mixture.batch - self._per_batch) if self._general else 0
        target_widths = rng.choice(widths, size=count) * np.exp(rng.normal(0, _WIDTH_SIGMA, count))
        positions = np.searchsorted(self._general_widths, target_widths) + rng.integers(
            -_POSITION_SPREAD, _POSITION_SPREAD + 1, count
        )
        return [self._general[place] for place in positions.clip(0, len(self._general) - 1)]

    def _make_batch(self, examples: Sequence[TrainingExample], rng: np.random.Generator) -> Batch:
        crops = [limit_width(augment(example.crop, self._mixture.augmentation, rng)) for example in examples]
        # A crop is padded to the widest of its batch here, but by its own width when it is read.
        return pack_batch(crops, self._labels_of(examples), padding=draw_padding(rng) * WIDTH_STEP)

    def _labels_of(self, examples: Sequence[TrainingExample]) -> list[list[int]]:
        return [self._labels[example.text] for example in examples]


def draw_padding(rng: np.random.Generator) -> int:
    """Draw the additional padding of a batch, in steps of widths: often none."""
    return int(rng.integers(3)) if rng.random() < _SPARE_CHANCE else 0


def pack_batch(crops: Sequence[NDArray[np.float32]], labels: Sequence[Sequence[int]], *, padding: int = 0) -> Batch:
    """Pad crops to a batch.

    Args:
        crops: Each (48, w, 3), levels 0..255.
        labels: Classes of the text of each.
        padding: Additional padding in pixels, a multiple of 8.
    """
    widest = max(crop.shape[1] for crop in crops)
    padded = math.ceil(widest / WIDTH_STEP) * WIDTH_STEP + padding
    pixels = np.zeros((len(crops), HEIGHT, padded, 3), np.float32)
    for row, crop in enumerate(crops):
        np.multiply(crop, np.float32(1 / 127.5), out=pixels[row, :, : crop.shape[1]])
        pixels[row, :, : crop.shape[1]] -= 1.0
    return pack_inputs(pixels, [min(math.ceil(crop.shape[1] / STEP) + 1, padded // STEP) for crop in crops], labels)


def pack_unchanged(examples: Sequence[TrainingExample], labels: Sequence[Sequence[int]]) -> Batch:
    """Make a batch of some crops as they are, with the classes of their texts."""
    still = np.random.default_rng(0)
    return pack_batch([limit_width(augment(each.crop, 0.0, still)) for each in examples], labels)


def pack_inputs(inputs: NDArray[np.float32], steps: Sequence[int], labels: Sequence[Sequence[int]]) -> Batch:
    """Make a batch of inputs, see ``Batch``, with the classes of the text of each."""
    padded_labels = np.zeros((len(inputs), max(1, *map(len, labels))), np.int32)
    lengths = np.zeros(len(inputs), np.int32)
    for row, classes in enumerate(labels):
        if count_ctc_steps(classes) <= steps[row]:
            padded_labels[row, : len(classes)] = classes
            lengths[row] = len(classes)
        else:
            padded_labels[row, 0] = 1  # TensorFlow's CTC rejects empty texts
    return Batch(inputs, np.array(steps, np.int32), padded_labels, lengths, own=len(inputs))


def aspect_ratio(example: TrainingExample) -> float:
    """Return width / height."""
    return float(example.crop.shape[1] / example.crop.shape[0])


def is_trainable(example: TrainingExample, charset: Charset) -> bool:
    """Whether an example can be used for training: its text is not empty, has known characters and fits the crop's
    width.
    """
    height, width = example.crop.shape[:2]
    text = normalize_text(example.text)
    if not text or not height or not width or charset.unknown(text):
        return False
    steps: int = math.ceil(min(WIDEST, HEIGHT * width / height) / STEP) + 1
    return count_ctc_steps(charset.encode(text)) <= steps


def limit_width(crop: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squeeze a crop that is too wide."""
    if crop.shape[1] <= WIDEST:
        return crop
    return np.asarray(cv2.resize(crop, (WIDEST, HEIGHT), interpolation=cv2.INTER_AREA), np.float32)
