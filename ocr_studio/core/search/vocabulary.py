"""All distinct words of a project, packed so that 250,000 are compared within milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.search import confusable, edit_distance

Array = NDArray[Any]

_LINE, _SPACE = ord("\n"), ord(" ")
# Letters behind this many are not compared: no word that somebody looks for is longer, but a damaged text may be.
LONGEST: Final = 40
# Letters whose codes do not fit share the last one.
_MOST_LETTERS: Final = 60_000
# How many words are compared at once; more would not fit a processor's cache.
_AT_ONCE: Final = 4096


@dataclass(slots=True)
class Vocabulary:
    """The tokens (``folding.tokenize``) of texts with the numbers 0, 1, …; last: the highest so far, or -1."""

    last: int = -1
    _codes: dict[str, int] = field(default_factory=dict)
    _letters: NDArray[np.uint16] = field(default_factory=lambda: np.empty(0, np.uint16))
    _starts: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    _lengths: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    _texts: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    _marks: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    _counting: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    # For each text, how many tokens it has.
    sizes: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    _groups: tuple[Array, Array] | None = None

    def add(self, lines: str, last: int) -> None:
        """Add the tokens of the texts up to number ``last``, a line for each text."""
        if last <= self.last:
            return
        points = np.frombuffer(lines.encode("utf-32-le", "surrogatepass"), np.uint32)
        between = (points == _LINE) | (points == _SPACE)
        edges = np.flatnonzero(np.diff(np.concatenate([[True], between, [True]])))
        starts, ends = edges[::2], edges[1::2]
        codes = self._coded(points)
        texts = np.cumsum(points == _LINE)[starts] + self.last + 1 if len(points) else starts
        marks = self._bits()[codes]
        # reduceat goes on to the next start: what lies between is no letter and has no bit.
        found = np.bitwise_or.reduceat(marks, starts) if len(starts) else np.empty(0, np.uint64)
        self._starts = np.concatenate([self._starts, (starts + len(self._letters)).astype(np.int32)])
        self._letters = np.concatenate([self._letters, codes])
        self._lengths = np.concatenate([self._lengths, np.minimum(ends - starts, LONGEST).astype(np.uint8)])
        self._texts = np.concatenate([self._texts, texts.astype(np.int32)])
        self._marks = np.concatenate([self._marks, found])
        self._counting = np.concatenate([self._counting, np.zeros(last - self.last, np.bool_)])
        sizes = np.bincount(texts - self.last - 1, minlength=last - self.last)
        self.sizes = np.concatenate([self.sizes, np.minimum(sizes, 255).astype(np.uint8)])
        self.last, self._groups = last, None

    def count(self, texts: Array) -> None:
        """Mark texts that are the text of a word, not only an alternative."""
        if not self._counting[texts].all():
            self._counting[texts] = True
            self._groups = None

    def near(
        self, wanted: str, *, most: float, rest: float | None = None, beginnings: bool = False
    ) -> tuple[Array, Array]:
        """Measure the distance of the nearest token of each text to a folded word; inf beyond ``most``. (texts,) and
        (texts,).

        The second is for the nearest beginning of a token, inf everywhere unless ``beginnings``. rest: what takes the
        place of ``most`` for texts that do not ``count``, which are the far greater part.
        """
        whole, begun = (np.full(self.last + 1, np.inf, np.float32) for _ in range(2))
        wanted = wanted[:LONGEST]
        if not wanted:
            return whole, begun
        if rest is None:
            groups = [(most, np.arange(len(self._texts)))]
        else:
            if self._groups is None:
                counting = self._counting[self._texts]
                self._groups = np.flatnonzero(counting), np.flatnonzero(~counting)
            groups = list(zip((most, rest), self._groups, strict=True))
        for limit, tokens in groups:
            self._compare(wanted, self._likely(wanted, limit, tokens, beginnings=beginnings), limit, whole, begun)
        return whole, begun if beginnings else np.full_like(begun, np.inf)

    def beginning(self, wanted: str) -> Array:
        """Return 0 for each text with a token that begins exactly so, otherwise inf: (texts,)."""
        begun = np.full(self.last + 1, np.inf, np.float32)
        codes = [self._codes.get(letter, 0) for letter in wanted[:LONGEST]]
        tokens = np.flatnonzero(self._lengths >= len(codes)) if codes and all(codes) else np.empty(0, np.intp)
        for place, code in enumerate(codes):
            tokens = tokens[self._letters[self._starts[tokens] + place] == code]
        begun[self._texts[tokens]] = 0.0
        return begun

    def having(self, wanted: str) -> Array:
        """Return 0 for each text with a token that contains exactly this, otherwise inf: (texts,)."""
        found = np.full(self.last + 1, np.inf, np.float32)
        codes = [self._codes.get(letter, 0) for letter in wanted]
        begins = len(self._letters) - len(codes) + 1
        if begins < 1 or not all(codes):
            return found
        here = [self._letters[place : begins + place] == code for place, code in enumerate(codes)]
        places = np.flatnonzero(np.logical_and.reduce(here))
        tokens = np.searchsorted(self._starts, places, side="right") - 1
        tokens = tokens[places + len(codes) <= self._starts[tokens] + self._lengths[tokens]]
        found[self._texts[tokens]] = 0.0
        return found

    def _compare(self, wanted: str, likely: NDArray[np.intp], most: float, whole: Array, begun: Array) -> None:
        """Fill in the distances of these tokens."""
        letters, width = edit_distance.LetterCodes(self._codes), min(len(wanted) + _limit_spare(most), LONGEST)
        for first in range(0, len(likely), _AT_ONCE):
            some = likely[first : first + _AT_ONCE]
            # Of longer words only the beginning can be near enough.
            lengths = np.minimum(self._lengths[some], width)
            ends, starts = edit_distance.compute_distances(
                wanted, self._words(some, lengths), lengths, letters, most=most
            )
            np.minimum.at(whole, self._texts[some], np.where(self._lengths[some] > width, np.inf, ends))
            np.minimum.at(begun, self._texts[some], starts)

    def _likely(self, wanted: str, most: float, tokens: NDArray[np.intp], *, beginnings: bool) -> NDArray[np.intp]:
        """Select the tokens that may be near enough, short ones first: by length, and by their letters."""
        edits = int(most / edit_distance.SIGN)
        double = min(edits, sum(wanted.count(one) for _, one in confusable.MERGED_PAIRS))
        spare = _limit_spare(most)
        ours = np.uint64(0)
        for letter in wanted:
            ours |= _bits_of(letter)
        marks, lengths = self._marks[tokens], self._lengths[tokens]
        fits = (lengths >= len(wanted) - spare) & (np.bitwise_count(ours & ~marks) <= edits + double)
        if not beginnings:
            fits &= (lengths <= len(wanted) + spare) & (np.bitwise_count(marks & ~ours) <= 2 * edits)
        found = tokens[fits]
        in_order: NDArray[np.intp] = found[np.argsort(self._lengths[found], kind="stable")]
        return in_order

    def _words(self, tokens: NDArray[np.intp], lengths: Array) -> edit_distance.Codes:
        """Return the codes, (L, N), of the first letters of each token as a column, 0 behind its end."""
        places = np.arange(int(lengths.max(initial=0)))[:, None]
        inside = places < lengths
        return np.where(inside, self._letters[np.where(inside, self._starts[tokens] + places, 0)], np.uint16(0))

    def _coded(self, points: NDArray[np.uint32]) -> NDArray[np.uint16]:
        """Convert code points to codes; new letters get the next code."""
        distinct = np.flatnonzero(np.bincount(points, minlength=1)) if len(points) else np.empty(0, np.intp)
        table = np.zeros(int(distinct.max(initial=0)) + 1, np.uint16)
        for point in distinct.tolist():
            if point not in (_LINE, _SPACE):
                table[point] = self._codes.setdefault(chr(point), min(len(self._codes) + 1, _MOST_LETTERS))
        return table[points]

    def _bits(self) -> NDArray[np.uint64]:
        """Return the bits of each code."""
        table = np.zeros(max(self._codes.values(), default=0) + 1, np.uint64)
        for letter, code in self._codes.items():
            table[code] = _bits_of(letter)
        return table


def _limit_spare(most: float) -> int:
    """Return by how many letters a word may be longer or shorter, including merged pairs."""
    return int(most / edit_distance.SIGN) + int(most / confusable.SHAPE)


def _bits_of(letter: str) -> np.uint64:
    """Bits for which letters a word has. Letters of one shape have the same, and those that two letters make have both
    of theirs, so that slips of shape change none, and others one of each kind: one that is missing, one too many, or
    two where a letter has both of a pair's.
    """
    for two, one in confusable.MERGED_PAIRS:
        if letter == one:
            return _bits_of(two[0]) | _bits_of(two[1])
    number = _SHAPES.get(letter)
    return np.uint64(1) << np.uint64(_FREE + ord(letter) % (64 - _FREE) if number is None else number)


def _number_letters() -> dict[str, int]:
    groups: list[set[str]] = []
    for shape in confusable.list_shape_groups():
        mine = set(shape)
        for other in [group for group in groups if group & mine]:
            mine |= other
            groups.remove(other)
        groups.append(mine)
    return {letter: number for number, group in enumerate(groups) for letter in group}


_SHAPES: Final = _number_letters()
_FREE: Final = max(_SHAPES.values()) + 1
