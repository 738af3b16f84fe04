"""Parts of a board with values in circles and boxes: trees, linked lists, graphs.

As in ``written_parts``, each is drawn from a height of a patch, in reading order.
"""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import Final

import numpy as np

from ocr_studio.engine.synth.boards.board_area import BoardArea, line_length
from ocr_studio.engine.synth.boards.written_parts import PartFunction, PartTools, to_point
from ocr_studio.engine.synth.handwriting.pen_drawings import Point
from ocr_studio.engine.synth.text.phrases import choose

_HEADS: Final = ("head", "front", "top", "root", "start", "a", "L1")
_ENDS: Final = ("null", "None", "X", "NULL", "∅")


class Outline(Enum):
    """Shape around a value."""

    CIRCLE = auto()
    BOX = auto()
    NONE = auto()


def tree(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Values in circles, each with up to two children."""
    rng, scribe = patch.rng, kit.text
    radius, levels = scribe.size * rng.uniform(0.95, 1.4), int(rng.integers(2, 5))
    levels = max(2, min(levels, int(math.log2(max(4.0, patch.width / (2.6 * radius))) + 1)))
    wide = min(patch.width, 3.2 * radius * 2 ** (levels - 1))
    pitch, outline = radius * rng.uniform(2.8, 3.6), Outline.CIRCLE if rng.random() < 0.85 else Outline.NONE
    above: list[Point | None] = []
    for level in range(levels):
        if top + level * pitch + 2 * radius > patch.height or patch.full:
            break
        row: list[Point | None] = []
        for place in range(2**level):
            parent = above[place // 2] if level else (0.0, 0.0)
            here = (wide * (place + 0.5) / 2**level, top + radius + level * pitch + rng.normal(0, 0.15) * radius)
            if parent is None or (level and rng.random() < 0.22):
                row.append(None)
                continue
            row.append(here)
            _draw_node(
                patch, kit, here, radius, outline=outline, continue_line=sum(each is not None for each in row) > 1
            )
            if level:
                _draw_link(patch, kit, (parent, here), radius, arrow=bool(rng.random() < 0.15))
        above = row
    patch.end_block()
    return top + (levels - 1) * pitch + 2.6 * radius


def linked_list(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Values in circles or boxes joined by arrows, ending with null; names above some."""
    rng, scribe = patch.rng, kit.text
    radius, y, x = scribe.size * rng.uniform(0.9, 1.3), top + scribe.size * 2.6, scribe.size * 1.3
    outline = Outline.CIRCLE if rng.random() < 0.6 else Outline.BOX
    step = radius * rng.uniform(3.0, 4.2)
    count = max(2, min(int(rng.integers(3, 9)), int((patch.width - x) / step)))
    if rng.random() < 0.6:
        patch.line([choose(_HEADS, rng)], (x - radius, y - 1.6 * radius), scribe.larger(0.8))
    for number in range(count):
        here = (x + number * step, y + rng.normal(0, 0.1) * radius)
        _draw_node(patch, kit, here, radius, outline=outline, continue_line=number > 0)
        if number:
            _draw_link(patch, kit, ((here[0] - step, here[1]), here), radius, arrow=True)
    last = x + count * step
    if rng.random() < 0.6 and last + 2 * scribe.size < patch.width:
        _draw_link(patch, kit, ((last - step, y), (last, y)), radius, arrow=True)
        patch.continue_line()
        patch.line([choose(_ENDS, rng)], (last - 0.5 * radius, y + 0.4 * scribe.size), scribe)
    patch.end_block()
    if rng.random() > 0.3:
        return y + 1.8 * radius
    at = x + int(rng.integers(count)) * step
    patch.draw_arrow((at, y + 2.4 * radius), (at, y + 1.2 * radius), kit.drawing)
    patch.line(kit.contents.remark(rng)[:2], (at - scribe.size, y + 2.6 * radius + scribe.size), scribe.larger(0.85))
    patch.end_block()
    return y + 3.2 * radius + scribe.size


def graph(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Values in circles, joined by lines, some with weights."""
    rng, scribe = patch.rng, kit.text
    radius = scribe.size * rng.uniform(0.95, 1.3)
    tall = min(patch.height - top, scribe.size * rng.uniform(8, 13))
    spots = _scatter_points(rng, min(patch.width, 24 * scribe.size), tall, radius)
    for x, y in spots:
        _draw_node(patch, kit, (x, top + y), radius)
    arrows = rng.random() < 0.4
    for index in range(1, len(spots)):
        (x0, y0), (x1, y1) = spots[int(rng.integers(index))], spots[index]
        _draw_link(patch, kit, ((x0, top + y0), (x1, top + y1)), radius, arrow=bool(arrows))
        if rng.random() < 0.25:
            middle = ((x0 + x1) / 2, top + (y0 + y1) / 2 - 0.4 * scribe.size)
            patch.write_centered([str(rng.integers(1, 100))], middle, scribe.larger(0.75))
    patch.end_block()
    return top + tall + 0.5 * radius


def _scatter_points(rng: np.random.Generator, wide: float, tall: float, radius: float) -> list[Point]:
    """Choose three to seven places that are far enough apart, from top to bottom."""
    across, down = max(1, int(wide / (5 * radius))), max(1, int(tall / (4.2 * radius)))
    chosen = sorted(rng.permutation(across * down)[: int(rng.integers(3, 8))].tolist())
    return [
        (
            (index % across + rng.uniform(0.35, 0.65)) * 5 * radius,
            (index // across + rng.uniform(0.4, 0.6)) * 4.2 * radius,
        )
        for index in chosen
    ]


def _draw_node(
    patch: BoardArea,
    kit: PartTools,
    middle: Point,
    radius: float,
    *,
    outline: Outline = Outline.CIRCLE,
    continue_line: bool = False,
) -> None:
    """Draw a value with an outline. continue_line: whether it continues the line of the one before."""
    scribe = kit.text
    inks = patch.write_words([kit.contents.value(patch.rng)], scribe)
    if inks and line_length(inks, scribe) > 1.7 * radius:
        inks = patch.write_words([str(patch.rng.integers(10))], scribe)
    if inks:
        if continue_line:
            patch.continue_line()
        patch.add_line(inks, (middle[0] - line_length(inks, scribe) / 2, middle[1] + 0.45 * scribe.size), scribe)
    low, high = (middle[0] - radius, middle[1] - radius), (middle[0] + radius, middle[1] + radius)
    if outline is Outline.CIRCLE:
        patch.draw_ellipse(low, high, kit.drawing)
    elif outline is Outline.BOX:
        patch.draw_box(low, high, kit.drawing)


def _draw_link(patch: BoardArea, kit: PartTools, ends: tuple[Point, Point], radius: float, *, arrow: bool) -> None:
    """Draw a line between the rims of two circles; ends: their centres."""
    way = np.subtract(ends[1], ends[0])
    far = max(1e-6, float(np.hypot(*way)))
    if far < 2.2 * radius:
        return
    start, end = to_point(ends[0] + way / far * 1.08 * radius), to_point(ends[1] - way / far * 1.12 * radius)
    if arrow:
        patch.draw_arrow(start, end, kit.drawing)
    else:
        patch.draw((start, end), kit.drawing)


CIRCLED: Final[dict[str, PartFunction]] = {"tree": tree, "linked list": linked_list, "graph": graph}
