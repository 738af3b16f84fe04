"""The review queue: the unchecked words of a project, in the order of review."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from ocr_studio.core.editing import edits
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.page import Edit, Page, Word
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project.second_readings import SecondReading
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import message_n

Place: TypeAlias = tuple[str, str]  # page id, word id

# So many words are kept in order at a time; of a project with more, the next are looked for when these are done.
MOST: Final = 5000
# Seconds: who takes longer for a word has gone for a coffee, and the rest is not counted.
_BREAK: Final = 30.0
# The pace is that of the last so many words, and is not said before there are a few.
_LATELY, _ENOUGH = 40, 4


class QueueOrder(StrEnum):
    """Which words come first.

    CLOSE: those with an almost equally likely alternative. DIFFERING: those that a second model read differently.
    """

    LEAST_SURE = "least sure"
    PAGE = "page"
    WRITER = "writer"
    CLOSE = "close"
    DIFFERING = "differing"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A waiting word. image: its photo, as the page has it; place: 0, 1, … in the reading order of its page.

    rival: how likely the best other reading is beside the best one, 0..1; doubt: how likely what a second model read
    is, 0 where it read the same or was not asked, see ``second_readings``.
    """

    page_id: str
    word_id: str
    image: str
    place: int
    confidence: float | None = None
    rival: float = 0.0
    writer: str | None = None
    doubt: float = 0.0

    @property
    def key(self) -> Place:
        """The page and word id."""
        return self.page_id, self.word_id


def list_rows(page: Page, second: Mapping[str, SecondReading] = MappingProxyType({})) -> Iterator[QueueRow]:
    """Yield the unchecked words of a page, in reading order. second: texts of a second model."""
    for place, key in enumerate(page_order.order_words(page)):
        word = page.words[key]
        if not word.checked:
            read = word.machine.alternatives if word.machine else ()
            rival = read[1].confidence / read[0].confidence if len(read) > 1 and read[0].confidence > 0 else 0.0
            doubt = second[key].doubt(word) if key in second else 0.0
            yield QueueRow(page.id, key, page.image, place, word.confidence, min(1.0, rival), page.facts.writer, doubt)


def select_first(
    waiting: Collection[QueueRow], order: QueueOrder, *, most: int = MOST
) -> tuple[tuple[QueueRow, ...], int]:
    """Return the first ``most`` words in this order, and the total number."""
    return tuple(heapq.nsmallest(most, waiting, key=_KEYS[order])), len(waiting)


def make_confirm_step(
    shown: Sequence[tuple[Place, Word]], page: Callable[[str], Page | None]
) -> tuple[Step, tuple[Place, ...]]:
    """Confirm words as they were shown, up to the first that has changed, been checked or removed.

    Args:
        shown: The words as they were shown.
        page: Returns the current page of an id.

    Returns:
        One step, and the confirmed words.
    """
    pages: dict[str, Page] = {}
    right: dict[str, list[str]] = {}
    count = 0
    for (page_id, word_id), word in shown:
        here = pages.get(page_id) or page(page_id)
        if here is None or here.words.get(word_id) != word or word.checked or word.machine is None:
            break
        pages[page_id] = here
        right.setdefault(page_id, []).append(word_id)
        count += 1
    name = message_n("Confirm {count} word", "Confirm {count} words", count)
    accepted = {key: edits.accept(here, right[key]) for key, here in pages.items()}
    return Step(name, accepted), tuple(place for place, _ in shown[:count])


def make_typing_step(texts: Mapping[Place, str], page: Callable[[str], Page | None]) -> Step:
    """Write texts into words, as one step; empty texts are ignored. page: returns the current page of an id."""
    pages: dict[str, Page | None] = {}
    written: dict[str, Edit] = {}
    for (page_id, word_id), text in texts.items():
        if page_id not in pages:
            pages[page_id] = page(page_id)
        here = pages[page_id]
        edit = edits.answer(here, word_id, text) if here and one_line(text) else None
        if edit and edit.changes:
            before = written.get(page_id)
            written[page_id] = replace(edit, changes={**before.changes, **edit.changes}) if before else edit
    count = sum(len(edit.changes) for edit in written.values())
    return Step(message_n("Correct {count} word", "Correct {count} words", count), written)


def _page_key(row: QueueRow) -> tuple[object, ...]:
    return make_natural_key(row.image), row.page_id, row.place


def _confidence_key(row: QueueRow) -> tuple[object, ...]:
    return -1.0 if row.confidence is None else row.confidence, *_page_key(row)


def _writer_key(row: QueueRow) -> tuple[object, ...]:
    return row.writer is None, (row.writer or "").casefold(), *_page_key(row)


def _rival_key(row: QueueRow) -> tuple[object, ...]:
    return -row.rival, *_page_key(row)


def _doubt_key(row: QueueRow) -> tuple[object, ...]:
    return -row.doubt, *_confidence_key(row)


_KEYS: Final[dict[QueueOrder, Callable[[QueueRow], tuple[object, ...]]]] = {
    QueueOrder.LEAST_SURE: _confidence_key,
    QueueOrder.PAGE: _page_key,
    QueueOrder.WRITER: _writer_key,
    QueueOrder.CLOSE: _rival_key,
    QueueOrder.DIFFERING: _doubt_key,
}


class ReviewSession:
    """The state of a review: the queue, the current word, and the pace.

    A word is settled here, or drops out because it was settled elsewhere; either way it doesn't come again. Skipped
    words don't come again in this session.
    """

    def __init__(self, waiting: Sequence[QueueRow], total: int) -> None:
        """Start a session. waiting: the first words in order; total: of all waiting words."""
        self._rows = tuple(waiting)
        self._index = {row.key: number for number, row in enumerate(self._rows)}
        self._more = total - len(self._rows)
        self._settled: dict[Place, None] = {}
        self._elsewhere: set[Place] = set()
        self._trail: list[int] = []  # the words that were shown, by their number
        self._shown: set[int] = set()
        self._at = -1
        self._next = 0
        self._moments: deque[float] = deque(maxlen=_LATELY + 1)
        self.go_on()

    @property
    def current(self) -> QueueRow | None:
        """The word that is shown; None at the end."""
        return self._rows[self._trail[self._at]] if 0 <= self._at < len(self._trail) else None

    @property
    def total(self) -> int:
        """Total number of words."""
        return len(self._rows) + self._more

    @property
    def has_more(self) -> bool:
        """Whether there are words beyond those loaded."""
        return self._more > 0

    @property
    def waits(self) -> bool:
        """Whether there is a word that has not been shown."""
        return any(self._waits(number) for number in range(self._next, len(self._rows)))

    @property
    def settled(self) -> int:
        """Number of words settled here."""
        return len(self._settled)

    @property
    def fallen_away(self) -> int:
        """Number of words settled elsewhere."""
        return len(self._elsewhere)

    @property
    def left(self) -> int:
        """Number of words not settled."""
        return self.total - self.settled - self.fallen_away

    @property
    def number(self) -> int:
        """Number of the current word, from 1; words settled elsewhere count as before it."""
        before = sum(self._rows[number].key not in self._elsewhere for number in self._trail[: self._at])
        return before + self.fallen_away + (self.current is not None)

    @property
    def trail(self) -> Iterator[Place]:
        """The words that were shown, in order."""
        return (self._rows[number].key for number in self._trail)

    @property
    def pages(self) -> frozenset[str]:
        """The pages with words in the queue."""
        return frozenset(row.page_id for row in self._rows)

    def places(self, pages: Collection[str]) -> Iterator[Place]:
        """The queued words of these pages."""
        return (key for key in self._index if key[0] in pages)

    def has_settled(self, place: Place) -> bool:
        """Whether the word was settled here."""
        return place in self._settled

    def has_left_out(self, place: Place) -> bool:
        """Whether the word was settled elsewhere."""
        return place in self._elsewhere

    def go_on(self) -> None:
        """Go to the next word: one that was shown already, otherwise the next waiting one."""
        self._at += 1
        while self._at < len(self._trail) and self._rows[self._trail[self._at]].key in self._elsewhere:
            self._at += 1
        if self._at >= len(self._trail):
            fresh = next((number for number in range(self._next, len(self._rows)) if self._waits(number)), None)
            self._at = len(self._trail)
            if fresh is not None:
                self._trail.append(fresh)
                self._shown.add(fresh)
                self._next = fresh + 1

    def go_back(self) -> bool:
        """Go to the word that was shown before this one. False at the first."""
        for at in range(min(self._at, len(self._trail)) - 1, -1, -1):
            if self._rows[self._trail[at]].key not in self._elsewhere:
                self._at = at
                return True
        return False

    def go_to(self, place: Place) -> None:
        """Go to a word that has been shown."""
        number = self._index.get(place)
        if number in self._shown:
            self._at = self._trail.index(number)

    def pick(self, place: Place) -> bool:
        """Go to any word of the queue; of those that have not been shown, the others come in their turn.

        Returns:
            Whether it is in the queue and was not settled elsewhere.
        """
        number = self._index.get(place)
        if number is None or place in self._elsewhere:
            return False
        self._show(number)
        return True

    def settle(self, place: Place, *, when: float) -> None:
        """Settle a word. when: seconds of a monotonic clock."""
        if place in self._index and place not in self._settled:
            self._settled[place] = None
            self._moments.append(when)

    def leave_out(self, places: Iterable[Place]) -> None:
        """Drop words that were settled elsewhere; go on if the current one is among them."""
        gone = {place for place in places if place in self._index and place not in self._settled}
        here = self.current
        self._elsewhere |= gone
        if here is not None and here.key in gone:
            self.go_on()

    def hear(self, page_id: str, unchecked: Collection[str]) -> bool:
        """Update the unchecked words of a page. Returns whether this changes the queue."""
        gone, back = [], []
        for place in self.places({page_id}):
            known = place in self._settled or place in self._elsewhere
            if place[1] not in unchecked and not known:
                gone.append(place)
            elif place[1] in unchecked and known:
                back.append(place)
        self.leave_out(gone)
        self.bring_back(back)
        return bool(gone or back)

    def bring_back(self, places: Iterable[Place]) -> None:
        """Return words to the queue after an undo, and show the last one that was settled here.

        Words that have never been shown come in their turn.
        """
        back = [place for place in places if place in self._settled or place in self._elsewhere]
        if not back:
            return
        order = {place: number for number, place in enumerate(self._settled)}
        known = [place for place in back if place in order or self._index[place] in self._shown]
        for place in back:
            self._settled.pop(place, None)
            self._elsewhere.discard(place)
        if known:
            self._show(self._index[max(known, key=lambda place: (order.get(place, -1), -self._index[place]))])
        fresh = [self._index[place] for place in back if self._index[place] not in self._shown]
        self._next = min([self._next, *fresh])
        if self.current is None:
            self._at = len(self._trail) - 1
            self.go_on()

    def take_in(self, waiting: Sequence[QueueRow], total: int) -> int:
        """Replace the waiting words, see ``__init__``, behind those already shown. Returns the number of new ones."""
        kept = [row for number, row in enumerate(self._rows) if not self._waits(number)]
        held = {row.key for row in kept}
        known = self.total
        trail = [self._rows[number].key for number in self._trail]
        rest = [row for row in waiting if row.key not in held]
        new = sum(row.key not in self._index for row in rest)
        few = self._more > 0 or total > len(waiting)  # not all of them have ever been here
        self._rows = (*kept, *rest)
        self._index = {row.key: number for number, row in enumerate(self._rows)}
        # Of what is kept, all that still waits is in the total, whether or not it is among the first.
        passed = held - self._settled.keys() - self._elsewhere - {row.key for row in waiting}
        self._more = max(0, total - len(waiting) - (len(passed) if few else 0))
        self._trail = [self._index[key] for key in trail]
        self._shown, self._next = set(self._trail), len(kept)
        return max(0, self.total - known) if few else new

    def ahead(self, count: int) -> list[QueueRow]:
        """Return the current word and those after it, ``count`` in all."""
        seen = self._trail[max(0, self._at) : max(0, self._at) + count]
        found = [number for number in seen if self._rows[number].key not in self._elsewhere]
        number = self._next
        while len(found) < count and number < len(self._rows):
            if self._waits(number):
                found.append(number)
            number += 1
        return [self._rows[number] for number in found]

    @property
    def pace(self) -> float | None:
        """Recent words per minute, without breaks; None until there are a few."""
        moments = list(self._moments)
        seconds = sum(min(_BREAK, late - early) for early, late in itertools.pairwise(moments))
        return 60.0 * (len(moments) - 1) / seconds if len(moments) > _ENOUGH and seconds > 0 else None

    @property
    def minutes_left(self) -> float | None:
        """Estimated minutes for the rest at this pace; None if unknown."""
        pace = self.pace
        return self.left / pace if pace else None

    def _show(self, number: int) -> None:
        """Go to a word; one that has not been shown comes between those before and after the current one."""
        if number not in self._shown:
            self._trail.insert(min(self._at, len(self._trail)), number)
            self._shown.add(number)
        self._at = self._trail.index(number)

    def _waits(self, number: int) -> bool:
        key = self._rows[number].key
        return number not in self._shown and key not in self._settled and key not in self._elsewhere
