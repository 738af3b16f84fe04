"""Parts of a board with rules: tables, rows of cells, charts, weeks.

As in ``written_parts``, each is drawn from a height of a patch, in reading order.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ocr_studio.engine.synth.boards.board_area import Patch, length
from ocr_studio.engine.synth.boards.written_parts import Kit, Part
from ocr_studio.engine.synth.handwriting.pen_drawings import Spot
from ocr_studio.engine.synth.text import contents


def cells(patch: Patch, kit: Kit, top: float) -> float:
    """Values in a row of boxes, with indices and an arrow below."""
    rng, by = patch.rng, kit.text
    y, many = top + 0.5 * by.size, int(rng.integers(3, 8))
    for _ in range(int(rng.integers(1, 4))):
        if patch.full or y > patch.height - 3 * by.size:
            break
        inks = [patch.inks([kit.contents.value(rng)], by) for _ in range(many)]
        side = max([2.0 * by.size, *(length(ink, by) + by.size for ink in inks)])
        shown = inks[: max(1, min(many, int(patch.width / side)))]
        for number, ink in enumerate(shown):
            if number:
                patch.go_on()
            patch.put(ink, ((number + 0.5) * side - length(ink, by) / 2, y + 1.5 * by.size), by)
        _grid(patch, kit, (0.0, y), ([side] * len(shown), [2.1 * by.size]))
        y += 2.1 * by.size
        y = _below_cells(patch, kit, y, [(number + 0.5) * side for number in range(len(shown))]) + 1.3 * by.size
    patch.end_block()
    return y


def _below_cells(patch: Patch, kit: Kit, y: float, middles: list[float]) -> float:
    """Draw indices, and an arrow with a remark, below some places. Returns where they end."""
    rng, by = patch.rng, kit.text
    if rng.random() < 0.3:
        for number, x in enumerate(middles):
            if number:
                patch.go_on()
            patch.centred([str(number)], (x, y + 0.7 * by.size), by.larger(0.7))
        y += 1.2 * by.size
    if rng.random() < 0.35:
        at = contents.one(middles, rng)
        patch.arrow((at, y + 1.6 * by.size), (at, y + 0.3 * by.size), kit.drawing)
        patch.line(kit.contents.remark(rng)[:2], (at - 0.5 * by.size, y + 2.7 * by.size), by.larger(0.85))
        y += 2.8 * by.size
    return y


def table(patch: Patch, kit: Kit, top: float) -> float:
    """A table with a header, names and numbers, with different rules."""
    rng, by = patch.rng, kit.text
    high = by.size * rng.uniform(1.9, 2.5)
    rows = max(2, min(int(rng.integers(2, 7)), int((patch.height - top) / high)))
    many = max(2, min(int(rng.integers(2, 6)), int(patch.width / (4.5 * by.size))))
    inked = [[patch.inks(_cell(kit, row, column, rng), by) for column in range(many)] for row in range(rows)]
    widths = [max(2.5 * by.size, *(length(row[column], by) + 1.2 * by.size for row in inked)) for column in range(many)]
    ends = np.cumsum([0.0, *widths])
    many = max(1, int((ends[1:] <= 1.02 * patch.width).sum()))
    for row, inks in enumerate(inked):
        written = [(x, cell) for x, cell in zip(ends[:many], inks, strict=False) if cell]
        for number, (x, cell) in enumerate(written):
            if number:
                patch.go_on()
            patch.put(cell, (float(x) + 0.5 * by.size, top + (row + 0.5) * high + 0.45 * by.size), by)
    patch.end_block()
    _grid(patch, kit, (0.0, top), (widths[:many], [high] * rows), way=int(rng.integers(3)))
    return top + rows * high + 0.8 * by.size


def chart(patch: Patch, kit: Kit, top: float) -> float:
    """A chart with named axes and a curve or bars."""
    rng, by = patch.rng, kit.text
    wide, tall = min(patch.width, by.size * rng.uniform(10, 18)), by.size * rng.uniform(6, 10)
    left, bottom = 1.5 * by.size, top + min(patch.height - top - 3 * by.size, tall)
    patch.line(kit.contents.remark(rng)[:1], (left + 0.8 * by.size, top + 0.9 * by.size), by.larger(0.85))
    patch.end_block()
    patch.arrow((left, bottom), (left, top), kit.drawing)
    patch.arrow((left, bottom), (left + wide, bottom), kit.drawing)
    if rng.random() < 0.5:
        x = np.linspace(0, 1, 50)
        shapes = (x**2, 1 - x, np.sqrt(x), 0.5 + 0.4 * np.sin(6 * x), np.exp(-8 * (x - 0.5) ** 2))
        heights = shapes[int(rng.integers(len(shapes)))]
        patch.touch(np.stack([left + 0.9 * wide * x, bottom - 0.8 * tall * heights], axis=1), kit.heading)
    else:
        bars = int(rng.integers(3, 6))
        for x in left + wide * (np.arange(bars) + 0.3) / (bars + 0.5):
            patch.box((x, bottom - tall * rng.uniform(0.15, 0.75)), (x + 0.5 * wide / bars, bottom), kit.drawing)
    patch.line(kit.contents.remark(rng)[:2], (left + 0.6 * wide, bottom + 1.5 * by.size), by.larger(0.85))
    patch.end_block()
    return bottom + 2.3 * by.size


def week(patch: Patch, kit: Kit, top: float) -> float:
    """A ruled week plan with a column for each day."""
    rng, by = patch.rng, kit.text
    many, rows = max(2, min(5, int(patch.width / (7 * by.size)))), int(rng.integers(1, 4))
    wide, high = patch.width / many, 1.1 * by.line
    for number in range(many):
        if number:
            patch.go_on()
        patch.line([kit.contents.day(number)], (number * wide + 0.5 * by.size, top + 1.4 * by.size), by)
    patch.end_block()
    for number in range(many):
        for row in range(int(rng.integers(0, rows + 1))):
            said = [kit.contents.clock(rng)] if rng.random() < 0.3 else kit.contents.sentence(rng, 1)
            inks = [] if patch.full else patch.inks(said, by)
            if inks and length(inks, by) < wide - 0.7 * by.size:
                patch.put(inks, (number * wide + 0.5 * by.size, top + 3 * by.size + row * high), by)
        patch.end_block()
    heights = [2 * by.size, rows * high + 0.5 * by.size]
    _grid(patch, kit, (0.0, top), ([wide] * many, heights))
    return top + sum(heights) + 0.8 * by.size


def _cell(kit: Kit, row: int, column: int, rng: np.random.Generator) -> list[str]:
    if row == 0 or column == 0:
        return [kit.contents.capitals.headed(token) for token in kit.contents.sentence(rng, 1)]
    return [] if rng.random() < 0.1 else kit.contents.cell(rng)


def _grid(patch: Patch, kit: Kit, corner: Spot, sizes: tuple[list[float], list[float]], *, way: int = 0) -> None:
    """Draw the rules of a table. sizes: widths and heights. way: 0 all, 1 inner ones, 2 below the header and between
    columns.
    """
    xs, ys = (start + np.cumsum([0.0, *steps]) for start, steps in zip(corner, sizes, strict=True))
    across, down = (xs, ys) if way == 0 else (xs[1:-1], ys[1:-1] if way == 1 else ys[1:2])
    for x in across:
        patch.draw([(float(x), float(ys[0])), (float(x), float(ys[-1]))], kit.drawing)
    for y in down:
        patch.draw([(float(xs[0]), float(y)), (float(xs[-1]), float(y))], kit.drawing)


RULED: Final[dict[str, Part]] = {"cells": cells, "table": table, "chart": chart, "week": week}
