"""The card of a word shows the word where it says that it stands, however large it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Page, Quad, Word, apply
from ocr_studio.core.review import card as review_card


@pytest.mark.parametrize("turn", [0, 30])
@pytest.mark.parametrize("size", [(400, 90), (1360, 230), (2720, 460), (900, 1800)])
def test_the_word_stands_where_the_card_says(size: tuple[int, int], turn: int) -> None:
    """Also on a screen that has more pixels than are ever made of so small a photo."""
    photo = np.full((240, 480, 3), 240, np.uint8)
    corners = cv2.boxPoints(((100.0, 120.0), (80.0, 24.0), float(turn)))[[1, 2, 3, 0]]
    cv2.fillPoly(photo, [np.round(corners).astype(np.int32)], (20, 30, 40))
    a, b, c, d = [(float(x), float(y)) for x, y in corners]
    card = review_card.cut_card(Pyramid(photo), Quad((a, b, c, d)), size)
    middle = np.round(card.corners.mean(axis=0)).astype(int)
    beside = np.round(card.corners.mean(axis=0) + 0.62 * (card.corners[1] - card.corners[0])).astype(int)
    assert card.picture[middle[1], middle[0]].max() < 60
    assert card.picture[beside[1], beside[0]].min() > 200
    assert card.picture.shape[0] <= size[1]
    assert card.picture.shape[1] <= size[0]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_writing_is_upright_whichever_way_it_runs_on_the_photo(turn: int) -> None:
    """A box begins at the corner where its own text does."""
    upright = np.full((300, 300, 3), 240, np.uint8)
    upright[130:145, 100:200] = 20  # the upper half of the word
    corners = np.array([(100, 130), (200, 130), (200, 160), (100, 160)], dtype=np.float64)
    photo = np.ascontiguousarray(np.rot90(upright, -turn // 90))
    rad = np.deg2rad(turn)
    matrix = np.array([[np.cos(rad), -np.sin(rad)], [np.sin(rad), np.cos(rad)]])
    a, b, c, d = [(float(x), float(y)) for x, y in (corners - 150) @ matrix.T + 150]
    card = review_card.cut_card(Pyramid(photo), Quad((a, b, c, d)), (600, 300))
    top, foot = card.corners[:2].mean(axis=0), card.corners[2:].mean(axis=0)
    above, below = (np.round(top + (foot - top) * share).astype(int) for share in (0.25, 0.75))
    assert above[1] < below[1]
    assert card.picture[above[1], above[0]].max() < 60
    assert card.picture[below[1], below[0]].min() > 200


def test_a_box_is_turned_so_that_its_writing_runs_along_it() -> None:
    """One that is higher than long first comes to lie, then each turn is the other way up; the outline stays."""
    page = Page("a" * 32, "a.jpg", 300, 300, {"w": Word("w", Quad.from_box(100, 50, 130, 150))})
    angles = []
    for _ in range(3):
        page = apply(page, edits.turn_writing(page, ["w"]))
        angles.append(round(geometry.measure_angle(page.words["w"].quad)))
        assert set(page.words["w"].quad.corners) == set(Quad.from_box(100, 50, 130, 150).corners)
    assert angles == [90, -90, 90]
    locked = apply(page, edits.lock(page, ["w"], locked=True))
    assert not edits.turn_writing(locked, ["w"])
