"""Training of the upper layers alone: what they see of each word is computed once, in several views of the word.

No other layer runs while they are trained, so that a training takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition.recognizer import count_steps, run_network
from ocr_studio.engine.training import batches
from ocr_studio.engine.training.augmentation import augment
from ocr_studio.engine.training.batches import Batch, Batches, Mixture
from ocr_studio.engine.training.training_data import Crop, TrainingExample

# Views of each word, the first of them unchanged; fewer for many words, which are varied themselves.
_VIEWS: Final = 8
_MOST_VIEWS: Final = 4000
_AT_ONCE: Final = 64  # crops per call: cancelling is quick, and widths are grouped
# Steps of a batch are multiples of this, so that fewer sizes occur.
_STEPS: Final = batches.WIDTH_STEP // STEP
_BLANK_WIDTH: Final = 1024  # pixels; the middle of so wide a crop is not affected by its edges


@dataclass(frozen=True, slots=True)
class View:
    """What the trained layers see of a crop.

    Attributes:
        features: (T, C) float16, of the crop and its padding.
        steps: Number of the network's steps that belong to the crop.
    """

    features: NDArray[np.float16]
    steps: int


@dataclass(frozen=True, slots=True)
class Features:
    """What the trained layers see.

    Attributes:
        padding: (C,), of padding far from any crop.
        views: Of each word.
    """

    padding: NDArray[np.float32]
    views: dict[TrainingExample, list[View]] = field(default_factory=dict)


def count_views(words: int, augmentation: float) -> int:
    """Return the number of views of each word.

    Args:
        words: Number of words.
        augmentation: How strongly views are varied, 0 to 1; at 0 they are all the same.
    """
    return max(1, min(_VIEWS, _MOST_VIEWS // max(1, words))) if augmentation else 1


def compute_padding(network: Network) -> NDArray[np.float32]:
    """Return the features of padding, see ``Features``."""
    (blank,) = network(np.zeros((1, HEIGHT, _BLANK_WIDTH, 3), np.float32))
    return np.asarray(blank[len(blank) // 2], np.float32)


def compute_features(
    network: Network, examples: Sequence[TrainingExample], *, views: int, augmentation: float, seed: int
) -> Iterator[dict[TrainingExample, list[View]]]:
    """Compute the features of words.

    Args:
        network: The layers below the trained ones.
        examples: The words.
        views: Views of each; the first of several is the crop as it is.
        augmentation: How strongly the others are varied, 0 to 1; with a single view, those of every other word are.
        seed: Random seed.

    Yields:
        The features of a few words at a time.
    """
    many = max(1, _AT_ONCE // views)
    for start in range(0, len(examples), many):
        some = examples[start : start + many]
        crops = [
            crop
            for index, example in enumerate(some, start)
            for crop in _vary(example.crop, views, augmentation, np.random.default_rng((seed, 2, index)))
        ]
        squeezed = [min(1.0, batches.WIDEST / HEIGHT * crop.shape[0] / crop.shape[1]) for crop in crops]
        seen = [
            View(each.astype(np.float16), min(count_steps(width), len(each)))
            for each, width in run_network(network, crops, squeezed)
        ]
        yield {example: seen[place * views : (place + 1) * views] for place, example in enumerate(some)}


def _vary(crop: Crop, views: int, strength: float, rng: np.random.Generator) -> Iterator[Crop]:
    plain = views > 1 or not strength or rng.random() < 0.5
    if plain:
        yield crop
    for _ in range(views - plain):
        yield np.asarray(augment(crop, strength, rng).round(), np.uint8)


class FeatureBatches(Batches):
    """The batches of a run, by step number, with features instead of pixels; see ``Batches``."""

    def __init__(
        self,
        own: Sequence[TrainingExample],
        general: Sequence[TrainingExample],
        charset: Charset,
        mixture: Mixture,
        features: Features,
    ) -> None:
        """Prepare the batches. features: Of all these examples."""
        super().__init__(own, general, charset, mixture)
        self._features = features

    def _make_batch(self, examples: Sequence[TrainingExample], rng: np.random.Generator) -> Batch:
        every = [self._features.views[example] for example in examples]
        views = [each[int(rng.integers(len(each)))] for each in every]
        padding = batches.draw_padding(rng) * _STEPS
        return _pack(views, self._labels_of(examples), self._features.padding, padding)


def pack_first(features: Features, examples: Sequence[TrainingExample], labels: Sequence[Sequence[int]]) -> Batch:
    """Make a batch of the first view of some examples, with the classes of their texts."""
    return _pack([features.views[example][0] for example in examples], labels, features.padding)


def _pack(
    views: Sequence[View], labels: Sequence[Sequence[int]], blank: NDArray[np.float32], padding: int = 0
) -> Batch:
    longest = -(-max(len(each.features) for each in views) // _STEPS) * _STEPS + padding
    inputs = np.tile(blank, (len(views), longest, 1))
    for row, each in enumerate(views):
        inputs[row, : len(each.features)] = each.features
    return batches.pack_inputs(inputs, [each.steps for each in views], labels)
