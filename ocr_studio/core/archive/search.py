"""Finds words in an archive, tolerant as the search of a project.

The texts of all parts are looked through column by column, each different text once; only the photos on which all words
of the query may be are read with their words, and searched as an open photo is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.archive import rows, storage
from ocr_studio.core.archive.folder import ArchiveFolder, DamagedPart
from ocr_studio.core.archive.rows import ArchiveWord
from ocr_studio.core.files.json_schema import BadValue
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.search import folding, matching
from ocr_studio.core.search.matching import Hit, SearchTerm
from ocr_studio.core.search.page_search import PageSearch
from ocr_studio.core.search.vocabulary import Vocabulary

_TEXT: Final = "words.list.element.text"
_CHOICE: Final = "words.list.element.alternatives.list.element.text"
# Of so many photos, those whose words fit best, the words are read.
_LEAST_PHOTOS: Final = 150
# Texts that are compared at once, each different one of them once.
_AT_ONCE: Final = 1_000_000

_Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """A photo on which all words of a query may be. score: negative, so that the best come first."""

    score: float
    part: str
    row: int


@dataclass(frozen=True, slots=True)
class ArchiveScan:
    """Progress: so many of all parts were looked through."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PartSkipped:
    """A part is damaged; the others are searched."""

    error: DamagedPart


@dataclass(frozen=True, slots=True)
class ArchiveHits:
    """What was found, best first. Images of hits are the paths of the photos, page ids their content ids."""

    hits: tuple[Hit, ...]


def search_archive(folder: ArchiveFolder, query: str, limit: int) -> Iterator[ArchiveScan | PartSkipped | ArchiveHits]:
    """Find a query; see ``matching`` for what is found, best first.

    Args:
        folder: The archive.
        query: The words to find.
        limit: Maximum number of hits.

    Raises:
        StudioError: The archive can't be read.
    """
    folder.check()
    search = _Search(matching.parse_query(query), max(_LEAST_PHOTOS, limit))
    parts = folder.parts()
    hits: list[Hit] = []
    # Alternatives come behind all words, and there are five times as many texts of them.
    for choices in (False, True):
        columns = [_TEXT, _CHOICE] if choices else [_TEXT]
        damaged: dict[str, DamagedPart] = {}
        for done, name in enumerate(parts, start=1):
            try:
                search.add(name, folder.read_columns(name, columns))
            except DamagedPart as error:
                damaged[name] = error
            yield ArchiveScan(done + choices * len(parts), (1 + choices) * len(parts))
        hits = _find_on_photos(folder, search.finish(), query, search.matching_texts, damaged.__setitem__)
        yield from map(PartSkipped, damaged.values())
        parts = [name for name in parts if name not in damaged]
        if len(hits) >= limit:
            break
    yield ArchiveHits(tuple(hits[:limit]))


class _Search:
    """Collects the texts of parts, and compares them with a query as soon as there are enough."""

    def __init__(self, terms: Sequence[SearchTerm], most: int) -> None:
        """most: number of photos to choose."""
        self._terms, self._most = terms, most
        self._best: list[_Candidate] = []
        self._texts = set[str]()
        self._clear()

    @property
    def matching_texts(self) -> set[str] | None:
        """The texts that match the only word of the query; None if it has several."""
        return self._texts if len(self._terms) == 1 else None

    def add(self, name: str, table: Any) -> None:
        """Take the texts of a part. table: its rows, with the texts of their words, and perhaps the alternatives."""
        from pyarrow import compute

        words = table.column("words").combine_chunks()
        row_of, each = _number_parents(words) + self._rows, compute.list_flatten(words)
        self._words.append((row_of, each.field("text")))
        self._count += len(each)
        if "alternatives" in [field.name for field in each.type]:
            others = each.field("alternatives")
            texts = compute.list_flatten(others).field("text")
            self._choices.append((row_of[_number_parents(others)], texts))
            self._count += len(texts)
        self._parts.append(name)
        self._firsts.append(self._rows)
        self._rows += len(table)
        if self._count >= _AT_ONCE:
            self._compare()

    def finish(self) -> list[_Candidate]:
        """Return the photos on which the query may be, best first, and begin again."""
        self._compare()
        best, self._best = sorted(self._best), []
        return best

    def _clear(self) -> None:
        self._parts, self._firsts = list[str](), list[int]()  # names of the parts, numbers of their first rows
        self._rows = self._count = 0
        # The numbers of the rows, and the texts.
        self._words, self._choices = list[tuple[_Integers, Any]](), list[tuple[_Integers, Any]]()

    def _compare(self) -> None:
        import pyarrow as pa

        found = [*self._words, *self._choices]
        if self._terms and found:
            encoded = pa.concat_arrays([texts for _, texts in found]).fill_null("").dictionary_encode()
            known = encoded.dictionary.to_pylist()
            numbers = encoded.indices.to_numpy(zero_copy_only=False)
            self._choose(known, numbers, np.concatenate([row_of for row_of, _ in found]))
        self._clear()

    def _choose(self, known: Sequence[str], numbers: _Integers, row_of: _Integers) -> None:
        """Choose among the rows on which each term may be, by the sums of their best scores.

        Args:
            known: The different texts.
            numbers: For each text, words first, which of them it is.
            row_of: Its row.
        """
        words = sum(len(texts) for _, texts in self._words)
        vocabulary = Vocabulary()
        vocabulary.add("\n".join(map(_fold, known)), len(known) - 1)
        vocabulary.count(numbers[:words])
        total, everywhere = np.zeros(self._rows), np.ones(self._rows, np.bool_)
        for term in self._terms:
            best = np.zeros(self._rows)
            counts, choice = matching.score_texts(vocabulary, term)
            for fits, some in ((counts, slice(words)), (matching.CHOICE * choice, slice(words, None))):
                scores = fits[numbers[some]]
                places = np.flatnonzero(scores)
                np.maximum.at(best, row_of[some][places], scores[places])
            everywhere &= best > 0
            total += best
            self._texts.update(known[number] for number in np.flatnonzero(np.maximum(counts, choice)).tolist())
        chosen = np.flatnonzero(everywhere)
        chosen = chosen[np.argsort(-total[chosen], kind="stable")[: self._most]]
        parts = np.searchsorted(self._firsts, chosen, side="right") - 1
        candidates = [
            _Candidate(-float(total[row]), self._parts[part], row - self._firsts[part])
            for row, part in zip(chosen.tolist(), parts.tolist(), strict=True)
        ]
        self._best = heapq.nsmallest(self._most, [*self._best, *candidates])


def _number_parents(lists: Any) -> _Integers:
    """For each element of the lists of an array, the number of its list."""
    from pyarrow import compute

    return np.asarray(compute.list_parent_indices(lists).to_numpy(zero_copy_only=False), np.int64)


def _fold(text: str) -> str:
    """The tokens of a text, as the index of a project has them."""
    # Most texts, for which the rest takes ten times as long: a word of letters, at most its first a capital.
    if text.isascii() and text.isalpha() and len(text) <= LONGEST and (text[1:].islower() or len(text) == 1):
        return text.lower()
    return " ".join(folding.tokenize(one_line(text)[:LONGEST]))


def _find_on_photos(
    folder: ArchiveFolder,
    best: Sequence[_Candidate],
    query: str,
    texts: set[str] | None,
    complain: Callable[[str, DamagedPart], None],
) -> list[Hit]:
    """Search the words of photos, each path once.

    Args:
        folder: The archive.
        best: Where the photos are.
        query: The words to find.
        texts: If known, all texts that can be found.
        complain: Called with the name of a part that is damaged; the others are searched.
    """
    by_part: dict[str, list[int]] = {}
    for candidate in best:
        by_part.setdefault(candidate.part, []).append(candidate.row)
    found: list[Hit] = []
    seen: set[str] = set()
    for name, places in by_part.items():
        try:
            photos = rows.convert_rows(folder.read_columns(name, None).take(sorted(places)).to_pylist())
        except BadValue as error:
            complain(name, DamagedPart(error, file=storage.join(folder.address, name)))
            continue
        except DamagedPart as error:
            complain(name, error)
            continue
        for photo in photos:
            if photo.path not in seen:
                seen.add(photo.path)
                some = tuple(word for word in photo.words if texts is None or _matches(word, texts))
                page = rows.make_page(replace(photo, words=some), image=photo.path)
                found += [replace(hit, image=photo.path) for hit in PageSearch(page).find(query)]
    return sorted(found, key=lambda hit: (-hit.score, hit.image))


def _matches(word: ArchiveWord, texts: set[str]) -> bool:
    return word.text in texts or any(other.text in texts for other in word.alternatives)
