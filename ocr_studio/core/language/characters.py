"""The character palette: groups of characters that a model can read, and recently used ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_studio.core import state_file
from ocr_studio.core.language import charset
from ocr_studio.core.translation import later

FILE: Final = "characters.json"
# So many are remembered as used last.
MOST_LAST: Final = 24
# Where characters of all scripts are: far more than anybody looks through in a palette.
_MOST: Final = 4000

_ARROWS, _MATHS, _MONEY, _QUOTES, _RAISED, _SHAPES, _GREEK, _LATIN, _SIGNS, _OTHERS = (
    later("Arrows"),
    later("Mathematics"),
    later("Currency"),
    later("Quotes and dashes"),
    later("Fractions, superscripts and subscripts"),
    later("Check marks and shapes"),
    later("Greek letters"),
    later("Accented letters"),
    later("Other symbols"),
    later("Other letters"),
)
GROUPS: Final = (_LATIN, _GREEK, _QUOTES, _ARROWS, _MATHS, _MONEY, _RAISED, _SHAPES, _SIGNS, _OTHERS)
_ON_KEYS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
_NAMED: Final = {
    _ARROWS: ("ARROW",),
    _QUOTES: ("QUOTATION", "APOSTROPHE"),
    _RAISED: ("SUPERSCRIPT", "SUBSCRIPT"),
    _GREEK: ("MICRO SIGN",),
}
_KINDS: Final = {"Sc": _MONEY, "Pd": _QUOTES, "Pi": _QUOTES, "Pf": _QUOTES, "Sm": _MATHS, "No": _RAISED, "So": _SHAPES}


@dataclass(frozen=True, slots=True)
class CharacterGroup:
    """Characters of one kind. title: in English, for ``tr``."""

    title: str
    characters: tuple[str, ...]


def list_latin() -> tuple[str, ...]:
    """Return the characters of the alphabet for writing in Latin letters."""
    found = (chr(code) for code in range(0x20, 0x3000))
    return tuple(each for each in found if charset.is_in_alphabet(each, "latin"))


def group_characters(alphabet: Iterable[str]) -> tuple[CharacterGroup, ...]:
    """Group the characters of an alphabet by kind, without plain letters and digits; no group is empty."""
    found: dict[str, list[str]] = {title: [] for title in GROUPS}
    for each in sorted({each for each in alphabet if len(each) == 1 and each not in _ON_KEYS}, key=_sort_key)[:_MOST]:
        found[_find_group(each)].append(each)
    return tuple(CharacterGroup(title, tuple(each)) for title, each in found.items() if each)


def describe_character(character: str) -> str:
    """Return the Unicode name of a character in lower case: "euro sign"."""
    return unicodedata.name(character, f"character {ord(character):X}").lower()


def find_characters(characters: Iterable[str], query: str) -> tuple[str, ...]:
    """Find characters: the character itself, its base letter, or all words of the query in its name."""
    wanted = query.strip()
    if not wanted:
        return tuple(characters)
    words = wanted.lower().split()
    every = tuple(characters)
    exact = [each for each in every if each == wanted or (len(wanted) == 1 and _find_base(each) == wanted)]
    named = [each for each in every if all(word in describe_character(each) for word in words)]
    return tuple(dict.fromkeys((*exact, *(named if len(wanted) > 1 or not exact else ()))))


def load_recent(folder: Path) -> tuple[str, ...]:
    """Load the recently used characters, newest first. folder: that of the settings."""
    found = state_file.read(folder / FILE).get("last")
    kept = found[:MOST_LAST] if isinstance(found, list) else []
    return tuple(each for each in kept if isinstance(each, str) and len(each) == 1 and each.isprintable())


def remember_character(folder: Path, character: str) -> tuple[str, ...]:
    """Remember a used character and return the recent ones. Errors of writing are ignored."""
    last = tuple(dict.fromkeys((character, *load_recent(folder))))[:MOST_LAST]
    try:
        state_file.write(folder / FILE, {"last": list(last)})
    except OSError as error:
        state_file.log.info("%s: not kept: %s", folder / FILE, error)
    return last


def _find_group(character: str) -> str:
    kind, called = unicodedata.category(character), unicodedata.name(character, "")
    if kind[0] == "L" and character != "µ":
        return _LATIN if "LATIN" in called or character in "ªº" else _GREEK if "GREEK" in called else _OTHERS
    named = next((group for group, parts in _NAMED.items() if any(part in called for part in parts)), None)
    return named or (_SIGNS if character.isascii() else _KINDS.get(kind, _SIGNS))


def _sort_key(character: str) -> tuple[bool, str, bool, int]:
    # The letters of European languages first; behind them the many that few have seen.
    return character > "\u017f", _find_base(character).lower(), character.isupper(), ord(character)


def _find_base(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0]
