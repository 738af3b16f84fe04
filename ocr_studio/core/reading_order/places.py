"""The places of words in a reading order: which word comes after which, and where lines and blocks begin."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

# How a word follows the one before it: in its line, in the next line, in the next block.
SAME: Final = 0
LINE: Final = 1
BLOCK: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A word in the order, and how it follows the previous word."""

    id: str
    follows: int


def compose_lines(places: Sequence[Place]) -> tuple[tuple[str, ...], ...]:
    """Write places as ``WordOrder.lines``: ids line by line, an empty tuple between two blocks."""
    found: list[list[str]] = []
    for place in places:
        if place.follows == BLOCK and found:
            found.append([])
        if place.follows or not found:
            found.append([])
        found[-1].append(place.id)
    return tuple(map(tuple, found))


def pass_on_breaks(places: Sequence[Place], gone: Collection[str]) -> dict[str, int]:
    """Keep line breaks when words are removed: a line that lost its first word is still a line.

    Returns:
        How each of the other words follows the one before it, in order.
    """
    found: dict[str, int] = {}
    waiting = SAME
    for place in places:
        waiting = max(waiting, place.follows)
        if place.id not in gone:
            found[place.id] = waiting
            waiting = SAME
    return found
