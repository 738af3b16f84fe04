"""Trying ways of finding writing on the open photo, in the reading lane; the newest try ends those before it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.page import Quad
from ocr_studio.core.settings import Finding
from ocr_studio.core.translation import later
from ocr_studio.jobs.reading.read import Preparing
from ocr_studio.jobs.reading.try_detection import BoxesFound, LinesFound, Trial
from ocr_studio.ui.job_thread import Job, JobThread


class FindingTrials(QObject):
    """Runs one try at a time and gathers what it finds. Nothing of the page is touched.

    Signals: ``looked()`` there is something new in ``lines``, ``boxes``, ``waiting`` or ``done``; ``failed(Trouble)``.
    lines, boxes: what is known of what would be found. waiting: nothing of the newest try is known yet. done: all is.
    """

    looked = Signal()
    failed = Signal(object)

    def __init__(self, lane: JobThread, trial: Trial, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane, self._trial = lane, trial
        self._job: Job | None = None
        self._fresh: list[Quad] = []
        self.lines: tuple[Quad, ...] = ()
        self.boxes: tuple[Quad, ...] = ()
        self.loading = self.waiting = self.done = False

    def look(self, finding: Finding) -> None:
        """Find writing in this way."""
        self.stop()
        self.waiting, self.done = True, False
        job = self._job = self._lane.submit(
            lambda: self._trial.find(finding), name=later("Trying how writing is found")
        )
        job.came.connect(self._take)
        job.failed.connect(self._fail)
        job.done.connect(self._finish)
        self.looked.emit()

    def stop(self) -> None:
        """Look no further."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, event: object) -> None:
        self.loading = isinstance(event, Preparing)
        if isinstance(event, LinesFound):
            self.waiting, self._fresh = False, []
            if event.lines != self.lines:
                # In other lines stand other boxes; in the same ones the old boxes stay until all the new are there.
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
