"""Saves every change within a second, in a thread, so that the window never waits for the disk."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_errors import DiskFull, HistoryNotSaved, NotPlaced
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange

# Seconds. A change is written when nothing has changed for QUIET, and after LATEST at the latest; the rest of the
# second is for the disk.
QUIET: Final = 0.25
LATEST: Final = 0.6
RETRY: Final = 3.0
_BUG: Final = later(
    "Saving failed because of an unexpected error; it is retried every few seconds. Copy the text to be safe."
)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Item:
    """What is to be saved of a project together: pages, and the lines of the undo log that belong to them.

    ``since``, ``last``: times of the first and the last of these changes.
    """

    pages: dict[str, Page]
    log: bytes
    since: float
    last: float

    @property
    def moment(self) -> float:
        return min(self.last + QUIET, self.since + LATEST)

    def then(self, later: _Item | None) -> _Item:
        """This item and what has changed later, as one."""
        if later is None:
            return self
        return _Item({**self.pages, **later.pages}, self.log + later.log, self.since, later.last)


_Items: TypeAlias = dict[Project, _Item]


@dataclass(slots=True)
class _Queue:
    """State shared by the window and the writing thread; access it only while holding ``changed``."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    due: _Items = field(default_factory=dict)
    failed: _Items = field(default_factory=dict)
    at_work: _Items = field(default_factory=dict)  # what the thread is writing
    writing: bool = False  # the thread is running
    hurry: bool = False
    trouble: str = ""
    told: set[str] = field(default_factory=set)  # errors that were reported, until everything is saved again


class Autosave(QObject):
    """Saves the changes of a document in its project. Made before the views, so that they find changed pages in it.

    Signals: ``saving`` there is something to save; ``saved`` all of it is on the disk; ``failed(str)`` it could not be
    saved, one line for the user, once for each error. Saving is retried every few seconds and with every change.
    The writing thread exists only while there is something to write.
    """

    saving = Signal()
    saved = Signal()
    failed = Signal(str)
    _written = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._queue = _Queue()
        self._announced = False
        self._thread: threading.Thread | None = None
        self._retry = QTimer(self)
        self._retry.setInterval(round(RETRY * 1000))
        self._retry.timeout.connect(self.retry)
        # The writing thread signals only this object, which emits its own signals in the window's thread.
        self._written.connect(self._report, Qt.ConnectionType.QueuedConnection)
        document.changed.connect(self._on_change)
        document.opened.connect(self._hurry)

    @property
    def project(self) -> Project | None:
        """The project in which changes are saved; None: they are not saved."""
        return self._project

    @property
    def unsaved(self) -> bool:
        """Whether anything is not saved yet."""
        with self._queue.changed:
            return bool(self._queue.due or self._queue.failed or self._queue.at_work)

    @property
    def trouble(self) -> str:
        """Why saving failed last, one line; empty if it did not."""
        with self._queue.changed:
            return self._queue.trouble

    @property
    def waiting(self) -> int:
        """How many pages wait to be written."""
        with self._queue.changed:
            return sum(len(item.pages) for items in (self._queue.due, self._queue.failed) for item in items.values())

    def holds(self, project: Project) -> bool:
        """Whether anything of this project is not saved yet."""
        with self._queue.changed:
            return any(project in items for items in (self._queue.due, self._queue.failed, self._queue.at_work))

    def set_project(self, project: Project | None) -> None:
        """Save further changes in this project. Earlier changes are still saved in theirs."""
        self._project = project
        self._hurry()

    def retry(self) -> None:
        """Try again what could not be saved."""
        queue = self._queue
        with queue.changed:
            for project, item in queue.failed.items():
                queue.due[project] = item.then(queue.due.get(project))
            queue.failed.clear()
            queue.hurry = True
            self._ensure_thread()

    def flush(self, timeout: float = 10.0) -> bool:
        """Save everything now and wait for it.

        Args:
            timeout: Seconds to wait at most.

        Returns:
            Whether everything is saved.
        """
        self.retry()
        with self._queue.changed:
            self._queue.changed.wait_for(lambda: not self._queue.writing, timeout)
            thread, done = self._thread, not self._queue.writing
        if done and thread:
            thread.join()
        return not self.unsaved

    def save(self, project: Project, pages: Iterable[Page], log: bytes = b"") -> None:
        """Save changed pages in a moment, all of them or nothing.

        Args:
            project: Their project.
            pages: The pages.
            log: The lines of the undo log that belong to them; see ``core.project.undo_log``.
        """
        now, queue = time.monotonic(), self._queue
        item = _Item({page.id: page for page in pages}, log, now, now)
        if not (item.pages or log):
            return
        for page in item.pages.values():
            project.note(page)
        with queue.changed:
            queue.due[project] = queue.due[project].then(item) if project in queue.due else item
            self._ensure_thread()
        if not self._announced:
            self._announced = True
            self.saving.emit()

    def _on_change(self, change: DocumentChange) -> None:
        if self._project is not None:
            self.save(self._project, change.after.values(), change.log)

    def _hurry(self) -> None:
        """Write without waiting for QUIET, because the last page will not change any more."""
        with self._queue.changed:
            self._queue.hurry = True
            self._ensure_thread()

    def _ensure_thread(self) -> None:
        """Make sure that a thread writes what is due. Call with ``changed`` held."""
        queue = self._queue
        if queue.due and not queue.writing:
            queue.writing = True
            # Not a daemon, so that Python waits for the last page when the program ends.
            self._thread = threading.Thread(target=self._write, name="autosave")
            self._thread.start()
        elif not queue.due:
            queue.hurry = False
        queue.changed.notify_all()

    def _report(self, trouble: str) -> None:
        """Emit signals in the window's thread after the writing thread has saved or failed."""
        with self._queue.changed:
            if self._queue.failed and not self._retry.isActive():
                self._retry.start()
        if trouble:
            self.failed.emit(trouble)
        elif self._announced and not self.unsaved:
            self._announced = False
            self._retry.stop()
            self.saved.emit()

    def _write(self) -> None:
        """Write what is due when it is due, until there is nothing left. Runs in the thread."""
        try:
            while items := self._next():
                for project, item in items.items():
                    self._save(project, item)
                self._rest()
        finally:
            self._end_thread()

    def _end_thread(self) -> None:
        """End the thread. After an unexpected error, what it was writing is tried again later."""
        queue, trouble = self._queue, ""
        with queue.changed:
            if self._thread is threading.current_thread():
                bug = tr(_BUG)
                queue.failed |= queue.at_work
                if queue.at_work:
                    trouble = bug if bug not in queue.told else ""
                    queue.trouble = bug
                    queue.told.add(bug)
                queue.at_work, queue.writing = {}, False
                queue.changed.notify_all()
        if trouble:
            self._emit_written(trouble)

    def _next(self) -> _Items:
        """Wait until something is due and take it, with what failed before; empty if there is nothing to write."""
        queue = self._queue
        with queue.changed:
            while queue.due and not queue.hurry:
                moment = min(item.moment for item in queue.due.values()) - time.monotonic()
                if moment <= 0:
                    break
                queue.changed.wait(moment)
            taken, queue.due = queue.due, {}
            for project in taken.keys() & queue.failed.keys():
                taken[project] = queue.failed.pop(project).then(taken[project])
            # Set here, not later: a change that comes now must find a thread that checks again, or start a new one.
            queue.hurry, queue.at_work, queue.writing = False, dict(taken), bool(taken)
            queue.changed.notify_all()
            return taken

    def _save(self, project: Project, item: _Item) -> None:
        """Save an item. What could not be saved of it is kept, then reported: whoever hears of it may retry at once."""
        wrong: Mapping[str, StudioError] = {}  # by page id
        troubles: list[StudioError] = []  # with the lines
        log = b""  # the lines that are not saved
        try:
            if item.log:
                project.save_together(item.pages.values(), item.log)
            else:
                wrong = _saved_alone(project, item)
        except NotPlaced as error:
            wrong = error.wrong
        except DiskFull as error:  # saving the pages that fit would split a step of many photos
            wrong, log = dict.fromkeys(item.pages, error), item.log
        except StudioError as error:
            _log.info("not saved together: %s", error)
            troubles = [error] if isinstance(error, HistoryNotSaved) else []
            wrong, log = _saved_alone(project, item), item.log  # words matter more than undo
        with self._queue.changed:
            self._queue.at_work.pop(project)
            if wrong or log:
                pages = {key: item.pages[key] for key in wrong}
                self._queue.failed[project] = _Item(pages, log, item.since, item.last)
        for trouble in (*troubles, *wrong.values()):
            self._complain(trouble)

    def _complain(self, error: StudioError) -> None:
        _log.info("not saved: %s", error)
        queue = self._queue
        with queue.changed:
            queue.trouble = str(error)
            news = queue.trouble not in queue.told
            queue.told.add(queue.trouble)
        if news:
            self._emit_written(str(error))

    def _rest(self) -> None:
        """All that was taken is written or has failed."""
        with self._queue.changed:
            if not self._queue.failed:
                self._queue.trouble = ""
                self._queue.told.clear()
        self._emit_written("")

    def _emit_written(self, trouble: str) -> None:
        # The window may be gone already when the last page has been written.
        with contextlib.suppress(RuntimeError):
            self._written.emit(trouble)


def _saved_alone(project: Project, item: _Item) -> dict[str, StudioError]:
    """Save each page for itself. Returns what was wrong, by page id."""
    wrong: dict[str, StudioError] = {}
    for page in item.pages.values():
        try:
            project.save_page(page)
        except StudioError as error:
            wrong[page.id] = error
    return wrong
