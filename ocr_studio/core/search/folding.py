"""Folding of texts for comparison: without case, accents and punctuation around words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_APOSTROPHES: Final = re.compile("['’ʼ`´]")
# Where one piece of a name ends and the next begins: anything but letters and digits, and a capital after a small one.
_HUMP: Final = re.compile("(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
_BETWEEN: Final = re.compile(r"[\W_]+")


def fold_text(text: str) -> str:
    """Fold a text: without case, accents and apostrophes, wide and raised characters as plain ones."""
    if text.isascii():
        return _APOSTROPHES.sub("", text.lower())
    parts = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def fold_word(text: str) -> str:
    """Fold one word, without punctuation around it; a word of punctuation alone stays."""
    folded = "".join(fold_text(text).split())
    return _EDGES.sub("", folded) or folded


def tokenize(text: str) -> tuple[str, ...]:
    """Split a text into the words that it is found by, and the parts of compound words ("load-balancer", "userId").

    Each is folded and without spaces; the words come first, in their order.
    """
    whole = [folded for each in text.split() if (folded := fold_word(each))]
    pieces = [piece for each in text.split() for piece in _split_compound(each)]
    return tuple(dict.fromkeys([*whole, *pieces]))


def _split_compound(text: str) -> list[str]:
    parted = [piece for part in _BETWEEN.split(_APOSTROPHES.sub("", text)) for piece in _split_camel_case(part)]
    found = [folded for part in parted if (folded := fold_word(part))]
    return found if len(found) > 1 else []


def _split_camel_case(text: str) -> list[str]:
    """Split "loadBalancer"; single letters are no parts, as capitals within handwriting are random ("aRRay")."""
    found = _HUMP.sub(" ", text).split()
    return found if all(len(piece) > 1 for piece in found) else [text]
