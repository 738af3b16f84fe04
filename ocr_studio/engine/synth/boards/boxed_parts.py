"""Parts of a board with words in boxes joined by arrows, and drawings without words.

As in ``written_parts``, each is drawn from a height of a patch, in reading order.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ocr_studio.engine.synth.boards.board_area import BoardArea, BoardWriter
from ocr_studio.engine.synth.boards.written_parts import PartFunction, PartTools, frame_words, to_point
from ocr_studio.engine.synth.handwriting.pen_drawings import Point


def flow(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Boxes below or beside each other, joined by arrows."""
    rng, scribe = patch.rng, kit.text
    across = rng.random() < 0.4
    x, y = 0.0, top
    before: tuple[Point, Point] | None = None
    for _ in range(int(rng.integers(2, 6))):
        room = patch.width - x if across else patch.width
        if patch.full or room < 5 * scribe.size or y > patch.height - 4 * scribe.size:
            break
        first, low = len(patch.words), (x + 0.6 * scribe.size, y + 1.7 * scribe.size)
        tokens = kit.contents.sentence(rng, int(rng.integers(1, 5)))
        patch.write_wrapped(tokens, low, scribe, right=x + min(room, scribe.size * rng.uniform(6, 14)))
        patch.end_block()
        if len(patch.words) == first:
            continue
        end = frame_words(patch, kit, first, margin=0.55 * scribe.size, round_one=bool(rng.random() < 0.2))
        here = ((x, y), end)
        if before is not None:
            _draw_arrow_between(patch, kit, before, here, across=across)
        before = here
        if across:
            x = end[0] + scribe.size * rng.uniform(2, 4)
        else:
            y = end[1] + scribe.size * rng.uniform(1.5, 2.5)
    return max([y, *(float(word.corners[:, 1].max()) for word in patch.words[-12:])]) + scribe.size


def mind_map(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A topic in the middle with others around it."""
    rng, scribe = patch.rng, kit.text
    tall = min(patch.height - top, scribe.size * rng.uniform(11, 17))
    middle = (patch.width / 2, top + tall / 2)
    around_it = int(rng.integers(3, 6))
    for row, share in ((0, 0.15), (1, 0.5), (2, 0.85)):
        if row == 1:
            first = len(patch.words)
            patch.write_centered(kit.contents.heading(kit.theme, rng), middle, kit.heading)
            patch.end_block()
            if len(patch.words) > first:
                frame_words(patch, kit, first, margin=0.5 * scribe.size, round_one=True)
            continue
        count = max(1, min(around_it // 2 + (row == 0), int(patch.width / (8 * scribe.size))))
        for index in range(count):
            place = (patch.width * (index + 0.5) / count, top + tall * share)
            first = len(patch.words)
            patch.write_centered(kit.contents.sentence(rng, int(rng.integers(1, 3))), place, scribe)
            patch.end_block()
            if len(patch.words) > first and rng.random() < 0.6:
                frame_words(patch, kit, first, margin=0.4 * scribe.size)
            near = scribe.size * (1.6 if row == 0 else -1.6)
            ends = [(place[0], place[1] + near), (middle[0] + 0.3 * (place[0] - middle[0]), middle[1] - 1.2 * near)]
            patch.draw(ends, kit.drawing)
    return top + tall + 0.5 * scribe.size


def doodles(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Drawings without text: arrows, waves, faces, hatching, scribbles."""
    rng, scribe, pen = patch.rng, kit.text, kit.drawing
    side = scribe.size * rng.uniform(3, 7)
    for number in range(max(1, min(int(rng.integers(1, 4)), int(patch.width / (1.3 * side))))):
        low = (number * 1.3 * side, top)
        high = (low[0] + side * rng.uniform(0.6, 1), top + min(side, patch.height - top) * rng.uniform(0.6, 1))
        _draw_doodle(patch, int(rng.integers(6)), low, high, pen)
    return top + side + scribe.size


def _draw_doodle(patch: BoardArea, kind: int, low: Point, high: Point, pen: BoardWriter) -> None:
    rng, wide, tall = patch.rng, high[0] - low[0], high[1] - low[1]
    if kind == 0:
        patch.draw_arrow(low, high, pen)
    elif kind == 1:
        patch.draw_ellipse(low, high, pen)
        for share in (0.35, 0.65):
            eye = (low[0] + share * wide, low[1] + 0.35 * tall)
            patch.draw_ellipse(eye, (eye[0] + 0.07 * wide, eye[1] + 0.07 * tall), pen)
        x = np.linspace(-0.25, 0.25, 20)
        smile = np.stack([low[0] + wide * (0.5 + x), low[1] + tall * (0.75 - 1.6 * x**2)], axis=1)
        patch.draw_curve(smile, pen)
    elif kind == 2:
        x = np.linspace(0, 1, 60)
        wave = np.sin(x * rng.uniform(6, 30)) * 0.4 * tall * (1 if rng.random() < 0.5 else np.exp(-2 * x))
        points = np.stack([low[0] + wide * x, (low[1] + high[1]) / 2 + wave], axis=1)
        patch.draw_curve(points, pen)
    elif kind == 3:
        for share in np.arange(0.0, 1.0, 0.18):
            ends = [(low[0] + share * wide, high[1]), (low[0] + min(1, share + 0.3) * wide, low[1])]
            patch.draw(ends, pen)
    elif kind == 4:
        walk = np.cumsum(rng.normal(0, 0.13, (40, 2)), axis=0)
        walk = (walk - walk.min(axis=0)) / np.maximum(np.ptp(walk, axis=0), 1e-6) * (wide, tall) + low
        patch.draw_curve(walk, pen)
    else:
        patch.draw_box(low, high, pen)
        shift = np.array([0.25 * wide, -0.2 * tall])
        patch.draw_box(to_point(low + shift), to_point(high + shift), pen)


def _draw_arrow_between(
    patch: BoardArea, kit: PartTools, one: tuple[Point, Point], other: tuple[Point, Point], *, across: bool
) -> None:
    """Draw an arrow between two boxes, given by upper left and lower right corner, beside or below each other."""
    slack = 0.3 * kit.text.size
    if across:
        y = (one[0][1] + min(one[1][1], other[1][1])) / 2
        patch.draw_arrow((one[1][0] + slack, y), (other[0][0] - slack, y), kit.drawing)
    else:
        x = (one[0][0] + min(one[1][0], other[1][0])) / 2
        patch.draw_arrow((x, one[1][1] + slack), (x, other[0][1] + slack), kit.drawing)


BOXED: Final[dict[str, PartFunction]] = {"flow": flow, "mind map": mind_map, "doodles": doodles}
