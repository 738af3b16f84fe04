"""Crops of any quad are level, never empty, and the photo's own pixels where they can be."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import warping
from ocr_studio.core.page import Quad

coordinate = st.floats(-200, 1200).map(lambda value: round(value, 2))
points = st.tuples(coordinate, coordinate)
any_quads = st.tuples(points, points, points, points).map(Quad.from_array)


@given(any_quads, st.integers(1, 40), st.integers(1, 40), st.floats(0, 1))
def test_a_crop_is_never_empty_and_never_fails(quad: Quad, height: int, width: int, margin: float) -> None:
    photo = np.zeros((height, width, 3), np.uint8)
    crop = warping.crop_quad(photo, quad, margin=margin)
    assert crop.dtype == np.uint8
    assert crop.ndim == 3
    assert min(crop.shape) >= 1


def test_a_crop_far_outside_goes_on_with_the_border() -> None:
    photo = np.full((20, 30, 3), 77, np.uint8)
    assert (warping.crop_quad(photo, Quad.from_box(-5000, -5000, -4900, -4960)) == 77).all()


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 30), st.integers(1, 30))
def test_an_upright_crop_is_the_pixels_themselves(left: int, top: int, width: int, height: int) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    crop = warping.crop_quad(photo, Quad.from_box(left, top, left + width, top + height))
    assert (crop == photo[top : top + height, left : left + width]).all()


def test_a_turned_crop_is_level() -> None:
    photo = np.zeros((200, 200, 3), np.uint8)
    quad = geometry.rotate_quad(Quad.from_box(50, 90, 150, 110), 90)
    photo[50:100, 90:110] = 255  # the upper half of a column: the left half of text that runs downwards
    crop = warping.crop_quad(photo, quad)
    assert crop.shape == (20, 100, 3)
    assert crop[:, 2:48].min() == 255
    assert crop[:, 52:98].max() == 0


def test_a_photo_wider_than_opencv_takes_is_cropped() -> None:
    photo = np.full((2, 70_000, 3), 9, np.uint8)
    assert (warping.crop_quad(photo, Quad.from_box(0, 0, 70_000, 2)) == 9).all()
