"""Character classes as evidence for word boundaries: "(" is not separated from what it opens."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, unique
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Kinds: TypeAlias = NDArray[np.intp]


@unique
class CharacterClass(IntEnum):
    """The class of a character."""

    OTHER = 0
    SMALL = 1
    CAPITAL = 2
    OPENS = 3
    CLOSES = 4
    STOP = 5
    COMMA = 6
    DASH = 7
    EQUALS = 8


_SIGNS: Final = {
    CharacterClass.OPENS: "([{<",
    CharacterClass.CLOSES: ")]}>",
    CharacterClass.STOP: ".",
    CharacterClass.COMMA: ",;:!?",
    CharacterClass.DASH: "-–—_~",
    CharacterClass.EQUALS: "=+*/÷×&|^≠",
}
_KINDS: Final = {character: kind for kind, signs in _SIGNS.items() for character in signs}
# Weights of the columns of ``boundary_features``, added to the log odds that two neighbours are in different words:
# after a symbol, before one, an uppercase after a lowercase letter ("newNode"), a dash before the first word of a line
# (a list item). Fitted together with the weights in ``word_segmentation``.
_AFTER: Final = {
    CharacterClass.OPENS: -1.15,
    CharacterClass.CLOSES: 0.9,
    CharacterClass.STOP: -1.85,
    CharacterClass.COMMA: 1.05,
    CharacterClass.EQUALS: 1.6,
}
_BEFORE: Final = {
    CharacterClass.OPENS: -1.6,
    CharacterClass.CLOSES: -0.65,
    CharacterClass.STOP: 0.0,
    CharacterClass.COMMA: -0.95,
    CharacterClass.EQUALS: 2.1,
}
_CAMEL_CASE, _LIST_ITEM = -1.45, 4.35
NAMES: Final = (
    *(f"after {kind.name}" for kind in _AFTER),
    *(f"before {kind.name}" for kind in _BEFORE),
    "hump",
    "item",
)
WEIGHTS: Final = (*_AFTER.values(), *_BEFORE.values(), _CAMEL_CASE, _LIST_ITEM)


def classify(characters: Sequence[str]) -> Kinds:
    """Return the class of each output class of the network, (C + 1,), the blank first."""
    return np.array([CharacterClass.OTHER, *map(_classify, characters)], np.intp)


def _classify(character: str) -> CharacterClass:
    if character.isalpha():
        return CharacterClass.CAPITAL if character.isupper() else CharacterClass.SMALL
    return _KINDS.get(character, CharacterClass.OTHER)


def boundary_features(found: Kinds) -> Floats:
    """Return the features of neighbouring characters, (L − 1, len(NAMES)), 0 or 1, from their classes
    ``found``, (L,).
    """
    left, right = found[:-1], found[1:]
    list_item = (left == CharacterClass.DASH) & np.isin(right, (CharacterClass.SMALL, CharacterClass.CAPITAL))
    list_item[1:] = False
    after = [left == kind for kind in _AFTER]
    before = [right == kind for kind in _BEFORE]
    camel_case = (left == CharacterClass.SMALL) & (right == CharacterClass.CAPITAL)
    return np.stack([*after, *before, camel_case, list_item], axis=1).astype(np.float64)
