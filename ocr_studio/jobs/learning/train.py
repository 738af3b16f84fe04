"""Trains a model on the words or boxes of a dataset, and keeps or discards the result.

Training itself installs nothing: it ends with a candidate, and a comparison with its base model.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from ocr_studio.core.datasets import dataset as datasets
from ocr_studio.core.datasets.dataset import BadCrop, Dataset, Example, Split, TruePhoto
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import DETECTOR, RECOGNIZER, Kind, learning_on
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.training import results as training_results
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.detector_events import CheckedPhoto, DetectorData, DetectorEvent, DetectorTrained
from ocr_studio.core.training.events import Recipe, Trained, TrainingEvent, TrainingPreparing
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.training.runs import Run, RunMismatch, RunTrouble
from ocr_studio.core.translation import tr
from ocr_studio.jobs.learning import preflight
from ocr_studio.jobs.learning.preflight import Preflight

if TYPE_CHECKING:
    from ocr_studio.engine.training.training_data import TrainingExample

# Crops loaded between two events.
_TOLD_EVERY: Final = 50

# Unchecked words to learn from: enough to show a handwriting, few enough to be learned in half a minute.
_MOST_UNCHECKED: Final = 600

# How suggested names end.
_DATED: Final = re.compile(r" \d{4}-\d\d-\d\d( \d+)?$")

Stop: TypeAlias = Callable[[], bool]
LearningEvent: TypeAlias = TrainingEvent | DetectorEvent
Learn: TypeAlias = Callable[["TrainingTask"], Iterator[LearningEvent]]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """The parameters of a training.

    Attributes:
        run: The saved state of the training.
        dataset: The training data.
        options: How photos are read; both models are compared with the same options.
        stop: Called after each step; if true, training stops early with the best result so far.
    """

    run: Run
    dataset: Dataset
    options: ReaderOptions = field(default_factory=ReaderOptions)
    stop: Stop = _never


def train(
    task: TrainingTask, *, resume: bool = False, learn: Learn | None = None
) -> Generator[LearningEvent, None, None]:
    """Train a model; yields TrainingPreparing …, TrainingStarted, StepDone …, then Trained.

    If the generator is closed early, the training can be resumed later.

    Args:
        task: The parameters.
        resume: Resume an interrupted training, or return its result if it finished; otherwise start from scratch.
        learn: The training function; by default that of the engine.

    Raises:
        RunTrouble: Another process is running this training.
        RunMismatch: It can't be resumed.
        StudioError: The training failed.
    """
    run = task.run
    with contextlib.ExitStack() as lock:
        lock.callback(training_runs.lock_run(run.name).release)
        if resume:
            _check_same(run, task.dataset)
            if (waiting := training_results.load_result(run)) is not None:
                yield waiting
                return
        else:
            check_base(run.kind, run.recipe)
            training_runs.begin_run(run)
        _discard_candidates(run)
        training_results.delete_result(run)
        for event in (learn or _LEARNERS[run.kind])(task):
            if isinstance(event, Trained | DetectorTrained):
                training_results.save_result(run, event)
            yield event


def check_base(kind: str, recipe: Recipe) -> None:
    """Check early that the base model of a recipe exists and can be trained.

    Raises:
        NoSuchModel: There is no such model.
        BadModel: The model is damaged.
        CannotLearn: The model can't be trained.
    """
    known: Kind = "detector" if kind == "detector" else "recognizer"
    learning_on(registry.in_use(recipe.base, known).card, usual=DETECTOR if known == "detector" else RECOGNIZER)


def begin(
    look: Preflight, kind: str, recipe: Recipe, *, options: ReaderOptions, stop: Stop = _never, writer: str = ""
) -> TrainingTask:
    """Prepare a training on collected data; the dataset is moved to the run.

    Args:
        look: The data.
        kind: One of ``training_runs.KINDS``.
        recipe: Hyperparameters.
        options: How photos are read.
        stop: As in ``TrainingTask``.
        writer: Whose handwriting is to be learned, for a writer profile; empty for a model for all photos.

    Raises:
        StudioError: There are no data, or they can't be moved.
    """
    if look.dataset is None:
        raise RunTrouble(tr("there is no training data"), remedy=tr("Correct some words first."))
    name = training_runs.find_free_name(writer or suggest_name(kind, recipe, options))
    data = training_runs.find_folder(name) / "data"
    dataset = preflight.moved(look.dataset, data)
    run = Run(name, kind, dataset.folder, dataset.digest, recipe, about=look.about, writer=writer)
    return TrainingTask(run, dataset, options, stop)


def suggest_name(kind: str, recipe: Recipe, options: ReaderOptions) -> str:
    """Suggest a name for a new model: that of its base with today's date.

    Raises:
        NoSuchModel: There is no such base.
        BadModel: The base is damaged.
    """
    known: Kind = "detector" if kind == "detector" else "recognizer"
    base = registry.in_use(recipe.base, known, alphabet=options.alphabet).name
    return f"{_DATED.sub('', base)} {datetime.now(UTC).astimezone().date()}"


def resume_run(run: Run, *, options: ReaderOptions, stop: Stop = _never) -> TrainingTask:
    """Prepare to resume an interrupted training. Raises StudioError."""
    return TrainingTask(run, datasets.read(run.data), options, stop)


def keep(trained: AnyTrained) -> Model:
    """Install the candidate as a model, under another name if its own was taken meanwhile.

    Raises:
        StudioError: It can't be installed, and is still a candidate.
    """
    name = trained.name
    if registry.is_taken(name):
        name = training_runs.find_free_name(name)
        registry.retitle(trained.folder, name)
    model = registry.install(trained.folder, name=name)
    training_runs.delete_run(trained.name)
    return model


def renamed(model: Model, wanted: str) -> str:
    """A note for the user that a model has another name than wanted, or an empty text."""
    if model.name == wanted:
        return ""
    return tr(
        "The name “{wanted}” is already in use, so this model was saved as “{name}”.",
        wanted=wanted,
        name=model.name,
    )


def discard(trained: AnyTrained) -> None:
    """Delete the candidate and its training. Raises StudioError."""
    registry.discard(trained.folder)
    training_runs.delete_run(trained.name)


def throw_away(run: Run) -> None:
    """Delete a training and its candidates.

    Raises:
        RunTrouble: The training is running.
        StudioError: It can't be deleted.
    """
    with contextlib.ExitStack() as lock:
        lock.callback(training_runs.lock_run(run.name).release)
        _discard_candidates(run)
        training_runs.delete_run(run.name)
    with contextlib.suppress(OSError):  # fails on Windows while the lock is held
        run.folder.rmdir()


def _discard_candidates(run: Run) -> None:
    for folder in registry.candidates(run.name):
        registry.discard(folder)


def _check_same(run: Run, dataset: Dataset) -> None:
    known = training_runs.load_run(run.name)
    if known is None:
        raise RunMismatch(
            tr("there is no training run “{name}” to resume", name=run.name),
            remedy=tr("Start a new training run."),
            command="Run the same command without --resume.",
        )
    if known.kind != run.kind or known.digest != dataset.digest:
        raise RunMismatch(
            tr("the training run “{name}” was started with different data", name=run.name),
            file=dataset.folder,
            remedy=tr("Start a new training run."),
            command="Run the same command with --replace instead of --resume.",
        )


# ----------------------------------------------------------------------------------------------------- recognizer


def _learn_words(task: TrainingTask) -> Iterator[TrainingEvent]:
    from ocr_studio.engine.training import finetune
    from ocr_studio.engine.training.training_data import TrainingData

    dataset, run = task.dataset, task.run
    train: list[TrainingExample] = []
    held_out: list[TrainingExample] = []
    unchecked: list[TrainingExample] = []
    yield from _read(dataset, _by_writer(dataset.train, run.writer), train)
    yield from _read(dataset, _by_writer(dataset.held_out, run.writer), held_out)
    certain = _by_writer(dataset.unchecked, run.writer)
    yield from _read(dataset, certain[:: max(1, -(-len(certain) // _MOST_UNCHECKED))], unchecked)
    if not train and run.writer:
        what = tr("it contains no words by {writer} for training", writer=run.writer)
        remedy = tr("Set the writer of the photos first.")
        if _by_writer(dataset.held_out, run.writer):
            remedy = tr("All of them are held out for evaluation. Check words on another photo by {writer}.",
                        writer=run.writer)  # fmt: skip
        raise StudioError(what, file=dataset.folder, remedy=remedy)
    if not train:
        what = (
            tr("it contains no lines for training")
            if dataset.unit == "lines"
            else tr("it contains no words for training")
        )
        raise _nothing(dataset, dataset.examples, what, remedy=tr("Correct some words first."))
    data = TrainingData(
        train,
        held_out,
        options=replace(task.options, unit=dataset.unit),
        lines=dataset.unit == "lines",
        digest=dataset.digest,
        writer=run.writer,
        unchecked=unchecked,
    )
    yield from finetune.finetune(data, run.recipe, folder=run.work, name=run.name, stop=task.stop, bounded=run.bounded)


def _by_writer(examples: Sequence[Example], writer: str) -> Sequence[Example]:
    """The examples by a writer; all of them if none is given."""
    return [example for example in examples if example.writer == writer] if writer else examples


def _nothing(
    dataset: Dataset, some: Sequence[Example | TruePhoto], what: str, *, remedy: str, typed: str = ""
) -> StudioError:
    """The error for a dataset without training data.

    some: its examples or photos; if all are held out, the error says so in place of the remedy. typed: the remedy on
    the command line.
    """
    command = typed
    if some and all(each.split is Split.HELD_OUT for each in some):
        remedy, command = tr("Everything in it is held out for evaluation. Choose another dataset."), ""
        if synth_options.KEY in dataset.manifest:
            command = (
                "Everything in it is held out for evaluation."
                ' Generate another one with "ocr-studio synth" without --test.'
            )
    return StudioError(what, file=dataset.folder, remedy=remedy, command=command)


def _read(dataset: Dataset, examples: Sequence[Example], into: list[TrainingExample]) -> Iterator[TrainingPreparing]:
    """Load crops, skipping missing ones; yields progress."""
    from ocr_studio.engine.training.training_data import TrainingExample, shrink_crop

    what = tr("Loading the lines") if dataset.unit == "lines" else tr("Loading the words")
    for number, example in enumerate(examples):
        if number % _TOLD_EVERY == 0:
            yield TrainingPreparing(what, number, len(examples))
        with contextlib.suppress(BadCrop):
            crop = shrink_crop(dataset.crop(example))
            into.append(TrainingExample(crop, example.text, name=example.crop, place=example.place))


# ------------------------------------------------------------------------------------------------------- detector


def _learn_boxes(task: TrainingTask) -> Iterator[LearningEvent]:
    from ocr_studio.engine.training.detector import finetune as finetune_detector

    dataset, run = task.dataset, task.run
    drawn = synth_options.KEY in dataset.manifest
    # Part of a checked photo may be held out; a synthetic board is either for training or held out.
    if not dataset.pages or (drawn and all(page.split is Split.HELD_OUT for page in dataset.pages)):
        what, remedy = tr("it contains no photos for training"), tr("Check every word of a photo first.")
        if drawn:
            remedy = tr("It contains single words only. Generate boards with Read → Generate synthetic boards.")
        command = 'It contains single words only. Generate boards with "ocr-studio synth --boards N".' if drawn else ""
        raise _nothing(dataset, dataset.pages, what, remedy=remedy, typed=command)
    photos = tuple(
        CheckedPhoto(page.image or page.photo, partial(dataset.photo, page), page.words, page.split is Split.HELD_OUT)
        for page in dataset.pages
    )
    yield from finetune_detector.finetune_detector(
        DetectorData(photos, digest=dataset.digest, options=task.options),
        run.recipe,
        folder=run.work,
        name=run.name,
        stop=task.stop,
        bounded=run.bounded,
    )


_LEARNERS: Final[dict[str, Learn]] = {"recognizer": _learn_words, "detector": _learn_boxes}
