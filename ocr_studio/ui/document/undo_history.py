"""The one history of everything done to the pages of a project, whichever photo is on the screen."""

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
from ocr_studio.core.project.undo_log import Course, Step
from ocr_studio.core.translation import tr

_NOTHING: Final = Course()
_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class Pages(Protocol):
    """Where the pages are that are not on the screen, and where the history is kept."""

    def page(self, page_id: str) -> Page | None:
        """A page as it is known now, or None. Raises StudioError where it cannot be read."""

    def keep(self, page: Page) -> None:
        """A page has changed: it is saved in a moment."""

    def look_up(
        self, work: Callable[[], _Answer], then: Callable[[_Answer], None], wrong: Callable[[str], None]
    ) -> None:
        """Do work that asks for many pages in the background, once little waits to be saved; then, in the window's
        thread, tell its answer. wrong: told, one line for a person, where the work goes wrong.
        """

    def tell(self, lines: bytes) -> None:
        """Add lines to the history's file in a moment; see ``core.history``."""

    def together(self) -> AbstractContextManager[None]:
        """While it lasts, what is kept and told is one: it is saved whole or not at all, whatever ends the program."""


class Screen(Protocol):
    """The page on the screen."""

    @property
    def page(self) -> Page | None:
        """As it is now, or None."""

    def show(self, page: Page, edit: Edit, *, back: bool) -> None:
        """This edit has made it so. back: by being taken back."""


class History(QObject):
    """Does steps, takes them back and does them again: all that a step says, or nothing of it.

    A step of very many photos comes in parts, see ``Step.series``. They are taken back and done again one after the
    other by themselves, while the window goes on; whatever a person does meanwhile stops that between two parts.
    Signals: ``did(Step)`` something new was done; ``changed(frozenset of page ids)`` pages that are not on the screen
    have changed; ``led_to(page id)``
    a step was taken back or done again that has changed nothing on the screen, but this page; ``refused(str)`` a step
    cannot be taken back or done again, one line for a person; ``went(name, back, photos)`` a step in parts is being
    taken back or done again: on so many photos still, 0 at the end.
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
        self._going: tuple[str, bool] | None = None  # series that is gone through by itself, and whether back
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(undo_log.MOST)

    @property
    def pages(self) -> Pages | None:
        """Where the other pages are; None: the history is of the page on the screen only, and kept nowhere."""
        return self._pages

    def begin(self, pages: Pages | None, course: Course = _NOTHING) -> None:
        """From now on it is the history of these pages, with what was done before."""
        self._pages = pages
        self._rest()
        with self._silence():
            self.stack.clear()
            for step in course.steps:
                self.stack.push(_Command(self, step))
            self.stack.setIndex(course.index)

    def push(self, step: Step, *, join: str = "", line: bytes = b"") -> None:
        """Do a step; nothing happens for an empty one.

        join: steps pushed in a row with the same non-empty mark become one. Raises EditMismatch where a page is not as
        the step says, and StudioError where one cannot be read; nothing is changed then. line: what the history's file
        says of it, ``core.history.did``, where somebody had the time to make it.
        """
        if step:
            command = _Command(self, step, join, self._after(step), line)
            with self._together():
                self.stack.push(command)

    def page(self, page_id: str) -> Page | None:
        """A page as it is now, on the screen or not; None if nothing is known of it. Raises StudioError."""
        shown = self._screen.page
        if shown is not None and shown.id == page_id:
            return shown
        return self._pages.page(page_id) if self._pages else None

    @property
    def newest(self) -> Step | None:
        """The step that would be taken back next, or None."""
        return self._at(self.stack.index() - 1)

    def follow(self, step: Step, *, back: bool) -> None:
        """For its commands: this one was taken back or done again; what belongs to it follows by itself."""
        going = (step.series, back) if step.series and not self._silent else None
        if going != self._going:
            self._rest(step.name)
            self._going = going
            if going is not None:
                # When the stack is done with this one.
                QTimer.singleShot(0, self, lambda: self._go_on(going, step.name))

    def touches(self, page_id: str) -> bool:
        """Whether any of its steps, done or taken back, is one of this page."""
        commands = (self.stack.command(index) for index in range(self.stack.count()))
        return any(isinstance(each, _Command) and page_id in each.step.edits for each in commands)

    def do(self, step: Step, after: Mapping[str, Page], line: bytes) -> None:
        """For its commands: a step is done for the first time. after: the pages as they become."""
        if not self._silent:
            self._put(step, after, back=False)
            self.tell(line or undo_log.did(step))
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
            self.tell((undo_log.went(-1) if back else b"") + undo_log.dropped())
            return False
        with self._together():
            shown = self._put(done, after, back=back)
            self.tell(undo_log.went(-1 if back else 1))
        if not shown and not step.series:
            self.led_to.emit(next(iter(after)))
        return True

    def tell(self, lines: bytes) -> None:
        """For its commands: write down what was done."""
        if self._pages is not None and not self._silent:
            self._pages.tell(lines)

    def _together(self) -> AbstractContextManager[None]:
        return self._pages.together() if self._pages else nullcontext()

    def _at(self, index: int) -> Step | None:
        command = self.stack.command(index) if index >= 0 else None
        return command.step if isinstance(command, _Command) else None

    def _go_on(self, going: tuple[str, bool], name: str) -> None:
        """The next part of what is being taken back or done again, once its pages are known. name: of the step."""
        if self._going != going:
            return
        here, (series, back), pages = self.stack.index(), going, self._pages
        step, photos = self._at(here - 1 if back else here), self._still(series, back=back)
        if step is None or not photos or pages is None:
            self._rest(name)
            return
        self.went.emit(name, back, photos)

        def then(_: object) -> None:
            # Unless a person was quicker.
            if self._going == going and self._at(here - 1 if back else here) is step and self.stack.index() == here:
                (self.stack.undo if back else self.stack.redo)()
            self._go_on(going, name)

        def wrong(why: str) -> None:
            self.refused.emit(why)
            self._rest(name)

        pages.look_up(lambda: _looked_up(pages, step), then, wrong)

    def _rest(self, name: str = "") -> None:
        """Nothing goes on by itself any more. name: of the step."""
        if self._going is not None:
            back, self._going = self._going[1], None
            self.went.emit(name, back, 0)

    def _still(self, series: str, *, back: bool) -> int:
        """On how many photos this is still to be taken back, or done again."""
        numbers = range(self.stack.index() - 1, -1, -1) if back else range(self.stack.index(), self.stack.count())
        parts = takewhile(lambda step: step is not None and step.series == series, map(self._at, numbers))
        return sum(len(step.edits) for step in parts if step is not None)

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


def _looked_up(pages: Pages, step: Step) -> None:
    """In the background: ask for the pages of a step, so that they are known when they are asked for again."""
    for key in step.edits:
        with suppress(StudioError):  # told when it is asked for again
            pages.page(key)


class _Command(QUndoCommand):
    """The one undo command: a step and its inverse."""

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
        self._owner.tell(undo_log.joined())
        self.setObsolete(not self.step)
        return True
