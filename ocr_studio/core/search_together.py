"""Several words of a query on one photo: which of those that fit belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import folding
from ocr_studio.core.index_arrays import IndexArrays
from ocr_studio.core.search import Rows, Term

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
class Part:
    """Where a word of the query, or the words of one pair of quotes, may be: entries, their choices or -1, score."""

    entries: tuple[int, ...]
    choices: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class PageWords:
    """What is known of one photo's words. first: place of its first in the index's table; quads: (N, 4, 2); words: the
    folded words of each text.
    """

    first: int
    quads: Quads
    words: Callable[[int], tuple[str, ...]]


def together(
    arrays: IndexArrays,
    terms: Sequence[Term],
    found: Sequence[Rows],
    on_page: Callable[[int], PageWords],
    *,
    limit: int,
) -> tuple[list[Part], int]:
    """The places where all terms stand, best first, and on how many photos each term is somewhere.

    found: what fits each term. on_page: a photo's words by its number.
    """
    pages = _pages(arrays, found)
    by_page = [_ByPage(arrays, rows) for rows in found]
    parts: list[tuple[Part, int]] = []
    for number in pages[:_MOST_PHOTOS].tolist():
        here = [rows.on(number) for rows in by_page]
        parts += [(part, number) for part in _on_page(terms, here, on_page(number))]
    parts.sort(key=lambda pair: (-pair[0].score, pair[1], pair[0].entries))
    return [part for part, _ in parts[:limit]], len(pages)


class _ByPage:
    """Rows of one term, photo by photo."""

    def __init__(self, arrays: IndexArrays, rows: Rows) -> None:
        pages = arrays.entries.all["page"][rows.entries]
        self._order = np.argsort(pages, kind="stable")
        self._rows, self._pages = rows, pages[self._order]

    def on(self, number: int) -> Rows:
        """Those on this photo."""
        first, end = np.searchsorted(self._pages, np.array((number, number + 1), self._pages.dtype))
        some = self._order[first:end]
        return Rows(self._rows.entries[some], self._rows.scores[some], self._rows.choices[some])


def _pages(arrays: IndexArrays, found: Sequence[Rows]) -> NDArray[np.intp]:
    """Numbers of the photos that have something for every term, the best first."""
    size = max(arrays.pages, default=0) + 1
    total, everywhere = np.zeros(size), np.ones(size, np.bool_)
    for rows in found:
        best = np.zeros(size)
        np.maximum.at(best, arrays.entries.all["page"][rows.entries], rows.scores)
        everywhere &= best > 0
        total += best
    numbers = np.flatnonzero(everywhere)
    return numbers[np.argsort(-total[numbers], kind="stable")]


def _on_page(terms: Sequence[Term], here: Sequence[Rows], own: PageWords) -> list[Part]:
    """The places of one photo, each anchored at one place of the rarest part."""
    parts: list[list[Part]] = []
    for phrase, group in groupby(range(len(terms)), key=lambda index: terms[index].phrase or -index - 1):
        places = list(group)
        if phrase > 0 and len(places) > 1:
            parts.append(list(_phrases([terms[index] for index in places], here[places[0]], own)))
        else:
            parts += [_single(here[index]) for index in places]
    if not all(parts):
        return []
    rarest = min(range(len(parts)), key=lambda index: len(parts[index]))
    anchors = sorted(parts[rarest], key=lambda part: -part.score)[:_MOST_ANCHORS]
    return list(dict.fromkeys(_around(anchor, rarest, parts, own) for anchor in anchors))


def _single(rows: Rows) -> list[Part]:
    columns = rows.entries.tolist(), rows.choices.tolist(), rows.scores.tolist()
    return [Part((entry,), (choice,), score) for entry, choice, score in zip(*columns, strict=True)]


def _around(anchor: Part, rarest: int, parts: Sequence[Sequence[Part]], own: PageWords) -> Part:
    """The anchor with the best near place of each other part."""
    chosen: list[Part] = []
    nearness: list[float] = []
    for index, some in enumerate(parts):
        if index == rarest:
            chosen.append(anchor)
            continue
        near = _nearness(anchor, some, own)
        best = int(
            np.argmax([part.score * (1 - _APART + _APART * each) for part, each in zip(some, near, strict=True)])
        )
        chosen.append(some[best])
        nearness.append(near[best])
    score = sum(part.score for part in chosen) / len(chosen)
    if nearness:
        score *= 1 - _APART + _APART * sum(nearness) / len(nearness)
    entries = tuple(entry for part in chosen for entry in part.entries)
    return Part(entries, tuple(choice for part in chosen for choice in part.choices), score)


def _nearness(anchor: Part, some: Sequence[Part], own: PageWords) -> list[float]:
    """1 for neighbours, towards 0 the further apart."""
    mine = own.quads[[entry - own.first for entry in anchor.entries]].reshape(-1, 2)
    height = max(float(np.linalg.norm(mine[3] - mine[0])), 1.0)
    low, high = mine.min(axis=0), mine.max(axis=0)
    theirs = np.stack(
        [own.quads[[entry - own.first for entry in part.entries]].reshape(-1, 2)[[0, -2]] for part in some]
    )
    corners = np.sort(theirs, axis=1)
    apart = np.maximum(np.maximum(corners[:, 0] - high, low - corners[:, 1]), 0)
    gaps = np.linalg.norm(apart, axis=1) / height
    return [float(each) for each in 1 / (1 + np.maximum(gaps - 1, 0) / _FAR)]


def _phrases(terms: Sequence[Term], starts: Rows, own: PageWords) -> Iterator[Part]:
    """Where the words of one pair of quotes follow each other."""
    wanted = [term.text for term in terms]
    for entry, choice, score in zip(
        starts.entries.tolist(), starts.choices.tolist(), starts.scores.tolist(), strict=True
    ):
        if choice >= 0:
            continue
        words = own.words(entry)
        for place, word in enumerate(words):
            if word == wanted[0] and (found := _followed(entry, place, terms, own)):
                yield Part(found, (-1,) * len(found), score)


def _followed(entry: int, place: int, terms: Sequence[Term], own: PageWords) -> tuple[int, ...]:
    """The entries of the terms, beginning with this word of this entry; () where they do not follow."""
    found = [entry]
    for term in terms[1:]:
        words = own.words(found[-1])
        place += 1
        if place < len(words):
            found.append(found[-1])
        else:
            following, place = _next(found[-1] - own.first, own.quads), 0
            if following is None:
                return ()
            found.append(following + own.first)
            words = own.words(found[-1])
        if not words or not (words[place] == term.text or (term.open and words[place].startswith(term.text))):
            return ()
    return tuple(found)


def _next(index: int, quads: Quads) -> int | None:
    """Which box comes next on the line of this one."""
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


def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text as quotes compare them."""
    return tuple(each for part in text.split() if (each := folding.word(part)))
