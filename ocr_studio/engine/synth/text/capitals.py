"""Uppercase and lowercase by language: in Turkish “i” becomes “İ”, and “ı” becomes “I”."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

# Of ``languages.LANGUAGES``; Azerbaijani does so as well.
_DOTTED: Final = frozenset({"tr"})
# Only these languages have these letters, and often: 27 of a hundred of 63,000 Turkish words have one. A few names in
# other languages do not make a difference.
_TELLING: Final = "ıİ"
_OFTEN: Final = 0.05
# Letters, with apostrophes between them.
_RUN: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class CaseRules:
    """Converts case. dotted: lowercase words whose “i” keeps its dot; all others are converted as in English."""

    dotted: frozenset[str] = frozenset()

    @classmethod
    def of_languages(cls, words: Mapping[str, Collection[str]]) -> CaseRules:
        """Create it from words by language code. Words that languages share but convert differently are treated as
        English.
        """
        dotted = {_small(word) for code in words.keys() & _DOTTED for word in words[code]}
        others = {word.lower() for code in words.keys() - _DOTTED for word in words[code]} if dotted else set()
        return cls(frozenset(dotted - others))

    @classmethod
    def of_list(cls, words: Collection[str]) -> CaseRules:
        """Create it for words of an unknown language, judged by their letters."""
        telling = sum(any(letter in word for letter in _TELLING) for word in words)
        return cls(frozenset(map(_small, words)) if telling and telling >= _OFTEN * len(words) else frozenset())

    def upper(self, text: str) -> str:
        """Convert to uppercase."""
        if self.dotted and "i" in text:
            text = _RUN.sub(lambda run: run[0].replace("i", "İ") if self._has(run[0]) else run[0], text)
        return text.upper()

    def lower(self, text: str) -> str:
        """Convert to lowercase."""
        if self.dotted and "I" in text:
            text = _RUN.sub(lambda run: run[0].replace("I", "ı") if self._has(run[0]) else run[0], text)
        # Python returns the dot as a combining character.
        return text.replace("İ", "i").lower()

    def capitalize(self, text: str) -> str:
        """Capitalize the first letter."""
        first = _RUN.match(text)
        if first and text[0] == "i" and self._has(first[0]):
            return f"İ{text[1:]}"
        return text[:1].upper() + text[1:]

    def _has(self, word: str) -> bool:
        return _small(word) in self.dotted


DEFAULT: Final = CaseRules()


def _small(word: str) -> str:
    """Convert a word of a language with dotted capitals to lowercase."""
    return word.replace("I", "ı").replace("İ", "i").lower()
