"""What letters and signs that follow each other say about where words end: "(" is not parted from what it opens."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, unique
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Kinds: TypeAlias = NDArray[np.intp]


@unique
class Kind(IntEnum):
    """What a character is to its neighbours."""

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
    Kind.OPENS: "([{<",
    Kind.CLOSES: ")]}>",
    Kind.STOP: ".",
    Kind.COMMA: ",;:!?",
    Kind.DASH: "-–—_~",
    Kind.EQUALS: "=+*/÷×&|^≠",
}
_KINDS: Final = {character: kind for kind, signs in _SIGNS.items() for character in signs}
# What the columns of ``between`` add to the logarithm of the odds that two neighbours are parted: after a sign, before
# one, a capital after a small letter ("newNode"), a dash before the first word of a line (an item of a list). Fitted
# together with what ``lines`` weighs, see there.
_AFTER: Final = {Kind.OPENS: -1.15, Kind.CLOSES: 0.9, Kind.STOP: -1.85, Kind.COMMA: 1.05, Kind.EQUALS: 1.6}
_BEFORE: Final = {Kind.OPENS: -1.6, Kind.CLOSES: -0.65, Kind.STOP: 0.0, Kind.COMMA: -0.95, Kind.EQUALS: 2.1}
_HUMP, _ITEM = -1.45, 4.35
NAMES: Final = (
    *(f"after {kind.name}" for kind in _AFTER),
    *(f"before {kind.name}" for kind in _BEFORE),
    "hump",
    "item",
)
WEIGHTS: Final = (*_AFTER.values(), *_BEFORE.values(), _HUMP, _ITEM)


def kinds(characters: Sequence[str]) -> Kinds:
    """Of each class, the blank's first: (C + 1,). characters: what the classes from 1 on stand for."""
    return np.array([Kind.OTHER, *map(_kind, characters)], np.intp)


def _kind(character: str) -> Kind:
    if character.isalpha():
        return Kind.CAPITAL if character.isupper() else Kind.SMALL
    return _KINDS.get(character, Kind.OTHER)


def between(found: Kinds) -> Floats:
    """For L letters and signs of a line from left to right what each two neighbours are: (L - 1, len(NAMES)), 0 or 1.

    found: (L,) their kinds.
    """
    left, right = found[:-1], found[1:]
    item = (left == Kind.DASH) & np.isin(right, (Kind.SMALL, Kind.CAPITAL))
    item[1:] = False
    after = [left == kind for kind in _AFTER]
    before = [right == kind for kind in _BEFORE]
    hump = (left == Kind.SMALL) & (right == Kind.CAPITAL)
    return np.stack([*after, *before, hump, item], axis=1).astype(np.float64)
