"""Freehand drawings on a board seen straight on, as pen strokes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting.hand import random_walk
from ocr_studio.engine.synth.handwriting.marker import Colour

Points: TypeAlias = NDArray[np.float64]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DrawingPen:
    """A marker for drawings. strength: 1 covers the board, 0.2 is a dry marker."""

    colour: Colour
    strength: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A stroke. points: (N, 2) pixels of the sheet; widths, covers: (N,) pixels, and opacity 0..1."""

    points: Points
    widths: Points
    covers: Points
    colour: Colour


@dataclass
class StrokeCanvas:
    """Collects strokes. They may extend anywhere; nothing is clipped."""

    rng: np.random.Generator
    strokes: list[Stroke] = field(default_factory=list)

    def draw_curve(self, points: Points, *, width: float, marker: DrawingPen) -> None:
        """Add a stroke along points (N, 2) with slightly varying width and opacity."""
        count = len(points)
        widths = width * (1 + 0.13 * random_walk(self.rng, count))
        covers = marker.strength * np.clip(0.93 + 0.07 * random_walk(self.rng, count), 0.72, 1.0)
        self.strokes.append(Stroke(points, widths, covers, marker.colour))

    def draw(self, corners: Sequence[Point], *, width: float, marker: DrawingPen) -> None:
        """Draw a freehand line through corners."""
        bent: list[Points] = []
        for (x0, y0), (x1, y1) in pairwise(corners):
            length = math.hypot(x1 - x0, y1 - y0)
            steps = max(2, int(length / 6))
            t = np.linspace(0, 1, steps)[:, None]
            across = np.array([y0 - y1, x1 - x0]) / max(1.0, length)
            bow = (
                np.sin(t * np.pi) * self.rng.uniform(-0.008, 0.008) * length
                + 0.5 * random_walk(self.rng, steps)[:, None]
            )
            bent.append(np.array([x0, y0]) * (1 - t) + np.array([x1, y1]) * t + across * bow)
        self.draw_curve(np.concatenate(bent), width=width, marker=marker)

    def draw_box(self, low: Point, high: Point, *, width: float, marker: DrawingPen) -> None:
        """Draw a freehand rectangle whose end is slightly off its beginning."""
        (left, top), (right, bottom) = low, high
        off = self.rng.uniform(-0.8, 0.8, 10) * width
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        moved = [(x + off[2 * k], y + off[2 * k + 1]) for k, (x, y) in enumerate(corners)]
        self.draw(moved, width=width, marker=marker)

    def draw_ellipse(self, low: Point, high: Point, *, width: float, marker: DrawingPen) -> None:
        """Draw a freehand ellipse in a box, its ends overlapping."""
        (left, top), (right, bottom) = low, high
        turn = self.rng.uniform(-2.2, -1.2) + np.linspace(0, 2 * np.pi + 0.15, 90)
        swell = 1 + 0.012 * random_walk(self.rng, 90)
        x = (left + right) / 2 + (right - left) / 2 * swell * np.cos(turn)
        y = (top + bottom) / 2 + (bottom - top) / 2 * swell * np.sin(turn)
        self.draw_curve(np.stack([x, y], axis=1), width=width, marker=marker)

    def draw_arrow(self, start: Point, end: Point, *, width: float, marker: DrawingPen) -> None:
        """Draw a freehand arrow."""
        self.draw([start, end], width=width, marker=marker)
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        barbs = []
        for side in (-1, 1):
            back = angle + math.pi + side * self.rng.uniform(0.4, 0.6)
            barbs.append((end[0] + 4.5 * width * math.cos(back), end[1] + 4.5 * width * math.sin(back)))
        self.draw([barbs[0], end, barbs[1]], width=width, marker=marker)
