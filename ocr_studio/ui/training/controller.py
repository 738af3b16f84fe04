"""Trains in the background: collects training data, trains, and keeps or discards the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.datasets.dataset import Dataset
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import ReaderOptions, Settings
from ocr_studio.core.training import results as training_results
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.detector_events import DetectorTrained
from ocr_studio.core.training.events import Recipe, Trained, TrainingPreparing, TrainingStarted
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.training.runs import Run
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.learning import preflight
from ocr_studio.jobs.learning import train as training
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.jobs.learning.train import Learn, LearningEvent, TrainingTask
from ocr_studio.ui.job_thread import Job, JobThread, Trouble
from ocr_studio.ui.training.run_control import Origin, RunControl


class TrainingStage(Enum):
    """The stage of a training. DECIDING: a model was trained, and the user has to keep or discard it."""

    IDLE = auto()
    LOOKING = auto()
    READY = auto()
    LEARNING = auto()
    ENDING = auto()
    DECIDING = auto()
    KEPT = auto()


@dataclass(frozen=True, slots=True)
class Begun:
    """A training has started; from now on it can be resumed."""

    task: TrainingTask


@dataclass(frozen=True, slots=True)
class Offer:
    """An interrupted training that can be resumed. learned: it finished, and the user has to decide on the result."""

    run: Run
    learned: bool


class TrainingController(QObject):
    """Trains on the corrections of the open photo's project, one training at a time.

    Signals: ``changed()``: the stage or the training data; ``progressed(text, done, total)``, total 0 if unknown;
    ``event_received(LearningEvent)``; ``paused(bool)``; ``offered()``: an interrupted training can be resumed;
    ``failed(Trouble)``; ``kept(Model)``: use this model from now on; ``rolled_back(Model, object)``: use another model
    in place of this one, given by its name (None for the default).
    """

    changed = Signal()
    offered = Signal()
    progressed = Signal(str, int, int)
    event_received = Signal(object)
    paused = Signal(bool)
    failed = Signal(object)
    kept = Signal(object)
    rolled_back = Signal(object, object)

    def __init__(
        self,
        lane: JobThread,
        settings: Callable[[], Settings],
        *,
        learners: Mapping[str, Learn] | None,
    ) -> None:
        """Stay idle; ``learners`` are training functions by kind, by default those of the engine."""
        super().__init__(lane)
        self._lane, self._settings, self._learners = lane, settings, dict(learners or {})
        self.stage = TrainingStage.IDLE
        self.look: Preflight | None = None
        self.stale = False  # whether words were corrected since the data were collected
        self.origin = Origin()
        self.run: Run | None = None
        self.dataset: Dataset | None = None
        self.started: TrainingStarted | None = None
        self.trained: AnyTrained | None = None
        self.model: Model | None = None
        self.offers: tuple[Offer, ...] = ()
        self._before: str | None = None
        self._job: Job | None = None
        self._pace = RunControl()

    @property
    def busy(self) -> bool:
        """Whether a training is running."""
        return self.stage in (TrainingStage.LEARNING, TrainingStage.ENDING)

    @property
    def is_free(self) -> bool:
        """Whether no training is running or waiting for a decision."""
        return not self.busy and self.stage is not TrainingStage.DECIDING

    @property
    def is_paused(self) -> bool:
        """Whether the training is paused."""
        return self.busy and self._pace.is_paused

    @property
    def options(self) -> ReaderOptions:
        """The current options for reading photos."""
        return self._settings().reader_options()

    def photo_of(self, page_id: str) -> Path | None:
        """The path of the photo of a page in the training data; None if unknown."""
        if self.look is not None and page_id in self.look.pages:
            return self.look.pages[page_id].photo
        for example in self.dataset.examples if self.dataset and self.run else ():
            if example.page == page_id and example.image:
                return self.photo_called(example.image)
        return None

    def photo_called(self, image: str) -> Path | None:
        """The path of the photo with this name in a project's dataset; None if unknown."""
        return Path(self.run.about) / image if self.run and self.run.about else None

    # ---------------------------------------------------------------------------------------------------- looking

    def find_offers(self) -> None:
        """Search for interrupted training runs."""
        job = self._lane.submit(_offers, name=later("Looking for interrupted training runs"))
        job.yielded.connect(self._offer)

    def look_at(self, origin: Origin) -> None:
        """Collect training data, unless a training is running or waiting for a decision."""
        if not self.is_free:
            return
        self._cancel()
        self.origin, self.stale = origin, False
        self._go_to(TrainingStage.LOOKING)
        self.progressed.emit(origin.doing, 0, 0)
        options, before = self.options, self.look

        def make() -> Iterator[object]:
            if before is not None:
                preflight.forget(before)
            yield from origin.look(options)

        job = self._job = self._lane.submit(make, name=later("Collecting corrections"))
        job.yielded.connect(self._on_preflight_event)
        job.failed.connect(self.failed)
        job.ended.connect(lambda: self._end_preflight(job))

    def note_correction(self) -> None:
        """Note that a word was corrected since the data were collected."""
        self.stale = self.origin.folder is None

    # --------------------------------------------------------------------------------------------------- learning

    def start(self, kind: str, recipe: Recipe, writer: str = "") -> None:
        """Train on the collected data and on later corrections.

        Args:
            kind: One of ``training_runs.KINDS``.
            recipe: Hyperparameters.
            writer: Whose handwriting is learned, for a writer profile; empty for a model for all photos.
        """
        look, origin = self.look, self.origin
        if self.stage is not TrainingStage.READY or look is None:
            return
        options, stop, stale = self.options, self._begin(), self.stale

        def make() -> Iterator[object]:
            seen = look
            if stale:
                preflight.forget(look)
                for event in origin.look(options):
                    yield event
                    seen = event if isinstance(event, Preflight) else seen
            task = training.begin(seen, kind, recipe, options=options, stop=stop, writer=writer)
            yield Begun(task)
            yield from training.train(task, learn=self._learners.get(kind))

        self._learn(make)

    def resume(self, run: Run) -> None:
        """Resume an interrupted training."""
        if not self.is_free:
            return
        self._cancel()
        options, look, stop = self.options, self.look, self._begin()
        self.offers = tuple(each for each in self.offers if each.run != run)

        def make() -> Iterator[object]:
            if look is not None:
                preflight.forget(look)
            task = training.resume_run(run, options=options, stop=stop)
            yield Begun(task)
            yield from training.train(task, resume=True, learn=self._learners.get(run.kind))

        self._learn(make)

    def forget_offer(self, run: Run) -> None:
        """Discard an interrupted training and its progress."""
        self.offers = tuple(each for each in self.offers if each.run != run)
        self._submit_quietly(lambda: training.throw_away(run), later("Discarding a training run"))
        self.changed.emit()

    def pause(self, pause: bool) -> None:
        """Pause before the next step, or resume."""
        if self.stage is TrainingStage.LEARNING:
            self._pace.set_paused(pause)
            self.paused.emit(pause)

    def stop_and_keep(self) -> None:
        """Stop early, with the best result so far."""
        if self.stage is TrainingStage.LEARNING:
            self._pace.stop()
            self.paused.emit(False)
            self._go_to(TrainingStage.ENDING)
            self.progressed.emit(tr("Comparing the best result so far with the previous model…"), 0, 0)

    def throw_away(self) -> None:
        """Stop at once and discard the training."""
        if self.busy:
            run = self.run
            self._cancel()
            if run is not None:
                self._submit_quietly(lambda: training.throw_away(run), later("Discarding a training run"))
            self._come_back()

    # --------------------------------------------------------------------------------------------------- deciding

    def keep(self) -> None:
        """Keep the trained model, and use it."""
        trained, run = self.trained, self.run
        if self.stage is not TrainingStage.DECIDING or trained is None or run is None or not trained.changed:
            return
        self.trained = None  # a second click must not keep it twice
        options = self.options
        general = options.model if run.kind == "recognizer" else options.detector
        before = options.find_profile(run.writer) if run.writer else general
        job = self._lane.submit(lambda: iter([training.keep(trained)]), name=later("Saving a model"))
        job.yielded.connect(lambda model: self._has_kept(model, before))
        job.failed.connect(lambda trouble: self._has_not_kept(trained, trouble))

    def discard(self) -> None:
        """Discard the trained model."""
        trained = self.trained
        if self.stage is TrainingStage.DECIDING and trained is not None:
            self._submit_quietly(lambda: training.discard(trained), later("Discarding a model"))
            self._come_back()

    def go_back(self) -> None:
        """Use the previous model again; the new one stays in the list of models."""
        if self.stage is TrainingStage.KEPT and self.model is not None:
            self.rolled_back.emit(self.model, self._before)
            self._come_back()

    def done(self) -> None:
        """Close the result of a training whose model was kept."""
        if self.stage is TrainingStage.KEPT:
            self._come_back()

    def close(self) -> None:
        """Stop when the window closes; a running training can be resumed later."""
        self._cancel()
        if self.look is not None:
            preflight.forget(self.look)

    # ---------------------------------------------------------------------------------------------------- the job

    def _begin(self) -> Callable[[], bool]:
        self._pace = pace = RunControl()
        self.run = self.dataset = self.started = self.trained = self.model = None
        return lambda: pace.stopped

    def _learn(self, make: Callable[[], Iterator[object]]) -> None:
        pace = self._pace
        self._go_to(TrainingStage.LEARNING)
        self.progressed.emit(tr("Preparing…"), 0, 0)
        job = self._job = self._lane.submit(lambda: pace.keep(make()), name=later("Training"))
        job.yielded.connect(self._on_event)
        job.failed.connect(self.failed)
        job.ended.connect(pace.close)
        job.ended.connect(lambda: self._end_training(job))

    def _on_event(self, event: object) -> None:
        if isinstance(event, Begun):
            self.run, self.dataset = event.task.run, event.task.dataset
            self.look = None  # its dataset now belongs to the run
            self.changed.emit()
            return
        if isinstance(event, TrainingPreparing):
            self.progressed.emit(f"{event.what}…", event.done, event.total)
        elif isinstance(event, TrainingStarted):
            self.started = event
        elif isinstance(event, Trained | DetectorTrained):
            self.trained = event
            self._go_to(TrainingStage.DECIDING)
        if isinstance(event, LearningEvent):
            self.event_received.emit(event)

    def _on_preflight_event(self, event: object) -> None:
        if isinstance(event, Preflight):
            self.look = event
            self.dataset = event.dataset
            self._go_to(TrainingStage.READY)
        elif isinstance(event, TrainingPreparing):
            self.progressed.emit(f"{event.what}…", event.done, event.total)

    def _has_kept(self, model: Model, before: str | None) -> None:
        self.model, self._before = model, before
        self._go_to(TrainingStage.KEPT)
        self.kept.emit(model)

    def _has_not_kept(self, trained: AnyTrained, trouble: Trouble) -> None:
        if self.stage is TrainingStage.DECIDING:
            self.trained = trained
        self.failed.emit(trouble)

    def _offer(self, offers: tuple[Offer, ...]) -> None:
        self.offers = tuple(each for each in offers if self.run is None or each.run.name != self.run.name)
        self.changed.emit()
        if self.offers:
            self.offered.emit()

    def _end_preflight(self, job: Job) -> None:
        if job is self._job and self.stage is TrainingStage.LOOKING:
            self.look = self.dataset = None  # the data collected before are deleted
            self._go_to(TrainingStage.IDLE)

    def _end_training(self, job: Job) -> None:
        if job is self._job and self.busy:  # it failed, or the thread was told to end
            self._come_back()
            self.find_offers()

    def _come_back(self) -> None:
        """Go back to the start, and collect the training data again."""
        self._job = None
        self.run = self.dataset = self.started = self.trained = None
        self._go_to(TrainingStage.IDLE)
        if self.origin:
            self.look_at(self.origin)

    def _cancel(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _submit_quietly(self, do: Callable[[], None], name: str) -> None:
        def make() -> Iterator[object]:
            do()
            yield from ()

        self._lane.submit(make, name=name).failed.connect(self.failed)

    def _go_to(self, stage: TrainingStage) -> None:
        self.stage = stage
        self.changed.emit()


def _offers() -> Iterator[tuple[Offer, ...]]:
    training_runs.delete_remains()
    yield tuple(Offer(run, training_results.load_result(run) is not None) for run in training_runs.list_unfinished())
