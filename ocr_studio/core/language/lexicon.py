"""Word frequencies: of languages, and of the user's project.

Frequencies of languages come from the package wordfreq (Robyn Speer 2022, https://doi.org/10.5281/zenodo.7199437).
They are kept as a table of all beginnings of all words, looked up many at a time by their hashes.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language import word_frequencies
from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.language.typed_words import APOSTROPHES

Hashes: TypeAlias = NDArray[np.uint64]
Floats: TypeAlias = NDArray[np.floating[Any]]

# A hash of letters a, b, c … is ((SEED · STEP + a) · STEP + b) …, modulo 2⁶⁴.
SEED: Final = np.uint64(1)
STEP: Final = np.uint64(0x9E3779B97F4A7C15)  # an odd number with well mixed bits

# Rarer words change no reading: on made words, 300,000 English ones read none better than the 170,000 down to here, and
# the 30,000 most frequent ones half a percent worse.
_RAREST: Final = 10**-7.5
# Words longer than this are told apart by their first letters.
_LONGEST: Final = 28
# Of words with marks on their letters, so many are written without: in haste, in capitals, on foreign keyboards.
_UNMARKED: Final = 0.1
# The package counts “ß” as “ss”, so a German word may be meant either way: how much it counts for with “ß”.
_SHARP: Final = 0.5
# A word that the person typed counts as if so many others, never typed, were as likely.
_UNTYPED: Final = 2000
_LOADING: Final = threading.Lock()
# Words that one call converts: until it returns, no other thread can use the interpreter, not even the window's.
_PORTION: Final = 5000


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Probabilities of words and of beginnings of words; case is ignored.

    Attributes:
        keys: (P,) uint64, sorted hashes of all beginnings.
        begin: (P,) float32, share of all written words that begin so.
        whole: (P,) float32, share of all written words that are exactly this.
        letters: Share of all written letters, by letter.
    """

    keys: Hashes
    begin: NDArray[np.float32]
    whole: NDArray[np.float32]
    letters: Mapping[str, float]

    @classmethod
    def of(cls, frequencies: Mapping[str, float]) -> Lexicon:
        """Build a lexicon from word → share of all written words. Words as ``find_runs`` finds them."""
        words: dict[str, float] = {}
        for word, frequency in frequencies.items():
            folded = "".join(map(fold_character, unicodedata.normalize("NFC", word)))[:_LONGEST]
            words[folded] = words.get(folded, 0.0) + frequency
        words.pop("", None)
        return _build_table(words)

    def look_up(self, keys: Hashes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return begin and whole for hashes, (N,) each; 0 for those of no word."""
        if not len(self.keys):
            nothing = np.zeros(len(keys), np.float32)
            return nothing, nothing
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[at] == keys
        return np.where(known, self.begin[at], np.float32(0)), np.where(known, self.whole[at], np.float32(0))


def fold_character(character: str) -> str:
    """Fold a character for lookups: one character, in lower case, with one form of apostrophe."""
    return "'" if character in APOSTROPHES else character.lower()[0]


def hash_letters(letters: str) -> int:
    """Hash letters for lookups, after folding them."""
    found = int(SEED)
    for letter in letters:
        found = (found * int(STEP) + ord(fold_character(letter))) & 0xFFFF_FFFF_FFFF_FFFF
    return found


def load_lexicon(languages: tuple[str, ...]) -> Lexicon:
    """Load the words of languages with equal weight. Raises KeyError for an unknown language, and as
    ``word_frequencies.load_frequencies``.

    The first time it takes some tenths of a second a language, so ask for it where photos are read; then it is kept.
    Threads that ask at the same time wait for the first one: reading and the spell checker begin together.
    """
    with _LOADING:
        return _load_lexicon(languages)


@lru_cache(maxsize=4)
def _load_lexicon(languages: tuple[str, ...]) -> Lexicon:
    names = [LANGUAGES[code] for code in languages]
    if not names:
        return Lexicon.of({})
    path = word_frequencies.cache_path("3", word_frequencies.read_version(languages), *languages)
    if (kept := _from_arrays(word_frequencies.load_cached(path))) is not None:
        return kept
    made = _build_lexicon_of(languages)
    word_frequencies.store_cached(path, _to_arrays(made))
    return made


def _build_lexicon_of(languages: Sequence[str]) -> Lexicon:
    words: dict[str, float] = {}
    unmarked = _Unmarked()
    for language in languages:
        for frequency, band in word_frequencies.load_frequencies(language, rarest=_RAREST):
            share = frequency / len(languages)
            for word in band:
                if not (word.isalnum() or word.replace("'", "").isalnum()) or "00" in word:
                    continue  # "00" stands for any number of two digits there
                words[word[:_LONGEST]] = words.get(word[:_LONGEST], 0.0) + share
                if not word.isascii():
                    bare = word[:_LONGEST].translate(unmarked)
                    words[bare] = words.get(bare, 0.0) + _UNMARKED * share
                if language == "de" and "ss" in word:
                    for sharp in _spell_with_sharp_s(word[:_LONGEST]):
                        words[sharp] = words.get(sharp, 0.0) + _SHARP * share
    return _build_table(words)


def _spell_with_sharp_s(word: str) -> Iterator[str]:
    """Return the word with “ß” for each of its “ss”, one at a time."""
    place = word.find("ss")
    while place >= 0:
        yield f"{word[:place]}ß{word[place + 2 :]}"
        place = word.find("ss", place + 2)


def _to_arrays(lexicon: Lexicon) -> dict[str, NDArray[np.generic]]:
    letters = lexicon.letters
    codes = np.fromiter(map(ord, letters), np.uint32, len(letters))
    shares = np.fromiter(letters.values(), np.float64, len(letters))
    return {"keys": lexicon.keys, "begin": lexicon.begin, "whole": lexicon.whole, "codes": codes, "shares": shares}


def _from_arrays(arrays: Mapping[str, NDArray[Any]] | None) -> Lexicon | None:
    """Restore a lexicon from arrays; None if they are invalid."""
    kinds = {"keys": "uint64", "begin": "float32", "whole": "float32", "codes": "uint32", "shares": "float64"}
    if arrays is None or {name: array.dtype.name for name, array in arrays.items()} != kinds:
        return None
    keys, begin, whole, codes, shares = (arrays[name] for name in kinds)
    if keys.ndim != 1 or begin.shape != keys.shape or whole.shape != keys.shape or codes.shape != shares.shape:
        return None
    if (keys[1:] <= keys[:-1]).any() or (codes > 0x10FFFF).any():
        return None
    letters = {chr(code): share for code, share in zip(codes.tolist(), shares.tolist(), strict=True)}
    return Lexicon(keys, begin, whole, letters)


def build_lexicon(typed: Mapping[str, int]) -> Lexicon:
    """Build a lexicon from the words that the user has typed, with their counts."""
    total = sum(typed.values()) + _UNTYPED
    return Lexicon.of({word: count / total for word, count in typed.items()})


class _Unmarked(dict[int, str]):
    """A cache: code of a character → the character without diacritics."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        self[code] = "".join(sign for sign in parts if not unicodedata.combining(sign)) or chr(code)
        return self[code]


def _build_table(frequencies: Mapping[str, float]) -> Lexicon:
    """Build a lexicon.

    Args:
        frequencies: Word → share of all written words. The words are folded, and none is empty.
    """
    if not frequencies:
        empty = np.zeros(0, np.float32)
        return Lexicon(np.zeros(0, np.uint64), empty, empty, {})
    lengths, signs, shares = (np.concatenate(part) for part in zip(*_to_portions(frequencies), strict=True))
    starts = np.cumsum(lengths) - lengths
    order = np.argsort(-lengths, kind="stable")  # so that the words that go on are always the first ones
    starts, sorted_shares = starts[order], shares[order]
    many = np.searchsorted(-lengths[order], -np.arange(lengths.max()), side="left")
    hashes, keys, masses, ends = np.full(len(lengths), SEED), [], [], []
    for place, count in enumerate(many):
        hashes = hashes[:count] * STEP + signs[starts[:count] + place]
        keys.append(hashes)
        masses.append(sorted_shares[:count])
        longer = many[place + 1] if place + 1 < len(many) else 0
        ends.append(np.where(np.arange(count) >= longer, sorted_shares[:count], 0.0))
    every = np.concatenate(keys)
    sort = np.argsort(every)
    every = every[sort]
    first = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1]]))
    begin, whole = (np.add.reduceat(np.concatenate(part)[sort], first) for part in (masses, ends))
    return Lexicon(
        every[first], begin.astype(np.float32), whole.astype(np.float32), _count_letters(signs, lengths, shares)
    )


def _to_portions(
    frequencies: Mapping[str, float],
) -> Iterator[tuple[NDArray[np.intp], Hashes, NDArray[np.float64]]]:
    """Yield the lengths of some words at a time, all their letters one after the other, and their shares."""
    keys, values = iter(frequencies), iter(frequencies.values())
    while words := list(islice(keys, _PORTION)):
        lengths = np.fromiter(map(len, words), np.intp, len(words))
        signs = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
        yield lengths, signs.astype(np.uint64), np.fromiter(islice(values, len(words)), np.float64, len(words))


def _count_letters(signs: Hashes, lengths: NDArray[np.intp], frequencies: NDArray[np.float64]) -> dict[str, float]:
    codes, which = np.unique(signs, return_inverse=True)
    shares = np.bincount(which, weights=np.repeat(frequencies, lengths))
    total = float(shares.sum()) or 1.0
    return {chr(int(code)): float(share) / total for code, share in zip(codes, shares, strict=True)}
