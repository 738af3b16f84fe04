"""Background search for the words of the review queue, and the undoable steps done in it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import Place, QueueOrder
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.review import review_queue as review_queue_job
from ocr_studio.jobs.review.review_queue import PagesLooked, WordsWait
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.undo_history import History
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
            lambda: review_queue_job.waiting(project, order, index), name=later("Searching for unchecked words")
        )
        self._job.came.connect(self._take)
        self._job.failed.connect(self._fail)

    def look_at(self, project: Project, pages: Collection[str]) -> None:
        """Find the unchecked words of these pages."""
        job = self._lane.submit(
            lambda: review_queue_job.checked(project, pages), name=later("Updating the review queue")
        )
        job.came.connect(self.checked)

    def stop(self) -> None:
        """Cancel the search."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, event: object) -> None:
        if isinstance(event, PagesLooked):
            self.looked.emit(event.done, event.total)
        elif isinstance(event, WordsWait):
            self._job = None
            self.found.emit(event)

    def _fail(self, trouble: Trouble) -> None:
        self._job = None
        self.failed.emit(trouble)


class ReviewSteps(QObject):
    """Does and undoes steps on the pages of the project.

    Signals:
        said(str): why a step was not done.
        failed(Trouble): a step failed.
    """

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self.doing = False  # page changes meanwhile are caused by this object itself

    def do(self, step: Step) -> bool:
        """Do a step, on the open page or any other; returns whether it succeeded."""
        if step and self._history.pages is None:
            self.said.emit(tr(commands.READ_ONLY))
            return False
        self.doing = True
        try:
            self._history.push(step)
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
            return False
        finally:
            self.doing = False
        return True

    def write(self, texts: Mapping[Place, str]) -> None:
        """Apply texts that were typed but not confirmed with Enter, as the window closes.

        Words that were deleted, or whose project is no longer open, are skipped.
        """
        if texts:
            self.do(review_queue.make_typing_step(texts, self._known))

    def _known(self, page_id: str) -> Page | None:
        with contextlib.suppress(StudioError):
            return self._history.page(page_id)
        return None

    def take_back(self) -> frozenset[Place]:
        """Undo the newest change, wherever it was made; returns its words."""
        step = self._history.newest
        if step is None:
            return frozenset()
        self._history.stack.undo()
        return frozenset((page, word) for page, edit in step.edits.items() for word in edit.changes)

    def do_again(self) -> None:
        """Redo the last change that was undone."""
        self._history.stack.redo()
