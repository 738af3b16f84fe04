"""Training of the last layer alone: what it sees of each word is computed once, in several views of the word.

No other layer runs while it is trained, so that a training takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition.recognizer import run_network
from ocr_studio.engine.training import batches
from ocr_studio.engine.training.augmentation import augment
from ocr_studio.engine.training.batches import Batch, Batches, Mixture
from ocr_studio.engine.training.training_data import Crop, TrainingExample

# Of each view, (T, C) float32.
Features: TypeAlias = Mapping[TrainingExample, Sequence[NDArray[np.float32]]]

# Views of each word, the first of them unchanged; fewer for many words, which are varied themselves.
_VIEWS: Final = 8
_MOST_VIEWS: Final = 4000
_AT_ONCE: Final = 64  # crops per call: cancelling is quick, and widths are grouped
# Steps of a batch are multiples of this, so that fewer sizes occur.
_STEPS: Final = 8


def count_views(words: int, augmentation: float) -> int:
    """Return the number of views of each word.

    Args:
        words: Number of words.
        augmentation: How strongly views are varied, 0 to 1; at 0 they are all the same.
    """
    return max(1, min(_VIEWS, _MOST_VIEWS // max(1, words))) if augmentation else 1


def compute_features(
    network: Network, examples: Sequence[TrainingExample], *, views: int, augmentation: float, seed: int
) -> Iterator[dict[TrainingExample, list[NDArray[np.float32]]]]:
    """Compute the features of words.

    Args:
        network: The network up to its last layer.
        examples: The words.
        views: Views of each; the first is the crop as it is.
        augmentation: How strongly the others are varied, 0 to 1.
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
        seen = [features for features, _ in run_network(network, crops)]
        yield {example: seen[place * views : (place + 1) * views] for place, example in enumerate(some)}


def _vary(crop: Crop, views: int, strength: float, rng: np.random.Generator) -> Iterator[Crop]:
    yield crop
    for _ in range(views - 1):
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
        views = [self._features[example] for example in examples]
        return _pack([each[int(rng.integers(len(each)))] for each in views], self._labels_of(examples))


def pack_first(features: Features, examples: Sequence[TrainingExample], labels: Sequence[Sequence[int]]) -> Batch:
    """Make a batch of the first view of some examples, with the classes of their texts."""
    return _pack([features[example][0] for example in examples], labels)


def _pack(features: Sequence[NDArray[np.float32]], labels: Sequence[Sequence[int]]) -> Batch:
    steps = [len(each) for each in features]
    longest = -(-max(steps) // _STEPS) * _STEPS
    inputs = np.zeros((len(features), longest, features[0].shape[1]), np.float32)
    for row, each in enumerate(features):
        inputs[row, : len(each)] = each
    return batches.pack_inputs(inputs, steps, labels)
