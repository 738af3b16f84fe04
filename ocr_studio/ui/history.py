"""The one history of everything done to the pages of a project, whichever photo is on the screen."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from ocr_studio.core import history
from ocr_studio.core.errors import StudioError
from ocr_studio.core.history import Course, Step
from ocr_studio.core.page import Edit, EditMismatch, Page, apply
from ocr_studio.core.translation import tr

_NOTHING: Final = Course()
_log = logging.getLogger(__name__)


class Pages(Protocol):
    """Where the pages are that are not on the screen, and where the history is kept."""

    def page(self, page_id: str) -> Page | None:
        """A page as it is known now, or None. Raises StudioError where it cannot be read."""

    def keep(self, page: Page) -> None:
        """A page has changed: it is saved in a moment."""

    def tell(self, lines: bytes) -> None:
        """Add lines to the history's file in a moment; see ``core.history``."""


class Screen(Protocol):
    """The page on the screen."""

    @property
    def page(self) -> Page | None:
        """As it is now, or None."""

    def show(self, page: Page, edit: Edit, *, back: bool) -> None:
        """This edit has made it so. back: by being taken back."""


class History(QObject):
    """Does steps, takes them back and does them again: all that a step says, or nothing of it.

    Signals: ``did(Step)`` something new was done; ``changed(frozenset of page ids)`` pages that are not on the screen
    have changed; ``led_to(page id)``
    a step was taken back or done again that has changed nothing on the screen, but this page; ``refused(str)`` a step
    cannot be taken back or done again, one line for a person.
    """

    did = Signal(object)
    changed = Signal(object)
    led_to = Signal(str)
    refused = Signal(str)

    def __init__(self, screen: Screen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._pages: Pages | None = None
        self._silent = False
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(history.MOST)

    @property
    def pages(self) -> Pages | None:
        """Where the other pages are; None: the history is of the page on the screen only, and kept nowhere."""
        return self._pages

    def begin(self, pages: Pages | None, course: Course = _NOTHING) -> None:
        """From now on it is the history of these pages, with what was done before."""
        self._pages = pages
        with self._silence():
            self.stack.clear()
            for step in course.steps:
                self.stack.push(_Command(self, step))
            self.stack.setIndex(course.index)

    def push(self, step: Step, *, join: str = "") -> None:
        """Do a step; nothing happens for an empty one.

        join: steps pushed in a row with the same non-empty mark become one. Raises EditMismatch where a page is not as
        the step says, and StudioError where one cannot be read; nothing is changed then.
        """
        if step:
            self.stack.push(_Command(self, step, join, self._after(step)))

    def page(self, page_id: str) -> Page | None:
        """A page as it is now, on the screen or not; None if nothing is known of it. Raises StudioError."""
        shown = self._screen.page
        if shown is not None and shown.id == page_id:
            return shown
        return self._pages.page(page_id) if self._pages else None

    @property
    def newest(self) -> Step | None:
        """The step that would be taken back next, or None."""
        command = self.stack.command(self.stack.index() - 1)
        return command.step if isinstance(command, _Command) else None

    def touches(self, page_id: str) -> bool:
        """Whether any of its steps, done or taken back, is one of this page."""
        commands = (self.stack.command(index) for index in range(self.stack.count()))
        return any(isinstance(each, _Command) and page_id in each.step.edits for each in commands)

    def do(self, step: Step, after: Mapping[str, Page]) -> None:
        """For its commands: a step is done for the first time. after: the pages as they become."""
        if not self._silent:
            self._put(step, after, back=False)
            self.tell(history.did(step))
            self.did.emit(step)

    def go(self, step: Step, *, back: bool) -> bool:
        """For its commands: a step is taken back, or done again. False where it cannot be."""
        if self._silent:
            return True
        done = step.inverted() if back else step
        try:
            after = self._after(done)
        except StudioError as error:
            _log.info("%s", error)
            self.refused.emit(
                tr("“{step}” cannot be taken back: {why}", step=step.name, why=error)
                if back
                else tr("“{step}” cannot be done again: {why}", step=step.name, why=error)
            )
            self.tell((history.went(-1) if back else b"") + history.dropped())
            return False
        shown = self._put(done, after, back=back)
        self.tell(history.went(-1 if back else 1))
        if not shown:
            self.led_to.emit(next(iter(after)))
        return True

    def tell(self, lines: bytes) -> None:
        """For its commands: write down what was done."""
        if self._pages is not None and not self._silent:
            self._pages.tell(lines)

    def _after(self, step: Step) -> dict[str, Page]:
        """The pages as the step makes them. Raises EditMismatch and StudioError."""
        after: dict[str, Page] = {}
        for key, edit in step.edits.items():
            page = self.page(key)
            if page is None:
                raise EditMismatch(
                    tr("“{step}” was made for a photo of which nothing is known any more", step=step.name)
                )
            after[key] = apply(page, edit)
        return after

    def _put(self, step: Step, after: Mapping[str, Page], *, back: bool) -> bool:
        """Pages become what they become. True if one of them is on the screen."""
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
        """Commands come and go without doing anything: what they did is done."""
        self._silent = True
        try:
            yield
        finally:
            self._silent = False


class _Command(QUndoCommand):
    """The one undo command: a step and its inverse."""

    def __init__(self, owner: History, step: Step, join: str = "", after: Mapping[str, Page] | None = None) -> None:
        super().__init__(step.name)
        self.step = step
        self._owner, self._join, self._after = owner, join, after

    def redo(self) -> None:
        if self._after is not None:
            after, self._after = self._after, None
            self._owner.do(self.step, after)
        elif not self._owner.go(self.step, back=False):
            self.setObsolete(True)

    def undo(self) -> None:
        if not self._owner.go(self.step, back=True):
            self.setObsolete(True)

    def id(self) -> int:
        """Qt offers only commands with the same id, other than -1, for joining."""
        return 1 if self._join else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802  (Qt's name)
        if (
            not isinstance(other, _Command)
            or other._join != self._join
            or other.step.edits.keys() != self.step.edits.keys()
        ):
            return False
        self.step = self.step.then(other.step)
        self._owner.tell(history.joined())
        self.setObsolete(not self.step)
        return True
