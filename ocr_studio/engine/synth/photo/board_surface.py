"""Surfaces and surroundings: whiteboards with frame and tray, paper, glass, blackboards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting.marker import Colour

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]
Random: TypeAlias = np.random.Generator


class Surface(StrEnum):
    """Kind of surface."""

    WHITEBOARD = "whiteboard"
    REAL = "real"  # the surface of a photographed board
    PAPER = "paper"
    GLASS = "glass"
    BLACKBOARD = "blackboard"


# Surfaces for light, opaque ink.
OPAQUE_INK: Final = frozenset({Surface.BLACKBOARD, Surface.GLASS})
# Smooth structures are computed at a reduced size.
_COARSE: Final = 8
_MARKERS: Final[tuple[Colour, ...]] = ((30, 30, 34), (30, 60, 160), (190, 36, 44), (20, 120, 70))


@dataclass(frozen=True, slots=True, eq=False)
class BoardPlacement:
    """The place of a board on a photo.

    Attributes:
        width: Of the photo in pixels.
        height: Of the photo in pixels.
        sheet: (width, height) of the board in pixels.
        matrix: (3, 3), from the board's pixels to the photo's.
        framed: Whether its edges are visible.
    """

    width: int
    height: int
    sheet: tuple[float, float]
    matrix: Floats
    framed: bool

    def on(self, points: Sequence[tuple[float, float]] | Floats) -> Floats:
        """Map points of the board, (N, 2), to the photo."""
        return np.asarray(cv2.perspectiveTransform(np.asarray(points, np.float64)[None], self.matrix)[0])

    def visible(self, *, beyond: float) -> tuple[Floats, Floats]:
        """Return the minimum and maximum corner, (2,) each, of the visible part of the board. beyond: additional margin
        as a share of the photo.
        """
        wide, tall = self.width * (1 + beyond), self.height * (1 + beyond)
        left, top = self.width - wide, self.height - tall
        ends = np.array([(left, top), (wide, top), (wide, tall), (left, tall)], np.float64)
        a, b, c, d = cv2.perspectiveTransform(ends[None], np.linalg.inv(self.matrix))[0]
        low = np.array([max(0.0, a[0], d[0]), max(0.0, a[1], b[1])])
        high = np.array([min(self.sheet[0], b[0], c[0]), min(self.sheet[1], c[1], d[1])])
        return low, np.maximum(high, low + 1)


def make_surface(ground: Surface, width: int, height: int, rng: Random, *, real: Picture | None = None) -> Picture:
    """Return an empty surface, (height, width, 3) uint8 RGB.

    real: part of a real board's surface, for ``Surface.REAL``.
    """
    if ground is Surface.REAL and real is not None:
        return _extend_surface(real, width, height, rng)
    small = (max(8, width // _COARSE), max(8, height // _COARSE))
    plain = {Surface.PAPER: _make_paper, Surface.GLASS: _make_glass, Surface.BLACKBOARD: _make_blackboard}.get(
        ground, _make_whiteboard
    )
    coarse = np.clip(plain(small, rng), 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def draw_rules(scene: Picture, place: BoardPlacement, rng: Random, *, pitch: float) -> None:
    """Draw rules onto paper, in place: lines or squares. pitch: distance in pixels of the sheet."""
    wide, tall = place.sheet
    colour = [int(level) for level in rng.integers(150, 215, 3)]
    if rng.random() < 0.5:
        colour = [160, 185, int(rng.integers(210, 235))]
    ends = [((-wide, y), (2 * wide, y)) for y in np.arange(pitch * rng.random(), tall, pitch)]
    if rng.random() < 0.5:
        ends += [((x, -tall), (x, 2 * tall)) for x in np.arange(pitch * rng.random(), wide, pitch)]
    thick = max(1, round(min(scene.shape[:2]) / 900))
    for start, end in ends:
        points = np.round(place.on([start, end]) * 16).astype(np.int64)
        if np.abs(points).max() < 2**30:
            cv2.polylines(scene, [points.astype(np.int32)], False, colour, thick, cv2.LINE_AA, 4)


def draw_surroundings(scene: Picture, place: BoardPlacement, ground: Surface, rng: Random) -> None:
    """Draw wall, frame, tray and objects around the board, in place."""
    written_on = scene.copy()
    board = np.zeros(scene.shape[:2], np.uint8)
    _fill(board, _board_corners(place, 0.0), 255)
    scene[:] = _make_wall(scene.shape[1], scene.shape[0], rng)
    unit = min(place.sheet) / 100
    frame = None if ground in {Surface.PAPER, Surface.GLASS} else _Frame.sample(rng, unit)
    _draw_shadow(
        scene,
        _board_corners(place, frame.wide + 1.5 * unit if frame else 0.7 * unit),
        strength=float(rng.uniform(0.1, 0.4)),
    )
    for grow, tone in frame.steps() if frame else ():
        _fill(scene, _board_corners(place, grow), tone)
    cv2.copyTo(written_on, board, scene)
    if frame is not None and rng.random() < 0.6:
        _draw_tray(scene, place, frame, rng)


def _smooth_noise(size: tuple[int, int], cells: int, rng: Random) -> NDArray[np.float32]:
    """Return smooth noise, (height, width, 1), about −2..2. size: (width, height)."""
    down = max(2, round(cells * size[1] / size[0]))
    noise = rng.normal(0, 1, (down + 1, cells + 1)).astype(np.float32)
    return np.asarray(cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)[..., None], np.float32)


def _make_whiteboard(size: tuple[int, int], rng: Random) -> Floats:
    """Return a whiteboard: grey-white, with traces of wiped ink."""
    grey = float(np.clip(rng.normal(222, 16), 175, 252))
    tint = rng.normal(0, 4.5, 3) + np.array([1.5, 0.5, -2.0]) * rng.normal(0, 2.2)
    board = np.full((size[1], size[0], 3), grey, np.float32) + tint.astype(np.float32)
    board += rng.uniform(0.3, 2.2) * _smooth_noise(size, 5, rng) + rng.uniform(0.2, 1.3) * _smooth_noise(size, 24, rng)
    dirt = rng.beta(1, 3.5)
    for _ in range(int(rng.integers(2, 9) * (0.5 + 2.5 * dirt))):
        tone = np.array(_MARKERS[int(rng.integers(len(_MARKERS)))], np.float32)
        mask = _eraser_trace(size, rng) * np.float32(rng.uniform(0.004, 0.02) * (1 + 6 * dirt))
        board += mask[..., None] * (tone - board)
    return board


def _eraser_trace(size: tuple[int, int], rng: Random) -> NDArray[np.float32]:
    """Return the traces of an eraser, (height, width), 0..1."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    start = rng.uniform(0, 1, 2) * size
    reach = rng.uniform(0.08, 0.45) * size[0]
    turn = rng.normal(0, 0.5) if rng.random() < 0.7 else rng.uniform(0, math.pi)
    along, across = np.array([math.cos(turn), math.sin(turn)]), np.array([-math.sin(turn), math.cos(turn)])
    step = rng.uniform(0.015, 0.04) * size[0]
    swings = int(rng.integers(2, 9))
    points = [
        start + along * reach * (0.5 if k % 2 else -0.5) * rng.uniform(0.8, 1.1) + across * step * k
        for k in range(swings)
    ]
    thick = max(2, round(rng.uniform(0.01, 0.035) * size[0]))
    cv2.polylines(mask, [np.round(points).astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.8, thick / 5))
    return np.asarray(soft, np.float32) * np.float32(1 / 255)


def _make_paper(size: tuple[int, int], rng: Random) -> Floats:
    tone = np.array([252, 250, 244]) - rng.uniform(0, 45) - np.array([0, 1, 3]) * rng.uniform(0, 7)
    sheet = np.full((size[1], size[0], 3), tone, np.float32)
    sheet += rng.uniform(0.5, 3.0) * _smooth_noise(size, 4, rng) + rng.uniform(0.2, 1.2) * _smooth_noise(size, 40, rng)
    return sheet


def _make_blackboard(size: tuple[int, int], rng: Random) -> Floats:
    """Return a blackboard, green or black, with wiped chalk."""
    tones = ((38, 62, 52), (30, 50, 44), (44, 46, 48), (32, 33, 35), (52, 74, 66))
    tone = np.array(tones[int(rng.integers(len(tones)))]) + rng.normal(0, 5, 3)
    board = np.full((size[1], size[0], 3), tone, np.float32)
    board += rng.uniform(1, 6) * _smooth_noise(size, 6, rng) + rng.uniform(0.5, 3) * _smooth_noise(size, 40, rng)
    for _ in range(int(rng.integers(4, 16))):
        mask = _eraser_trace(size, rng) * np.float32(rng.uniform(0.02, 0.14))
        board += mask[..., None] * (205 - board)
    return board


def _make_glass(size: tuple[int, int], rng: Random) -> Floats:
    """Return a blurred room behind a glass pane."""
    room = np.full((size[1], size[0], 3), rng.uniform(40, 215), np.float32) + rng.normal(0, 12, 3).astype(np.float32)
    for _ in range(int(rng.integers(4, 14))):
        low = rng.uniform(-0.2, 0.9, 2) * size
        high = low + rng.uniform(0.05, 0.5, 2) * size
        tone = rng.uniform(15, 245) + rng.normal(0, 22, 3)
        corners = [tuple(int(value) for value in point) for point in (low, high)]
        cv2.rectangle(room, corners[0], corners[1], [float(level) for level in tone], -1)
    blur = rng.uniform(0.015, 0.05) * size[0]
    veil = rng.uniform(0.3, 0.75)
    room = np.asarray(cv2.GaussianBlur(room, (0, 0), blur)) * (1 - veil) + veil * rng.uniform(120, 225)
    return np.asarray(room, np.float32)


def _extend_surface(real: Picture, width: int, height: int, rng: Random) -> Picture:
    """Enlarge a small part of a real surface: its light is stretched, its grain repeated with mirroring."""
    piece = real[:: 1 if rng.random() < 0.5 else -1, :: 1 if rng.random() < 0.5 else -1]
    if (height > width) != (piece.shape[0] > piece.shape[1]):
        piece = piece.transpose(1, 0, 2)
    piece = np.ascontiguousarray(piece)
    smooth = cv2.GaussianBlur(piece, (0, 0), 4)
    grain = cv2.subtract(piece, smooth, dtype=cv2.CV_16S)
    large = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_CUBIC)
    down, right = height - piece.shape[0], width - piece.shape[1]
    if down > 0 or right > 0:
        grain = cv2.copyMakeBorder(grain, 0, max(0, down), 0, max(0, right), cv2.BORDER_REFLECT)
    return np.asarray(cv2.add(large, grain[:height, :width], dtype=cv2.CV_8U), np.uint8)


def _make_wall(width: int, height: int, rng: Random) -> Picture:
    size = (max(8, width // _COARSE), max(8, height // _COARSE))
    tone = np.clip(rng.uniform(70, 240) + rng.normal(0, 9, 3), 20, 250)
    wall = np.full((size[1], size[0], 3), tone, np.float32) + rng.uniform(1, 6) * _smooth_noise(size, 4, rng)
    if rng.random() < 0.35:  # the part below is painted differently, or is a desk
        wall[int(rng.uniform(0.7, 0.95) * size[1]) :] = np.clip(tone * rng.uniform(0.5, 1.3), 0, 250)
    if rng.random() < 0.2:
        edge = int(rng.uniform(0.02, 0.12) * size[0])
        wall[:, -edge if rng.random() < 0.5 else 0 :][:, :edge] = np.clip(tone * rng.uniform(0.2, 0.8), 0, 250)
    large = cv2.resize(np.clip(wall, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.uint8)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame. wide: pixels of the sheet; tone: of its face."""

    wide: float
    tone: tuple[int, int, int]

    @classmethod
    def sample(cls, rng: Random, unit: float) -> _Frame:
        grey = float(rng.choice([rng.uniform(25, 70), rng.uniform(120, 180), rng.uniform(180, 225)]))
        warm = np.array([1.25, 1.0, 0.7]) if rng.random() < 0.15 else np.array([0.99, 1.0, 1.02])
        tone = np.clip(grey * warm, 5, 250).astype(int)
        return cls(float(rng.uniform(0.8, 3.2)) * unit, (int(tone[0]), int(tone[1]), int(tone[2])))

    def steps(self) -> list[tuple[float, tuple[int, ...]]]:
        """Yield the rings from the outside in: distance beyond the board, and tone."""
        shades = ((1.0, 0.75), (0.93, 1.0), (0.6, 1.12), (0.45, 0.95), (0.12, 0.62))
        return [(self.wide * reach, tuple(min(255, round(level * shade)) for level in self.tone))
                for reach, shade in shades]  # fmt: skip


def _draw_tray(scene: Picture, place: BoardPlacement, frame: _Frame, rng: Random) -> None:
    """Draw the tray below a board, with an eraser and markers."""
    (wide, tall), unit = place.sheet, min(place.sheet) / 100
    left, right = sorted(rng.uniform(0, 1, 2)) if rng.random() < 0.4 else (-0.01, 1.01)
    top, bottom = tall + 0.4 * frame.wide, tall + frame.wide + rng.uniform(1.5, 3.5) * unit
    tones = [tuple(min(255, round(level * shade)) for level in frame.tone) for shade in (1.1, 0.7)]
    _box(scene, place, (left * wide, top), (right * wide, bottom), tones[0])
    _box(scene, place, (left * wide, bottom - 0.8 * unit), (right * wide, bottom), tones[1])
    for _ in range(int(rng.integers(0, 5))):
        x = rng.uniform(left, max(left, right - 0.05)) * wide
        if rng.random() < 0.3:
            _box(scene, place, (x, top - 3.2 * unit), (x + 9 * unit, top + 0.6 * unit), (36, 36, 40))
            _box(scene, place, (x, top - 0.2 * unit), (x + 9 * unit, top + 0.9 * unit), (120, 120, 124))
            continue
        ends = np.round(place.on([(x, top), (x + 8 * unit, top + rng.normal(0, 0.4) * unit)])).astype(int).tolist()
        cap = np.round(place.on([(x + 8 * unit, top), (x + 10.5 * unit, top)])).astype(int).tolist()
        tone = _MARKERS[int(rng.integers(len(_MARKERS)))]
        thick = max(2, round(1.3 * unit))
        cv2.line(scene, ends[0], ends[1], (225, 225, 228), thick, cv2.LINE_AA)
        cv2.line(scene, cap[0], cap[1], tone, thick, cv2.LINE_AA)


def _board_corners(place: BoardPlacement, grow: float) -> Floats:
    """Return the board's corners on the photo, (4, 2), moved outwards by pixels of the board."""
    wide, tall = place.sheet
    return place.on([(-grow, -grow), (wide + grow, -grow), (wide + grow, tall + grow), (-grow, tall + grow)])


def _fill(mask: Picture, corners: Floats, tone: int | Sequence[int]) -> None:
    points = np.clip(np.round(corners * 16), -(2**28), 2**28).astype(np.int32)
    cv2.fillConvexPoly(mask, points, tone if isinstance(tone, int) else [int(t) for t in tone], cv2.LINE_AA, 4)


def _box(
    scene: Picture, place: BoardPlacement, low: tuple[float, float], high: tuple[float, float], tone: Sequence[int]
) -> None:
    _fill(scene, place.on([low, (high[0], low[1]), high, (low[0], high[1])]), tone)


def _draw_shadow(scene: Picture, corners: Floats, *, strength: float) -> None:
    """Draw the shadow of a board on the wall, in place."""
    small = np.zeros((scene.shape[0] // _COARSE + 1, scene.shape[1] // _COARSE + 1), np.uint8)
    _fill(small, corners / _COARSE, round(255 * strength))
    soft = cv2.GaussianBlur(small, (0, 0), max(0.8, small.shape[1] / 220))
    kept = 255 - cv2.resize(soft, (scene.shape[1], scene.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.multiply(scene, cv2.merge([kept, kept, kept]), dst=scene, scale=1 / 255)
