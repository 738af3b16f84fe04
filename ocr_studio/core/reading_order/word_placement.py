"""Where a box belongs in a given reading order, by its position on the photo: in a line, or as a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ocr_studio.core.page import Quad, Word
from ocr_studio.core.reading_order import text_lines
from ocr_studio.core.reading_order.places import BLOCK, LINE, SAME
from ocr_studio.core.reading_order.text_lines import Floats, Indices, LineBoxes, Mask

# Lengths in heights of the letters. A line of its own goes on with the block above or below if the blank between them
# is no wider than this: as ``paragraphs`` has it.
_CLOSE: Final = 1.2
# Past a wide blank a box still belongs to a line if the lines above and below it, up to this far away, cross the blank
# as well; where there are none, up to this width.
_REACH: Final = 3.0
_WIDEST: Final = 6.0
# A line that begins elsewhere counts as further away: this share of the distance along the line.
_ASIDE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Slot:
    """A place between two words of an order.

    Attributes:
        index: Index of the word that comes after it.
        follows: How a word here follows the one before it: SAME, LINE or BLOCK of ``places``.
        then: How the word that comes after it follows.
    """

    index: int
    follows: int
    then: int


class OrderedWords:
    """The words of a page in an order that stays, to find the place of another box among them.

    Args:
        words: The words in reading order.
        follows: How each follows the one before it: SAME, LINE or BLOCK of ``places``.
    """

    def __init__(self, words: Sequence[Word], follows: Sequence[int]) -> None:
        corners = np.array([word.quad.corners for word in words], dtype=np.float64).reshape(-1, 4, 2)
        self._frame = text_lines.find_frame(corners).T
        self._boxes = LineBoxes.of(corners @ self._frame)
        self._follows = np.array([*follows, BLOCK], dtype=np.intp)
        self._follows[0] = BLOCK
        self._starts = np.nonzero(self._follows[:-1] != SAME)[0]
        self._lengths = np.diff(np.append(self._starts, len(words)))
        self._letters = float(np.median(self._boxes.height)) if len(words) else 1.0
        self._space = self._find_widest_space()

    def find_slot(self, quad: Quad) -> Slot:
        """Find the place of a box, in pixels of the upright photo. It depends only on the box and the words given."""
        if not len(self._starts):
            return Slot(0, BLOCK, BLOCK)
        box = LineBoxes.of(np.array([quad.corners], dtype=np.float64) @ self._frame)
        neighbours = _Neighbours.of(self._boxes, box)
        before, after = neighbours.nearest(before=True), neighbours.nearest(before=False)
        if before >= 0 and after == before + 1 and self._follows[after] == SAME:
            return Slot(after, SAME, SAME)
        lines = self._measure_lines(box)
        nearest = min(
            (each for each in (before, after) if each >= 0), key=lambda each: neighbours.cost[each], default=-1
        )
        if nearest >= 0:
            height = max(min(self._boxes.height[nearest], text_lines.LARGE * self._letters), box.height[0])
            blank = neighbours.gap[nearest] / height
            if blank <= self._space or self._goes_on(lines, nearest, box, blank):
                return self._in_line(nearest, goes_before=nearest != before)
        return self._own_line(lines, box)

    def _find_widest_space(self) -> float:
        """Find the widest blank between two words of a line, in heights of the letters."""
        second = np.nonzero(self._follows[1:-1] == SAME)[0] + 1
        step = self._boxes.left[second] - self._boxes.right[second - 1]
        gaps = (step * self._boxes.along[second]).sum(axis=1)
        return text_lines.find_widest_space(
            gaps / np.minimum(self._boxes.height[second], text_lines.LARGE * self._letters)
        )

    def _in_line(self, index: int, *, goes_before: bool) -> Slot:
        if goes_before:
            return Slot(index, int(self._follows[index]), SAME)
        return Slot(index + 1, SAME, int(self._follows[index + 1]))

    def _measure_lines(self, box: LineBoxes) -> _LineDistances:
        """Measure how far each line is from a box: from the word of the line that is nearest along it."""
        low, high = self._boxes.low, self._boxes.high
        beside = np.maximum(np.maximum(low[:, 0] - box.high[0, 0], box.low[0, 0] - high[:, 0]), 0.0)
        number = np.repeat(np.arange(len(self._starts)), self._lengths)
        words = np.lexsort((beside, number))[self._starts]
        middle = (box.low[0] + box.high[0]) / 2
        shift = middle - (low[words] + high[words]) / 2
        level = np.abs(shift[:, 1]) < text_lines.BESIDE * np.maximum(self._boxes.height[words], box.height[0])
        above = np.where(level & (beside[words] > 0), shift[:, 0] > 0, shift[:, 1] > 0)
        gap = np.where(shift[:, 1] > 0, box.low[0, 1] - high[words, 1], low[words, 1] - box.high[0, 1])
        left = np.minimum.reduceat(low[:, 0], self._starts)
        right = np.maximum.reduceat(high[:, 0], self._starts)
        return _LineDistances(beside[words], np.maximum(gap, 0.0), above, left, right)

    def _goes_on(self, lines: _LineDistances, index: int, box: LineBoxes, blank: float) -> bool:
        """Whether the line of a word goes on past a wide blank to a box, as no column begins there."""
        low, high = self._boxes.low[index, 0], self._boxes.high[index, 0]
        start, end = min(high, box.high[0, 0]), max(low, box.low[0, 0])
        near = lines.around(box, self._letters)
        if not near:
            return blank < _WIDEST
        return all(lines.left[line] <= start and lines.right[line] >= end for line in near)

    def _own_line(self, lines: _LineDistances, box: LineBoxes) -> Slot:
        found, cost = lines.around(box, self._letters), lines.cost(box)
        if not found:
            return self._own_block(box)
        line = min(found, key=lambda each: cost[each])
        near = bool(lines.gap[line] <= _CLOSE * max(box.height[0], self._letters))
        start = int(self._starts[line])
        index = start + int(self._lengths[line]) if lines.above[line] else start
        if self._follows[index] == LINE:
            return Slot(index, LINE, LINE)
        if not near:
            return Slot(index, BLOCK, BLOCK)
        return Slot(index, LINE, BLOCK) if lines.above[line] else Slot(index, BLOCK, LINE)

    def _own_block(self, box: LineBoxes) -> Slot:
        """Place a box that stands alone between blocks: after those to its left and above it, before the others."""
        starts = np.nonzero(self._follows == BLOCK)[0]
        low = np.minimum.reduceat(self._boxes.low, starts[:-1], axis=0) - box.high[0]
        high = box.low[0] - np.maximum.reduceat(self._boxes.high, starts[:-1], axis=0)
        apart = np.maximum(low, high)  # (B, 2), negative where they have something in common
        level = (apart[:, 1] < 0) & (apart[:, 0] >= 0)
        column = (apart[:, 0] < 0) & ~level
        left, right = (
            _find_least(apart[:, 0], level & (high[:, 0] >= 0)),
            _find_least(apart[:, 0], level & (low[:, 0] >= 0)),
        )
        over, under = (_find_least(apart[:, 1], column & (sign * (low - high)[:, 1] < 0)) for sign in (1, -1))
        first = max(left, over) + 1
        last = min(each for each in (right, under, len(starts) - 1) if each >= 0)
        if left < 0 and right < 0:
            while first < last and high[first, 1] >= 0:
                first += 1
        elif over < 0 <= under:
            first = last
        return Slot(int(starts[first]), BLOCK, BLOCK)


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """How words stand beside a box, each (N,).

    Attributes:
        fits: Whether it is on the same line.
        first: Whether it comes before the box.
        gap: The blank between them, in pixels; negative if they overlap.
        cost: Distance, with being out of line counting twice.
    """

    fits: Mask
    first: Mask
    gap: Floats
    cost: Floats

    @classmethod
    def of(cls, words: LineBoxes, box: LineBoxes) -> _Neighbours:
        along = (words.along + box.along) / 2
        middles = (words.left + words.right) / 2
        first = (((box.left + box.right) / 2 - middles) * along).sum(axis=1) > 0
        step = np.where(first[:, None], box.left - words.right, words.left - box.right)
        gap = (step * along).sum(axis=1)
        off = np.abs(along[:, 0] * step[:, 1] - along[:, 1] * step[:, 0])
        alike = (words.along * box.along).sum(axis=1) > text_lines.COS_TURN
        fits = alike & (off < text_lines.BESIDE * np.maximum(words.height, box.height))
        return cls(fits, first, gap, np.maximum(gap, 0.0) + 2 * off)

    def nearest(self, *, before: bool) -> int:
        """Return the index of the nearest word of the line before or after the box, or -1."""
        return _find_least(self.cost, self.fits & (self.first == before))


@dataclass(frozen=True, slots=True)
class _LineDistances:
    """How far the lines of a page are from a box, each (L,), in pixels of the page's frame.

    Attributes:
        beside: Distance along the line; 0 if a word of the line is above or below the box.
        gap: Distance across the line.
        above: Whether the line comes before the box: it is above it, or to its left on the same level.
        left: Where the line begins.
        right: Where it ends.
    """

    beside: Floats
    gap: Floats
    above: Mask
    left: Floats
    right: Floats

    def cost(self, box: LineBoxes) -> Floats:
        """Return the distances across, larger for lines that begin elsewhere."""
        return np.asarray(self.gap + _ASIDE * np.abs(self.left - box.low[0, 0]))

    def around(self, box: LineBoxes, letters: float) -> list[int]:
        """Return the nearest line above and the nearest one below, if they are near and share a column with the box.

        letters: The usual height of letters, as the box may be a dash.
        """
        reach = max(box.height[0], letters)
        shared = (self.left < box.high[0, 0] + reach) & (self.right > box.low[0, 0] - reach)
        near = shared & (self.gap < _REACH * reach)
        found = (_find_least(self.cost(box), near & (self.above == above)) for above in (True, False))
        return [line for line in found if line >= 0]


def _find_least(cost: Floats, among: Mask) -> int:
    found: Indices = np.nonzero(among)[0]
    return int(found[np.argmin(cost[found])]) if len(found) else -1
