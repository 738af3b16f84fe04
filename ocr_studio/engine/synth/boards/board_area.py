"""A piece of a board seen straight on, as somebody fills it: words where they stand, strokes of drawings, in order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting.marker import Colour, Pen
from ocr_studio.engine.synth.handwriting.pen_drawings import Marker, Sheet, Spot, Stroke
from ocr_studio.engine.synth.handwriting.rendered_text import Writer, Writing

Floats: TypeAlias = NDArray[np.floating[Any]]
Random: TypeAlias = np.random.Generator

# How far words of a line stand above or below it, in heights of a capital, and by how many degrees they are off.
_HOP, _SWAY = 0.05, 0.7
# Less ink than this, of 255, nobody sees.
_SEEN = 32


@dataclass(frozen=True, slots=True)
class Scribe:
    """Somebody who writes on a board.

    others: who write, in turn, what the writer cannot, as some people left but a few words. size: pixels of a capital's
    height. strength: 0..1, less is paler. space: from word to word, pitch: from line to line, both in capitals'
    heights. unsteady: 0 for print, 1 for most people. seed: for a font, whose strokes are as thick in every word.
    """

    writer: Writer
    others: tuple[Writer, ...]
    size: float
    pen: Pen
    colour: Colour
    strength: float = 1.0
    space: float = 0.75
    pitch: float = 1.9
    unsteady: float = 1.0
    seed: int | None = None

    @property
    def line(self) -> float:
        """Pixels from line to line."""
        return self.pitch * self.size

    @property
    def gap(self) -> float:
        """Pixels between two words."""
        return self.space * self.size

    @property
    def marker(self) -> Marker:
        """What drawings are drawn with."""
        return Marker(self.colour, self.strength)

    @property
    def width(self) -> float:
        """Pixels of a stroke in drawings."""
        return max(1.0, self.pen.width * self.size)

    def who(self, token: str) -> Writer | None:
        """Who writes a word; None where nobody can."""
        return next((each for each in (self.writer, *self.others) if each.can_write(token)), None)

    def larger(self, times: float) -> Scribe:
        """The same hand with the same pen, writing larger."""
        return replace(self, size=self.size * times, pen=self.pen.larger(times))


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A word as it came out. writer: who wrote it; low, high: (2,) the corners of the box that its ink fills, in pixels
    of it."""

    writing: Writing
    writer: str
    low: Floats
    high: Floats

    @classmethod
    def of(cls, writing: Writing, writer: str) -> Ink | None:
        """None where there is nothing to be seen."""
        left, top, width, height = cv2.boundingRect(np.asarray(writing.ink >= _SEEN, np.uint8))
        if not width:
            return None
        low = np.array([left, top], np.float64)
        return cls(writing, writer, low, low + (width, height))

    @property
    def length(self) -> float:
        """Pixels along the line."""
        return float(self.high[0] - self.low[0])

    @property
    def corners(self) -> Floats:
        """Around the ink, (4, 2), clockwise from the top left."""
        (left, top), (right, bottom) = self.low, self.high
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])

    @property
    def letters(self) -> Floats:
        """A box for each letter, (n, 4, 2), within the word's."""
        return np.asarray(np.clip(self.writing.letters, self.low, self.high), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A word where it stands. matrix: (2, 3), from the ink's pixels to the patch's. line, block: counted in reading
    order. fresh: how much of the ink there is, 1 for all, as markers run out and recover. ignore: nobody should have to
    read it."""

    ink: Ink
    matrix: Floats
    scribe: Scribe
    line: int
    block: int
    fresh: float = 1.0
    ignore: bool = False

    def moved(self, matrix: Floats, *, lines: int = 0, blocks: int = 0) -> Placed:
        """On another sheet: matrix, (2, 3), from this one's pixels to the other's; lines, blocks: what stand before."""
        turn = np.hstack([matrix[:, :2] @ self.matrix[:, :2], matrix[:, :2] @ self.matrix[:, 2:] + matrix[:, 2:]])
        return replace(self, matrix=turn, line=self.line + lines, block=self.block + blocks)

    def on(self, points: Floats) -> Floats:
        """Points of the ink, (…, 2), on the patch."""
        return np.asarray(points @ self.matrix[:, :2].T + self.matrix[:, 2])

    @property
    def corners(self) -> Floats:
        """Around its ink, (4, 2), clockwise from its own top left."""
        return self.on(self.ink.corners)


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """A piece of paper on the board. corners: (N, 2), clockwise, pixels."""

    corners: Floats
    colour: Colour


@dataclass
class Budget:
    """How many words may still be written on a board."""

    left: int


@dataclass
class Patch:
    """Collects words and strokes; whoever writes does so in the order in which it is to be read.

    width, height: pixels. strokes: of drawings; fills: pieces of paper, below all else.
    """

    width: float
    height: float
    rng: Random
    budget: Budget
    words: list[Placed] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    lines: int = 0
    blocks: int = 0
    sheet: Sheet = field(init=False)

    def __post_init__(self) -> None:
        self.sheet = Sheet(self.rng, self.strokes)

    @property
    def full(self) -> bool:
        """Whether enough is written on the board."""
        return self.budget.left <= 0

    def inks(self, tokens: Iterable[str], by: Scribe) -> list[Ink]:
        """Words as they come out this time; those with letters that nobody taught the hand are left out."""
        inks: list[Ink] = []
        for token in tokens:
            if writer := by.who(token):
                rng = self.rng if by.seed is None or writer is not by.writer else np.random.default_rng(by.seed)
                ink = Ink.of(writer.write(token, by.size, rng, pen=by.pen), writer.name)
                inks += [ink] if ink is not None else []
        return inks

    def put(self, inks: Sequence[Ink], start: Spot, by: Scribe, *, degrees: float = 0.0) -> float:
        """One line. start: where its baseline begins, pixels. Returns where it ends, pixels from the patch's left."""
        rng = self.rng
        slope = math.radians(degrees + by.unsteady * rng.normal(0, 0.7))
        along, loose = 0.0, 1 + 0.15 * by.unsteady * rng.normal()
        fresh = 1 - 0.35 * min(1.0, by.unsteady) * float(rng.beta(1, 4))
        for ink in inks:
            hop = by.unsteady * rng.normal(0, _HOP) * by.size
            turn = slope + math.radians(by.unsteady * rng.normal(0, _SWAY))
            cos, sin = math.cos(turn), math.sin(turn)
            place = np.array(start) + along * np.array([math.cos(slope), math.sin(slope)]) + (0.0, hop)
            turned = np.array([[cos, -sin], [sin, cos]])
            matrix = np.hstack([turned, (place - turned @ np.array([ink.low[0], ink.writing.baseline]))[:, None]])
            paler = min(1.0, fresh + by.unsteady * float(rng.normal(0, 0.04)))
            self.words.append(Placed(ink, matrix, by, self.lines, self.blocks, paler))
            along += ink.length + by.gap * max(0.6, loose * rng.uniform(0.85, 1.2))
        self.lines += 1
        self.budget.left -= len(inks)
        return start[0] + max(0.0, along - by.gap)

    def line(self, tokens: Sequence[str], start: Spot, by: Scribe, *, degrees: float = 0.0) -> float:
        """One line of words, however long. Returns where it ends."""
        return self.put(self.inks(tokens, by), start, by, degrees=degrees)

    def centred(self, tokens: Sequence[str], middle: Spot, by: Scribe) -> float:
        """One line about a place, the middle of its letters in it. Returns half its length in pixels."""
        inks = self.inks(tokens, by)
        half = length(inks, by) / 2
        self.put(inks, (middle[0] - half, middle[1] + 0.5 * by.size), by)
        return half

    def flow(self, tokens: Sequence[str], start: Spot, by: Scribe, *, right: float, hang: float = 0.0) -> float:
        """Words in as many lines as it takes, until the patch ends below. right: where lines end; hang: by how many
        pixels all but the first begin further right. Returns the baseline of the line after."""
        inks, (x, y) = self.inks(tokens, by), start
        while inks and y < self.height - 0.3 * by.size:
            count = 1
            while count < len(inks) and x + length(inks[: count + 1], by) <= right:
                count += 1
            self.put(inks[:count], (x, y), by)
            inks, x, y = inks[count:], start[0] + hang, y + by.line * self.rng.uniform(0.95, 1.07)
        return y

    def draw(self, corners: Sequence[Spot], by: Scribe, *, bold: float = 1.0) -> None:
        """A freehand line through places. bold: how many times as wide as the pen is."""
        if by.unsteady > 0:
            self.sheet.draw(corners, width=bold * by.width, marker=by.marker)
            return
        points = np.array(corners, np.float64)
        even = np.ones(len(points))
        self.strokes.append(Stroke(points, bold * by.width * even, by.strength * even, by.colour))

    def box(self, low: Spot, high: Spot, by: Scribe) -> None:
        """A rectangle drawn by hand, or ruled where print is."""
        if by.unsteady > 0:
            self.sheet.box(low, high, width=by.width, marker=by.marker)
        else:
            self.draw([low, (high[0], low[1]), high, (low[0], high[1]), low], by)

    def oval(self, low: Spot, high: Spot, by: Scribe) -> None:
        """An ellipse drawn by hand in a box."""
        self.sheet.oval(low, high, width=by.width, marker=by.marker)

    def arrow(self, start: Spot, end: Spot, by: Scribe) -> None:
        """A line with two barbs at its end."""
        self.sheet.arrow(start, end, width=by.width, marker=by.marker)

    def touch(self, points: Floats, by: Scribe) -> None:
        """A line along points, (N, 2)."""
        self.sheet.touch(np.asarray(points, np.float64), width=by.width, marker=by.marker)

    def go_on(self) -> None:
        """What is written next belongs to the line written last."""
        self.lines = max(0, self.lines - 1)

    def end_block(self) -> None:
        """What has been written since the last block ended belongs together: a paragraph, a list, a box."""
        self.blocks += 1

    def take(self, other: Patch, matrix: Floats) -> None:
        """All of another patch. matrix: (2, 3), from its pixels to this one's."""
        self.words += [word.moved(matrix, lines=self.lines, blocks=self.blocks) for word in other.words]
        grown = math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))
        for stroke in other.strokes:
            points = stroke.points @ matrix[:, :2].T + matrix[:, 2]
            self.strokes.append(replace(stroke, points=points, widths=stroke.widths * grown))
        self.fills += [replace(fill, corners=fill.corners @ matrix[:, :2].T + matrix[:, 2]) for fill in other.fills]
        self.lines += other.lines
        self.blocks += other.blocks + 1


def length(inks: Sequence[Ink], by: Scribe) -> float:
    """About how many pixels a line takes."""
    return sum(ink.length for ink in inks) + by.gap * max(0, len(inks) - 1)
