"""Phrases of boards by language: headings, titles, list items, days.

For languages without phrases they are composed of the language's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.engine.synth.text import german_phrases, phrases
from ocr_studio.engine.synth.text.texts import SynthVocabulary, load_vocabulary

Random: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True)
class LanguagePhrases:
    """Phrases of a language.

    Attributes:
        phrase: Returns some words, separated by spaces.
        title: Likewise.
        heading: Returns a heading for a theme.
        days: Monday to Friday, short and long, then the weekend; empty if unknown, for numbers instead.
        months: From January; likewise.
        dates: Formats a day of a month; likewise.
        small: Contents of cells and margins; likewise.
        twelve_hours: Whether each half of a day has twelve hours of its own.
    """

    phrase: Callable[[Random], str]
    title: Callable[[Random], str]
    heading: Callable[[str, Random], str]
    days: Sequence[str] = ()
    months: Sequence[str] = ()
    small: Sequence[str] = ()
    dates: Sequence[str] = ()
    twelve_hours: bool = False


_ENGLISH: Final = LanguagePhrases(
    phrases.random_phrase,
    phrases.random_title,
    lambda theme, rng: phrases.choose(phrases.HEADINGS[theme], rng),
    phrases.DAYS,
    phrases.MONTHS,
    phrases.SMALL,
    dates=("{month} {day}", "{day} {month}"),
    twelve_hours=True,
)
_GERMAN: Final = LanguagePhrases(
    german_phrases.random_phrase,
    lambda rng: phrases.choose(german_phrases.TITLES, rng),
    lambda theme, rng: phrases.choose(german_phrases.HEADINGS[theme], rng),
    german_phrases.DAYS,
    german_phrases.MONTHS,
    german_phrases.SMALL,
    dates=("{day}. {month}",),
)
_KNOWN: Final[Mapping[str, LanguagePhrases]] = {"en": _ENGLISH, "de": _GERMAN}


@lru_cache(maxsize=8)
def phrases_of(language: str) -> LanguagePhrases:
    """Return the phrases of a language, a key of ``languages.LANGUAGES``. Raises NoWordCounts."""
    return _KNOWN.get(language) or compose_phrases(load_vocabulary((language,)))


def compose_phrases(words: SynthVocabulary) -> LanguagePhrases:
    """Return phrases composed of words, at least one."""

    def some(rng: Random, least: int, most: int) -> str:
        return " ".join(words.word(rng) for _ in range(int(rng.integers(least, most + 1))))

    def headed(rng: Random, most: int) -> str:
        text = some(rng, 1, most)
        return words.capitals.capitalize(text)

    return LanguagePhrases(lambda rng: some(rng, 2, 6), lambda rng: headed(rng, 4), lambda _, rng: headed(rng, 2))
