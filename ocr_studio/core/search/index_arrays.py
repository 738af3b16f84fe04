"""The words of all pages in memory, packed for searching: 1.5 million words take about 100 MB.

They follow the index's file: each look takes over what has changed there since the last one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.search.index_database import Database, IndexDamaged
from ocr_studio.core.search.index_file import CHOICE, ENTRY, IndexFile, PageChange
from ocr_studio.core.search.vocabulary import Vocabulary

Array = NDArray[Any]

_GONE: Final = -1
# When more than this share of the rows is of pages that have changed since, all are read anew.
_WASTE: Final = 0.5
_SMALL: Final = 10_000
# When more than this share of the rows has come since they were put in order, they are put in order anew.
_NEW: Final = 0.05
# Of more than one in so many, looking through all is quicker than sorting.
_FEW: Final = 50

# As in the file, with the page's number, or -1 for a word that is no more, and the word's place among its page's; a
# choice's word is its place in the table of entries.
_ENTRY: Final = np.dtype([("page", "<i4"), ("place", "<i4"), *((name, ENTRY[name]) for name in ENTRY.names or ())])


@dataclass(slots=True)
class GrowingTable:
    """A table that grows at its end; rows whose text is 0 are deleted."""

    rows: Array
    length: int = 0
    # The first rows in the order of their texts, as they were then, and for each text where its own begin there.
    _order: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    _starts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))

    def add(self, rows: Array) -> None:
        """Append rows."""
        if (end := self.length + len(rows)) > len(self.rows):
            wider = np.empty(max(end, 2 * len(self.rows)), self.rows.dtype)
            wider[: self.length] = self.rows[: self.length]
            self.rows = wider
        self.rows[self.length : end] = rows
        self.length = end

    def of(self, fits: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return the places of the rows whose text matches, in order.

        Args:
            fits: For each text, by its number, whether it matches; never text 0.
        """
        known = len(self._order)
        if self.length - known > max(_SMALL, _NEW * known):
            self._sort()
            known = self.length
        texts = np.flatnonzero(fits[: len(self._starts) - 1])
        first, end = self._starts[texts], self._starts[texts + 1]
        lengths = end - first
        before = np.cumsum(lengths) - lengths
        found = self._order[np.repeat(first - before, lengths) + np.arange(lengths.sum())]
        # Since then rows may have gone, and others have come at the end.
        old = _sort_places(found[self.rows["text"][found] > 0], known)
        new = np.flatnonzero(fits[self.rows["text"][known : self.length]]) + known
        return np.concatenate([old, new])

    def clear(self) -> None:
        """Remove all rows."""
        self.length = 0
        self._order, self._starts = self._order[:0], np.zeros(1, np.int64)

    def _sort(self) -> None:
        texts = self.all["text"]
        self._order = np.argsort(texts, kind="stable").astype(np.int32)
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(texts))])

    @property
    def all(self) -> Array:
        """The rows in use."""
        return self.rows[: self.length]


@dataclass(slots=True)
class IndexArrays:
    """The packed words; belongs to one thread at a time.

    Attributes:
        entries: A row for each word.
        choices: A row for each alternative of an unchecked word.
    """

    entries: GrowingTable = field(default_factory=lambda: GrowingTable(np.empty(1024, _ENTRY)))
    choices: GrowingTable = field(default_factory=lambda: GrowingTable(np.empty(1024, CHOICE)))
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    pages: dict[int, str] = field(default_factory=dict)  # number -> id
    images: dict[int, str] = field(default_factory=dict)
    _spans: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _seq: int = 0
    _wasted: int = 0

    def follow(self, file: IndexFile) -> None:
        """Load what has changed in the file. Raises IndexDamaged and sqlite3.Error."""
        with file.reading() as database:
            database.execute("BEGIN")
            try:
                self._follow(file, database)
            finally:
                database.execute("ROLLBACK")

    def number_of(self, page_id: str) -> int | None:
        """Return the number of a page."""
        return self._numbers.get(page_id)

    def span(self, number: int) -> tuple[int, int]:
        """Return where the entries of a page begin and end."""
        found = self._spans.get(number)
        return (found[0], found[1]) if found else (0, 0)

    def _follow(self, file: IndexFile, database: Database) -> None:
        if self._wasted > max(_SMALL, _WASTE * self.entries.length):
            self._start_anew()
        last, lines = file.folded(database, self.vocabulary.last)
        self.vocabulary.add(lines, last)
        for change in file.changes(database, self._seq):
            self._seq = change.seq
            self.take(change)

    def _start_anew(self) -> None:
        for table in (self.entries, self.choices):
            table.clear()
        for each in (self.pages, self.images, self._spans, self._numbers):
            each.clear()
        self._seq = self._wasted = 0

    def take(self, change: PageChange) -> None:
        """Apply a change. Its texts must be in the vocabulary. Raises IndexDamaged."""
        if span := self._spans.pop(change.number, None):
            first, end, first_choice, end_choice = span
            self.entries.rows["page"][first:end] = _GONE
            self.entries.rows["text"][first:end] = 0
            self.entries.rows["read"][first:end] = 0
            self.choices.rows["text"][first_choice:end_choice] = 0
            self._wasted += end - first
        if change.page is None:
            if (page_id := self.pages.pop(change.number, None)) is not None:
                del self.images[change.number], self._numbers[page_id]
            return
        page_id, number = change.page.page_id, change.number
        if self.pages.get(number, page_id) != page_id or self._numbers.get(page_id, number) != number:
            raise IndexDamaged("two pages are one")
        self.pages[number], self.images[number], self._numbers[page_id] = page_id, change.page.image, number
        _check_change(change, self.vocabulary.last)
        first, first_choice = self.entries.length, self.choices.length
        rows = np.empty(len(change.entries), _ENTRY)
        rows["page"], rows["place"] = change.number, np.arange(len(rows))
        for name in ENTRY.names or ():
            rows[name] = change.entries[name]
        for name in ("text", "read"):
            self.vocabulary.count(change.entries[name])
        self.entries.add(rows)
        choices = change.choices.copy()
        choices["word"] += np.uint32(first)
        self.choices.add(choices)
        self._spans[change.number] = first, self.entries.length, first_choice, self.choices.length


def _sort_places(places: NDArray[np.int32], end: int) -> NDArray[np.intp]:
    """Sort places, without duplicates and those past the end."""
    if len(places) * _FEW < end:
        return np.sort(places).astype(np.intp)
    there = np.zeros(end, np.bool_)
    there[places] = True
    return np.flatnonzero(there)


def _check_change(change: PageChange, last: int) -> None:
    numbers = [change.entries[name] for name in ("text", "read", "model")] + [change.choices["text"]]
    if any(((each < 0) | (each > last)).any() for each in numbers):
        raise IndexDamaged("a page has texts that are missing")
    if (change.choices["word"] >= len(change.entries)).any():
        raise IndexDamaged("a reading belongs to no word")
