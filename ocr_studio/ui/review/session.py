"""The review queue at work: which words wait (looked up in the background), and what it does to them, to be undone."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import Order, Place
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.review import review_queue as review_queue_job
from ocr_studio.jobs.review.review_queue import PagesLooked, WordsWait
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.undo_history import History
from ocr_studio.ui.job_thread import Job, JobThread, Trouble


class ReviewLooking(QObject):
    """Looks for words once at a time.

    Signals: ``looked(done, total)`` pages; ``found(WordsWait)``; ``failed(Trouble)``; ``checked(PageChecked)``.
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
        """Whether it looks for words just now."""
        return self._job is not None

    def look(self, project: Project, order: Order, index: Index | None) -> None:
        """Look which words wait."""
        self.stop()
        self._job = self._lane.submit(
            lambda: review_queue_job.waiting(project, order, index), name=later("Looking for words")
        )
        self._job.came.connect(self._take)
        self._job.failed.connect(self._fail)

    def look_at(self, project: Project, pages: Collection[str]) -> None:
        """Look which words of these pages wait."""
        job = self._lane.submit(lambda: review_queue_job.checked(project, pages), name=later("Looking at words"))
        job.came.connect(self.checked)

    def stop(self) -> None:
        """Look for words no more."""
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
    """Signals: ``said(str)`` why nothing is done; ``failed(Trouble)``."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self.doing = False  # what is heard of pages meanwhile is its own doing

    def do(self, step: Step) -> bool:
        """Do a step, of the page on the screen as of any other. Whether it could be done."""
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
        """These texts were typed, but Enter was never pressed, and there is no later time for it. Words that are gone,
        or are of a project that is not open any more, are passed over.
        """
        if texts:
            self.do(review_queue.typed(texts, self._known))

    def _known(self, page_id: str) -> Page | None:
        with contextlib.suppress(StudioError):
            return self._history.page(page_id)
        return None

    def take_back(self) -> frozenset[Place]:
        """Undo the newest change, wherever it was made. The words that it was of."""
        step = self._history.newest
        if step is None:
            return frozenset()
        self._history.stack.undo()
        return frozenset((page, word) for page, edit in step.edits.items() for word in edit.changes)

    def do_again(self) -> None:
        """Do again what was taken back."""
        self._history.stack.redo()
