"""A photo that is turned takes its boxes along, and every picture of it is turned the same way."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing import edits, photo_frames
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import warping
from ocr_studio.core.page import BoardLook, Page, PageFacts, PhotoFrame, Quad, apply
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import page_order
from tests.core.made_pages import boxes, page_of, pages, read_word, two_columns

PAGE = page_of(read_word("the", 100), read_word("map", 200))


def turned(page: Page, *quarters: int) -> Page:
    for each in quarters:
        page = apply(page, photo_frames.turn_photo(page, each))
    return page


def test_boxes_and_size_turn_along() -> None:
    right = turned(PAGE, 1)
    assert (right.width, right.height, right.file_size) == (800, 1000, (1000, 800))
    assert right.words["the-100"].quad.corners == ((700, 100), (700, 160), (670, 160), (670, 100))
    assert geometry.measure_angle(right.words["the-100"].quad) == 90
    left = turned(PAGE, -1)
    assert left.words["the-100"].quad.corners == ((100, 900), (100, 840), (130, 840), (130, 900))
    assert turned(right, 1).facts.frame == turned(left, -1).facts.frame == PhotoFrame(1000, 800, 2)


@given(pages(places=boxes), st.lists(st.integers(-3, 3), max_size=5))
def test_any_turns_add_up_and_are_taken_back(page: Page, quarters: list[int]) -> None:
    # Its corners are put in order with each turn; which corner of just any four points is the top left isn't known.
    corners = Quad(((10.0, 20.0), (900.0, 40.0), (880.0, 700.0), (30.0, 690.0)))
    page = replace(page, facts=replace(page.facts, board=BoardLook(corners=corners)))
    after = turned(page, *quarters)
    assert after == turned(page, sum(quarters) % 4)
    assert replace(turned(after, -sum(quarters)), facts=page.facts) == page
    edit = photo_frames.turn_photo(page, 1)
    assert apply(apply(page, edit), edit.inverted()) == page
    assert page_file.decode(page_file.encode(after)) == after


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_picture_turns_as_the_boxes_do(quarters: int) -> None:
    photo = np.zeros((800, 1000, 3), np.uint8)
    photo[100:130, 100:160] = 255  # where “the” stands
    page = turned(PAGE, quarters)
    picture = warping.frame_photo(photo, page.facts.frame)
    assert picture.shape == (page.height, page.width, 3)
    crop = warping.crop_quad(picture, page.words["the-100"].quad)
    assert crop.shape == (30, 60, 3)
    assert crop.min() == 255
    assert np.count_nonzero(picture) == crop.size
    assert warping.frame_photo(photo, None) is photo


def test_the_corners_of_the_board_begin_at_the_top_left_again() -> None:
    board = BoardLook(Quad.from_box(10, 20, 910, 620))
    page = turned(replace(PAGE, facts=PageFacts("Anna", board=board)), 1)
    assert page.facts.board is not None
    assert page.facts.board.corners == Quad.from_box(180, 10, 780, 910)
    assert page.facts.writer == "Anna"


def test_the_reading_order_stays_where_it_is_kept() -> None:
    page = two_columns()
    arranged = apply(page, page_order.move_words(page, ["milk"], None))
    assert page_order.order_words(turned(arranged, 1)) == page_order.order_words(arranged)
    moved = apply(turned(arranged, 1), edits.delete(turned(arranged, 1), ["salt"]))
    assert [key for key in page_order.order_words(arranged) if key != "salt"] == list(page_order.order_words(moved))


def test_a_page_that_was_read_before_its_photo_was_turned_follows() -> None:
    frame = PhotoFrame(1000, 800, 3)
    assert photo_frames.follow_frame(PAGE, frame) == turned(PAGE, -1)
    assert photo_frames.follow_frame(PAGE, None) is PAGE or photo_frames.follow_frame(PAGE, None) == PAGE


def test_only_turned_pages_are_of_a_format_that_earlier_versions_refuse() -> None:
    assert json.loads(page_file.encode(PAGE))["format"] == 2
    fields = json.loads(page_file.encode(turned(PAGE, 1)))
    assert fields["format"] == 3
    assert fields["frame"] == {"width": 1000, "height": 800, "quarters": 1, "slant": 0.0}
    for wrong in ({"width": 1000}, {"width": 1000, "height": 800, "quarters": 4}, {**fields["frame"], "quarters": 2}):
        with pytest.raises(page_file.NotAPage):
            page_file.decode(json.dumps({**fields, "frame": wrong}).encode())


def test_places_in_the_file() -> None:
    page = turned(PAGE, 3)
    assert photo_frame.quad_in_file(page, page.words["map-200"].quad) == PAGE.words["map-200"].quad


@pytest.mark.parametrize("quarters", range(4))
def test_most_of_the_writing_tells_how_the_photo_is_held(quarters: int) -> None:
    page = two_columns()
    assert photo_frame.find_turn(turned(page, -quarters)) == quarters
    # A label at the edge, or a photo with next to no writing, tells nothing.
    few = {key: page.words[key] for key in ("milk", "bread", "apples")}
    assert photo_frame.find_turn(turned(replace(page, words=few), -quarters)) == 0
    label = turned(page, 1).words["call"]
    assert photo_frame.find_turn(turned(replace(page, words={**page.words, "call": label}), -quarters)) == quarters


def test_writing_in_all_directions_tells_nothing() -> None:
    page = two_columns()
    other = turned(page, 1).words
    half = {key: other[key] if number % 2 else word for number, (key, word) in enumerate(page.words.items())}
    assert photo_frame.find_turn(replace(page, words=half)) == 0


def framed(frame: PhotoFrame | None, page: Page = PAGE) -> Page:
    return apply(page, photo_frames.set_frame(page, frame, "Crop"))


frames = st.builds(
    lambda quarters, slant, crop: PhotoFrame(1000, 800, quarters, slant, crop),
    st.integers(0, 3), st.floats(-45, 45).map(lambda slant: round(slant, 1)),
    st.none() | st.builds(
        lambda x, y, w, h: (x, y, x + w, y + h),
        st.integers(0, 300), st.integers(0, 300), st.integers(10, 400), st.integers(10, 400),
    ),
)  # fmt: skip


@given(frames, boxes)
def test_places_are_found_in_the_file_again(frame: PhotoFrame, quad: Quad) -> None:
    there = photo_frame.move_quad(quad, None, frame)
    back = photo_frame.move_quad(there, frame, None)
    assert np.abs(back.array() - quad.array()).max() <= 0.05
    assert geometry.measure_size(there) == pytest.approx(geometry.measure_size(quad), abs=0.05)
    difference = geometry.measure_angle(there) - 90 * frame.quarters - frame.slant
    assert (difference + 180) % 360 - 180 == pytest.approx(0, abs=0.6)


@given(frames, st.integers(0, 3))
def test_a_frame_is_turned_with_what_it_crops(frame: PhotoFrame, quarters: int) -> None:
    page = framed(frame, replace(PAGE, words={}))
    after = turned(page, quarters)
    assert (after.width, after.height) == (
        (page.width, page.height) if quarters % 2 == 0 else (page.height, page.width)
    )
    assert turned(after, -quarters) == page
    assert page_file.decode(page_file.encode(page)) == page


@pytest.mark.parametrize("frame", [
    PhotoFrame(1000, 800, slant=12.5), PhotoFrame(1000, 800, 1, -7.3, (60, 80, 760, 900)),
    PhotoFrame(1000, 800, 3, 0.0, (0, 100, 800, 950)),
])  # fmt: skip
@pytest.mark.parametrize("scale", [1, 2])
def test_any_picture_of_the_photo_is_slanted_and_cropped_as_the_boxes_are(frame: PhotoFrame, scale: int) -> None:
    photo = np.full((800 // scale, 1000 // scale, 3), 90, np.uint8)
    photo[400 // scale : 430 // scale, 500 // scale : 560 // scale] = 255
    picture = warping.frame_photo(photo, frame)
    width, height = frame.size
    assert np.abs(np.subtract(picture.shape[:2], (height / scale, width / scale))).max() <= 1
    place = photo_frame.move_quad(Quad.from_box(500, 400, 560, 430), None, frame)
    rows, columns = np.nonzero(picture[..., 0] > 170)
    found = (columns.mean() + 0.5) * scale, (rows.mean() + 0.5) * scale
    assert found == pytest.approx(geometry.find_centre(place), abs=1.5)
    assert picture.min() > 60, "what a slant uncovers has the colour of the border"


def test_words_that_are_cropped_off_are_deleted_and_come_back_with_undo() -> None:
    edit = photo_frames.set_frame(PAGE, PhotoFrame(1000, 800, crop=(0, 0, 180, 400)), "Crop")
    page = apply(PAGE, edit)
    assert list(page.words) == ["the-100"]
    assert (page.width, page.height, page.file_size) == (180, 400, (1000, 800))
    assert apply(page, edit.inverted()) == PAGE


@pytest.mark.parametrize("crop", [(0, 0, 1001, 800), (10, 10, 10, 20), (5, 9, 7, 8)])
def test_a_crop_beyond_the_photo_is_damage(crop: tuple[int, ...]) -> None:
    fields = json.loads(page_file.encode(turned(PAGE, 1)))
    fields |= {"frame": {"width": 1000, "height": 800, "crop": crop}, "width": max(1, crop[2] - crop[0])}
    with pytest.raises(page_file.NotAPage):
        page_file.decode(json.dumps({**fields, "height": max(1, crop[3] - crop[1])}).encode())
