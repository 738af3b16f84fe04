"""Baselines of text lines, computed from the boxes of their words; also of rising and falling lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Point, Word
from ocr_studio.core.reading_order import layout as reading_order

# Points on the lower edge of a word, for each of its heights: long words count for more.
_POINTS_PER_HEIGHT, _MOST_POINTS = 2.0, 40
# So many words show a slope by where they stand.
_ENOUGH = 3
# The least length of a line that shows a slope, in its heights; and degrees beyond which it is no slope of a line.
_LONG, _STEEP = 2.0, 45.0
# Of more lines than any photo has, only the first: they are found and drawn while somebody waits.
_MOST_LINES = 5_000
# In heights of the line: so far above or below its baseline, or beyond its ends, a hand still writes along it.
_ACROSS, _ALONG = 1.6, 8.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline of a text line, from ``start`` to ``end`` in reading direction. height: of its words, in pixels."""

    start: Point
    end: Point
    height: float

    @property
    def degrees(self) -> float:
        """Its slope as in ``geometry.measure_angle``."""
        return math.degrees(math.atan2(self.end[1] - self.start[1], self.end[0] - self.start[0]))


def find_baselines(words: Iterable[Word]) -> tuple[Baseline, ...]:
    """Find the baselines of all lines, in reading order; words without extent have none."""
    found = (fit_baseline(line) for line in reading_order.find_lines(words)[:_MOST_LINES])
    return tuple(line for line in found if line is not None)


def fit_baseline(words: Sequence[Word]) -> Baseline | None:
    """Fit a straight baseline to the words of a line, robustly against boxes with long descenders (Huber's estimate).

    With one or two words their own slopes decide, because a descender would tilt the line.
    """
    corners = np.array([word.quad.corners for word in words], dtype=np.float64).reshape(-1, 4, 2)
    sizes = geometry.measure_sizes(corners)
    wide = sizes[:, 0] > 1.0
    if not wide.any():
        return None
    corners, sizes = corners[wide], sizes[wide]
    counts = np.clip(_POINTS_PER_HEIGHT * sizes[:, 0] / np.maximum(sizes[:, 1], 1.0), 2, _MOST_POINTS).astype(int)
    edges = [
        corner[3] + (corner[2] - corner[3]) * np.linspace(0, 1, count)[:, None]
        for corner, count in zip(corners, counts, strict=True)
    ]
    points = np.concatenate(edges)
    own = (geometry.find_directions(corners) * sizes[:, :1]).sum(axis=0)
    own /= max(float(np.hypot(*own)), 1e-6)
    if len(corners) < _ENOUGH:
        across = np.array([-own[1], own[0]])
        way, middle = own, across * float(np.median(points @ across))
    else:
        x, y, at_x, at_y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
        way, middle = np.array([x, y]), np.array([at_x, at_y])
        way = way if way @ own >= 0 else -way
    places = (points - middle) @ way
    start, end = middle + way * places.min(), middle + way * places.max()
    height = float(np.average(sizes[:, 1], weights=sizes[:, 0]))
    return Baseline((float(start[0]), float(start[1])), (float(end[0]), float(end[1])), height)


def find_slope_at(lines: Iterable[Baseline], point: Point) -> float | None:
    """Return the slope of the line that a word at this point belongs to or continues; None without a line nearby.

    Short lines, as a letter or a dash makes one, and steep ones, as arrows and columns of signs do, say nothing.
    """
    best, nearest = None, math.inf
    for line in lines:
        along = np.subtract(line.end, line.start)
        length = float(np.hypot(*along))
        away, height = np.subtract(point, line.start), max(line.height, 1.0)
        if length < _LONG * height or abs(line.degrees) > _STEEP:
            continue
        place = float(away @ along) / length
        off = abs(float(along[0] * away[1] - along[1] * away[0])) / length / height
        beyond = max(0.0, -place, place - length) / height
        if off <= _ACROSS and beyond <= _ALONG and off + beyond / _ALONG < nearest:
            best, nearest = line.degrees, off + beyond / _ALONG
    return best
