"""Words → lines → blocks → text. Computed whenever it is wanted, never stored.

Words that follow each other closely, along their own slope, form a row; rows are put in order by cutting the page at
its gutters, columns before paragraphs (recursive X-Y cut: Nagy & Seth 1984), tables row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import geometry
from ocr_studio.core.page import Word

Floats: TypeAlias = NDArray[np.floating[Any]]
Indices: TypeAlias = NDArray[np.intp]

# Word spaces of people who write on boards reach two heights of the letters; wider is another column or a table cell.
_ROW_GAP = 2.5
# Two rows or words stand beside each other when they share this much of the lower one's height.
_BESIDE = 0.5
# Writing that turns by more than this from word to word is not one row.
_COS_TURN = float(np.cos(np.radians(30)))
# Blank between two lines, in heights, from which on a paragraph ends: more than the line space of loose handwriting.
_PARAGRAPH_GAP = 1.2
# A gutter narrower than a letter's height is a chance alignment of word spaces.
_GUTTER = 1.0
# Where blanks across the page are no wider than between lines, so large a share of rows may reach over a gutter.
_FEW = 0.1


def lines(words: Iterable[Word]) -> list[list[Word]]:
    """The words line by line, in reading order; empty lines there are none.

    The same words give the same lines, whatever order they come in.
    """
    page, ordered = _lay_out(words)
    return [[page.words[index] for index in line] for line in ordered]


def order(words: Iterable[Word]) -> tuple[str, ...]:
    """Ids of the words in reading order."""
    page, ordered = _lay_out(words)
    return tuple(page.words[index].id for line in ordered for index in line)


def text(words: Iterable[Word]) -> str:
    """What is written: words joined by spaces, lines by newlines, a blank line between paragraphs and blocks.

    Words without text are left out.
    """
    page, ordered = _lay_out(words)
    parts: list[str] = []
    above: Indices | None = None
    for line in ordered:
        written = " ".join(page.words[index].text for index in line if page.words[index].text)
        if not written:
            continue
        if above is not None:
            parts.append("\n\n" if page.parted(above, line) else "\n")
        parts.append(written)
        above = line
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Words in the frame of the writing: u runs along it, v across it, downwards; all arrays are per word."""

    words: tuple[Word, ...]
    left: Floats  # (N, 2): u, v of the middle of the left edge
    right: Floats  # (N, 2)
    along: Floats  # (N, 2): unit vector of each word's own direction
    height: Floats  # (N,)
    low: Floats  # (N, 2): least u and v of the corners
    high: Floats  # (N, 2)

    @classmethod
    def of(cls, words: Iterable[Word]) -> _Layout:
        """Words are sorted by place first, so that the result does not depend on how they come."""
        known = tuple(sorted(words, key=lambda word: (word.quad.corners, word.id)))
        corners = np.array([word.quad.corners for word in known], dtype=np.float64).reshape(-1, 4, 2)
        frame = _frame(corners)
        corners = corners @ frame.T
        size = geometry.sizes(corners)
        return cls(
            words=known,
            left=(corners[:, 0] + corners[:, 3]) / 2,
            right=(corners[:, 1] + corners[:, 2]) / 2,
            along=geometry.directions(corners),
            height=np.maximum(size[:, 1], 1.0),
            low=corners.min(axis=1),
            high=corners.max(axis=1),
        )

    def parted(self, above: Indices, line: Indices) -> bool:
        """Whether a paragraph or block ends between two lines that follow each other."""
        gap = float(self.low[line, 1].min() - self.high[above, 1].max())
        height = float(np.median(self.height[np.concatenate([above, line])]))
        jumped_up = self.low[line, 1].min() < self.low[above, 1].min()
        return bool(jumped_up or gap > _PARAGRAPH_GAP * height)


def _frame(corners: Floats) -> Floats:
    """(2, 2) rotation that lays the page's writing level: the median direction, so that a margin note counts little."""
    if len(corners) == 0:
        return np.eye(2)
    along = geometry.directions(corners)
    width = geometry.sizes(corners)[:, :1]
    mean = (along * width).sum(axis=0) + (1e-6, 0.0)
    main = float(np.arctan2(mean[1], mean[0]))
    turned = np.arctan2(along[:, 1], along[:, 0]) - main
    main += float(np.median((turned + np.pi) % (2 * np.pi) - np.pi))
    cos, sin = np.cos(main), np.sin(main)
    return np.array([[cos, sin], [-sin, cos]])


def _lay_out(words: Iterable[Word]) -> tuple[_Layout, list[Indices]]:
    page = _Layout.of(words)
    rows = _chains(_followers(page))
    if not rows:
        return page, []
    counts = np.array([len(row) for row in rows])
    flat, starts = np.concatenate(rows), np.cumsum(counts) - counts
    low = np.minimum.reduceat(page.low[flat], starts, axis=0)
    high = np.maximum.reduceat(page.high[flat], starts, axis=0)
    blocks = _Rows(low, high, counts, float(np.median(page.height)))
    joined: list[list[int]] = []
    for index in blocks.ordered(np.arange(len(rows))):
        if joined and blocks.beside(joined[-1][-1], index):
            joined[-1].append(index)
        else:
            joined.append([index])
    return page, [np.concatenate([rows[index] for index in line]) for line in joined]


def _followers(page: _Layout) -> Indices:
    """For each word the index of the word that follows it in its row, or -1: each is the other's nearest."""
    count = len(page.words)
    follower = np.full(count, -1, dtype=np.intp)
    first, second = _neighbours(page)
    along = page.along[first] + page.along[second]
    step = page.left[second] - page.right[first]
    gap = (step * along).sum(axis=1) / 2
    off = np.abs(along[:, 0] * step[:, 1] - along[:, 1] * step[:, 0]) / 2
    heights = np.stack([page.height[first], page.height[second]])
    shared = heights.mean(axis=0) - off
    width = np.minimum(*(np.linalg.norm(page.right[part] - page.left[part], axis=1) for part in (first, second)))
    fits = (
        ((page.along[first] * page.along[second]).sum(axis=1) > _COS_TURN)
        & (gap < _ROW_GAP * heights.mean(axis=0))
        & (gap > -0.5 * width)
        & (shared > _BESIDE * heights.min(axis=0))
    )
    first, second, cost = first[fits], second[fits], (np.abs(gap) + 2 * off)[fits]
    right, left = _nearest(first, cost, count), _nearest(second, cost, count)
    mutual = np.nonzero((right >= 0) & (left[second[right]] == right))[0] if len(first) else first
    follower[mutual] = second[right[mutual]]
    return follower


def _neighbours(page: _Layout) -> tuple[Indices, Indices]:
    """Pairs (a, b) of words where b may follow a: b's left edge is near a's right edge, in the page's frame."""
    starts = np.argsort(page.left[:, 1], kind="stable")
    levels = page.left[starts, 1]
    typical = float(np.median(page.height)) if len(starts) else 1.0
    reach = 1.5 * np.maximum(page.height, typical)
    begin = np.searchsorted(levels, page.right[:, 1] - reach)
    counts = np.searchsorted(levels, page.right[:, 1] + reach, side="right") - begin
    first = np.repeat(np.arange(len(starts)), counts)
    within = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    second = starts[begin[first] + within]
    step = page.left[second, 0] - page.right[first, 0]
    widest = 2 * _ROW_GAP * np.maximum(page.height, typical)
    near = (step < widest[first]) & (page.left[second, 0] > page.left[first, 0]) & (first != second)
    return first[near], second[near]


def _nearest(words: Indices, cost: Floats, count: int) -> Indices:
    """For each word the index of its cheapest pair, or -1."""
    best = np.full(count, -1, dtype=np.intp)
    by_cost = np.argsort(-cost, kind="stable")
    best[words[by_cost]] = by_cost  # of several writes to one place the last, the cheapest, stays
    return best


def _chains(follower: Indices) -> list[Indices]:
    """Rows of word indices from each word's follower."""
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
class _Rows:
    """Boxes of rows in the frame of the writing: low, high (R, 2) u and v; words (R,) how many; height of a letter."""

    low: Floats
    high: Floats
    words: Indices
    height: float

    def beside(self, a: int, b: int) -> bool:
        """Whether row b goes on to the right of row a, however wide the gap."""
        shared = min(self.high[a, 1], self.high[b, 1]) - max(self.low[a, 1], self.low[b, 1])
        least = min(self.high[a, 1] - self.low[a, 1], self.high[b, 1] - self.low[b, 1])
        return bool(shared > _BESIDE * least and self.low[b, 0] >= self.high[a, 0] - self.height)

    def ordered(self, rows: Indices) -> list[int]:
        """Row indices in reading order; a stack instead of recursion, as a page may be cut very often."""
        result: list[int] = []
        waiting = [rows]
        while waiting:
            part = waiting.pop()
            if len(part) == 1:
                result.append(int(part[0]))
            elif pieces := self._cut(part):
                waiting.extend(reversed(pieces))
            else:
                result.extend(part[np.lexsort((self.low[part, 0], self.low[part, 1]))].tolist())
        return result

    def _cut(self, part: Indices) -> list[Indices]:
        """The part cut into columns, else at its widest blank, after which there may be columns; empty if one stack."""
        columns = self._pieces(part, axis=0, least=_GUTTER * self.height)
        if len(columns) > 1:
            return self._table_rows(part) if self._is_table(columns) else columns
        if self.low[part, 0].max() < self.high[part, 0].min():
            return []
        blanks = self._blanks(part, axis=1)
        widest = float(blanks.max(initial=0.0))
        if widest < _BESIDE * self.height and (sides := self._sides(part)):
            return sides
        pieces = self._pieces(part, axis=1, least=widest) if widest > 0 else []
        return pieces if len(pieces) > 1 else []

    def _sides(self, part: Indices) -> list[Indices]:
        """The part left and right of a gutter that few rows reach over; empty if there is none.

        Columns on a board seen from the side lean into each other, and somebody always writes a little too far.
        """
        low, high = np.sort(self.low[part, 0]), np.sort(self.high[part, 0])
        strips = high + _GUTTER * self.height
        across = np.searchsorted(low, strips) - np.searchsorted(high, high, side="right")
        left = np.arange(1, len(part) + 1) - across // 2
        balanced = np.minimum(left, len(part) - left) > np.maximum(_FEW * len(part), 2)
        across = np.where(balanced, across, len(part))
        best = int(np.argmin(across))
        if across[best] > _FEW * len(part):
            return []
        right = self.low[part, 0] > high[best]  # a row belongs where it begins
        return [part[~right], part[right]] if right.any() and not right.all() else []

    def _blanks(self, part: Indices, *, axis: int) -> Floats:
        """Widths of the gaps before each row, by rising start along the axis; ≤ 0 where there is none."""
        by_start = part[np.argsort(self.low[part, axis], kind="stable")]
        reached = np.maximum.accumulate(self.high[by_start, axis])
        return np.asarray(self.low[by_start[1:], axis] - reached[:-1])

    def _pieces(self, part: Indices, *, axis: int, least: float) -> list[Indices]:
        by_start = part[np.argsort(self.low[part, axis], kind="stable")]
        return np.split(by_start, np.nonzero(self._blanks(part, axis=axis) >= least)[0] + 1)

    def _is_table(self, columns: Sequence[Indices]) -> bool:
        """Whether columns are those of a table or receipt: short cells that stand beside those of the longest one."""
        if max(len(column) for column in columns) < 2:
            return False
        longest = max(columns, key=len)
        middle = np.sort((self.low[longest, 1] + self.high[longest, 1]) / 2)
        for column in columns:
            if column is longest:
                continue
            centres = (self.low[column, 1] + self.high[column, 1]) / 2
            place = np.searchsorted(middle, centres)
            near = np.minimum(
                np.abs(centres - middle[np.minimum(place, len(middle) - 1)]),
                np.abs(centres - middle[np.maximum(place - 1, 0)]),
            )
            if len(column) < 2 or self.words[column].mean() > 2 or (near < self.height / 2).mean() < 0.8:
                return False
        return True

    def _table_rows(self, part: Indices) -> list[Indices]:
        """One piece per cell, row by row and from left to right; a new row begins half a letter further down."""
        middle = (self.low[part, 1] + self.high[part, 1]) / 2
        down = np.argsort(middle, kind="stable")
        row = np.zeros(len(part))
        row[down[1:]] = np.cumsum(np.diff(middle[down]) > self.height / 2)
        by_row = part[np.lexsort((self.low[part, 0], row))]
        return [by_row[index : index + 1] for index in range(len(by_row))]
