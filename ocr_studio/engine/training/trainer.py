"""Training steps of the recognizer: trainable layers, loss, evaluation, remaining time."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK, Charset
from ocr_studio.core.training.events import PARTS
from ocr_studio.engine.nets.plans import HEAD
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.training import batches
from ocr_studio.engine.training.batches import Batch
from ocr_studio.engine.training.trainable_weights import Arrays, TrainableWeights, check_finite
from ocr_studio.engine.training.training_data import TrainingExample

# Crops per batch of an evaluation.
_BATCH: Final = 32

# Makes a batch of examples, given their classes.
Pack: TypeAlias = Callable[[Sequence[TrainingExample], Sequence[Sequence[int]]], Batch]

_CERTAIN: Final = 0.1  # nats per character: read correctly nine times out of ten
_MAX_NATS: Final = 60.0  # nats

# Steps by which the remaining time is estimated.
_LATEST: Final = 10

_NUMBERS: Final = tf.TensorSpec((None,), tf.int32)

_BLOCK: Final = re.compile(r"block(\d+)_")


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Settings of a training.

    Attributes:
        what: One of ``training.events.PARTS``.
        steps: Number of steps.
        learning_rate: Peak learning rate.
        average: Share (0..1) of the new weights in the result; the rest are the old ones.
        new_classes: Number of new classes at the end, whose weights are not averaged.
        trained_classes: (classes,) those that occur in the training data; the others' scores stay.
        distillation: Weight of the distillation loss on general words; that of the loss on the user's words is 1.
    """

    what: str
    steps: int
    learning_rate: float
    average: float
    new_classes: int
    trained_classes: NDArray[np.bool_]
    distillation: float = 1.0


class RecognizerTrainer(TrainableWeights):
    """Trains a recognizer, or its upper layers alone on features. It belongs to the thread that created it."""

    def __init__(self, net: keras.Model, plan: TrainingPlan) -> None:
        self.net, self._plan = net, plan
        # Of a batch: inputs, steps, labels, lengths.
        inputs, labels = tf.TensorSpec(net.input_shape, tf.float32), tf.TensorSpec((None, None), tf.int32)
        self._signature = (inputs, _NUMBERS, labels, _NUMBERS)
        freeze_layers(net, plan.what)
        super().__init__(net, steps=plan.steps, learning_rate=plan.learning_rate, share=self._share)
        self._masks = [self._mask(variable) for variable in self.variables]
        self._before = keras.models.clone_model(net)
        self._before.set_weights(net.get_weights())

    # Compiled by input shapes when first needed, not at calls: TensorFlow warns of retracing, counting all networks of
    # a process.
    @cached_property
    def _train_alone(self) -> Any:
        return tf.function(self._alone_step, input_signature=self._signature).get_concrete_function()

    @cached_property
    def _train_mixed(self) -> Any:
        signature = (*self._signature, tf.TensorSpec((), tf.int32))
        return tf.function(self._mixed_step, input_signature=signature).get_concrete_function()

    @cached_property
    def _compute(self) -> Any:
        return tf.function(self._compute_losses, input_signature=self._signature).get_concrete_function()

    def train_step(self, batch: Batch) -> float:
        """Train one step and return its loss on the dataset's own words in nats per character.

        Raises TrainingFailed.
        """
        if batch.own == len(batch.inputs):
            return check_finite(float(self._train_alone(*_tensors(batch))))
        return check_finite(float(self._train_mixed(*_tensors(batch), tf.constant(batch.own, tf.int32))))

    def blend(self, learned: Arrays, share: float) -> Arrays:
        """Return weights between the initial ones (share 0) and learned ones (1); new classes are the learned ones."""
        new = self._plan.new_classes
        found = []
        for variable, old, learned_value in zip(self.variables, self.initial, learned, strict=True):
            mixed = np.asarray(old + share * (learned_value - old), np.float32)
            if new and self._is_head(variable):
                mixed[..., -new:] = learned_value[..., -new:]
            found.append(mixed)
        return found

    def evaluate_batch(self, batch: Batch) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the best class at every step, (B, T), and the loss of each crop, (B,), nats."""
        path, losses = self._compute(*_tensors(batch))
        return path.numpy(), losses.numpy()

    def _alone_step(self, inputs: tf.Tensor, steps: tf.Tensor, labels: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = ctc_losses(self.net(inputs, training=True), steps, labels, lengths)
            loss = tf.reduce_sum(_uncertain_losses(losses, lengths)) / _count_letters(lengths)
        self._move(tape, loss)
        return tf.reduce_sum(losses) / _count_letters(lengths)

    def _mixed_step(
        self, inputs: tf.Tensor, steps: tf.Tensor, labels: tf.Tensor, lengths: tf.Tensor, own: tf.Tensor
    ) -> tf.Tensor:
        """Train on own words by their texts, and on general ones by the original network's output (Hinton et al. 2015;
        Li & Hoiem 2016), which preserves more than their texts would.
        """
        before = self._before(inputs[own:], training=False) - self._mask_new()
        with tf.GradientTape() as tape:
            logits = self.net(inputs, training=True)
            losses = ctc_losses(logits[:own], steps[:own], labels[:own], lengths[:own])
            changes = _divergence(before, logits[own:], steps[own:])
            distillation = self._plan.distillation * tf.reduce_sum(changes)
            loss = (tf.reduce_sum(_uncertain_losses(losses, lengths[:own])) + distillation) / _count_letters(lengths)
        self._move(tape, loss)
        return tf.reduce_sum(losses) / _count_letters(lengths[:own])

    def _move(self, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        gradients = tape.gradient(loss, [variable.value for variable in self.variables])
        self.apply([each if mask is None else each * mask for each, mask in zip(gradients, self._masks, strict=True)])

    def _mask_new(self) -> tf.Tensor:
        """(classes,): masks new characters, which the original network did not have."""
        new = np.zeros(self.net.output_shape[-1], np.float32)
        new[len(new) - self._plan.new_classes :] = 1e9
        return tf.constant(new)

    def _compute_losses(self, inputs: tf.Tensor, steps: tf.Tensor, labels: tf.Tensor, lengths: tf.Tensor) -> Any:
        logits = self.net(inputs, training=False)
        return tf.argmax(logits, axis=2), ctc_losses(logits, steps, labels, lengths)

    def _is_head(self, variable: keras.Variable) -> bool:
        return bool(variable.path.startswith(f"{HEAD}/"))

    def _share(self, variable: keras.Variable) -> NDArray[np.float32]:
        """Return the share of the new value in the result for each number of a variable."""
        shares = np.full(variable.shape[-1:] if self._is_head(variable) else (), self._plan.average, np.float32)
        if self._is_head(variable) and self._plan.new_classes:
            shares[-self._plan.new_classes :] = 1.0
        return shares

    def _mask(self, variable: keras.Variable) -> tf.Tensor | None:
        return tf.constant(self._plan.trained_classes, tf.float32) if self._is_head(variable) else None


def freeze_layers(net: keras.Model, what: str) -> None:
    """Make only one part of a network trainable; see ``training.events.PARTS``."""
    if what not in PARTS:
        raise ValueError(f"no part “{what}”")
    blocks = [int(found[1]) for layer in net.layers if (found := _BLOCK.match(layer.name))]
    half = (max(blocks, default=0) + 1) // 2
    for layer in net.layers:
        block = _BLOCK.match(layer.name)
        if layer.name.startswith("stem") or (block and int(block[1]) < half):
            layer.trainable = what == "all"
        elif block:
            layer.trainable = what in {"upper", "all"}
        else:
            layer.trainable = layer.name == HEAD or what != "head"


def ctc_losses(logits: tf.Tensor, steps: tf.Tensor, labels: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """CTC loss (Graves et al. 2006), (B,) nats; 0 for ignored crops."""
    # A masked class has probability 0 in float32, which would make the loss infinite; the floor does not affect
    # training.
    lowest = tf.reduce_max(logits, axis=2, keepdims=True) - _MAX_NATS
    floored = logits + tf.stop_gradient(tf.maximum(logits, lowest) - logits)
    losses = tf.nn.ctc_loss(
        tf.sparse.from_dense(labels), floored, None, steps, logits_time_major=False, blank_index=BLANK
    )
    return tf.where(lengths > 0, losses, tf.zeros_like(losses))


def _uncertain_losses(losses: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Return the losses of words that are not yet read with certainty. More certainty would only leave less room for
    the dictionaries.
    """
    return tf.where(losses > _CERTAIN * tf.cast(lengths, tf.float32), losses, tf.zeros_like(losses))


def _divergence(before: tf.Tensor, now: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
    """Return the divergence from the original output, (B,) nats, over the steps of each crop."""
    probabilities = tf.nn.softmax(before)
    divergence = tf.reduce_sum(probabilities * (tf.math.log(probabilities + 1e-8) - tf.nn.log_softmax(now)), axis=2)
    return tf.reduce_sum(divergence * tf.sequence_mask(steps, tf.shape(now)[1], tf.float32), axis=1)


def _count_letters(lengths: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.maximum(tf.reduce_sum(lengths), 1), tf.float32)


def _tensors(batch: Batch) -> tuple[tf.Tensor, ...]:
    return tuple(tf.constant(part) for part in (batch.inputs, batch.steps, batch.labels, batch.lengths))


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Result of an evaluation. texts: readings in the order of the examples; loss: nats per character."""

    texts: tuple[str, ...]
    loss: float


@dataclass
class Evaluator:
    """Evaluation words, decoded greedily: quick, and without dictionaries.

    Args:
        examples: The words.
        charset: The charset.
        pack: Makes a batch of some of them, given their classes.
    """

    examples: Sequence[TrainingExample]
    charset: Charset
    pack: Pack = batches.pack_unchanged
    _order: list[int] = field(init=False)
    _batches: list[Batch] = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the batches, crops of similar width together."""
        self._order = sorted(range(len(self.examples)), key=lambda index: batches.aspect_ratio(self.examples[index]))
        self._batches = []
        for start in range(0, len(self._order), _BATCH):
            group = [self.examples[index] for index in self._order[start : start + _BATCH]]
            self._batches.append(self.pack(group, [self.charset.encode(example.text) for example in group]))

    def __len__(self) -> int:
        return len(self.examples)

    def evaluate(self, trainer: RecognizerTrainer) -> EvaluationResult:
        """Evaluate a recognizer in training."""
        texts, nats, letters = [""] * len(self.examples), 0.0, 0
        for batch, start in zip(self._batches, itertools.count(0, _BATCH), strict=False):
            paths, losses = trainer.evaluate_batch(batch)
            nats, letters = nats + float(losses.sum()), letters + int(batch.lengths.sum())
            for row, index in enumerate(self._order[start : start + _BATCH]):
                labels = ctc.collapse_path(paths[row, : batch.steps[row]])
                texts[index] = " ".join(self.charset.decode(labels).split())
        return EvaluationResult(tuple(texts), nats / max(letters, 1))


@dataclass
class TrainingClock:
    """Measures steps and evaluations, and estimates the remaining time. evaluations: number of evaluations."""

    steps: int
    evaluations: int
    spent: float = 0.0
    _started: float = field(default_factory=time.monotonic)
    _durations: dict[str, list[float]] = field(default_factory=lambda: {"step": [], "evaluation": []})

    def time(self, what: str, work: Callable[[], Any]) -> Any:
        """Run ``work`` and measure its duration. what: "step" or "evaluation"."""
        begin = time.monotonic()
        result = work()
        self._durations[what].append(time.monotonic() - begin)
        return result

    def elapsed(self) -> float:
        """Return the duration of the run in seconds, including earlier sessions."""
        return self.spent + time.monotonic() - self._started

    def estimate_left(self, done: int, evaluated: int) -> float | None:
        """Estimate the remaining seconds by the latest steps and evaluations.

        The first of each is not counted, as it compiles the network, unless it is the only evaluation.

        Args:
            done: Steps.
            evaluated: Evaluations.

        Returns:
            The seconds; None until a second step was measured.
        """
        steps, evaluations = self._durations["step"][1:], self._durations["evaluation"]
        if not steps:
            return None
        each = float(np.mean(steps[-_LATEST:]))
        check = float(np.mean((evaluations[1:] or evaluations or [0.0])[-2:]))
        return each * (self.steps - done) + check * (self.evaluations - evaluated)
