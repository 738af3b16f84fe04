"""How well a photo was read: character and word errors, words found, words found and read, words of the whole photo."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import geometry
from ocr_studio.core.page import Quad

Floats: TypeAlias = NDArray[np.floating[Any]]

# The usual bar of the ICDAR competitions: two boxes of one word overlap by half of what they cover together.
SAME_PLACE = 0.5
# A found word that lies by half in a region nobody could read says nothing about the reader.
_IN_IGNORED = 0.5
# A word counts as read where at least half of its characters are right: enough to recognise which word is meant.
SAME_TEXT = 0.5

# As in published figures: signs and letters beyond ASCII dropped, one token for each word that has any left.
_NOT_COUNTED = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A word with its place: what truly stands on a photo, or what a program says stands there.

    ignore: a region of writing nobody can read; words found there count neither way.
    """

    quad: Quad
    text: str
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one task, over one photo or, added up, over many."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 if nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is wanted that was found; 1 if nothing is wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.found + self.wanted
        return 2 * self.right / both if both else 1.0


@dataclass(frozen=True, slots=True)
class PhotoScore:
    """How well one photo, or several added up, was read.

    detection: words matched one to one at IoU ≥ 0.5. end_to_end: matched so and at least half of the text right, upper
    and lower case alike. bag_of_words: ``tokens`` of the whole photo, wherever they stand, ignored regions included.
    """

    detection: Score = Score()
    end_to_end: Score = Score()
    bag_of_words: Score = Score()

    def __add__(self, other: PhotoScore) -> PhotoScore:
        return PhotoScore(
            self.detection + other.detection,
            self.end_to_end + other.end_to_end,
            self.bag_of_words + other.bag_of_words,
        )


def edit_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """How many insertions, deletions and replacements turn one sequence into the other (Levenshtein 1966)."""
    if len(a) < len(b):
        a, b = b, a
    numbers: dict[Hashable, int] = {}
    codes = np.array([numbers.setdefault(item, len(numbers)) for item in b], dtype=np.int64)
    places = np.arange(len(b) + 1)
    row = places
    for index, item in enumerate(a, start=1):
        replaced = row[:-1] + (codes != numbers.get(item, -1))
        best = np.concatenate([[index], np.minimum(replaced, row[1:] + 1)])
        # An insertion follows from the cell to the left: a running minimum once each place's own cost is taken off.
        row = np.minimum.accumulate(best - places) + places
    return int(row[-1])


def similarity(a: str, b: str) -> float:
    """1 for equal texts, 0 for nothing in common: 1 - edit distance / length of the longer one."""
    longer = max(len(a), len(b))
    return 1.0 - edit_distance(a, b) / longer if longer else 1.0


def cer(pairs: Iterable[tuple[str, str]]) -> float:
    """Character error rate of (true, read) texts: edits / true characters, all pairs together; may exceed 1."""
    return _error_rate([(tuple(true), tuple(read)) for true, read in pairs])


def wer(pairs: Iterable[tuple[str, str]]) -> float:
    """Word error rate of (true, read) texts: edits of whole words / true words, all pairs together; may exceed 1."""
    return _error_rate([(tuple(true.split()), tuple(read.split())) for true, read in pairs])


def _error_rate(pairs: Sequence[tuple[Sequence[Hashable], Sequence[Hashable]]]) -> float:
    edits = sum(edit_distance(true, read) for true, read in pairs)
    return edits / max(1, sum(len(true) for true, _ in pairs))


def matches(truth: Sequence[Quad], found: Sequence[Quad], *, least: float = SAME_PLACE) -> list[tuple[int, int]]:
    """Pairs (truth, found) of the same place, each index at most once, those that overlap most first.

    least: the IoU from which on two quads are in the same place.
    """
    return _one_to_one(geometry.iou_matrix(_stack(truth), _stack(found)), least=least)


def tokens(texts: Iterable[str]) -> Counter[str]:
    """The multiset of words, in lower case, letters and digits only: what stands on a photo, wherever it stands."""
    words = (_NOT_COUNTED.sub("", word) for text in texts for word in text.lower().split())
    return Counter(word for word in words if word)


def bag_of_words(truth: Iterable[str], found: Iterable[str]) -> Score:
    """Tokens that both texts have, as often as both have them."""
    wanted, got = tokens(truth), tokens(found)
    return Score((wanted & got).total(), got.total(), wanted.total())


def score_photo(truth: Sequence[Labelled], found: Sequence[Labelled]) -> PhotoScore:
    """Score what a program found on one photo against what stands there."""
    regions = [word for word in truth if word.ignore]
    wanted = [word for word in truth if not word.ignore]
    overlap = geometry.iou_matrix(_quads(wanted), _quads(found))
    hidden = geometry.cover_matrix(_quads(found), _quads(regions)).max(axis=1, initial=0.0) > _IN_IGNORED
    hidden &= overlap.max(axis=0, initial=0.0) < SAME_PLACE
    counted = [word for word, gone in zip(found, hidden, strict=True) if not gone]
    overlap = overlap[:, ~hidden]
    read = overlap * _same_text(wanted, counted, overlap >= SAME_PLACE)
    return PhotoScore(
        Score(len(_one_to_one(overlap, least=SAME_PLACE)), len(counted), len(wanted)),
        Score(len(_one_to_one(read, least=SAME_PLACE)), len(counted), len(wanted)),
        bag_of_words([word.text for word in truth], [word.text for word in found]),
    )


def _same_text(wanted: Sequence[Labelled], found: Sequence[Labelled], near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    same = np.zeros_like(near)
    for i, j in zip(*np.nonzero(near), strict=True):
        same[i, j] = similarity(wanted[i].text.lower(), found[j].text.lower()) >= SAME_TEXT
    return same


def _one_to_one(overlap: Floats, *, least: float) -> list[tuple[int, int]]:
    rows, columns = np.nonzero(overlap >= least)
    by_overlap = np.argsort(-overlap[rows, columns], kind="stable")
    pairs: list[tuple[int, int]] = []
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for row, column in zip(rows[by_overlap].tolist(), columns[by_overlap].tolist(), strict=True):
        if row not in used_rows and column not in used_columns:
            used_rows.add(row)
            used_columns.add(column)
            pairs.append((row, column))
    return pairs


def _quads(words: Sequence[Labelled]) -> Floats:
    return _stack([word.quad for word in words])


def _stack(quads: Sequence[Quad]) -> Floats:
    return np.array([quad.corners for quad in quads], dtype=np.float64).reshape(-1, 4, 2)
