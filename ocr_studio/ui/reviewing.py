"""Goes through the words of a project that nobody has checked: knows where the person is, and what comes next."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Sequence
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ocr_studio.core import edits, review_queue
from ocr_studio.core.errors import StudioError
from ocr_studio.core.history import Step
from ocr_studio.core.index import Index
from ocr_studio.core.page import Edit, Mark, Page, Word, WordState
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project import Project
from ocr_studio.core.review_queue import Order, Place, Sitting
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.jobs import reviewing
from ocr_studio.jobs.reviewing import CardEvent, CardMade, PageChecked, PagesLooked, WordsWait
from ocr_studio.ui import operations
from ocr_studio.ui.document import Document
from ocr_studio.ui.job_thread import Job, JobThread, Trouble
from ocr_studio.ui.review_cards import ALONG, ReviewCards

# Pages are read in the window's thread, when they have changed, up to so many: those of the words that are agreed with
# at once are known by then.
_AT_ONCE = 9
_NO_SECOND = later(
    "No second model has read these words otherwise, so the least sure come first. Another model reads them when you"
    " compare two models, or read unreviewed words again with it."
)
_AGREED = later_n("{count} word is right. Ctrl+Z takes it back.", "{count} words are right. Ctrl+Z takes them back.")


class Stage(Enum):
    """How far it is."""

    IDLE = auto()
    LOOKING = auto()
    GOING = auto()
    DONE = auto()


class Reviewing(QObject):
    """One sitting at a time.

    Signals: ``changed()`` another word is to be shown, or the same one anew, or there are none left; ``carded()`` the
    card of the word that is shown has come; ``neared()`` that of one behind it; ``looked(done, total)`` pages;
    ``failed(Trouble)``; ``said(str)`` a hint.
    """

    changed = Signal()
    carded = Signal()
    neared = Signal()
    looked = Signal(int, int)
    failed = Signal(object)
    said = Signal(str)

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        project: Callable[[], Project | None],
        index: Callable[[], Index | None] = lambda: None,
    ) -> None:
        """lane: for cards and for looking through pages; index: of the project, where there is one."""
        super().__init__(document)
        self._index = index
        self._document, self._lane, self._project = document, lane, project
        self.stage = Stage.IDLE
        self.order = Order.LEAST_SURE
        self.sitting: Sitting | None = None
        self.outcomes: dict[Place, WordState] = {}
        self.failures: tuple[str, ...] = ()
        self.began = 0.0
        self.word: Word | None = None
        self.page: Page | None = None
        self._of: Project | None = None
        self._doing = False
        self._looking: Job | None = None
        self._cards = ReviewCards(lane, self)
        self._cards.came.connect(self._take_card)
        self._cards.wanted.connect(self._prepare)
        self._cards.failed.connect(self.failed)
        document.history.changed.connect(self._hear)
        document.words_changed.connect(lambda _: self._hear_screen())
        document.opened.connect(self._leave_another_project)

    @property
    def card(self) -> CardEvent | None:
        """The card of the word that is shown; None while it is being made."""
        here = self.sitting.current if self.sitting else None
        return self._cards.of(here.key, self.word.quad) if here and self.word else None

    def ahead(self, count: int) -> list[CardMade]:
        """The cards of the words that come next, up to so many, as far as they are there and wait."""
        sitting = self.sitting
        if sitting is None or self.stage is not Stage.GOING:
            return []
        places = [row.key for row in sitting.ahead(count + 1)[1:]]
        return self._cards.ahead(list(itertools.takewhile(lambda place: not sitting.has_settled(place), places)))

    @property
    def is_under_way(self) -> bool:
        """Whether there is a word to go on with, in the project that is open."""
        return self.stage is Stage.GOING and self._of is self._project()

    @property
    def photo(self) -> Path | None:
        """Where the photo of the word is that is shown."""
        return self._of.photo(self.page) if self._of and self.page else None

    def start(self, order: Order | None = None) -> None:
        """Look which words wait, and show the first."""
        project = self._project()
        if project is None:
            return
        self.stop()
        self.order = order or self.order
        self._of, self.sitting, self.word, self.page = project, None, None, None
        self._cards.begin(project)
        self.outcomes.clear()
        self.began = time.monotonic()
        self.stage = Stage.LOOKING
        chosen, index = self.order, self._index()
        job = self._looking = self._lane.submit(
            lambda: reviewing.waiting(project, chosen, index), name=later("Looking for words")
        )
        job.came.connect(self._take_looked)
        job.failed.connect(self._fail)
        self.changed.emit()

    def stop(self) -> None:
        """Do nothing more in the background, and let go of photos; where the person is stays known."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
            if self.stage is Stage.LOOKING:
                self.stage = Stage.IDLE
        self._cards.stop()

    def go_on_with(self) -> None:
        """Take up again where the person was."""
        if self._of is not None:
            self._cards.begin(self._of)
            self._show()

    def set_size(self, width: int, height: int) -> None:
        """Cards are so large from now on, in pixels."""
        if self._cards.set_size(width, height):
            self.carded.emit()
            self._prepare()

    def answer(self, text: str) -> None:
        """This is what is written there, nothing if it is empty; on to the next word."""
        if self.page is None or self.word is None:
            return
        if text and not one_line(text):
            self.said.emit(tr("Only spaces stand there. F7 says that there is no text."))
        else:
            self._do(edits.answer(self.page, self.word.id, text))

    def agree(self, shown: Sequence[tuple[Place, Word]]) -> None:
        """These words, the one that is shown and those behind it, are right; one step, and on to the next word. From
        one on that has changed by now, they are come to in their turn.
        """
        step, places = review_queue.agreement(shown, self._known)
        if places and self._settle(step, places):
            self.said.emit(tr_n(*_AGREED, len(places)))

    def set_aside(self, kind: Mark) -> None:
        """The word cannot be read, or does not count; on to the next one."""
        if self.page is not None and self.word is not None:
            self._do(edits.mark(self.page, [self.word.id], kind))

    def pass_by(self) -> None:
        """On to the next word, without a word about this one."""
        if self.sitting is not None:
            self.sitting.go_on()
            self._show()

    def back(self) -> None:
        """To the word before."""
        if self.sitting is not None:
            if self.sitting.go_back():
                self._show()
            else:
                self.said.emit(tr("This is the first word."))

    def take_back(self) -> None:
        """Undo the newest change, and show the word if it is one of this sitting."""
        history = self._document.history
        step = history.newest
        if step is None:
            return
        history.stack.undo()
        places = {(page, word) for page, edit in step.edits.items() for word in edit.changes}
        sitting = self.sitting
        here = sitting.current if sitting else None
        first = next((place for place in sitting.trail if place in places), None) if sitting else None
        if sitting is not None and first is not None and (here is None or here.key != first):
            sitting.go_to(first)
            self._show()

    def do_again(self) -> None:
        """Do again what was taken back."""
        self._document.history.stack.redo()

    def holds(self, page_id: str) -> bool:
        """Whether what is done to this page is seen here."""
        return self.is_under_way and self.sitting is not None and page_id in self.sitting.pages

    # ---------------------------------------------------------------------------------------------------- what is done

    def _do(self, edit: Edit) -> None:
        here = self.sitting.current if self.sitting else None
        if self.page is not None and here is not None:
            self._settle(Step(edit.name, {self.page.id: edit}), [here.key])

    def _settle(self, step: Step, places: Sequence[Place]) -> bool:
        """Do a step that settles these words, the first of them the one that is shown. Whether it could be done."""
        sitting = self.sitting
        if sitting is None:
            return False
        if step and self._document.history.pages is None:
            self.said.emit(tr(operations.READ_ONLY))
            return False
        self._doing = True
        try:
            # Of the page on the screen as of any other.
            self._document.history.push(step)
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
            self._show()
            return False
        finally:
            self._doing = False
        after = {(key, word): pair[1] for key, edit in step.edits.items() for word, pair in edit.changes.items()}
        self.outcomes.update((place, word.state) for place, word in after.items() if word)
        for place in places:
            sitting.settle(place, when=time.monotonic())
            sitting.go_on()
        self._show()
        return True

    def _leave_another_project(self) -> None:
        if self._of is not None and self._of is not self._project():
            self.stop()
            self._of = self.sitting = self.word = self.page = None
            self.stage = Stage.IDLE
            self.changed.emit()

    def _hear_screen(self) -> None:
        if self._document.page is not None:
            self._hear({self._document.page.id})

    def _hear(self, pages: Collection[str]) -> None:
        """Pages have changed: words were settled, or wait again."""
        sitting, project = self.sitting, self._of
        if sitting is None or self._doing or project is not self._project():
            return
        touched = sitting.pages & frozenset(pages)
        if len(touched) > _AT_ONCE and project is not None:
            job = self._lane.submit(lambda: reviewing.checked(project, touched), name=later("Looking at words"))
            job.came.connect(self._take_checked)
            return
        for page in filter(None, map(self._known, touched)):
            self._take_checked(PageChecked.of(page))

    def _take_checked(self, found: PageChecked) -> None:
        sitting = self.sitting
        if sitting is None:
            return
        before = sitting.current
        gone, back = [], []
        for place in sitting.places({found.page_id}):
            here, elsewhere = sitting.has_settled(place), sitting.has_left_out(place)
            if place[1] not in found.unchecked and not (here or elsewhere):
                gone.append(place)
            elif place[1] in found.unchecked and (here or elsewhere):
                back.append(place)
        sitting.leave_out(gone)
        sitting.bring_back(back)
        if sitting.current != before or gone or back or (before and before.page_id == found.page_id):
            self._show()

    # --------------------------------------------------------------------------------------------------- what is shown

    def _take_looked(self, event: object) -> None:
        if isinstance(event, PagesLooked):
            self.looked.emit(event.done, event.total)
        elif isinstance(event, WordsWait):
            self._looking = None
            self.failures = event.failed
            self.sitting, self.stage = Sitting(event.rows, event.total), Stage.GOING
            self._show()
            if self.order is Order.DIFFERING and event.rows and not event.rows[0].doubt:
                self.said.emit(tr(_NO_SECOND))

    def _fail(self, trouble: Trouble) -> None:
        self._looking = None
        self.stage = Stage.IDLE
        self.failed.emit(trouble)
        self.changed.emit()

    def _show(self) -> None:
        """Show the word where the person is; words that are settled or gone by now are passed over."""
        sitting = self.sitting
        if sitting is None:
            return
        self.page = self.word = None
        while (here := sitting.current) is not None:
            page = self._known(here.page_id)
            word = page.words.get(here.word_id) if page else None
            if word is not None and (sitting.has_settled(here.key) or not word.checked):
                self.page, self.word = page, word
                break
            sitting.leave_out([here.key])
            if sitting.current == here:  # settled here, and gone since
                sitting.go_on()
        if self.word is None and sitting.has_more and sitting.settled:
            self.start()  # a large project's next words, and again those that were passed by
            return
        self.stage = Stage.DONE if self.word is None else Stage.GOING
        self.changed.emit()
        self._prepare()

    def _known(self, page_id: str) -> Page | None:
        """A page as it is now; what cannot be read is told of at the end."""
        try:
            return self._document.history.page(page_id)
        except StudioError as error:
            self.failures = tuple(dict.fromkeys((*self.failures, str(error))))
            return None

    def _prepare(self) -> None:
        """See to it that the next words have their cards when they are shown."""
        if self.sitting is not None and self.stage is Stage.GOING:
            self._cards.prepare([row.key for row in self.sitting.ahead(ALONG)], outdated=self.card is None)

    def _take_card(self, place: Place) -> None:
        here = self.sitting.current if self.sitting else None
        (self.carded if here is not None and here.key == place else self.neared).emit()
