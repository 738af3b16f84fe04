"""The undo history of all pages of a project."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Final, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, EditMismatch, Page, apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step, UndoLog
from ocr_studio.core.reading_order import kept_order
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.job_thread import JobThread, Priority

_NOTHING: Final = UndoLog()
# Pages that may wait to be saved while hundreds are changed, because they are all in memory.
_MOST: Final = 60
# Milliseconds between checks whether they are saved.
_SOON: Final = 30
_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class DocumentChange:
    """What an edit, an undo or a redo has changed: the one object that views, autosave and index get of it.

    Attributes:
        before: The changed pages as they were, by id.
        after: The same pages as they are now.
        log: The lines of the undo log that belong to them, saved together with them; see ``core.project.undo_log``.
        step: The step that was done, inverted if it was undone; None if there is nothing to undo in the change.
        undone: Whether the step was undone.
        new: Whether the step was done for the first time.
        automatic: Whether the program made the step, for example as a photo was read, and not the user.
        here: Whether the open page is among the pages.
        words: Ids of the words that were added, removed or changed on the open page.
    """

    before: Mapping[str, Page] = field(default_factory=dict)
    after: Mapping[str, Page] = field(default_factory=dict)
    log: bytes = b""
    step: Step | None = None
    undone: bool = False
    new: bool = False
    automatic: bool = False
    here: bool = False
    words: frozenset[str] = frozenset()


class ProjectPages:
    """Loads pages of a project that are not open.

    Args:
        project: The project.
        waiting: Returns how many pages wait to be saved.
        lane: Thread in which many pages are loaded.
    """

    def __init__(self, project: Project, waiting: Callable[[], int], lane: JobThread) -> None:
        self.project = project
        self._waiting, self._lane = waiting, lane

    def page(self, page_id: str) -> Page | None:
        """Return a page as it was changed last, saved or not; None if the project doesn't have it.

        Raises:
            StudioError: It can't be read.
        """
        return self.project.load_page(page_id, aside=False)

    def look_up(
        self, work: Callable[[], _Answer], then: Callable[[_Answer], None], wrong: Callable[[str], None]
    ) -> None:
        """Run work that needs many pages in the background, as soon as few pages wait to be saved.

        Args:
            work: The work.
            then: Called with its result, in the window's thread.
            wrong: Called with a message for the user if it fails.
        """
        if self._waiting() > _MOST:
            QTimer.singleShot(_SOON, self._lane, lambda: self.look_up(work, then, wrong))
            return

        def look() -> Iterator[_Answer]:
            yield work()

        job = self._lane.submit(look, name=later("Loading saved words"), priority=Priority.URGENT)
        job.yielded.connect(then)
        job.failed.connect(lambda trouble: wrong(trouble.message))


class Screen(Protocol):
    """The open page."""

    @property
    def page(self) -> Page | None:
        """The page as it is now, or None."""

    def show(self, change: DocumentChange) -> None:
        """Show what a change has made of the page, and tell everyone of the change."""


class History(QObject):
    """Applies, undoes and redoes steps, each completely or not at all.

    A step of very many photos has parts, see ``Step.series``. Its parts are undone or redone one after the other
    without blocking the window; anything the user does meanwhile stops this between two parts.

    Signals: ``other_page_changed(page id)`` a step was undone or redone that changed this page, but not the open
    one; ``refused(str)`` a step can't be undone or redone, one line for the user; ``step_progressed(name, back,
    photos)`` a step in parts is being undone (``back``) or redone, with this number of photos left, 0 at the end;
    ``ending()`` another history is about to begin, so a change of this project has to be made now. The document tells
    what has changed.
    """

    other_page_changed = Signal(str)
    refused = Signal(str)
    step_progressed = Signal(str, bool, int)
    ending = Signal()

    def __init__(self, screen: Screen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._pages: ProjectPages | None = None
        self._silent = False
        self._going: tuple[str, bool] | None = None  # the series that is being undone or redone, and whether undone
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(undo_log.MOST)

    @property
    def pages(self) -> ProjectPages | None:
        """Access to the other pages; None: the history covers the open page only and is not saved."""
        return self._pages

    def begin(self, pages: ProjectPages | None, history: UndoLog = _NOTHING) -> None:
        """Start the history of a project.

        Args:
            pages: Access to its pages; None for a history of the open page only.
            history: The steps that were done before.
        """
        self.ending.emit()
        self._pages = pages
        self._rest()
        with self._silence():
            self.stack.clear()
            for step in history.steps:
                self.stack.push(_Command(self, step))
            self.stack.setIndex(history.index)

    def push(
        self, step: Step, *, join: str = "", amend: bool = False, line: bytes = b"", automatic: bool = False
    ) -> None:
        """Apply a step. Does nothing for an empty one; if an exception is raised, nothing is changed.

        Args:
            step: The step.
            join: Consecutive steps with the same non-empty value become one.
            amend: Whether the step becomes a part of the newest one if that changed its pages, too.
            line: Its line of the undo log, ``undo_log.did(step)``, if it was made already.
            automatic: Whether the program made it, and not the user.

        Raises:
            EditMismatch: A page is not as the step expects.
            StudioError: A page can't be read.
        """
        if step:
            step = step if line else self._keep_order(step)
            command = _Command(self, step, join, done=True, amends=amend)
            joined = self._command(self.stack.index() - 1)
            joins = joined is not None and joined.takes_in(command)
            if joined is not None and joins and not line:
                command.step = step = _cancel_out(joined.step, step)
            log = line or (undo_log.done_line(step) if self._pages else b"")
            if joins:
                log += undo_log.join_line()
            self._screen.show(replace(self._change(step, log, new=True), automatic=automatic))
            self.stack.push(command)

    def save(self, *pages: Page) -> None:
        """Change pages in a way that can't be undone, for example because their photos were renamed."""
        self._screen.show(DocumentChange(after={page.id: page for page in pages}))

    def page(self, page_id: str) -> Page | None:
        """Return a page as it is now, open or not; None if the project doesn't have it.

        Raises:
            StudioError: It can't be read.
        """
        shown = self._screen.page
        if shown is not None and shown.id == page_id:
            return shown
        return self._pages.page(page_id) if self._pages else None

    @property
    def newest(self) -> Step | None:
        """The step that would be undone next, or None."""
        return self._at(self.stack.index() - 1)

    @property
    def newest_entry(self) -> object:
        """Identifies the entry that would be undone next, or None; it stays the same while steps join the entry."""
        return self._command(self.stack.index() - 1)

    def follow(self, step: Step, *, back: bool) -> None:
        """Continue with the other parts after a step was undone or redone. Called by the commands."""
        going = (step.series, back) if step.series and not self._silent else None
        if going != self._going:
            self._rest(str(step.name))
            self._going = going
            if going is not None:
                # After the stack has finished this one.
                QTimer.singleShot(0, self, lambda: self._continue_step(going, str(step.name)))

    def touches(self, page_id: str) -> bool:
        """Whether any step, done or undone, concerns this page."""
        commands = (self.stack.command(index) for index in range(self.stack.count()))
        return any(isinstance(each, _Command) and page_id in each.step.edits for each in commands)

    def go(self, step: Step, *, back: bool) -> bool:
        """Undo (``back``) or redo a step. Called by the commands. Returns False if it is not possible."""
        if self._silent:
            return True
        try:
            change = self._change(step.inverted() if back else step, undo_log.move_line(-1 if back else 1), undone=back)
        except StudioError as error:
            _log.info("%s", error)
            self.refused.emit(
                tr("Can’t undo “{step}”: {why}", step=step.name, why=error)
                if back
                else tr("Can’t redo “{step}”: {why}", step=step.name, why=error)
            )
            self._screen.show(DocumentChange(log=(undo_log.move_line(-1) if back else b"") + undo_log.drop_line()))
            return False
        self._screen.show(change)
        here = self._screen.page
        if not step.series and not (here and here.id in change.after):
            self.other_page_changed.emit(next(iter(change.after)))
        return True

    def _command(self, index: int) -> _Command | None:
        command = self.stack.command(index) if index >= 0 else None
        return command if isinstance(command, _Command) else None

    def _at(self, index: int) -> Step | None:
        command = self._command(index)
        return command.step if command else None

    def _continue_step(self, going: tuple[str, bool], name: str) -> None:
        """Undo or redo the next part, as soon as its pages are loaded; ``name`` is that of the step."""
        if self._going != going:
            return
        here, (series, back), pages = self.stack.index(), going, self._pages
        step, photos = self._at(here - 1 if back else here), self._still(series, back=back)
        if step is None or not photos or pages is None:
            self._rest(name)
            return
        self.step_progressed.emit(name, back, photos)

        def then(_: object) -> None:
            # Unless the user has changed something meanwhile.
            if self._going == going and self._at(here - 1 if back else here) is step and self.stack.index() == here:
                (self.stack.undo if back else self.stack.redo)()
            self._continue_step(going, name)

        def wrong(why: str) -> None:
            self.refused.emit(why)
            self._rest(name)

        pages.look_up(lambda: _preload_pages(pages, step), then, wrong)

    def _rest(self, name: str = "") -> None:
        """Stop undoing or redoing further parts; ``name`` is that of the step."""
        if self._going is not None:
            back, self._going = self._going[1], None
            self.step_progressed.emit(name, back, 0)

    def _still(self, series: str, *, back: bool) -> int:
        """Return on how many photos the series still has to be undone or redone."""
        numbers = range(self.stack.index() - 1, -1, -1) if back else range(self.stack.index(), self.stack.count())
        parts = takewhile(lambda step: step is not None and step.series == series, map(self._at, numbers))
        return sum(len(step.edits) for step in parts if step is not None)

    def _keep_order(self, step: Step) -> Step:
        """Complete the edits of a step, so that words that it doesn't touch stay in their reading order."""
        edits: dict[str, Edit] = {}
        for key, edit in step.edits.items():
            page = self.page(key) if kept_order.is_undecided(edit) else None
            edits[key] = kept_order.keep_order(page, edit) if page else edit
        return replace(step, edits=edits)

    def _change(self, step: Step, log: bytes, *, undone: bool = False, new: bool = False) -> DocumentChange:
        """Return what a step changes, with its lines of the undo log.

        Raises:
            EditMismatch: A page is not as the step expects.
            StudioError: A page can't be read.
        """
        before: dict[str, Page] = {}
        for key in step.edits:
            page = self.page(key)
            if page is None:
                raise EditMismatch(tr("“{step}” belongs to a photo that is no longer in the project", step=step.name))
            before[key] = page
        after = {key: apply(before[key], edit) for key, edit in step.edits.items()}
        # Without a project there is no undo log.
        return DocumentChange(before, after, log if self._pages else b"", step, undone=undone, new=new)

    @contextmanager
    def _silence(self) -> Iterator[None]:
        """Within this context, commands are added and removed without being applied."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False


def _cancel_out(first: Step, later: Step) -> Step:
    """Let a step that takes back the one before restore the reading order as well; see ``kept_order``."""
    pairs = ((key, first.edits.get(key), edit) for key, edit in later.edits.items())
    return replace(
        later, edits={key: kept_order.cancel_out(before, edit) if before else edit for key, before, edit in pairs}
    )


def _preload_pages(pages: ProjectPages, step: Step) -> None:
    """Load the pages of a step in the background, so that they are cached when they are needed."""
    for key in step.edits:
        with suppress(StudioError):  # reported when it is needed
            pages.page(key)


class _Command(QUndoCommand):
    """The undo command of a step. ``done``: it is applied already when Qt calls ``redo`` for the first time."""

    def __init__(self, owner: History, step: Step, join: str = "", *, done: bool = False, amends: bool = False) -> None:
        super().__init__(str(step.name))
        self.step = step
        self._owner, self._join, self._done, self._amends = owner, join, done, amends

    def redo(self) -> None:
        if self._done:
            self._done = False
        else:
            self._go(back=False)

    def undo(self) -> None:
        self._go(back=True)

    def _go(self, *, back: bool) -> None:
        self.setObsolete(not self._owner.go(self.step, back=back))
        self._owner.follow(self.step, back=back)

    def id(self) -> int:
        """Qt asks whether commands merge if they have the same id other than -1."""
        return 1

    def takes_in(self, other: _Command) -> bool:
        """Whether a later step becomes a part of this one."""
        if other._amends:
            return other.step.edits.keys() <= self.step.edits.keys()
        return bool(self._join) and self._join == other._join and self.step.edits.keys() == other.step.edits.keys()

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802  (Qt's name)
        if not isinstance(other, _Command) or not self.takes_in(other):
            return False
        self.step = self.step.then(other.step)
        self.setObsolete(not self.step)
        return True
