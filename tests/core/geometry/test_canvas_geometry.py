"""Snapping, lasso, baselines and tones hold wherever boxes stand and however they slope."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocr_studio.core.geometry import hit_tests, snapping
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.snapping import BoxSide, Snap
from ocr_studio.core.images.tone_curve import Tones
from ocr_studio.core.page import Quad, Word
from ocr_studio.core.reading_order import baselines
from ocr_studio.core.reading_order.baselines import Baseline

slopes = st.floats(-180, 180)
few_pixels = st.floats(-5, 5)


def turned(quads: list[Quad], degrees: float) -> list[Quad]:
    """All of them, turned together about one point."""
    return [geometry.rotate_quad(quad, degrees, about=(300, 300)) for quad in quads]


def off_line(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """How far a point is from a line, pixels."""
    along, away = np.subtract(end, start), np.subtract(point, start)
    return abs(float(along[0] * away[1] - along[1] * away[0])) / float(np.hypot(*along))


@given(slopes, few_pixels, few_pixels)
def test_a_box_jumps_onto_the_baseline_and_the_end_of_the_one_before(degrees: float, dx: float, dy: float) -> None:
    # A taller box, so that its top meets nothing; it begins about where the other ends.
    word, moved = turned(
        [Quad.from_box(100, 100, 200, 140), Quad.from_box(200 + dx, 80 + dy, 320 + dx, 140 + dy)], degrees
    )
    found = snapping.snap_edges(snapping.box_edges(moved), [word.corners], 6)
    assert len(found.guides) == 2
    there = geometry.move_quad(moved, *found.by)
    corners, target = there.corners, word.corners
    assert off_line(corners[3], target[3], target[2]) < 0.05
    assert off_line(corners[0], target[1], target[2]) < 0.05
    assert math.hypot(*found.by) <= 6 * math.sqrt(2)


@given(slopes, st.floats(6.5, 50))
def test_what_is_out_of_reach_stays_where_the_hand_is(degrees: float, away: float) -> None:
    word, moved = turned([Quad.from_box(100, 100, 200, 140), Quad.from_box(300, away, 420, 140 + away)], degrees)
    assert snapping.snap_edges(snapping.box_edges(moved), [word.corners], 6) == Snap()


@given(st.floats(12, 78), few_pixels)
def test_writing_that_slopes_otherwise_is_no_neighbour(degrees: float, dy: float) -> None:
    moved = Quad.from_box(220, 100 + dy, 320, 140 + dy)
    other = geometry.rotate_quad(Quad.from_box(100, 100, 200, 140), degrees, about=(200, 140))
    assert snapping.snap_edges(snapping.box_edges(moved), [other.corners], 6) == Snap()


def test_a_word_far_away_on_the_same_height_is_no_neighbour() -> None:
    moved = Quad.from_box(2000, 102, 2100, 142)
    assert snapping.snap_edges(snapping.box_edges(moved), [Quad.from_box(100, 100, 200, 140).corners], 6) == Snap()
    assert snapping.snap_edges(snapping.box_edges(moved), np.zeros((0, 4, 2)), 6) == Snap()


@given(slopes, few_pixels, few_pixels, st.integers(0, 3))
def test_a_corner_jumps_where_two_lines_cross(degrees: float, dx: float, dy: float, index: int) -> None:
    # One neighbour beside the box and one above and below it give each corner its two lines.
    box = Quad.from_box(300, 300, 400, 340)
    beside = Quad.from_box(450, 300, 550, 340)
    above, below = Quad.from_box(300, 220, 400, 260), Quad.from_box(300, 380, 400, 420)
    box, *others = turned([box, beside, above, below], degrees)
    x, y = box.corners[index]
    pulled = geometry.replace_corner(box, index, (x + dx, y + dy))
    found = snapping.snap_edges(snapping.corner_edges(box, index), [other.corners for other in others], 8)
    assert math.hypot(*found.by) < 0.1  # it is there already
    edges = [snapping.Edge(edge.side, pulled.corners[index], pulled.corners[index], edge.way)
             for edge in snapping.corner_edges(box, index)]  # fmt: skip
    found = snapping.snap_edges(edges, [other.corners for other in others], 8)
    assert (x + dx + found.by[0], y + dy + found.by[1]) == pytest.approx((x, y), abs=0.1)


@given(slopes, few_pixels)
def test_a_side_jumps_across_itself_only(degrees: float, by: float) -> None:
    word, box = turned([Quad.from_box(100, 100, 200, 140), Quad.from_box(220, 100, 320, 140 + by)], degrees)
    found = snapping.snap_edges(snapping.side_edges(box, BoxSide.BOTTOM), [word.corners], 6)
    (guide,) = found.guides
    along = geometry.find_directions(word.array())[0]
    assert abs(float(np.dot(found.by, along))) < 0.05
    assert math.hypot(*found.by) == pytest.approx(abs(by), abs=0.05)
    # The guide shows both edges it joins.
    assert math.dist(*guide) == pytest.approx(220, abs=0.1)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=40), st.floats(5, 40), slopes)
def test_a_lasso_takes_what_its_line_goes_round(points: list[tuple[float, float]], radius: float, start: float) -> None:
    turn = np.radians(start) + np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.stack([50 + radius * np.cos(turn), 50 + radius * np.sin(turn)], axis=1)
    away = np.hypot(*(np.array(points) - 50).T)
    assume(bool((np.abs(away - radius) > 0.1).all()))
    for outline in (circle, circle[::-1], np.concatenate([circle, circle])):
        assert hit_tests.find_points_inside(points, outline).tolist() == (away < radius).tolist()
    clear = np.abs(away - radius) > 1.1
    simple = hit_tests.find_points_inside(points, circle, tolerance=0.5)
    assert simple[clear].tolist() == (away < radius)[clear].tolist()


def test_a_lasso_that_is_hardly_begun_takes_nothing() -> None:
    assert not hit_tests.find_points_inside([(0, 0)], [(-1, -1), (1, 1)]).any()
    assert hit_tests.find_points_inside(np.zeros((0, 2)), [(-1, -1), (1, 1), (0, 5)]).shape == (0,)


def line_of(tops: list[float], degrees: float, *, tail: float = 0.0) -> list[Word]:
    """Words 100 wide and 40 high beside each other; of the second the box reaches lower by ``tail``."""
    quads = [Quad.from_box(100 + 120 * n, top, 200 + 120 * n, 140 + tail * (n == 1)) for n, top in enumerate(tops)]
    return [Word(f"w{n}", quad) for n, quad in enumerate(turned(quads, degrees))]


@given(slopes, st.integers(1, 5))
def test_a_baseline_follows_the_slope_of_its_words(degrees: float, count: int) -> None:
    line = baselines.fit_baseline(line_of([100.0] * count, degrees))
    assert line is not None
    assert abs((line.degrees - degrees + 180) % 360 - 180) < 0.1
    assert math.dist(line.start, line.end) == pytest.approx(120 * count - 20, abs=0.5)
    assert line.height == pytest.approx(40, abs=0.1)


@given(st.floats(-60, 60))
def test_a_long_tail_hardly_moves_it(degrees: float) -> None:
    plain, tailed = (baselines.fit_baseline(line_of([100.0] * 5, degrees, tail=tail)) for tail in (0.0, 16.0))
    assert plain is not None
    assert tailed is not None
    assert off_line(tailed.start, plain.start, plain.end) < 4
    assert abs(tailed.degrees - plain.degrees) < 1


@given(slopes, st.floats(0, 30))
def test_a_tail_does_not_tilt_a_line_of_two_words(degrees: float, tail: float) -> None:
    line = baselines.fit_baseline(line_of([100.0] * 2, degrees, tail=tail))
    assert line is not None
    assert abs((line.degrees - degrees + 180) % 360 - 180) < 0.1


@given(st.floats(-20, 20))
def test_lines_are_told_apart(degrees: float) -> None:
    upper, lower = line_of([100.0] * 4, degrees), line_of([100.0] * 4, degrees)
    across = np.array([-math.sin(math.radians(degrees)), math.cos(math.radians(degrees))]) * 90
    lower = [Word(f"x{word.id}", geometry.move_quad(word.quad, *across)) for word in lower]
    found = baselines.find_baselines([*upper, *lower])
    assert len(found) == 2
    assert all(abs(line.degrees - degrees) < 0.1 for line in found)


def test_a_box_without_extent_has_no_baseline() -> None:
    assert baselines.fit_baseline([Word("w", Quad.from_box(5, 5, 5, 5))]) is None
    assert baselines.fit_baseline([]) is None


def test_a_hand_goes_on_with_the_line_it_is_at() -> None:
    slanted, level = Baseline((100, 100), (300, 140), 40), Baseline((100, 300), (300, 300), 40)
    lines = [slanted, level]
    assert baselines.find_slope_at(lines, (350, 130)) == pytest.approx(slanted.degrees)
    assert baselines.find_slope_at(lines, (350, 290)) == 0
    assert baselines.find_slope_at(lines, (2000, 290)) is None
    assert baselines.find_slope_at(lines, (200, 900)) is None
    assert baselines.find_slope_at([Baseline((0, 0), (60, 3), 40)], (5, 5)) is None
    for end in ((0, 200), (-200, 10), (100, 180)):
        assert baselines.find_slope_at([Baseline((0, 0), end, 40)], (5, 5)) is None


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_tones_keep_darker_darker(brightness: float, contrast: float) -> None:
    table = Tones(brightness, contrast).table()
    assert table.shape == (256,)
    assert (np.diff(table.astype(int)) >= 0).all()
    brighter = Tones(min(1.0, brightness + 0.2), contrast).table()
    assert (brighter >= table).all()


def test_left_alone_all_is_shown_as_it_is() -> None:
    assert Tones().neutral
    assert Tones().table().tolist() == list(range(256))
    assert (Tones(contrast=1.0).table()[[64, 192]] == [0, 255]).all()
