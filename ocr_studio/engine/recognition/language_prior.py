"""How likely a text is before anything is seen of it: what the beam search asks as it spells words letter by letter.

A text is runs of letters and digits between other signs. A run may be three things: anything at all (a name, a number,
a serial), a word, or several words in one, told apart by capitals (camelCase). Its weight is the sum of the three,
against "anything at all" alone, in which every sign is as likely as every other. So no text ever gets less than the
net gives it, but for marks on letters that the languages hardly use and for what parts words; a word gets the more,
the longer and the more frequent it is, as the chance of spelling it by accident falls with every letter.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language import lexicon as language
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.language.lexicon import Lexicon

Floats: TypeAlias = NDArray[np.floating[Any]]
Integers: TypeAlias = NDArray[np.integer[Any]]

# All of these were chosen on made words (tests/benchmarks/written_words.py): as much as can be had without random
# strings being read any worse. By other hands than those, words come out right 20 of 100 times more often (304 of 1,500
# won, 2 lost), and of 2,813 random strings 3 are lost and 1 is won, short ones that look like words: “paz”, “5aW”.
#
# How far the net's own odds count for less than they say: its errors look surer than they are.
WEIGHT: Final = 0.8
WORDS: Final = 10.0  # how much likelier it is that somebody writes a word than that it is anything at all …
SIGNS: Final = 20.0  # … where every sign is one of so many, as likely as the others
MOST: Final = 12.0  # natural logarithm of the most that a run may gain: what the net surely sees stays
JOINT: Final = math.exp(-3)  # for each further word in a text that could be one
ODD_CAPITAL: Final = math.exp(-4)  # for a word in which capitals begin or end in its midst
MARK: Final = 0.02  # for an accented letter …
RARE: Final = 3e-5  # … that makes up less than this share of what is written in the languages chosen

_SIGN, _LETTER, _CAPITAL, _CASELESS, _APOSTROPHE = range(5)

# Rows of what is known about a text so far.
_KEYS = 2
_RUN, _PART = range(_KEYS)
_NUMBERS = 14
(
    _CLOSED,  # logarithm of the weight of all runs but the last
    _PARTS,  # weight of the camelCase parts before the last one; 0 where there are none
    _JOINTS,  # the part of that which they would have without being words
    _RUN_ROOM,  # SIGNS for each letter of the run
    _PART_ROOM,  # and of the part
    _ODD,  # ODD_CAPITAL for each
    _MARKS,  # MARK for each
    _KIND,  # of the last sign; _SIGN outside of runs
    _STREAK,  # capitals in a row up to here
    _RUNS,  # how many there have been
    _WHOLE,  # weight of the run as one word
    _PART_WHOLE,  # of the part
    _LOOK,  # logarithm of the whole text's weight if the last run goes on as well as it can
    _DONE,  # if it ends here
) = range(_NUMBERS)


@dataclass(frozen=True, slots=True)
class Texts:
    """What is known about N texts. keys: (2, N) uint64; numbers: (14, N) float64."""

    keys: NDArray[np.uint64]
    numbers: NDArray[np.float64]

    @classmethod
    def empty(cls, many: int) -> Texts:
        """Texts in which nothing is written yet."""
        keys = np.full((_KEYS, many), language.SEED)
        numbers = np.zeros((_NUMBERS, many))
        numbers[[_RUN_ROOM, _PART_ROOM, _ODD, _MARKS]] = 1.0
        return cls(keys, numbers)

    @property
    def look(self) -> NDArray[np.float64]:
        """Logarithms of their weights, (N,), as well as they can still become."""
        return np.asarray(self.numbers[_LOOK])

    @property
    def done(self) -> NDArray[np.float64]:
        """Logarithms of their weights, (N,), if they end here."""
        return np.asarray(self.numbers[_DONE])

    def take(self, which: Integers) -> Texts:
        """Some of them, in this order."""
        return Texts(self.keys[:, which], self.numbers[:, which])

    def and_(self, others: Texts) -> Texts:
        """These, then the others."""
        return Texts(
            np.concatenate([self.keys, others.keys], axis=1), np.concatenate([self.numbers, others.numbers], axis=1)
        )


class WordPrior:
    """Weighs texts. Any number of threads may ask.

    charset: whose classes the texts are made of. lexicons: words count that are in any of them. strength: 1 as
    measured best, less is more cautious; must be positive.
    """

    def __init__(self, charset: Charset, lexicons: Sequence[Lexicon], *, strength: float = 1.0) -> None:
        if strength <= 0:
            raise ValueError(f"a strength of {strength}")
        self.exponent = WEIGHT * strength
        self._lexicons = tuple(lexicon for lexicon in lexicons if len(lexicon.keys))
        letters = ["", *charset.characters]
        self._kinds = np.array([_kind(letter) for letter in letters], np.int8)
        self._codes = np.array([ord(language.fold(letter)) if letter else 0 for letter in letters], np.uint64)
        self._marks = np.array([self._mark(letter) for letter in letters])

    def weights(self, readings: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """What the search adds to the logarithm of each reading's probability, (N,); readings: their classes."""
        longest_first = sorted(range(len(readings)), key=lambda index: -len(readings[index]))
        lengths = np.array([len(readings[index]) for index in longest_first], np.intp)
        found = np.zeros(len(readings))
        texts = Texts.empty(len(readings))
        for place in range(lengths.max(initial=0)):
            going_on = int((lengths > place).sum())
            classes = np.array([readings[index][place] for index in longest_first[:going_on]])
            texts = self.grown(texts.take(np.arange(going_on)), classes)
            found[longest_first[:going_on]] = texts.done
        return self.exponent * found

    def grown(self, texts: Texts, classes: Integers) -> Texts:
        """The texts, (N,), each with one sign more: classes (N,), none of them blank."""
        kind = self._kinds[classes]
        keys = texts.keys * language.STEP + self._codes[classes]
        old, new = texts.numbers, texts.numbers.copy()
        was = old[_KIND]
        inside = was != _SIGN
        self._begin_part(keys, new, (kind == _CAPITAL) & (was == _LETTER), classes)
        self._count_capitals(new, kind, was)
        new[_RUN_ROOM] *= SIGNS
        new[_PART_ROOM] *= SIGNS
        new[_MARKS] *= self._marks[classes]
        new[_RUNS] += ~inside
        new[_KIND] = kind
        begin = self._look_up(keys, new, kind, inside)
        ends = (kind == _SIGN) | ((kind == _APOSTROPHE) & ~(inside & (begin[_RUN] > 0)))
        new[_LOOK] = new[_CLOSED] + _weight(new, begin[_RUN], begin[_PART])
        new[_DONE] = new[_CLOSED] + _weight(new, new[_WHOLE], new[_PART_WHOLE])
        self._end_runs(keys, new, old, ends)
        return Texts(keys, new)

    def _begin_part(self, keys: NDArray[np.uint64], new: Floats, begins: NDArray[np.bool_], classes: Integers) -> None:
        """At a capital after a small letter a word may begin, inside the run."""
        at = begins.nonzero()[0]
        if len(at):
            before = np.where(new[_PARTS, at] > 0, new[_PARTS, at] * (1 + new[_PART_WHOLE, at]), 1 + new[_WHOLE, at])
            new[_JOINTS, at] = np.where(new[_PARTS, at] > 0, new[_JOINTS, at], 1.0) * JOINT
            new[_PARTS, at] = before * JOINT
            new[_PART_ROOM, at] = 1.0
            keys[_PART, at] = language.SEED * language.STEP + self._codes[classes[at]]

    @staticmethod
    def _count_capitals(new: Floats, kind: NDArray[np.int8], was: Floats) -> None:
        """Capitals at the beginning, all through, or nowhere are usual."""
        capital = kind == _CAPITAL
        odd = (capital & (was == _LETTER)) | ((kind == _LETTER) & (was == _CAPITAL) & (new[_STREAK] > 1))
        new[_ODD] *= np.where(odd, ODD_CAPITAL, 1.0)
        new[_STREAK] = np.where(capital, new[_STREAK] + 1, 0)

    def _look_up(
        self, keys: NDArray[np.uint64], new: Floats, kind: NDArray[np.int8], inside: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Weights of the words that begin as run and part do, (2, N); those that are just so go into the numbers."""
        begin = np.zeros((_KEYS, len(kind)))
        new[_WHOLE : _PART_WHOLE + 1] = 0.0
        letters = (kind != _SIGN) & (inside | (kind != _APOSTROPHE))
        for row, room, into, asked in (
            (_RUN, new[_RUN_ROOM] * new[_ODD] * np.where(new[_RUNS] > 1, JOINT, 1.0), _WHOLE, letters),
            (_PART, new[_PART_ROOM], _PART_WHOLE, letters & (new[_PARTS] > 0)),
        ):
            at = asked.nonzero()[0]
            for lexicon in self._lexicons if len(at) else ():
                begins, whole = lexicon.look_up(keys[row, at])
                begin[row, at] += WORDS * begins * room[at]
                new[into, at] += WORDS * whole * room[at]
        return begin

    @staticmethod
    def _end_runs(keys: NDArray[np.uint64], new: Floats, old: Floats, ends: NDArray[np.bool_]) -> None:
        """Signs close the run before them."""
        at = ends.nonzero()[0]
        if not len(at):
            return
        keys[:, at] = language.SEED
        new[_CLOSED:_NUMBERS, at] = 0.0
        new[[[_RUN_ROOM], [_PART_ROOM], [_ODD], [_MARKS]], at] = 1.0
        new[_RUNS, at] = old[_RUNS, at]
        new[[[_CLOSED], [_LOOK], [_DONE]], at] = old[_DONE, at]

    def _mark(self, letter: str) -> float:
        """What a letter with marks costs that the languages hardly use: most such marks are specks on the board."""
        parts = unicodedata.normalize("NFD", letter)
        marked = len(parts) > 1 and parts[0].isascii() and parts[0].isalpha()
        if not marked or not self._lexicons:
            return 1.0
        share = sum(lexicon.letters.get(language.fold(letter), 0.0) for lexicon in self._lexicons)
        return 1.0 if share >= RARE else MARK


def _weight(new: Floats, run: Floats, part: Floats) -> NDArray[np.float64]:
    """Logarithm of a run's weight, (N,). run, part: weights of it, and of its last part, as words."""
    camel = new[_PARTS] * (1 + part) - new[_JOINTS]
    return np.asarray(np.minimum(np.log(new[_MARKS] + run + camel), MOST))


def _kind(letter: str) -> int:
    if letter and language.fold(letter) == "'":
        return _APOSTROPHE
    if not letter or not letter.isalnum():
        return _SIGN
    if letter.lower() == letter.upper():
        return _CASELESS
    return _CAPITAL if letter.isupper() else _LETTER
