"""The reader at made-up boards whose truth is known: what it finds, what it reads, and what it does not make up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Word
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.synth.boards.whole_boards import SynthBoard
from ocr_studio.engine.synth.photo.board_surface import Surface
from tests.engine import made_boards


def read(reader: Reader, board: SynthBoard) -> list[Word]:
    return [word for _, words in reader.read_lines(board.image, reader.find(board.image)) for word in words]


def scores(board: SynthBoard, words: list[Word]) -> tuple[int, int, int]:
    """How many true words of more than a sign are found, how many are read right, too, and how many there are."""
    wanted = [word for word in board.words if len(word.text) > 1 and not word.ignore]
    true, found = (np.array([word.quad.corners for word in some]).reshape(-1, 4, 2) for some in (wanted, words))
    overlap = geometry.compute_iou_matrix(true, found)
    best = [words[row.argmax()].text if row.max(initial=0.0) >= 0.5 else None for row in overlap]
    right = sum(text is not None and text.lower() == word.text.lower() for text, word in zip(best, wanted, strict=True))
    return len(wanted) - best.count(None), right, len(wanted)


# What is asked for is what a person would not put up with less of, of hands that nobody has; bad light and turned
# photos are harder.
@pytest.mark.parametrize(
    ("options", "found", "right"),
    [
        ({}, 0.88, 0.82),
        ({"tilt": 2.0, "framed": 1.0}, 0.68, 0.62),
        ({"harm": 1.5}, 0.85, 0.8),
        ({"turned": 1.0}, 0.88, 0.85),
        ({"grounds": {Surface.BLACKBOARD: 1.0}}, 0.9, 0.78),
    ],
    ids=["usual", "aslant", "badly taken", "turned", "blackboard"],
)
def test_words_are_found_and_read(reader: Reader, options: dict[str, Any], found: float, right: float) -> None:
    maker = made_boards.maker(seed=2, capitals=(0.016, 0.034), **options)
    told = [scores(board, read(reader, board)) for board in (maker.at(0), maker.at(1))]
    # Every word counts as much: a board may hold seven, or seventy.
    seen, said, there = np.sum(told, axis=0)
    assert seen / there >= found, told
    assert said / there >= right, told


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_drawings_are_not_taken_for_words(reader: Reader, number: int) -> None:
    # A circle may pass for an "O" and a stroke for a "1", and a box to be ticked is a sign of its own.
    board = made_boards.maker(seed=3, empty=1.0).at(number)
    assert not board.words
    words = [word for word in read(reader, board) if word.text != "□"]
    assert not [word.text for word in words if len(word.text) > 1 and (word.confidence or 0.0) >= 0.5]
    assert len(words) <= 4
