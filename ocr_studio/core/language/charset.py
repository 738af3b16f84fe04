"""Character sets of recognizers, and texts as class numbers. Class 0 is always CTC's blank."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

from ocr_studio.core.plain_text import one_line

Alphabet: TypeAlias = Literal["latin", "all"]

BLANK: Final = 0

# Signs beyond ASCII that people write among Latin letters. Left out: signs that look like one of these or of ASCII
# (−, ∕, ∗, ‐) and accents standing alone, which only turn up as misreadings.
_SIGNS: Final = frozenset(
    "¡¿«»‹›‘’‚“”„–—…·•‰†‡§¶©®™№"  # punctuation and marks
    "¢£¥€₹₺₽₩₪₫₱₴₿"  # currency
    "°℃℉′″ªº¹²³⁰⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎¼½¾⅓⅔⅛⅜⅝⅞"  # units, raised and lowered digits, fractions
    "±×÷¬√∛∞∝≈≅≠≡≤≥≪≫∂∆∇∏∑∫∮∀∃∄∅∈∉∋∧∨∩∪⊂⊃⊆⊇⊕⊗⊥∠∴∵⋅"  # mathematics
    "←↑→↓↔↕↖↗↘↙↦↵⇐⇑⇒⇓⇔"  # arrows
    "■□▪▫▲△▶▷▼▽◆◇○●★☆☐☑☒✓✔✕✖✗✘"  # bullets, boxes, ticks
    "µαβγδεθλμπστφψωΓΔΘΛΠΣΦΨΩ"  # the Greek letters of formulas that do not look like Latin ones
)


def normalize_text(text: str) -> str:
    """Normalize a text as networks and files have it; see ``plain_text.one_line``."""
    return one_line(text)


def is_in_alphabet(character: str, alphabet: Alphabet) -> bool:
    """Whether an alphabet setting includes a character.

    "all": anything that normalised text can hold (of two characters that Unicode calls the same, the usual one).
    "latin": printable ASCII with the space, Latin letters with accents, and the signs people write among them:
    currency, punctuation, fractions, arrows, mathematics, ticks, the Greek letters of formulas.
    """
    if unicodedata.normalize("NFC", character) != character:
        return False
    return alphabet == "all" or character in _SIGNS or " " <= character <= "~" or _is_latin_letter(character)


def _is_latin_letter(character: str) -> bool:
    """Whether this is a letter of a European language in Latin script, or an ASCII letter with any accents."""
    if len(character) != 1 or not unicodedata.category(character).startswith("L"):
        return False
    if "\u00c0" <= character <= "\u017f":  # Latin-1 and Latin Extended-A: also ß, æ, ø, đ, ħ, ı, ł, ŋ, þ
        return True
    plain = unicodedata.normalize("NFD", character)[0]
    return plain.isascii() and plain.isalpha()


@dataclass(frozen=True)
class Charset:
    """Which character each class of a recognizer stands for.

    characters: one entry a class, that of class 1 first; class 0 is the blank and has no character. Raises ValueError
    for an entry that is empty or there twice.
    """

    characters: tuple[str, ...]

    def __post_init__(self) -> None:
        if twice := [each for each, times in Counter(self.characters).items() if times > 1]:
            raise ValueError(f"more than once in the alphabet: {' '.join(f'“{each}”' for each in twice)}")
        if "" in self.characters:
            raise ValueError("every class of a charset needs a character")

    def __len__(self) -> int:
        """The number of classes, including the blank."""
        return len(self.characters) + 1

    def __contains__(self, character: object) -> bool:
        return character in self._classes

    def encode(self, text: str) -> list[int]:
        """Return the classes of a text, after normalization. Raises KeyError for an unknown character."""
        return [self._classes[character] for character in normalize_text(text)]

    def decode(self, classes: Iterable[int]) -> str:
        """Return the text of classes, without blanks. Raises IndexError for an unknown class."""
        return "".join(self._character(index) for index in classes if index != BLANK)

    def unknown(self, text: str) -> frozenset[str]:
        """Return the characters of a text, after normalization, that this charset lacks."""
        return frozenset(normalize_text(text)) - self._classes.keys()

    def cut(self, alphabet: Alphabet) -> tuple[Charset, Sequence[int]]:
        """Return the part that a setting includes, and for each of its classes (the blank first) the class in this
        charset.
        """
        kept = [
            index for index, character in enumerate(self.characters, start=1) if is_in_alphabet(character, alphabet)
        ]
        return Charset(tuple(self.characters[index - 1] for index in kept)), (BLANK, *kept)

    @cached_property
    def _classes(self) -> dict[str, int]:
        return {character: index for index, character in enumerate(self.characters, start=1)}

    def _character(self, index: int) -> str:
        if not 0 < index < len(self):
            raise IndexError(f"class {index} of a charset of {len(self)}")
        return self.characters[index - 1]
