"""Prepares the cards (images) of the next words of the review queue in the background."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.page import Quad
from ocr_studio.core.project.project import Project
from ocr_studio.core.review.queue import Place
from ocr_studio.core.translation import later
from ocr_studio.jobs.review.review_queue import CardEvent, CardFailed, CardMade, CardMaker
from ocr_studio.ui.job_thread import Job, JobThread, Trouble

# Number of words ahead that get cards; how few may be left before more are made; how many words ahead are searched for
# words on the same photos, whose cards are made along with them; and how many cards are kept in memory.
_ENOUGH, _FEW, ALONG, _KEPT = 24, 12, 150, 200


class ReviewCards(QObject):
    """The cards of the words of one project at a time.

    Signals:
        loaded(place): the card of this word is ready.
        wanted(): all requested cards are made; more can be requested.
        failed(Trouble): making cards failed.
    """

    loaded = Signal(object)
    wanted = Signal()
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject) -> None:
        super().__init__(parent)
        self._lane = lane
        self._size = (0, 0)
        self._cards: OrderedDict[Place, CardEvent] = OrderedDict()
        self._maker: CardMaker | None = None
        self._making: tuple[Job, frozenset[Place]] | None = None

    def begin(self, project: Project) -> None:
        """Make cards for the words of this project from now on."""
        if self._maker is None or self._maker.project is not project:
            self.stop()
            self._maker = CardMaker(project)

    def stop(self) -> None:
        """Stop making cards, and release cards and photos."""
        self._stop_making()
        self._cards.clear()
        self._maker = None

    def set_size(self, width: int, height: int) -> bool:
        """Set the size of new cards in pixels; returns whether it has changed."""
        if (width, height) == self._size:
            return False
        self._size = width, height
        self._stop_making()
        self._cards.clear()
        return True

    def of(self, place: Place, quad: Quad) -> CardEvent | None:
        """The card of a word with this box; None while there is none."""
        card = self._cards.get(place)
        return None if isinstance(card, CardMade) and card.quad != quad else card

    def ahead(self, places: Sequence[Place]) -> list[CardMade]:
        """The cards of these words, up to the first that is missing."""
        found = itertools.takewhile(lambda card: isinstance(card, CardMade), map(self._cards.get, places))
        return [card for card in found if isinstance(card, CardMade)]

    def prepare(self, ahead: Sequence[Place], *, outdated: bool) -> None:
        """Make the missing cards of the words that come next.

        Args:
            ahead: the next words; the first is the one shown.
            outdated: whether the card of the first shows an old box.
        """
        maker = self._maker
        if maker is None or not all(self._size):
            return
        if outdated and ahead:
            self._cards.pop(ahead[0], None)
        missing = [place for place in ahead if place not in self._cards]
        if self._making is not None:
            job, places = self._making
            if not missing or missing[0] in places or missing[0] not in ahead[:_FEW]:
                return
            job.cancel()
        if not any(place in missing for place in ahead[:_FEW]):
            return
        size = self._size
        job = self._lane.submit(
            lambda: maker.make(missing, size, enough=_ENOUGH), name=later("Preparing words for review")
        )
        self._making = job, frozenset(missing[:_ENOUGH])
        job.yielded.connect(self._on_card)
        job.failed.connect(self._fail)
        job.done.connect(self._done)

    def _on_card(self, card: object) -> None:
        if isinstance(card, CardMade | CardFailed):
            self._cards[card.place] = card
            while len(self._cards) > _KEPT:
                self._cards.popitem(last=False)
            self.loaded.emit(card.place)

    def _done(self) -> None:
        self._making = None
        self.wanted.emit()

    def _fail(self, trouble: Trouble) -> None:
        self._making = None
        self.failed.emit(trouble)

    def _stop_making(self) -> None:
        if self._making is not None:
            self._making[0].cancel()
            self._making = None
