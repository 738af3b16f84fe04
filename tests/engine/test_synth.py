"""Synthetic boards: the truth is where the ink is, the same comes out every time, and reading order gets them right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ocr_studio.core import geometry, reading_order
from ocr_studio.core.page import Source, Transcription, Word
from ocr_studio.engine.synth import boards, letters
from ocr_studio.engine.synth.boards import Board, BoardKind, BoardWord
from ocr_studio.engine.synth.hand import Hand

EMPTY = (BoardKind.DRAWINGS, BoardKind.BLANK)
WRITTEN = [kind for kind in BoardKind if kind not in EMPTY]


def read(truth: Sequence[BoardWord]) -> list[Word]:
    """The true words, as a recognizer without faults would give them, in no particular order."""
    words = [
        Word(f"w{number:04d}", word.quad, machine=Transcription(word.text, Source.MODEL, 0.9))
        for number, word in enumerate(truth)
    ]
    return [words[index] for index in np.random.default_rng(1).permutation(len(words))]


def small(kind: BoardKind, seed: int) -> Board:
    return boards.draw(kind, seed=seed, width=800, height=600)


@pytest.mark.parametrize("kind", WRITTEN)
def test_lines_come_in_reading_order(kind: BoardKind) -> None:
    for seed in range(12):
        truth = boards.words(kind, seed=seed)
        lines = [" ".join(word.text for word in line) for line in reading_order.lines(read(truth))]
        assert lines == boards.lines(truth), f"{kind}, seed {seed}"


@pytest.mark.parametrize("kind", [BoardKind.MIND_MAP, BoardKind.FLOW])
def test_boxes_are_paragraphs_of_the_text(kind: BoardKind) -> None:
    for seed in range(8):
        truth = boards.words(kind, seed=seed)
        blocks: dict[int, list[str]] = {}
        for word in truth:
            blocks.setdefault(word.block, []).append(word.text)
        paragraphs = reading_order.text(read(truth)).split("\n\n")
        assert [paragraph.split() for paragraph in paragraphs] == list(blocks.values())


def test_points_under_points_are_indented() -> None:
    seen: set[int] = set()
    for seed in range(8):
        truth = boards.words(BoardKind.LISTS, seed=seed)
        lines = boards.lines(truth)
        depth = {lines[word.line]: word.indent for word in truth}
        for line in reading_order.text(read(truth)).split("\n"):
            if line.strip() and line.strip()[0] in "-•*":
                assert (len(line) - len(line.lstrip())) // 2 == depth[line.strip()], (seed, line)
                seen.add(depth[line.strip()])
    assert seen == {0, 1}


@pytest.mark.parametrize("kind", list(BoardKind))
def test_the_same_seed_draws_the_same_board(kind: BoardKind) -> None:
    first, second, other = (boards.draw(kind, seed=seed, width=400, height=300) for seed in (5, 5, 6))
    assert first.words == second.words == boards.words(kind, seed=5, width=400, height=300)
    assert (first.image == second.image).all()
    assert (first.image != other.image).any()
    assert bool(first.words) == (kind not in EMPTY)


def test_the_ink_is_inside_the_quads() -> None:
    board = boards.draw(BoardKind.COLOURS, seed=1, width=800, height=600)
    for word in [word for word in board.words if len(word.text) > 2]:
        inside = geometry.crop(board.image, word.quad).astype(int)
        rim = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
        board_there, inked = np.median(rim, axis=0), inside.reshape(-1, 3).min(axis=0)
        assert (board_there - inked).max() > 50, word.text
        # Tight: the word's ink comes near to every side of its quad.
        ink = np.abs(inside - board_there).max(axis=2) > 40
        rows, columns = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
        slack = 3 + 0.15 * min(ink.shape)
        blank = (rows[0], ink.shape[0] - 1 - rows[-1], columns[0], ink.shape[1] - 1 - columns[-1])
        assert max(blank) <= slack, word.text


def test_faint_ink_is_faint_and_turned_boards_are_turned() -> None:
    def darkest(board: Board) -> float:
        crops = [geometry.crop(board.image, word.quad).mean(axis=2) for word in board.words]
        return float(np.median([np.median(crop) - crop.min() for crop in crops]))

    assert darkest(small(BoardKind.FAINT, 1)) < 60 < darkest(small(BoardKind.COLUMNS, 1))
    for kind, least, most in (
        (BoardKind.UPSIDE_DOWN, 170, 180),
        (BoardKind.SIDEWAYS, 80, 100),
        (BoardKind.TILTED, 20, 40),
    ):
        angles = [abs(geometry.angle(word.quad)) for word in small(kind, 2).words if len(word.text) > 2]
        assert least <= np.median(angles) <= most


def test_every_letter_of_the_hand_can_be_written() -> None:
    rng, hand = np.random.default_rng(0), Hand(4.0)
    for letter in [*letters.LETTERS, *"äöüÄÖÜéèêçñåšÅÉ"]:
        strokes, advance = hand.letter(letter, rng)
        assert advance > 0
        assert all(np.isfinite(stroke).all() for stroke in strokes), letter
    ascii_letters = "".join(map(chr, range(33, 127)))
    assert letters.can_write(ascii_letters)
    assert not letters.can_write("字")
    with pytest.raises(ValueError, match="字"):
        hand.letter("字", rng)


def test_a_kind_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="sculpture"):
        boards.draw("sculpture", seed=1)
