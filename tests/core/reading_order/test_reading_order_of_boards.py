"""Boards as people fill them, written as boxes of words: read in the order in which they were written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Page, Quad, TextSource, Transcription, Word, apply
from ocr_studio.core.reading_order import kept_order, page_order
from ocr_studio.core.reading_order import layout as reading_order

Points: TypeAlias = NDArray[np.float64]

WIDTH, HEIGHT = 1600.0, 1200.0
_UNIT = 4.4  # pixels: a capital is 8 units high, a small "o" 5
_LINE = 15 * _UNIT
_TEXTS = (
    "check the spare tool with Vera", "Anna and Ben print the final report", "call 12 clients after the meeting",
    "move the early delivery to Monday", "pay every open invoice", "ask Hugo about the long bridge", "sort it",
    "sketch a short plan for the next quarter",
)  # fmt: skip
_NAMES = ("Budget", "people", "Engine", "garden", "yellow", "Tasks", "January", "copy")


@dataclass
class Board:
    """Words in the order in which they are written. climb: degrees by which lines fall; bend: by how many radians a
    line turns on its way across."""

    rng: np.random.Generator
    climb: float = 0.0
    bend: float = 0.0
    texts: list[str] = field(default_factory=list)
    corners: list[Points] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    line: int = 0
    block: int = 0

    def text(self) -> str:
        return str(self.rng.choice(_TEXTS))

    def name(self) -> str:
        return str(self.rng.choice(_NAMES))

    def write(self, text: str, x: float, y: float, *, size: float = 1.0, degrees: float = 0.0, indent: int = 0) -> None:
        """A line from a place on, its baseline there; each word a little above or below it."""
        along, turn = 0.0, math.radians(self.climb + degrees + float(self.rng.normal(0, 0.3)))
        for word in text.split():
            wide = length(word) * size
            middle = turn + self.bend * (along + wide / 2) / WIDTH
            way = turn + self.bend * along / WIDTH / 2
            start = np.array([x, y]) + along * np.array([math.cos(way), math.sin(way)])
            high, low = (8.0 if _tall(word) else 5.2), (2.8 if set(word) & set("gjpqy,") else 0.0)
            hop = float(self.rng.normal(0, 0.25))
            flat = np.array([(0, -high - hop), (wide / _UNIT / size, -high - hop), (wide / _UNIT / size, low - hop),
                             (0, low - hop)])  # fmt: skip
            matrix = np.array([[math.cos(middle), -math.sin(middle)], [math.sin(middle), math.cos(middle)]])
            self.corners.append(flat * _UNIT * size @ matrix.T + start)
            self.texts.append(word)
            self.lines.append(self.line)
            self.blocks.append(self.block)
            self.indents.append(indent)
            along += wide + 3.0 * _UNIT * size * float(self.rng.uniform(0.95, 1.1))
        self.line += 1

    def end_block(self) -> None:
        self.block += 1

    def words(self, see: Callable[[Points], Points]) -> list[Word]:
        """As a recognizer without faults gives them, in no particular order. see: from the board to the photo."""
        found = [
            Word(f"w{number:04}", Quad.from_array(see(corners)), machine=Transcription(text, TextSource.MODEL, 0.9))
            for number, (text, corners) in enumerate(zip(self.texts, self.corners, strict=True))
        ]
        return [found[index] for index in np.random.default_rng(1).permutation(len(found))]

    def written(self) -> list[str]:
        """Its text, line by line."""
        lines: dict[int, list[str]] = {}
        for text, line in zip(self.texts, self.lines, strict=True):
            lines.setdefault(line, []).append(text)
        return [" ".join(line) for line in lines.values()]


def _tall(word: str) -> bool:
    return any(letter.isupper() or letter.isdigit() or letter in "bdfhklt" for letter in word)


def length(text: str) -> float:
    """Pixels of a text."""
    return sum({"i": 2.0, "l": 2.0, "m": 7.5, "w": 7.0, " ": 3.0}.get(letter, 5.0) for letter in text) * 1.15 * _UNIT


def columns(board: Board) -> None:
    """Two or three columns of text, each under its heading; sometimes a title over all."""
    rng, top = board.rng, _LINE
    if rng.random() < 0.5:
        board.write("Plan for the year", 0.08 * WIDTH, top + 0.6 * _LINE, size=1.5)
        board.end_block()
        top += 2.4 * _LINE
    number = int(rng.integers(2, 4))
    gutter = float(rng.uniform(11, 18)) * _UNIT
    wide = (WIDTH - (number + 1) * gutter) / number
    for column in range(number):
        left, y = gutter + column * (wide + gutter), top + float(rng.uniform(0, 0.5)) * _LINE
        board.write(board.name(), left, y, size=1.2)
        y += 1.5 * _LINE
        words = " ".join(board.text() for _ in range(8)).split()
        for _ in range(int(rng.integers(5, 10))):
            line = [words.pop(0)]
            while length(" ".join([*line, words[0]])) < 0.95 * wide:
                line.append(words.pop(0))
                words += board.text().split() if len(words) < 9 else []
            board.write(" ".join(line), left + float(rng.normal(0, 0.6)) * _UNIT, y)
            y += _LINE * float(rng.uniform(0.97, 1.06))
        board.end_block()


def lists(board: Board) -> None:
    """Headed lists below each other, with points under points."""
    rng, x, y = board.rng, 0.07 * WIDTH, 1.4 * _LINE
    while y < HEIGHT - 6 * _LINE:
        board.write(board.name(), x, y, size=1.3)
        board.end_block()
        y += 1.75 * _LINE
        for _ in range(int(rng.integers(3, 6))):
            board.write(f"- {board.text()}", x, y)
            y += 1.05 * _LINE
            if rng.random() < 0.35:
                board.write(f"- {board.text()}", x + 12 * _UNIT, y, indent=1)
                y += 1.05 * _LINE
        board.end_block()
        y += 1.2 * _LINE


def mind_map(board: Board) -> None:
    """Boxes of a word or a few above and below one in the middle."""
    rng = board.rng
    for number, share in ((int(rng.integers(2, 4)), 0.17), (1, 0.5), (int(rng.integers(2, 4)), 0.83)):
        for index in range(number):
            lines = [board.name() for _ in range(1 if share == 0.5 else int(rng.integers(1, 4)))]
            _boxed(board, WIDTH * (index + 0.5) / number, HEIGHT * share, lines, size=1.35 if share == 0.5 else 1.0)


def flow(board: Board) -> None:
    """Boxes one below the other."""
    for index in range(5):
        lines = [" ".join(board.text().split()[:2]) for _ in range(int(board.rng.integers(1, 3)))]
        _boxed(board, 0.3 * WIDTH, HEIGHT * (index + 0.5) / 5, lines)


def _boxed(board: Board, x: float, y: float, lines: list[str], *, size: float = 1.0) -> None:
    first = y - 0.95 * _LINE * (len(lines) - 1) / 2 + 3 * _UNIT
    for row, line in enumerate(lines):
        board.write(line, x - size * length(line) / 2, first + 0.95 * row * _LINE, size=size)
    board.end_block()


def table(board: Board) -> None:
    """Names and figures, read row by row."""
    rng, wide, high = board.rng, 46 * _UNIT, 1.35 * _LINE
    number = int(rng.integers(3, 5))
    for row in range(int(rng.integers(3, 7))):
        for column in range(number):
            board.line -= bool(column)
            text = board.name() if not row or not column else str(rng.integers(2, 999))
            board.write(text, 0.1 * WIDTH + column * wide, 2.2 * _LINE + row * high)
    board.end_block()


def edges(board: Board) -> None:
    """Lines of text between a label that runs up the left edge and one that runs down the right."""
    board.write("early delivery", 0.13 * WIDTH, 0.7 * HEIGHT, degrees=-90)
    board.end_block()
    for row in range(5):
        board.write(" ".join(board.text().split()[:3]), 0.3 * WIDTH, 0.18 * HEIGHT + 1.2 * row * _LINE)
    board.end_block()
    board.write("last question", 0.9 * WIDTH, 0.2 * HEIGHT, degrees=90)
    board.end_block()


def turned(degrees: float) -> Callable[[Points], Points]:
    """The photo held another way."""
    turn = math.radians(degrees)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return lambda points: (points - (WIDTH / 2, HEIGHT / 2)) @ matrix.T + 1000


def aslant(points: Points) -> Points:
    """The board seen from the side."""
    flat = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    seen = np.array([(90, 50), (1550, 15), (1480, 1190), (25, 1130)], np.float32)
    return np.asarray(cv2.perspectiveTransform(points[None], cv2.getPerspectiveTransform(flat, seen))[0], np.float64)


def made(fill: Callable[[Board], None], seed: int, *, climb: float = 0.0, bend: float = 0.0) -> Board:
    board = Board(np.random.default_rng(seed), climb, math.radians(bend))
    fill(board)
    return board


def lines_read(words: list[Word]) -> list[str]:
    return [" ".join(word.text for word in line) for line in reading_order.find_lines(words)]


VIEWS = {
    "level": turned(0),
    "tilted": turned(28),
    "sideways": turned(-90),
    "upside down": turned(180),
    "aslant": aslant,
}


@pytest.mark.parametrize("see", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("fill", [columns, lists, mind_map, flow, table, edges])
def test_lines_come_in_reading_order(fill: Callable[[Board], None], see: Callable[[Points], Points]) -> None:
    for seed in range(8):
        board = made(fill, seed)
        assert lines_read(board.words(see)) == board.written(), seed


@pytest.mark.parametrize("fill", [columns, lists])
@pytest.mark.parametrize(("climb", "bend"), [(-11, 0), (7, 0), (0, 30), (0, -24)])
def test_lines_that_climb_or_bend_come_in_reading_order(
    fill: Callable[[Board], None], climb: float, bend: float
) -> None:
    for seed in range(6):
        board = made(fill, seed, climb=climb, bend=bend)
        assert lines_read(board.words(turned(0))) == board.written(), seed


@pytest.mark.parametrize("fill", [mind_map, flow])
def test_boxes_are_paragraphs_of_the_text(fill: Callable[[Board], None]) -> None:
    for seed in range(8):
        board = made(fill, seed)
        blocks: dict[int, list[str]] = {}
        for text, block in zip(board.texts, board.blocks, strict=True):
            blocks.setdefault(block, []).append(text)
        paragraphs = reading_order.compose_text(board.words(turned(0))).split("\n\n")
        assert [paragraph.split() for paragraph in paragraphs] == list(blocks.values())


def test_points_under_points_are_indented() -> None:
    seen: set[int] = set()
    for seed in range(8):
        board = made(lists, seed)
        wanted = [depth for text, depth in zip(board.texts, board.indents, strict=True) if text == "-"]
        read = reading_order.compose_text(board.words(turned(0))).split("\n")
        found = [(len(line) - len(line.lstrip())) // 2 for line in read if line.strip().startswith("-")]
        assert found == wanted, seed
        seen |= set(found)
    assert seen == {0, 1}


@pytest.mark.parametrize(
    "see", [VIEWS["level"], VIEWS["sideways"], VIEWS["aslant"]], ids=["level", "sideways", "aslant"]
)
@pytest.mark.parametrize("fill", [columns, lists, mind_map, flow, table, edges])
def test_a_missed_word_that_is_drawn_goes_where_it_belongs(
    fill: Callable[[Board], None], see: Callable[[Points], Points]
) -> None:
    """Any word left out of the order and drawn then comes where the layout of the whole board has it."""
    for seed in range(2):
        words = made(fill, seed).words(see)
        page = Page("p", "board.jpg", 3000, 3000, {word.id: word for word in words})
        wanted = [[word.id for word in line] for line in page_order.find_lines(page)]
        for word in words[:8]:
            without = apply(page, kept_order.keep_order(page, edits.delete(page, [word.id])))
            drawn = kept_order.keep_order(without, Edit("Draw", {word.id: (None, word)}))
            back = apply(without, drawn)
            assert [[each.id for each in line] for line in page_order.find_lines(back)] == wanted, (seed, word.text)
