"""Previews detection settings on the open photo, in the reading lane; a new preview ends the one before it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.page import Quad
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.core.translation import later
from ocr_studio.jobs.reading.read import LoadingRecognizer
from ocr_studio.jobs.reading.try_detection import BoxesFound, DetectionPreview, LinesFound
from ocr_studio.ui.job_thread import Job, JobThread


class DetectionTrials(QObject):
    """Runs one preview at a time and collects its results. The page does not change.

    Attributes:
        lines: lines found so far.
        boxes: boxes found so far.
        loading: whether the recognizer is being loaded.
        waiting: whether the newest preview has no results yet.
        done: whether the newest preview is complete.

    Signals:
        looked(): an attribute has changed.
        failed(Trouble): the preview failed.
    """

    looked = Signal()
    failed = Signal(object)

    def __init__(self, lane: JobThread, trial: DetectionPreview) -> None:
        super().__init__()
        self._lane, self._trial = lane, trial
        self._job: Job | None = None
        self._fresh: list[Quad] = []
        self.lines: tuple[Quad, ...] = ()
        self.boxes: tuple[Quad, ...] = ()
        self.loading = self.waiting = self.done = False

    def look(self, detection: DetectionOptions) -> None:
        """Start a preview with these settings."""
        self.stop()
        self.waiting, self.done = True, False
        job = self._job = self._lane.submit(lambda: self._trial.find(detection), name=later("Detection preview"))
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.done.connect(self._finish)
        self.looked.emit()

    def stop(self) -> None:
        """Cancel the running preview."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_event(self, event: object) -> None:
        self.loading = isinstance(event, LoadingRecognizer)
        if isinstance(event, LinesFound):
            self.waiting, self._fresh = False, []
            if event.lines != self.lines:
                # If the lines are the same, the old boxes stay until the new ones are complete.
                self.lines, self.boxes = event.lines, ()
        elif isinstance(event, BoxesFound):
            self._fresh.extend(event.boxes)
            if len(self._fresh) >= len(self.boxes):
                self.boxes = tuple(self._fresh)
        self.looked.emit()

    def _finish(self) -> None:
        self._job, self.boxes, self.done = None, tuple(self._fresh), True
        self.looked.emit()

    def _fail(self, trouble: object) -> None:
        self._job, self.waiting, self.loading = None, False, False
        self.failed.emit(trouble)
