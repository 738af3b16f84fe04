"""Words come in the order a person would read them."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.reading_order.text_lines import LineBoxes, WorkBudget
from ocr_studio.core.reading_order.xy_cut import XYCut

HEIGHT = 20.0


def word(text: str, left: float, top: float, *, width: float | None = None) -> Word:
    quad = Quad.from_box(left, top, left + (width or 12 * len(text)), top + HEIGHT)
    return Word(f"{text}@{left:.0f},{top:.0f}", quad, machine=Transcription(text, TextSource.MODEL, 0.9))


def written(text: str, *, left: float = 0.0, top: float = 0.0, pitch: float = 35.0) -> list[Word]:
    """Words laid out as the text's lines are."""
    words = []
    for index, line in enumerate(text.split("\n")):
        x = left
        for each in line.split():
            words.append(word(each, x, top + index * pitch))
            x += 12 * len(each) + 14
    return words


def tilted(words: list[Word], degrees: float) -> list[Word]:
    return [
        Word(each.id, geometry.rotate_quad(each.quad, degrees, about=(0, 0)), machine=each.machine) for each in words
    ]


def lines_read(words: list[Word]) -> list[str]:
    return [" ".join(each.text for each in line) for line in reading_order.find_lines(words)]


@pytest.mark.parametrize("degrees", [0, 4, -12, 25, 90, 180, -90])
@pytest.mark.parametrize("text", ["one line of words", "two lines\nof words here", "first\n\nafter a blank line"])
def test_text_comes_out_as_it_was_laid_out(text: str, degrees: float) -> None:
    words = tilted(written(text), degrees)
    random.Random(1).shuffle(words)
    assert reading_order.compose_text(words) == text


@pytest.mark.parametrize("degrees", [0, 8])
def test_columns_are_read_one_after_the_other(degrees: float) -> None:
    heading = written("A heading over both of the columns")
    left = written("left one here\nleft two now\nleft three", top=70)
    right = written("right one goes\nright two too\nand right three", left=260, top=70)
    expected = (
        "A heading over both of the columns\n\nleft one here\nleft two now\nleft three\n\n"
        "right one goes\nright two too\nand right three"
    )
    assert reading_order.compose_text(tilted([*right, *left, *heading], degrees)) == expected


def test_columns_stay_apart_though_one_row_reaches_over() -> None:
    left = [f"left row number {index}" for index in range(12)]
    left[5] += " runs on and on to the right"
    right = [f"right row number {index}" for index in range(12)]
    words = [*written("\n".join(left)), *written("\n".join(right), left=330, top=18)]
    lines = [" ".join(each.text for each in line) for line in reading_order.find_lines(words)]
    assert lines == [*left, *right]


def test_columns_that_bend_stay_apart() -> None:
    shifts = [100 * math.sin(math.pi * index / 10) for index in range(11)]
    words = []
    for index, shift in enumerate(shifts):
        words += written(f"left {index} goes on", left=shift, top=35 * index)
        words += written(f"right {index} too", left=shift + 230, top=35 * index + 15)
    lines = [" ".join(each.text for each in line) for line in reading_order.find_lines(words)]
    assert lines == [f"left {index} goes on" for index in range(11)] + [f"right {index} too" for index in range(11)]


def test_a_title_whose_words_stand_wide_is_read_before_the_columns_below() -> None:
    words = [*written("All that"), *written("may stay here", left=136)]
    words += written("first column\nhas three\nrows here", top=90)
    words += written("second one\nhas as many\nof them", left=200, top=90)
    assert [line[0].text for line in reading_order.find_lines(words)] == [
        "All",
        "first",
        "has",
        "rows",
        "second",
        "has",
        "of",
    ]


@pytest.mark.parametrize("top", [0, 500])
@pytest.mark.parametrize("degrees", [0, 180])
def test_a_title_whose_blank_is_above_the_gutter_is_read_before_the_columns(top: float, degrees: float) -> None:
    left, right = ["one", "two", "three", "four"], ["first here", "second here", "third here", "fourth here"]
    words = [*written("All that", top=top), *written("may stay here", left=126, top=top)]
    words += [*written("\n".join(left), top=top + 60), *written("\n".join(right), left=126, top=top + 60)]
    assert lines_read(tilted(words, degrees)) == ["All that may stay here", *left, *right]


@pytest.mark.parametrize("top", [0, 500])
@pytest.mark.parametrize("degrees", [0, 180])
def test_the_first_row_of_two_columns_is_no_title_though_its_words_stand_close(top: float, degrees: float) -> None:
    left, right = ["All that", "two", "three", "four"], ["first here", "second here", "third here", "fourth here"]
    words = [*written("\n".join(left), top=top), *written("\n".join(right), left=126, top=top)]
    assert lines_read(tilted(words, degrees)) == [*left, *right]


@pytest.mark.parametrize(
    ("blank", "lines"), [(24, ["the first line and another"]), (40, ["the first line", "and another"])]
)
def test_lines_in_one_box_each_are_one_line_only_where_they_stand_close(blank: float, lines: list[str]) -> None:
    one = word("the first line", 0, 100)
    assert lines_read([one, word("and another", one.quad.bounds()[2] + blank, 100)]) == lines


@pytest.mark.parametrize("sag", [0, 90])
def test_very_long_lines_are_read_word_by_word_though_they_bend(sag: float) -> None:
    rows = [" ".join(f"{row}{number}" for number in range(800)) for row in "abc"]
    words = written("\n".join(rows))
    width = max(each.quad.bounds()[2] for each in words)
    for index, each in enumerate(words):
        left, top, right, bottom = each.quad.bounds()
        down = sag * math.sin(math.pi * left / width)
        words[index] = Word(each.id, Quad.from_box(left, top + down, right, bottom + down), machine=each.machine)
    assert lines_read(words) == rows


@pytest.mark.parametrize("work", [1.0, 1e9])
def test_columns_stay_apart_though_no_work_may_go_into_their_order(work: float) -> None:
    places = [Quad.from_box(x, y, x + 150, y + HEIGHT) for x in (0, 300) for y in (0, 35, 70, 105)]
    boxes = LineBoxes.of(np.array([quad.corners for quad in places], float))
    cut = XYCut(boxes, np.full(8, 3), [np.zeros((0, 2))] * 8, 0.7, WorkBudget(work))
    assert [int(index) for line in cut.lines() for index in line] == list(range(8))


def test_a_heading_belongs_to_the_column_it_stands_above_though_it_begins_before_it() -> None:
    heading = "the heading of the second"
    left = [f"left row {index} here" for index in range(8)]
    right = [f"right row {index} goes" for index in range(8)]
    words = [*written(heading, left=110), *written("\n".join(right), left=260, top=40)]
    words += written("\n".join(left), top=150)
    lines = [" ".join(each.text for each in line) for line in reading_order.find_lines(words)]
    assert lines == [*left, heading, *right]


def test_blanks_that_stand_above_each_other_in_a_few_lines_are_no_gutter() -> None:
    rows = [("turn the", "green handle"), ("until nothing moves", ""), ("and then", "put a lamp there")]
    words = []
    for index, (left, right) in enumerate(rows):
        words += [*written(left, top=35 * index), *written(right, left=125, top=35 * index)]
    assert reading_order.compose_text(words) == "\n".join(" ".join(row).strip() for row in rows)


def test_a_receipt_is_read_row_by_row() -> None:
    names = written("Milk\nBread\nTea with lemon\nTotal", pitch=30)
    prices = written("1.20\n3.40\n2.50\n7.10", left=400, pitch=30)
    assert reading_order.compose_text([*names, *prices]) == "Milk 1.20\nBread 3.40\nTea with lemon 2.50\nTotal 7.10"


def test_lines_in_one_box_each_stay_in_their_columns() -> None:
    left = ["SECURITY", "26 %", "1. implement", "authentication"]
    right = ["24 %", "1. prepare", "app artifacts", "for deployment"]
    words = [word(text, 0, 40 * index) for index, text in enumerate(left)]
    words += [word(text, 230, 5 + 40 * index) for index, text in enumerate(right)]
    assert [line[0].text for line in reading_order.find_lines(words)] == [*left, *right]


def test_a_receipt_of_lines_is_read_row_by_row() -> None:
    names = [word(text, 0, 30 * index) for index, text in enumerate(["Milk", "Bread", "Tea with lemon", "Total"])]
    prices = [word(text, 400, 30 * index) for index, text in enumerate(["1.20", "3.40", "2.50", "7.10"])]
    assert reading_order.compose_text([*names, *prices]) == "Milk 1.20\nBread 3.40\nTea with lemon 2.50\nTotal 7.10"


def test_words_with_no_text_take_part_in_the_order_but_not_in_the_text() -> None:
    words = [*written("before after"), Word("blank", Quad.from_box(180, 0, 220, 20))]
    assert reading_order.order_words(words)[-1] == "blank"
    assert reading_order.compose_text(words) == "before after"


def test_a_page_without_words() -> None:
    assert reading_order.find_lines([]) == []
    assert reading_order.order_words([]) == ()
    assert reading_order.compose_text([]) == ""


def test_words_written_around_a_circle_all_come() -> None:
    quad = Quad.from_box(-15, -110, 15, -90)
    words = [Word(str(turn), geometry.rotate_quad(quad, turn, about=(0, 0))) for turn in range(0, 360, 15)]
    assert sorted(reading_order.order_words(words)) == sorted(each.id for each in words)


places = st.tuples(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 200), st.integers(-180, 180))


@given(st.lists(places, max_size=25), st.randoms(use_true_random=False))
def test_every_word_comes_once_whatever_the_page(
    page: list[tuple[int, int, int, int]], shuffler: random.Random
) -> None:
    words = [
        Word(str(index), geometry.rotate_quad(Quad.from_box(x, y, x + width, y + HEIGHT), turn))
        for index, (x, y, width, turn) in enumerate(page)
    ]
    order = reading_order.order_words(words)
    assert sorted(order) == sorted(each.id for each in words)
    assert [each.id for line in reading_order.find_lines(words) for each in line] == list(order)
    shuffled = list(words)
    shuffler.shuffle(shuffled)
    assert reading_order.order_words(shuffled) == order


def test_all_words_in_one_place_are_no_trouble() -> None:
    words = [Word(str(index), Quad.from_box(5, 5, 5, 5)) for index in range(50)]
    assert len(reading_order.order_words(words)) == 50


def test_boxes_without_width_or_height_have_one_place_each() -> None:
    rng = random.Random(0)
    for _ in range(150):
        words = []
        for number in range(rng.randrange(2, 25)):
            left, top = 10 * rng.randrange(20), 10 * rng.randrange(20)
            quad = Quad.from_box(left, top, left + 10 * rng.randrange(6), top + 5 * rng.randrange(4))
            words.append(Word(str(number), quad, machine=Transcription("x", TextSource.MODEL, 0.9)))
        assert sorted(reading_order.order_words(words)) == sorted(each.id for each in words)
