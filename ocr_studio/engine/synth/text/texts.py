"""Vocabulary: words of languages or of a list, and numbers and random strings."""

from __future__ import annotations

import contextlib
import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths, units
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import TooLarge
from ocr_studio.core.language import word_frequencies
from ocr_studio.core.language.languages import LANGUAGES
from ocr_studio.core.plain_text import composed
from ocr_studio.core.synth import source_fingerprints
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.engine.synth.text import german_spelling
from ocr_studio.engine.synth.text.capitals import DEFAULT, CaseRules
from ocr_studio.engine.synth.text.phrases import choose

Random: TypeAlias = np.random.Generator

_SIGNS: Final = ".,:;!?-+*/=()[]{}<>&%$€@#_'\"→•°"
# Rarer words hardly ever occur on boards.
_RAREST: Final = 1e-6
# Longer entries are addresses and typos, and would not fit on a board.
_LONGEST: Final = 60
# Lists of all forms of a language's words have about one million.
_MOST_WORDS: Final = 2_000_000
_BETWEEN: Final = re.compile(r"\S+")  # white space
# Number of rejected words that are named, and the maximum length shown.
_NAMED, _SHOWN = 5, 30


class BadWordList(StudioError):
    """The file contains no words."""


@dataclass(frozen=True, slots=True)
class SynthVocabulary:
    """A vocabulary.

    Attributes:
        words: The words, the usual ones first.
        shares: Their cumulative probabilities, up to 1.
        languages: Their languages; empty for a word list.
        file: The word list.
        too_long: Words of the list that are left out because of their length.
        unseen: Words that are left out because of invisible characters.
        unwritable: Words that are left out because they cannot be written.
        capitals: Case conversion.
    """

    words: tuple[str, ...]
    shares: NDArray[np.float64]
    languages: tuple[str, ...] = ()
    file: Path | None = None
    too_long: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    unwritable: tuple[str, ...] = ()
    capitals: CaseRules = DEFAULT

    def word(self, rng: Random) -> str:
        """Return a word. Raises IndexError if there are none."""
        return self.words[int(np.searchsorted(self.shares, rng.random(), side="right"))]


@lru_cache(maxsize=4)
def load_vocabulary(languages: tuple[str, ...]) -> SynthVocabulary:
    """Return the vocabulary of languages, keys of ``languages.LANGUAGES``, with German nouns capitalized. Raises
    NoWordCounts.
    """
    shares: dict[str, float] = {}
    known: dict[str, dict[str, float]] = {}
    for code in languages:
        if code not in LANGUAGES:
            raise ValueError(f"no language “{code}”")
        own: dict[str, float] = {}
        for frequency, band in word_frequencies.load_frequencies(code, rarest=_RAREST):
            for word in band:
                if word.replace("'", "").isalpha() and len(word) <= 16 and all(map(_latin, word)):
                    # Square roots, otherwise every third word would be “the”.
                    own[word] = math.sqrt(frequency)
        known[code] = own
        for word, share in (german_spelling.restore_spelling(own) if code == "de" else own).items():
            shares[word] = shares.get(word, 0.0) + share
    return replace(_shared(shares), languages=languages, capitals=CaseRules.of_languages(known))


def load_word_list(path: Path) -> SynthVocabulary:
    """Return the words of a text file, separated by spaces or lines; repeated ones are drawn more often.

    Raises BadWordList.
    """
    stamp = None
    with contextlib.suppress(OSError, ValueError):  # reading reports the error
        stamp = source_fingerprints.stamp_word_list(path)
    found = _listed(path, stamp)
    if not found.words:
        raise _bad(path, "; ".join(describe_rejected(found)) or tr("it contains no words"))
    return found


def restrict_vocabulary(words: SynthVocabulary, kept: Collection[str]) -> SynthVocabulary:
    """Return a vocabulary with only some words; the others are marked as unwritable."""
    weights = dict(zip(words.words, np.diff(words.shares, prepend=0.0), strict=True))
    missing = tuple(word for word in words.words if word not in kept)
    fewer = _shared({word: float(share) for word, share in weights.items() if word in kept})
    return replace(words, words=fewer.words, shares=fewer.shares, unwritable=words.unwritable + missing)


def describe_rejected(words: SynthVocabulary) -> Iterator[str]:
    """Yield messages about rejected words, one for each reason."""
    if words.too_long:
        yield tr_n(
            "{count} word is longer than {most} characters: {names}",
            "{count} words are longer than {most} characters: {names}",
            len(words.too_long),
            most=_LONGEST,
            names=_named(words.too_long),
        )
    if words.unseen:
        yield tr_n(
            "{count} word contains invisible characters: {names}",
            "{count} words contain invisible characters: {names}",
            len(words.unseen),
            names=_named(words.unseen),
        )
    if words.unwritable:
        yield tr_n(
            "no writer or font can write {count} word: {names}",
            "no writer or font can write {count} words: {names}",
            len(words.unwritable),
            names=_named(words.unwritable),
        )


def _named(words: Sequence[str]) -> str:
    """Return the first of some words, shortened if very long."""
    shown = [word if len(word) <= _SHOWN else f"{word[: _SHOWN - 1]}…" for word in words[:_NAMED]]
    return ", ".join([*shown, "…"] if len(words) > _NAMED else shown)


@lru_cache(maxsize=4)
def _listed(path: Path, _: tuple[int, int] | None) -> SynthVocabulary:
    """Read a word list, as ``load_word_list``; the last argument is a cache key that shows changes."""
    try:
        text = paths.read_file(path, most=source_fingerprints.MAX_WORD_LIST_BYTES).decode("utf-8-sig")
        counts = Counter[str]()
        for word in _BETWEEN.finditer(text):
            counts[composed(word[0])] += 1
            if len(counts) > _MOST_WORDS:
                raise ValueError(tr("it has more than {most} different words", most=units.plain(_MOST_WORDS)))
    except UnicodeDecodeError as error:
        raise _bad(path, tr("it is not UTF-8 text"), remedy=tr("Save it as UTF-8.")) from error
    except (OSError, ValueError, TooLarge) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _bad(path, reason) from error
    unseen = tuple(word for word in counts if not word.isprintable())
    too_long = tuple(word for word in counts if word.isprintable() and len(word) > _LONGEST)
    out = {*unseen, *too_long}
    kept = _shared({word: math.sqrt(count) for word, count in counts.items() if word not in out})
    capitals = CaseRules.of_list(kept.words)
    return replace(kept, file=path, too_long=too_long, unseen=unseen, capitals=capitals)


def _bad(path: Path, reason: str, *, remedy: str = "") -> BadWordList:
    return BadWordList(
        tr("the word list can’t be used: {reason}", reason=reason),
        file=path,
        remedy=remedy or tr("Choose a plain text file (UTF-8) with one word per line."),
    )


@lru_cache(maxsize=1024)
def _latin(letter: str) -> bool:
    """Whether it is a letter of the languages, or an apostrophe. The lists contain some letters of other scripts that
    look the same.
    """
    return letter in "'ªº" or "LATIN" in unicodedata.name(letter, "")


def _shared(weights: dict[str, float]) -> SynthVocabulary:
    counts = np.fromiter(weights.values(), np.float64, len(weights))
    shares = np.cumsum(counts / (counts.sum() or 1.0))
    return SynthVocabulary(tuple(weights), shares / shares[-1:])


def random_number(rng: Random) -> str:
    """Return a number as in a text."""
    number = int(10 ** rng.uniform(0, 5))
    ways: tuple[Callable[[], str], ...] = (
        lambda: str(number),
        lambda: f"{number}.{rng.integers(100)}",
        lambda: f"{rng.integers(1, 100)}%",
        lambda: f"{rng.integers(1, 29)}.{rng.integers(1, 13)}.",
        lambda: f"{rng.integers(24)}:{rng.integers(60):02d}",
        lambda: f"{1900 + rng.integers(150)}",
        lambda: f"{number}{('$', '€', 'k', 'm', 'x', 'kg', '+')[int(rng.integers(7))]}",
        lambda: f"({rng.integers(1, 20)})",
    )
    return choose(ways, rng)()


def random_string(rng: Random) -> str:
    """Return a random string, so that every letter, digit and symbol occurs."""
    kinds = (string.ascii_letters + string.digits, string.ascii_uppercase, string.ascii_letters + _SIGNS)
    signs = choose(kinds, rng)
    return "".join(signs[int(index)] for index in rng.integers(len(signs), size=int(rng.integers(1, 8))))
