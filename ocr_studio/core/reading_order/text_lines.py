"""Grouping of words into rows: words that follow each other closely along their own slope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Word

Floats: TypeAlias = NDArray[np.floating[Any]]
Indices: TypeAlias = NDArray[np.intp]
Mask: TypeAlias = NDArray[np.bool_]

# The widest blank between two words of a row, in heights of the letters: so many usual word spaces of this page. What
# is parted here though it is one line comes together when no gutter is found there (``xy_cut``).
_USUAL, _LEAST, _MOST = 1.8, 0.8, 1.5
# A box of several words was found as a line: whoever found it has joined what stands closer than a letter is high.
_PHRASES = 1.0
# Large letters count as so many usual ones at most when blanks are measured: the blanks round a title are no larger.
LARGE = 1.25
# Words stand beside each other if their middles are off by less than this share of the taller one's height: a star or a
# dash stands far above a word's middle, but never as far as the next line.
BESIDE = 0.6
# So many pairs of words are compared, for each word and for few: pages of print have half as many, and where words lie
# on top of each other there would be billions. Of more, only the next words to the right of each are compared, in its
# own band and in those above and below it.
_PAIRS, _FEW_PAIRS, _MOST_PAIRS = 250, 500_000, 2_000_000
# How much work, about a microsecond each, may go into one page: boards and pages of print take a tenth of it and less,
# words strewn at random, of which each cut parts few, more from some 1,500 on.
_WORK = 4e6
# Writing that turns by more than this from word to word is not one row.
COS_TURN = float(np.cos(np.radians(30)))


@dataclass(slots=True)
class WorkBudget:
    """The work that may still go into ordering one page.

    It is counted, not timed, so that the same words have the same order on any machine. When it is spent, the rest is
    read from top to bottom.
    """

    left: float = _WORK

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0

    def take(self, work: float) -> bool:
        """Take some of it. False if nothing was left."""
        had = not self.spent
        self.left -= work
        return had


@dataclass(frozen=True, slots=True)
class LineBoxes:
    """Boxes of writing in one frame: u runs along the writing, v across it, downwards.

    Attributes:
        left: (N, 2) Middle of the edge where each box begins.
        right: (N, 2) Middle of the edge where it ends.
        along: (N, 2) Unit vectors of the writing direction.
        height: (N,) Height of the letters.
        low: (N, 2) Least u and v.
        high: (N, 2) Greatest u and v.
    """

    left: Floats
    right: Floats
    along: Floats
    height: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, corners: Floats) -> LineBoxes:
        """Make boxes from corners: (N, 4, 2) in the frame, clockwise from the text's own top left."""
        return cls(
            left=(corners[:, 0] + corners[:, 3]) / 2,
            right=(corners[:, 1] + corners[:, 2]) / 2,
            along=geometry.find_directions(corners),
            height=np.maximum(geometry.measure_sizes(corners)[:, 1], 1.0),
            low=corners.min(axis=1),
            high=corners.max(axis=1),
        )

    def part(self, chosen: Indices) -> LineBoxes:
        """Select some of them, in this order."""
        return LineBoxes(
            self.left[chosen],
            self.right[chosen],
            self.along[chosen],
            self.height[chosen],
            self.low[chosen],
            self.high[chosen],
        )

    def joined(self, rows: list[Indices]) -> LineBoxes:
        """Merge each row of boxes, given in reading order, into one box."""
        flat, starts = np.concatenate(rows), np.cumsum([0, *(len(row) for row in rows[:-1])])
        first, last = flat[starts], flat[np.append(starts[1:], len(flat)) - 1]
        width = np.linalg.norm(self.right - self.left, axis=1)[flat, None] + 1e-6
        along = np.add.reduceat(self.along[flat] * width, starts, axis=0)
        # Long words count most: a full stop or a dash says little about the letters' height.
        total = np.add.reduceat(width[:, 0], starts)
        return LineBoxes(
            left=self.left[first],
            right=self.right[last],
            along=along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9),
            height=np.add.reduceat(self.height[flat] * width[:, 0], starts) / total,
            low=np.minimum.reduceat(self.low[flat], starts, axis=0),
            high=np.maximum.reduceat(self.high[flat], starts, axis=0),
        )


def sort_words(words: Iterable[Word]) -> tuple[tuple[Word, ...], Floats]:
    """Sort words by position, so that the result doesn't depend on their order; with their corners, (N, 4, 2)."""
    by_id = sorted(words, key=attrgetter("id"))
    corners = np.array([word.quad.corners for word in by_id], dtype=np.float64).reshape(-1, 4, 2)
    order = np.lexsort(corners.reshape(-1, 8).T[::-1])
    return tuple(by_id[index] for index in order), corners[order]


def find_frame(corners: Floats) -> Floats:
    """Return the (2, 2) rotation that makes the writing level, by the median direction."""
    if len(corners) == 0:
        return np.eye(2)
    along = geometry.find_directions(corners)
    width = geometry.measure_sizes(corners)[:, :1]
    mean = (along * width).sum(axis=0) + (1e-6, 0.0)
    main = float(np.arctan2(mean[1], mean[0]))
    turned = np.arctan2(along[:, 1], along[:, 0]) - main
    main += float(np.median((turned + np.pi) % (2 * np.pi) - np.pi))
    cos, sin = np.cos(main), np.sin(main)
    return np.array([[cos, sin], [-sin, cos]])


def find_rows(corners: Floats, written: Indices) -> list[Indices]:
    """Find the rows of a page, whichever way each runs, as indices of words in reading order.

    Args:
        corners: (N, 4, 2) in the page's frame.
        written: (N,) Number of words in each box.
    """
    along = geometry.find_directions(corners)
    quarters = np.round(np.degrees(np.arctan2(along[:, 1], along[:, 0])) / 90).astype(int) % 4
    rows: list[Indices] = []
    for quarter, turn in enumerate(([[1, 0], [0, 1]], [[0, 1], [-1, 0]], [[-1, 0], [0, -1]], [[0, -1], [1, 0]])):
        chosen = np.nonzero(quarters == quarter)[0]
        if len(chosen):
            level = LineBoxes.of(corners[chosen] @ np.array(turn).T)
            pairs = _Pairs.near(level, widest=_MOST)
            usual = pairs.gap / pairs.height
            spaces = usual[pairs.mutual(len(chosen))]
            widest = find_widest_space(spaces)
            whole = (written[chosen[pairs.first]] > 1) | (written[chosen[pairs.second]] > 1)
            near = usual < np.where(whole, min(_PHRASES, widest), widest)
            rows += [chosen[row] for row in build_chains(pairs.part(near).followers(len(chosen)))]
    return rows


def find_widest_space(spaces: Floats) -> float:
    """Find the widest blank between two words of a row from all of them, (N,), in heights of the letters."""
    return float(np.clip(_USUAL * np.median(spaces), _LEAST, _MOST)) if len(spaces) else _MOST


def find_followers(boxes: LineBoxes, *, widest: float, budget: WorkBudget) -> Indices:
    """Find each box's follower in its row, or -1: each is the other's nearest, within ``widest`` heights of letters."""
    pairs = _Pairs.near(boxes, widest=widest)
    budget.take((len(boxes.height) + pairs.compared) / 4)
    return pairs.followers(len(boxes.height))


def build_chains(follower: Indices) -> list[Indices]:
    """Build rows of indices from each box's follower."""
    followed = set(follower[follower >= 0].tolist())
    seen: set[int] = set()
    rows: list[Indices] = []
    after = follower.tolist()
    # Words around a circle follow each other without a start: the second pass begins anywhere.
    for start in [index for index in range(len(after)) if index not in followed] + list(range(len(after))):
        row: list[int] = []
        index = start
        while index >= 0 and index not in seen:
            seen.add(index)
            row.append(index)
            index = after[index]
        if row:
            rows.append(np.array(row, dtype=np.intp))
    return rows


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of boxes, by index, the second of which may follow the first; all (P,), in pixels.

    Attributes:
        gap: Gap between them along the writing.
        off: How far they are out of line.
        height: Height of the letters.
        compared: Number of pairs that they were selected from.
    """

    first: Indices
    second: Indices
    gap: Floats
    off: Floats
    height: Floats
    compared: int

    @classmethod
    def near(cls, boxes: LineBoxes, *, widest: float) -> _Pairs:
        """Select the pairs beside each other with a gap of at most so many heights."""
        first, second, compared = _find_candidates(boxes, widest=widest)
        alike = (boxes.along[first] * boxes.along[second]).sum(axis=1) > COS_TURN
        first, second = first[alike], second[alike]
        along = boxes.along[first] + boxes.along[second]
        step = boxes.left[second] - boxes.right[first]
        gap = (step * along).sum(axis=1) / 2
        off = np.abs(along[:, 0] * step[:, 1] - along[:, 1] * step[:, 0]) / 2
        height = np.maximum(boxes.height[first], boxes.height[second])
        usual = np.minimum(height, LARGE * float(np.median(boxes.height)))
        widths = np.linalg.norm(boxes.right - boxes.left, axis=1)
        width = np.minimum(widths[first], widths[second])
        fits = (gap < widest * usual) & (gap > -0.5 * width) & (off < BESIDE * height)
        return cls(first[fits], second[fits], gap[fits], off[fits], usual[fits], compared)

    def part(self, chosen: Mask) -> _Pairs:
        """Select some of the pairs."""
        return _Pairs(
            self.first[chosen],
            self.second[chosen],
            self.gap[chosen],
            self.off[chosen],
            self.height[chosen],
            self.compared,
        )

    def followers(self, count: int) -> Indices:
        """Return the follower of each box, or -1."""
        follower = np.full(count, -1, dtype=np.intp)
        mutual = self.mutual(count)
        follower[self.first[mutual]] = self.second[mutual]
        return follower

    def mutual(self, count: int) -> Indices:
        """Find the pairs that are each other's nearest."""
        if len(self.first) == 0:
            return self.first
        cost = np.abs(self.gap) + 2 * self.off
        right, left = _find_nearest(self.first, cost, count), _find_nearest(self.second, cost, count)
        chosen = right[right >= 0]
        return np.asarray(chosen[left[self.second[chosen]] == chosen])


def _find_candidates(boxes: LineBoxes, *, widest: float) -> tuple[Indices, Indices, int]:
    """Find pairs (a, b) where b begins to the right of a's end, not far above or below; and the number compared."""
    starts = np.argsort(boxes.left[:, 1], kind="stable")
    levels = boxes.left[starts, 1]
    height = np.maximum(boxes.height, float(np.median(boxes.height)) if len(starts) else 1.0)
    # What words of one row may be off, and a blank of some heights in a row that climbs by up to 45°.
    reach = min(BESIDE + 0.75 * widest, 3.0) * height
    begin = np.searchsorted(levels, boxes.right[:, 1] - reach)
    counts = np.searchsorted(levels, boxes.right[:, 1] + reach, side="right") - begin
    most = min(_MOST_PAIRS, max(_FEW_PAIRS, _PAIRS * len(starts)))
    if int(counts.sum()) > most:
        first, second = _find_next_in_bands(boxes, most)
    else:
        first = np.repeat(np.arange(len(starts)), counts)
        within = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
        second = starts[begin[first] + within]
    step = boxes.left[second, 0] - boxes.right[first, 0]
    near = (step < 2 * widest * height[first]) & (boxes.left[second, 0] > boxes.left[first, 0]) & (first != second)
    return first[near], second[near], len(first)


def _find_next_in_bands(boxes: LineBoxes, most: int) -> tuple[Indices, Indices]:
    """Find pairs (a, b) where b is among the next boxes to the right of a's second half, in bands of a letter's height.

    most: pairs; as many for each word.
    """
    high = float(np.median(boxes.height))
    band, own = np.floor(boxes.left[:, 1] / high), np.floor(boxes.right[:, 1] / high)
    start = boxes.left[:, 0] - boxes.left[:, 0].min()
    span = float(start.max()) + 1.0
    # One number that puts all in order, band by band, from left to right.
    place = band * span + start
    by_place = np.argsort(place, kind="stable")
    count, each = len(place), max(1, most // (3 * len(place)))
    middle = np.clip((boxes.left[:, 0] + boxes.right[:, 0]) / 2 - boxes.left[:, 0].min(), 0.0, span)
    seconds: list[Indices] = []
    for shift in (-1, 0, 1):
        begin = np.searchsorted(place[by_place], (own + shift) * span + middle)
        seconds.append(begin[:, None] + np.arange(each))
    second = np.concatenate(seconds, axis=1)
    inside = second < count
    first = np.repeat(np.arange(count), inside.sum(axis=1))
    return first, by_place[second[inside]]


def _find_nearest(words: Indices, cost: Floats, count: int) -> Indices:
    """Return the index of the cheapest pair of each word, or -1."""
    best = np.full(count, -1, dtype=np.intp)
    by_cost = np.argsort(-cost, kind="stable")
    best[words[by_cost]] = by_cost  # of several writes to one place the last, the cheapest, stays
    return best
