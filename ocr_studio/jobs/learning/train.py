"""Training: a dataset's words or boxes are learned, step by step, and what comes of it is kept or thrown away.

Nothing is installed by training itself: it ends with a candidate, and with how it compares with the model it began
with.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from ocr_studio.core.datasets import dataset as datasets
from ocr_studio.core.datasets.dataset import BadCrop, Dataset, Example, Split, TruePhoto
from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import DETECTOR, RECOGNIZER, Kind, learning_on
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.training import results as training_results
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.detector_events import DetectorData, DetectorEvent, DetectorTrained, ReviewedPhoto
from ocr_studio.core.training.events import Preparing, Recipe, Trained, TrainingEvent
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.training.runs import Run, RunTrouble
from ocr_studio.core.translation import tr
from ocr_studio.jobs.learning import preflight
from ocr_studio.jobs.learning.preflight import Preflight

if TYPE_CHECKING:
    from ocr_studio.engine.training.training_data import Lesson

# Reading crops is told so often.
_TOLD_EVERY: Final = 50

Stop: TypeAlias = Callable[[], bool]
LearningEvent: TypeAlias = TrainingEvent | DetectorEvent
Learn: TypeAlias = Callable[["Course"], Iterator[LearningEvent]]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Course:
    """All that learning needs. options: how photos are read, as old and new are compared by what a person will see.

    stop: asked after each step; true ends it early, with the best so far.
    """

    run: Run
    dataset: Dataset
    options: ReaderOptions = field(default_factory=ReaderOptions)
    stop: Stop = _never


def train(course: Course, *, resume: bool = False, learn: Learn | None = None) -> Generator[LearningEvent, None, None]:
    """Learn: Preparing …, Started, StepDone and Checked …, at last Trained.

    resume: go on from where a run of this name was cut short, or to what came of it and nobody has decided on; else it
    begins anew. Closed early, the run stays as far as it has come. learn: who learns, if not the engine. Raises
    StudioError, RunTrouble where another is at it.
    """
    run = course.run
    with contextlib.closing(_Held(run.name)):
        if resume:
            _check_same(run, course.dataset)
            if (waiting := training_results.load(run)) is not None:
                yield waiting
                return
        else:
            check_base(run.kind, run.recipe)
            training_runs.begin(run)
        _discard_candidates(run)
        training_results.forget(run)
        for event in (learn or _LEARNERS[run.kind])(course):
            if isinstance(event, Trained | DetectorTrained):
                training_results.save(run, event)
            yield event


def check_base(kind: str, recipe: Recipe) -> None:
    """Whether what a recipe begins with is there and can be trained further; to know it before anything is drawn or
    written. kind: one of ``training_runs.KINDS``. Raises NoSuchModel, BadModel, CannotLearn.
    """
    known: Kind = "detector" if kind == "detector" else "recognizer"
    learning_on(models.in_use(recipe.base, known).card, usual=DETECTOR if known == "detector" else RECOGNIZER)


def begin(look: Preflight, kind: str, recipe: Recipe, *, options: ReaderOptions, stop: Stop = _never) -> Course:
    """A course on what was looked at; its dataset stays with the run from now on. Raises StudioError."""
    if look.dataset is None:
        raise RunTrouble(tr("there is nothing to learn from"), remedy=tr("Correct some words first."))
    name = training_runs.free_name(look.title)
    data = training_runs.folder_of(name) / "data"
    dataset = preflight.moved(look.dataset, data)
    run = Run(name, kind, dataset.folder, dataset.digest, recipe, about=look.about)
    return Course(run, dataset, options, stop)


def gone_on_with(run: Run, *, options: ReaderOptions, stop: Stop = _never) -> Course:
    """The course of a run that was cut short. Raises StudioError."""
    return Course(run, datasets.read(run.data), options, stop)


def keep(trained: AnyTrained) -> Model:
    """Make a model of the candidate; it can be chosen from now on. Raises StudioError; it is then still a candidate.

    Where another model got its name while it was learned, it gets another one that is free: nothing is lost.
    """
    name = trained.name
    if models.is_taken(name):
        name = training_runs.free_name(name)
        models.retitle(trained.folder, name)
    model = models.install(trained.folder, name=name)
    training_runs.forget(trained.name)
    return model


def renamed(model: Model, wanted: str) -> str:
    """Why a model that was kept is not called as it should be, for a person; nothing where it is."""
    if model.name == wanted:
        return ""
    return tr(
        "Another model got the name “{wanted}” meanwhile, so this one is called “{name}”.",
        wanted=wanted,
        name=model.name,
    )


def discard(trained: AnyTrained) -> None:
    """Throw the candidate away, and what it came from. Raises StudioError."""
    models.discard(trained.folder)
    training_runs.forget(trained.name)


def throw_away(run: Run) -> None:
    """Throw away how far a run has come, candidates of it included. Raises StudioError, RunTrouble where it goes on."""
    with contextlib.closing(_Held(run.name)):
        _discard_candidates(run)
        training_runs.forget(run.name)
    with contextlib.suppress(OSError):  # Windows keeps a folder whose lock is held
        run.folder.rmdir()


def _discard_candidates(run: Run) -> None:
    for folder in models.candidates(run.name):
        models.discard(folder)


class _Held:
    """The lock of a run, for as long as it goes on."""

    def __init__(self, name: str) -> None:
        self._lock = training_runs.lock(name)

    def close(self) -> None:
        """Another may run it."""
        self._lock.release()


def _check_same(run: Run, dataset: Dataset) -> None:
    known = training_runs.load(run.name)
    if known is None:
        raise RunTrouble(
            tr("there is no training “{name}” to go on with", name=run.name),
            remedy=tr("Begin it anew."),
            command="Give the same command without --resume.",
        )
    if known.kind != run.kind or known.digest != dataset.digest:
        raise RunTrouble(
            tr("the training “{name}” was begun on other words than those that are there now", name=run.name),
            file=dataset.folder,
            remedy=tr("Begin it anew."),
            command="Give the same command with --replace instead of --resume.",
        )


# ----------------------------------------------------------------------------------------------------- recognizer


def _learn_words(course: Course) -> Iterator[TrainingEvent]:
    from ocr_studio.engine.training import finetune
    from ocr_studio.engine.training.training_data import TrainingData

    dataset, run = course.dataset, course.run
    train: list[Lesson] = []
    held_out: list[Lesson] = []
    yield from _read(dataset, dataset.train, train)
    yield from _read(dataset, dataset.held_out, held_out)
    if not train:
        what = tr("there is no line to learn from") if dataset.unit == "lines" else tr("there is no word to learn from")
        raise _nothing(dataset, dataset.examples, what, remedy=tr("Correct some words first."))
    data = TrainingData(
        train,
        held_out,
        options=replace(course.options, unit=dataset.unit),
        lines=dataset.unit == "lines",
        digest=dataset.digest,
    )
    yield from finetune.finetune(data, run.recipe, folder=run.work, name=run.name, stop=course.stop)


def _nothing(
    dataset: Dataset, some: Sequence[Example | TruePhoto], what: str, *, remedy: str, typed: str = ""
) -> StudioError:
    """What is said where none of these can be learned from. remedy, and what who typed is told instead: unless all of
    them are held out."""
    command = typed
    if some and all(each.split is Split.HELD_OUT for each in some):
        remedy, command = tr("All that is in it is held out to measure by. Choose another dataset."), ""
        if synth_options.KEY in dataset.manifest:
            command = (
                'All that is in it is held out to measure by: make another one by "ocr-studio synth" without --test.'
            )
    return StudioError(what, file=dataset.folder, remedy=remedy, command=command)


def _read(dataset: Dataset, examples: Sequence[Example], into: list[Lesson]) -> Iterator[Preparing]:
    """The crops; one that is gone since the dataset was read is left out."""
    from ocr_studio.engine.training.training_data import Lesson, fitted

    what = tr("Looking at the lines") if dataset.unit == "lines" else tr("Looking at the words")
    for number, example in enumerate(examples):
        if number % _TOLD_EVERY == 0:
            yield Preparing(what, number, len(examples))
        with contextlib.suppress(BadCrop):
            crop = fitted(dataset.crop(example))
            into.append(Lesson(crop, example.text, name=example.crop, place=example.place))


# ------------------------------------------------------------------------------------------------------- detector


def _learn_boxes(course: Course) -> Iterator[LearningEvent]:
    from ocr_studio.engine.training.detector import finetune as finetune_detector

    dataset, run = course.dataset, course.run
    drawn = synth_options.KEY in dataset.manifest
    # Of a photo that a person has checked, a part alone may be held out; boards are drawn for one thing or the other.
    if not dataset.pages or (drawn and all(page.split is Split.HELD_OUT for page in dataset.pages)):
        what, remedy = tr("there is no photo to learn from"), tr("Check every word of a photo first.")
        if drawn:
            remedy = tr("It holds single words only: draw boards as well, by Read → Make synthetic boards.")
        command = 'It holds single words only: "ocr-studio synth --boards N" makes boards.' if drawn else ""
        raise _nothing(dataset, dataset.pages, what, remedy=remedy, typed=command)
    photos = tuple(
        ReviewedPhoto(page.image or page.photo, partial(dataset.photo, page), page.words, page.split is Split.HELD_OUT)
        for page in dataset.pages
    )
    yield from finetune_detector.finetune_detector(
        DetectorData(photos, digest=dataset.digest, options=course.options),
        run.recipe,
        folder=run.work,
        name=run.name,
        stop=course.stop,
    )


_LEARNERS: Final[dict[str, Learn]] = {"recognizer": _learn_words, "detector": _learn_boxes}
