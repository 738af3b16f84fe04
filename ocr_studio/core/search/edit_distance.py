"""How far words are from a word that is looked for: slips of typing and of reading, for very many words at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.search import confusable, folding

Codes = NDArray[np.uint16]
Floats = NDArray[np.float32]

# Leaving out or adding a sign that is no letter: pens and recognizers drop hyphens and dots.
SIGN: Final = 0.5
# So many letters are compared before the words that are too far off already are laid aside.
_FIRST: Final = 3
_ROUNDING: Final = 1e-4  # of sums of costs
# Letters of a text that are compared where there is no vocabulary, and different ones among all texts.
_LONGEST, _MOST_CODES = 40, 60_000


@dataclass(frozen=True, slots=True)
class LetterCodes:
    """The letters of a vocabulary by their codes 1, 2, …; 0 stands behind the end of a word."""

    codes: Mapping[str, int]

    def code(self, letter: str) -> int:
        """The letter's code; one that no word has where none has it."""
        return self.codes.get(letter, len(self.codes) + 1)

    def costs(self, letter: str) -> Floats:
        """What it costs to find each code instead of this letter, (codes,)."""
        found = np.ones(len(self.codes) + 2, np.float32)
        for other, cost in confusable.find_substitution_costs(letter).items():
            found[self.code(other)] = cost
        found[self.code(letter)] = 0.0
        return found

    def adding(self) -> Floats:
        """What it costs to find each code where none should be, (codes,)."""
        found = np.ones(len(self.codes) + 2, np.float32)
        for letter, code in self.codes.items():
            found[code] = _find_omission_cost(letter)
        return found


@dataclass(frozen=True, slots=True)
class _WrittenLetters(LetterCodes):
    """Letters that are not folded."""

    def costs(self, letter: str) -> Floats:
        found = np.ones(len(self.codes) + 2, np.float32)
        base = folding.fold_text(letter)
        nearly = confusable.find_substitution_costs(base)
        for other, code in self.codes.items():
            folded = folding.fold_text(other)
            if folded != base:
                found[code] = nearly.get(folded, 1.0)
            elif letter.lower() != other.lower():
                found[code] = confusable.STROKE
            elif base in confusable.ONE_SHAPE:
                found[code] = confusable.SHAPE
        found[self.code(letter)] = 0.0
        return found


def compute_distances(
    wanted: str, words: Codes, lengths: NDArray[Any], letters: LetterCodes, *, most: float
) -> tuple[Floats, Floats]:
    """How far each word, and how far its nearest beginning, is from the wanted one; (N,) and (N,), inf beyond ``most``.

    words: (L, N) codes, a word a column; lengths: (N,). The distance is that of Damerau and Levenshtein in its
    restricted form (optimal string alignment; Boytsov 2011, https://doi.org/10.1145/1963190.1963191), with the costs of
    ``confusable`` for letters and for two letters that are taken for one.
    """
    # Not rapidfuzz, which weighs all replacements alike: confusable characters cost less, and two may stand for one.
    most += _ROUNDING
    whole = np.full(words.shape[1], np.inf, np.float32)
    begun = whole.copy()
    rows = _DistanceRows(wanted, words, letters)
    left = np.arange(words.shape[1])
    for count in range(1, len(wanted) + 1):
        rows.step(count)
        if count == min(_FIRST, len(wanted) - 1):
            kept = np.flatnonzero(rows.least() <= most)
            left, rows = left[kept], rows.only(kept)
    reach = np.arange(words.shape[0] + 1)[:, None] <= lengths[left]
    ends = rows.current[lengths[left], np.arange(len(left))]
    whole[left] = np.where(ends <= most, ends, np.inf)
    starts = np.where(reach, rows.current, np.inf).min(axis=0, initial=np.inf)
    begun[left] = np.where(starts <= most, starts, np.inf)
    return whole, begun


def compute_distance_matrix(wanted: Sequence[str], texts: Sequence[str]) -> Floats:
    """How far each text is from each wanted one, as they are written, (W, N); of very long ones the beginnings count.

    Capitals cost as any other letter, but for those that are written as the small ones are.
    """
    codes: dict[str, int] = {}
    lengths = np.array([min(len(text), _LONGEST) for text in texts], np.intp)
    words = np.zeros((max(1, int(lengths.max(initial=0))), len(texts)), np.uint16)
    for column, text in enumerate(texts):
        coded = [codes.setdefault(letter, min(len(codes) + 1, _MOST_CODES)) for letter in text[:_LONGEST]]
        words[: len(coded), column] = coded
    letters = _WrittenLetters(codes)
    # Nothing is as far from a text as leaving out all of its letters.
    nothing = np.asarray(letters.adding()[words].sum(axis=0, where=words > 0), np.float32)
    rows = [
        compute_distances(each[:_LONGEST], words, lengths, letters, most=np.inf)[0] if each else nothing
        for each in wanted
    ]
    return np.stack(rows) if rows else np.empty((0, len(texts)), np.float32)


class _DistanceRows:
    """The last rows of the table of distances: row i, column j for i wanted letters and j letters of each word."""

    def __init__(self, wanted: str, words: Codes, letters: LetterCodes) -> None:
        self._wanted, self._words, self._letters = wanted, words, letters
        self._adding = letters.adding()[words]
        self.current = np.zeros((words.shape[0] + 1, words.shape[1]), np.float32)
        np.cumsum(self._adding, axis=0, out=self.current[1:])
        self._before = self.current

    def least(self) -> Floats:
        """No word can come nearer than this, (N,)."""
        # Swapped letters and pairs go on from the row before the last.
        least: Floats = np.minimum(self.current.min(axis=0), self._before.min(axis=0))
        return least

    def only(self, kept: NDArray[np.intp]) -> _DistanceRows:
        """For some of the words."""
        self._words, self._adding = self._words[:, kept], self._adding[:, kept]
        self.current, self._before = self.current[:, kept], self._before[:, kept]
        return self

    def step(self, count: int) -> None:
        """Go on to the wanted letter number ``count``, from 1."""
        letter, words = self._wanted[count - 1], self._words
        last, before = self.current, self._before
        row = last + np.float32(_find_omission_cost(letter))
        np.minimum(row[1:], last[:-1] + self._letters.costs(letter)[words], out=row[1:])
        for two, one in confusable.MERGED_PAIRS:
            if letter == one:
                found = self._at(two[0], words[:-1]) & self._at(two[1], words[1:])
                _lower_costs(row[2:], last[:-2] + np.float32(confusable.SHAPE), found)
            if self._wanted[max(0, count - 2) : count] == two:
                _lower_costs(row[1:], before[:-1] + np.float32(confusable.SHAPE), self._at(one, words))
        if count > 1:
            swapped = self._at(letter, words[:-1]) & self._at(self._wanted[count - 2], words[1:])
            _lower_costs(row[2:], before[:-2] + np.float32(confusable.SWAPPED), swapped)
        for place in range(1, len(row)):
            np.minimum(row[place], row[place - 1] + self._adding[place - 1], out=row[place])
        self._before, self.current = last, row

    def _at(self, letter: str, words: Codes) -> NDArray[np.bool_]:
        return np.equal(words, self._letters.code(letter))


def _lower_costs(row: Floats, to: Floats, where: NDArray[np.bool_]) -> None:
    np.minimum(row, to, out=row, where=where)


def _find_omission_cost(letter: str) -> float:
    return 1.0 if letter.isalnum() else SIGN
