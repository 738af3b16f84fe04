"""Queries to the index, answered with texts and places instead of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.page import Mark, Quad
from ocr_studio.core.search import confusable, folding, matching, misreadings, multi_word
from ocr_studio.core.search.index_arrays import IndexArrays
from ocr_studio.core.search.index_database import IndexDamaged
from ocr_studio.core.search.index_file import CHECKED, HUMAN, IGNORED, UNREADABLE
from ocr_studio.core.search.matching import FoundWord, Hit, MatchedSide
from ocr_studio.core.search.multi_word import PageWords, QueryPart

Places = NDArray[np.intp]
WordPlaces: TypeAlias = tuple[tuple[str, ...], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class IndexedWord:
    """A word of a photo.

    Attributes:
        text: The text that counts.
        confidence: The recognizer's confidence; None if unknown.
        model: The model that read it.
        read: The recognized text.
        quad: Pixels of the upright photo.
    """

    page_id: str
    word_id: str
    text: str
    confidence: float | None
    checked: bool
    mark: Mark | None
    model: str | None
    read: str
    image: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best hits, with the total number of hits and photos; for several words these are upper bounds."""

    hits: list[Hit]
    total: int
    photos: int


class WordSource(Protocol):
    """A source of texts and places of words."""

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the texts with these numbers."""

    def texts_with(self, part: str) -> list[int]:
        """Return the numbers of the texts that contain a folded part."""

    def places(self, numbers: Iterable[int]) -> dict[int, WordPlaces]:
        """Return the word ids and quads, (N, 4, 2), of existing pages."""


class IndexQuery:
    """Answers queries on one state of the index."""

    def __init__(self, file: WordSource, arrays: IndexArrays) -> None:
        self._file, self._arrays = file, arrays
        self._seen: dict[int, WordPlaces] = {}

    def find(
        self, query: str, limit: int, *, typing: bool, page_id: str | None, without: Collection[int] = ()
    ) -> SearchResult:
        """See ``Index.find``. without: numbers of pages that are not searched."""
        terms = matching.parse_query(query, typing=typing)
        page = None if page_id is None else self._arrays.number_of(page_id)
        if not terms or limit < 1 or (page_id is not None and page is None):
            return SearchResult([], 0, 0)
        found = [self._leave_out(without, matching.find_rows(self._arrays, term, page=page)) for term in terms]
        if len(terms) > 1:
            parts, photos = multi_word.find_places(self._arrays, terms, found, self._page_words, limit=limit)
            if len(parts) < limit:
                photos = self._photos(np.array([part.entries[0] for part in parts], np.intp))
            return SearchResult(self._hits(parts), len(parts), photos)
        best = matching.rank_rows(self._arrays, found[0], limit)
        return SearchResult(
            self._hits(multi_word.make_single_parts(best)), len(found[0].entries), self._photos(found[0].entries)
        )

    def _leave_out(self, pages: Collection[int], found: matching.TermMatches) -> matching.TermMatches:
        if not pages:
            return found
        return found.on(np.flatnonzero(~np.isin(self._arrays.entries.all["page"][found.entries], list(pages))))

    def pages_with(self, text: str) -> frozenset[str]:
        """See ``Index.pages_with``."""
        if (terms := matching.parse_query(text)) and len({term.phrase for term in terms}) == 1 and terms[0].phrase:
            return self._pages_with_phrase(terms)
        entries = self._arrays.entries.all
        found = set(self._arrays.pages)
        for part in folding.fold_text(text).split():
            fits = np.zeros(self._arrays.vocabulary.last + 1, np.bool_)
            numbers = self._file.texts_with(part)
            if numbers and numbers[-1] > self._arrays.vocabulary.last:
                raise IndexDamaged("there are texts that nobody has put there")
            fits[numbers] = True
            found &= set(np.unique(entries["page"][fits[entries["text"]]]).tolist())
        return frozenset(self._arrays.pages[number] for number in found)

    def _pages_with_phrase(self, terms: Sequence[matching.SearchTerm]) -> frozenset[str]:
        """Return the ids of the pages on which these whole words follow each other."""
        found = [matching.find_rows(self._arrays, term, choices=False) for term in terms]
        pages = multi_word.find_phrase_pages(self._arrays, terms, found, self._page_words)
        return frozenset(self._arrays.pages[number] for number in pages)

    def read_alike(self, misread: str, right: str, limit: int) -> list[str]:
        """See ``Index.read_alike``."""
        entries, choices = self._arrays.entries.all, self._arrays.choices.all
        wanted, other = folding.fold_word(right), folding.fold_word(misread)
        own = self._arrays.vocabulary.near(wanted, most=_allowed_cost(wanted), rest=0.0)[0]
        near = np.minimum(own, self._arrays.vocabulary.near(other, most=_allowed_cost(other), rest=0.0)[0])
        held = choices[self._arrays.choices.of(own == 0)]
        sure = np.zeros(len(entries), np.float32)
        np.maximum.at(sure, held["word"], held["confidence"] / np.float32(255))
        asked = sure > 0
        asked[self._arrays.entries.of(np.isfinite(near))] = True
        places = np.flatnonzero(asked)
        places = places[(entries["flags"][places] & CHECKED == 0) & ~self._are(entries["text"][places], own, right)]
        # As ``misreadings``, roughly: that looks at the rest of what was held possible, too.
        slips = np.minimum(near[entries["text"][places]], misreadings.MOST)
        doubt = np.nan_to_num(entries["confidence"][places], nan=0.5) + misreadings.POSSIBLE
        odds = -misreadings.SLIP * slips + 1.5 * np.log((sure[places] + misreadings.POSSIBLE) / doubt)
        pages, of_page = np.unique(entries["page"][places], return_inverse=True)
        best = np.full(len(pages), -np.inf, odds.dtype)
        np.maximum.at(best, of_page, odds)
        return [self._arrays.pages[number] for number in pages[np.argsort(-best, kind="stable")[:limit]].tolist()]

    def _are(self, numbers: NDArray[np.int32], near: NDArray[np.float32], text: str) -> NDArray[np.bool_]:
        """Find which texts equal this one. near: distance of each text from it."""
        likely = [number for number in np.unique(numbers).tolist() if near[number] == 0]
        same = [number for number, found in self._file.texts(likely).items() if found == text]
        return np.isin(numbers, same)

    def written(self) -> Counter[str]:
        """See ``Index.written``."""
        entries = self._arrays.entries.all
        human = (entries["page"] >= 0) & ((entries["flags"] & (HUMAN | UNREADABLE | IGNORED)) == HUMAN)
        numbers, counts = np.unique(entries["text"][human], return_counts=True)
        texts = self._file.texts(numbers.tolist())
        return Counter({texts[number]: count for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)})

    def words(self, unchecked_only: bool, limit: int | None, *, without: Collection[int] = ()) -> list[IndexedWord]:
        """See ``Index.words``. without: numbers of pages that are left out."""
        entries = self._arrays.entries.all
        places = np.flatnonzero((entries["page"] >= 0) & ~np.isin(entries["page"], list(without)))
        if unchecked_only:
            places = places[(entries["flags"][places] & CHECKED) == 0]
        sure = np.nan_to_num(entries["confidence"][places], nan=-1.0)
        if limit is not None and len(places) > 4 * limit:
            kept = sure <= np.partition(sure, limit)[limit]
            places, sure = places[kept], sure[kept]
        rank, where = self._page_ranks()[entries["page"][places]], entries["place"][places]
        return self._word_rows(places[np.lexsort((where, rank, sure))][:limit])

    def _page_ranks(self) -> NDArray[np.int64]:
        """Rank pages by the names of their photos."""
        images_of = self._arrays.images
        ranks = np.zeros(max(images_of, default=0) + 1, np.int64)
        for rank, number in enumerate(sorted(images_of, key=lambda each: (make_natural_key(images_of[each]), each))):
            ranks[number] = rank
        return ranks

    def _word_rows(self, places: Places) -> list[IndexedWord]:
        entries = self._arrays.entries.all[places]
        names = ("text", "read", "model")
        texts = self._file.texts(number for name in names for number in entries[name].tolist())
        found: list[IndexedWord] = []
        self._places(entries["page"].tolist())
        for entry in entries:
            ids, quads = self._place(int(entry["page"]), int(entry["place"]))
            number, flags = int(entry["page"]), int(entry["flags"])
            text, read, model = (texts[int(entry[name])] for name in names)
            sure = None if np.isnan(entry["confidence"]) else float(entry["confidence"])
            found.append(
                IndexedWord(
                    self._arrays.pages[number],
                    ids,
                    text,
                    sure,
                    bool(flags & CHECKED),
                    _parse_mark(flags),
                    model or None,
                    read,
                    self._arrays.images[number],
                    quads,
                )
            )
        return found

    def _place(self, number: int, place: int) -> tuple[str, Quad]:
        ids, quads = self._places([number])[number]
        if place >= len(ids):
            raise IndexDamaged("a word has no place")
        return ids[place], _make_quad(quads[place])

    def _places(self, numbers: Iterable[int]) -> dict[int, WordPlaces]:
        """Return the places on these pages, and on those asked for before."""
        if new := [number for number in dict.fromkeys(numbers) if number not in self._seen]:
            found = self._file.places(new)
            self._seen.update((number, found.get(number, _NONE)) for number in new)
        return self._seen

    def _hits(self, parts: Sequence[QueryPart]) -> list[Hit]:
        entries, choices = self._arrays.entries.all, self._arrays.choices.all
        self._places(entries["page"][[part.entries[0] for part in parts]].tolist())
        wanted = {int(entries["text"][entry]) for part in parts for entry in part.entries}
        wanted |= {int(choices["text"][choice]) for part in parts for choice in part.choices if choice >= 0}
        texts = self._file.texts(wanted)
        return [self._hit(part, texts) for part in parts]

    def _hit(self, part: QueryPart, texts: Mapping[int, str]) -> Hit:
        words: list[FoundWord] = []
        number = int(self._arrays.entries.all["page"][part.entries[0]])
        for at, choice in dict(zip(part.entries, part.choices, strict=True)).items():
            entry = self._arrays.entries.all[at]
            word_id, quad = self._place(number, int(entry["place"]))
            text = texts[int(entry["text"])]
            side = MatchedSide.HUMAN if int(entry["flags"]) & HUMAN else MatchedSide.MACHINE
            matched, rank = text, 1
            if choice >= 0:
                other = self._arrays.choices.all[choice]
                matched, rank, side = texts[int(other["text"])], int(other["rank"]) + 1, MatchedSide.CHOICE
            words.append(FoundWord(word_id, quad, text, matched, side, rank, round(part.score, 4)))
        return Hit(self._arrays.pages[number], self._arrays.images[number], tuple(words), round(part.score, 4))

    def _photos(self, entries: Places) -> int:
        """Count the photos."""
        return int(np.count_nonzero(np.bincount(self._arrays.entries.all["page"][entries])))

    def _page_words(self, numbers: Sequence[int]) -> Iterator[PageWords]:
        places = self._places(numbers)
        return (self._words_of(number, places[number][1]) for number in numbers)

    def _words_of(self, number: int, quads: NDArray[np.float32]) -> PageWords:
        first, end = self._arrays.span(number)
        if len(quads) != end - first:
            raise IndexDamaged("a word has no place")
        numbers = self._arrays.entries.all["text"][first:end].tolist()

        @lru_cache(maxsize=1)
        def texts() -> dict[int, str]:
            return self._file.texts(numbers)

        return PageWords(first, quads, lambda entry: multi_word.split_words(texts()[numbers[entry - first]]))


_NONE: Final[WordPlaces] = ((), np.empty((0, 4, 2), np.float32))


def _allowed_cost(wanted: str) -> float:
    """Limit the cost between two misreadings of a word: as for a query, but at least one stroke and at most two."""
    return min(max(confusable.STROKE, matching.allowed_cost(len(wanted))), 2 * confusable.STROKE)


def _parse_mark(flags: int) -> Mark | None:
    return Mark.UNREADABLE if flags & UNREADABLE else Mark.IGNORED if flags & IGNORED else None


def _make_quad(corners: NDArray[np.float32]) -> Quad:
    # As ``Quad.from_array``, which takes ten times as long for a single one.
    a, b, c, d = ((round(x, 2), round(y, 2)) for x, y in corners.tolist())
    return Quad((a, b, c, d))
