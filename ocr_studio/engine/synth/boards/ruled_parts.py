"""Parts of a board with rules: tables, rows of cells, charts, weeks.

As in ``written_parts``, each is drawn from a height of a patch, in reading order.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ocr_studio.engine.synth.boards.board_area import BoardArea, line_length
from ocr_studio.engine.synth.boards.written_parts import PartFunction, PartTools
from ocr_studio.engine.synth.handwriting.pen_drawings import Point
from ocr_studio.engine.synth.text.phrases import choose


def cells(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Values in a row of boxes, with indices and an arrow below."""
    rng, scribe = patch.rng, kit.text
    y, count = top + 0.5 * scribe.size, int(rng.integers(3, 8))
    for _ in range(int(rng.integers(1, 4))):
        if patch.full or y > patch.height - 3 * scribe.size:
            break
        inks = [patch.write_words([kit.contents.value(rng)], scribe) for _ in range(count)]
        side = max([2.0 * scribe.size, *(line_length(ink, scribe) + scribe.size for ink in inks)])
        shown = inks[: max(1, min(count, int(patch.width / side)))]
        for number, ink in enumerate(shown):
            if number:
                patch.continue_line()
            patch.add_line(ink, ((number + 0.5) * side - line_length(ink, scribe) / 2, y + 1.5 * scribe.size), scribe)
        _draw_grid(patch, kit, (0.0, y), ([side] * len(shown), [2.1 * scribe.size]))
        y += 2.1 * scribe.size
        y = _annotate_cells(patch, kit, y, [(number + 0.5) * side for number in range(len(shown))]) + 1.3 * scribe.size
    patch.end_block()
    return y


def _annotate_cells(patch: BoardArea, kit: PartTools, y: float, middles: list[float]) -> float:
    """Draw indices, and an arrow with a remark, below some places. Returns where they end."""
    rng, scribe = patch.rng, kit.text
    if rng.random() < 0.3:
        for number, x in enumerate(middles):
            if number:
                patch.continue_line()
            patch.write_centered([str(number)], (x, y + 0.7 * scribe.size), scribe.larger(0.7))
        y += 1.2 * scribe.size
    if rng.random() < 0.35:
        at = choose(middles, rng)
        patch.draw_arrow((at, y + 1.6 * scribe.size), (at, y + 0.3 * scribe.size), kit.drawing)
        patch.line(kit.contents.remark(rng)[:2], (at - 0.5 * scribe.size, y + 2.7 * scribe.size), scribe.larger(0.85))
        y += 2.8 * scribe.size
    return y


def table(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A table with a header, names and numbers, with different rules."""
    rng, scribe = patch.rng, kit.text
    high = scribe.size * rng.uniform(1.9, 2.5)
    rows = max(2, min(int(rng.integers(2, 7)), int((patch.height - top) / high)))
    count = max(2, min(int(rng.integers(2, 6)), int(patch.width / (4.5 * scribe.size))))
    inked = [
        [patch.write_words(_cell_words(kit, row, column, rng), scribe) for column in range(count)]
        for row in range(rows)
    ]
    widths = [
        max(2.5 * scribe.size, *(line_length(row[column], scribe) + 1.2 * scribe.size for row in inked))
        for column in range(count)
    ]
    ends = np.cumsum([0.0, *widths])
    count = max(1, int((ends[1:] <= 1.02 * patch.width).sum()))
    for row, inks in enumerate(inked):
        written = [(x, cell) for x, cell in zip(ends[:count], inks, strict=False) if cell]
        for number, (x, cell) in enumerate(written):
            if number:
                patch.continue_line()
            patch.add_line(cell, (float(x) + 0.5 * scribe.size, top + (row + 0.5) * high + 0.45 * scribe.size), scribe)
    patch.end_block()
    _draw_grid(patch, kit, (0.0, top), (widths[:count], [high] * rows), way=int(rng.integers(3)))
    return top + rows * high + 0.8 * scribe.size


def chart(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A chart with named axes and a curve or bars."""
    rng, scribe = patch.rng, kit.text
    wide, tall = min(patch.width, scribe.size * rng.uniform(10, 18)), scribe.size * rng.uniform(6, 10)
    left, bottom = 1.5 * scribe.size, top + min(patch.height - top - 3 * scribe.size, tall)
    patch.line(kit.contents.remark(rng)[:1], (left + 0.8 * scribe.size, top + 0.9 * scribe.size), scribe.larger(0.85))
    patch.end_block()
    patch.draw_arrow((left, bottom), (left, top), kit.drawing)
    patch.draw_arrow((left, bottom), (left + wide, bottom), kit.drawing)
    if rng.random() < 0.5:
        x = np.linspace(0, 1, 50)
        shapes = (x**2, 1 - x, np.sqrt(x), 0.5 + 0.4 * np.sin(6 * x), np.exp(-8 * (x - 0.5) ** 2))
        heights = choose(shapes, rng)
        patch.draw_curve(np.stack([left + 0.9 * wide * x, bottom - 0.8 * tall * heights], axis=1), kit.heading)
    else:
        bars = int(rng.integers(3, 6))
        for x in left + wide * (np.arange(bars) + 0.3) / (bars + 0.5):
            patch.draw_box((x, bottom - tall * rng.uniform(0.15, 0.75)), (x + 0.5 * wide / bars, bottom), kit.drawing)
    patch.line(kit.contents.remark(rng)[:2], (left + 0.6 * wide, bottom + 1.5 * scribe.size), scribe.larger(0.85))
    patch.end_block()
    return bottom + 2.3 * scribe.size


def week(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A ruled week plan with a column for each day."""
    rng, scribe = patch.rng, kit.text
    count, rows = max(2, min(5, int(patch.width / (7 * scribe.size)))), int(rng.integers(1, 4))
    wide, high = patch.width / count, 1.1 * scribe.line
    for number in range(count):
        if number:
            patch.continue_line()
        patch.line([kit.contents.day(number)], (number * wide + 0.5 * scribe.size, top + 1.4 * scribe.size), scribe)
    patch.end_block()
    for number in range(count):
        for row in range(int(rng.integers(0, rows + 1))):
            said = [kit.contents.clock(rng)] if rng.random() < 0.3 else kit.contents.sentence(rng, 1)
            inks = [] if patch.full else patch.write_words(said, scribe)
            if inks and line_length(inks, scribe) < wide - 0.7 * scribe.size:
                patch.add_line(inks, (number * wide + 0.5 * scribe.size, top + 3 * scribe.size + row * high), scribe)
        patch.end_block()
    heights = [2 * scribe.size, rows * high + 0.5 * scribe.size]
    _draw_grid(patch, kit, (0.0, top), ([wide] * count, heights))
    return top + sum(heights) + 0.8 * scribe.size


def _cell_words(kit: PartTools, row: int, column: int, rng: np.random.Generator) -> list[str]:
    if row == 0 or column == 0:
        return [kit.contents.capitals.capitalize(token) for token in kit.contents.sentence(rng, 1)]
    return [] if rng.random() < 0.1 else kit.contents.cell(rng)


def _draw_grid(
    patch: BoardArea, kit: PartTools, corner: Point, sizes: tuple[list[float], list[float]], *, way: int = 0
) -> None:
    """Draw the rules of a table. sizes: widths and heights. way: 0 all, 1 inner ones, 2 below the header and between
    columns.
    """
    xs, ys = (start + np.cumsum([0.0, *steps]) for start, steps in zip(corner, sizes, strict=True))
    across, down = (xs, ys) if way == 0 else (xs[1:-1], ys[1:-1] if way == 1 else ys[1:2])
    for x in across:
        patch.draw([(float(x), float(ys[0])), (float(x), float(ys[-1]))], kit.drawing)
    for y in down:
        patch.draw([(float(xs[0]), float(y)), (float(xs[-1]), float(y))], kit.drawing)


RULED: Final[dict[str, PartFunction]] = {"cells": cells, "table": table, "chart": chart, "week": week}
