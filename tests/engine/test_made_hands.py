"""Hands made up by us: where the pen stays down between two letters, both are still what they are."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.engine.synth import letters, made
from ocr_studio.engine.synth.hand import Hand

# Where the pen leaves a letter, in letter units, if it stays down.
LEAVES = {"n": (3.8, 0), "h": (3.8, 0), "m": (6, 0), "r": (3.1, 4.6), "t": (3.1, 0.5), "i": (0.55, 0), "ü": (3.8, 0)}


def strokes_of(letter: str) -> list[made.Points]:
    return Hand(size=1.0, slant=0.0, unsteady=0.0).letter(letter, np.random.default_rng(0))[0]


@pytest.mark.parametrize("letter", LEAVES)
def test_the_pen_leaves_where_the_letter_ends(letter: str) -> None:
    (x, y), *_ = made._end_at_right(strokes_of(letter), 1.0)
    assert (x, -y) == pytest.approx(LEAVES[letter], abs=0.05)


@pytest.mark.parametrize("letter", "sgyjbpfx")
def test_it_is_lifted_after_letters_that_end_at_their_left(letter: str) -> None:
    assert len(made._end_at_right(strokes_of(letter), 1.0)) == 0


def test_it_is_lifted_before_letters_that_begin_at_their_right() -> None:
    led = {letter for letter in "abcdefghijklmnopqrstuvwxyz" if made._begins_left(strokes_of(letter), 1.0)}
    assert led >= set("behiklmnrtuvwxyz")
    assert not led & set("acdgqfs")


def test_every_small_letter_can_be_joined() -> None:
    for letter in filter(str.islower, letters.LETTERS):
        assert made._end_at_right(strokes_of(letter), 1.0).shape in {(0, 2), (1, 2)}
        assert made._begins_left(strokes_of(letter), 1.0) in {True, False}
