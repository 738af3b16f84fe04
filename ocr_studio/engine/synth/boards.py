"""Synthetic photos of boards with known truth: ``draw("columns", seed=3)``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Quad
from ocr_studio.engine.synth import layouts
from ocr_studio.engine.synth.camera import Camera
from ocr_studio.engine.synth.hand import Hand
from ocr_studio.engine.synth.layouts import Layout, Style
from ocr_studio.engine.synth.sheet import Marker, Sheet

Photo: TypeAlias = NDArray[np.uint8]


class BoardKind(StrEnum):
    """What is special about a board."""

    COLUMNS = "columns"
    LISTS = "lists"
    MIND_MAP = "mind map"
    FLOW = "flow"
    TABLE = "table"
    SLANTED = "slanted"
    CURVED = "curved"
    TILTED = "tilted"  # the whole board by about 30°
    SIDEWAYS = "sideways"  # by 90° to either side
    UPSIDE_DOWN = "upside down"
    EDGES = "edges"  # level text with labels that run up and down beside it
    FAINT = "faint"
    GLARE = "glare"
    COLOURS = "colours"
    PERSPECTIVE = "perspective"
    DRAWINGS = "drawings"  # frames and drawings, no text
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class BoardWord:
    """A word on the photo. quad: tight around its ink. line, block: counted in reading order; a block is a paragraph,
    list, box or heading. indent: levels by which its line is indented in the block."""

    text: str
    quad: Quad
    line: int
    block: int
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """A photo, (H, W, 3) uint8 RGB, and what is written on it, in reading order."""

    kind: BoardKind
    seed: int
    image: Photo
    words: tuple[BoardWord, ...]


_LAYOUTS: dict[BoardKind, Layout] = {
    BoardKind.COLUMNS: layouts.columns,
    BoardKind.LISTS: layouts.lists,
    BoardKind.MIND_MAP: layouts.mind_map,
    BoardKind.FLOW: layouts.flow,
    BoardKind.TABLE: layouts.table,
    BoardKind.EDGES: layouts.edges,
    BoardKind.DRAWINGS: layouts.drawings,
    BoardKind.BLANK: layouts.nothing,
}


def draw(kind: BoardKind | str, *, seed: int, width: int = 1600, height: int = 1200) -> Board:
    """A board of a kind, photographed: hand, markers, text, places, light and noise all follow from the seed.

    width, height: pixels of the photo; letters grow with them. Raises ValueError for a kind that there is not.
    """
    sheet, camera = _written(BoardKind(kind), seed, width=width, height=height)
    photo, matrix = camera.shoot(sheet)
    return Board(BoardKind(kind), seed, photo, _seen(sheet, matrix))


def words(kind: BoardKind | str, *, seed: int, width: int = 1600, height: int = 1200) -> tuple[BoardWord, ...]:
    """What is written on the board that ``draw`` draws, in reading order, without drawing it: much faster."""
    sheet, camera = _written(BoardKind(kind), seed, width=width, height=height)
    return _seen(sheet, camera.aim(sheet)[1])


def lines(written: Iterable[BoardWord]) -> list[str]:
    """The text of a board's words line by line, in reading order."""
    by_line: dict[int, list[str]] = {}
    for word in written:
        by_line.setdefault(word.line, []).append(word.text)
    return [" ".join(line) for line in by_line.values()]


def _written(kind: BoardKind, seed: int, *, width: int, height: int) -> tuple[Sheet, Camera]:
    """The sheet with all that stands on it, and the camera it is to be photographed with."""
    rng = np.random.default_rng((seed, *kind.encode()))
    camera = _camera(kind, rng, width=width, height=height)
    degrees = _turned(kind, rng)
    # The sheet is a little smaller than the photo, so that its letters come out at their size.
    shown = np.array([width, height]) * (1 - 2 * camera.margin - camera.tilt)
    wide, high = _room(float(shown[0]), float(shown[1]), degrees)
    sheet = Sheet(wide, high, rng)
    style = _style(kind, rng, size=min(width, height) / 1200 * float(rng.uniform(3.6, 5.4)))
    layout = _LAYOUTS.get(kind, layouts.columns if rng.random() < 0.5 else layouts.lists)
    layout(sheet, style)
    return sheet.turned(degrees, float(shown[0]), float(shown[1])), camera


def _seen(sheet: Sheet, matrix: NDArray[np.float64]) -> tuple[BoardWord, ...]:
    quads = [Quad.from_array(cv2.perspectiveTransform(word.corners[None], matrix)[0]) for word in sheet.words]
    return tuple(
        BoardWord(word.text, quad, word.line, word.block, word.indent)
        for word, quad in zip(sheet.words, quads, strict=True)
    )


def _camera(kind: BoardKind, rng: np.random.Generator, *, width: int, height: int) -> Camera:
    board = (rng.integers(212, 244) + rng.integers(-5, 6, 3)).tolist()
    camera = Camera(
        width=width,
        height=height,
        tilt=float(rng.uniform(0, 0.025)),
        margin=float(rng.choice([0.0, 0.05])),
        board=(board[0], board[1], board[2]),
        uneven=float(rng.uniform(0.05, 0.3)),
        blur=float(rng.uniform(0.4, 1.0)) * max(1.0, math.sqrt(width * height / 4e6)),
        noise=float(rng.uniform(1, 4)),
        quality=int(rng.integers(70, 93)),
    )
    if kind is BoardKind.GLARE:
        return replace(camera, glare=int(rng.integers(2, 4)))
    if kind is BoardKind.PERSPECTIVE:
        return replace(camera, tilt=0.16)
    return camera


def _style(kind: BoardKind, rng: np.random.Generator, *, size: float) -> Style:
    strength = float(rng.uniform(0.12, 0.3)) if kind is BoardKind.FAINT else 1.0
    text, heading = layouts.markers(rng, strength=strength)
    if kind is not BoardKind.COLOURS and rng.random() < 0.6:
        text = replace(text, colour=Marker().colour)
    climb = float(rng.normal(0, 0.6))
    if kind is BoardKind.SLANTED:
        climb = float(rng.uniform(5, 12) * rng.choice([-1, 1]))
    bend = float(rng.uniform(20, 35) * rng.choice([-1, 1])) if kind is BoardKind.CURVED else 0.0
    return Style(Hand.any(rng, size=size), text, heading, climb, bend)


def _turned(kind: BoardKind, rng: np.random.Generator) -> float:
    """Degrees by which the whole board is turned."""
    if kind is BoardKind.TILTED:
        return float(rng.uniform(25, 35) * rng.choice([-1, 1]))
    if kind is BoardKind.SIDEWAYS:
        return float(rng.choice([-90, 90]))
    return 180.0 if kind is BoardKind.UPSIDE_DOWN else 0.0


def _room(width: float, height: float, degrees: float) -> tuple[float, float]:
    """The largest rectangle of the same shape, or turned by 90°, that fits into the sheet when it is turned."""
    turn = math.radians(degrees)
    cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
    wide, high = (height, width) if sin > cos else (width, height)
    grow = min(width / (wide * cos + high * sin), height / (wide * sin + high * cos))
    return grow * wide, grow * high
