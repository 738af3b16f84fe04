from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.core.images import board_cleaning, board_corners
from ocr_studio.core.page import BoardLook, Quad
from tests.core import drawn_boards

_PLAIN = BoardLook(straighten=False, even_light=False, less_glare=False, strong_ink=False)


def _ground(picture: np.ndarray) -> np.ndarray:
    """How bright its ground is from left to right, writing left out."""
    return np.asarray(np.median(picture.mean(axis=2), axis=0))


def test_a_whiteboard_becomes_evenly_white() -> None:
    lit = drawn_boards.lit(drawn_boards.face())
    before, after = _ground(lit), _ground(board_cleaning.even_out_light(lit))
    assert np.ptp(before) > 90
    assert np.ptp(after) < 12
    assert after.min() > 220


def test_a_blackboard_stays_dark_and_becomes_even() -> None:
    lit = drawn_boards.lit(drawn_boards.face(dark=True))
    before, after = _ground(lit), _ground(board_cleaning.even_out_light(lit))
    assert np.ptp(after) < np.ptp(before) / 3
    assert after.max() < 80


def test_less_strength_evens_less() -> None:
    lit = drawn_boards.lit(drawn_boards.face())
    uneven = [float(np.ptp(_ground(board_cleaning.even_out_light(lit, strength)))) for strength in (0.0, 0.25, 0.5)]
    assert uneven[0] > uneven[1] > uneven[2]


def test_ink_keeps_its_contrast_in_even_light() -> None:
    face = drawn_boards.face()
    ink = face.min(axis=2) < 60
    even = board_cleaning.even_out_light(drawn_boards.lit(face))
    assert np.median(even[ink].min(axis=1)) < 90


@pytest.mark.parametrize("dark", [False, True])
def test_a_reflection_is_dimmed_and_ink_inside_it_stays_ink(dark: bool) -> None:
    face = np.asarray(drawn_boards.face(dark=dark) * 0.7, np.uint8)
    at, radius = (300, 250), 70
    glaring = drawn_boards.glaring(face, at, radius, 60)
    cleaned = board_cleaning.reduce_glare(glaring)
    spot = slice(at[1] - 25, at[1] + 25), slice(at[0] - 25, at[0] + 25)
    ground = float(np.median(face.mean(axis=2)))
    before, after = (float(np.median(each[spot].mean(axis=2))) for each in (glaring, cleaned))
    assert before - ground > 35
    assert abs(after - ground) < (before - ground) / 2
    inked = np.abs(face[spot].astype(int).mean(axis=2) - ground) > 45
    assert inked.any()
    contrast = abs(float(cleaned[spot].mean(axis=2)[inked].mean()) - after)
    assert contrast > 30


def test_a_board_without_reflections_stays_as_it_is() -> None:
    face = drawn_boards.face()
    assert np.abs(board_cleaning.reduce_glare(face).astype(int) - face).mean() < 2


def test_what_is_burnt_out_is_told() -> None:
    face = np.asarray(drawn_boards.face() * 0.7, np.uint8)
    assert board_cleaning.measure_burnt_share(face) == 0
    burnt = face.copy()
    burnt[100:200, 100:280] = 255
    assert board_cleaning.measure_burnt_share(burnt) == pytest.approx(180 * 100 / (900 * 600), rel=0.1)
    assert board_cleaning.measure_burnt_share(np.full((90, 90, 3), 255, np.uint8)) == 0


def test_strong_ink_is_stronger_in_its_own_colour_and_the_ground_is_clean() -> None:
    face = drawn_boards.face()
    faint = np.asarray(face * 0.35 + np.array(drawn_boards.WHITE) * 0.65, np.uint8)
    noisy = np.asarray(np.clip(faint + np.random.default_rng(2).normal(0, 2, faint.shape), 0, 255), np.uint8)
    strong = board_cleaning.strengthen_ink(noisy, 0.8)
    red = (face[..., 0] > 150) & (face[..., 1] < 80)
    ground = np.abs(face.astype(int) - drawn_boards.WHITE).max(axis=2) == 0
    red_before, red_after = noisy[red].mean(axis=0), strong[red].mean(axis=0)
    assert red_after[1] < red_before[1] - 40
    assert red_after[0] - red_after[1] > red_before[0] - red_before[1]
    assert strong[ground].std() < noisy[ground].std()


def test_chalk_becomes_stronger_too() -> None:
    face = drawn_boards.face(dark=True)
    faint = np.asarray(face * 0.4 + np.array(drawn_boards.BLACK) * 0.6, np.uint8)
    chalk = face.min(axis=2) > 200
    assert board_cleaning.strengthen_ink(faint, 0.6)[chalk].mean() > faint[chalk].mean() + 25


def test_with_everything_off_the_photo_stays_as_it_is() -> None:
    photo = drawn_boards.face()
    made = board_cleaning.clean_board(photo, _PLAIN, Quad.from_box(10, 10, 500, 400))
    assert made.picture is photo
    assert np.array_equal(made.matrix, np.eye(3))


def test_cleaning_leads_words_to_where_they_are_in_the_picture() -> None:
    corners = np.array([(180, 90), (1150, 220), (1130, 760), (150, 880)], float)
    photo = drawn_boards.lit(drawn_boards.photo(corners, drawn_boards.face()))
    before = photo.copy()
    made = board_cleaning.clean_board(photo, BoardLook(), Quad.from_array(corners))
    height, width = made.picture.shape[:2]
    led = board_corners.transform_points(made.matrix, corners)
    assert np.abs(led - [(0, 0), (width, 0), (width, height), (0, height)]).max() < 0.5
    assert np.array_equal(photo, before)
    assert _ground(made.picture)[40:-40].min() > 215


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (40, 2)])
def test_tiny_pictures_are_no_trouble(shape: tuple[int, int]) -> None:
    tiny = np.full((*shape, 3), 120, np.uint8)
    assert board_cleaning.clean_board(tiny, BoardLook(), None).picture.shape == tiny.shape
