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
    assert fields["frame"] == {"width": 1000, "height": 800, "quarters": 1}
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
