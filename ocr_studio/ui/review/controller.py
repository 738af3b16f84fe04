"""Controls the review queue: goes through the unchecked words of a project, and knows which comes next."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
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
from ocr_studio.core.review.queue import Place, QueueOrder, ReviewSession
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.jobs.review.review_queue import CardEvent, CardMade, PageChecked, WordsWait
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.review.card_loader import ALONG, ReviewCards
from ocr_studio.ui.review.session import ReviewLooking

# Up to this many changed pages are loaded in the window's thread; the pages of words confirmed together are loaded
# already.
_AT_ONCE = 9
_NO_SECOND = later(
    "No other model has read these words differently, so the least confident come first. For a second opinion, compare"
    " two models, or read the unchecked words again with another model."
)
_AGREED = later_n("{count} word confirmed. Press Ctrl+Z to undo.", "{count} words confirmed. Press Ctrl+Z to undo.")
_CAME = later_n("{count} word was added to the queue.", "{count} words were added to the queue.")


class ReviewStage(Enum):
    """What the review queue is doing."""

    IDLE = auto()
    LOOKING = auto()
    GOING = auto()
    DONE = auto()


class Reviewing(QObject):
    """Runs one review session at a time.

    Signals:
        changed(): another word is to be shown, the current one has changed, or none are left.
        card_loaded(): the card of the current word is ready.
        next_card_loaded(): the card of one of the next words is ready.
        looked(done, total): number of pages searched for unchecked words.
        failed(Trouble): a job failed.
        message(str): a hint to show.
        settled(places): the user has checked these words.
        counted(): the number of words in the queue has changed.
    """

    changed = Signal()
    card_loaded = Signal()
    next_card_loaded = Signal()
    looked = Signal(int, int)
    failed = Signal(object)
    message = Signal(str)
    settled = Signal(object)
    counted = Signal()

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        project: Callable[[], Project | None],
        index: Callable[[], Index | None],
    ) -> None:
        """Start idle; ``lane`` makes cards and searches pages."""
        super().__init__(document)
        self._index = index
        self._document, self._project = document, project
        self.stage = ReviewStage.IDLE
        self.order = QueueOrder.LEAST_SURE
        self.session: ReviewSession | None = None
        self.outcomes: dict[Place, WordState] = {}
        self.failures: tuple[str, ...] = ()
        self.began = 0.0
        self.came_since = 0  # words added to the queue since it was loaded; known at its end
        self.word: Word | None = None
        self.page: Page | None = None
        self._of: Project | None = None
        self._looking = ReviewLooking(lane, self)
        self._looking.looked.connect(self.looked)
        self._looking.found.connect(self._on_words_wait)
        self._looking.checked.connect(self._on_page_checked)
        self._looking.failed.connect(self._fail)
        self._pushing = False  # page changes meanwhile are caused by this object itself
        self._cards = ReviewCards(lane, self)
        self._cards.loaded.connect(self._on_card)
        self._cards.wanted.connect(self._prepare)
        self._cards.failed.connect(self.failed)
        document.changed.connect(lambda change: self._on_pages_changed(change.after))
        document.opened.connect(self._close_other_project)

    @property
    def card(self) -> CardEvent | None:
        """The card of the current word; None while it is being made."""
        return self._cards.of(self.place, self.word.quad) if self.place and self.word else None

    def ahead(self, count: int) -> list[CardMade]:
        """The cards of the next words, at most ``count``, up to the first that is missing or already checked."""
        session = self.session
        if session is None or self.stage is not ReviewStage.GOING:
            return []
        places = [row.key for row in session.ahead(count + 1)[1:]]
        cards = self._cards.ahead(list(itertools.takewhile(lambda place: not session.has_settled(place), places)))
        return list(itertools.takewhile(lambda card: card.word.quad == card.quad, map(self._update_card, cards)))

    def _update_card(self, card: CardMade) -> CardMade:
        """Return a card with its word as it is now: other words may have been read again since it was made."""
        page = self._find_page(card.place[0])
        word = page.words.get(card.place[1]) if page else None
        return card if word is None or word == card.word else replace(card, word=word)

    @property
    def is_under_way(self) -> bool:
        """Whether a review session of the open project can be resumed."""
        return self.stage is ReviewStage.GOING and self._of is self._project()

    @property
    def place(self) -> Place | None:
        """The current word as page id and word id."""
        return self.session.current.key if self.word and self.session and self.session.current else None

    @property
    def photo(self) -> Path | None:
        """The path of the photo of the current word."""
        return self._of.photo(self.page) if self._of and self.page else None

    def start(self, order: QueueOrder | None = None) -> None:
        """Find the unchecked words and show the first."""
        project = self._project()
        if project is None:
            return
        self.stop()
        self.order, self.came_since = order or self.order, 0
        self._of, self.session, self.word, self.page = project, None, None, None
        self._cards.begin(project)
        self.outcomes.clear()
        self.began = time.monotonic()
        self.stage = ReviewStage.LOOKING
        self._looking.look(project, self.order, self._index())
        self.changed.emit()

    def stop(self) -> None:
        """Stop background jobs and release photos; the position in the queue is remembered."""
        self._looking.stop()
        if self.stage is ReviewStage.LOOKING:
            self.stage = ReviewStage.IDLE
        self._cards.stop()

    def resume(self) -> None:
        """Resume at the last position, or at the end with the words added since."""
        if self._of is None:
            return
        self._cards.begin(self._of)
        if self.came_since and self.session is not None:
            self.session.go_on()
        self._show()

    def look_again(self) -> None:
        """Add the words of photos that were read since to the queue; the current word stays."""
        if self._of is not None and self.session is not None and not self._looking.busy:
            self._looking.look(self._of, self.order, self._index())

    def set_size(self, width: int, height: int) -> None:
        """Set the size of cards in pixels."""
        if self._cards.set_size(width, height):
            self.card_loaded.emit()
            self._prepare()

    def answer(self, text: str) -> None:
        """Store this text for the current word, or that there is none if it is empty, and go to the next word."""
        if self.page is None or self.word is None:
            return
        if text and not one_line(text):
            self.message.emit(tr("The text contains only spaces. Press F7 if the word has no text."))
        else:
            self._do(edits.answer(self.page, self.word.id, text))

    def agree(self, shown: Sequence[tuple[Place, Word]]) -> None:
        """Confirm these words, the current one and some that follow it, as one step, and go to the next word.

        Words from the first that has changed since it was shown are not confirmed; they come up later.
        """
        step, places = review_queue.make_confirm_step(shown, self._find_page)
        if places and self._settle(step, places):
            self.message.emit(tr_n(*_AGREED, len(places)))

    def set_aside(self, kind: Mark) -> None:
        """Mark the current word as unreadable or ignored and go to the next word."""
        if self.page is not None and self.word is not None:
            self._do(edits.mark(self.page, [self.word.id], kind))

    def turn(self) -> None:
        """Turn the reading direction of the current word's box, whose writing is upside down or on its side."""
        if self.page is None or self.word is None:
            return
        edit = edits.turn_writing(self.page, [self.word.id])
        if self._push(Step(edit.name, {self.page.id: edit} if edit else {})):
            self._show()
            if not edit:
                self.message.emit(tr(commands.LOCKED))

    def pass_by(self) -> None:
        """Skip the current word."""
        if self.session is not None:
            self.session.go_on()
            self._show()

    def back(self) -> None:
        """Go back to the previous word."""
        if self.session is not None and self.session.go_back():
            self._show()
        elif self.session is not None:
            self.message.emit(tr("This is the first word."))

    def pick(self, place: Place) -> None:
        """Go to a word of the queue that the user has selected elsewhere; others are ignored."""
        session = self.session
        if self.stage is ReviewStage.GOING and session is not None and session.pick(place):
            self._show()

    def take_back(self) -> None:
        """Undo the newest change, and show its word if it is in this session."""
        history, session = self._document.history, self.session
        step = history.newest
        history.stack.undo()
        places = {
            (page, word)
            for page, edit in (step.edits.items() if step else ())
            for word, (before, after) in edit.changes.items()
            # What the machine learned from the change is undone with it, but is not its place.
            if before is None or after is None or replace(before, machine=after.machine) != after
        }
        first = next((place for place in session.trail if place in places), None) if session else None
        if session is not None and first is not None and first != self.place:
            session.go_to(first)
            self._show()

    def do_again(self) -> None:
        """Redo the last change that was undone."""
        self._document.history.stack.redo()

    def write(self, texts: Mapping[Place, str]) -> None:
        """Apply texts that were typed but not confirmed with Enter, as the window closes.

        Words that were deleted, or whose project is no longer open, are skipped.
        """
        if texts:
            self._push(review_queue.make_typing_step(texts, self._find_page))

    def holds(self, page_id: str) -> bool:
        """Whether changes of this page are visible in the queue."""
        return self.is_under_way and self.session is not None and page_id in self.session.pages

    # ---------------------------------------------------------------------------------------------------- what is done

    def _do(self, edit: Edit) -> None:
        if self.page is not None and self.place is not None:
            self._settle(Step(edit.name, {self.page.id: edit}), [self.place])

    def _settle(self, step: Step, places: Sequence[Place]) -> bool:
        """Do a step that checks these words, the current one first; returns whether it succeeded."""
        session = self.session
        if session is None or not self._push(step):
            return False
        self.settled.emit(tuple(places))
        after = {(key, word): pair[1] for key, edit in step.edits.items() for word, pair in edit.changes.items()}
        self.outcomes.update((place, word.state) for place, word in after.items() if word)
        for place in places:
            session.settle(place, when=time.monotonic())
            session.go_on()
        self._show()
        return True

    def _push(self, step: Step) -> bool:
        """Do a step, on the open page or any other; returns whether it succeeded."""
        history = self._document.history
        if step and history.pages is None:
            self.message.emit(tr(commands.READ_ONLY))
            return False
        self._pushing = True
        try:
            history.push(step)
        except StudioError as error:
            self._show()
            self.failed.emit(Trouble(str(error)))
            return False
        finally:
            self._pushing = False
        return True

    def _close_other_project(self) -> None:
        if self._of is not None and self._of is not self._project():
            self.stop()
            self._of = self.session = self.word = self.page = None
            self.stage = ReviewStage.IDLE
            self.changed.emit()

    def _on_pages_changed(self, pages: Collection[str]) -> None:
        """Update the queue after pages have changed."""
        session, project = self.session, self._of
        if session is None or self._pushing or project is not self._project():
            return
        touched = session.pages & frozenset(pages)
        if len(touched) > _AT_ONCE and project is not None:
            self._looking.look_at(project, touched)
            return
        for page in filter(None, map(self._find_page, touched)):
            self._on_page_checked(PageChecked.of(page))

    def _on_page_checked(self, found: PageChecked) -> None:
        session = self.session
        if session is None:
            return
        before = session.current
        news = session.hear(found.page_id, found.unchecked)
        page = self._find_page(found.page_id) if before and before.page_id == found.page_id else None
        if session.current != before or news or (before and page and page.words.get(before.word_id) != self.word):
            self._show()
        elif page:  # other words have changed; what is being typed stays
            self.page = page
            self.counted.emit()

    # --------------------------------------------------------------------------------------------------- what is shown

    def _on_words_wait(self, found: WordsWait) -> None:
        """Take the unchecked words that were found, at the start or in a later search."""
        session = self.session
        if self.stage is ReviewStage.LOOKING:
            self.failures = found.failed
            self.session, self.stage = ReviewSession(found.rows, found.total), ReviewStage.GOING
            self._show()
            if self.order is QueueOrder.DIFFERING and found.rows and not found.rows[0].doubt:
                self.message.emit(tr(_NO_SECOND))
        elif session is not None:
            new = session.take_in(found.rows, found.total)
            if self.stage is ReviewStage.GOING:
                self.counted.emit()
                self._prepare()
                if new:
                    self.message.emit(tr_n(*_CAME, new))
            elif session.waits:
                self.came_since = max(1, new)
                self.changed.emit()

    def _fail(self, trouble: Trouble) -> None:
        if self.stage is ReviewStage.LOOKING:
            self.stage = ReviewStage.IDLE
            self.failed.emit(trouble)
            self.changed.emit()

    def _show(self) -> None:
        """Show the word at the current position; skip words that have been checked or deleted elsewhere."""
        session = self.session
        if session is None:
            return
        self.page = self.word = None
        while (here := session.current) is not None:
            page = self._find_page(here.page_id)
            word = page.words.get(here.word_id) if page else None
            if word is not None and (session.has_settled(here.key) or not word.checked):
                self.page, self.word = page, word
                break
            session.leave_out([here.key])
            if session.current == here:  # checked here and deleted since
                session.go_on()
        if self.word is None and session.has_more and session.settled:
            self.start()  # the next words of a large project, and the skipped ones again
            return
        self.came_since = 0
        ends = self.word is None and self.stage is ReviewStage.GOING and any(session.trail)
        self.stage = ReviewStage.DONE if self.word is None else ReviewStage.GOING
        self.changed.emit()
        self._prepare()
        if ends:
            self.look_again()

    def _find_page(self, page_id: str) -> Page | None:
        """A page as it is now, or None; errors are reported at the end of the queue."""
        try:
            return self._document.history.page(page_id)
        except StudioError as error:
            self.failures = tuple(dict.fromkeys((*self.failures, str(error))))
            return None

    def _prepare(self) -> None:
        """Request the cards of the next words."""
        if self.session is not None and self.stage is ReviewStage.GOING:
            self._cards.prepare([row.key for row in self.session.ahead(ALONG)], outdated=self.card is None)

    def _on_card(self, place: Place) -> None:
        (self.card_loaded if place == self.place else self.next_card_loaded).emit()
