"""Recursive X-Y cut: rows → reading order.

Recursive X-Y cut (Nagy & Seth 1984), made for boards: a gutter may lean, as columns do that are seen from the side, and
a few rows may reach over it; headings over several columns come before them; boxes of a diagram and rows of a table are
read from left to right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ocr_studio.core.reading_order import column_gaps, text_lines
from ocr_studio.core.reading_order.text_lines import Floats, Indices, LineBoxes, Mask, WorkBudget

# Width of a gutter in heights of the letters: the more rows stand beside it, the less it can be chance.
_GUTTER, _CHANCE = 0.7, 2.0
# How far a gutter may lean, as a tangent: what perspective does to columns, steps small against a column's width.
_LEANS = np.array([0.0, -0.07, 0.07, -0.15, 0.15, -0.25, 0.25])
# How much wider than other blanks between words one must be that a gutter goes through; and how wide these are, in
# heights, where there are few: in a table only cells that stand close are taken for words of a row.
_WIDER, _SPACE = 1.4, 0.4
# So many heights above and below a row its neighbours behind the gutter tell where that column starts.
_BESIDE = 4.0
# The first row under a heading follows within so many of its heights.
_UNDER = 2.5
# So large a share of rows may reach over a gutter; it is wider then, and on either side of it stand more than so many
# times as many rows: blanks of a few lines of text stand above each other often enough.
_FEW, _CROSSED, _MORE = 0.15, 1.0, 2
# A blank across the page this many heights wide, between pieces of few and short rows, parts rows of boxes.
_APART, _BOX_ROWS, _BOX_WORDS = 2.5, 4, 4
# Rows of a stack follow each other with less than this between them, in heights.
_NEXT_ROW = 1.5
# Pieces of a title stand this close to each other at most, in heights.
_TITLE = 1.5
# Within a stack, rows beside each other with a blank up to this wide are one line; it is narrower where one holds
# several words without a blank known between them, a line as it was found.
_SAME_LINE, _SAME_WHOLE = 4.0, 1.5
# A word, now and then two, is a cell of a table, more is a sentence; and so many cells of a column stand beside
# another one's.
_CELL_WORDS, _ALIGNED = 1.5, 0.8
# How much less flush than centred the rows of a box are, in heights.
_FLUSH = 0.2
# How far, in heights, cells of one row are usually off from being level, seen along the table's slope.
_LEVEL = 0.15
# Columns further apart than this, in heights, are those of a table only if they have so many rows; else two boxes.
_FAR, _ROWS = 6.0, 4
# What a cut takes besides what grows with the pieces: looking for gutters, titles and tables, and for a bent gutter.
_CUT, _BENT, _COLUMN = 500.0, 1500.0, 700.0


@dataclass(frozen=True, slots=True)
class _Gutter:
    """A gutter between columns. sides: the rows of each column; over: rows that cross the gutter."""

    sides: list[Indices]
    over: Indices


@dataclass(frozen=True, slots=True)
class XYCut:
    """Puts pieces of writing in order. boxes: one for each piece; words: (N,) how many each one has; gaps: for each
    piece the blanks between its words, (K, 2) where they begin and end; usual: how wide they are in heights.

    budget: how much work may go into it. torn: found while putting them in order: (piece, gap) of those that go on
    across a gutter, in truth two pieces.
    """

    boxes: LineBoxes
    words: Indices
    gaps: Sequence[Floats]
    usual: float
    budget: WorkBudget
    torn: list[tuple[int, int]] = field(default_factory=list)

    def lines(self) -> list[Indices]:
        """Return the boxes line by line, in reading order; without recursion, as a page may be cut very often."""
        result: list[Indices] = []
        waiting = [(np.arange(len(self.words)), False)]
        while waiting:
            part, done = waiting.pop()
            if done or len(part) == 1:
                result.append(part)
            elif not self.budget.take(_CUT + len(part)):
                by_place = part[np.lexsort((self.boxes.left[part, 0], self.boxes.left[part, 1]))]
                result.extend(by_place[:, None])
            elif pieces := self._cut(part):
                waiting.extend((piece, False) for piece in reversed(pieces))
            else:
                waiting.extend((line, True) for line in reversed(self._stacked(part)))
        return result

    def _cut(self, part: Indices) -> list[Indices]:
        """Cut a part into parts that are read one after the other; empty if it is one stack of lines."""
        if self.boxes.low[part, 0].max() < self.boxes.high[part, 0].min():
            return []
        gutter = self._gutter(part)
        if gutter is not None and len(title := self._title(part, gutter)):
            return [title, np.setdiff1d(part, title)]
        blanks, by_top = self._blanks(part)
        if gutter is not None and not len(gutter.over):
            strips = np.split(by_top, np.nonzero(blanks > _APART * self._height(part))[0] + 1)
            if len(strips) > 1 and all(self.budget.take(_CUT) and self._is_boxes(strip) for strip in strips):
                return strips
            return [] if self._is_table(gutter.sides) else gutter.sides
        if gutter is not None:
            return self._around(part, gutter)
        # Too weak a gutter to cut at, but cells of a small table, taken for words of a row, are parted there.
        weak = self._gutter(part, sure=False)
        if weak is not None and self.words[weak.sides[-1]].mean() <= _CELL_WORDS:
            self._tear(weak.over, weak.sides[-1])
        widest = float(blanks.max(initial=0.0))
        return np.split(by_top, np.nonzero(blanks >= widest)[0] + 1) if widest > 0 else []

    def _title(self, part: Indices, gutter: _Gutter) -> Indices:
        """Find the boxes of a line above all others that crosses the gutter as closely as words of one row."""
        boxes = self.boxes.part(part)
        chains = text_lines.build_chains(text_lines.find_followers(boxes, widest=_TITLE, budget=self.budget))
        side_of = np.full(len(self.words), -1, dtype=np.intp)
        for number, side in enumerate(gutter.sides):
            side_of[side] = number
        side_of = side_of[part]
        by_top = np.argsort(boxes.left[:, 1] + boxes.right[:, 1], kind="stable")
        for chain in chains:
            if len(chain) < 2 or len(chain) == len(part):
                continue
            on_one_side = side_of[chain[0]] >= 0 and (side_of[chain] == side_of[chain[0]]).all()
            if on_one_side or not self.budget.take(_COLUMN / 10):
                continue
            # What stands at the top of the part is below few lines: most need no look at all the others.
            top = np.setdiff1d(by_top[: len(chain) + 1], chain)
            if not _is_above(boxes, chain, top) or not self.budget.take(len(part) / 5):
                continue
            if _is_above(boxes, chain, np.setdiff1d(np.arange(len(part)), chain)):
                return part[chain]
        return part[:0]

    def _middle(self, part: Indices | int) -> Floats:
        return np.asarray((self.boxes.low[part, 1] + self.boxes.high[part, 1]) / 2)

    def _height(self, part: Indices) -> float:
        return float(np.median(self.boxes.height[part]))

    def _blanks(self, part: Indices) -> tuple[Floats, Indices]:
        """Heights of the blanks across the part, ≤ 0 where there is none, each above the row that stands there in the
        second: the rows by their tops. The first row has none above it."""
        by_top = part[np.argsort(self.boxes.low[part, 1], kind="stable")]
        reached = np.maximum.accumulate(self.boxes.high[by_top, 1])
        return np.asarray(self.boxes.low[by_top[1:], 1] - reached[:-1]), by_top

    def _gutter(self, part: Indices, *, sure: bool = True) -> _Gutter | None:
        """Find the straightest gutter that no row crosses, otherwise the one that the fewest rows cross.

        sure: it is wide enough, and few enough rows reach over, that it is no mere chance.
        """
        middle = (self.boxes.low[part, 1] + self.boxes.high[part, 1]) / 2
        middle, height = middle - middle.mean(), self._height(part)
        leans = _LEANS[:, None] if len(part) > 3 else _LEANS[:1, None]
        # All leans at once, (L, n): most parts are small, and each call of NumPy costs more than its work.
        lows, highs = self.boxes.low[part, 0] - leans * middle, self.boxes.high[part, 0] - leans * middle
        if sides := _cut_at_clear_gutters(part, lows, highs, height=height):
            return _Gutter(sides, part[:0])
        places = _find_crossed_gutters(lows, highs, height=height, sure=sure)
        if np.isnan(places).all():
            return self._bent_gutter(part)
        # A row without width may end where it begins: it stands on one side only, too.
        left, over = highs <= places[:, None], (lows < places[:, None]) & (highs > places[:, None])
        best = int(np.argmin(np.where(np.isnan(places), len(part) + 1, over.sum(axis=1))))
        left, over = left[best], over[best]
        return _Gutter([part[left], part[~left & ~over]], part[over])

    def _bent_gutter(self, part: Indices) -> _Gutter | None:
        """Find a bent gutter where there is no straight one."""
        if len(part) <= column_gaps.MOST and not self.budget.take(_BENT + len(part) ** 2 / 10):
            return None
        found = column_gaps.find_columns(self.boxes.part(part), few=int(_FEW * len(part)))
        if found is None:
            return None
        left, over = found
        return _Gutter([part[left], part[~left & ~over]], part[over])

    def _around(self, part: Indices, gutter: _Gutter) -> list[Indices]:
        """Cut a part above and below the rows that cross a gutter on purpose; otherwise into its two sides.

        A heading reaches over on purpose; the row of a column that somebody wrote a little too far does not, it follows
        and is followed by its neighbours in the column as all rows do.
        """
        left, right = gutter.sides
        late = gutter.over[self._begins_late(gutter.over, left, right)]
        right, gutter = np.append(right, late), _Gutter([left, right], np.setdiff1d(gutter.over, late))
        if not self.budget.take(len(gutter.over) * (len(part) / 5 + _COLUMN)):
            return [np.concatenate([left, gutter.over]), right]
        headings = self._headings(gutter.over, part, right)
        own = [index for index in headings if self._stands_above(index, right, left)]
        headings = [index for index in headings if index not in own]
        right = np.append(right, np.array(own, dtype=np.intp))
        strays = np.setdiff1d(gutter.over, [*headings, *own])
        self._tear(gutter.over, right)
        if not headings:
            return [np.concatenate([left, strays]), right]
        first = headings[int(np.argmin(self._middle(np.array(headings))))]
        down = self._middle(part) - self._middle(first)
        same = np.abs(down) < self.boxes.height[first] / 2
        pieces = [part[~same & (down < 0)], part[same], part[~same & (down > 0)]]
        return [piece for piece in pieces if len(piece)] if same.sum() < len(part) else []

    def _tear(self, over: Indices, right: Indices) -> None:
        """Note which rows that cross a gutter are really two. right: the rows behind it."""
        middle = self._middle(right)
        for index in over:
            beside = right[np.abs(middle - self._middle(index)) < _BESIDE * self.boxes.height[index]]
            if (gap := self._gap_before(index, self.boxes.low[beside, 0])) is not None:
                self.torn.append((int(index), gap))

    def _begins_late(self, over: Indices, left: Indices, right: Indices) -> Mask:
        """Find the rows across a gutter that belong to its right side, though they begin a little before it."""
        low, high = self.boxes.low[:, 0], self.boxes.high[:, 0]
        reach = np.median(low[right])
        return np.asarray(
            (np.abs(low[over] - reach) < np.abs(low[over] - np.median(low[left])))
            & (high[over] - reach > 2 * (reach - low[over]))
        )

    def _stands_above(self, index: int, side: Indices, other: Indices) -> bool:
        """Whether a heading is directly above rows of one side and of no other."""
        low, high = self.boxes.low, self.boxes.high

        def reach(rows: Indices) -> float:
            """How far below it the next of these is that shares most of its width, in heights."""
            shared = np.minimum(high[rows, 0], high[index, 0]) - np.maximum(low[rows, 0], low[index, 0])
            narrower = np.minimum(high[rows, 0] - low[rows, 0], high[index, 0] - low[index, 0])
            down = (low[rows, 1] + high[rows, 1] - low[index, 1] - high[index, 1]) / 2
            below = down[(shared > narrower / 2) & (down > 0)]
            return float(below.min(initial=np.inf) / self.boxes.height[index])

        return reach(side) < _UNDER and reach(other) > _BESIDE

    def _gap_before(self, index: int, starts: Floats) -> int | None:
        """Find the gap of a box that a gutter may go through: the widest where rows behind the gutter start."""
        height = float(self.boxes.height[index])
        widths = (self.gaps[index][:, 1] - self.gaps[index][:, 0]) / height
        if not len(widths):
            return None
        widest = int(np.argmax(widths))
        others = np.append(np.delete(widths, widest), min(self.usual, _SPACE))
        near = (np.abs(self.gaps[index][widest, 1] - starts) < height).any()
        return widest if near and widths[widest] > _WIDER * float(np.median(others)) else None

    def _headings(self, over: Indices, part: Indices, right: Indices) -> list[int]:
        """Find the rows across a gutter that belong to both its sides, not only to the left one."""
        left = np.setdiff1d(part, right)
        usual = self._height(left) if len(left) else 0.0
        return [index for index in over if self._is_heading(index, left, right, usual)]

    def _is_heading(self, index: int, left: Indices, right: Indices, usual: float) -> bool:
        """left: all that does not stand right of the gutter; usual: the height of its letters."""
        low, high = self.boxes.low, self.boxes.high
        across = np.minimum(high[right, 1], high[index, 1]) - np.maximum(low[right, 1], low[index, 1])
        if (across > 0.3 * self.boxes.height[index]).any():
            return False  # it stands in the right column's way
        above = left[(high[left, 1] < (low[index, 1] + high[index, 1]) / 2) & (high[left, 0] > low[index, 0])]
        if len(above) == 0:
            return True
        gap = low[index, 1] - high[above, 1].max()
        return bool(gap > _NEXT_ROW * usual or self.boxes.height[index] > 1.5 * usual)

    def _is_boxes(self, strip: Indices) -> bool:
        """Whether a strip holds only small boxes beside each other."""
        gutter = self._gutter(strip)
        cells = gutter.sides if gutter is not None and not len(gutter.over) else [strip]
        return all(len(cell) <= _BOX_ROWS and self.words[cell].max() <= _BOX_WORDS for cell in cells)

    def _is_table(self, columns: list[Indices]) -> bool:
        """Whether columns belong to a table or receipt: short cells beside those of the longest column."""
        longest = max(columns, key=len)
        if len(longest) < 2:
            return False
        ends = [float(self.boxes.high[column, 0].max()) for column in columns]
        apart = max(self.boxes.low[column, 0].min() - end for column, end in zip(columns[1:], ends, strict=False))
        if apart > _FAR * self._height(longest) and len(longest) < _ROWS:
            return False
        for column in columns:
            if column is longest:
                continue
            if not self.budget.take(_COLUMN + len(longest) + len(column)):
                return False
            short = len(column) > 1 and self.words[column].mean() <= _CELL_WORDS
            if not short or self._is_centred(column) or not self._are_level(longest, column):
                return False
        return True

    def _are_level(self, longest: Indices, column: Indices) -> bool:
        """Whether the rows of a column are level with those of a longer one."""
        pair = np.concatenate([longest, column])
        follower = text_lines.find_followers(self.boxes.part(pair), widest=np.inf, budget=self.budget)
        first = np.nonzero(follower >= 0)[0]
        if len(first) < _ALIGNED * len(column):
            return False
        middle = (self.boxes.low[pair, 1] + self.boxes.high[pair, 1]) / 2
        down = middle[follower[first]] - middle[first]
        return float(np.median(np.abs(down - np.median(down)))) < _LEVEL * self._height(pair)

    def _is_centred(self, column: Indices) -> bool:
        """Whether rows are centred on each other, as in a box, and flush on neither side."""
        low, high = self.boxes.low[column, 0], self.boxes.high[column, 0]
        flush = min(float(np.std(low)), float(np.std(high)))
        return flush > float(np.std((low + high) / 2)) + _FLUSH * self._height(column)

    def _stacked(self, part: Indices) -> list[Indices]:
        """Sort lines from top to bottom; rows beside each other are one line."""
        boxes = self.boxes.part(part)
        table = (gutter := self._gutter(part)) is not None and self._is_table(gutter.sides)
        chains = text_lines.build_chains(
            text_lines.find_followers(boxes, widest=np.inf if table else _SAME_LINE, budget=self.budget)
        )
        chains.sort(key=lambda chain: (boxes.left[chain[0], 1], boxes.left[chain[0], 0]))
        lines = [part[chain] for chain in chains]
        return lines if table else [piece for line in lines for piece in self._phrases(line)]

    def _phrases(self, line: Indices) -> list[Indices]:
        """Part a line beside pieces that were found as lines, whose gaps are unknown, where the next one is far off."""
        whole = np.array([self.words[index] > len(self.gaps[index]) + 1 for index in line])
        if len(line) == 1 or not whole.any():
            return [line]
        gap = self.boxes.left[line[1:], 0] - self.boxes.right[line[:-1], 0]
        height = np.maximum(self.boxes.height[line[1:]], self.boxes.height[line[:-1]])
        return np.split(line, np.nonzero((whole[1:] | whole[:-1]) & (gap > _SAME_WHOLE * height))[0] + 1)


def _is_above(boxes: LineBoxes, chain: Indices, others: Indices) -> bool:
    """Whether the others are below a line, with more than the usual gap."""
    along = boxes.right[chain[-1]] - boxes.left[chain[0]]
    along = along / max(float(np.linalg.norm(along)), 1e-9)
    height = float(np.median(boxes.height[chain]))
    step = (boxes.left[others] + boxes.right[others]) / 2 - boxes.left[chain[0]]
    down = along[0] * step[:, 1] - along[1] * step[:, 0]
    return bool((down - (boxes.height[others] + height) / 2 > _NEXT_ROW * height).all())


def _cut_at_clear_gutters(part: Indices, lows: Floats, highs: Floats, *, height: float) -> list[Indices]:
    """Cut a part at all gutters of the first lean that no row crosses; empty without one.

    lows, highs: where rows begin and end for each lean, (L, n).
    """
    by_start = np.argsort(lows, axis=1, kind="stable")
    reached = np.maximum.accumulate(np.take_along_axis(highs, by_start, axis=1), axis=1)
    gaps = np.take_along_axis(lows, by_start, axis=1)[:, 1:] - reached[:, :-1]
    beside = np.minimum(np.arange(1, len(part)), np.arange(len(part) - 1, 0, -1))
    wide = gaps > (_GUTTER + _CHANCE / beside) * height
    if not wide.any():
        return []
    lean = int(np.argmax(wide.any(axis=1)))
    return np.split(part[by_start[lean]], np.nonzero(wide[lean])[0] + 1)


def _find_crossed_gutters(lows: Floats, highs: Floats, *, height: float, sure: bool) -> Floats:
    """Find the gutter of each lean that the fewest rows cross, if they are few and there are more on either side.

    In five rows of text two gaps may well be above each other, and the fifth row end before them.

    Args:
        lows: Where rows begin, (L, n).
        highs: Where they end.
        height: Of the letters, pixels.
        sure: As for ``XYCut._gutter``.

    Returns:
        Where each gutter begins, (L,); NaN without one.
    """
    count = lows.shape[1]
    starts, ends = np.sort(lows, axis=1), np.sort(highs, axis=1)
    left = np.arange(1, count + 1)
    beside = np.minimum(left, np.maximum(count - left, 1))
    wide = np.maximum(_CROSSED, _GUTTER + (_CHANCE if sure else 0) / beside)
    reach = ends + wide * height
    begun = np.stack([each.searchsorted(to) for each, to in zip(starts, reach, strict=True)])
    right = count - begun
    within = count - left - right
    least, few = np.minimum(left, right), _FEW * count
    fits = (within <= max(few, 1)) & (least > np.maximum(few, (_MORE if sure else 1) * within)) & (least > 1)
    best = np.argmin(np.where(fits, within, count), axis=1)[:, None]
    places = np.where(np.take_along_axis(fits, best, axis=1), np.take_along_axis(ends, best, axis=1), np.nan)
    return np.asarray(places[:, 0])
