"""The reader at boards whose truth is known: what it finds, what it reads, and in which order it puts what it found."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ocr_studio.core import geometry, reading_order
from ocr_studio.core.page import Word
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.synth import boards
from ocr_studio.engine.synth.boards import Board, BoardKind


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ReaderOptions())


def read(reader: Reader, board: Board) -> list[Word]:
    return [word for _, words in reader.read_lines(board.image, reader.find(board.image)) for word in words]


def matched(board: Board, words: list[Word]) -> dict[int, Word]:
    """Index of each true word of more than a sign → the word that was found in its place."""
    overlap = geometry.iou_matrix(
        np.array([word.quad.corners for word in board.words]).reshape(-1, 4, 2),
        np.array([word.quad.corners for word in words]).reshape(-1, 4, 2),
    )
    letters = [index for index, word in enumerate(board.words) if any(map(str.isalnum, word.text))]
    best = {index: int(overlap[index].argmax()) for index in letters if overlap.shape[1]}
    return {index: words[place] for index, place in best.items() if overlap[index, place] >= 0.5}


# What is asked for is what a person would not put up with less of; faint, lit and turned writing is harder.
@pytest.mark.parametrize(
    ("kind", "found", "right"),
    [
        (BoardKind.COLUMNS, 0.95, 0.9),
        (BoardKind.LISTS, 0.95, 0.9),
        (BoardKind.MIND_MAP, 0.9, 0.85),
        (BoardKind.TABLE, 0.85, 0.8),
        (BoardKind.SLANTED, 0.9, 0.85),
        (BoardKind.CURVED, 0.85, 0.8),
        (BoardKind.TILTED, 0.85, 0.75),
        (BoardKind.SIDEWAYS, 0.85, 0.75),
        (BoardKind.UPSIDE_DOWN, 0.85, 0.75),
        (BoardKind.EDGES, 0.85, 0.75),
        (BoardKind.FAINT, 0.85, 0.75),
        (BoardKind.GLARE, 0.8, 0.75),
    ],
)
def test_words_are_found_read_and_put_in_order(reader: Reader, kind: BoardKind, found: float, right: float) -> None:
    board = boards.draw(kind, seed=2)
    words = read(reader, board)
    known = matched(board, words)
    wanted = sum(any(map(str.isalnum, word.text)) for word in board.words)
    correct = sum(word.text.lower() == board.words[index].text.lower() for index, word in known.items())
    places = {key: place for place, key in enumerate(reading_order.order(words))}
    order = [places[known[index].id] for index in sorted(known)]
    swapped = sum(after < before for before, after in pairwise(order))
    told = (kind.value, len(known) / wanted, correct / wanted, swapped)
    assert len(known) >= found * wanted, told
    assert correct >= right * wanted, told
    assert swapped == 0, told


@pytest.mark.parametrize("seed", [1, 2])
def test_where_nothing_is_written_nothing_is_read(reader: Reader, seed: int) -> None:
    assert not read(reader, boards.draw(BoardKind.BLANK, seed=seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_drawings_are_not_taken_for_words(reader: Reader, seed: int) -> None:
    # A circle may pass for an "O" and a stroke for a "1": only longer words must not be made up.
    words = read(reader, boards.draw(BoardKind.DRAWINGS, seed=seed))
    assert not [word.text for word in words if len(word.text) > 1 and (word.confidence or 0.0) >= 0.5]
    assert len(words) <= 4  # of seven to nine drawings
