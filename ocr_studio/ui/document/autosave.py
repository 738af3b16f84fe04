"""Saves every change within a second, in a thread, so that the window never waits for the disk."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_errors import DiskFull, HistoryNotSaved, NotPlaced
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.document.document import Document

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
class _Due:
    """A page that has to be written. ``since``, ``last``: times of its first and its last unwritten change."""

    project: Project
    page: Page
    since: float
    last: float

    @property
    def moment(self) -> float:
        return min(self.last + QUIET, self.since + LATEST)


@dataclass(slots=True)
class _Desk:
    """State shared by the window and the writing thread; access it only while holding ``changed``."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    due: dict[tuple[Project, str], _Due] = field(default_factory=dict)
    failed: dict[tuple[Project, str], _Due] = field(default_factory=dict)
    writing: bool = False  # the thread is running
    at_work: list[_Due] = field(default_factory=list)  # what the thread is writing
    lines: dict[Project, bytes] = field(default_factory=dict)  # new lines for their undo logs
    adding: dict[Project, bytes] = field(default_factory=dict)  # lines that the thread has taken and not written yet
    hurry: bool = False
    again: bool = False  # retry the lines that could not be added
    halves: int = 0  # open ``together`` contexts
    waited_for: int = 0  # callers that wait in ``flush``, regardless of ``halves``
    trouble: str = ""
    told: set[str] = field(default_factory=set)  # errors that were reported, until everything is saved again


class Autosave(QObject):
    """Saves the changes of a document in its project.

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
        self._document = document
        self._project: Project | None = None
        self._desk = _Desk()
        self._announced = False
        self._thread: threading.Thread | None = None
        self._retry = QTimer(self)
        self._retry.setInterval(round(RETRY * 1000))
        self._retry.timeout.connect(self.retry)
        # The writing thread signals only this object, which emits its own signals in the window's thread.
        self._written.connect(self._report, Qt.ConnectionType.QueuedConnection)
        document.words_changed.connect(self._take)
        document.opened.connect(self._hurry)

    @property
    def project(self) -> Project | None:
        """The project in which changes are saved; None: they are not saved."""
        return self._project

    @property
    def unsaved(self) -> bool:
        """Whether anything is not saved yet."""
        with self._desk.changed:
            desk = self._desk
            return bool(desk.due or desk.failed or desk.at_work or desk.lines or desk.adding)

    @property
    def trouble(self) -> str:
        """Why saving failed last, one line; empty if it did not."""
        with self._desk.changed:
            return self._desk.trouble

    @property
    def waiting(self) -> int:
        """How many pages wait to be written."""
        with self._desk.changed:
            return len(self._desk.due) + len(self._desk.failed)

    def holds(self, project: Project) -> bool:
        """Whether anything of this project is not saved yet."""
        desk = self._desk
        with desk.changed:
            keys = {(due.project, due.page.id) for due in desk.at_work} | desk.due.keys() | desk.failed.keys()
            told = desk.lines.keys() | desk.adding.keys()
        return project in told or any(each is project for each, _ in keys)

    def set_project(self, project: Project | None) -> None:
        """Save further changes in this project. Earlier changes are still saved in theirs."""
        self._project = project
        self._hurry()

    def retry(self) -> None:
        """Try again what could not be saved."""
        desk = self._desk
        with desk.changed:
            for key, due in desk.failed.items():
                desk.due.setdefault(key, due)
            desk.failed.clear()
            desk.again = bool(desk.adding)
            desk.hurry = True
            self._go_on()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Within this context nothing is written; everything passed meanwhile is written together at its end."""
        desk = self._desk
        with desk.changed:
            desk.halves += 1
        try:
            yield
        finally:
            with desk.changed:
                desk.halves -= 1
                desk.changed.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Save everything now and wait for it.

        Args:
            timeout: Seconds to wait at most.

        Returns:
            Whether everything is saved.
        """
        self.retry()
        with self._desk.changed:
            self._desk.waited_for += 1
            self._desk.changed.notify_all()
            self._desk.changed.wait_for(lambda: not self._desk.writing, timeout)
            self._desk.waited_for -= 1
            thread, done = self._thread, not self._desk.writing
        if done and thread:
            thread.join()
        return not self.unsaved

    def _take(self, _ids: object) -> None:
        """The open page has changed."""
        if self._document.page is not None and self._project is not None:
            self.keep(self._project, self._document.page)

    def tell(self, project: Project, lines: bytes) -> None:
        """Add lines to a project's undo log, together with the pages they belong to. See ``core.project.undo_log``."""
        with self._desk.changed:
            self._desk.lines[project] = self._desk.lines.get(project, b"") + lines
            self._go_on()

    def keep(self, project: Project, page: Page) -> None:
        """Save a changed page in a moment."""
        project.note(page)
        now, key, desk = time.monotonic(), (project, page.id), self._desk
        with desk.changed:
            desk.failed.pop(key, None)
            since = desk.due[key].since if key in desk.due else now
            desk.due[key] = _Due(project, page, since, now)
            self._go_on()
        if not self._announced:
            self._announced = True
            self.saving.emit()

    def _hurry(self) -> None:
        """Write without waiting for QUIET, because the last page will not change any more."""
        with self._desk.changed:
            self._desk.hurry = True
            self._go_on()

    def _go_on(self) -> None:
        """Make sure that a thread writes what is due. Call with ``changed`` held."""
        desk = self._desk
        if (desk.due or desk.lines or desk.again) and not desk.writing:
            desk.writing = True
            # Not a daemon, so that Python waits for the last page when the program ends.
            self._thread = threading.Thread(target=self._write, name="autosave")
            self._thread.start()
        elif not desk.due:
            desk.hurry = False
        desk.changed.notify_all()

    def _report(self, trouble: str) -> None:
        """Emit signals in the window's thread after the writing thread has saved or failed."""
        if trouble or self._desk.adding:
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
            while self._next():
                for project, dues in self._taken():
                    self._save(project, dues)
                self._rest()
        finally:
            self._leave()

    def _leave(self) -> None:
        """End the thread. After an unexpected error, what it was writing is due again."""
        desk, trouble = self._desk, ""
        with desk.changed:
            if self._thread is threading.current_thread():
                bug = tr(_BUG)
                for due in desk.at_work:
                    desk.failed.setdefault((due.project, due.page.id), due)
                if desk.at_work:
                    trouble = bug if bug not in desk.told else ""
                    desk.trouble = bug
                    desk.told.add(bug)
                desk.at_work, desk.writing = [], False
                desk.changed.notify_all()
        if trouble:
            self._tell(trouble)

    def _next(self) -> bool:
        """Wait until something is due and take it. Returns False if there is nothing to write."""
        desk = self._desk
        with desk.changed:
            while not self._is_time():
                moments = [] if desk.halves else [due.moment for due in desk.due.values()]
                desk.changed.wait(min(moments) - time.monotonic() if moments else None)
            dues, fresh = list(desk.due.values()), bool(desk.lines or desk.again)
            desk.due.clear()
            for project, added in desk.lines.items():
                desk.adding[project] = desk.adding.get(project, b"") + added
            desk.lines.clear()
            # Set here, not later: a change that comes now must find a thread that checks again, or start a new one.
            desk.hurry, desk.again, desk.at_work, desk.writing = False, False, dues, bool(dues or fresh)
            desk.changed.notify_all()
            return desk.writing

    def _is_time(self) -> bool:
        """Whether what is due may be taken now. Call with ``changed`` held."""
        desk = self._desk
        if desk.halves and not desk.waited_for:
            return False
        now = time.monotonic()
        return desk.hurry or not desk.due or any(due.moment <= now for due in desk.due.values())

    def _taken(self) -> list[tuple[Project, list[_Due]]]:
        """Return what to write now: projects with their pages, possibly none."""
        found: dict[Project, list[_Due]] = {project: [] for project in self._desk.adding}
        for due in self._desk.at_work:
            found.setdefault(due.project, []).append(due)
        return list(found.items())

    def _save(self, project: Project, dues: list[_Due]) -> None:
        """Save pages with their lines of the undo log, and pages that failed before, which the lines may concern."""
        desk = self._desk
        with desk.changed:
            lines, taken = desk.adding.get(project, b""), {due.page.id for due in dues}
            before = [key for key in desk.failed if key[0] is project]
            again = [due for key in before if (due := desk.failed.pop(key)).page.id not in taken]
            desk.at_work = [*desk.at_work, *again]
        dues = [*again, *dues]
        if not lines or not self._save_together(project, dues, lines):
            for due in dues:
                self._save_alone(due)

    def _save_together(self, project: Project, dues: list[_Due], lines: bytes) -> bool:
        """Save pages and lines together. Returns False if pages should be saved alone: words matter more than undo."""
        try:
            project.save_together([due.page for due in dues], lines)
        except NotPlaced as error:
            for due in dues:
                if due.page.id in error.wrong:
                    self._fail(due, error.wrong[due.page.id])
        except DiskFull as error:
            for due in dues:  # otherwise only a part of a step of many photos would be saved
                self._fail(due, error)
            return True
        except StudioError as error:
            _log.info("not saved together: %s", error)
            if isinstance(error, HistoryNotSaved):
                self._complain(error)
            return False
        with self._desk.changed:
            del self._desk.adding[project]
        return True

    def _save_alone(self, due: _Due) -> None:
        try:
            due.project.save_page(due.page)
        except StudioError as error:
            self._fail(due, error)

    def _fail(self, due: _Due, error: StudioError) -> None:
        _log.info("not saved: %s", error)
        desk, key = self._desk, (due.project, due.page.id)
        with desk.changed:
            if key not in desk.due:
                desk.failed[key] = due
        self._complain(error)

    def _complain(self, error: StudioError) -> None:
        desk = self._desk
        with desk.changed:
            desk.trouble = str(error)
            news = desk.trouble not in desk.told
            desk.told.add(desk.trouble)
        if news:
            self._tell(str(error))

    def _rest(self) -> None:
        """All that was taken is written or has failed."""
        with self._desk.changed:
            self._desk.at_work = []
            if not (self._desk.failed or self._desk.adding):
                self._desk.trouble = ""
                self._desk.told.clear()
        self._tell("")

    def _tell(self, trouble: str) -> None:
        # The window may be gone already when the last page has been written.
        with contextlib.suppress(RuntimeError):
            self._written.emit(trouble)
