"""The undo history of all pages of a project."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import takewhile
from typing import Final, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, EditMismatch, Page, apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.undo_log import Step, UndoLog
from ocr_studio.core.translation import tr

_NOTHING: Final = UndoLog()
_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class Pages(Protocol):
    """Access to pages that are not open, and to the undo log."""

    def page(self, page_id: str) -> Page | None:
        """Return a page as it is saved now, or None.

        Raises:
            StudioError: It can't be read.
        """

    def keep(self, page: Page) -> None:
        """Save a changed page in a moment."""

    def look_up(
        self, work: Callable[[], _Answer], then: Callable[[_Answer], None], wrong: Callable[[str], None]
    ) -> None:
        """Run work that needs many pages in the background, as soon as few pages wait to be saved.

        Args:
            work: The work.
            then: Called with its result, in the window's thread.
            wrong: Called with a message for the user if it fails.
        """

    def tell(self, lines: bytes) -> None:
        """Add lines to the undo log in a moment; see ``core.project.undo_log``."""

    def together(self) -> AbstractContextManager[None]:
        """Within this context, pages and lines belong together: they are saved completely or not at all."""


class Screen(Protocol):
    """The open page."""

    @property
    def page(self) -> Page | None:
        """The page as it is now, or None."""

    def show(self, page: Page, edit: Edit, *, back: bool) -> None:
        """Show the page after an edit; ``back`` says whether it was undone."""


class History(QObject):
    """Applies, undoes and redoes steps, each completely or not at all.

    A step of very many photos has parts, see ``Step.series``. Its parts are undone or redone one after the other
    without blocking the window; anything the user does meanwhile stops this between two parts.

    Signals: ``did(Step)`` a new step was applied; ``changed(frozenset of page ids)`` pages that are not open have
    changed; ``led_to(page id)`` a step was undone or redone that changed this page, but not the open one;
    ``refused(str)`` a step can't be undone or redone, one line for the user; ``went(name, back, photos)`` a step in
    parts is being undone (``back``) or redone, with this number of photos left, 0 at the end.
    """

    did = Signal(object)
    changed = Signal(object)
    led_to = Signal(str)
    refused = Signal(str)
    went = Signal(str, bool, int)

    def __init__(self, screen: Screen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._pages: Pages | None = None
        self._silent = False
        self._going: tuple[str, bool] | None = None  # the series that is being undone or redone, and whether undone
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(undo_log.MOST)

    @property
    def pages(self) -> Pages | None:
        """Access to the other pages; None: the history covers the open page only and is not saved."""
        return self._pages

    def begin(self, pages: Pages | None, course: UndoLog = _NOTHING) -> None:
        """Start the history of a project.

        Args:
            pages: Access to its pages; None for a history of the open page only.
            course: The steps that were done before.
        """
        self._pages = pages
        self._rest()
        with self._silence():
            self.stack.clear()
            for step in course.steps:
                self.stack.push(_Command(self, step))
            self.stack.setIndex(course.index)

    def push(self, step: Step, *, join: str = "", line: bytes = b"") -> None:
        """Apply a step. Does nothing for an empty one; if an exception is raised, nothing is changed.

        Args:
            step: The step.
            join: Consecutive steps with the same non-empty value become one.
            line: Its line of the undo log, ``undo_log.did(step)``, if it was made already.

        Raises:
            EditMismatch: A page is not as the step expects.
            StudioError: A page can't be read.
        """
        if step:
            command = _Command(self, step, join, self._after(step), line)
            with self._together():
                self.stack.push(command)

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

    def follow(self, step: Step, *, back: bool) -> None:
        """Continue with the other parts after a step was undone or redone. Called by the commands."""
        going = (step.series, back) if step.series and not self._silent else None
        if going != self._going:
            self._rest(step.name)
            self._going = going
            if going is not None:
                # After the stack has finished this one.
                QTimer.singleShot(0, self, lambda: self._go_on(going, step.name))

    def touches(self, page_id: str) -> bool:
        """Whether any step, done or undone, concerns this page."""
        commands = (self.stack.command(index) for index in range(self.stack.count()))
        return any(isinstance(each, _Command) and page_id in each.step.edits for each in commands)

    def do(self, step: Step, after: Mapping[str, Page], line: bytes) -> None:
        """Apply a step for the first time. Called by the commands.

        Args:
            step: The step.
            after: The pages after it.
            line: Its line of the undo log, or empty.
        """
        if not self._silent:
            self._put(step, after, back=False)
            self.tell(line or undo_log.done_line(step))
            self.did.emit(step)

    def go(self, step: Step, *, back: bool) -> bool:
        """Undo (``back``) or redo a step. Called by the commands. Returns False if it is not possible."""
        if self._silent:
            return True
        done = step.inverted() if back else step
        try:
            after = self._after(done)
        except StudioError as error:
            _log.info("%s", error)
            self.refused.emit(
                tr("Can’t undo “{step}”: {why}", step=step.name, why=error)
                if back
                else tr("Can’t redo “{step}”: {why}", step=step.name, why=error)
            )
            self.tell((undo_log.move_line(-1) if back else b"") + undo_log.drop_line())
            return False
        with self._together():
            shown = self._put(done, after, back=back)
            self.tell(undo_log.move_line(-1 if back else 1))
        if not shown and not step.series:
            self.led_to.emit(next(iter(after)))
        return True

    def tell(self, lines: bytes) -> None:
        """Add lines to the undo log. Called by the commands."""
        if self._pages is not None and not self._silent:
            self._pages.tell(lines)

    def _together(self) -> AbstractContextManager[None]:
        return self._pages.together() if self._pages else nullcontext()

    def _at(self, index: int) -> Step | None:
        command = self.stack.command(index) if index >= 0 else None
        return command.step if isinstance(command, _Command) else None

    def _go_on(self, going: tuple[str, bool], name: str) -> None:
        """Undo or redo the next part, as soon as its pages are loaded; ``name`` is that of the step."""
        if self._going != going:
            return
        here, (series, back), pages = self.stack.index(), going, self._pages
        step, photos = self._at(here - 1 if back else here), self._still(series, back=back)
        if step is None or not photos or pages is None:
            self._rest(name)
            return
        self.went.emit(name, back, photos)

        def then(_: object) -> None:
            # Unless the user has changed something meanwhile.
            if self._going == going and self._at(here - 1 if back else here) is step and self.stack.index() == here:
                (self.stack.undo if back else self.stack.redo)()
            self._go_on(going, name)

        def wrong(why: str) -> None:
            self.refused.emit(why)
            self._rest(name)

        pages.look_up(lambda: _looked_up(pages, step), then, wrong)

    def _rest(self, name: str = "") -> None:
        """Stop undoing or redoing further parts; ``name`` is that of the step."""
        if self._going is not None:
            back, self._going = self._going[1], None
            self.went.emit(name, back, 0)

    def _still(self, series: str, *, back: bool) -> int:
        """Return on how many photos the series still has to be undone or redone."""
        numbers = range(self.stack.index() - 1, -1, -1) if back else range(self.stack.index(), self.stack.count())
        parts = takewhile(lambda step: step is not None and step.series == series, map(self._at, numbers))
        return sum(len(step.edits) for step in parts if step is not None)

    def _after(self, step: Step) -> dict[str, Page]:
        """Return the pages after the step.

        Raises:
            EditMismatch: A page is not as the step expects.
            StudioError: A page can't be read.
        """
        after: dict[str, Page] = {}
        for key, edit in step.edits.items():
            page = self.page(key)
            if page is None:
                raise EditMismatch(tr("“{step}” belongs to a photo that is no longer in the project", step=step.name))
            after[key] = apply(page, edit)
        return after

    def _put(self, step: Step, after: Mapping[str, Page], *, back: bool) -> bool:
        """Save and show the pages after a step. Returns whether one of them is open."""
        here = self._screen.page.id if self._screen.page else ""
        others = {key: page for key, page in after.items() if key != here}
        for page in others.values():
            if self._pages is not None:
                self._pages.keep(page)
        if here in after:
            self._screen.show(after[here], step.edits[here], back=back)
        if others:
            self.changed.emit(frozenset(others))
        return here in after

    @contextmanager
    def _silence(self) -> Iterator[None]:
        """Within this context, commands are added and removed without being applied."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False


def _looked_up(pages: Pages, step: Step) -> None:
    """Load the pages of a step in the background, so that they are cached when they are needed."""
    for key in step.edits:
        with suppress(StudioError):  # reported when it is needed
            pages.page(key)


class _Command(QUndoCommand):
    """The undo command of a step."""

    def __init__(
        self, owner: History, step: Step, join: str = "", after: Mapping[str, Page] | None = None, line: bytes = b""
    ) -> None:
        super().__init__(step.name)
        self.step = step
        self._owner, self._join, self._after, self._line = owner, join, after, line

    def redo(self) -> None:
        if self._after is not None:
            after, line = self._after, self._line
            self._after, self._line = None, b""
            self._owner.do(self.step, after, line)
            return
        if not self._owner.go(self.step, back=False):
            self.setObsolete(True)
        self._owner.follow(self.step, back=False)

    def undo(self) -> None:
        if not self._owner.go(self.step, back=True):
            self.setObsolete(True)
        self._owner.follow(self.step, back=True)

    def id(self) -> int:
        """Qt merges only commands with the same id other than -1."""
        return 1 if self._join else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802  (Qt's name)
        if (
            not isinstance(other, _Command)
            or other._join != self._join
            or other.step.edits.keys() != self.step.edits.keys()
        ):
            return False
        self.step = self.step.then(other.step)
        self._owner.tell(undo_log.join_line())
        self.setObsolete(not self.step)
        return True
