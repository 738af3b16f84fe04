#!/usr/bin/env python3
"""Draws the sample board and writes its ground truth.

``PYTHONPATH=. python packaging/draw_sample.py [FOLDER]`` in the checkout.

Everything is drawn here; no photo, font or handwriting of others is used. The result is always the same.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting.stroke_font import LETTERS

Array: TypeAlias = NDArray[np.float32]

WIDTH, HEIGHT = 1600, 1200
SCALE = 2  # supersampling, for smooth edges
WALL = (206, 208, 203)
BOARD = (240, 242, 241)
INKS = {"black": (38, 38, 44), "blue": (28, 62, 160), "red": (196, 38, 48), "green": (14, 118, 72)}
SPACE = 3.6  # between words, in letter units
# Corners of the writing surface on the photo, which is slightly tilted.
SURFACE = np.array([(92, 70), (1522, 104), (1496, 1078), (70, 1106)], np.float32)


@dataclass(frozen=True)
class Hand:
    """A handwriting.

    Attributes:
        ink: Name of the color.
        size: Pixels of the photo per letter unit (the x-height is 5 units).
        pen: Stroke width in pixels.
    """

    ink: str
    size: float
    pen: float = 8.0


@dataclass
class Board:
    """The writing surface seen from the front; coordinates are pixels of the photo."""

    rng: np.random.Generator
    ink: dict[str, Array] = field(default_factory=dict)
    words: list[dict[str, object]] = field(default_factory=list)
    lines: int = 0

    def stroke(self, points: Array, hand: Hand) -> None:
        """Draw a stroke along points (N, 2); width and ink vary slightly."""
        layer = self.ink.setdefault(hand.ink, np.zeros((HEIGHT * SCALE, WIDTH * SCALE), np.float32))
        mask = np.zeros_like(layer)
        count = len(points)
        width = hand.pen * SCALE * (1 + 0.13 * _wander(self.rng, count))
        ink = np.clip(0.93 + 0.07 * _wander(self.rng, count), 0.72, 1.0)
        fixed = np.round(points * SCALE * 16).astype(int).tolist()
        for index in range(count - 1):
            thick = max(2, round(float(width[index])))
            cv2.line(mask, fixed[index], fixed[index + 1], float(ink[index]), thick, cv2.LINE_AA, 4)
        # Crossing strokes get slightly darker.
        layer[:] = 1 - (1 - layer) * (1 - mask)

    def write(self, text: str, x: float, y: float, *, hand: Hand, slope: float = 0.0) -> float:
        """Write a line of text.

        Args:
            text: The words.
            x: Start of the line.
            y: Baseline at the start.
            hand: The handwriting.
            slope: Slope of the baseline in pixels per pixel.

        Returns:
            The x coordinate of the end.
        """
        drift, start = self.rng.uniform(0, 6.28), x
        for word in text.split(" "):
            ink: list[Array] = []
            for letter in word:
                wobble = 0.22 * np.sin((x - start) / 70 + drift) + self.rng.normal(0, 0.09)
                origin = np.array([x, y + slope * (x - start) + wobble * hand.size], np.float32)
                strokes, advance = self._letter(letter, hand)
                for stroke in strokes:
                    self.stroke(stroke + origin, hand)
                    ink.append(stroke + origin)
                x += advance
            self._note(word, np.concatenate(ink), hand, slope)
            x += (SPACE - 1.0) * hand.size * self.rng.uniform(0.95, 1.1)
        self.lines += 1
        return x

    def draw(self, corners: list[tuple[float, float]], *, hand: Hand) -> None:
        """Draw a freehand line through corners."""
        bent: list[Array] = []
        for (x0, y0), (x1, y1) in pairwise(corners):
            steps = max(2, int(np.hypot(x1 - x0, y1 - y0) / 5))
            t = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
            straight = np.array([x0, y0], np.float32) * (1 - t) + np.array([x1, y1], np.float32) * t
            across = np.array([y0 - y1, x1 - x0], np.float32) / max(1.0, float(np.hypot(x1 - x0, y1 - y0)))
            bow = np.sin(t * np.pi) * self.rng.uniform(-2.5, 2.5) + 0.5 * _wander(self.rng, steps)[:, None]
            bent.append((straight + across * bow).astype(np.float32))
        self.stroke(np.concatenate(bent), hand)

    def _letter(self, letter: str, hand: Hand) -> tuple[list[Array], float]:
        """Return the strokes of a letter in pixels relative to its origin, and its width."""
        width, strokes = LETTERS[letter]
        grow, turn = self.rng.normal(1, 0.025), self.rng.normal(0, 0.018)
        slant = 0.06 + self.rng.normal(0, 0.015)
        shape = np.array([[np.cos(turn), slant - np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * grow * hand.size
        shape = shape * np.array([[1], [-1]])  # y pointed up
        lines = []
        for stroke in strokes.split("|"):
            points = np.array([pair.split(",") for pair in stroke.lstrip("~").split()], np.float64)
            points = points + self.rng.normal(0, 0.07, points.shape)
            lines.append((_path(points, smooth=stroke.startswith("~")) @ shape.T).astype(np.float32))
        return lines, (width + 1.0) * hand.size * self.rng.uniform(0.97, 1.05)

    def _note(self, word: str, ink: Array, hand: Hand, slope: float) -> None:
        """Record the tight box of a word, rotated with its line."""
        margin = hand.pen / 2
        level = ink[:, 1] - slope * ink[:, 0]
        left, right = float(ink[:, 0].min()) - margin, float(ink[:, 0].max()) + margin
        top, bottom = float(level.min()) - margin, float(level.max()) + margin
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        quad = [(x, y + slope * x) for x, y in corners]
        self.words.append({"text": word, "quad": quad, "line": self.lines})


def _wander(rng: np.random.Generator, count: int) -> Array:
    """Return smooth noise around zero, (count,), about -2..2."""
    noise = rng.normal(0, 1, count + 24)
    smooth = np.convolve(noise, np.hanning(25) / np.sqrt((np.hanning(25) ** 2).sum()), mode="valid")
    return smooth[:count].astype(np.float32)


def _path(points: NDArray[np.float64], *, smooth: bool) -> NDArray[np.float64]:
    """Interpolate a stroke, (N, 2) -> (M, 2), by a Catmull-Rom curve if smooth, else by straight lines."""
    t = np.linspace(0, 1, 12)[:, None]
    if not smooth:
        return np.concatenate([a * (1 - t) + b * t for a, b in pairwise(points)])
    padded = np.concatenate([points[:1], points, points[-1:]])
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate(pieces)


def write_board(board: Board) -> None:
    """Write the sample: a headline, a list, a date, a small diagram."""
    title, text = Hand("blue", 11.0, 11.0), Hand("black", 7.2, 8.0)
    red, green = Hand("red", 7.2, 8.0), Hand("green", 7.6, 8.0)
    end = board.write("Launch plan", 190, 262, hand=title, slope=-0.012)
    board.draw([(186, 296), (end - 30, 288)], hand=Hand("blue", 1, 7.0))
    end = board.write("Friday 14 March", 880, 250, hand=red, slope=-0.02)
    board.draw([(872, 280), (end - 22, 268)], hand=Hand("red", 1, 6.0))
    board.draw([(878, 293), (end - 60, 283)], hand=Hand("red", 1, 6.0))
    items = ["Test with 12 users", "Fix the login page", "Write a short guide", "Ask Sam about prices"]
    for row, item in enumerate(items):
        y = 408 + row * 112
        board.draw([(196, y - 20), (214, y - 19)], hand=Hand("black", 1, 13.0))
        board.write(item, 250, y, hand=text, slope=(-0.008, 0.004, -0.012, 0.0)[row])
    board.write("Next call: Monday 9:30", 200, 900, hand=green, slope=-0.01)
    for row, label in enumerate(("Photo", "Words", "Answer")):
        _box(board, label, top=372 + row * 182)


def _box(board: Board, label: str, *, top: float) -> None:
    """A labelled box of the diagram, and the arrow to it from the one above."""
    line = Hand("blue", 1, 7.0)
    left, right, bottom = 1010.0, 1330.0, top + 112
    board.draw([(left, top), (right, top - 4), (right + 3, bottom), (left - 3, bottom + 3), (left, top - 6)], hand=line)
    text = Hand("black", 7.4, 8.0)
    wide = (sum(LETTERS[letter][0] + 1 for letter in label) - 1) * text.size
    board.write(label, (left + right - wide) / 2, top + 82, hand=text)
    if top > 400:
        middle = (left + right) / 2
        board.draw([(middle, top - 62), (middle + 2, top - 12)], hand=line)
        board.draw([(middle - 16, top - 30), (middle + 2, top - 10), (middle + 19, top - 31)], hand=line)


def photograph(board: Board) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Render the photo: (HEIGHT, WIDTH, 3) uint8 BGR, and the (3, 3) matrix from board to photo pixels."""
    flat = np.array([(60, 60), (1540, 60), (1540, 1110), (60, 1110)], np.float32)
    to_photo = cv2.getPerspectiveTransform(flat, SURFACE).astype(np.float64)
    rng = board.rng
    surface = np.full((HEIGHT * SCALE, WIDTH * SCALE, 3), BOARD, np.float32)
    surface -= _wiped(rng)[..., None]
    for name, layer in board.ink.items():
        surface += layer[..., None] * (np.array(INKS[name], np.float32) - surface)
    scene = _frame(np.full((HEIGHT * SCALE, WIDTH * SCALE, 3), WALL, np.float32))
    enlarge = np.diag([SCALE, SCALE, 1.0])
    matrix = enlarge @ to_photo @ np.linalg.inv(enlarge)
    size = (WIDTH * SCALE, HEIGHT * SCALE)
    seen = cv2.warpPerspective(surface, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(scene.shape[:2], np.float32)
    cv2.fillConvexPoly(mask, np.round(SURFACE * SCALE).astype(np.int32), 1.0, cv2.LINE_AA)
    scene += mask[..., None] * (seen - scene)
    photo = cv2.resize(scene, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) * _light()[..., None]
    photo = cv2.GaussianBlur(photo, (0, 0), 0.7) + rng.normal(0, 2.0, photo.shape)
    return np.clip(photo, 0, 255).astype(np.uint8)[..., ::-1], to_photo


def _wiped(rng: np.random.Generator) -> Array:
    """Return grey smudges of wiped writing, (H, W) in grey levels."""
    coarse = rng.normal(0, 1, (14, 9)).astype(np.float32)
    clouds = cv2.resize(coarse, (WIDTH * SCALE, HEIGHT * SCALE), interpolation=cv2.INTER_CUBIC)
    return np.clip(clouds, 0, 2).astype(np.float32) * 3.5


def _frame(scene: Array) -> Array:
    """Aluminium around the surface, its shadow on the wall, a tray with two pens below."""
    shadow = np.zeros(scene.shape[:2], np.float32)
    outer = _grown(34)
    cv2.fillConvexPoly(shadow, np.round((outer + (10, 18)) * SCALE).astype(np.int32), 1.0)
    scene *= 1 - 0.35 * cv2.GaussianBlur(shadow, (0, 0), 16 * SCALE)[..., None]
    for grow, shade in ((34, 150), (31, 196), (12, 176), (5, 128)):
        cv2.fillConvexPoly(scene, np.round(_grown(grow) * SCALE).astype(np.int32), [shade, shade + 2, shade + 4])
    for x, y in _grown(20):
        cv2.circle(scene, (round(x * SCALE), round(y * SCALE)), 24 * SCALE, (92, 94, 98), -1, cv2.LINE_AA)
    low = np.array([(430, 1118), (1150, 1106), (1166, 1150), (420, 1163)], np.float32)
    cv2.fillConvexPoly(scene, np.round(low * SCALE).astype(np.int32), [184, 186, 188], cv2.LINE_AA)
    for x, name in ((560, "blue"), (800, "red")):
        y = 1128 - (x - 560) * 0.016
        for start, end, colour in ((0, 150, (236, 236, 234)), (104, 150, INKS[name])):
            ends = [(round((x + place) * SCALE), round(y * SCALE)) for place in (start, end)]
            cv2.line(scene, ends[0], ends[1], [float(part) for part in colour], 19 * SCALE, cv2.LINE_AA)
    return scene


def _grown(margin: float) -> Array:
    """The surface's corners, moved outwards by margin pixels each way."""
    return SURFACE + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * margin


def _light() -> Array:
    """A window from the upper left, a lamp's soft reflection, darker corners: (HEIGHT, WIDTH), about 0.75..1.03."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) / (HEIGHT, WIDTH)[0]
    fall = 1.02 - 0.11 * x - 0.07 * y
    lamp = 0.06 * np.exp(-((x - 0.85) ** 2 / 0.02 + (y - 0.16) ** 2 / 0.006))
    corners = 0.07 * (((x - 0.66) / 0.66) ** 2 * ((y - 0.5) / 0.5) ** 2)
    return np.asarray(fall + lamp - corners, np.float32)


def truth(board: Board, to_photo: NDArray[np.float64]) -> dict[str, object]:
    """Return the ground truth: {"width", "height", "words": [{"text", "quad", "line"}], "text"}."""
    words = []
    for word in board.words:
        corners = np.asarray(word["quad"], np.float32)[None]
        quad = cv2.perspectiveTransform(corners, to_photo)[0]
        words.append(word | {"quad": [[round(float(x), 1), round(float(y), 1)] for x, y in quad]})
    lines: dict[object, list[str]] = {}
    for word in words:
        lines.setdefault(word["line"], []).append(str(word["text"]))
    text = "\n".join(" ".join(line) for line in lines.values())
    return {"width": WIDTH, "height": HEIGHT, "words": words, "text": text}


def main() -> int:
    """Write sample-board.jpg and sample-board.json to the resources folder, or another."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "resources"
    board = Board(np.random.default_rng(14))
    write_board(board)
    photo, to_photo = photograph(board)
    done, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 84])
    if not done:
        raise RuntimeError("the image could not be encoded")
    (folder / "sample-board.jpg").write_bytes(data.tobytes())
    text = json.dumps(truth(board, to_photo), indent=1, ensure_ascii=False)
    (folder / "sample-board.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
