"""What is typed into the page's text becomes a change of its words, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_studio.core.datasets import eligibility
from ocr_studio.core.datasets.eligibility import SourcePage
from ocr_studio.core.editing import edits, text_edits
from ocr_studio.core.editing.page_text import PageText, find_tokens, join_tokens
from ocr_studio.core.editing.text_session import TextSession, merge
from ocr_studio.core.formats.documents import json_pages, spreadsheet
from ocr_studio.core.formats.documents import text as plain_text_file
from ocr_studio.core.page import Edit, Mark, Page, Quad, Word, WordState, apply
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import page_order
from tests.core import made_pages
from tests.core.made_pages import page_of, read_word, two_columns

TEXT = (
    "milk bread apples\nrice pasta salt\ntea sugar honey\nnuts plums dates\n\n"
    "call Anna today\nask Ben later\nmeet Hugo there\npay Vera first"
)


def typed(page: Page, old: str, new: str) -> Page:
    """The page after a part of its text was replaced."""
    before = PageText.of(page).text
    assert before.count(old) == 1
    text = before.replace(old, new)
    kept = before.index(old), len(before) - before.index(old) - len(old)
    edit = text_edits.rewrite(page, text, kept=kept)
    after = apply(page, edit)
    assert apply(after, edit.inverted()) == page
    assert PageText.of(after).text == join_tokens(find_tokens(text))
    return after


def changed(before: Page, after: Page) -> set[str]:
    """The texts of the words that were added, changed or removed."""
    keys = before.words.keys() | after.words.keys()
    some = [(before.words.get(key), after.words.get(key)) for key in keys]
    return {(new or old).text for old, new in some if (new or old) and new != old}  # type: ignore[union-attr]


def by_text(page: Page) -> Mapping[str, Word]:
    return {word.text: word for word in page.words.values()}


def box(page: Page, text: str) -> tuple[float, float, float, float]:
    return by_text(page)[text].quad.bounds()


def test_the_text_has_lines_and_blocks() -> None:
    page = two_columns()
    assert PageText.of(page).text == TEXT
    assert not text_edits.rewrite(page, "\n\n  " + TEXT.replace(" ", "  ").replace("\n\n", "\n\n\n \n") + " \n")


def test_a_changed_token_changes_the_text_of_its_word() -> None:
    page = two_columns()
    after = typed(page, "pasta", "pesto")
    assert after.words["pasta"].text == "pesto"
    assert after.words["pasta"] == replace(page.words["pasta"], human=after.words["pasta"].human)
    assert after.words["pasta"].state is WordState.CORRECTED
    assert changed(page, after) == {"pesto"}
    assert after.order == page.order
    edit = text_edits.rewrite(page, TEXT.replace("pasta", "pesto"))
    assert str(edit.name) == "Change text to “pesto”"


def test_a_space_typed_within_a_token_splits_its_box() -> None:
    page = two_columns()
    after = typed(page, "apples", "app les")
    left, top, right, bottom = page.words["apples"].quad.bounds()
    assert box(after, "app") == (left, top, (left + right) / 2, bottom)
    assert box(after, "les") == ((left + right) / 2, top, right, bottom)
    assert after.words["apples"].text == "app"
    assert changed(page, after) == {"app", "les"}
    three = typed(page, "apples", "a ppl ess")
    assert [box(three, text)[0] < box(three, text)[2] for text in ("a", "ppl", "ess")] == [True] * 3
    assert box(three, "ess")[2] == right


def test_two_joined_tokens_merge_their_boxes() -> None:
    page = two_columns()
    after = typed(page, "rice pasta", "ricepasta")
    assert box(after, "ricepasta") == (*box(page, "rice")[:2], *box(page, "pasta")[2:])
    assert after.words["rice"].text == "ricepasta"
    assert changed(page, after) == {"ricepasta", "pasta"}


def test_joined_tokens_of_two_lines_have_no_box() -> None:
    page = two_columns()
    after = typed(page, "apples\nrice", "applesrice")
    assert not by_text(after)["applesrice"].has_box
    assert changed(page, after) == {"applesrice", "apples", "rice"}


def test_a_deleted_token_deletes_its_word_and_tells_which_of_two_equal_ones() -> None:
    page = two_columns()
    assert changed(page, typed(page, "bread ", "")) == {"bread"}
    twice = page_of(read_word("the", 10, key="first"), read_word("the", 90, key="second"))
    for kept, left in (((0, 3), "second"), ((3, 0), "first")):
        assert list(apply(twice, text_edits.rewrite(twice, "the", kept=kept)).words) == [left]


def test_an_added_token_has_no_box_and_stands_between_its_neighbours() -> None:
    page = two_columns()
    after = typed(page, "rice pasta", "rice and more pasta")
    assert changed(page, after) == {"and", "more"}
    places = [box(after, text) for text in ("rice", "and", "more", "pasta")]
    assert [left for left, *_ in places] == sorted(left for left, *_ in places)
    assert not by_text(after)["and"].has_box
    assert by_text(after)["and"].human is not None
    assert page_order.order_words(after)[3:7] == (
        "rice", *(by_text(after)[text].id for text in ("and", "more")), "pasta"
    )  # fmt: skip
    low, high = box(page, "rice"), box(page, "tea")
    line = typed(page, "salt\ntea", "salt\nbread again\ntea") if "again" not in TEXT else page
    assert low[1] < by_text(line)["again"].quad.bounds()[1] < high[1]


def test_text_can_be_typed_on_a_photo_without_words_and_all_of_it_can_be_deleted() -> None:
    page = apply(page_of(), text_edits.rewrite(page_of(), "Hello world\nagain\n\nThe end"))
    assert PageText.of(page).text == "Hello world\nagain\n\nThe end"
    assert not any(word.has_box for word in page.words.values())
    empty = apply(page, text_edits.rewrite(page, " \n"))
    assert not empty.words
    assert empty.order == page_of().order


def test_line_breaks_split_and_join_lines() -> None:
    page = two_columns()
    after = typed(page, "bread apples\nrice", "bread\napples rice")
    assert not changed(page, after)
    assert after.order.arranged
    assert [len(block) for block in page_order.find_blocks(after)] == [4, 4]
    again = typed(after, "tea sugar", "tea\n\nsugar")
    assert [len(block) for block in page_order.find_blocks(again)] == [3, 2, 4]
    joined = typed(page, "dates\n\ncall", "dates call")
    assert [len(block) for block in page_order.find_blocks(joined)] == [7]


def test_a_line_break_within_a_box_of_several_words_splits_it() -> None:
    page = page_of(read_word("one two three", 20), read_word("four", 300))
    after = typed(page, "two three", "two\nthree")
    assert {word.text for word in after.words.values()} == {"one two", "three", "four"}
    assert box(after, "three")[0] > box(after, "one two")[0]
    assert changed(page, typed(page, "two three", "2 or three")) == {"one 2 or three"}


def test_words_without_text_stay_where_they_are() -> None:
    page = two_columns()
    page = apply(page, edits.mark(page, ["bread", "tea", "sugar", "honey"], Mark.UNREADABLE))
    after = typed(page, "apples\nrice", "apples\nrice or\n")
    assert changed(page, after) == {"or"}
    order = [key for key in page_order.order_words(after) if key in page.words]
    assert order == list(page_order.order_words(page))


def test_locked_boxes_stay() -> None:
    page = two_columns()
    page = apply(page, edits.lock(page, ["rice", "salt"], locked=True))
    for old, new, texts in (
        ("rice", "ri ce", ["ri ce", "salt"]),
        ("rice ", "", ["", "salt"]),
        ("rice", "ri\nce", ["ri", "salt"]),
        ("pasta salt", "pastasalt", ["rice", "pastasalt"]),
    ):
        after = typed(page, old, new)
        assert [after.words[key].text for key in ("rice", "salt")] == texts
        assert [after.words[key].quad for key in ("rice", "salt")] == [page.words[key].quad for key in ("rice", "salt")]


def test_a_part_that_is_moved_in_the_text_keeps_its_boxes() -> None:
    page = two_columns()
    text = TEXT.replace("call Anna today\n", "").replace("tea sugar", "call Anna today tea sugar")
    after = apply(page, text_edits.rewrite(page, text, cut=()))
    assert not changed(page, after)
    assert PageText.of(after).text == text
    cut = typed(page, "call Anna today\n", "")
    words = [page.words[key] for key in ("call", "Anna", "today")]
    pasted = apply(cut, text_edits.rewrite(cut, text, cut=words))
    assert pasted.words == page.words


def test_a_word_that_is_deleted_and_typed_anew_in_its_line_keeps_its_box() -> None:
    page = two_columns()
    session = TextSession(page)
    for text in ("", "r", "ris", "riso"):
        edit = session.edit(TEXT.replace("rice ", f"{text} " if text else ""))
        session.page = apply(session.page, edit)
        assert PageText.of(session.page).text == TEXT.replace("rice ", f"{text} " if text else "")
    assert session.page.words["rice"].quad == page.words["rice"].quad
    assert changed(page, session.page) == {"riso"}
    # Lines that are joined for a moment are no merged box.
    session = TextSession(page)
    for joint in ("", " "):
        session.page = apply(session.page, session.edit(TEXT.replace("apples\nrice", f"apples{joint}rice")))
    assert session.page.words == page.words


def test_new_words_keep_their_ids_while_the_line_is_typed() -> None:
    page = two_columns()
    session = TextSession(page)
    session.page = apply(session.page, session.edit(TEXT.replace("rice", "brown rice")))
    first = by_text(session.page)["brown"].id
    session.page = apply(session.page, session.edit(TEXT.replace("rice", "brown rice and")))
    assert by_text(session.page)["brown"].id == first


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "wanted"),
    [
        ("a b c", "a B c", "x y z", "x B z"),
        ("a b c", "a B c", "a b c d\ne", "a B c d\ne"),
        ("a b c", "a n b c", "A b c", "A n b c"),
        ("a b c", "a c", "a b c d", "a c d"),
        ("", "typed", "read words", "read words\n\ntyped"),
        ("a b\n\nc d", "a b\n\nc D", "a b x\n\nc d", "a b x\n\nc D"),
    ],
)
def test_what_is_typed_and_what_comes_meanwhile_are_both_kept(base: str, mine: str, theirs: str, wanted: str) -> None:
    assert merge(base, mine, theirs) == wanted


def test_text_without_a_box_is_in_texts_and_files_and_in_no_dataset() -> None:
    page = apply(two_columns(), edits.accept(two_columns(), two_columns().words))
    page = apply(page, text_edits.rewrite(page, TEXT.replace("rice", "rice or")))
    assert page_file.decode(page_file.encode(page)) == page
    assert "rice or pasta salt" in plain_text_file.render([page])
    assert [each["quad"] for each in json.loads(json_pages.render([page]))["words"] if each["text"] == "or"] == [None]
    assert any("or,1.0,corrected,2,,,,,,,,," in line for line in spreadsheet.render([page]).splitlines())
    for unit, left_out in (("words", ["or"]), ("lines", ["rice or pasta salt"])):
        found = eligibility.find_candidates(SourcePage(page, Path("p.png"), whole=True), unit=unit, letters=None)
        assert [each.text for each in found if each.reason] == left_out
    given = apply(page, edits.give_box(page, by_text(page)["or"].id, Quad.from_box(130, 150, 150, 170)))
    assert by_text(given)["or"].has_box


letters = st.text("abé \n", max_size=4)


@st.composite
def typing(draw: st.DrawFn) -> tuple[float, int, str]:
    """Where in the text, how many characters are deleted there, and what is typed."""
    return draw(st.floats(0, 1)), draw(st.integers(0, 6)), draw(letters)


lined_pages = st.just(two_columns()) | made_pages.pages(places=made_pages.boxes)


@settings(max_examples=40, deadline=None)
@given(lined_pages, st.lists(typing(), max_size=5), st.booleans(), st.booleans())
def test_text_editor_and_words_stay_one_after_any_sequence_of_edits(
    page: Page, sequence: list[tuple[float, int, str]], line_by_line: bool, told: bool
) -> None:
    first = page
    session = TextSession(page)
    shown = PageText.of(page).text
    steps: list[Edit] = []
    for place, gone, put in sequence:
        start = round(place * len(shown))
        before, owners = session.page, PageText.of(session.page)
        text = shown[:start] + put + shown[start + gone :]
        kept = start, max(0, len(shown) - start - gone)
        edit = session.edit(text, kept=kept if told else None)
        session.page = apply(before, edit)
        steps.append(edit)
        assert PageText.of(session.page).text == join_tokens(find_tokens(text))
        if line_by_line:
            session = TextSession(session.page)
            shown = PageText.of(session.page).text
            ahead = owners.within(0, max(0, start - 1))
            behind = owners.within(start + gone + 1, len(owners.text))
            untouched = set(owners.ids) - set(owners.within(start - 1, start + gone + 1))
            others = page_order.order_words(session.page)
            if told:  # otherwise one of two equal words may be taken for the other
                assert all(session.page.words[key] == before.words[key] for key in untouched)
                assert [key for key in others if key in untouched] == [
                    key for key in (*ahead, *behind) if key in untouched
                ]
            textless = [key for key, word in before.words.items() if not word.text]
            assert all(session.page.words[key] == before.words[key] for key in textless)
        else:
            shown = text
    for edit in reversed(steps):
        session.page = apply(session.page, edit.inverted())
    assert session.page == first
