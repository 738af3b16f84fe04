"""Queries of several words: which of the matches on one photo belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.search import folding
from ocr_studio.core.search.index_arrays import IndexArrays
from ocr_studio.core.search.matching import SearchTerm, TermMatches

Quads = NDArray[np.float32]

# Words this many heights apart count half as near as neighbours; no nearness takes more than so much of the score.
_FAR: Final = 10.0
_APART: Final = 0.4
# On one photo so many of the rarest word's places are looked at; somebody who looks for "the board" wants the photo.
_MOST_ANCHORS: Final = 40
# Of so many photos, those whose words fit best, it is looked at how near the words stand.
_MOST_PHOTOS: Final = 150
# How far the next word of a line may be, in heights: overlapping by a letter, or after a wide space; and how far off
# the line.
_OVERLAP, _SPACE, _ASIDE = 0.5, 2.5, 0.6


@dataclass(frozen=True, slots=True)
class QueryPart:
    """The matches of a word, or of a quoted phrase: entries, their choices or -1, and score."""

    entries: tuple[int, ...]
    choices: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a photo.

    Attributes:
        first: Place of its first word in the index's table.
        quads: (N, 4, 2)
        words: The folded words of each text.
    """

    first: int
    quads: Quads
    words: Callable[[int], tuple[str, ...]]


def find_places(
    arrays: IndexArrays,
    terms: Sequence[SearchTerm],
    found: Sequence[TermMatches],
    on_pages: Callable[[Sequence[int]], Iterable[PageWords]],
    *,
    limit: int,
) -> tuple[list[QueryPart], int]:
    """Find the places that match all terms, best first, and on how many photos each term occurs.

    Args:
        arrays: The words of the index.
        terms: The words of the query.
        found: The matches of each term.
        on_pages: The words of photos by their numbers.
        limit: The most places.
    """
    pages = _common_pages(arrays, found)
    looked_at = pages[:_MOST_PHOTOS]
    numbers = looked_at.tolist()
    by_page = zip(*(_group_by_page(arrays, rows, looked_at) for rows in found), strict=True)
    parts: list[tuple[QueryPart, int]] = []
    for number, here, own in zip(numbers, by_page, on_pages(numbers), strict=True):
        parts += [(part, number) for part in _find_on_page(terms, here, own)]
    parts.sort(key=lambda pair: (-pair[0].score, pair[1], pair[0].entries))
    return [part for part, _ in parts[:limit]], len(pages)


def find_phrase_pages(
    arrays: IndexArrays,
    terms: Sequence[SearchTerm],
    found: Sequence[TermMatches],
    on_pages: Callable[[Sequence[int]], Iterable[PageWords]],
) -> Iterator[int]:
    """Find all photos on which the words of a quoted phrase follow each other; see ``find_places``."""
    pages = _common_pages(arrays, found)
    for first in range(0, len(pages), _MOST_PHOTOS):
        some = pages[first : first + _MOST_PHOTOS]
        numbers = some.tolist()
        starts = _group_by_page(arrays, found[0], some)
        for number, here, own in zip(numbers, starts, on_pages(numbers), strict=True):
            if len(terms) == 1 or next(_find_phrases(terms, here, own), None) is not None:
                yield number


def _group_by_page(arrays: IndexArrays, rows: TermMatches, numbers: NDArray[np.intp]) -> list[TermMatches]:
    """Group the matches of a term by photo."""
    pages = arrays.entries.all["page"][rows.entries]
    wanted = np.zeros(max(arrays.pages, default=0) + 1, np.bool_)
    wanted[numbers] = True
    some = np.flatnonzero(wanted[pages])
    some = some[np.argsort(pages[some], kind="stable")]
    pages = pages[some]
    first, end = np.searchsorted(pages, numbers), np.searchsorted(pages, numbers, side="right")
    return [rows.on(some[start:stop]) for start, stop in zip(first.tolist(), end.tolist(), strict=True)]


def _common_pages(arrays: IndexArrays, found: Sequence[TermMatches]) -> NDArray[np.intp]:
    """Find the photos that match every term, best first."""
    size = max(arrays.pages, default=0) + 1
    total, everywhere = np.zeros(size), np.ones(size, np.bool_)
    for rows in found:
        best = np.zeros(size)
        np.maximum.at(best, arrays.entries.all["page"][rows.entries], rows.scores)
        everywhere &= best > 0
        total += best
    numbers = np.flatnonzero(everywhere)
    return numbers[np.argsort(-total[numbers], kind="stable")]


def _find_on_page(terms: Sequence[SearchTerm], here: Sequence[TermMatches], own: PageWords) -> list[QueryPart]:
    """Find the places on one photo, each anchored at a match of the rarest part."""
    parts: list[list[QueryPart]] = []
    for phrase, group in groupby(range(len(terms)), key=lambda index: terms[index].phrase or -index - 1):
        places = list(group)
        if phrase > 0 and len(places) > 1:
            parts.append(list(_find_phrases([terms[index] for index in places], here[places[0]], own)))
        else:
            parts += [make_single_parts(here[index]) for index in places]
    if not all(parts):
        return []
    rarest = min(range(len(parts)), key=lambda index: len(parts[index]))
    anchors = sorted(parts[rarest], key=lambda part: -part.score)[:_MOST_ANCHORS]
    return list(dict.fromkeys(_find_around(anchors, rarest, parts, own)))


def make_single_parts(rows: TermMatches) -> list[QueryPart]:
    """Make a part of each match of a term."""
    columns = rows.entries.tolist(), rows.choices.tolist(), rows.scores.tolist()
    return [QueryPart((entry,), (choice,), score) for entry, choice, score in zip(*columns, strict=True)]


def _find_around(
    anchors: Sequence[QueryPart], rarest: int, parts: Sequence[Sequence[QueryPart]], own: PageWords
) -> Iterator[QueryPart]:
    """Combine each anchor with the best near match of each other part."""
    every = range(len(anchors))
    chosen: list[Sequence[QueryPart]] = []
    nearness: list[NDArray[np.float64]] = []
    for index, some in enumerate(parts):
        if index == rarest:
            chosen.append(anchors)
            continue
        near = _score_nearness(anchors, some, own)
        best = np.argmax(np.array([part.score for part in some]) * (1 - _APART + _APART * near), axis=1)
        chosen.append([some[place] for place in best.tolist()])
        nearness.append(near[every, best])
    factors = [1.0] * len(anchors)
    if nearness:
        factors = (1 - _APART + _APART * np.mean(nearness, axis=0)).tolist()
    for together, factor in zip(zip(*chosen, strict=True), factors, strict=True):
        entries = tuple(entry for part in together for entry in part.entries)
        choices = tuple(choice for part in together for choice in part.choices)
        yield QueryPart(entries, choices, factor * sum(part.score for part in together) / len(together))


def _score_nearness(anchors: Sequence[QueryPart], some: Sequence[QueryPart], own: PageWords) -> NDArray[np.float64]:
    """Score distances, (anchors, some): 1 for neighbours, towards 0 further apart."""
    mine = [own.quads[[entry - own.first for entry in anchor.entries]].reshape(-1, 2) for anchor in anchors]
    height = np.maximum([np.linalg.norm(corners[3] - corners[0]) for corners in mine], 1.0)[:, None]
    low = np.array([corners.min(axis=0) for corners in mine])[:, None]
    high = np.array([corners.max(axis=0) for corners in mine])[:, None]
    begin = own.quads[[part.entries[0] - own.first for part in some], 0]
    end = own.quads[[part.entries[-1] - own.first for part in some], 2]
    apart = np.maximum(np.maximum(np.minimum(begin, end) - high, low - np.maximum(begin, end)), 0)
    gaps = np.linalg.norm(apart, axis=2) / height
    return np.asarray(1 / (1 + np.maximum(gaps - 1, 0) / _FAR), np.float64)


def _find_phrases(terms: Sequence[SearchTerm], starts: TermMatches, own: PageWords) -> Iterator[QueryPart]:
    """Find where the words of a quoted phrase follow each other."""
    wanted = [term.text for term in terms]
    for entry, choice, score in zip(
        starts.entries.tolist(), starts.choices.tolist(), starts.scores.tolist(), strict=True
    ):
        if choice >= 0:
            continue
        words = own.words(entry)
        for place, word in enumerate(words):
            if word == wanted[0] and (found := _follow_phrase(entry, place, terms, own)):
                yield QueryPart(found, (-1,) * len(found), score)


def _follow_phrase(entry: int, place: int, terms: Sequence[SearchTerm], own: PageWords) -> tuple[int, ...]:
    """Return the entries that match the terms from this word of this entry on; empty if they don't follow."""
    found = [entry]
    for term in terms[1:]:
        words = own.words(found[-1])
        place += 1
        if place < len(words):
            found.append(found[-1])
        else:
            following, place = _find_next(found[-1] - own.first, own.quads), 0
            if following is None:
                return ()
            found.append(following + own.first)
            words = own.words(found[-1])
        if not words or not (words[place] == term.text or (term.open and words[place].startswith(term.text))):
            return ()
    return tuple(found)


def _find_next(index: int, quads: Quads) -> int | None:
    """Find the next box on the line of this one."""
    box = quads[index]
    height = max(float(np.linalg.norm(box[3] - box[0])), 1.0)
    along = box[1] - box[0]
    along = along / max(float(np.linalg.norm(along)), 1e-6)
    away = (quads[:, 0] + quads[:, 3] - box[1] - box[2]) / 2
    ahead, aside = away @ along, np.abs(away[:, 0] * along[1] - away[:, 1] * along[0])
    fits = (ahead > -_OVERLAP * height) & (ahead < _SPACE * height) & (aside < _ASIDE * height)
    fits[index] = False
    places = np.flatnonzero(fits)
    return int(places[np.argmin(ahead[places])]) if len(places) else None


def split_words(text: str) -> tuple[str, ...]:
    """Split a text into folded words, as phrases compare them."""
    return tuple(each for part in text.split() if (each := folding.fold_word(part)))
