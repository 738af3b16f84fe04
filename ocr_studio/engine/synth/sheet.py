"""A writing surface seen straight on: what is written and drawn on it as pen strokes, and what the words are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.hand import Hand, wander

Points: TypeAlias = NDArray[np.float64]
Colour: TypeAlias = tuple[int, int, int]
Spot: TypeAlias = tuple[float, float]

INKS: dict[str, Colour] = {
    "black": (38, 38, 44),
    "blue": (28, 62, 160),
    "red": (196, 38, 48),
    "green": (14, 118, 72),
    "purple": (112, 44, 140),
    "orange": (226, 108, 24),
}


@dataclass(frozen=True, slots=True)
class Marker:
    """What a hand writes with. strength: 1 covers the board, 0.2 is a marker that runs dry."""

    colour: Colour = INKS["black"]
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """One touch of the pen. points: (N, 2) pixels of the sheet; widths, covers: (N,) pixels, and share 0..1."""

    points: Points
    widths: Points
    covers: Points
    colour: Colour


@dataclass(frozen=True, slots=True)
class Written:
    """A word on the sheet. corners: (4, 2) pixels, clockwise from its own top left, tight around the ink.

    line, block: which line and which paragraph, list or box it belongs to, counted in reading order. indent: how many
    levels its line stands further right than the block's outermost lines, on purpose.
    """

    text: str
    corners: Points
    line: int
    block: int
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Where a line runs. start: the baseline's beginning; degrees: its direction, clockwise on the sheet; bend: by how
    many radians it turns on a pixel, for lines that sag or climb."""

    start: Spot
    degrees: float = 0.0
    bend: float = 0.0

    def at(self, along: float) -> tuple[Points, float]:
        """The place so many pixels along the baseline, (2,), and the direction there in radians."""
        first = math.radians(self.degrees)
        turned = self.bend * along
        # The chord of an arc runs in the mean of the directions at its ends.
        chord = along * (math.sin(turned / 2) / (turned / 2) if abs(turned) > 1e-9 else 1.0)
        middle = first + turned / 2
        return np.array(self.start) + chord * np.array([math.cos(middle), math.sin(middle)]), first + turned


@dataclass
class Sheet:
    """Collects strokes and words; whoever writes does so in the order in which it is to be read.

    width, height: pixels. Words may be written anywhere; nothing is clipped.
    """

    width: float
    height: float
    rng: np.random.Generator
    strokes: list[Stroke] = field(default_factory=list)
    words: list[Written] = field(default_factory=list)
    lines: int = 0
    blocks: int = 0

    def write(self, text: str, run: Run, *, hand: Hand, marker: Marker, indent: int = 0) -> float:
        """Write one line of words. Returns its length in pixels."""
        drift, along = self.rng.uniform(0, 6.28), 0.0
        for word in text.split():
            inked: list[Points] = []
            first = along
            for letter in word:
                wave = 0.22 * math.sin(along / (10 * hand.size) + drift) + self.rng.normal(0, 0.09)
                origin, angle = run.at(along)
                turn = _turn(angle)
                strokes, advance = hand.letter(letter, self.rng)
                for stroke in strokes:
                    placed = (stroke + (0.0, hand.unsteady * wave * hand.size)) @ turn.T + origin
                    self.touch(placed, width=hand.pen * hand.size, marker=marker)
                    inked.append(placed)
                along += advance
            middle = run.at((first + along) / 2)[1]
            corners = _tight(np.concatenate(inked), angle=middle, margin=hand.pen * hand.size / 2)
            self.words.append(Written(word, corners, self.lines, self.blocks, indent))
            along += (hand.space - hand.tracking) * hand.size * self.rng.uniform(0.95, 1.1)
        self.lines += 1
        return along

    def turned(self, degrees: float, width: float, height: float) -> Sheet:
        """All of it turned clockwise about its middle, on a sheet of another size with the same middle."""
        turn = _turn(math.radians(degrees))
        old, new = np.array([self.width, self.height]) / 2, np.array([width, height]) / 2

        def placed(points: Points) -> Points:
            return (points - old) @ turn.T + new

        strokes = [replace(stroke, points=placed(stroke.points)) for stroke in self.strokes]
        words = [replace(word, corners=placed(word.corners)) for word in self.words]
        return Sheet(width, height, self.rng, strokes, words, self.lines, self.blocks)

    def go_on(self) -> None:
        """What is written next belongs to the line written last."""
        self.lines -= 1

    def end_block(self) -> None:
        """What has been written since the last block ended belongs together: a paragraph, a list, a box."""
        self.blocks += 1

    def touch(self, points: Points, *, width: float, marker: Marker) -> None:
        """One touch of a pen along points (N, 2): its width and its cover vary a little on the way."""
        count = len(points)
        widths = width * (1 + 0.13 * wander(self.rng, count))
        covers = marker.strength * np.clip(0.93 + 0.07 * wander(self.rng, count), 0.72, 1.0)
        self.strokes.append(Stroke(points, widths, covers, marker.colour))

    def draw(self, corners: Sequence[Spot], *, width: float, marker: Marker) -> None:
        """A freehand line through corners, not quite straight."""
        bent: list[Points] = []
        for (x0, y0), (x1, y1) in pairwise(corners):
            length = math.hypot(x1 - x0, y1 - y0)
            steps = max(2, int(length / 6))
            t = np.linspace(0, 1, steps)[:, None]
            across = np.array([y0 - y1, x1 - x0]) / max(1.0, length)
            bow = np.sin(t * np.pi) * self.rng.uniform(-0.008, 0.008) * length + 0.5 * wander(self.rng, steps)[:, None]
            bent.append(np.array([x0, y0]) * (1 - t) + np.array([x1, y1]) * t + across * bow)
        self.touch(np.concatenate(bent), width=width, marker=marker)

    def box(self, low: Spot, high: Spot, *, width: float, marker: Marker) -> None:
        """A rectangle drawn by hand, its end a little beside its beginning."""
        (left, top), (right, bottom) = low, high
        off = self.rng.uniform(-0.8, 0.8, 10) * width
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        moved = [(x + off[2 * k], y + off[2 * k + 1]) for k, (x, y) in enumerate(corners)]
        self.draw(moved, width=width, marker=marker)

    def oval(self, low: Spot, high: Spot, *, width: float, marker: Marker) -> None:
        """An ellipse drawn by hand in a box, its ends overlapping."""
        (left, top), (right, bottom) = low, high
        turn = self.rng.uniform(-2.2, -1.2) + np.linspace(0, 2 * np.pi + 0.15, 90)
        swell = 1 + 0.012 * wander(self.rng, 90)
        x = (left + right) / 2 + (right - left) / 2 * swell * np.cos(turn)
        y = (top + bottom) / 2 + (bottom - top) / 2 * swell * np.sin(turn)
        self.touch(np.stack([x, y], axis=1), width=width, marker=marker)

    def arrow(self, start: Spot, end: Spot, *, width: float, marker: Marker) -> None:
        """A line with a head of two barbs at its end."""
        self.draw([start, end], width=width, marker=marker)
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        barbs = []
        for side in (-1, 1):
            back = angle + math.pi + side * self.rng.uniform(0.4, 0.6)
            barbs.append((end[0] + 4.5 * width * math.cos(back), end[1] + 4.5 * width * math.sin(back)))
        self.draw([barbs[0], end, barbs[1]], width=width, marker=marker)


def _turn(angle: float) -> Points:
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def _tight(points: Points, *, angle: float, margin: float) -> Points:
    """The smallest rectangle along a direction around points, (4, 2), a margin left on every side."""
    level = points @ _turn(angle)
    (left, top), (right, bottom) = level.min(axis=0) - margin, level.max(axis=0) + margin
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) @ _turn(angle).T
