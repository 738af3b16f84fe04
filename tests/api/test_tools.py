"""Pictures are read, cut and drawn on as keras-ocr's users know it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr_studio.api import draw_annotations, draw_boxes, tools
from ocr_studio.api.tools import NotAPicture
from tests.drawn import board, file_of, held, shows

BOX = np.array([[20, 10], [80, 10], [80, 40], [20, 40]], np.float32)


def test_files_buffers_and_arrays_are_the_same_picture(tmp_path: Path) -> None:
    path = tmp_path / "board.png"
    path.write_bytes(file_of(board(), "PNG"))
    for given in (path, str(path), io.BytesIO(path.read_bytes()), board()):
        np.testing.assert_array_equal(tools.read(given), board())
    turned = tmp_path / "held.jpg"
    turned.write_bytes(held(6, "JPEG"))
    assert shows(tools.read(turned), board())


def test_greys_and_transparency_become_rgb() -> None:
    grey = board()[..., 0]
    for given in (grey, grey[..., None]):
        np.testing.assert_array_equal(tools.read(given), np.repeat(grey[..., None], 3, axis=2))
    seen = np.dstack([board(), grey])
    np.testing.assert_array_equal(tools.read(seen), board())


@pytest.mark.parametrize(
    "given", [None, [1, 2], np.zeros((4, 4, 3), bool), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8)]
)
def test_what_is_no_picture_is_said_and_what_to_give(given: Any) -> None:
    with pytest.raises(NotAPicture, match="preferably uint8"):
        tools.read(given)


@pytest.mark.parametrize("address", ["https://example.org/a.png", "HTTP://example.org/a.png", "ftp://example.org/a"])
def test_nothing_is_fetched(address: str) -> None:
    with pytest.raises(NotAPicture, match="never uses the network"):
        tools.read(address)


def test_a_box_is_cut_out_level_and_fitted() -> None:
    picture = np.full((60, 100, 3), 255, np.uint8)
    picture[10:40, 20:80] = (200, 30, 30)
    cut = tools.warp_box(picture, BOX)
    assert cut.shape == (30, 60, 3)
    assert (cut == (200, 30, 30)).all()
    fitted = tools.warpBox(picture, BOX, 31, 200, margin=2)
    assert fitted.shape == (31, 200, 3)
    assert (fitted[3:28, 3:55] == (200, 30, 30)).all()
    assert not fitted[:, 60:].any()
    on_its_side = tools.warp_box(picture, np.roll(BOX, -1, axis=0))
    assert on_its_side.shape == (60, 30, 3)
    with pytest.raises(ValueError, match="either both"):
        tools.warp_box(picture, BOX, target_height=31)


def test_the_letters_of_a_line_are_one_box_from_its_own_top_left() -> None:
    letters = [(BOX + np.array([place * 60, 0], np.float32), sign) for place, sign in enumerate("abc")]
    box, text = tools.combine_line(letters)
    assert text == "abc"
    np.testing.assert_allclose(box, [[20, 10], [200, 10], [200, 40], [20, 40]], atol=0.5)
    turn = np.array([[0, 1], [-1, 0]], np.float32)  # from top to bottom
    box, _ = tools.combine_line([(letter @ turn, sign) for letter, sign in letters])
    np.testing.assert_allclose(box, np.array([[20, 10], [200, 10], [200, 40], [20, 40]]) @ turn, atol=0.5)


def test_pictures_are_resized_padded_and_fitted() -> None:
    picture = np.full((100, 200, 3), 9, np.uint8)
    larger, scale = tools.resize_image(picture, 2, 2048)
    assert (larger.shape, scale) == ((200, 400, 3), 2.0)
    smaller, scale = tools.resize_image(picture, 2, 50)
    assert (smaller.shape, scale) == ((25, 50, 3), 0.25)
    padded = tools.pad(picture, 220, 130, cval=7)
    assert padded.shape == (130, 220, 3)
    assert padded[-1, -1, 0] == 7
    assert (tools.fit(picture, 64, 64) == 255).any()
    assert (tools.fit(picture, 64, 64, mode="crop") == 9).all()
    with pytest.raises(ValueError, match="does not fit"):
        tools.pad(picture, 100, 200)


def test_boxes_are_moved_to_another_size_in_every_format() -> None:
    np.testing.assert_array_equal(tools.adjust_boxes([BOX], 2)[0], 2 * BOX)
    assert tools.adjust_boxes([("a", BOX)], 2, "predictions")[0][0] == "a"
    [[(box, sign)]] = tools.adjust_boxes([[(BOX, "a")]], 0.5, "lines")
    np.testing.assert_array_equal(box, BOX / 2)
    assert sign == "a"
    assert tools.adjust_boxes([], 2).shape == (0, 4, 2)


def test_boxes_are_drawn_in_every_format_and_the_picture_stays() -> None:
    picture = np.full((60, 100, 3), 255, np.uint8)
    drawn = [
        draw_boxes(picture, [BOX], thickness=3),
        tools.drawBoxes(picture, [("a", BOX)], thickness=3, boxes_format="predictions"),
        tools.drawBoxes(picture, [[(BOX, "a")]], thickness=3, boxes_format="lines"),
    ]
    assert (picture == 255).all()
    for each in drawn:
        assert (each[10, 40] == (255, 0, 0)).all()
        assert (each[25, 40] == 255).all()
    with pytest.raises(ValueError, match="boxes_format must be one of “boxes”"):
        draw_boxes(picture, [BOX], boxes_format="circles")  # type: ignore[arg-type]


def test_annotations_stand_in_the_margin_on_the_words_side() -> None:
    picture = np.full((200, 400, 3), 255, np.uint8)
    left, right = BOX, BOX + np.array([300, 100], np.float32)
    one = draw_annotations(picture, [("left", left)])
    both = draw_annotations(picture, [("left", left), ("right", right)])
    margin = (one.shape[1] - 400) // 2
    assert margin > 0
    written = [(each[:, : margin - 10] != 255).any() for each in (one, both)]
    assert written == [True, True]
    assert not (one[:, margin + 410 :] != 255).any()
    assert (both[:, margin + 410 :] != 255).any()
    assert draw_annotations(picture, []).shape == one.shape


def test_annotations_have_the_letters_of_other_languages() -> None:
    picture = np.full((200, 400, 3), 255, np.uint8)
    assert len({draw_annotations(picture, [(text, BOX)]).tobytes() for text in "éèñ←•"}) == 5


def test_annotations_are_shown_on_axes_as_with_keras_ocr() -> None:
    class Axes:
        shown: Any = None

        def imshow(self, picture: Any) -> None:
            self.shown = picture

        def set_xticks(self, ticks: list[float]) -> None:
            assert ticks == []

        def set_yticks(self, ticks: list[float]) -> None:
            assert ticks == []

    axes = Axes()
    assert tools.drawAnnotations(board(), [("a", BOX)], ax=axes) is axes
    Image.fromarray(axes.shown).verify()
