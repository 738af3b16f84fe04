"""Pieces of a photo from its halved sizes: the same picture for a bounded price, wherever the corners lie."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.images import warping
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.warping import Photo
from ocr_studio.core.page import Quad


def _photo(width: int, height: int) -> Photo:
    across, down = np.meshgrid(np.linspace(0, 250, width), np.linspace(0, 250, height))
    return np.stack([across, down, np.full_like(across, 90)], axis=-1).astype(np.uint8)


def test_levels_are_halves_of_one_another_and_made_once() -> None:
    photo = Pyramid(_photo(401, 200))
    assert [photo.level(number).shape[:2] for number in (0, 1, 2)] == [(200, 401), (100, 200), (50, 100)]
    assert photo.level(1) is photo.level(1)


def test_levels_for_showing_are_made_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = Pyramid(_photo(2000, 1000))
    photo.make_levels(512)
    for made in ("cv2.resize", "cv2.cvtColor"):
        monkeypatch.setattr(made, lambda *_, **__: pytest.fail("it is made only now"))
    assert photo.level(2).shape[:2] == (250, 500)
    assert (photo.screen_level(2)[..., 2::-1] == photo.level(2)).all()
    assert (photo.screen_level(2)[..., 3] == 255).all()


@pytest.mark.parametrize("target", [(1600, 200), (400, 50), (104, 13)])
def test_a_piece_looks_as_one_cut_from_the_photo_itself(target: tuple[int, int]) -> None:
    photo, corners = _photo(2000, 1000), Quad.from_box(200, 300, 1800, 500).array()
    shrunk = Pyramid(photo).warp(corners, target)
    assert shrunk.shape == (target[1], target[0], 3)
    whole = warping.warp_piece(photo, corners, target)
    assert np.abs(shrunk.astype(int) - whole.astype(int)).max() <= 4


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (3000, 0), (3000, 2000), (0, 2000)],
        [(-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)],
        [(0, 0), (3000, 2), (3000, 4), (0, 2)],
        [(10, 0), (11, 0), (11, 2000), (10, 2000)],
        [(0, 0), (3000, 2000), (3000, 0), (0, 2000)],
        [(5, 5), (5, 5), (5, 5), (5, 5)],
        [(-5e8, 3), (5e8, 3), (5e8, 4), (-5e8, 4)],
    ],
)
def test_no_piece_costs_more_than_a_few_small_pictures(
    monkeypatch: pytest.MonkeyPatch, corners: list[tuple[float, float]]
) -> None:
    seen: list[Photo] = []

    def warp(image: Photo, corners: Floats, target: ArrayLike) -> Photo:
        x0, y0 = np.clip(np.asarray(corners).min(axis=0), 0, None)
        x1, y1 = np.asarray(corners).max(axis=0)
        seen.append(image[int(y0) : int(max(y1, 0)) + 1, int(x0) : int(max(x1, 0)) + 1])
        return geometry_warp(image, corners, target)

    geometry_warp = warping.warp_piece
    monkeypatch.setattr(warping, "warp_piece", warp)
    photo = Pyramid(_photo(3000, 2000))
    width, height = np.maximum(geometry.measure_sizes(corners)[0], 1)
    scale = min(104 / width, 26 / height, 2)
    piece = photo.warp(np.asarray(corners, dtype=np.float64), (width * scale, height * scale))
    assert piece.size
    assert seen[0].size <= 3 * (4 * 104) ** 2


def _ribbon(box: tuple[float, float, float, float], sag: float) -> Floats:
    left, top, right, bottom = box
    middle = (left + right) / 2
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return np.array([*corners, (middle, top + sag), (middle, bottom + sag)])


def test_a_straight_ribbon_looks_as_its_corners_cut_it() -> None:
    photo, ribbon = Pyramid(_photo(800, 400)), _ribbon((100, 50, 700, 150), 0)
    level, cut = photo.straighten(ribbon, (300, 50)), photo.warp(ribbon[:4], (300, 50))
    assert np.abs(level.astype(int) - cut.astype(int)).max() <= 2


def test_what_is_written_on_a_bend_is_level_afterwards() -> None:
    photo = np.zeros((300, 600, 3), np.uint8)
    x = np.arange(600)
    share = (x + 0.5) / 600
    for column, middle in zip(x, 100 + 4 * share * (1 - share) * 80, strict=True):
        photo[int(middle) - 5 : int(middle) + 5, column] = 255
    level = Pyramid(photo).straighten(_ribbon((0, 80, 600, 120), 80), (600, 40))
    assert level[17:23].min() == 255
    assert level[:12].max() == level[28:].max() == 0


@pytest.mark.parametrize(("width", "height"), [(33_000, 20), (9000, 3), (40, 33_000)])
def test_a_bent_line_may_be_longer_than_opencv_can_do(width: int, height: int) -> None:
    photo = Pyramid(np.full((max(60, height), width, 3), 200, np.uint8))
    level = photo.straighten(_ribbon((0, 10, width, 10 + height), 30), (48 * width / height, 48))
    assert (level == 200).all()
