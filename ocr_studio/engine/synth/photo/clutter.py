"""Clutter around a word on a board: neighbours, lines under, around and through it, smears."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final, TypeAlias

import cv2
import numpy as np

from ocr_studio.engine.synth.handwriting import marker
from ocr_studio.engine.synth.handwriting.marker import Pen
from ocr_studio.engine.synth.handwriting.rendered_text import Floats, Ink, Random

# A word's place on a canvas: left, top, right, bottom, baseline.
Place: TypeAlias = tuple[int, int, int, int, float]

# Probabilities of neighbours: before, behind, above, below a word.
_NEIGHBOURS: Final = (0.35, 0.35, 0.22, 0.28)
# Probabilities of an underline, an ellipse, a box, a strike-through, and a table's edge beside a word.
_LINES: Final = (0.07, 0.035, 0.03, 0.012, 0.035)


def draw_neighbours(canvas: Ink, word: Ink, place: Place, size: float, rng: Random) -> None:
    """Draw parts of the same handwriting at the sides of a canvas, in place, too little to be legible.

    Args:
        canvas: The canvas.
        word: Ink of which parts are used.
        place: Place of the word on the canvas.
        size: Pixels of a capital's height.
        rng: Random generator.
    """
    left, top, right, bottom, _ = place
    before, behind, above, below = (rng.random() < share for share in _NEIGHBOURS)
    gap = round(size * rng.uniform(0.3, 0.8))
    if before:
        _paste_ink(canvas, word, left - gap - word.shape[1], top + round(rng.normal(0, 0.08) * size))
    if behind:
        _paste_ink(canvas, word, right + gap, top + round(rng.normal(0, 0.08) * size))
    line = round(size * rng.uniform(0.12, 0.5))
    aside = round(float(rng.uniform(-0.6, 0.6)) * word.shape[1])
    if above:
        _paste_ink(canvas, word, left + aside, top - line - word.shape[0])
    if below:
        _paste_ink(canvas, word, left - aside, bottom + line)


def draw_lines(canvas: Ink, place: Place, pen: Pen, size: float, rng: Random) -> None:
    """Draw lines at a word, in place, with its pen or a similar one."""
    under, ring, box, through, edge = (rng.random() < share for share in _LINES)
    if not (under or ring or box or through or edge):
        return
    left, top, right, bottom, baseline = place
    strokes: list[Floats] = []
    if under:
        y = baseline + size * rng.uniform(0.08, 0.3)
        strokes.append(_line((left, y), (right, y), size, rng))
        if rng.random() < 0.15:
            strokes.append(_line((left, y + 0.15 * size), (right, y + 0.15 * size), size, rng))
    if through:
        y = baseline - size * rng.uniform(0.25, 0.45)
        strokes.append(_line((left, y), (right, y), size, rng))
    room = size * rng.uniform(0.08, 0.4)
    if ring:
        turn = rng.uniform(0, 6.28) + np.linspace(0, 6.4, 40)
        middle = np.array([(left + right) / 2, (top + bottom) / 2])
        reach = np.array([(right - left) / 2 + room, (bottom - top) / 2 + room]) * rng.uniform(1.0, 1.2)
        strokes.append(middle + reach * np.stack([np.cos(turn), np.sin(turn)], axis=1) * _wobble(40, rng))
    if box:
        corners = [(left - room, top - room), (right + room, top - room), (right + room, bottom + room)]
        corners += [(left - room, bottom + room), (left - room, top - room)]
        strokes += [_line(*ends, size, rng) for ends in pairwise(corners)]
    if edge:
        x = (left - room) if rng.random() < 0.5 else (right + room)
        strokes.append(_line((x, 0), (x, canvas.shape[0]), size, rng))
    drawn = marker.draw_strokes(strokes, pen, size=size, rng=rng)
    _paste_ink(canvas, drawn.ink, round(drawn.corner[0]), round(drawn.corner[1]))


def smear(ink: Ink, size: float, rng: Random) -> Ink:
    """Return ink that was smeared while wet."""
    far = max(3, round(size * rng.uniform(0.2, 0.7))) | 1
    kernel = np.zeros((far, far), np.float32)
    turn = rng.normal(0, 0.5)
    ends = [(round(far / 2 * (1 + s * math.cos(turn))), round(far / 2 * (1 + s * math.sin(turn)))) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, max(1, far // 5))
    trail = cv2.filter2D(ink, -1, kernel / kernel.sum())
    return np.asarray(cv2.addWeighted(ink, 0.9, trail, float(rng.uniform(0.2, 0.5)), 0), np.uint8)


def write_twice(ink: Ink, size: float, rng: Random) -> Ink:
    """Return ink written a second time with a small offset."""
    shift = np.eye(2, 3, dtype=np.float32)
    shift[:, 2] = rng.normal(0, 0.035 * size, 2)
    again = cv2.warpAffine(ink, shift, (ink.shape[1], ink.shape[0]))
    return np.asarray(cv2.max(ink, again), np.uint8)


def wipe(ink: Ink, rng: Random) -> Ink:
    """Return wiped ink: displaced, blurred, pale."""
    turned = ink[::-1, ::-1] if rng.random() < 0.5 else ink[:, ::-1]
    rolled = np.roll(turned, (int(rng.integers(ink.shape[0])), int(rng.integers(ink.shape[1]))), axis=(0, 1))
    soft = cv2.GaussianBlur(rolled, (0, 0), float(rng.uniform(0.8, 4)))
    return np.asarray(cv2.convertScaleAbs(soft, alpha=float(rng.uniform(0.05, 0.28))), np.uint8)


def _paste_ink(canvas: Ink, ink: Ink, left: int, top: int) -> None:
    """Draw ink onto a canvas, clipped, in place."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.shape[1], left + ink.shape[1]), min(canvas.shape[0], top + ink.shape[0])
    if x0 < x1 and y0 < y1:
        part = canvas[y0:y1, x0:x1]
        np.maximum(part, ink[y0 - top : y1 - top, x0 - left : x1 - left], out=part)


def _line(start: tuple[float, float], end: tuple[float, float], size: float, rng: Random) -> Floats:
    """Return a freehand line, (n, 2)."""
    t = np.linspace(0, 1, 9)[:, None]
    ends = np.array([start, end]) + rng.normal(0, 0.06 * size, (2, 2))
    bow = np.sin(np.pi * t) * rng.normal(0, 0.03 * size)
    across = np.array([end[1] - start[1], start[0] - end[0]])
    return np.asarray(ends[0] * (1 - t) + ends[1] * t + bow * across / max(1.0, float(np.hypot(*across))))


def _wobble(count: int, rng: Random) -> Floats:
    turn = np.linspace(0, 6.28, count)[:, None]
    return np.asarray(1 + 0.04 * np.sin(turn * rng.uniform(0.7, 2) + rng.uniform(0, 6)))
