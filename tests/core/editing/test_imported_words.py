"""Words of other programs' files beside those of a page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.editing.imported_words import Conflict, ImportCounts, ImportedWords, has_other_shape
from ocr_studio.core.formats.exchange import ExchangeLine, ExchangePage, ExchangeWord
from ocr_studio.core.page import Alternative, Mark, Page, PageFacts, PhotoFrame, Quad, TextSource, WordState, apply
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import kept_order, page_order
from tests.core import made_pages
from tests.core.made_pages import boxes, page_of, read_word

EMPTY = Page("0123", "board.jpg", 1000, 800)


def labels_of(
    *lines: tuple[ExchangeWord, ...], size: tuple[float, float] = (1000, 800), **facts: object
) -> ExchangePage:
    return replace(ExchangePage("board.jpg", *size, (tuple(map(ExchangeLine, lines)),)), **facts)  # type: ignore[arg-type]


def word(text: str, x: float, y: float = 100.0, *, checked: bool = True, width: float = 50) -> ExchangeWord:
    return ExchangeWord(Quad.from_box(x, y, x + width, y + 20), text, checked=checked)


def take(page: Page, labels: ExchangePage, conflict: Conflict = Conflict.KEEP) -> Page:
    edit = ImportedWords.compare(page, labels).make_edit(conflict, "Import")
    after = apply(page, kept_order.keep_order(page, edit))
    assert apply(after, kept_order.keep_order(page, edit).inverted()) == page
    assert page_file.decode(page_file.encode(after)) == after
    return after


def test_words_come_in_the_order_of_the_file() -> None:
    page = take(EMPTY, labels_of((word("right", 500), word("left", 10)), (word("below", 10, 300),)))
    assert page_order.compose_text(page) == "right left\nbelow"
    assert all(
        each.human and each.human.source is TextSource.IMPORTED and not each.machine for each in page.words.values()
    )


def test_blocks_stay_apart_and_words_without_order_are_sorted() -> None:
    blocks = tuple((ExchangeLine((word(text, 10, y),)),) for text, y in (("one", 300), ("two", 10)))
    assert page_order.compose_text(take(EMPTY, ExchangePage("a", 1000, 800, blocks))) == "one\n\ntwo"
    unordered = ExchangePage.of_words("a", (1000, 800), [word("b", 100), word("a", 10)])
    assert page_order.compose_text(take(EMPTY, unordered)) == "a b"


def test_what_a_recognizer_wrote_is_not_checked() -> None:
    read = replace(word("queue", 10, checked=False), confidence=0.7, alternatives=(Alternative("queen", 0.2),))
    [made] = take(EMPTY, labels_of((read,))).words.values()
    assert made.human is None
    assert made.machine is not None
    assert (made.machine.text, made.machine.confidence) == ("queue", 0.7)
    assert made.machine.alternatives == (Alternative("queen", 0.2),)


def test_what_was_read_comes_back_beside_what_was_checked() -> None:
    [read] = page_of(read_word("teh", 100)).words.values()
    assert read.machine is not None
    machine = replace(read.machine, alternatives=(Alternative("teh", 0.6), Alternative("ten", 0.2)), confidence=0.6)
    accepted = replace(read, machine=machine, human=replace(machine, source=TextSource.HUMAN))
    corrected = replace(accepted, human=replace(machine, text="the", source=TextSource.HUMAN))
    for word, state in ((accepted, WordState.ACCEPTED), (corrected, WordState.CORRECTED)):
        page = page_of(word)
        empty = replace(page, words={})
        [made] = take(empty, ExchangePage.from_page(page)).words.values()
        assert made.state is state
        assert made.machine is not None
        assert (made.text, made.machine.text, made.machine.alternatives) == (word.text, "teh", machine.alternatives)


def test_marks_and_boxes_without_text() -> None:
    marked = replace(word("", 10), mark=Mark.UNREADABLE)
    page = take(EMPTY, labels_of((marked, word("", 100, checked=False))))
    assert [each.mark for each in page.words.values()] == [Mark.UNREADABLE, None]
    assert not any(each.text for each in page.words.values())


@pytest.mark.parametrize(("width", "height"), [(500, 400), (1, 1), (0, 0)])
def test_boxes_are_scaled_to_the_photo(width: float, height: float) -> None:
    scale = width / 1000 if width else 1
    quad = Quad.from_array([(x * scale, y * scale) for x, y in ((100, 80), (200, 80), (200, 120), (100, 120))])
    labels = ExchangePage.of_words("a", (width, height), [ExchangeWord(quad, "x")])
    assert not has_other_shape(EMPTY, labels)
    [made] = take(EMPTY, labels).words.values()
    if width != 1:  # a quad has two digits behind the point
        assert made.quad == Quad.from_box(100, 80, 200, 120)


def test_a_photo_of_another_shape_is_told() -> None:
    assert has_other_shape(EMPTY, labels_of((word("x", 10),), size=(800, 1000)))
    assert not has_other_shape(EMPTY, labels_of((word("x", 10),), size=(2000, 1600)))


@pytest.mark.parametrize("size", [(1e-300, 1e-300), (1e-4, 1e300)])
def test_no_box_comes_of_a_strange_size(size: tuple[float, float]) -> None:
    words = ImportedWords.compare(EMPTY, labels_of((word("x", 10),), size=size))
    assert words.counts == ImportCounts(outside=1)


def test_boxes_follow_the_frame_of_the_photo() -> None:
    turned = apply(EMPTY, photo_frames.turn_photo(EMPTY, 1))
    [made] = take(turned, labels_of((word("x", 10, 20),))).words.values()
    assert made.quad.bounds() == (800 - 40, 10, 800 - 20, 60)
    assert turned.facts.frame == PhotoFrame(1000, 800, quarters=1)


def test_words_outside_are_left_out() -> None:
    words = ImportedWords.compare(EMPTY, labels_of((word("in", 10), word("out", 2000), word("flat", 10, width=0))))
    assert words.counts == ImportCounts(new=1, outside=2)


def test_conflicts() -> None:
    ours = page_of(read_word("teh", 100), read_word("cat", 300))
    labels = labels_of((word("the", 100, 100), word("cat", 300, checked=False), word("sat", 500)))
    labels = replace(labels, width=ours.width, height=ours.height)
    words = ImportedWords.compare(ours, labels)
    assert words.counts == ImportCounts(new=1, equal=1, conflicts=1)

    kept = take(ours, labels, Conflict.KEEP)
    assert sorted(each.text for each in kept.words.values()) == ["cat", "sat", "teh"]
    replaced = take(ours, labels, Conflict.REPLACE)
    changed = replaced.words["teh-100"]
    assert (changed.text, changed.machine and changed.machine.text) == ("the", "teh")
    both = take(ours, labels, Conflict.BOTH).words["teh-100"]
    assert (both.text, both.machine and both.machine.text, both.quad) == ("the", "teh", ours.words["teh-100"].quad)


def test_both_keeps_the_users_text() -> None:
    [old] = page_of(read_word("teh", 100)).words.values()
    ours = page_of(replace(old, human=replace(old.machine, text="ten", source=TextSource.HUMAN)))  # type: ignore[type-var]
    labels = replace(labels_of((word("the", 100),)), width=ours.width, height=ours.height)
    after = take(ours, labels, Conflict.BOTH).words[old.id]
    assert (after.text, after.machine and after.machine.text) == ("ten", "the")


def test_both_keeps_what_was_checked_there_as_the_recognized_text() -> None:
    [old] = page_of(read_word("teh", 100)).words.values()
    ours = page_of(replace(old, human=replace(old.machine, text="ten", source=TextSource.HUMAN)))  # type: ignore[type-var]
    theirs = replace(word("tea", 100), confidence=0.4, alternatives=(Alternative("tee", 0.4),))
    labels = replace(labels_of((theirs,)), width=ours.width, height=ours.height)
    after = take(ours, labels, Conflict.BOTH).words[old.id]
    assert (after.text, after.machine and after.machine.text) == ("ten", "tea")


def test_two_words_for_one_box_of_the_page() -> None:
    ours = page_of(replace(read_word("onetwo", 100), quad=Quad.from_box(100, 100, 220, 120)))
    labels = replace(labels_of((word("one", 100), word("two", 165))), width=ours.width, height=ours.height)
    assert page_order.compose_text(take(ours, labels, Conflict.REPLACE)) == "one two"
    assert page_order.compose_text(take(ours, labels, Conflict.KEEP)) == "onetwo"


def test_a_line_in_place_of_words() -> None:
    ours = page_of(read_word("one", 100), read_word("two", 160))
    line = ExchangeWord(Quad.from_box(90, 95, 260, 140), "one two", checked=True)
    labels = replace(labels_of((line,)), width=ours.width, height=ours.height)
    after = take(ours, labels, Conflict.REPLACE)
    assert [each.text for each in after.words.values()] == ["one two"]


def test_text_without_a_box_gets_a_place_in_its_line() -> None:
    page = take(EMPTY, labels_of((word("one", 10), ExchangeWord(None, "two", checked=True), word("three", 200))))
    assert page_order.compose_text(page) == "one two three"
    assert [each.has_box for each in page.words.values()] == [True, False, True]


def test_facts_fill_what_is_empty() -> None:
    labels = labels_of((word("x", 10),), writer="Anna", tags=("math", "exam"), note="two\nlines")
    assert take(EMPTY, labels).facts == PageFacts(writer="Anna", tags=("math", "exam"), note="two\nlines")
    ours = replace(EMPTY, facts=PageFacts(writer="Ben", tags=("exam",), note="mine"))
    assert take(ours, labels).facts == PageFacts(writer="Ben", tags=("exam", "math"), note="mine")
    assert take(ours, labels, Conflict.REPLACE).facts.writer == "Anna"


def test_facts_of_a_stranger_are_cut() -> None:
    labels = labels_of((word("x" * 5000, 10),), writer="w" * 9999, tags=("t" * 9999,) * 5000, note="n\n" * 99_999)
    take(EMPTY, labels)


@given(made_pages.pages(places=boxes), st.sampled_from(Conflict))
def test_a_pages_own_words_change_nothing(page: Page, conflict: Conflict) -> None:
    labels = ExchangePage.from_page(page)
    distinct = {each.quad for each in page.words.values()}
    after = take(page, replace(labels, writer=None, tags=(), note=""), conflict)
    if len(distinct) == len(page.words) and conflict is Conflict.KEEP:
        assert {key: each for key, each in after.words.items() if key in page.words} == dict(page.words)


def test_importing_again_changes_nothing_where_boxes_overlap() -> None:
    first = ExchangeWord(Quad.from_box(100, 100, 200, 140), "big", checked=True)
    inside = ExchangeWord(Quad.from_box(105, 105, 150, 135), "bi", checked=True)
    again = ExchangeWord(Quad.from_box(100, 100, 200, 140), "twin", checked=True)
    typed = ExchangeWord(None, "typed", checked=True)
    labels = labels_of((first, inside, again, typed, typed))
    page = take(EMPTY, labels)
    words = ImportedWords.compare(page, labels)
    assert words.counts == ImportCounts(equal=5)
    assert not any(words.make_edit(conflict, "Import") for conflict in Conflict)


def test_a_neighbour_with_a_partner_of_its_own_is_not_replaced() -> None:
    low = replace(read_word("low", 100), quad=Quad.from_box(100, 100, 200, 140))
    ours = page_of(low, replace(read_word("i", 105), quad=Quad.from_box(105, 100, 135, 135)))
    theirs = [ExchangeWord(word.quad, word.text.upper(), checked=True) for word in ours.words.values()]
    labels = replace(labels_of(tuple(theirs)), width=ours.width, height=ours.height)
    assert ImportedWords.compare(ours, labels).counts == ImportCounts(conflicts=2)
    after = take(ours, labels, Conflict.REPLACE)
    assert {key: word.text for key, word in after.words.items()} == {
        key: word.text.upper() for key, word in ours.words.items()
    }


def test_the_order_of_the_file_comes_with_all_its_words() -> None:
    ours = page_of(read_word("one", 100), read_word("two", 200), read_word("three", 300))
    given = {word.text: ExchangeWord(word.quad, word.text) for word in ours.words.values()}
    size = (ours.width, ours.height)
    labels = labels_of((given["three"],), (given["one"], given["two"]), size=size)
    assert page_order.compose_text(take(ours, labels, Conflict.REPLACE)) == "three\none two"
    assert take(ours, labels, Conflict.KEEP) == ours
    after = take(ours, labels, Conflict.REPLACE)
    assert not ImportedWords.compare(after, labels).make_edit(Conflict.REPLACE, "Import")
    # The file knows nothing of the order of a word that it does not have, or has none.
    fewer = labels_of((given["three"],), (given["one"],), size=size)
    assert take(ours, fewer, Conflict.REPLACE) == ours
    assert take(ours, replace(labels, ordered=False), Conflict.REPLACE) == ours


def test_a_new_page_is_the_same_after_its_own_order_is_imported() -> None:
    ours = page_of(read_word("one", 100), read_word("two", 200), read_word("low", 100, 300))
    assert not ImportedWords.compare(ours, ExchangePage.from_page(ours)).make_edit(Conflict.REPLACE, "Import")
