"""Learning while the user corrects: the output layer of a recognizer alone, in a second or two, without TensorFlow.

The features below the layer are computed once for each word and kept. The layer learns the corrected words by their CTC
loss (Graves et al. 2006, https://doi.org/10.1145/1143844.1143891), while on other handwriting it is held to its
original output by the divergence from it (Hinton et al. 2015; Li & Hoiem 2016). It begins with the original weights
each time, so that nothing accumulates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.word_crops import count_ctc_steps
from ocr_studio.core.language.charset import BLANK, Charset, normalize_text
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import RECOGNIZER
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.nets.plans import HEAD
from ocr_studio.engine.networks import runtimes
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition.recognizer import Recognizer
from ocr_studio.engine.training import stored_features
from ocr_studio.engine.training.check_words import load_check_words
from ocr_studio.engine.training.stored_features import View
from ocr_studio.engine.training.training_data import Crop, TrainingExample
from ocr_studio.engine.weights import model_arrays
from ocr_studio.engine.weights.model_arrays import ModelArrays

Floats: TypeAlias = NDArray[np.float32]
Integers: TypeAlias = NDArray[np.intp]

STEPS: Final = 80
_BATCH: Final = 32  # corrected words, and as many others, in a step
_LEARNING_RATE: Final = 2e-3
_WARM_UP: Final = 8  # steps
_DISTILLATION: Final = 10.0
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-7  # Adam (Kingma & Ba 2015)
_CERTAIN: Final = 0.1  # nats per character: words that are read with certainty teach nothing
_OTHERS_STEP: Final = 5  # one in so many of the words that come with the program
_VIEWS: Final = 4  # of each corrected word, the first of them unchanged
_CERTAIN_VIEWS: Final = 2  # of a word that was read with certainty
_AUGMENTATION: Final = 0.5
_TINY: Final = 1e-30
_MOST_CLASSES: Final = 2000


@dataclass(frozen=True, slots=True)
class OutputLayer:
    """The last layer of a recognizer.

    Attributes:
        kernel: (features, classes).
        bias: (classes,).
    """

    kernel: Floats
    bias: Floats

    def __call__(self, features: Floats) -> Floats:
        """Return the probabilities of the classes, (…, classes), for features, (…, features)."""
        logits = features @ self.kernel + self.bias
        logits -= logits.max(axis=-1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=-1, keepdims=True)
        return logits


class TwoPartNetwork:
    """A recognizer's network whose output layer can be exchanged; see ``networks.network.Network``."""

    def __init__(self, features: Network, layer: OutputLayer) -> None:
        self.runtime, self.notice = features.runtime, features.notice
        self.parallel_calls, self.batch_pixels = features.parallel_calls, features.batch_pixels
        self.classes = len(layer.bias)
        self.features, self.layer = features, layer

    def __call__(self, pixels: Floats) -> Floats:
        """Run the network; see ``Network``."""
        return self.layer(self.features(pixels))


@dataclass(frozen=True, slots=True)
class _Example:
    """A word: its views, and its classes."""

    views: Sequence[View]
    labels: tuple[int, ...]


@dataclass
class OutputLayerLearner:
    """Learns corrected words. It belongs to the thread that created it.

    Args:
        read: The recognizer's weights; its architecture has an output layer on features.
        others: Handwriting whose readings should not change.
        options: How networks run.
    """

    read: ModelArrays
    others: Sequence[Crop]
    options: ReaderOptions
    _known: dict[Any, _Example | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Compute what never changes."""
        arrays = self.read.arrays
        self._layer = OutputLayer(*(np.asarray(arrays[f"{HEAD}/{part}"], np.float32) for part in ("kernel", "bias")))
        self._features = runtimes.make_network(self.read, self.options, below=HEAD)
        examples = [TrainingExample(crop, "") for crop in self.others]
        self._others = [
            view.features[: view.steps]
            for some in stored_features.compute_features(self._features, examples, views=1, augmentation=0.0, seed=0)
            for (view,) in some.values()
        ]

    @classmethod
    def of(cls, name: str, options: ReaderOptions) -> Self | None:
        """Make it for a recognizer; None if that has no output layer of the kind, or one for all scripts, which would
        take minutes.

        Args:
            name: Name of the model.
            options: How networks run.

        Raises:
            StudioError: The model is missing or damaged.
        """
        read = model_arrays.read_model(registry.find(name), alphabet="all" if options.alphabet == "all" else "latin")
        if read.architecture != RECOGNIZER or len(read.charset or ()) > _MOST_CLASSES:
            return None
        return cls(read, [example.crop for example in load_check_words()[::_OTHERS_STEP]], options)

    @property
    def charset(self) -> Charset:
        """The characters that can be learned."""
        assert self.read.charset is not None
        return self.read.charset

    def take_in(
        self, words: Mapping[Any, tuple[Crop, str]], certain: Mapping[Any, tuple[Crop, str]] = MappingProxyType({})
    ) -> Iterator[None]:
        """Keep these words and their texts instead of the earlier ones; the features of new ones are computed.

        Yields between batches.

        Args:
            words: Corrected words, by any keys.
            certain: Words that were read with certainty, by other keys. They show the handwriting: on 7 writers with 10
                corrected words each, letters wrong rose by 1 % without them and fell by 8 % with them.
        """
        self._known = {key: example for key, example in self._known.items() if key in words or key in certain}
        for some, count in ((words, _VIEWS), (certain, _CERTAIN_VIEWS)):
            examples = {
                key: TrainingExample(crop, normalize_text(text))
                for key, (crop, text) in some.items()
                if key not in self._known
            }
            views: dict[TrainingExample, list[View]] = {}
            for found in stored_features.compute_features(
                self._features, list(examples.values()), views=count, augmentation=_AUGMENTATION, seed=0
            ):
                views |= found
                yield
            for key, example in examples.items():
                self._known[key] = self._make_example(example.text, views[example])

    def _make_example(self, text: str, views: Sequence[View]) -> _Example | None:
        """Return a word as it is learned; None if it can't be."""
        if not text or self.charset.unknown(text):
            return None
        labels = self.charset.encode(text)
        fit = [view for view in views if count_ctc_steps(labels) <= view.steps]
        return _Example(fit, tuple(labels)) if fit else None

    def learn(self, *, steps: int = STEPS, seed: int = 0) -> OutputLayer | None:
        """Return the layer after learning the words, the original one is not changed; None without words."""
        examples = [example for example in self._known.values() if example is not None]
        if not examples:
            return None
        rng, adam = np.random.default_rng(seed), _Adam([self._layer.kernel.copy(), self._layer.bias.copy()])
        for step in range(steps):
            layer = OutputLayer(*adam.values)
            own = [examples[place] for place in _draw(rng, len(examples), _BATCH)]
            views = [each.views[int(rng.integers(len(each.views)))] for each in own]
            gradients = _ctc_gradients(layer, views, [each.labels for each in own])
            if self._others:
                flat = np.concatenate([self._others[place] for place in _draw(rng, len(self._others), _BATCH)])
                features = flat.astype(np.float32)
                held = _DISTILLATION * (layer(features) - self._layer(features))
                gradients = [gradients[0] + features.T @ held, gradients[1] + held.sum(axis=0)]
            letters = max(1, sum(len(each.labels) for each in own))
            adam.move([each / np.float32(letters) for each in gradients], _learning_rate(step, steps))
        return OutputLayer(*adam.values)

    def recognizer(self, base: Recognizer, layer: OutputLayer) -> Recognizer:
        """Return a recognizer with this layer, otherwise like the one it was learned for."""
        network = TwoPartNetwork(self._features, layer)
        made = Recognizer(network, self.charset, name=base.name, temperature=base.temperature)
        made.prior, made.width_factors = base.prior, base.width_factors
        return made


class _Adam:
    """Weights and their optimizer."""

    def __init__(self, values: Sequence[Floats]) -> None:
        self.values = list(values)
        self._mean, self._square = ([np.zeros_like(each) for each in values] for _ in range(2))
        self._count = 0

    def move(self, gradients: Sequence[Floats], rate: float) -> None:
        self._count += 1
        scale = rate * math.sqrt(1 - _BETA2**self._count) / (1 - _BETA1**self._count)
        for place, gradient in enumerate(gradients):
            self._mean[place] += (1 - _BETA1) * (gradient - self._mean[place])
            self._square[place] += (1 - _BETA2) * (gradient**2 - self._square[place])
            self.values[place] -= np.float32(scale) * self._mean[place] / (np.sqrt(self._square[place]) + _EPSILON)


def _learning_rate(step: int, steps: int) -> float:
    """Warm up, then fall like a cosine (Loshchilov & Hutter 2017)."""
    if step < _WARM_UP:
        return _LEARNING_RATE * (step + 1) / _WARM_UP
    return _LEARNING_RATE * (1 + math.cos(math.pi * (step - _WARM_UP) / max(1, steps - _WARM_UP))) / 2


def _draw(rng: np.random.Generator, available: int, wanted: int) -> list[int]:
    return [int(place) for place in rng.permutation(available)[:wanted]]


def _ctc_gradients(layer: OutputLayer, views: Sequence[View], labels: Sequence[Sequence[int]]) -> list[Any]:
    """Return the gradients of the CTC losses of words by kernel and bias; certain words have none."""
    steps = np.array([view.steps for view in views])
    features = np.zeros((len(views), steps.max(), views[0].features.shape[1]), np.float32)
    for row, view in enumerate(views):
        features[row, : view.steps] = view.features[: view.steps]
    probabilities = layer(features)
    losses, occupancy = align(probabilities, steps, labels)
    doubtful = losses > _CERTAIN * np.array([len(each) for each in labels])
    known = (np.arange(features.shape[1]) < steps[:, None]) & doubtful[:, None]
    moved = np.where(known[..., None], probabilities - occupancy, 0).reshape(-1, probabilities.shape[2])
    return [features.reshape(len(moved), -1).T @ moved, moved.sum(axis=0)]


def align(probabilities: Floats, steps: Integers, labels: Sequence[Sequence[int]]) -> tuple[NDArray[Any], Floats]:
    """Run the forward-backward algorithm of CTC, with the rescaling of Graves et al. 2006.

    Args:
        probabilities: (B, T, classes), rows adding up to 1.
        steps: (B,) how many of the T steps belong to each word.
        labels: The classes of each word; its steps are enough for them.

    Returns:
        The losses, (B,) nats, and the probabilities of the classes at every step given the words, (B, T, classes).
    """
    count, longest, _ = probabilities.shape
    states = 2 * max(map(len, labels)) + 1
    classes = np.full((count, states), BLANK)
    last = np.array([2 * len(each) for each in labels])
    for row, each in enumerate(labels):
        classes[row, 1 : 2 * len(each) : 2] = each
    inside = np.arange(states) <= last[:, None]
    skips = np.zeros((count, states), bool)
    skips[:, 2:] = (classes[:, 2:] != BLANK) & (classes[:, 2:] != classes[:, :-2])
    emitted = np.take_along_axis(probabilities, classes[:, None, :], axis=2).astype(np.float64)
    emitted = np.where(inside[:, None], np.maximum(emitted, _TINY), 0)  # (B, T, states)

    rows = np.arange(count)
    forward, backward = np.zeros_like(emitted), np.zeros_like(emitted)
    losses = np.zeros(count)
    here = np.zeros((count, states))
    here[:, :2] = emitted[:, 0, :2]
    for step in range(longest):
        if step:
            here = (here + _shift(here, 1) + np.where(skips, _shift(here, 2), 0)) * emitted[:, step]
        total = here.sum(axis=1)
        losses -= np.where(step < steps, np.log(np.maximum(total, _TINY)), 0)
        here = here / np.maximum(total, _TINY)[:, None]
        forward[:, step] = here
    at_end = forward[rows, steps - 1]
    losses -= np.log(np.maximum(at_end[rows, last] + at_end[rows, np.maximum(last - 1, 0)], _TINY))

    ahead = np.zeros((count, states))
    for step in range(longest - 1, -1, -1):
        if step < longest - 1:
            reached = ahead * emitted[:, step + 1]
            ahead = reached + _shift(reached, -1) + _shift(np.where(skips, reached, 0), -2)
        ends = np.flatnonzero(steps - 1 == step)
        ahead[ends] = 0
        ahead[ends, last[ends]] = ahead[ends, last[ends] - 1] = 1
        ahead /= np.maximum(ahead.max(axis=1, keepdims=True), _TINY)
        backward[:, step] = ahead

    shares = forward * backward
    shares /= np.maximum(shares.sum(axis=2, keepdims=True), _TINY)
    occupancy = np.zeros(probabilities.shape, np.float32)
    for state in range(states):
        occupancy[rows[:, None], np.arange(longest), classes[:, state, None]] += shares[:, :, state]
    return losses, occupancy


def _shift(states: NDArray[Any], by: int) -> NDArray[Any]:
    """Move each row by some states; what comes in is 0."""
    moved = np.zeros_like(states)
    if by > 0:
        moved[:, by:] = states[:, :-by]
    else:
        moved[:, :by] = states[:, -by:]
    return moved
