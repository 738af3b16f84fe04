"""Runs evaluations in the background, one photo per job, so that other reading jobs can run between them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.evaluation.results import Evaluation, PhotoResult
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.learning import evaluate
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService
from ocr_studio.ui.job_thread import Job, JobThread, Trouble
from ocr_studio.ui.style import labels

# Steps of the progress bar per photo.
PARTS = 100


class EvaluationController(QObject):
    """Evaluates the project of the open photo, without changing it.

    Signals: ``began()``; ``progressed(text, done, total)``, total 0 if unknown; ``updated(Evaluation)``: of the photos
    so far; ``ended(Evaluation, bool)``: complete, or False if it was stopped or failed; ``failed(Trouble)``, after
    ``ended``; ``written(Path)``: the index of the exported web pages; ``write_failed(str)``: some or all of them
    failed.
    """

    began = Signal()
    progressed = Signal(str, int, int)
    updated = Signal(object)
    ended = Signal(object, bool)
    failed = Signal(object)
    written = Signal(object)
    write_failed = Signal(str)

    def __init__(self, lane: JobThread, ocr_service: Callable[[], OcrService]) -> None:
        super().__init__(lane)
        self._lane, self._ocr_service = lane, ocr_service
        self._job: Job | None = None
        self._steps: _Steps | None = None
        self._whole: Evaluation | None = None
        self._project: Project | None = None
        self._photos: list[PhotoResult] = []
        self._unfit: list[str] = []
        self._model = ""

    @property
    def busy(self) -> bool:
        """Whether an evaluation is running."""
        return self._steps is not None

    def start(self, project: Project) -> None:
        """Evaluate the current pages of a project."""
        self.cancel()
        self._steps, self._project = _Steps(self._ocr_service(), project), project
        self._whole, self._photos, self._unfit, self._model = None, [], [], ""
        self.began.emit()
        self.progressed.emit(tr("Waiting for the recognizer…"), 0, 0)
        self._run_next_step(self._steps)

    def again(self) -> None:
        """Evaluate the same project again."""
        if self._project is not None:
            self.start(self._project)

    def cancel(self) -> None:
        """Stop; the results of finished photos are kept."""
        steps, self._steps = self._steps, None
        if steps is None:
            return
        if self._job is not None:
            self._job.cancel()
        self._lane.submit(steps.close, name=later("Stopping the evaluation"))
        self.ended.emit(self._so_far(steps), False)

    def write(self, evaluation: Evaluation, folder: Path) -> None:
        """Export web pages with every mistake to a folder, or to a new subfolder if it isn't empty."""
        job = self._lane.submit(
            lambda: evaluate.write_pages(evaluation, OutputFolder(evaluate.free_folder(folder))),
            name=later("Exporting web pages"),
        )
        errors: list[str] = []
        job.yielded.connect(lambda event: self._on_page_written(event, errors))
        job.failed.connect(self.failed)

    def _run_next_step(self, steps: _Steps) -> None:
        if steps is not self._steps:
            return
        if steps.ocr_service is not self._ocr_service():
            self.cancel()  # results of different models must not be mixed
            return
        job = self._job = self._lane.submit(steps.next_photo, name=later("Evaluating"))
        job.yielded.connect(lambda event: self._on_event(steps, event))
        job.failed.connect(lambda trouble: self._fail(steps, trouble))
        job.done.connect(lambda: self._finish(steps) if self._whole else self._run_next_step(steps))
        job.ended.connect(lambda: self._stop(steps, job))

    def _on_event(self, steps: _Steps, event: object) -> None:
        if isinstance(event, LoadingRecognizer):
            self.progressed.emit(tr("Loading the recognizer (takes a few seconds)…"), 0, 0)
        elif isinstance(event, evaluate.SearchingPhoto):
            text = tr(
                "Photo {number} of {total}: looking for {photo}",
                number=event.done + 1,
                total=event.total,
                photo=labels.file_name(event.image),
            )
            self.progressed.emit(text, PARTS * event.done, PARTS * event.total)
        elif isinstance(event, evaluate.ReadingPhoto):
            share = PARTS * event.lines_done // max(1, event.lines)
            photo = labels.file_name(event.image)
            text = tr("Photo {number} of {total}: {photo}", number=event.done + 1, total=event.total, photo=photo)
            self.progressed.emit(text, PARTS * event.done + share, PARTS * event.total)
        elif isinstance(event, evaluate.PhotoEvaluated):
            self._photos.append(event.result)
            self._model = event.model
            text = tr_n("{done} of {count} photo", "{done} of {count} photos", event.total, done=event.done)
            self.progressed.emit(text, PARTS * event.done, PARTS * event.total)
            self.updated.emit(self._so_far(steps))
        elif isinstance(event, evaluate.PhotoUnfit):
            self._unfit.append(event.error)
        elif isinstance(event, evaluate.Evaluated):
            self._whole = event.evaluation

    def _so_far(self, steps: _Steps) -> Evaluation:
        return Evaluation(str(steps.project.photos), self._model, tuple(self._photos), tuple(self._unfit))

    def _finish(self, steps: _Steps) -> None:
        if steps is self._steps and self._whole is not None:
            self._steps = None
            self.ended.emit(self._whole, True)

    def _fail(self, steps: _Steps, trouble: Trouble) -> None:
        if steps is self._steps:
            self._steps = None
            self.ended.emit(self._so_far(steps), False)
            self.failed.emit(trouble)

    def _stop(self, steps: _Steps, job: Job) -> None:
        # The thread was stopped, not the evaluation.
        if steps is self._steps and job is self._job:
            self.cancel()

    def _on_page_written(self, event: evaluate.PageWritten, errors: list[str]) -> None:
        if event.error:
            errors.append(str(event.error))
        if event.done == event.total and errors:
            said = errors[0]
            if len(errors) > 1:
                said = tr_n(
                    "{error} ({count} of {total} web pages failed)",
                    "{error} ({count} of {total} web pages failed)",
                    len(errors),
                    error=errors[0],
                    total=event.total,
                )
            self.write_failed.emit(said)
        elif event.done == event.total:
            self.written.emit(event.path)


class _Steps:
    """An evaluation as jobs of one photo each. Belongs to the job thread once started."""

    def __init__(self, ocr_service: OcrService, project: Project) -> None:
        self.ocr_service, self.project = ocr_service, project
        self._events = evaluate.evaluate_project(ocr_service, project)

    def next_photo(self) -> Iterator[object]:
        """Continue to the end of the next photo, or of the evaluation."""
        for event in self._events:
            yield event
            if isinstance(event, evaluate.PhotoEvaluated | evaluate.PhotoUnfit):
                return

    def close(self) -> Iterator[object]:
        """Release the current photo, in the thread that read it."""
        if isinstance(self._events, Generator):
            self._events.close()
        yield from ()
