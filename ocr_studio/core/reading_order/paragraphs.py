"""Lines in reading order → text: paragraph breaks, column breaks and indentation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ocr_studio.core.reading_order.text_lines import Floats, LineBoxes

# Blank between two lines, in heights, from which on a paragraph ends: more than the line space of loose handwriting;
# and how much more than usual in that column it has to be.
_GAP, _MORE = 1.2, 1.6
# This wide a blank ends a paragraph even where all are: in boxes one below the other.
_SURELY = 2.0
# A line is indented if it begins so many heights further right than the one it belongs to: hands are not steadier.
_INDENT = 1.0
# Columns lean: a level moves with its lines, so many heights at a time; what is further off is a line of its own.
_DRIFT = 0.4
# How much less their beginnings are in line than their middles where lines are set in the middle, in heights.
_CENTRED = 0.2
# Lines that differ by more than this, 25°, are not of one column.
_COS_ALIKE = float(np.cos(np.radians(25)))
_STEP = "  "


def join_lines(written: Sequence[str], lines: LineBoxes, *, begins: Sequence[bool] | None = None) -> str:
    """Join lines to a text: a blank line between paragraphs and columns, two spaces for each level of indentation.

    Args:
        written: The text of each line.
        lines: Their boxes in the page's frame.
        begins: Which lines begin a paragraph; None to find them by their gaps.
    """
    found = find_starts(lines) if begins is None else begins
    parts: list[str] = []
    for index, (line, level) in enumerate(zip(written, _find_indents(lines), strict=True)):
        if index:
            parts.append("\n\n" if found[index] else "\n")
        parts.append(_STEP * level + line)
    return "".join(parts)


def find_starts(lines: LineBoxes) -> list[bool]:
    """Find which lines begin a paragraph or a column; the first one does."""
    gaps = _measure_gaps(lines)
    found = [True]
    for first, last in pairwise(_find_columns(gaps)):
        blanks = gaps[first : last - 1]
        usual = float(np.median(blanks)) if len(blanks) > 1 else 0.0
        for index in range(first + 1, last):
            height = (lines.height[index - 1] + lines.height[index]) / 2
            found.append(bool(gaps[index - 1] > max(_GAP * height, min(_MORE * usual, _SURELY * height))))
        found.append(True)
    return found[: len(lines.height)]


def _find_indents(lines: LineBoxes) -> list[int]:
    """Find the indentation level of each line in its column."""
    columns = pairwise(_find_columns(_measure_gaps(lines)))
    return [level for first, last in columns for level in _find_levels(lines.part(np.arange(first, last)))]


def _find_columns(gaps: Floats) -> list[int]:
    """Find where columns of lines begin, and where the last one ends. gaps: see ``_measure_gaps``."""
    return [0, *(np.nonzero(np.isinf(gaps))[0] + 1).tolist(), len(gaps) + 1]


def _measure_gaps(lines: LineBoxes) -> Floats:
    """Measure the gaps between lines, (N - 1,), in pixels; infinite if the next line isn't below."""
    along = lines.along[:-1]
    step = lines.left[1:] - lines.left[:-1]
    length = np.linalg.norm(lines.right - lines.left, axis=1)
    begins = (step * along).sum(axis=1)
    down = along[:, 0] * step[:, 1] - along[:, 1] * step[:, 0]
    alike = (along * lines.along[1:]).sum(axis=1) > _COS_ALIKE
    below = alike & (down > 0) & (begins < length[:-1]) & (begins + length[1:] > 0)
    return np.where(below, down - (lines.height[:-1] + lines.height[1:]) / 2, np.inf)


def _find_levels(lines: LineBoxes) -> list[int]:
    """Find the indentation level of each line of one column."""
    if len(lines.height) == 1:  # as each is where lines stand anyhow, on a page of many thousands
        return [0]
    along = lines.along.mean(axis=0)
    starts, ends = lines.left @ along, lines.right @ along
    if np.std(starts) > np.std((starts + ends) / 2) + _CENTRED * np.median(lines.height):
        return [0] * len(starts)
    # Where the lines of each open level began last.
    open_levels = [float(starts[0])]
    levels = [0]
    for index in range(1, len(starts)):
        start, height = float(starts[index]), float(lines.height[index])
        if start > open_levels[-1] + _INDENT * height:
            open_levels.append(start)
        while len(open_levels) > 1 and abs(start - open_levels[-2]) <= abs(start - open_levels[-1]):
            open_levels.pop()
        if abs(start - open_levels[-1]) < _DRIFT * height:
            open_levels[-1] = start
        levels.append(len(open_levels) - 1)
    return levels
