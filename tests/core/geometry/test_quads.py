"""Geometry holds for any quad: order, overlap, cuts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.geometry import hit_tests
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad

coordinate = st.floats(-200, 1200).map(lambda value: round(value, 2))
points = st.tuples(coordinate, coordinate)
any_quads = st.tuples(points, points, points, points).map(Quad.from_array)


@st.composite
def rectangles(draw: st.DrawFn, *, degrees: float = 180.0) -> Quad:
    left, top = draw(st.floats(0, 500)), draw(st.floats(0, 500))
    width, height = draw(st.floats(10, 300)), draw(st.floats(10, 300))
    box = Quad.from_box(left, top, left + width, top + height)
    return geometry.rotate_quad(box, draw(st.floats(-degrees, degrees)))


@given(rectangles(degrees=44), st.permutations(range(4)))
def test_corners_in_any_order_are_put_clockwise_from_top_left(quad: Quad, order: list[int]) -> None:
    ordered = geometry.order_corners(quad.array()[order])
    assert np.allclose(ordered, quad.array(), atol=1e-3)


@given(any_quads)
def test_ordering_corners_keeps_them_and_settles(quad: Quad) -> None:
    once = geometry.order_corners(quad.array())
    assert sorted(map(tuple, once.tolist())) == sorted(map(tuple, quad.array().tolist()))
    assert geometry.order_corners(once).shape == (4, 2)


@given(rectangles())
def test_iou_with_itself_is_one(quad: Quad) -> None:
    assert geometry.compute_iou(quad, quad) == pytest.approx(1.0, abs=1e-6)


@given(any_quads, any_quads)
def test_iou_is_symmetric_and_a_share(a: Quad, b: Quad) -> None:
    forth, back = geometry.compute_iou(a, b), geometry.compute_iou(b, a)
    assert 0.0 <= forth <= 1.0
    assert forth == pytest.approx(back, abs=1e-4)


def test_iou_of_known_overlaps() -> None:
    square = Quad.from_box(0, 0, 10, 10)
    assert geometry.compute_iou(square, Quad.from_box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert geometry.compute_iou(square, Quad.from_box(20, 0, 30, 10)) == 0.0
    diamond = Quad.from_array([(5, -2.0710678), (12.0710678, 5), (5, 12.0710678), (-2.0710678, 5)])
    octagon = 2 * (math.sqrt(2) - 1) * 100  # a square and the same one turned by 45° share a regular octagon
    assert geometry.compute_iou(square, diamond) == pytest.approx(octagon / (200 - octagon), abs=1e-3)


@given(st.lists(rectangles(), max_size=6), st.lists(rectangles(), max_size=6))
def test_iou_matrix_says_what_iou_says(a: list[Quad], b: list[Quad]) -> None:
    matrix = geometry.compute_iou_matrix([quad.corners for quad in a], [quad.corners for quad in b])
    assert matrix.shape == (len(a), len(b))
    for i, first in enumerate(a):
        for j, second in enumerate(b):
            assert matrix[i, j] == pytest.approx(geometry.compute_iou(first, second), abs=1e-9)


def test_cover_is_the_share_of_the_first() -> None:
    small, large = Quad.from_box(2, 2, 4, 4), Quad.from_box(0, 0, 10, 10)
    assert geometry.compute_cover_matrix([small.corners], [large.corners])[0, 0] == pytest.approx(1.0)
    assert geometry.compute_cover_matrix([large.corners], [small.corners])[0, 0] == pytest.approx(0.04)


@given(rectangles(), st.floats(0, 1))
def test_cutting_shares_the_width_out(quad: Quad, fraction: float) -> None:
    left, right = geometry.split_quad(quad, fraction)
    width = geometry.measure_size(quad)[0]
    assert geometry.measure_size(left)[0] == pytest.approx(fraction * width, abs=0.05)
    assert geometry.measure_size(left)[0] + geometry.measure_size(right)[0] == pytest.approx(width, abs=0.05)


@given(rectangles(), st.floats(0.1, 0.9))
def test_joining_the_parts_gives_the_whole(quad: Quad, fraction: float) -> None:
    whole = geometry.union_quad(geometry.split_quad(quad, fraction))
    assert np.allclose(whole.array(), quad.array(), atol=0.3)


@given(st.lists(rectangles(degrees=30), min_size=1, max_size=5))
def test_what_is_joined_lies_inside(quads: list[Quad]) -> None:
    whole = geometry.union_quad(quads)
    cover = geometry.compute_cover_matrix([quad.corners for quad in quads], [whole.corners])
    assert (cover > 0.99).all()


def test_joining_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no quads"):
        geometry.union_quad([])


@given(rectangles(), st.floats(-179, 179))
def test_turning_changes_the_angle_and_nothing_else(quad: Quad, degrees: float) -> None:
    turned = geometry.rotate_quad(quad, degrees)
    difference = (geometry.measure_angle(turned) - geometry.measure_angle(quad) - degrees + 180) % 360 - 180
    assert difference == pytest.approx(0, abs=0.2)
    assert geometry.measure_size(turned) == pytest.approx(geometry.measure_size(quad), abs=0.05)
    assert geometry.find_centre(turned) == pytest.approx(geometry.find_centre(quad), abs=0.05)


@given(rectangles(), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_points_inside_are_inside_and_know_their_place(quad: Quad, along: float, down: float) -> None:
    left, _ = geometry.split_quad(quad, along)
    top, bottom = np.asarray(left.corners[1]), np.asarray(left.corners[2])
    x, y = top + (bottom - top) * down
    assert hit_tests.contains_point(quad, (float(x), float(y)))
    # A quad's corners are rounded to hundredths, which turns the sides of a high and narrow one a little.
    width, height = geometry.measure_size(quad)
    assert geometry.find_fraction(quad, (float(x), float(y))) == pytest.approx(
        along, abs=0.01 + 0.01 * height / width**2
    )
    assert not hit_tests.contains_point(quad, (float(x) + 2000, float(y)))


def test_moves() -> None:
    quad = Quad.from_box(10, 10, 50, 30)
    assert geometry.move_quad(quad, 5, -5).bounds() == (15, 5, 55, 25)
    assert geometry.replace_corner(quad, 2, (60, 40)).corners[2] == (60, 40)
    assert geometry.measure_area(quad) == pytest.approx(800)


@given(rectangles())
def test_clamped_quads_lie_in_the_photo(quad: Quad) -> None:
    left, top, right, bottom = geometry.clamp_quad(geometry.move_quad(quad, -300, 200), 640, 480).bounds()
    assert left >= 0
    assert top >= 0
    assert right <= 640
    assert bottom <= 480


def test_clamping_moves_without_bending() -> None:
    assert geometry.clamp_quad(Quad.from_box(-10, 5, 30, 20), 100, 50).bounds() == (0, 5, 40, 20)
