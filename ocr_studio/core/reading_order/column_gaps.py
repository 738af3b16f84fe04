"""Columns that no straight line separates: found by following rows downwards.

Columns of a board bend: each begins a little further right than the row above, or stands at a slope of its own. What
stays is that a row's next one stands below it and not below its neighbour.
"""

from __future__ import annotations

import numpy as np

from ocr_studio.core.reading_order.text_lines import Floats, Indices, LineBoxes, Mask

# A row stands below another if they share more than this of the shorter one's width.
_BELOW = 0.5
# Fewer rows than these, one below the other, are no column: a drawing's words stand anyhow.
_COLUMN = 7
# Every row is compared with every other: of more than these no board was seen, and none shall take long.
MOST = 600
# So many rows at most may reach over the gap, headings and lines that ran too far.
_OVER = 5
# Two columns stand beside each other for this share of the shorter one's height at least.
_BESIDE = 0.5
# Rows of two columns may reach into each other by this, in heights: boxes are a little wider than words.
_TOUCH = 0.5
# The blank between columns is usually wider than this, in heights: more than a gutter that is straight needs.
_WIDE = 1.0
# Rows of a column begin below each other: from one to the next they usually move by less than this, in heights, while
# what follows a blank in a sentence begins anywhere.
_STEP = 1.5


def find_columns(boxes: LineBoxes, *, few: int) -> tuple[Mask, Mask] | None:
    """Find the rows left of a bent column gap and the ``few`` widest that may cross it, (N,) each; None without one."""
    if not 2 * _COLUMN <= len(boxes.height) <= MOST:
        return None
    widest = np.argsort(boxes.low[:, 0] - boxes.high[:, 0], kind="stable")
    for count in range(min(few, _OVER) + 1):
        over = np.zeros(len(widest), dtype=np.bool_)
        over[widest[:count]] = True
        rest = np.nonzero(~over)[0]
        if len(rest) >= 2 * _COLUMN and (left := _find_left_rows(boxes.part(rest))) is not None:
            chosen = np.zeros(len(widest), dtype=np.bool_)
            chosen[rest[left]] = True
            return chosen, over
    return None


def _find_left_rows(boxes: LineBoxes) -> Mask | None:
    """Find the rows of the leftmost column, if all other rows are right of it."""
    labels = _label_columns(_find_next_rows(boxes))
    names, sizes = np.unique(labels, return_counts=True)
    columns = names[sizes >= _COLUMN]
    if len(columns) < 2:
        return None
    labels = _adopt_rows(boxes, labels, columns)
    first = min(columns, key=lambda name: float(np.median(boxes.low[labels == name, 0])))
    left = labels == first
    sides = [boxes.part(np.nonzero(side)[0]) for side in (left, ~left)]
    step = _STEP * float(np.median(boxes.height))
    steady = all(_measure_edge_steps(side) <= step for side in sides)
    return left if steady and _stand_beside(*sides) and _stand_apart(boxes, left) else None


def _stand_apart(boxes: LineBoxes, left: Mask) -> bool:
    """Whether no row of one side overlaps the other side, and the gap at the same height is usually wide."""
    height = float(np.median(boxes.height))
    shared = _measure_shared(boxes, 1)[np.ix_(left, ~left)]
    blank = boxes.low[~left, 0][None, :] - boxes.high[left, 0][:, None]
    level = shared > 0
    if ((shared > 0.5 * height) & (blank < -_TOUCH * height)).any() or not level.any():
        return False
    nearest = np.where(level, blank, np.inf).min(axis=0)
    return bool(np.median(nearest[level.any(axis=0)]) >= _WIDE * height)


def _stand_beside(left: LineBoxes, right: LineBoxes) -> bool:
    """Whether two columns are beside each other for most of the shorter one."""
    tops, bottoms = [left.low[:, 1].min(), right.low[:, 1].min()], [left.high[:, 1].max(), right.high[:, 1].max()]
    shorter = min(bottoms[0] - tops[0], bottoms[1] - tops[1])
    return bool(min(bottoms) - max(tops) > _BESIDE * shorter)


def _measure_edge_steps(boxes: LineBoxes) -> float:
    """Measure how far the left edge usually moves from one row to the next."""
    by_top = np.argsort(boxes.low[:, 1], kind="stable")
    return float(np.median(np.abs(np.diff(boxes.low[by_top, 0]))))


def _measure_shared(boxes: LineBoxes, axis: int) -> Floats:
    """Measure how far each two rows overlap along an axis, (N, N), in pixels; negative with a gap."""
    low, high = boxes.low[:, axis], boxes.high[:, axis]
    return np.minimum(high[:, None], high) - np.maximum(low[:, None], low)


def _find_next_rows(boxes: LineBoxes) -> Indices:
    """Find the next row below each row, or itself."""
    width = boxes.high[:, 0] - boxes.low[:, 0]
    middle = (boxes.low[:, 1] + boxes.high[:, 1]) / 2
    down = middle[None, :] - middle[:, None]
    below = (_measure_shared(boxes, 0) > _BELOW * np.minimum(width[:, None], width)) & (down > 0)
    nearest = np.where(below, down, np.inf).argmin(axis=1)
    return np.where(below.any(axis=1), nearest, np.arange(len(width)))


def _label_columns(below: Indices) -> Indices:
    """Label rows, (N,), by the connected component that they belong to."""
    names = np.arange(len(below))
    while True:
        least = np.minimum(names, names[below])
        np.minimum.at(least, below, names)
        if (least == names).all():
            return names
        names = least


def _adopt_rows(boxes: LineBoxes, labels: Indices, columns: Indices) -> Indices:
    """Assign the rows that belong to no column to the column of the nearest row."""
    apart = np.maximum(-_measure_shared(boxes, 0), 0) + np.maximum(-_measure_shared(boxes, 1), 0)
    of_column = np.isin(labels, columns)
    nearest = np.nonzero(of_column)[0][apart[:, of_column].argmin(axis=1)]
    return np.where(of_column, labels, labels[nearest])
