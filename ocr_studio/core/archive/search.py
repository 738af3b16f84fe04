"""Finds words in an archive, tolerant as the search of a project.

The texts of all parts are looked through column by column, each different text once; only the photos on which all words
of the query may be are read with their words, and searched as an open photo is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.archive import rows
from ocr_studio.core.archive.folder import ArchiveError, ArchiveFolder
from ocr_studio.core.files.json_schema import BadValue
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.search import folding, matching
from ocr_studio.core.search.matching import Hit, SearchTerm
from ocr_studio.core.search.page_search import PageSearch
from ocr_studio.core.search.vocabulary import Vocabulary
from ocr_studio.core.translation import tr

_TEXT: Final = "words.list.element.text"
_CHOICE: Final = "words.list.element.alternatives.list.element.text"
# Of so many photos, those whose words fit best, the words are read.
_LEAST_PHOTOS: Final = 150
# Different texts that are compared at once.
_AT_ONCE: Final = 200_000

_Scores = NDArray[np.float32]


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
class ArchiveHits:
    """What was found, best first. Images of hits are the paths of the photos, page ids their content ids."""

    hits: tuple[Hit, ...]


def search_archive(folder: ArchiveFolder, query: str, limit: int) -> Iterator[ArchiveScan | ArchiveHits]:
    """Find a query; see ``matching`` for what is found, best first.

    Args:
        folder: The archive.
        query: The words to find.
        limit: Maximum number of hits.

    Raises:
        StudioError: The archive can't be read.
    """
    folder.check()
    terms, parts = matching.parse_query(query), folder.parts()
    most = max(_LEAST_PHOTOS, limit)
    hits: list[Hit] = []
    # Alternatives come behind all words, and there are five times as many texts of them.
    for choices in (False, True):
        best: list[_Candidate] = []
        for done, (name, found) in enumerate(_scan(folder, parts, terms, choices=choices), start=1):
            best = heapq.nsmallest(most, [*best, *(_Candidate(-score, name, row) for row, score in found)])
            yield ArchiveScan(done + choices * len(parts), (1 + choices) * len(parts))
        hits = _find_on_photos(folder, sorted(best), query)
        if len(hits) >= limit:
            break
    yield ArchiveHits(tuple(hits[:limit]))


def _scan(
    folder: ArchiveFolder, parts: Sequence[str], terms: Sequence[SearchTerm], *, choices: bool
) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    """The rows of each part on which all terms may be, with their scores. Parts are compared together."""
    waiting: list[tuple[str, list[_Texts]]] = []
    numbers: dict[str, int] = {}
    for name in parts:
        table = folder.read_columns(name, [_TEXT, _CHOICE] if choices else [_TEXT])
        waiting.append((name, _read_texts(table, numbers, choices=choices)))
        if len(numbers) >= _AT_ONCE:
            yield from _compare(waiting, numbers, terms)
            waiting, numbers = [], {}
    yield from _compare(waiting, numbers, terms)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts of a part.

    Attributes:
        rows: Of each, the number of its row.
        numbers: Which text it is.
        choice: They are alternatives.
    """

    rows: NDArray[np.int64]
    numbers: NDArray[np.int64]
    choice: bool


def _read_texts(table: Any, numbers: dict[str, int], *, choices: bool) -> list[_Texts]:
    """Number the texts of a part; the same text has the same number in all parts."""
    import pyarrow as pa
    from pyarrow import compute

    words = table.column("words").combine_chunks()
    words = words.chunk(0) if isinstance(words, pa.ChunkedArray) else words
    row_of = compute.list_parent_indices(words).to_numpy(zero_copy_only=False).astype(np.int64)
    each = compute.list_flatten(words)
    found = [_Texts(row_of, _number(each.field("text"), numbers), choice=False)]
    if choices:
        others = each.field("alternatives")
        word_of = compute.list_parent_indices(others).to_numpy(zero_copy_only=False).astype(np.int64)
        texts = compute.list_flatten(others).field("text")
        found.append(_Texts(row_of[word_of], _number(texts, numbers), choice=True))
    return found


def _number(texts: Any, numbers: dict[str, int]) -> NDArray[np.int64]:
    encoded = texts.dictionary_encode()
    known = [numbers.setdefault(text or "", len(numbers)) for text in encoded.dictionary.to_pylist()]
    places = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
    return np.asarray(known or [0], np.int64)[places] if len(places) else np.empty(0, np.int64)


def _compare(
    waiting: Sequence[tuple[str, list[_Texts]]], numbers: dict[str, int], terms: Sequence[SearchTerm]
) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    vocabulary = Vocabulary()
    folded = "\n".join(map(_fold, numbers))
    vocabulary.add(folded, len(numbers) - 1)
    for _, texts in waiting:
        for each in texts:
            if not each.choice:
                vocabulary.count(each.numbers)
    scores = [matching.score_texts(vocabulary, term) for term in terms] if numbers else []
    for name, texts in waiting:
        yield name, _score_rows(texts, scores)


def _fold(text: str) -> str:
    """The tokens of a text, as the index of a project has them."""
    # Most texts, for which the rest takes ten times as long: a word of letters, at most its first a capital.
    if text.isascii() and text.isalpha() and len(text) <= LONGEST and (text[1:].islower() or len(text) == 1):
        return text.lower()
    return " ".join(folding.tokenize(one_line(text)[:LONGEST]))


def _score_rows(texts: Sequence[_Texts], scores: Sequence[tuple[_Scores, _Scores]]) -> list[tuple[int, float]]:
    """The rows on which each term may be, with the sums of their best scores."""
    size = max((int(each.rows.max(initial=-1)) + 1 for each in texts), default=0)
    total, everywhere = np.zeros(size), np.ones(size, np.bool_)
    for counts, choice in scores:
        best = np.zeros(size)
        for each in texts:
            fits = matching.CHOICE * choice if each.choice else counts
            np.maximum.at(best, each.rows, fits[each.numbers])
        everywhere &= best > 0
        total += best
    return [(row, float(total[row])) for row in np.flatnonzero(everywhere).tolist()] if scores else []


def _find_on_photos(folder: ArchiveFolder, best: Sequence[_Candidate], query: str) -> list[Hit]:
    """Search the words of photos, each path once."""
    by_part: dict[str, list[int]] = {}
    for candidate in best:
        by_part.setdefault(candidate.part, []).append(candidate.row)
    found: list[Hit] = []
    seen: set[str] = set()
    for name, places in by_part.items():
        table = folder.read_columns(name, None)
        try:
            photos = rows.convert_rows(table.take(sorted(places)).to_pylist())
        except BadValue as error:
            raise ArchiveError(tr("it can’t be read: {reason}", reason=error), file=name) from error
        for photo in photos:
            if photo.path not in seen:
                seen.add(photo.path)
                page = rows.make_page(photo, image=photo.path)
                found += [replace(hit, image=photo.path) for hit in PageSearch(page).find(query)]
    return sorted(found, key=lambda hit: (-hit.score, hit.image))
