"""Training with Keras' own ``fit``, for scripts: losses, callbacks, and resuming."""

from __future__ import annotations

import csv
import io
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import later, tr
from ocr_studio.engine.nets.backbone import Shape
from ocr_studio.engine.nets.plans import HEAD
from ocr_studio.engine.nets.upper_layers import split_network
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.training.checkpoints import Checkpoint
from ocr_studio.engine.training.trainer import ctc_losses

Tensor: TypeAlias = Any

# Maximum gradient norm, so that one odd crop does not undo the training.
GRADIENT_NORM: Final = 5.0
RATE: Final = 1e-3
# Target value from which a map pixel is positive.
_POSITIVE: Final = 0.1
# Hard negative mining: this many times as many negatives as positives count, those with the largest loss (Shrivastava
# et al. 2016); at least this share of all if a batch has little text.
_NEGATIVES: Final = 3.0
_MIN_NEGATIVES: Final = 0.02
# Share of a run for warming up the learning rate.
_WARM_UP: Final = 0.02
LOG: Final = "log.csv"
_MAX_LOG: Final = 16 << 20  # bytes
_MAX_COUNT: Final = 1e12  # of steps, epochs and seconds
_ROW: Final = re.compile(r"[0-9]{1,9}")  # start of a row of the log
_REMEDY: Final = later("Use the folder of this network’s training, or a new folder.")
_STEPS: Final = "memory/0"  # in a checkpoint: the optimizer's first variable, its step count


# ------------------------------------------------------------------------------------------------------------ losses


@keras.saving.register_keras_serializable(package="ocr_studio")
class ReadingLoss(layers.Layer):  # type: ignore[misc]
    """CTC loss as a layer (Graves et al. 2006).

    In: logits (B, T, C), class 0 the blank; labels (B, L) int32, padded with 0; steps (B, 1), the number of time steps
    of each crop; lengths (B, 1) of the labels. Out: (B, 1), whose mean is nats per character.
    """

    def call(self, logits: Tensor, labels: Tensor, steps: Tensor, lengths: Tensor) -> Tensor:
        """Shapes as above."""
        count = tf.cast(lengths, tf.int32)[:, 0]
        losses = ctc_losses(logits, tf.cast(steps, tf.int32)[:, 0], tf.cast(labels, tf.int32), count)
        letters = tf.maximum(tf.reduce_mean(tf.cast(count, tf.float32)), 1e-6)
        return (losses / letters)[:, None]

    def compute_output_shape(
        self, logits_shape: Shape, labels_shape: Shape, steps_shape: Shape, lengths_shape: Shape
    ) -> Shape:
        """One number per crop."""
        return (logits_shape[0], 1)


def build_training_model(net: keras.Model) -> keras.Model:
    """Return a recognizer's network with its loss as the output, for ``fit``, like keras-ocr's ``training_model``.

    In: crops as the network takes them, then labels, steps and lengths as ``ReadingLoss``.
    """
    labels = keras.Input((None,), name="labels", dtype="int32")
    steps = keras.Input((1,), name="steps", dtype="int32")
    lengths = keras.Input((1,), name="lengths", dtype="int32")
    loss = ReadingLoss(name="reading")(net.output, labels, steps, lengths)
    return keras.Model([net.inputs[0], labels, steps, lengths], loss, name="teaching")


def build_backbone(net: keras.Model) -> keras.Model:
    """Return a recognizer's network without its last layer, sharing its weights."""
    return split_network(net, HEAD)[0]


@keras.saving.register_keras_serializable(package="ocr_studio")  # type: ignore[untyped-decorator]
def as_it_comes(_: Tensor, losses: Tensor) -> Tensor:
    """Loss function of a model that outputs its loss, (B, 1)."""
    return losses


@keras.saving.register_keras_serializable(package="ocr_studio")  # type: ignore[untyped-decorator]
def letter_maps(maps: Tensor, seen: Tensor) -> Tensor:
    """Loss function of CRAFT: ``craft_loss`` for Keras.

    Args:
        maps: Expected maps, (B, h, w, 2); an optional third channel of 0 or 1 masks where they are known.
        seen: Predicted maps.
    """
    maps = tf.cast(maps, tf.float32)
    known = maps[..., 2:] if maps.shape[-1] == 3 else tf.ones_like(maps[..., :1])
    return craft_loss(seen, maps[..., :2], known)


def craft_loss(predicted: Tensor, maps: Tensor, known: Tensor) -> Tensor:
    """Mean squared error of the maps (Baek et al. 2019), with equal weight on positives and hard negatives.

    Args:
        predicted: (B, h, w, 2), predicted maps.
        maps: (B, h, w, 2), target maps.
        known: (B, h, w, 1), 1 where the targets are known.
    """
    errors = known * tf.square(predicted - maps)
    positives = known * tf.cast(maps > _POSITIVE, tf.float32)
    count = tf.reduce_sum(positives)
    negatives = tf.reshape((1 - positives) * errors, [-1])
    everything = tf.cast(tf.size(negatives), tf.float32)
    worst = tf.minimum(everything, tf.maximum(_NEGATIVES * count, _MIN_NEGATIVES * everything))
    hardest, _ = tf.math.top_k(negatives, tf.cast(worst, tf.int32), sorted=False)
    return tf.reduce_sum(positives * errors) / tf.maximum(count, 1.0) + tf.reduce_sum(hardest) / worst


def compile_model(model: keras.Model, loss: Any, *arguments: Any, **options: Any) -> keras.Model:
    """Compile a model for ``fit`` with one of the losses above, unless ``options`` has one."""
    if not arguments:
        options.setdefault("optimizer", keras.optimizers.Adam(RATE, global_clipnorm=GRADIENT_NORM))
    options.setdefault("loss", loss)
    # XLA would compile again for every width of a batch.
    options.setdefault("jit_compile", False)
    model.compile(*arguments, **options)
    if model.built:
        # Otherwise the first step makes its variables and is traced twice, which takes 20 s more for CRAFT.
        model.optimizer.build(model.trainable_variables)
    return model


# --------------------------------------------------------------------------------------------------------- callbacks


class LearningRate(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends a run after a number of steps; until then the learning rate warms up and falls like a cosine (Loshchilov &
    Hutter 2017).

    Args:
        steps: All steps, including those of earlier sessions.
        rate: Peak learning rate.
        minutes: Time limit of this session; None: none.
        spent: Seconds of earlier sessions, for the log.
    """

    def __init__(self, steps: int, rate: float, *, minutes: float | None = None, spent: float = 0.0) -> None:
        super().__init__()
        self._steps, self._rate, self._minutes, self._seconds_before = steps, rate, minutes, spent
        self._started = time.monotonic()

    def on_train_begin(self, logs: Any = None) -> None:
        """Start the clock."""
        self._started = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the learning rate of this step."""
        share = min(1.0, int(self.model.optimizer.iterations) / self._steps)
        self.model.optimizer.learning_rate = self._rate * rate_at(share)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stop after the last step or at the time limit."""
        minutes = (time.monotonic() - self._started) / 60
        timed_out = self._minutes is not None and minutes >= self._minutes
        if timed_out or int(self.model.optimizer.iterations) >= self._steps:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the learning rate and the time to the log."""
        if logs is not None:
            logs["minutes"] = round((self._seconds_before + time.monotonic() - self._started) / 60, 2)
            logs["steps"] = int(self.model.optimizer.iterations)


def rate_at(share: float) -> float:
    """Return the relative learning rate (0..1) at this share of a run."""
    # Not Keras' cosine as in ``trainable_weights``: that one ends at 0 and rises over whole steps. Existing runs would
    # resume with other rates, and their checkpoints, which hold the rate, would not match.
    if share < _WARM_UP:
        return max(share / _WARM_UP, 1e-3)
    return max(1e-3, 0.5 + 0.5 * math.cos(math.pi * (share - _WARM_UP) / (1 - _WARM_UP)))


class OtherNetwork(StudioError):
    """The checkpoint belongs to another network."""


class CheckpointCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Saves a checkpoint after each epoch and resumes from it, also after ``kill -9``.

    It must be the last callback. Pass its ``epochs`` as ``initial_epoch`` to ``fit``, and its ``seconds`` as ``spent``
    to ``LearningRate``.
    """

    def __init__(self, folder: Path, *, patience: keras.callbacks.EarlyStopping | None = None, resume: bool) -> None:
        """Create the callback.

        Args:
            folder: Folder of the checkpoint, created if needed.
            patience: Early stopping whose state is saved, too.
            resume: Whether to resume from an existing checkpoint; otherwise it is deleted.
        """
        super().__init__()
        self._folder, self._patience = folder, patience
        if not resume:
            checkpoints.delete_checkpoint(folder)
        self._checkpoint = checkpoints.load_checkpoint(folder)
        facts = self._checkpoint.facts if self._checkpoint else {}
        self.epochs = _read_counter(facts, "epochs", folder)
        self.seconds = float(_read_counter(facts, "seconds", folder))
        self.steps = _read_steps(self._checkpoint, folder)
        self._started = time.monotonic()

    def on_train_begin(self, logs: Any = None) -> None:
        """Restore the checkpoint. Raises OtherNetwork."""
        self._started = time.monotonic()
        if self._checkpoint is None:
            return
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        for variables, name in ((self.model.weights, "weights"), (optimizer.variables, "memory")):
            values = _read_values(variables, self._checkpoint, name, self._folder)
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        if self._patience is not None:
            self._restore_patience(self._patience)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save a checkpoint. Raises CheckpointNotSaved."""
        arrays = _name_arrays(self.model.weights, "weights") | _name_arrays(self.model.optimizer.variables, "memory")
        facts: dict[str, Any] = {"epochs": epoch + 1, "seconds": self.seconds + time.monotonic() - self._started}
        if (patience := self._patience) is not None and patience.best_weights is not None:
            arrays |= {f"best/{place}": np.asarray(each) for place, each in enumerate(patience.best_weights)}
            facts |= {"best": float(patience.best), "wait": patience.wait, "best_epoch": patience.best_epoch}
        checkpoints.save_checkpoint(self._folder, Checkpoint(arrays, facts))

    def _restore_patience(self, patience: keras.callbacks.EarlyStopping) -> None:
        assert self._checkpoint is not None
        facts = self._checkpoint.facts
        if "best" in facts:
            patience.wait = _read_counter(facts, "wait", self._folder)
            patience.best_epoch = _read_counter(facts, "best_epoch", self._folder)
            best = facts["best"]
            patience.best = float(best) if isinstance(best, int | float) and abs(best) < _MAX_COUNT else math.inf
            patience.best_weights = _read_values(self.model.weights, self._checkpoint, "best", self._folder)


# -------------------------------------------------------------------------------------------------------- a whole run


@dataclass(frozen=True, slots=True)
class FitOptions:
    """Settings of a run.

    Attributes:
        folder: Folder of its log and checkpoint.
        steps: All steps.
        epoch: Steps per epoch.
        rate: Peak learning rate.
        checks: Validation batches, all used after each epoch.
        patience: Epochs without a lower validation loss before training stops.
        minutes: Time limit of this session; None: none.
        resume: Whether to resume from a checkpoint, if there is one.
    """

    folder: Path
    steps: int
    epoch: int
    rate: float
    checks: int
    patience: int
    minutes: float | None = None
    resume: bool = False


def fit_model(
    model: keras.Model,
    batches: Iterator[Any],
    held_out: Iterator[Any],
    *,
    options: FitOptions,
    evaluate: Callable[[], Mapping[str, float]],
) -> bool:
    """Run ``model.fit`` with FOLDER/log.csv, a checkpoint after each epoch, early stopping, and the best weights at the
    end.

    Args:
        model: Compiled model.
        batches: Endless training batches, as for ``fit``.
        held_out: Endless validation batches.
        options: Settings of the run.
        evaluate: Returns further figures for the log of each epoch.

    Returns:
        Whether the run is over: all steps are done, or it stopped early; False if only this session is over.

    Raises:
        CheckpointNotSaved: The checkpoint cannot be written.
        OtherNetwork: The checkpoint belongs to another network.
    """
    options.folder.mkdir(parents=True, exist_ok=True)
    patience = keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="min", patience=options.patience, restore_best_weights=True
    )
    checkpoint = CheckpointCallback(options.folder, patience=patience, resume=options.resume)
    learning_rate = LearningRate(options.steps, options.rate, minutes=options.minutes, spent=checkpoint.seconds)
    log = resume_log(options.folder / LOG, checkpoint.epochs)
    # The first of the callbacks, so that the others see its figures.
    evaluation = keras.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: logs.update(evaluate()))
    model.fit(
        batches,
        steps_per_epoch=options.epoch,
        # A session that reaches its time limit within an epoch repeats that epoch's evaluation.
        epochs=checkpoint.epochs + max(1, math.ceil((options.steps - checkpoint.steps) / options.epoch)),
        initial_epoch=checkpoint.epochs,
        validation_data=held_out,
        validation_steps=options.checks,
        callbacks=[evaluation, learning_rate, patience, log, checkpoint],
        shuffle=False,  # the batches are shuffled at their source
        verbose=2,
    )
    return patience.stopped_epoch > 0 or int(model.optimizer.iterations) >= options.steps


def is_complete(folder: Path, *, steps: int, patience: int) -> bool:
    """Whether the run in this folder has done all its steps or has stopped early, according to its checkpoint."""
    checkpoint = checkpoints.load_checkpoint(folder)
    if checkpoint is None:
        return False
    return _read_counter(checkpoint.facts, "wait", folder) >= patience or _read_steps(checkpoint, folder) >= steps > 0


def resume_log(path: Path, epochs: int) -> keras.callbacks.CSVLogger:
    """Return the logger of a resumed run. Rows of epochs that are repeated are removed from the log."""
    if path.exists() and epochs:
        try:
            text = paths.read_file(path, most=_MAX_LOG).decode("utf-8")
            head, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
        except (OSError, ValueError, csv.Error) as error:
            what = tr("it can’t be read: {reason}", reason=getattr(error, "strerror", None) or error)
            raise OtherNetwork(what, file=path, remedy=tr(_REMEDY)) from error
        kept = [head, *(row for row in rows if row and _ROW.fullmatch(row[0]) and int(row[0]) < epochs)]
        paths.replace_file(path, "".join(",".join(row) + "\n" for row in kept).encode())
    return keras.callbacks.CSVLogger(str(path), append=bool(epochs))


def _read_counter(facts: Mapping[str, Any], key: str, folder: Path) -> int:
    """Return a counter of a checkpoint, 0 if it is missing. Raises OtherNetwork for an invalid one."""
    value = facts.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MAX_COUNT:
        raise _other_network(folder)
    return int(value)


def _read_steps(checkpoint: Checkpoint | None, folder: Path) -> int:
    """Return the number of steps done. Raises OtherNetwork."""
    done = checkpoint.arrays.get(_STEPS) if checkpoint else None
    if done is None:
        return 0
    if done.shape != () or done.dtype.kind not in "iu" or not 0 <= int(done) < _MAX_COUNT:
        raise _other_network(folder)
    return int(done)


def _other_network(folder: Path) -> OtherNetwork:
    return OtherNetwork(
        tr("this folder belongs to the training of another network"), file=folder / checkpoints.FILE, remedy=tr(_REMEDY)
    )


def _name_arrays(variables: Any, name: str) -> dict[str, NDArray[Any]]:
    return {f"{name}/{place}": np.asarray(each) for place, each in enumerate(variables)}


def check_checkpoint(model: keras.Model, folder: Path) -> None:
    """Raise OtherNetwork if the folder has a checkpoint from which this model cannot be resumed."""
    if checkpoint := checkpoints.load_checkpoint(folder):
        _read_values(model.weights, checkpoint, "weights", folder)


def _read_values(variables: Any, checkpoint: Checkpoint, name: str, folder: Path) -> list[NDArray[Any]]:
    """Return the checkpoint's values for these variables. Raises OtherNetwork."""
    values = {place: value for place, value in checkpoint.arrays.items() if place.startswith(f"{name}/")}
    shapes = {f"{name}/{place}": tuple(variable.shape) for place, variable in enumerate(variables)}
    if shapes != {place: value.shape for place, value in values.items()}:
        raise _other_network(folder)
    # NaN would spread to all weights.
    if not all(value.dtype.kind in "biuf" and np.isfinite(value).all() for value in values.values()):
        raise _other_network(folder)
    return [values[place] for place in shapes]
