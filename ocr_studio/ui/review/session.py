"""Background search for the words of the review queue."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.project.project import Project
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later
from ocr_studio.jobs.review import review_queue
from ocr_studio.jobs.review.review_queue import PagesLooked, WordsWait
from ocr_studio.ui.job_thread import Job, JobThread, Trouble


class ReviewLooking(QObject):
    """Searches for unchecked words, one search at a time.

    Signals:
        looked(done, total): number of pages searched.
        found(WordsWait): the search is complete.
        failed(Trouble): the search failed.
        checked(PageChecked): the unchecked words of one page.
    """

    looked = Signal(int, int)
    found = Signal(object)
    failed = Signal(object)
    checked = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject) -> None:
        super().__init__(parent)
        self._lane = lane
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether a search is running."""
        return self._job is not None

    def look(self, project: Project, order: QueueOrder, index: Index | None) -> None:
        """Search the project for unchecked words."""
        self.stop()
        self._job = self._lane.submit(
            lambda: review_queue.waiting(project, order, index), name=later("Searching for unchecked words")
        )
        self._job.yielded.connect(self._on_event)
        self._job.failed.connect(self._fail)

    def look_at(self, project: Project, pages: Collection[str]) -> None:
        """Find the unchecked words of these pages."""
        job = self._lane.submit(lambda: review_queue.checked(project, pages), name=later("Updating the review queue"))
        job.yielded.connect(self.checked)

    def stop(self) -> None:
        """Cancel the search."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_event(self, event: object) -> None:
        if isinstance(event, PagesLooked):
            self.looked.emit(event.done, event.total)
        elif isinstance(event, WordsWait):
            self._job = None
            self.found.emit(event)

    def _fail(self, trouble: Trouble) -> None:
        self._job = None
        self.failed.emit(trouble)
