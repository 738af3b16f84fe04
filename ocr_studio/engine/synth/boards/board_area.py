"""A part of a board seen straight on: its words with their places, and the strokes of drawings, in order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting.marker import Colour, Pen
from ocr_studio.engine.synth.handwriting.pen_drawings import DrawingPen, Point, Stroke, StrokeCanvas
from ocr_studio.engine.synth.handwriting.rendered_text import RenderedText, Writer

Floats: TypeAlias = NDArray[np.floating[Any]]
Random: TypeAlias = np.random.Generator

# Deviation of words from their line, in capital heights, and their rotation in degrees.
_HOP, _SWAY = 0.05, 0.7
# Less ink than this, of 255, is invisible.
_SEEN = 32


@dataclass(frozen=True, slots=True)
class BoardWriter:
    """A writer at a board.

    Attributes:
        others: Writers who, in turn, write what this one cannot, as some left only a few words.
        size: Height of a capital in pixels.
        strength: 0..1, less is paler.
        space: Distance between words, in capital heights.
        pitch: Distance between lines, in capital heights.
        jitter: 0 for print, 1 for typical handwriting.
        seed: For a font, so that strokes are equally thick in every word.
    """

    writer: Writer
    others: tuple[Writer, ...]
    size: float
    pen: Pen
    colour: Colour
    strength: float = 1.0
    space: float = 0.75
    pitch: float = 1.9
    jitter: float = 1.0
    seed: int | None = None

    @property
    def line(self) -> float:
        """Distance between lines in pixels."""
        return self.pitch * self.size

    @property
    def word_gap(self) -> float:
        """Distance between words in pixels."""
        return self.space * self.size

    @property
    def marker(self) -> DrawingPen:
        """The pen for drawings."""
        return DrawingPen(self.colour, self.strength)

    @property
    def width(self) -> float:
        """Stroke width of drawings in pixels."""
        return max(1.0, self.pen.width * self.size)

    def writer_of(self, token: str) -> Writer | None:
        """Return the writer of a word; None if it cannot be written."""
        return next((each for each in (self.writer, *self.others) if each.can_write(token)), None)

    def larger(self, times: float) -> BoardWriter:
        """Return the same writer with the same pen, writing larger."""
        return replace(self, size=self.size * times, pen=self.pen.larger(times))


@dataclass(frozen=True, slots=True, eq=False)
class WordInk:
    """A word as written.

    Attributes:
        writer: Who wrote it.
        low: (2,) upper left corner of its ink, in pixels of the ink.
        high: (2,) lower right corner.
    """

    writing: RenderedText
    writer: str
    low: Floats
    high: Floats

    @classmethod
    def of(cls, writing: RenderedText, writer: str) -> WordInk | None:
        """Create it; None without visible ink."""
        left, top, width, height = cv2.boundingRect(np.asarray(writing.ink >= _SEEN, np.uint8))
        if not width:
            return None
        low = np.array([left, top], np.float64)
        return cls(writing, writer, low, low + (width, height))

    @property
    def length(self) -> float:
        """Length along the line in pixels."""
        return float(self.high[0] - self.low[0])

    @property
    def corners(self) -> Floats:
        """The box around the ink, (4, 2), clockwise from the top left."""
        (left, top), (right, bottom) = self.low, self.high
        return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])

    @property
    def letters(self) -> Floats:
        """A box for each letter, (n, 4, 2), within the word's."""
        return np.asarray(np.clip(self.writing.letters, self.low, self.high), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class BoardWord:
    """A word with its place.

    Attributes:
        matrix: (2, 3), from the ink's pixels to the patch's.
        line: Number of its line in reading order.
        block: Number of its block in reading order.
        fresh: Amount of ink, up to 1, as markers run out and recover.
        ignore: Whether it does not have to be legible.
    """

    ink: WordInk
    matrix: Floats
    scribe: BoardWriter
    line: int
    block: int
    fresh: float = 1.0
    ignore: bool = False

    def moved(self, matrix: Floats, *, lines: int = 0, blocks: int = 0) -> BoardWord:
        """Return it on another patch.

        Args:
            matrix: (2, 3), from this patch's pixels to the other's.
            lines: Number of lines before it there.
            blocks: Number of blocks before it there.
        """
        turn = np.hstack([matrix[:, :2] @ self.matrix[:, :2], matrix[:, :2] @ self.matrix[:, 2:] + matrix[:, 2:]])
        return replace(self, matrix=turn, line=self.line + lines, block=self.block + blocks)

    def on(self, points: Floats) -> Floats:
        """Map points of the ink, (…, 2), to the patch."""
        return np.asarray(points @ self.matrix[:, :2].T + self.matrix[:, 2])

    @property
    def corners(self) -> Floats:
        """The box around its ink on the patch, (4, 2), clockwise from its own top left."""
        return self.on(self.ink.corners)


@dataclass(frozen=True, slots=True, eq=False)
class PaperSheet:
    """A piece of paper on the board. corners: (N, 2), clockwise, pixels."""

    corners: Floats
    colour: Colour


@dataclass
class WordBudget:
    """Number of words that may still be written on a board."""

    left: int


@dataclass
class BoardArea:
    """Collects words and strokes; words are added in reading order.

    Attributes:
        width: In pixels.
        height: In pixels.
        strokes: Strokes of drawings.
        papers: Pieces of paper, below everything else.
    """

    width: float
    height: float
    rng: Random
    budget: WordBudget
    words: list[BoardWord] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    papers: list[PaperSheet] = field(default_factory=list)
    lines: int = 0
    blocks: int = 0
    sheet: StrokeCanvas = field(init=False)

    def __post_init__(self) -> None:
        self.sheet = StrokeCanvas(self.rng, self.strokes)

    @property
    def full(self) -> bool:
        """Whether the board has enough words."""
        return self.budget.left <= 0

    def write_words(self, tokens: Iterable[str], scribe: BoardWriter) -> list[WordInk]:
        """Write words; those with characters that no writer has are left out."""
        inks: list[WordInk] = []
        for token in tokens:
            if writer := scribe.writer_of(token):
                steady = scribe.seed is not None and writer is scribe.writer
                rng = np.random.default_rng(scribe.seed) if steady else self.rng
                ink = WordInk.of(writer.write(token, scribe.size, rng, pen=scribe.pen), writer.name)
                inks += [ink] if ink is not None else []
        return inks

    def add_line(self, inks: Sequence[WordInk], start: Point, scribe: BoardWriter) -> float:
        """Add a line. start: beginning of its baseline in pixels. Returns where it ends, in pixels from the left."""
        rng = self.rng
        slope = math.radians(scribe.jitter * rng.normal(0, 0.7))
        along, loose = 0.0, 1 + 0.15 * scribe.jitter * rng.normal()
        fresh = 1 - 0.35 * min(1.0, scribe.jitter) * float(rng.beta(1, 4))
        for ink in inks:
            hop = scribe.jitter * rng.normal(0, _HOP) * scribe.size
            turn = slope + math.radians(scribe.jitter * rng.normal(0, _SWAY))
            cos, sin = math.cos(turn), math.sin(turn)
            place = np.array(start) + along * np.array([math.cos(slope), math.sin(slope)]) + (0.0, hop)
            turned = np.array([[cos, -sin], [sin, cos]])
            matrix = np.hstack([turned, (place - turned @ np.array([ink.low[0], ink.writing.baseline]))[:, None]])
            paler = min(1.0, fresh + scribe.jitter * float(rng.normal(0, 0.04)))
            self.words.append(BoardWord(ink, matrix, scribe, self.lines, self.blocks, paler))
            along += ink.length + scribe.word_gap * max(0.6, loose * rng.uniform(0.85, 1.2))
        self.lines += 1
        self.budget.left -= len(inks)
        return start[0] + max(0.0, along - scribe.word_gap)

    def line(self, tokens: Sequence[str], start: Point, scribe: BoardWriter) -> float:
        """Write a line of any length. Returns where it ends."""
        return self.add_line(self.write_words(tokens, scribe), start, scribe)

    def write_centered(self, tokens: Sequence[str], middle: Point, scribe: BoardWriter) -> float:
        """Write a line centred at a place. Returns half its length in pixels."""
        inks = self.write_words(tokens, scribe)
        half = line_length(inks, scribe) / 2
        self.add_line(inks, (middle[0] - half, middle[1] + 0.5 * scribe.size), scribe)
        return half

    def write_wrapped(
        self, tokens: Sequence[str], start: Point, scribe: BoardWriter, *, right: float, hang: float = 0.0
    ) -> float:
        """Write words in as many lines as needed, until the patch ends. Returns the baseline of the next line.

        start: beginning of the first baseline; right: where lines end; hang: indentation of all lines but the first;
        in pixels.
        """
        inks, (x, y) = self.write_words(tokens, scribe), start
        while inks and y < self.height - 0.3 * scribe.size:
            count = 1
            while count < len(inks) and x + line_length(inks[: count + 1], scribe) <= right:
                count += 1
            self.add_line(inks[:count], (x, y), scribe)
            inks, x, y = inks[count:], start[0] + hang, y + scribe.line * self.rng.uniform(0.95, 1.07)
        return y

    def draw(self, corners: Sequence[Point], scribe: BoardWriter, *, bold: float = 1.0) -> None:
        """Draw a freehand line through points. bold: stroke width in pen widths."""
        if scribe.jitter > 0:
            self.sheet.draw(corners, width=bold * scribe.width, marker=scribe.marker)
            return
        points = np.array(corners, np.float64)
        even = np.ones(len(points))
        self.strokes.append(Stroke(points, bold * scribe.width * even, scribe.strength * even, scribe.colour))

    def draw_box(self, low: Point, high: Point, scribe: BoardWriter) -> None:
        """Draw a rectangle, freehand or, for print, ruled."""
        if scribe.jitter > 0:
            self.sheet.draw_box(low, high, width=scribe.width, marker=scribe.marker)
        else:
            self.draw([low, (high[0], low[1]), high, (low[0], high[1]), low], scribe)

    def draw_ellipse(self, low: Point, high: Point, scribe: BoardWriter) -> None:
        """Draw a freehand ellipse in a box."""
        self.sheet.draw_ellipse(low, high, width=scribe.width, marker=scribe.marker)

    def draw_arrow(self, start: Point, end: Point, scribe: BoardWriter) -> None:
        """Draw an arrow."""
        self.sheet.draw_arrow(start, end, width=scribe.width, marker=scribe.marker)

    def draw_curve(self, points: Floats, scribe: BoardWriter) -> None:
        """Draw a stroke along points, (N, 2)."""
        self.sheet.draw_curve(np.asarray(points, np.float64), width=scribe.width, marker=scribe.marker)

    def continue_line(self) -> None:
        """Make the next words part of the last line."""
        self.lines = max(0, self.lines - 1)

    def end_block(self) -> None:
        """End a block: a paragraph, a list, a box."""
        self.blocks += 1

    def add_area(self, other: BoardArea, matrix: Floats) -> None:
        """Add the contents of another patch. matrix: (2, 3), from its pixels to this one's."""
        self.words += [word.moved(matrix, lines=self.lines, blocks=self.blocks) for word in other.words]
        grown = math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))
        for stroke in other.strokes:
            points = stroke.points @ matrix[:, :2].T + matrix[:, 2]
            self.strokes.append(replace(stroke, points=points, widths=stroke.widths * grown))
        self.papers += [replace(each, corners=each.corners @ matrix[:, :2].T + matrix[:, 2]) for each in other.papers]
        self.lines += other.lines
        self.blocks += other.blocks + 1


def line_length(inks: Sequence[WordInk], scribe: BoardWriter) -> float:
    """Estimate the length of a line in pixels."""
    return sum(ink.length for ink in inks) + scribe.word_gap * max(0, len(inks) - 1)
