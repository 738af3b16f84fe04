"""A page's own reading order: given by a person, kept with later words in their places, and taken back."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing import edits
from ocr_studio.core.formats.documents import json_pages, markdown, spreadsheet, text
from ocr_studio.core.page import Page, WordOrder, apply
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.review import queue as review_queue
from tests.core import made_pages
from tests.core.made_pages import page_of, read_word

# Two columns so near to each other that they are read as lines across both.
_MIXED = page_of(
    read_word("red", 100, 100, key="red"),
    read_word("cat", 180, 100, key="cat"),
    read_word("blue", 100, 150, key="blue"),
    read_word("dog", 200, 150, key="dog"),
    read_word("below", 100, 400, key="below"),
)


def _texts(page: Page) -> list[str]:
    return [" ".join(word.text for word in line) for line in page_order.find_lines(page)]


def test_without_an_order_of_its_own_a_page_is_read_as_it_stands() -> None:
    words = _MIXED.words.values()
    assert page_order.order_words(_MIXED) == reading_order.order_words(words)
    assert page_order.find_lines(_MIXED) == reading_order.find_lines(words)
    assert page_order.compose_text(_MIXED) == reading_order.compose_text(words) == "red cat\nblue dog\n\nbelow"
    assert [len(block) for block in page_order.find_blocks(_MIXED)] == [2, 1]


def test_words_clicked_in_turn_follow_each_other_and_lines_end_where_they_do_not_go_on() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["red", "blue", "cat", "dog"]))
    assert _texts(page) == ["red", "blue", "cat", "dog", "below"]
    assert page_order.compose_text(page).endswith("dog\n\nbelow")
    assert page_order.compose_text(page).split() == ["red", "blue", "cat", "dog", "below"]


def test_words_in_turn_stand_where_the_first_of_them_stood() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["below", "red"]))
    assert page_order.order_words(page) == ("below", "red", "cat", "blue", "dog")
    assert page_order.compose_text(page) == "below\nred cat\nblue dog"


def test_what_is_read_so_already_changes_nothing() -> None:
    assert not page_order.chain_words(_MIXED, ["red", "cat"])
    assert not page_order.chain_words(_MIXED, ["red"])
    assert not page_order.move_words(_MIXED, ["red"], "cat")


def test_a_word_put_into_a_line_is_part_of_it() -> None:
    page = apply(_MIXED, page_order.move_words(_MIXED, ["below"], "dog"))
    assert _texts(page) == ["red cat", "blue below dog"]


def test_a_line_put_between_lines_stays_one() -> None:
    page = apply(_MIXED, page_order.move_words(_MIXED, ["blue", "dog"], "red"))
    assert _texts(page) == ["blue dog", "red cat", "below"]
    back = apply(page, page_order.move_words(page, ["blue", "dog"], "below"))
    assert _texts(back) == ["red cat", "blue dog", "below"]


def test_a_block_put_before_another_stays_a_block() -> None:
    page = apply(_MIXED, page_order.move_words(_MIXED, ["below"], "red"))
    assert page_order.compose_text(page) == "below\n\nred cat\nblue dog"
    last = apply(page, page_order.move_words(page, ["below"], None))
    assert page_order.compose_text(last) == page_order.compose_text(_MIXED)


def test_words_are_moved_past_the_ones_beside_them_and_not_beyond_the_ends() -> None:
    page = apply(_MIXED, page_order.shift_words(_MIXED, ["blue"], -1))
    assert page_order.order_words(page) == ("red", "blue", "cat", "dog", "below")
    page = apply(page, page_order.shift_words(page, ["red", "blue"], 1))
    assert page_order.order_words(page) == ("cat", "red", "blue", "dog", "below")
    assert not page_order.shift_words(page, ["cat"], -1)
    assert not page_order.shift_words(page, ["below"], 1)
    assert page_order.order_words(apply(page, page_order.shift_words(page, ["dog"], 1)))[-1] == "dog"


def test_words_moved_past_one_of_their_line_stay_in_it() -> None:
    page = apply(_MIXED, page_order.shift_words(_MIXED, ["red"], 1))
    assert _texts(page) == ["cat red", "blue dog", "below"]
    page = apply(page, page_order.shift_words(page, ["red"], -1))
    assert _texts(page) == ["red cat", "blue dog", "below"]


def test_words_that_come_later_take_their_place_in_the_line_or_a_line_of_their_own() -> None:
    page = apply(_MIXED, page_order.move_words(_MIXED, ["blue", "dog"], "red"))
    for word in (
        read_word("big", 20, 100, key="big"),
        read_word("too", 260, 100, key="too"),
        read_word("end", 100, 700, key="end"),
        read_word("mid", 100, 200, key="mid"),
    ):
        page = replace(page, words={**page.words, word.id: word})
    assert _texts(page) == ["blue dog", "mid", "big red cat too", "below", "end"]


def test_words_that_are_gone_leave_no_gap_and_no_line_is_joined_for_that() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["red", "blue", "cat", "dog"]))
    page = apply(page, edits.delete(page, ["blue", "red"]))
    assert _texts(page) == ["cat", "dog", "below"]


def test_back_to_the_computed_order_and_undone() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["below", "red"]))
    edit = page_order.reset_order(page)
    back = apply(page, edit)
    assert page_order.order_words(back) == page_order.order_words(_MIXED)
    assert apply(back, edit.inverted()) == page
    assert not page_order.reset_order(back)


def test_the_order_is_saved_with_the_page() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["below", "red"]))
    assert page_order.order_words(page_file.decode(page_file.encode(page))) == page_order.order_words(page)


def test_merged_words_are_joined_in_the_order_given() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["cat", "red"]))
    merged = apply(page, edits.merge(page, ["red", "cat"]))
    assert "cat red" in [word.text for word in merged.words.values()]


def test_the_text_of_some_words_keeps_the_order() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["below", "red"]))
    assert page_order.compose_text(page, {"red", "below"}).split() == ["below", "red"]
    assert page_order.order_words(page, {"red", "below"}) == ("below", "red")


@given(made_pages.pages(places=made_pages.boxes), st.randoms(use_true_random=False))
def test_no_word_is_lost_or_doubled(page: Page, chance: object) -> None:
    import random

    assert isinstance(chance, random.Random)
    page = replace(page, order=WordOrder())
    for _ in range(4):
        ids = sorted(page.words)
        some = chance.sample(ids, chance.randint(0, len(ids)))
        edit = (
            page_order.chain_words(page, some)
            if chance.random() < 0.5
            else page_order.move_words(page, some, chance.choice([*ids, None]))
        )
        before = page_order.order_words(page)
        page = apply(page, edit)
        assert sorted(page_order.order_words(page)) == ids
        if not edit:
            assert page_order.order_words(page) == before
        flat = tuple(word.id for block in page_order.find_blocks(page) for line in block for word in line)
        assert flat == page_order.order_words(page)
        assert all(line for block in page_order.find_blocks(page) for line in block)


def test_everything_that_is_written_of_a_page_keeps_to_its_order() -> None:
    page = apply(_MIXED, page_order.chain_words(_MIXED, ["below", "red"]))
    wanted = ["below", "red", "cat", "blue", "dog"]
    assert text.render([page]).split() == wanted
    assert markdown.render([page]).replace("\\", "").split() == wanted
    found = json.loads(json_pages.render([page]))
    assert [word["text"] for word in found["words"]] == wanted
    assert [word["line"] for word in found["words"]] == [1, 2, 2, 3, 3]
    assert [row["text"] for row in csv.DictReader(io.StringIO(spreadsheet.render([page])))] == wanted
    assert [row.word_id for row in review_queue.list_rows(page)] == wanted


@given(st.data())
def test_an_edit_that_keeps_the_order_does(data: st.DataObject) -> None:
    page = _MIXED
    key = data.draw(st.sampled_from(sorted(page.words)))
    text = data.draw(st.text("ab ", max_size=5))
    by = data.draw(st.sampled_from([0.0, 3.0, 400.0]))
    made = [
        edits.write(page, key, text),
        edits.accept(page, [key]),
        edits.move(page, [key], by, by),
        edits.delete(page, [key]),
        page_order.chain_words(page, ["below", key]),
    ]
    for edit in made:
        if page_order.keeps_order(edit):
            assert page_order.order_words(apply(page, edit)) == page_order.order_words(page)


def test_agreeing_and_writing_keep_the_order_and_moving_does_not() -> None:
    assert page_order.keeps_order(edits.accept(_MIXED, _MIXED.words))
    assert page_order.keeps_order(edits.write(_MIXED, "red", "read"))
    assert not page_order.keeps_order(edits.write(_MIXED, "red", "read it"))
    assert not page_order.keeps_order(edits.move(_MIXED, ["red"], 5, 0))
    assert not page_order.keeps_order(edits.delete(_MIXED, ["red"]))
    assert not page_order.keeps_order(page_order.chain_words(_MIXED, ["below", "red"]))
