"""Hands made up by us: where the pen stays down between two letters, both are still what they are; and no letter hides
another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest

from ocr_studio.engine.synth.handwriting import procedural_writer
from ocr_studio.engine.synth.handwriting.hand import Hand
from ocr_studio.engine.synth.handwriting.marker import Pen

# Where the pen leaves a letter, in letter units, if it stays down.
LEAVES = {"n": (3.8, 0), "h": (3.8, 0), "m": (6, 0), "r": (3.1, 4.6), "t": (3.1, 0.5), "i": (0.55, 0), "ü": (3.8, 0)}


def strokes_of(letter: str) -> list[procedural_writer.Points]:
    return Hand(size=1.0, slant=0.0, jitter=0.0).write_letter(letter, np.random.default_rng(0))[0]


@pytest.mark.parametrize("letter", LEAVES)
def test_the_pen_leaves_where_the_letter_ends(letter: str) -> None:
    _, end = procedural_writer._join_points(strokes_of(letter), 1.0)
    assert end is not None
    x, y = end
    assert (x, -y) == pytest.approx(LEAVES[letter], abs=0.05)


@pytest.mark.parametrize("letter", "sgyjbpfx")
def test_it_is_lifted_after_letters_that_end_at_their_left(letter: str) -> None:
    assert procedural_writer._join_points(strokes_of(letter), 1.0)[1] is None


def test_it_is_lifted_before_letters_that_begin_at_their_right() -> None:
    led = {
        letter for letter in "abcdefghijklmnopqrstuvwxyz" if procedural_writer._join_points(strokes_of(letter), 1.0)[0]
    }
    assert led >= set("behiklmnrtuvwxyz")
    assert not led & set("acdgqfs")


def hands(
    text: str, monkeypatch: pytest.MonkeyPatch, many: int = 150
) -> Iterator[tuple[float, list[list[procedural_writer.Points]]]]:
    """Of a text in several hands the pen's width and the strokes of each letter, without those that lead to it."""
    written: list[list[list[procedural_writer.Points]]] = []

    def keep(_: str, parts: Sequence[list[procedural_writer.Points]], **how: object) -> None:
        written.append([list(part) for part in parts])

    monkeypatch.setattr(procedural_writer, "render_letters", keep)
    monkeypatch.setattr(procedural_writer, "_connect_stroke", lambda last, stroke: stroke)
    for seed in range(many):
        rng = np.random.default_rng(seed)
        hand, pen = procedural_writer.ProceduralWriter.sample(rng), Pen.sample(rng)
        hand.write(text, 40.0, rng, pen=pen)
        yield 40.0 * pen.width, written.pop()


def between(left: list[procedural_writer.Points], right: list[procedural_writer.Points]) -> float:
    """Pixels from the middle of one letter's strokes to the other's, in the middle of the heights both take."""
    one, two = np.concatenate(left), np.concatenate(right)
    low, high = max(one[:, 1].min(), two[:, 1].min()), min(one[:, 1].max(), two[:, 1].max())
    found = []
    for y in np.linspace(low, high, 9)[1:-1]:
        ends, begins = (points[np.abs(points[:, 1] - y) < 3, 0] for points in (one, two))
        found += [begins.min() - ends.max()] if len(ends) and len(begins) else []
    return float(np.median(found)) if found else np.inf


@pytest.mark.parametrize("text", ["Trail", "filling", "illicit"])
def test_stems_beside_each_other_can_be_told_apart(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    close = [min(between(*pair) for pair in pairwise(letters)) / wide for wide, letters in hands(text, monkeypatch)]
    assert min(close) > 0.3
    assert np.mean(np.array(close) < 1) < 0.1


def test_no_stroke_leads_back_along_the_letter_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = []
    reached = procedural_writer._connect_stroke

    def seen(last: procedural_writer.Points, stroke: procedural_writer.Points) -> procedural_writer.Points:
        ways.append(float(stroke[0, 0] - last[0]))
        return reached(last, stroke)

    monkeypatch.setattr(procedural_writer, "_connect_stroke", seen)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        procedural_writer.ProceduralWriter.sample(rng).write("trailing", 40.0, rng)
    assert len(ways) > 40
    assert min(ways) > 0
