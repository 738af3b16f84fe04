"""Nets as Keras' own ``fit`` teaches them, for who scripts: losses, what goes in, and how such a run goes on."""

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
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.training.checkpoints import Checkpoint
from ocr_studio.engine.training.detector.craft_trainer import loss_of
from ocr_studio.engine.training.trainer import ctc_losses
from ocr_studio.engine.weights import alphabet_growth

Tensor: TypeAlias = Any

# Gradients longer than this are shortened: one odd crop must not undo what was learned.
LONGEST: Final = 5.0
RATE: Final = 1e-3
# Share of a run in which the rate rises from zero.
_WARM_UP: Final = 0.02
LOG: Final = "log.csv"
_MOST_LOG: Final = 16 << 20  # bytes
_MOST: Final = 1e12  # of steps, epochs and seconds
_ROW: Final = re.compile(r"[0-9]{1,9}")  # what a row of the log begins with
_REMEDY: Final = later("Name the folder of this network’s run, or begin anew in another one.")
_STEPS: Final = "memory/0"  # in a checkpoint: the first that an optimizer remembers


# ------------------------------------------------------------------------------------------------------------ losses


@keras.saving.register_keras_serializable(package="ocr_studio")
class ReadingLoss(layers.Layer):  # type: ignore[misc]
    """How far what is seen along crops is from what stands there (CTC, Graves et al. 2006).

    In: logits (B, T, C), class 0 the blank; labels (B, L) int32, padded with 0; steps (B, 1), of the T, that belong to
    each crop; lengths (B, 1) of the labels. Out: (B, 1), of which the mean is nats a letter.
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
        """One number a crop."""
        return (logits_shape[0], 1)


def teaching(net: keras.Model) -> keras.Model:
    """The net with its loss as what comes out: what ``fit`` is called on, as keras-ocr's ``training_model``.

    net: a recognizer's. In: crops as it takes them, then labels, steps and lengths as ``ReadingLoss``.
    """
    labels = keras.Input((None,), name="labels", dtype="int32")
    steps = keras.Input((1,), name="steps", dtype="int32")
    lengths = keras.Input((1,), name="lengths", dtype="int32")
    loss = ReadingLoss(name="reading")(net.output, labels, steps, lengths)
    return keras.Model([net.inputs[0], labels, steps, lengths], loss, name="teaching")


def without_head(net: keras.Model) -> keras.Model:
    """A recognizer's net up to its last layer but one; it shares that net's weights."""
    return keras.Model(net.inputs[0], net.get_layer(alphabet_growth.HEAD).input, name="backbone")


@keras.saving.register_keras_serializable(package="ocr_studio")  # type: ignore[untyped-decorator]
def as_it_comes(_: Tensor, losses: Tensor) -> Tensor:
    """The loss of a model that gives its loss. losses: (B, 1)."""
    return losses


@keras.saving.register_keras_serializable(package="ocr_studio")  # type: ignore[untyped-decorator]
def letter_maps(maps: Tensor, seen: Tensor) -> Tensor:
    """``craft_trainer.loss_of`` as Keras asks for a loss: what should be seen, (B, h, w, 2), then what is.

    A third channel of the first, where there is one, says where that is known: 0 or 1.
    """
    maps = tf.cast(maps, tf.float32)
    known = maps[..., 2:] if maps.shape[-1] == 3 else tf.ones_like(maps[..., :1])
    return loss_of(seen, maps[..., :2], known)


def compiled(model: keras.Model, loss: Any, *arguments: Any, **options: Any) -> keras.Model:
    """The model ready for ``fit``. loss: one of the above, unless the options have one; all else is Keras'."""
    if not arguments:
        options.setdefault("optimizer", keras.optimizers.Adam(RATE, global_clipnorm=LONGEST))
    options.setdefault("loss", loss)
    # XLA would compile anew for every width of a batch.
    options.setdefault("jit_compile", False)
    model.compile(*arguments, **options)
    return model


# --------------------------------------------------------------------------------------------------------- callbacks


class Paced(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends a run after so many steps; until then the rate rises, then falls like a cosine (Loshchilov & Hutter 2017).

    steps: all there will be, those of earlier sittings included. rate: the highest. minutes: after which this sitting
    ends, wherever the run is then; None: never. spent: seconds of earlier sittings, for the log.
    """

    def __init__(self, steps: int, rate: float, *, minutes: float | None = None, spent: float = 0.0) -> None:
        super().__init__()
        self._steps, self._rate, self._minutes, self._earlier = steps, rate, minutes, spent
        self._begun = time.monotonic()

    def on_train_begin(self, logs: Any = None) -> None:
        """The clock starts."""
        self._begun = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The rate of this step."""
        share = min(1.0, int(self.model.optimizer.iterations) / self._steps)
        self.model.optimizer.learning_rate = self._rate * rate_at(share)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """The run may be over, or this sitting."""
        sat = (time.monotonic() - self._begun) / 60
        over = self._minutes is not None and sat >= self._minutes
        if over or int(self.model.optimizer.iterations) >= self._steps:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """What the log says besides."""
        if logs is not None:
            logs["minutes"] = round((self._earlier + time.monotonic() - self._begun) / 60, 2)
            logs["steps"] = int(self.model.optimizer.iterations)


def rate_at(share: float) -> float:
    """How high the rate is, 0..1, when this share of a run is over."""
    # Not Keras' own cosine, as ``MovingWeights`` have: that one ends at 0 and rises over whole steps. By it a run that
    # was begun would go on at other rates, and its checkpoint, which holds the rate, would not fit.
    if share < _WARM_UP:
        return max(share / _WARM_UP, 1e-3)
    return max(1e-3, 0.5 + 0.5 * math.cos(math.pi * (share - _WARM_UP) / (1 - _WARM_UP)))


class OtherNetwork(StudioError):
    """What a run should go on from is of another network."""


class GoingOn(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps after each epoch all that going on needs, and goes on from it: after a closed terminal, or ``kill -9``.

    To be put last among the callbacks; with it go ``fit``'s ``initial_epoch=going_on.epochs`` and, to a ``Paced``,
    ``spent=going_on.seconds``.
    """

    def __init__(self, folder: Path, *, patience: keras.callbacks.EarlyStopping | None = None, resume: bool) -> None:
        """folder: of the checkpoint, made if it is not there. patience: whose memory is kept, too. resume: whether to
        go on from what is there; otherwise it is forgotten.
        """
        super().__init__()
        self._folder, self._patience, self._timed = folder, patience, None
        if not resume:
            checkpoints.forget(folder)
        self._kept = checkpoints.load(folder)
        facts = self._kept.facts if self._kept else {}
        self.epochs, self.seconds = _number(facts, "epochs", folder), float(_number(facts, "seconds", folder))
        self.steps = _steps(self._kept, folder)
        self._begun = time.monotonic()

    def on_train_begin(self, logs: Any = None) -> None:
        """Take up what was kept. Raises OtherNetwork."""
        self._begun = time.monotonic()
        if self._kept is None:
            return
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        for variables, name in ((self.model.weights, "weights"), (optimizer.variables, "memory")):
            for variable, value in zip(variables, _values(variables, self._kept, name, self._folder), strict=True):
                variable.assign(value)
        if self._patience is not None:
            self._remember(self._patience)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep it. Raises CheckpointNotSaved."""
        arrays = _arrays(self.model.weights, "weights") | _arrays(self.model.optimizer.variables, "memory")
        facts: dict[str, Any] = {"epochs": epoch + 1, "seconds": self.seconds + time.monotonic() - self._begun}
        if (patience := self._patience) is not None and patience.best_weights is not None:
            arrays |= {f"best/{place}": np.asarray(each) for place, each in enumerate(patience.best_weights)}
            facts |= {"best": float(patience.best), "wait": patience.wait, "best_epoch": patience.best_epoch}
        checkpoints.save(self._folder, Checkpoint(arrays, facts))

    def _remember(self, patience: keras.callbacks.EarlyStopping) -> None:
        assert self._kept is not None
        facts = self._kept.facts
        if "best" in facts:
            patience.wait = _number(facts, "wait", self._folder)
            patience.best_epoch = _number(facts, "best_epoch", self._folder)
            best = facts["best"]
            patience.best = float(best) if isinstance(best, int | float) and abs(best) < _MOST else math.inf
            patience.best_weights = _values(self.model.weights, self._kept, "best", self._folder)


class Examined(keras.callbacks.Callback):  # type: ignore[misc]
    """Adds to the log of each epoch what an examination says. To be put first among the callbacks."""

    def __init__(self, exam: Callable[[], Mapping[str, float]]) -> None:
        super().__init__()
        self._exam = exam

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Examine."""
        if logs is not None:
            logs.update(self._exam())


# -------------------------------------------------------------------------------------------------------- a whole run


@dataclass(frozen=True, slots=True)
class Course:
    """How a run is led. folder: of its log and checkpoint. steps: all there will be; epoch: so many of them are one.
    rate: the highest. checks: batches that are held out, all of them seen after each epoch. minutes: after which this
    sitting ends; None: never. resume: go on from the checkpoint, if there is one.
    """

    folder: Path
    steps: int
    epoch: int
    rate: float
    checks: int
    minutes: float | None = None
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Stopping:
    """When a run stops early. monitor: what of the log shall fall; patience: epochs in which it does not."""

    monitor: str
    patience: int


def run(
    model: keras.Model,
    batches: Iterator[Any],
    held_out: Iterator[Any],
    *,
    course: Course,
    stopping: Stopping,
    exam: Callable[[], Mapping[str, float]],
) -> bool:
    """``model.fit`` with all that a long run needs: FOLDER/log.csv, a checkpoint after each epoch, an early end, the
    best weights at last.

    model: compiled. batches, held_out: as ``fit`` takes them, without end. exam: figures for the log. Returns whether
    the run is over: all steps are done, or more of them would help nothing; False where only this sitting is. Raises
    CheckpointNotSaved, OtherNetwork.
    """
    course.folder.mkdir(parents=True, exist_ok=True)
    patience = keras.callbacks.EarlyStopping(
        monitor=stopping.monitor, mode="min", patience=stopping.patience, restore_best_weights=True
    )
    going_on = GoingOn(course.folder, patience=patience, resume=course.resume)
    paced = Paced(course.steps, course.rate, minutes=course.minutes, spent=going_on.seconds)
    log = log_of(course.folder / LOG, going_on.epochs)
    model.fit(
        batches,
        steps_per_epoch=course.epoch,
        # A sitting that its minutes end cuts an epoch short; what is over already is looked at once more.
        epochs=going_on.epochs + max(1, math.ceil((course.steps - going_on.steps) / course.epoch)),
        initial_epoch=going_on.epochs,
        validation_data=held_out,
        validation_steps=course.checks,
        callbacks=[Examined(exam), paced, patience, log, going_on],
        shuffle=False,  # what batches are made of is mixed where they are made
        verbose=2,
    )
    return patience.stopped_epoch > 0 or int(model.optimizer.iterations) >= course.steps


def is_over(folder: Path, *, steps: int, patience: int) -> bool:
    """Whether the run in this folder, as far as was kept, has done so many steps, or has stopped early."""
    kept = checkpoints.load(folder)
    if kept is None:
        return False
    return _number(kept.facts, "wait", folder) >= patience or _steps(kept, folder) >= steps > 0


def log_of(path: Path, epochs: int) -> keras.callbacks.CSVLogger:
    """A log of a run that goes on after so many epochs: rows of later ones, which are done again, are taken out."""
    if path.exists() and epochs:
        try:
            text = paths.read_file(path, most=_MOST_LOG).decode("utf-8")
            head, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
        except (OSError, ValueError, csv.Error) as error:
            what = tr("it cannot be read: {reason}", reason=getattr(error, "strerror", None) or error)
            raise OtherNetwork(what, file=path, remedy=tr(_REMEDY)) from error
        kept = [head, *(row for row in rows if row and _ROW.fullmatch(row[0]) and int(row[0]) < epochs)]
        paths.replace_file(path, "".join(",".join(row) + "\n" for row in kept).encode())
    return keras.callbacks.CSVLogger(str(path), append=bool(epochs))


def _number(facts: Mapping[str, Any], key: str, folder: Path) -> int:
    """What a checkpoint says of a run's progress, 0 where it says nothing. Raises OtherNetwork for what cannot be."""
    value = facts.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
        raise _of_another(folder)
    return int(value)


def _steps(kept: Checkpoint | None, folder: Path) -> int:
    """How many steps are done. Raises OtherNetwork."""
    done = kept.arrays.get(_STEPS) if kept else None
    if done is None:
        return 0
    if done.shape != () or done.dtype.kind not in "iu" or not 0 <= int(done) < _MOST:
        raise _of_another(folder)
    return int(done)


def _of_another(folder: Path) -> OtherNetwork:
    return OtherNetwork(tr("this is of another network’s run"), file=folder / checkpoints.FILE, remedy=tr(_REMEDY))


def _arrays(variables: Any, name: str) -> dict[str, NDArray[Any]]:
    return {f"{name}/{place}": np.asarray(each) for place, each in enumerate(variables)}


def check(model: keras.Model, folder: Path) -> None:
    """Whether a run of this model can go on from what is kept in a folder, if anything is. Raises OtherNetwork."""
    if kept := checkpoints.load(folder):
        _values(model.weights, kept, "weights", folder)


def _values(variables: Any, kept: Checkpoint, name: str, folder: Path) -> list[NDArray[Any]]:
    """What is kept of these. Raises OtherNetwork."""
    values = {place: value for place, value in kept.arrays.items() if place.startswith(f"{name}/")}
    shapes = {f"{name}/{place}": tuple(variable.shape) for place, variable in enumerate(variables)}
    if shapes != {place: value.shape for place, value in values.items()}:
        raise _of_another(folder)
    # (only numbers: NaN would go through all that is learned from here on)
    if not all(value.dtype.kind in "biuf" and np.isfinite(value).all() for value in values.values()):
        raise _of_another(folder)
    return [values[place] for place in shapes]
