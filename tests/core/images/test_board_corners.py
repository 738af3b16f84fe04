from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_studio.core.images import board_corners
from ocr_studio.core.page import Quad
from tests.core import drawn_boards

PLACES: dict[str, list[tuple[float, float]]] = {
    "straight on": [(160, 140), (1120, 140), (1120, 800), (160, 800)],
    "from the left": [(180, 90), (1150, 220), (1130, 760), (150, 880)],
    "from below": [(250, 150), (1010, 130), (1180, 830), (120, 800)],
    "tilted camera": [(210, 110), (1120, 210), (1050, 860), (140, 740)],
}


def _board(corners: Sequence[tuple[float, float]], *, dark: bool = False) -> drawn_boards.RGB:
    return drawn_boards.photo(np.array(corners, float), drawn_boards.face(dark=dark))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("dark", [False, True])
def test_a_board_is_found_where_it_is(place: str, dark: bool) -> None:
    found = board_corners.find_board(_board(PLACES[place], dark=dark))
    assert found is not None
    # On the inner or on the outer edge of its frame, which is up to 18 pixels off at a corner seen larger.
    off = np.linalg.norm(found.quad.array() - np.array(PLACES[place]), axis=1)
    assert off.max() <= 26
    assert found.confidence > 0.6


def test_a_board_is_found_in_uneven_light_and_glare() -> None:
    photo = drawn_boards.glaring(drawn_boards.lit(_board(PLACES["from the left"])), (500, 400), 120)
    found = board_corners.find_board(photo)
    assert found is not None
    assert np.linalg.norm(found.quad.array() - np.array(PLACES["from the left"]), axis=1).max() <= 20


@pytest.mark.parametrize("ground", [(113, 179, 166), (140, 150, 200), (205, 210, 205)], ids=["green", "blue", "white"])
def test_a_board_without_a_frame_is_found_by_its_colour(ground: tuple[int, int, int]) -> None:
    photo = np.full((960, 1280, 3), (142, 142, 142), np.uint8)
    cv2.fillPoly(photo, [np.array(PLACES["from the left"], np.int32)], ground, cv2.LINE_AA)
    noisy = np.clip(photo + np.random.default_rng(0).normal(0, 2, photo.shape), 0, 255).astype(np.uint8)
    found = board_corners.find_board(noisy)
    assert found is not None
    assert np.linalg.norm(found.quad.array() - np.array(PLACES["from the left"]), axis=1).max() <= 4


def test_the_photos_border_stands_for_sides_it_cuts_off() -> None:
    cut = [(-60.0, 120.0), (1340.0, 150.0), (1340.0, 830.0), (-60.0, 850.0)]
    found = board_corners.find_board(_board(cut))
    assert found is not None
    left, top, right, bottom = found.quad.bounds()
    assert (left, right) == pytest.approx((0, 1280), abs=3)
    assert (top, bottom) == pytest.approx((122, 850), abs=25)


def test_no_board_is_found_on_a_wall_without_one() -> None:
    wall = np.full((960, 1280, 3), (172, 160, 140), np.float64)
    noisy = np.asarray(wall + np.random.default_rng(3).normal(0, 4, wall.shape), np.uint8)
    assert board_corners.find_board(drawn_boards.lit(noisy, darkest=0.6)) is None


def test_no_board_is_found_where_writing_fills_the_photo() -> None:
    assert board_corners.find_board(drawn_boards.face(1280, 960)) is None


def test_a_photo_of_a_few_pixels_has_no_board() -> None:
    assert board_corners.find_board(np.zeros((9, 4, 3), np.uint8)) is None


_SHIFT = st.floats(-90, 90)


@settings(max_examples=40, deadline=None)
@given(st.lists(_SHIFT, min_size=8, max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_the_matrix_leads_back_within_half_a_pixel(shifts: list[float], x: float, y: float) -> None:
    base = np.array([(200, 200), (1100, 200), (1100, 800), (200, 800)], float)
    quad = Quad.from_array(base + np.array(shifts).reshape(4, 2))
    matrix, (width, height) = board_corners.compute_straightening(quad, 1280, 960)
    assert (
        np.abs(
            board_corners.transform_points(matrix, quad.array()) - [(0, 0), (width, 0), (width, height), (0, height)]
        ).max()
        < 0.5
    )
    there = board_corners.transform_points(np.linalg.inv(matrix), np.array([x * width, y * height]))
    assert np.abs(board_corners.transform_points(matrix, there) - (x * width, y * height)).max() < 0.5
    box = Quad.from_box(x * width * 0.8, y * height * 0.8, x * width * 0.8 + 90, y * height * 0.8 + 40)
    on_photo = board_corners.transform_quad(np.linalg.inv(matrix), box)
    assert on_photo is not None
    back = board_corners.transform_quad(matrix, on_photo)
    assert back is not None
    assert np.abs(back.array() - box.array()).max() < 0.5


def test_the_picture_shows_what_the_matrix_says() -> None:
    face = drawn_boards.face()
    cv2.rectangle(face, (600, 300), (640, 330), (255, 0, 255), -1)
    corners = np.array(PLACES["from the left"], float)
    picture, matrix = board_corners.straighten_board(drawn_boards.photo(corners, face), Quad.from_array(corners))
    wide, high = picture.shape[1] / 900, picture.shape[0] / 600
    pink = (picture[..., 0] > 180) & (picture[..., 1] < 90) & (picture[..., 2] > 180)
    rows, columns = np.nonzero(pink)
    assert columns.min() == pytest.approx(600 * wide, abs=3)
    assert columns.max() == pytest.approx(641 * wide, abs=3)
    assert rows.min() == pytest.approx(300 * high, abs=3)
    assert rows.max() == pytest.approx(331 * high, abs=3)
    assert np.isfinite(matrix).all()


@pytest.mark.parametrize("turn", [(0.2, 0.5), (0.35, 0.4), (-0.3, -0.5), (0.5, 0.1)])
def test_the_true_proportions_are_found_from_how_a_board_is_foreshortened(turn: tuple[float, float]) -> None:
    """A board of 3 : 2, seen by a camera of which only the picture is known."""
    flat = np.array([(-1.5, -1, 0), (1.5, -1, 0), (1.5, 1, 0), (-1.5, 1, 0)])
    rotation = cv2.Rodrigues(np.array([turn[0], turn[1], 0.0]))[0]
    seen = flat @ rotation.T + (0, 0, 5)
    points = seen[:, :2] / seen[:, 2:] * 1100 + (640, 480)
    assert board_corners.estimate_aspect(Quad.from_array(points), 1280, 960) == pytest.approx(1.5, rel=0.08)


def test_corners_that_do_not_go_round_are_refused() -> None:
    crossed = Quad.from_array([(0, 0), (100, 100), (100, 0), (0, 100)])
    assert not board_corners.is_clockwise(crossed)
    with pytest.raises(ValueError, match="do not go round"):
        board_corners.compute_straightening(crossed, 200, 200)
