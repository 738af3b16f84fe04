"""Every change on the disk within a second, without the window ever waiting for the disk."""

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

# Seconds. A change is written once nothing has changed for QUIET, and at the latest after LATEST; what is left of a
# second is for the disk.
QUIET: Final = 0.25
LATEST: Final = 0.6
RETRY: Final = 3.0
_BUG: Final = later(
    "the words are not saved: something went wrong in the program. They are kept open, and tried again every few"
    " seconds; copy the text to be safe."
)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Due:
    """A page that is to be written. since, last: when its first unwritten change and its last one came."""

    project: Project
    page: Page
    since: float
    last: float

    @property
    def moment(self) -> float:
        return min(self.last + QUIET, self.since + LATEST)


@dataclass(slots=True)
class _Desk:
    """What the window and the writing thread share; only with ``changed`` held."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    due: dict[tuple[Project, str], _Due] = field(default_factory=dict)
    failed: dict[tuple[Project, str], _Due] = field(default_factory=dict)
    writing: bool = False  # there is a thread
    at_work: list[_Due] = field(default_factory=list)  # what it has taken and is not done with
    lines: dict[Project, bytes] = field(default_factory=dict)  # for their histories
    adding: dict[Project, bytes] = field(default_factory=dict)  # those that it has taken and that are not written yet
    hurry: bool = False
    again: bool = False  # what could not be added is to be tried once more
    halves: int = 0  # steps of which a part has been told, no more
    waited_for: int = 0  # how many want all to be written, halves or not
    trouble: str = ""
    told: set[str] = field(default_factory=set)  # troubles, until all is well again


class Autosave(QObject):
    """Keeps the open page of a document in a project.

    Signals: ``saving`` there is something to save; ``saved`` all of it is on the disk; ``failed(str)`` it cannot be
    saved, one line for a person, once for each trouble; it is tried again every few seconds, and with every change.
    The thread that writes lives only while there is something to write.
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
        # The thread speaks to this object only, which speaks to all others from the window's thread.
        self._written.connect(self._report, Qt.ConnectionType.QueuedConnection)
        document.words_changed.connect(self._take)
        document.opened.connect(self._hurry)

    @property
    def project(self) -> Project | None:
        """Where changes go; None: nowhere."""
        return self._project

    @property
    def unsaved(self) -> bool:
        """Whether there is anything that is not on the disk."""
        with self._desk.changed:
            desk = self._desk
            return bool(desk.due or desk.failed or desk.at_work or desk.lines or desk.adding)

    @property
    def trouble(self) -> str:
        """Why the last saving failed, one line; empty if it did not."""
        with self._desk.changed:
            return self._desk.trouble

    @property
    def waiting(self) -> int:
        """How many pages are to be written that nobody is writing yet."""
        with self._desk.changed:
            return len(self._desk.due) + len(self._desk.failed)

    def holds(self, project: Project) -> bool:
        """Whether anything of this project is not on the disk."""
        desk = self._desk
        with desk.changed:
            keys = {(due.project, due.page.id) for due in desk.at_work} | desk.due.keys() | desk.failed.keys()
            told = desk.lines.keys() | desk.adding.keys()
        return project in told or any(each is project for each, _ in keys)

    def set_project(self, project: Project | None) -> None:
        """From now on changes go there. What was changed before still goes where it belongs."""
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
        """While this lasts nothing is taken to be written: all that is told meanwhile is written together."""
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
        """Write all that is unsaved now and wait for it, timeout seconds at most. True if all of it is saved."""
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
        """Add lines to a project's history, with the pages that they tell of. See ``core.history``."""
        with self._desk.changed:
            self._desk.lines[project] = self._desk.lines.get(project, b"") + lines
            self._go_on()

    def keep(self, project: Project, page: Page) -> None:
        """A page has changed: it is saved in a moment."""
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
        """Nothing more will come for the page that was open: write it without waiting for quiet."""
        with self._desk.changed:
            self._desk.hurry = True
            self._go_on()

    def _go_on(self) -> None:
        """With ``changed`` held: see to it that a thread looks at what is due."""
        desk = self._desk
        if (desk.due or desk.lines or desk.again) and not desk.writing:
            desk.writing = True
            # Not a daemon: should the program end first, Python waits for the last page.
            self._thread = threading.Thread(target=self._write, name="autosave")
            self._thread.start()
        elif not desk.due:
            desk.hurry = False
        desk.changed.notify_all()

    def _report(self, trouble: str) -> None:
        """The thread has written, or could not; said in the window's thread."""
        if trouble or self._desk.adding:
            self._retry.start()
        if trouble:
            self.failed.emit(trouble)
        elif self._announced and not self.unsaved:
            self._announced = False
            self._retry.stop()
            self.saved.emit()

    def _write(self) -> None:
        """The thread: write what is due when it is due, until nothing is."""
        try:
            while self._next():
                for project, dues in self._taken():
                    self._save(project, dues)
                self._rest()
        finally:
            self._leave()

    def _leave(self) -> None:
        """The thread ends; if by a bug, what it had taken is still to be saved."""
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
        """Take what is due, when it is. False where there is nothing to write."""
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
            # Said here, not after: what comes now must find a thread that looks again, or start a new one.
            desk.hurry, desk.again, desk.at_work, desk.writing = False, False, dues, bool(dues or fresh)
            desk.changed.notify_all()
            return desk.writing

    def _is_time(self) -> bool:
        """With ``changed`` held: whether what is due may be taken now."""
        desk = self._desk
        if desk.halves and not desk.waited_for:
            return False
        now = time.monotonic()
        return desk.hurry or not desk.due or any(due.moment <= now for due in desk.due.values())

    def _taken(self) -> list[tuple[Project, list[_Due]]]:
        """What is to be written now: projects with their pages, which may be none."""
        found: dict[Project, list[_Due]] = {project: [] for project in self._desk.adding}
        for due in self._desk.at_work:
            found.setdefault(due.project, []).append(due)
        return list(found.items())

    def _save(self, project: Project, dues: list[_Due]) -> None:
        """Pages with what made them so, and with those that could not be saved before, of which that tells, too."""
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
        """False where each page is to be saved by itself: words are worth more than going back."""
        try:
            project.save_together([due.page for due in dues], lines)
        except NotPlaced as error:
            for due in dues:
                if due.page.id in error.wrong:
                    self._fail(due, error.wrong[due.page.id])
        except DiskFull as error:
            for due in dues:  # or of a step of many photos only those would be there that still fit
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
