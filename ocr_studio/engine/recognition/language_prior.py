"""Language model for the beam search: how likely a text is a priori, letter by letter.

A text consists of runs of letters and digits, separated by symbols. A run is anything (a name, a number, a serial), a
word, or several words joined in camelCase. Its weight is the sum of the three relative to "anything", for which all
characters are equally likely. So the prior never lowers the network's score of a text, except for rare accents and
separators; a word gains the more, the longer and the more frequent it is.
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

# All values were chosen on synthetic words (tests/benchmarks/written_words.py): as much gain as possible without
# misreading more random strings. On words by other writers, of 1,500 words 304 were gained and 2 lost; of 2,813 random
# strings 3 were lost and 1 gained, short ones that look like words: “paz”, “5aW”.
#
# Weight of the network's log odds, which are overconfident in its errors.
WEIGHT: Final = 0.8
WORDS: Final = 10.0  # prior odds of a word against anything else …
SIGNS: Final = 20.0  # … which has this many equally likely characters
MOST: Final = 12.0  # maximum log gain of a run: what the network is certain of stays
JOINT: Final = math.exp(-3)  # for each further word in a run
ODD_CAPITAL: Final = math.exp(-4)  # for a word with case changes inside it
MARK: Final = 0.02  # for an accented letter …
RARE: Final = 3e-5  # … with less than this share in the selected languages

_SIGN, _LETTER, _CAPITAL, _CASELESS, _APOSTROPHE = range(5)

# Rows of the state of a text.
_KEYS = 2
_RUN, _PART = range(_KEYS)
_NUMBERS = 14
(
    _CLOSED,  # log weight of all runs but the last
    _PARTS,  # weight of the camelCase parts before the last one; 0 without any
    _JOINTS,  # the part of that which is not due to words
    _RUN_ROOM,  # SIGNS for each letter of the run
    _PART_ROOM,  # and of the part
    _ODD,  # ODD_CAPITAL for each
    _MARKS,  # MARK for each
    _KIND,  # class of the last character; _SIGN outside of runs
    _STREAK,  # uppercase letters in a row so far
    _RUNS,  # number of uppercase letters
    _WHOLE,  # weight of the run as one word
    _PART_WHOLE,  # of the part
    _LOOK,  # log weight of the text if the last run continues in the best way
    _DONE,  # if it ends here
) = range(_NUMBERS)


@dataclass(frozen=True, slots=True)
class TextStates:
    """State of N texts. keys: (2, N) uint64; numbers: (14, N) float64."""

    keys: NDArray[np.uint64]
    numbers: NDArray[np.float64]

    @classmethod
    def empty(cls, count: int) -> TextStates:
        """Empty texts."""
        keys = np.full((_KEYS, count), language.SEED)
        numbers = np.zeros((_NUMBERS, count))
        numbers[[_RUN_ROOM, _PART_ROOM, _ODD, _MARKS]] = 1.0
        return cls(keys, numbers)

    @property
    def best_continuation(self) -> NDArray[np.float64]:
        """Return the log weights with the best continuation, (N,)."""
        return np.asarray(self.numbers[_LOOK])

    @property
    def complete(self) -> NDArray[np.float64]:
        """Return the log weights of the complete texts, (N,)."""
        return np.asarray(self.numbers[_DONE])

    def take(self, which: Integers | slice) -> TextStates:
        """Return some of them, in this order."""
        return TextStates(self.keys[:, which], self.numbers[:, which])

    def concatenate(self, others: TextStates) -> TextStates:
        """Return these and the others."""
        return TextStates(
            np.concatenate([self.keys, others.keys], axis=1), np.concatenate([self.numbers, others.numbers], axis=1)
        )


class LanguagePrior:
    """Weighs texts by word frequencies. Thread-safe.

    Args:
        charset: Characters of the classes.
        lexicons: Dictionaries; words of any of them count.
        strength: 1 as measured best; less is more cautious; positive.
    """

    def __init__(self, charset: Charset, lexicons: Sequence[Lexicon], *, strength: float = 1.0) -> None:
        if strength <= 0:
            raise ValueError(f"a strength of {strength}")
        self.exponent = WEIGHT * strength
        self._lexicons = tuple(lexicon for lexicon in lexicons if len(lexicon.keys))
        letters = ["", *charset.characters]
        self._kinds = np.array([_classify(letter) for letter in letters], np.int8)
        self._codes = np.array([ord(language.fold_character(letter)) if letter else 0 for letter in letters], np.uint64)
        self._penalties = np.array([self._accent_penalty(letter) for letter in letters])

    def weights(self, readings: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Return what is added to the log probability of each reading, (N,). readings: their classes."""
        longest_first = sorted(range(len(readings)), key=lambda index: -len(readings[index]))
        lengths = np.array([len(readings[index]) for index in longest_first], np.intp)
        found = np.zeros(len(readings))
        texts = TextStates.empty(len(readings))
        for place in range(lengths.max(initial=0)):
            still_growing = int((lengths > place).sum())
            classes = np.array([readings[index][place] for index in longest_first[:still_growing]])
            texts = self.append(texts.take(np.arange(still_growing)), classes)
            found[longest_first[:still_growing]] = texts.complete
        return self.exponent * found

    def append(self, texts: TextStates, classes: Integers) -> TextStates:
        """Append a character, given by classes (N,) without blanks, to each of N texts."""
        kind = self._kinds[classes]
        keys = texts.keys * language.STEP + self._codes[classes]
        old, new = texts.numbers, texts.numbers.copy()
        previous = old[_KIND]
        inside = previous != _SIGN
        self._begin_part(keys, new, (kind == _CAPITAL) & (previous == _LETTER), classes)
        self._count_capitals(new, kind, previous)
        new[_RUN_ROOM] *= SIGNS
        new[_PART_ROOM] *= SIGNS
        new[_MARKS] *= self._penalties[classes]
        new[_RUNS] += ~inside
        new[_KIND] = kind
        begin = self._look_up(keys, new, kind, inside)
        ends = (kind == _SIGN) | ((kind == _APOSTROPHE) & ~(inside & (begin[_RUN] > 0)))
        new[_LOOK] = new[_CLOSED] + _run_weight(new, begin[_RUN], begin[_PART])
        new[_DONE] = new[_CLOSED] + _run_weight(new, new[_WHOLE], new[_PART_WHOLE])
        self._end_runs(keys, new, old, ends)
        return TextStates(keys, new)

    def _begin_part(self, keys: NDArray[np.uint64], new: Floats, begins: NDArray[np.bool_], classes: Integers) -> None:
        """Start a new camelCase part at an uppercase letter after a lowercase one."""
        at = begins.nonzero()[0]
        if len(at):
            before = np.where(new[_PARTS, at] > 0, new[_PARTS, at] * (1 + new[_PART_WHOLE, at]), 1 + new[_WHOLE, at])
            new[_JOINTS, at] = np.where(new[_PARTS, at] > 0, new[_JOINTS, at], 1.0) * JOINT
            new[_PARTS, at] = before * JOINT
            new[_PART_ROOM, at] = 1.0
            keys[_PART, at] = language.SEED * language.STEP + self._codes[classes[at]]

    @staticmethod
    def _count_capitals(new: Floats, kind: NDArray[np.int8], previous: Floats) -> None:
        """Count odd uppercase letters: only those at the beginning, everywhere or nowhere are usual."""
        capital = kind == _CAPITAL
        odd = (capital & (previous == _LETTER)) | ((kind == _LETTER) & (previous == _CAPITAL) & (new[_STREAK] > 1))
        new[_ODD] *= np.where(odd, ODD_CAPITAL, 1.0)
        new[_STREAK] = np.where(capital, new[_STREAK] + 1, 0)

    def _look_up(
        self, keys: NDArray[np.uint64], new: Floats, kind: NDArray[np.int8], inside: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return the weights of words that begin with the run and with the part, (2, N); exact matches go into the
        numbers.
        """
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
        """End the run before a symbol."""
        at = ends.nonzero()[0]
        if not len(at):
            return
        keys[:, at] = language.SEED
        new[_CLOSED:_NUMBERS, at] = 0.0
        new[[[_RUN_ROOM], [_PART_ROOM], [_ODD], [_MARKS]], at] = 1.0
        new[_RUNS, at] = old[_RUNS, at]
        new[[[_CLOSED], [_LOOK], [_DONE]], at] = old[_DONE, at]

    def _accent_penalty(self, letter: str) -> float:
        """Return the penalty of an accented letter that is rare in the languages: most such accents are specks."""
        parts = unicodedata.normalize("NFD", letter)
        marked = len(parts) > 1 and parts[0].isascii() and parts[0].isalpha()
        if not marked or not self._lexicons:
            return 1.0
        share = sum(lexicon.letters.get(language.fold_character(letter), 0.0) for lexicon in self._lexicons)
        return 1.0 if share >= RARE else MARK


def _run_weight(new: Floats, run: Floats, part: Floats) -> NDArray[np.float64]:
    """Return the log weight of a run, (N,), from the weights of run and part as words."""
    camel = new[_PARTS] * (1 + part) - new[_JOINTS]
    return np.asarray(np.minimum(np.log(new[_MARKS] + run + camel), MOST))


def _classify(letter: str) -> int:
    if letter and language.fold_character(letter) == "'":
        return _APOSTROPHE
    if not letter or not letter.isalnum():
        return _SIGN
    if letter.lower() == letter.upper():
        return _CASELESS
    return _CAPITAL if letter.isupper() else _LETTER
