"""Which examples are held out: about a fifth, whole photos where there are enough of them, the same at every export.

What is held out follows from the ids alone, so it stays when words are corrected or photos come, as far as sizes allow.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.dataset_files.values import Split

SHARE: Final = 0.2
# With fewer photos, one of them held out would be a third or half of all there is to learn from.
LEAST_PAGES: Final = 3


@dataclass(frozen=True, slots=True)
class ExamplePlace:
    """Where an example stands: ids of its page, of its line there, and of itself; each says nothing beyond the one
    before."""

    page: str
    line: str
    word: str


@dataclass(frozen=True, slots=True)
class Division:
    """How examples were divided. rule: "page", "line", "word", or "none" for fewer than two. sides: one each."""

    rule: str
    sides: tuple[Split, ...]

    @property
    def share(self) -> float:
        """Which share of the examples is held out, 0..1."""
        return self.sides.count(Split.HELD_OUT) / max(1, len(self.sides))


def divide(places: Sequence[ExamplePlace]) -> Division:
    """Which examples are held out; of two or more, at least one is, and at most half of them."""
    ways = (
        ("page", LEAST_PAGES, [(place.page,) for place in places]),
        ("line", 2, [(place.page, place.line) for place in places]),
        ("word", 2, [(place.page, place.line, place.word) for place in places]),
    )
    for rule, least, keys in ways:
        groups = Counter(keys)
        if len(groups) >= least:
            held = _choose_held_out(groups)
            return Division(rule, tuple(Split.HELD_OUT if key in held else Split.TRAIN for key in keys))
    return Division("none", (Split.TRAIN,) * len(places))


def _choose_held_out(groups: Mapping[tuple[str, ...], int]) -> set[tuple[str, ...]]:
    """Groups that are held out. Each has its own number 0..1, and is held out below a fifth; further ones, in the order
    of these numbers, only as long as less than half of what is wanted is held out. None that would make it too much."""
    total, taken = sum(groups.values()), 0
    ordered = sorted(groups, key=_hash_key)
    held: set[tuple[str, ...]] = set()
    for key in ordered:
        after = taken + groups[key]
        if (_hash_key(key) < SHARE or taken < SHARE / 2 * total) and after <= 1.5 * SHARE * total:
            held.add(key)
            taken = after
    # Few and large groups: one of them all the same, if it is not more than half of all there is.
    return held or set([key for key in ordered if 2 * groups[key] <= total][:1])


def _hash_key(key: tuple[str, ...]) -> float:
    """0..1, evenly spread, the same for the same ids on every machine."""
    digest = hashlib.blake2b("\0".join(key).encode("utf-8", errors="surrogatepass"), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48
