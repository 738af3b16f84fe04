"""Layout of a whole board: writers, colours, columns, corners, corrections."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.boards.board_area import BoardArea, BoardWord, BoardWriter, WordBudget
from ocr_studio.engine.synth.boards.boxed_parts import BOXED
from ocr_studio.engine.synth.boards.circled_parts import CIRCLED
from ocr_studio.engine.synth.boards.papers import PAPERS, PRINTED
from ocr_studio.engine.synth.boards.ruled_parts import RULED
from ocr_studio.engine.synth.boards.written_parts import WRITTEN, PartFunction, PartTools, heading, title, to_point
from ocr_studio.engine.synth.handwriting.marker import Colour
from ocr_studio.engine.synth.text.contents import BoardContents, Theme
from ocr_studio.engine.synth.text.phrases import choose

Floats: TypeAlias = NDArray[np.floating[Any]]
Random: TypeAlias = np.random.Generator

PARTS: Final[Mapping[str, PartFunction]] = {**WRITTEN, **CIRCLED, **RULED, **BOXED, **PAPERS, **PRINTED}
_WEIGHTS: Final = {
    "prose": 1.6, "bullets": 2.2, "numbered": 1.4, "checks": 0.5, "program": 0.5, "entries": 0.9, "formulas": 0.5,
    "arrays": 0.4, "remarks": 0.9, "tree": 0.3, "linked list": 0.3, "graph": 0.3, "cells": 0.3, "flow": 0.6,
    "mind map": 0.4, "table": 0.7, "chart": 0.35, "week": 0.25, "doodles": 0.3, "notes": 0.35, "notice": 0.2,
}  # fmt: skip
_PAGE_WEIGHTS: Final = {
    "paragraph": 4.0, "bill": 0.7, "bullets": 0.8, "numbered": 0.6, "program": 0.5, "entries": 0.6, "table": 0.8,
    "chart": 0.2, "formulas": 0.3,
}  # fmt: skip
# Additional weight of a theme's parts.
_THEME_WEIGHTS: Final[Mapping[Theme, Mapping[str, float]]] = {
    Theme.PROGRAMS: {"program": 8, "arrays": 5, "tree": 4, "linked list": 4, "graph": 3, "cells": 3, "entries": 0.4,
                     "checks": 0.3, "week": 0, "mind map": 0.3, "formulas": 0.6},
    Theme.MEETING: {"bullets": 2, "prose": 1.3, "flow": 1.5, "mind map": 1.5, "program": 0.1, "arrays": 0.1},
    Theme.TASKS: {"checks": 8, "bullets": 2, "entries": 2, "week": 3, "program": 0, "arrays": 0, "tree": 0, "cells": 0},
    Theme.PLAN: {"week": 5, "table": 2, "flow": 2, "entries": 2, "chart": 1.5, "program": 0.2, "arrays": 0},
    Theme.MATHS: {"formulas": 10, "chart": 3, "graph": 2, "arrays": 1.5, "program": 0.2, "checks": 0.2, "week": 0},
    Theme.LESSON: {"prose": 2.5, "table": 1.5, "mind map": 2, "chart": 1.5, "program": 0.3, "cells": 0.3},
    Theme.MONEY: {"entries": 6, "table": 4, "chart": 2, "formulas": 1.5, "program": 0.1, "arrays": 0.1, "tree": 0.2},
}  # fmt: skip
# Maximum overlap of two words' boxes; real boards hardly have more.
_MAX_OVERLAP: Final = 0.22
# Size of the cells in which places of words are noted, in capital heights.
_CELL: Final = 0.1


@dataclass(frozen=True, slots=True)
class BoardWriters:
    """The writers of a board.

    Attributes:
        scribes: The first writes most.
        heading: Writer of headings.
        drawing: Pen of lines and boxes.
        printed: Font for print, if any.
        page: Whether it is a printed page.
    """

    scribes: tuple[BoardWriter, ...]
    heading: BoardWriter
    drawing: BoardWriter
    printed: BoardWriter | None
    contents: tuple[BoardContents, ...]
    theme: Theme
    colours: tuple[Colour, ...]
    page: bool = False

    def kit(self, rng: Random) -> PartTools:
        """Choose the writers of the next part."""
        number = 0 if rng.random() < 0.7 else int(rng.integers(len(self.scribes)))
        text, drawing = self.scribes[number], self.drawing
        if not self.page:  # with less room, writing is smaller
            text = text.larger(float(np.clip(rng.lognormal(0, 0.17), 0.7, 1.35)))
        if len(self.colours) > 1 and rng.random() < 0.3:
            text = replace(text, colour=choose(self.colours, rng))
        if rng.random() < 0.5:
            drawing = replace(drawing, colour=text.colour)
        big = replace(self.heading, writer=text.writer) if number else self.heading
        return PartTools(text, big, drawing, self.printed, self.contents[number], self.theme)


@dataclass(frozen=True, slots=True)
class Region:
    """An area of a board. low, high: its corners in pixels; degrees: rotation of its contents."""

    low: tuple[float, float]
    high: tuple[float, float]
    degrees: float = 0.0


class BoardLayout:
    """Fills a board. used: names of the parts on it."""

    def __init__(self, size: Floats, writers: BoardWriters, rng: Random, *, words: int) -> None:
        """Start an empty board, (width, height) in pixels, for about this many words."""
        self.board = BoardArea(float(size[0]), float(size[1]), rng, WordBudget(words))
        self.part_names: list[str] = []
        self._writers, self._rng = writers, rng
        self._cell = max(0.5, _CELL * writers.scribes[0].size)
        self._occupied = np.zeros((math.ceil(size[1] / self._cell), math.ceil(size[0] / self._cell)), np.uint16)
        self._areas = [0]  # cells of each word; the first belong to none
        shares = {name: share * _THEME_WEIGHTS[writers.theme].get(name, 1.0) for name, share in _WEIGHTS.items()}
        if writers.page:
            shares = _PAGE_WEIGHTS
        self._names = list(shares)
        self._shares = np.array(list(shares.values())) / sum(shares.values())

    def fill(self, margin: float, *, bare: bool = False) -> BoardArea:
        """Fill the board with a title, columns of parts and remarks.

        Args:
            margin: Empty margin in pixels.
            bare: Whether to leave out the words.
        """
        rng, board = self._rng, self.board
        size = self._writers.scribes[0].size
        top = margin
        if rng.random() < 0.35:
            top = self._stack(
                Region((margin, margin), (board.width - margin, board.height - margin)), [("title", title)]
            )
        columns = self._columns(margin, top)
        ruled = len(columns) > 1 and rng.random() < 0.25
        for number, zone in enumerate(columns):
            before = len(board.words)
            self._column(zone, words=board.budget.left * rng.uniform(0.8, 1.5) / (len(columns) - number))
            if ruled and number and len(board.words) > before:
                x = zone.low[0] - 0.8 * size
                ends = [(x, top), (x + rng.normal(0, 0.6) * size, board.height - margin)]
                pen = self._writers.drawing
                board.draw(ends, pen)
        if rng.random() < 0.12:
            self._add_slanted_remark(margin)
        if bare:
            board.words.clear()
        self._add_corrections()
        return board

    def _columns(self, margin: float, top: float) -> list[Region]:
        """Divide the board into columns, seldom of equal width, each with a slight slope."""
        rng, board, size = self._rng, self.board, self._writers.scribes[0].size
        wide = board.width - 2 * margin
        most = max(1, min(2 if self._writers.page else 4, int(wide / (13 * size))))
        count = int(rng.integers(max(1, min(2, most)), most + 1)) if rng.random() < 0.8 else 1
        shares = rng.uniform(0.7, 1.4, count)
        ends = margin + np.concatenate([[0.0], np.cumsum(shares / shares.sum())]) * wide
        gutter = float(rng.uniform(0.8, 2.5)) * size
        lean = float(rng.normal(0, 1.3)) if rng.random() < 0.75 else float(rng.normal(0, 4.0))
        steady = self._writers.scribes[0].jitter > 0
        return [
            Region(
                (float(left + (gutter if left > margin else 0)), top + float(abs(rng.normal(0, 0.6))) * size),
                (float(right), board.height - margin),
                float(np.clip(lean + rng.normal(0, 0.6), -11, 11)) * steady,
            )
            for left, right in pairwise(ends)
        ]

    def _column(self, zone: Region, *, words: float) -> None:
        """Fill a column with parts, many with a heading, until it is full or has this many words."""
        rng, y, last, size = self._rng, zone.low[1], self.board.budget.left - words, self._writers.scribes[0].size
        while self.board.budget.left > max(0, last) and y < zone.high[1] - 3 * size:
            name = self._names[int(rng.choice(len(self._names), p=self._shares))]
            stack = [(name, PARTS[name])]
            if rng.random() < 0.55:
                stack.insert(0, ("heading", heading))
            ended = self._stack(replace(zone, low=(zone.low[0], y)), stack)
            y = max(ended, y + size) + float(rng.exponential(0.7)) * size

    def _stack(self, zone: Region, stack: Sequence[tuple[str, PartFunction]]) -> float:
        """Write parts below each other by one writer, rotated like the zone. Returns where they end."""
        (left, top), (right, bottom) = zone.low, zone.high
        patch = BoardArea(right - left, bottom - top, self._rng, WordBudget(self.board.budget.left))
        kit, y = self._writers.kit(self._rng), 0.0
        for name, part in stack:
            if name != "title" and patch.full:
                break
            y = part(patch, kit, y)
            self.part_names.append(name)
        turn = math.radians(zone.degrees)
        cos, sin = math.cos(turn), math.sin(turn)
        rise = max(0.0, -sin * patch.width)  # rising lines begin lower
        self._add_words(patch, np.array([[cos, -sin, left], [sin, cos, top + rise]]))
        return top + rise + y

    def _add_slanted_remark(self, margin: float) -> None:
        """Add a remark where there is room, at an angle, rarely vertical."""
        rng, board = self._rng, self.board
        kit = self._writers.kit(rng)
        upright = rng.random() < 0.35
        degrees = float(rng.choice([-90, 90])) if upright else float(rng.choice([-1, 1]) * rng.uniform(8, 35))
        patch = BoardArea(kit.text.size * 14, kit.text.size * 6, rng, WordBudget(6))
        for name, part in (("heading", heading), ("remarks", WRITTEN["remarks"]))[int(rng.integers(2)) :][:1]:
            part(patch, kit, 0.0)
            self.part_names.append(name)
        if not patch.words:
            return
        points = np.concatenate([word.corners for word in patch.words])
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        turn = math.radians(degrees)
        turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        reach = np.abs((points - middle) @ turned.T).max(axis=0)
        for _ in range(12):
            low, high = margin + reach, np.array([board.width, board.height]) - margin - reach
            place = rng.uniform(low, np.maximum(low + 1, high))
            matrix = np.hstack([turned, (place - turned @ middle)[:, None]])
            if all(self._is_free(word.moved(matrix).corners, most=0.0) for word in patch.words):
                self._add_words(patch, matrix)
                return

    def _add_words(self, patch: BoardArea, matrix: Floats) -> None:
        """Add a patch to the board, with those of its words for which there is room."""
        kept: list[BoardWord] = []
        for word in patch.words:
            corners = word.moved(matrix).corners
            if self._is_free(corners, most=_MAX_OVERLAP):
                self._mark_occupied(corners)
                kept.append(word)
        patch.words[:] = kept
        self.board.add_area(patch, matrix)
        self.board.budget.left -= len(kept)

    def _mark_occupied(self, corners: Floats) -> None:
        """Mark a place as occupied by a word."""
        left, top, mask = self._mask(corners)
        part = self._occupied[top : top + mask.shape[0], left : left + mask.shape[1]]
        part[mask > 0] = len(self._areas)
        self._areas.append(int(mask.sum()))

    def _mask(self, corners: Floats) -> tuple[int, int, NDArray[np.uint8]]:
        """Return the first column and row of the cells of a place, and a mask of them, 0 or 1."""
        scaled = corners / self._cell
        left, top = (int(value) for value in np.floor(scaled.min(axis=0)))
        right, bottom = (int(value) + 1 for value in np.ceil(scaled.max(axis=0)))
        mask = np.zeros((bottom - top, right - left), np.uint8)
        points = np.round((scaled - (left, top)) * 16).astype(np.int32)
        cv2.fillConvexPoly(mask, points, (1,), cv2.LINE_8, 4)
        height, width = self._occupied.shape
        return left, top, mask[: height - top, : width - left]

    def _is_free(self, corners: Floats, *, most: float) -> bool:
        """Whether a word there would be on the board and overlap no other word by more than this share."""
        low, high = corners.min(axis=0), corners.max(axis=0)
        if (low < 0).any() or high[0] > self.board.width or high[1] > self.board.height:
            return False
        left, top, mask = self._mask(corners)
        part = self._occupied[top : top + mask.shape[0], left : left + mask.shape[1]]
        shared = np.bincount(part[mask > 0])
        shared[:1] = 0
        if int(shared.sum()) > most * max(1, int(mask.sum())):
            return False
        return all(shared[word] <= most * self._areas[word] for word in np.flatnonzero(shared))

    def _add_corrections(self) -> None:
        """Add crossed-out and circled words, and arrows between places."""
        rng, board, pen = self._rng, self.board, self._writers.drawing
        for index in range(len(board.words)):
            chance = rng.random()
            if chance < 0.012:
                self._cross_out(index)
            elif chance < 0.022:
                word = board.words[index].corners
                low, high = word.min(axis=0), word.max(axis=0)
                low, high = low - 0.15 * (high - low) - 2, high + 0.15 * (high - low) + 2
                board.draw_ellipse(to_point(low), to_point(high), pen)
        for _ in range(int(rng.integers(1, 3)) if rng.random() < 0.25 and len(board.words) > 5 else 0):
            one_, other = (choose(board.words, rng).corners for _ in range(2))
            _draw_curved_arrow(board, one_[2:].mean(axis=0), other[[0, 3]].mean(axis=0), pen)

    def _cross_out(self, index: int) -> None:
        """Cross out a word: it stays legible below one line, not below a scribble."""
        rng, board, word = self._rng, self.board, self.board.words[index]
        a, b, c, d = word.corners
        left, right, scribe = (a + d) / 2, (b + c) / 2, word.scribe
        if rng.random() < 0.45:
            tilt = (d - a) * rng.uniform(-0.2, 0.2)
            board.draw([to_point(left - tilt), to_point(right + tilt)], scribe)
            return
        swings = int(rng.integers(4, 9))
        path = [left + (right - left) * k / swings + (d - a) * (0.42 if k % 2 else -0.42) for k in range(swings + 1)]
        board.draw([to_point(point) for point in path], scribe, bold=1.4)
        board.words[index] = replace(word, ignore=True)


def _draw_curved_arrow(board: BoardArea, start: Floats, end: Floats, pen: BoardWriter) -> None:
    """Draw a curved arrow."""
    way = end - start
    if not 4 * pen.size < float(np.hypot(*way)) < 0.6 * board.width:
        return
    bow = np.array([-way[1], way[0]]) * board.rng.uniform(-0.3, 0.3)
    t = np.linspace(0.04, 0.96, 30)[:, None]
    points = start + way * t + bow * 4 * t * (1 - t)
    board.draw_curve(points, pen)
    last = points[-1] - points[-4]
    angle = math.atan2(last[1], last[0])
    barbs = [
        points[-1] + 0.55 * pen.size * np.array([math.cos(angle + turn), math.sin(angle + turn)])
        for turn in (2.6, -2.6)
    ]
    board.draw([to_point(barbs[0]), to_point(points[-1]), to_point(barbs[1])], pen)
