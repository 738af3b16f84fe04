"""Aligns the tokens of an edited text with those that it had, by edit distance: what became of which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# In characters: what a boundary between two tokens costs, and each character of a token that is added or gone. An
# added token is cheaper than the same characters within another, so that "black cat" is "cat" and a new token.
_BOUNDARY: Final = 0.5
_WHOLE: Final = 0.75
# One token may become so many, or so many one.
_MOST_PARTS: Final = 4
# So many pairs of tokens are compared; longer texts are first divided at tokens that are the same.
_MOST_PAIRS: Final = 5_000
# Characters of a token that are compared with parts of others.
_LONGEST: Final = 60
_FAR: Final = float("inf")
# Parts are those of a token if they differ from it by less than this share of its characters.
_ALIKE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Group:
    """Tokens that belong together: a range of old ones and the range of new ones that they became."""

    old: range
    new: range


def align(old: Sequence[str], new: Sequence[str]) -> list[Group]:
    """Align two sequences of tokens.

    Args:
        old: The tokens before.
        new: The tokens after.

    Returns:
        Groups in order that cover all tokens: one old and one new (unchanged or changed), one old and several new
        (split), several old and one new (joined), one old and none (deleted), none and one new (inserted).
    """
    found: list[Group] = []
    for olds, news in _divide(old, new):
        few = _align_few([old[index] for index in olds], [new[index] for index in news])
        found += [Group(_shift(group.old, olds.start), _shift(group.new, news.start)) for group in few]
    return found


def find_cut(text: str, first: str, rest: str) -> int:
    """Find where a text is cut if it became two texts: the index of the first character of the second part."""
    from rapidfuzz.distance import Levenshtein

    for step in Levenshtein.opcodes(text, f"{first} {rest}"):
        if step.dest_start <= len(first) < step.dest_end:  # there is the space
            return step.src_start + (len(first) - step.dest_start if step.tag == "equal" else 0)
    return len(text)


def _shift(some: range, by: int) -> range:
    return range(some.start + by, some.stop + by)


def _divide(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[range, range]]:
    """Divide long sequences at runs of equal tokens, so that few pairs are to be compared."""
    if len(old) * len(new) <= _MOST_PAIRS:
        yield range(len(old)), range(len(new))
        return
    from rapidfuzz.distance import Indel

    i = j = 0
    for block in Indel.opcodes(old, new).as_matching_blocks():  # the last one is empty, at the end
        olds, news = range(i, block.a), range(j, block.b)
        if len(olds) * len(news) > _MOST_PAIRS:
            shared = min(len(olds), len(news))
            yield from zip(_each(olds[:shared]), _each(news[:shared]), strict=True)
            olds, news = olds[shared:], news[shared:]
        yield olds, news
        i, j = block.a + block.size, block.b + block.size
        yield from zip(_each(range(block.a, i)), _each(range(block.b, j)), strict=True)


def _each(some: range) -> Iterator[range]:
    return (range(index, index + 1) for index in some)


def _align_few(old: Sequence[str], new: Sequence[str]) -> list[Group]:
    """Find the alignment with the lowest cost (dynamic programming)."""
    costs = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    steps = [[(0, 0)] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) + 1):
        for j in range(len(new) + 1):
            if i or j:
                costs[i][j], steps[i][j] = min(
                    (costs[i - a][j - b] + cost, (a, b)) for cost, a, b in _find_steps(old, new, i, j)
                )
    found: list[Group] = []
    i, j = len(old), len(new)
    while i or j:
        a, b = steps[i][j]
        found.append(Group(range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    return found[::-1]


def _find_steps(old: Sequence[str], new: Sequence[str], i: int, j: int) -> Iterator[tuple[float, int, int]]:
    """Yield how the tokens before these indices may belong together: the cost, and how many old and new ones."""
    if j:
        yield _measure_whole(new[j - 1]), 0, 1
    if i:
        yield _measure_whole(old[i - 1]), 1, 0
    if i and j:
        yield _measure_change(old[i - 1], new[j - 1]), 1, 1
    for count in range(2, _MOST_PARTS + 1):
        if i and count <= j:
            yield _measure_parts(old[i - 1], new[j - count : j]), 1, count
        if j and count <= i:
            yield _measure_parts(new[j - 1], old[i - count : i]), count, 1


def _measure_whole(token: str) -> float:
    return _WHOLE * len(token) + _BOUNDARY


@lru_cache(_MOST_PAIRS)
def _measure_change(old: str, new: str) -> float:
    """Measure a change; it never costs as much as deleting one and inserting the other, so that a box stays."""
    from rapidfuzz.distance import Levenshtein

    most = _measure_whole(old) + _measure_whole(new) - _BOUNDARY / 2
    return min(float(Levenshtein.distance(old, new)), most)


def _measure_parts(whole: str, parts: Sequence[str]) -> float:
    """Measure how far parts are from being this token with spaces, each being at least one character of it."""
    from rapidfuzz.distance import Levenshtein

    most = int(_ALIKE * len(whole))
    joined = "".join(parts)
    if len(whole) < len(parts) or abs(len(joined) - len(whole)) > most:
        return _FAR
    far = Levenshtein.distance(whole, joined, score_cutoff=most)
    least = far + _BOUNDARY * (len(parts) - 1)
    apart = sum(map(_measure_whole, parts))
    if far > most or least >= min(apart - _measure_whole(part) + _measure_change(whole, part) for part in parts):
        return _FAR  # it is one of the parts, and the others are new or gone
    if len(whole) > _LONGEST:
        return least
    costs = [0.0, *(_FAR for _ in whole)]  # of the first characters, by their number
    for part in parts:
        costs = [
            min((costs[start] + Levenshtein.distance(whole[start:end], part) for start in range(end)), default=_FAR)
            for end in range(len(whole) + 1)
        ]
    return costs[-1] + _BOUNDARY * (len(parts) - 1)
