"""The words of a page as a list: which of them are shown, and in which order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.page import CERTAIN, Word, WordState
from ocr_studio.core.search.folding import fold_text


class WordSort(StrEnum):
    """What a list of words is sorted by. ``READING``: the reading order; ``PLACE``: from the top of the photo down."""

    READING = "reading"
    PLACE = "place"
    TEXT = "text"
    CONFIDENCE = "confidence"
    STATE = "state"


class WordKind(StrEnum):
    """Which words of a page are listed. ``DOUBTFUL``: unchecked and not read with certainty."""

    ALL = "all"
    UNCHECKED = "unchecked"
    DOUBTFUL = "doubtful"
    CORRECTED = "corrected"
    MARKED = "marked"


def confidence_of(word: Word) -> float | None:
    """Return the recognizer's confidence 0..1 in the text of a word; None once the user has checked it."""
    return word.machine.confidence if word.machine and not word.checked else None


def needs_check(word: Word) -> bool:
    """Whether a word was read without certainty and is not checked yet."""
    sure = confidence_of(word)
    return word.state is WordState.READ and (sure is None or sure < CERTAIN)


@dataclass(frozen=True, slots=True)
class WordFilter:
    """Which words are listed: those of a kind whose text contains another one, in upper or lower case."""

    kind: WordKind = WordKind.ALL
    text: str = ""

    def __bool__(self) -> bool:
        return self.kind is not WordKind.ALL or bool(self.text.strip())

    def matches(self, word: Word) -> bool:
        """Return whether a word is listed."""
        sought = fold_text(self.text.strip())
        return _KINDS[self.kind](word) and (not sought or sought in fold_text(word.text))


_KINDS: Final[Mapping[WordKind, Callable[[Word], bool]]] = {
    WordKind.ALL: lambda _: True,
    WordKind.UNCHECKED: lambda word: not word.checked,
    WordKind.DOUBTFUL: lambda word: not word.checked and (word.state is WordState.UNREAD or needs_check(word)),
    WordKind.CORRECTED: lambda word: word.state is WordState.CORRECTED,
    WordKind.MARKED: lambda word: word.state is WordState.MARKED,
}
# What needs work comes first.
_STATES: Final = {
    WordState.UNREAD: 0, WordState.READ: 2, WordState.CORRECTED: 3, WordState.ACCEPTED: 4, WordState.MARKED: 5,
}  # fmt: skip


def _place(word: Word) -> tuple[float, float]:
    left, top, _, bottom = word.quad.bounds()
    return (top + bottom) / 2, left


def _confidence(word: Word) -> float:
    """The confidence of an unchecked word; what is unread comes before, what is checked last."""
    if word.checked:
        return math.inf
    sure = confidence_of(word)
    return -1.0 if sure is None else sure


_KEYS: Final[Mapping[WordSort, Callable[[Word], Any]]] = {
    WordSort.PLACE: _place,
    WordSort.TEXT: lambda word: (not word.text, make_natural_key(word.text)),
    WordSort.CONFIDENCE: _confidence,
    WordSort.STATE: lambda word: 1 if needs_check(word) else _STATES[word.state],
}


def list_words(
    words: Iterable[Word], chosen: WordFilter, sort: WordSort = WordSort.READING, *, descending: bool = False
) -> list[str]:
    """Return the ids of the words to list; those that are alike stay in reading order.

    Args:
        words: The words of a page in reading order.
        chosen: Which of them are listed.
        sort: What they are sorted by.
        descending: Whether the order is reversed.
    """
    listed = [word for word in words if chosen.matches(word)] if chosen else list(words)
    key = _KEYS.get(sort)
    if key is not None:
        listed.sort(key=key, reverse=descending)
    elif descending:
        listed.reverse()
    return [word.id for word in listed]


def find_neighbour(listed: Sequence[str], order: Sequence[str], current: str | None, step: int) -> str | None:
    """Return the word to go to from the current one in a list that may lack it.

    Args:
        listed: Ids of the listed words, as they are shown.
        order: Ids of all words in reading order.
        current: The id of the current word, if any.
        step: 1 for the next word, -1 for the one before.

    Returns:
        The word ``step`` rows further, None past either end. If the current word is not listed, the next listed one in
        reading order, or the one before.
    """
    if current in listed:
        place = listed.index(current) + step
        return listed[place] if 0 <= place < len(listed) else None
    if current not in order:
        return (listed[0] if step > 0 else listed[-1]) if listed else None
    place, known = order.index(current), set(listed)
    ahead = order[place + 1 :] if step > 0 else order[:place][::-1]
    return next((word_id for word_id in ahead if word_id in known), None)
