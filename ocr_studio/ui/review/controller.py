"""Goes through the words of a project that nobody has checked: knows where the person is, and what comes next."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Sequence
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, Mark, Page, Word, WordState
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import Order, Place, Sitting
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.jobs.review.review_queue import CardEvent, CardMade, PageChecked, WordsWait
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.review.card_loader import ALONG, ReviewCards
from ocr_studio.ui.review.session import ReviewLooking, ReviewSteps

# Pages are read in the window's thread, when they have changed, up to so many: those of the words that are agreed with
# at once are known by then.
_AT_ONCE = 9
_NO_SECOND = later(
    "No second model has read these words otherwise, so the least sure come first. Another model reads them when you"
    " compare two models, or read unreviewed words again with it."
)
_AGREED = later_n("{count} word is right. Ctrl+Z takes it back.", "{count} words are right. Ctrl+Z takes them back.")


_CAME = later_n("{count} more word came meanwhile.", "{count} more words came meanwhile.")


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
    ``failed(Trouble)``; ``said(str)`` a hint; ``settled(places)`` a person has settled these words; ``counted()`` there
    are more words, or fewer, behind the one that is shown.
    """

    changed = Signal()
    carded = Signal()
    neared = Signal()
    looked = Signal(int, int)
    failed = Signal(object)
    said = Signal(str)
    settled = Signal(object)
    counted = Signal()

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
        self._document, self._project = document, project
        self.stage = Stage.IDLE
        self.order = Order.LEAST_SURE
        self.sitting: Sitting | None = None
        self.outcomes: dict[Place, WordState] = {}
        self.failures: tuple[str, ...] = ()
        self.began = 0.0
        self.came_since = 0  # words that wait behind the last one of the sitting, known at its end
        self.word: Word | None = None
        self.page: Page | None = None
        self._of: Project | None = None
        self._looking = ReviewLooking(lane, self)
        self._looking.looked.connect(self.looked)
        self._looking.found.connect(self._take_words)
        self._looking.checked.connect(self._take_checked)
        self._looking.failed.connect(self._fail)
        self.steps = ReviewSteps(document.history, self)
        self.steps.said.connect(self.said)
        self.steps.failed.connect(lambda _: self._show())
        self.steps.failed.connect(self.failed)
        self._cards = ReviewCards(lane, self)
        self._cards.came.connect(self._take_card)
        self._cards.wanted.connect(self._prepare)
        self._cards.failed.connect(self.failed)
        document.history.changed.connect(self._hear)
        document.words_changed.connect(lambda _: self._hear({document.page.id} if document.page else ()))
        document.opened.connect(self._leave_another_project)

    @property
    def card(self) -> CardEvent | None:
        """The card of the word that is shown; None while it is being made."""
        return self._cards.of(self.place, self.word.quad) if self.place and self.word else None

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
    def place(self) -> Place | None:
        """The word that is shown."""
        return self.sitting.current.key if self.word and self.sitting and self.sitting.current else None

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
        self.order, self.came_since = order or self.order, 0
        self._of, self.sitting, self.word, self.page = project, None, None, None
        self._cards.begin(project)
        self.outcomes.clear()
        self.began = time.monotonic()
        self.stage = Stage.LOOKING
        self._looking.look(project, self.order, self._index())
        self.changed.emit()

    def stop(self) -> None:
        """Do nothing more in the background, and let go of photos; where the person is stays known."""
        self._looking.stop()
        if self.stage is Stage.LOOKING:
            self.stage = Stage.IDLE
        self._cards.stop()

    def go_on_with(self) -> None:
        """Take up again where the person was, or at the end with the words that have come since."""
        if self._of is None:
            return
        self._cards.begin(self._of)
        if self.came_since and self.sitting is not None:
            self.sitting.go_on()
        self._show()

    def look_again(self) -> None:
        """See which words have come since: a person may have read more photos. Nothing that is shown changes."""
        if self._of is not None and self.sitting is not None and not self._looking.busy:
            self._looking.look(self._of, self.order, self._index())

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

    def turn(self) -> None:
        """The writing is the other way up than its box says."""
        if self.page is None or self.word is None:
            return
        edit = edits.turn_writing(self.page, self.word.id)
        if self.steps.do(Step(edit.name, {self.page.id: edit} if edit else {})):
            self._show()
            if not edit:
                self.said.emit(tr(commands.LOCKED))

    def pass_by(self) -> None:
        """On to the next word, without a word about this one."""
        if self.sitting is not None:
            self.sitting.go_on()
            self._show()

    def back(self) -> None:
        """To the word before."""
        if self.sitting is not None and self.sitting.go_back():
            self._show()
        elif self.sitting is not None:
            self.said.emit(tr("This is the first word."))

    def take_back(self) -> None:
        """Undo the newest change, and show the word if it is one of this sitting."""
        places, sitting = self.steps.take_back(), self.sitting
        first = next((place for place in sitting.trail if place in places), None) if sitting else None
        if sitting is not None and first is not None and first != self.place:
            sitting.go_to(first)
            self._show()

    def holds(self, page_id: str) -> bool:
        """Whether what is done to this page is seen here."""
        return self.is_under_way and self.sitting is not None and page_id in self.sitting.pages

    # ---------------------------------------------------------------------------------------------------- what is done

    def _do(self, edit: Edit) -> None:
        if self.page is not None and self.place is not None:
            self._settle(Step(edit.name, {self.page.id: edit}), [self.place])

    def _settle(self, step: Step, places: Sequence[Place]) -> bool:
        """Do a step that settles these words, the first of them the one that is shown. Whether it could be done."""
        sitting = self.sitting
        if sitting is None or not self.steps.do(step):
            return False
        self.settled.emit(tuple(places))
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

    def _hear(self, pages: Collection[str]) -> None:
        """Pages have changed: words were settled, or wait again."""
        sitting, project = self.sitting, self._of
        if sitting is None or self.steps.doing or project is not self._project():
            return
        touched = sitting.pages & frozenset(pages)
        if len(touched) > _AT_ONCE and project is not None:
            self._looking.look_at(project, touched)
            return
        for page in filter(None, map(self._known, touched)):
            self._take_checked(PageChecked.of(page))

    def _take_checked(self, found: PageChecked) -> None:
        sitting = self.sitting
        if sitting is None:
            return
        before = sitting.current
        news = sitting.hear(found.page_id, found.unchecked)
        if sitting.current != before or news or (before and before.page_id == found.page_id):
            self._show()

    # --------------------------------------------------------------------------------------------------- what is shown

    def _take_words(self, found: WordsWait) -> None:
        """The words that wait, at the beginning, or later when they are looked for again."""
        sitting = self.sitting
        if self.stage is Stage.LOOKING:
            self.failures = found.failed
            self.sitting, self.stage = Sitting(found.rows, found.total), Stage.GOING
            self._show()
            if self.order is Order.DIFFERING and found.rows and not found.rows[0].doubt:
                self.said.emit(tr(_NO_SECOND))
        elif sitting is not None:
            new = sitting.take_in(found.rows, found.total)
            if self.stage is Stage.GOING:
                self.counted.emit()
                self._prepare()
                if new:
                    self.said.emit(tr_n(*_CAME, new))
            elif sitting.waits:
                self.came_since = max(1, new)
                self.changed.emit()

    def _fail(self, trouble: Trouble) -> None:
        if self.stage is Stage.LOOKING:
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
        self.came_since = 0
        ends = self.word is None and self.stage is Stage.GOING and any(sitting.trail)
        self.stage = Stage.DONE if self.word is None else Stage.GOING
        self.changed.emit()
        self._prepare()
        if ends:
            self.look_again()

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
        (self.carded if place == self.place else self.neared).emit()
