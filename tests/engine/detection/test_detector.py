"""Lines are found where writing is, at photos of any size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.detection.detector import Detector, DetectorOptions, extract_lines, order_line_corners
from tests.engine import made_boards

OPTIONS = DetectorOptions()


def board(width: int = 640, height: int = 480) -> NDArray[np.uint8]:
    photo = np.full((height, width, 3), 235, np.uint8)
    cv2.putText(photo, "first line here", (40, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (40, 30, 120), 3)
    cv2.putText(photo, "second", (300, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (20, 20, 20), 3)
    return photo


def extent(photo: NDArray[np.uint8], rows: slice) -> tuple[tuple[float, float], ...]:
    """The corners around the ink in some rows of the board."""
    down, across = np.nonzero(photo[rows].min(axis=2) < 200)
    box = Quad.from_box(across.min(), rows.start + down.min(), across.max() + 1, rows.start + down.max() + 1)
    return box.corners


def test_lines_of_writing_are_found(detector: Detector) -> None:
    quads = detector.find(board())
    assert quads.shape == (2, 6, 2)
    assert quads.dtype == np.float32
    photo = board()
    inked = np.array([extent(photo, rows) for rows in (slice(0, 200), slice(200, 480))])
    assert (geometry.compute_cover_matrix(inked, quads[:, :4]).diagonal() > 0.9).all()
    assert (geometry.compute_iou_matrix(inked, quads[:, :4]).diagonal() > 0.4).all()


def test_a_large_photo_gives_the_same_lines_in_its_own_pixels(detector: Detector) -> None:
    photo = board()
    large = cv2.resize(photo, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small, found = detector.find(photo), detector.find(np.asarray(large, np.uint8))
    assert geometry.compute_iou_matrix(small[:, :4] * 4, found[:, :4]).diagonal().min() > 0.8


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 4), (31, 33), (64, 2000)])
def test_photos_of_any_size_without_writing_have_no_lines(detector: Detector, shape: tuple[int, int]) -> None:
    assert detector.find(np.full((*shape, 3), 200, np.uint8)).shape == (0, 6, 2)


def test_a_slanted_core_grows_into_its_line() -> None:
    likely = np.zeros((200, 300), np.float32)
    core = cv2.boxPoints(((150, 100), (160, 12), -20))
    cv2.fillPoly(likely, [core.round().astype(np.int32)], 0.9)
    quads = extract_lines(likely, OPTIONS)
    assert quads.shape == (1, 6, 2)
    width, height = geometry.measure_sizes(quads[:, :4])[0]
    reach = 1.5 * 160 * 12 / (160 + 12)
    assert width == pytest.approx(160 + reach, abs=4)
    assert height == pytest.approx(12 + reach, abs=4)
    x, y = geometry.find_directions(quads[:, :4])[0]
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(-20, abs=2)


def test_unsure_pieces_specks_and_holes_are_no_lines() -> None:
    likely = np.zeros((200, 300), np.float32)
    likely[20:40, 20:120] = 0.35  # over the bar of a pixel, under that of a line
    likely[60:62, 20:22] = 1.0
    assert len(extract_lines(likely, OPTIONS)) == 0
    likely[100:180, 50:250] = 0.9
    likely[120:160, 80:220] = 0.0
    likely[135:145, 100:200] = 0.9  # a line of its own inside a frame
    assert len(extract_lines(likely, DetectorOptions(surely=0.3))) == 3


@pytest.mark.parametrize("degrees", [0, 30, 50, -50, 58, -58])
def test_a_long_line_runs_along_its_long_side(degrees: float) -> None:
    corners = order_line_corners(np.asarray(cv2.boxPoints(((100, 100), (90, 20), degrees)), np.float32))
    width, height = geometry.measure_sizes(corners)[0]
    assert (round(width), round(height)) == (90, 20)
    x, y = geometry.find_directions(corners)[0]
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(degrees, abs=0.1)


def test_a_standing_line_stays_a_tall_one() -> None:
    corners = order_line_corners(np.asarray([(0, 0), (20, 0), (20, 90), (0, 90)], np.float32))
    assert corners.tolist() == [[0, 0], [20, 0], [20, 90], [0, 90]]


@pytest.mark.parametrize(
    ("height", "width", "long"),
    [(1125, 2000, 1280), (4000, 3000, 1280), (300, 12000, 8095), (12000, 300, 8095), (1000, 4000, 2560), (10, 10, 20)],
)
def test_photos_come_to_a_size_and_strips_keep_their_letters(height: int, width: int, long: int) -> None:
    assert round(DetectorOptions().scale(height, width) * max(height, width)) == long


def test_what_a_person_has_chosen_is_looked_for() -> None:
    assert DetectorOptions.of(DetectionOptions()) == DetectorOptions()
    chosen = DetectorOptions.of(DetectionOptions(limit_side=2560, threshold=0.2, box_threshold=0.6, unclip_ratio=1.0))
    assert (chosen.side, chosen.short, chosen.text, chosen.surely, chosen.grow) == (2560, 1280, 0.2, 0.6, 1.0)


def test_lines_that_grew_together_come_apart_where_the_map_is_grey() -> None:
    likely = np.zeros((200, 400), np.float32)
    likely[60:75, 40:300] = likely[95:110, 20:250] = likely[70:100, 300:370] = 0.95
    likely[75:95, 200:300] = 0.4  # what joins them
    quads = extract_lines(likely, OPTIONS)
    assert len(quads) == 2
    lower = quads[quads[:, :4].mean(axis=1)[:, 0].argmin(), :4]
    assert np.abs(lower.mean(axis=0) - (135, 102.5)).max() < 2
    assert geometry.measure_sizes(lower)[0][1] < 15 + 30


def test_lines_that_fill_their_rectangle_together_come_apart_but_letters_do_not() -> None:
    likely = np.zeros((100, 300), np.float32)
    likely[20:42, 20:200] = 0.95
    likely[30:32, 20:200] = 0.55  # two lines, one above the other
    likely[60:72, 20:200] = 0.95
    likely[60:72, 100:104] = 0.55  # two letters of one line
    quads = extract_lines(likely, OPTIONS)
    assert sorted(round(float(quad[0, 1])) for quad in quads) == pytest.approx([14, 26, 54], abs=3)
    assert (np.ptp(quads[:, :4, 0], axis=1) > 150).all()


@pytest.mark.parametrize(("sag", "degrees"), [(24, 0), (-24, 0), (20, 25)])
def test_a_bent_line_is_followed(sag: float, degrees: float) -> None:
    likely = np.zeros((400, 600), np.float32)
    along = np.linspace(-1, 1, 80)
    turn = np.radians(degrees)
    way = np.stack([200 * along, sag * (1 - along**2)], axis=1) @ np.array(
        [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )
    cv2.polylines(likely, [np.round(way + (300, 200)).astype(np.int32)], False, 0.95, 14)
    quads = extract_lines(likely, OPTIONS)
    assert len(quads) == 1
    corners, (upper, lower) = quads[0, :4], quads[0, 4:]
    height = geometry.measure_sizes(corners)[0][1]
    assert height < 14 + 30  # as thick as the line, not as its bend
    bend = (upper + lower) / 2 - corners.mean(axis=0)
    wanted = np.array([-np.sin(turn), np.cos(turn)]) * sag
    assert np.abs(bend - wanted).max() < 5


def test_small_writing_on_a_large_photo_is_looked_at_larger(detector: Detector) -> None:
    drawn = made_boards.maker(words=(90, 120), capitals=(0.02, 0.025)).at(3).image
    one = np.asarray(cv2.resize(drawn, (640, 480), interpolation=cv2.INTER_AREA), np.uint8)
    photo = np.tile(one, (6, 6, 1))
    likely, scale = detector.compute_map(photo)
    assert scale > 1.3 * detector.options.scale(*photo.shape[:2])
    # What stands close together may be one line at one size and two at another.
    assert len(detector.lines(likely, scale, size=photo.shape[:2])) == pytest.approx(
        36 * len(detector.find(one)), rel=0.2
    )
    # How closely it looks is not for the threshold to say: a person who tries one sees what reading would find.
    assert detector.tuned_to(DetectionOptions(threshold=0.8)).compute_map(photo)[1] == scale


def test_a_tile_ends_where_the_next_begins(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = detector.find(board())
    monkeypatch.setattr("ocr_studio.engine.detection.detector._TILE", 700)
    tiled = detector.find(board())
    assert geometry.compute_iou_matrix(whole[:, :4], tiled[:, :4]).diagonal().min() > 0.8
