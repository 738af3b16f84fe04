"""Letters that a recognizer, or an eye, takes for each other.

Two kinds, and why: letters of the same shape, which only the letters around them tell apart ("0" and "O" in most
handwriting), and letters that differ by one stroke which a pen leaves out, lets run on, or does not close ("a" with an
open top is "u"). Which these are follows from how the letters are written, small or as capitals, not from counting one
recognizer's mistakes. All are folded (``core.folding``), so a pair of capitals stands here as small letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

# What a slip costs where another letter altogether costs 1. Four letters of the same shape are as likely as one that is
# just wrong; of strokes, one may be wrong in a short word and two in a longer one (``matching.allowed_cost``). Two
# neighbours swapped are the fingers' own slip, and no likelier to make another word than a stroke is.
SHAPE: Final = 0.25
STROKE: Final = 0.6
SWAPPED: Final = 0.6

# Letters whose capitals are written as the small ones are, larger.
ONE_SHAPE: Final = frozenset("ckopsuvwxyz")

# Each letter of a group has the shape of each other one.
_SHAPES: Final = (
    "0oø",  # a ring
    "1il|!",  # a bar, dotted or not; capital I
    "5s$",  # the same S, with corners or without
    "8b",  # capital B
    "2z",  # with a round or a sharp turn
    "6g",  # capital G
    "9qg",  # a ring on a tail
    "+t",  # a cross
    "x×*",
    "–-—~−",
    ".,·",
    ":;",
    "→>",
    "←<",
    "u⊔∪",
    "µu",
    "/|",
    "([{<",
    ")]}>",
)
# Each first letter may be taken for each of the others, and they for it.
_STROKES: Final = (
    ("a", "oudqe"),  # the ring open or closed, its tail short or long
    ("o", "cudqe6"),  # the ring open to the right, to the top, or with a tail
    ("c", "e(gl<"),  # the bar of the e; the lip of the G; a narrow curve
    ("e", "li6"),  # a narrow loop
    ("n", "hurmvw"),  # an arch with a longer stem, upside down, cut short, twice; capital N and its slants
    ("u", "vyw"),  # round or pointed at the bottom
    ("v", "ryw"),  # a pointed r; a tail
    ("h", "bkl"),  # the arch closed, or in two strokes; only the stem
    ("k", "xr"),
    ("i", "jtr"),  # the stem longer, crossed, or with a flag
    ("l", "tjf7"),
    ("t", "f7yi1"),  # the bar at another height; capital T
    ("f", "pe"),  # capital F closed, and with a third bar
    ("p", "rdbn"),  # capital P with a leg; the ring on the other side
    ("d", "b"),
    ("g", "ysj"),
    ("y", "49x"),
    ("7", "1z?"),
    ("4", "9au"),
    ("3", "s8bez"),  # ends closed; a z with a tail
    ("5", "6"),
    ("0", "69d8"),
    ("m", "w"),
    ("&", "8"),
)
# Two letters that run into one.
MERGED_PAIRS: Final = (("rn", "m"), ("cl", "d"), ("vv", "w"))


def find_substitution_costs(letter: str) -> Mapping[str, float]:
    """Return the cost of each letter that may replace this one; letters that are missing cost 1."""
    return _COSTS.get(letter, _NONE)


def list_shape_groups() -> Iterator[str]:
    """Yield groups of letters of the same shape."""
    yield from _SHAPES


def _build_cost_table() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}

    def note(one: str, other: str, cost: float) -> None:
        for a, b in ((one, other), (other, one)):
            found.setdefault(a, {})[b] = min(cost, found.get(a, {}).get(b, 1.0))

    for first, others in _STROKES:
        for other in others:
            note(first, other, STROKE)
    for group in _SHAPES:
        for one in group:
            for other in group.replace(one, ""):
                note(one, other, SHAPE)
    return found


_COSTS: Final = _build_cost_table()
_NONE: Final[Mapping[str, float]] = MappingProxyType({})
