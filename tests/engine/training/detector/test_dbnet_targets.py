"""What a detector should see covers the lines' cores, grows back to the lines, and leaves open what nobody can say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.engine.detection.detector import DetectorOptions, extract_lines, measure_growth
from ocr_studio.engine.synth.boards import whole_boards
from ocr_studio.engine.training.detector import dbnet_targets
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets
from ocr_studio.engine.training.detector.evaluation import score_lines
from tests.engine import made_boards

AS_IT_IS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def word(left: float, top: float, right: float, bottom: float, text: str = "word") -> Labelled:
    return Labelled(Quad.from_box(left, top, right, bottom), text)


def turned(words: list[Labelled], degrees: float) -> list[Labelled]:
    return [
        Labelled(geometry.rotate_quad(each.quad, degrees, about=(300, 200)), each.text, each.ignore) for each in words
    ]


def drawn(words: list[Labelled]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return dbnet_targets.draw_targets(LineTargets.of(words), AS_IT_IS, (600, 400))


def pixels_in(mask: NDArray[Any], quad: Quad) -> NDArray[Any]:
    left, top, right, bottom = (round(edge) for edge in quad.bounds())
    return mask[top:bottom, left:right]


LINE = [word(100, 180, 200, 220), word(215, 180, 300, 220), word(320, 180, 480, 220)]


def test_words_of_a_line_are_one_core_inside_it() -> None:
    cores, known = drawn(LINE)
    rows, columns = np.nonzero(cores)
    # 0.14 of the height as a margin, then shrunk by 0.6 of all that: half of the ink's height is left.
    assert (rows.min(), rows.max() + 1) == (pytest.approx(190, abs=1.5), pytest.approx(210, abs=1.5))
    assert (columns.min(), columns.max() + 1) == (pytest.approx(110, abs=2), pytest.approx(470, abs=2))
    assert cores[195:205, 120:460].all()  # also where the blanks are
    assert known[195:205, 120:460].all()
    assert known[0:170].all()
    assert known[230:].all()
    assert not known[[188, 212], 150:450].any()  # where it ends, nobody knows to the pixel


@pytest.mark.parametrize("degrees", [0, 12, -30, 90, 180])
def test_cores_grow_back_to_their_lines(degrees: float) -> None:
    words = turned(LINE, degrees)
    places = LineTargets.of(words)
    found = extract_lines(drawn(words)[0].astype(np.float32), DetectorOptions())
    assert len(found) == len(places.lines) == 1
    assert geometry.compute_cover_matrix(places.lines[:, :4], found[:, :4])[0, 0] > 0.99
    length, height = geometry.measure_sizes(found[:, :4])[0]
    short, long = sorted((length, height))
    assert long == pytest.approx(380 + 2 * 0.14 * 40, abs=5)
    assert short == pytest.approx(40 * 1.28, abs=4)


def curved() -> list[Labelled]:
    """Lines of words along an arc."""
    return [
        Labelled(geometry.rotate_quad(Quad.from_box(740, top, 860, top + 40), degrees, about=(800, top + 1600)), "word")
        for top in (300, 400, 500)
        for degrees in np.linspace(-22, 22, 9).tolist()
    ]


def made(index: int, **options: Any) -> list[Labelled]:
    plan = made_boards.maker(seed=5, tilt=1.0, **options).plan(index)
    return [Labelled(each.quad, each.text, each.ignore) for each in whole_boards.label_words(plan)]


@pytest.mark.parametrize("kind", ["level", "another", "turned", "curved"])
def test_lines_of_boards_are_found_in_what_is_drawn_of_them(kind: str) -> None:
    written = curved() if kind == "curved" else made(int(kind == "another"), turned=float(kind == "turned"))
    places = LineTargets.of(written)
    assert len(places.lines) >= 3
    cores, _ = dbnet_targets.draw_targets(places, AS_IT_IS, (1600, 1600))
    found = extract_lines(cores.astype(np.float32), DetectorOptions())
    assert len(found) == pytest.approx(len(places.lines), abs=1 + 0.05 * len(places.lines))
    score = score_lines(found, places)
    assert score.f is not None
    assert score.f > 0.97
    if kind != "curved":  # quads of bent lines hold not all of them
        quads = np.array([each.quad.corners for each in written if not each.ignore])
        assert (geometry.compute_cover_matrix(quads, found[:, :4]).max(axis=1) > 0.8).mean() > 0.95


@given(st.floats(4, 900), st.floats(4, 900))
def test_what_is_shrunk_grows_again(length: float, height: float) -> None:
    grow = DetectorOptions().grow
    less = measure_growth(length, height, grow=grow)
    core = length - less, height - less
    assert min(core) > 0
    grown = grow * core[0] * core[1] / (core[0] + core[1])
    assert grown == pytest.approx(less, rel=1e-3)


@pytest.mark.parametrize(("gap", "lines", "middle_known"), [(30, 1, 1), (56, 1, 0), (90, 2, 1)])
def test_a_wide_blank_parts_lines_and_one_in_between_is_left_open(gap: int, lines: int, middle_known: int) -> None:
    words = [word(40, 180, 240, 220), word(240 + gap, 180, 440 + gap, 220)]
    cores, known = drawn(words)
    assert len(LineTargets.of(words).lines) == lines
    middle = (200, 240 + gap // 2)
    assert known[middle] == middle_known
    assert cores[middle] == (lines == 1)


def test_ignored_writing_is_left_open_and_what_is_no_writing_is_none() -> None:
    unreadable, nothing = word(100, 300, 200, 340), word(300, 300, 400, 340, text="")
    cores, known = drawn([*LINE, Labelled(unreadable.quad, "???", ignore=True), nothing])
    assert not pixels_in(known, unreadable.quad).any()
    assert pixels_in(known, nothing.quad).all()
    assert not cores[240:].any()


def test_lines_above_each_other_stay_apart() -> None:
    words = [word(100, 100, 400, 140), word(100, 150, 400, 190), word(100, 200, 400, 240)]
    cores, known = drawn(words)
    assert len(extract_lines(cores.astype(np.float32), DetectorOptions())) == 3
    assert known[[145, 195], 150:350].all()
    assert not cores[[145, 195], 150:350].any()


def test_no_words_are_no_lines() -> None:
    cores, known = drawn([])
    assert not cores.any()
    assert known.all()
    assert LineTargets.of([]).scaled(0.5).lines.shape == (0, 6, 2)
