"""Places on the photo for words without a box: a line across the writing, between the neighbours in the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.core.reading_order.places import SAME
from ocr_studio.core.reading_order.text_lines import Floats

# In heights of the writing: the distance between words after the end of a line, and from line to line.
_STEP: Final = 0.5
_LINE: Final = 1.4
# On a photo without words: the height of a line as a share of the photo's, and the margin.
_HEIGHT: Final = 0.04


def place(words: Sequence[tuple[Quad | None, int]], width: int, height: int) -> list[Quad]:
    """Find places for words without a box.

    Args:
        words: The words of a page in order, with their quads as far as they are known, and how each follows the one
            before it: SAME, LINE or BLOCK of ``places``.
        width: Width of the photo in pixels.
        height: Its height.

    Returns:
        The quads of all words; those that are found have no width.
    """
    lines: list[list[Quad | None]] = []
    for quad, follows in words:
        if follows != SAME or not lines:
            lines.append([])
        lines[-1].append(quad)
    starts = _find_starts(lines, width, height)
    found: list[Quad] = []
    for line, start in zip(lines, starts, strict=True):
        edges = _fill_line(line, start)
        for quad, edge in zip(line, edges, strict=True):
            found.append(quad or geometry.clamp_quad(_stand(edge), width, height))
    return found


def _stand(edge: Floats) -> Quad:
    """Return a quad without width from its upper and lower end, (2, 2)."""
    return Quad.from_array([edge[0], edge[0], edge[1], edge[1]])


def _left(quad: Quad) -> Floats:
    a, _, _, d = np.asarray(quad.corners, dtype=np.float64)
    return np.stack([a, d])


def _right(quad: Quad) -> Floats:
    _, b, c, _ = np.asarray(quad.corners, dtype=np.float64)
    return np.stack([b, c])


def _step(edge: Floats, share: float) -> Floats:
    """Move an edge along the writing by a share of its height."""
    down = edge[1] - edge[0]
    return edge + share * np.array([down[1], -down[0]])


def _find_starts(lines: Sequence[Sequence[Quad | None]], width: int, height: int) -> list[Floats]:
    """Find where each line begins, as the left edge of its first word, (2, 2) each."""
    known = [next((_left(quad) for quad in line if quad), None) for line in lines]
    at = [index for index, edge in enumerate(known) if edge is not None]
    found: list[Floats] = []
    for index, edge in enumerate(known):
        if edge is not None:
            found.append(edge)
            continue
        before = max((each for each in at if each < index), default=None)
        after = min((each for each in at if each > index), default=None)
        first, last = (None if each is None else known[each] for each in (before, after))
        if first is not None and last is not None and before is not None and after is not None:
            found.append(first + (last - first) * ((index - before) / (after - before)))
        elif first is not None and before is not None:
            found.append(first + _LINE * (index - before) * (first[1] - first[0]))
        elif last is not None and after is not None:
            found.append(last - _LINE * (after - index) * (last[1] - last[0]))
        else:
            size = max(1.0, _HEIGHT * height)
            top = size + _LINE * size * index
            found.append(np.array([(_HEIGHT * width, top), (_HEIGHT * width, top + size)]))
    return found


def _fill_line(line: Sequence[Quad | None], start: Floats) -> list[Floats]:
    """Find the left edge of each word of a line."""
    found: list[Floats] = []
    index = 0
    while index < len(line):
        quad = line[index]
        if quad is not None:
            found.append(_left(quad))
            index += 1
            continue
        end = next((each for each in range(index, len(line)) if line[each] is not None), len(line))
        before, after = line[index - 1] if index else None, line[end] if end < len(line) else None
        count = end - index
        for number in range(count):
            if before is not None and after is not None:
                edges = _right(before), _left(after)
                found.append(edges[0] + (edges[1] - edges[0]) * ((number + 1) / (count + 1)))
            elif before is not None:
                found.append(_step(_right(before), _STEP * (number + 1)))
            elif after is not None:
                found.append(_step(_left(after), -_STEP * (count - number)))
            else:
                found.append(_step(start, _STEP * number))
        index = end
    return found
