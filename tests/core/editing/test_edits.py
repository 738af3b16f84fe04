"""Every edit does what its name says, and can be taken back."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import (
    Edit,
    EditMismatch,
    Mark,
    Page,
    PageFacts,
    PageState,
    Point,
    Quad,
    TextSource,
    Transcription,
    Word,
    WordState,
    apply,
)
from ocr_studio.core.reading_order import layout as reading_order
from tests.core.made_pages import boxes, page_of, pages, read_word

THE, MAP = read_word("the", 100), read_word("map", 200)
PAGE = page_of(THE, MAP)


def done(page: Page, edit: Edit) -> Page:
    after = apply(page, edit)
    assert apply(after, edit.inverted()) == page
    return after


def test_writing_is_composed_and_stripped_and_keeps_the_machines_side() -> None:
    word = done(PAGE, edits.write(PAGE, THE.id, "  cafe\u0301\nau  lait\x00 ")).words[THE.id]
    assert word.text == "café au lait"
    assert word.machine == THE.machine
    assert word.state is WordState.CORRECTED


def test_writing_the_same_twice_is_no_edit() -> None:
    page = done(PAGE, edits.write(PAGE, THE.id, "thy"))
    assert not edits.write(page, THE.id, " thy ")
    assert str(edits.write(page, THE.id, "").name) == "Clear text"


def test_a_text_that_utf8_cannot_carry_is_cleaned() -> None:
    word = done(PAGE, edits.write(PAGE, THE.id, "a\ud800b")).words[THE.id]
    assert word.text == "ab"


def test_what_is_set_aside_has_no_text_and_comes_back_as_it_was() -> None:
    page = done(PAGE, edits.write(PAGE, THE.id, "thy"))
    aside = done(page, edits.mark(page, page.words, Mark.UNREADABLE))
    assert [(word.text, word.state) for word in aside.words.values()] == [("", WordState.MARKED)] * 2
    assert aside.state is PageState.REVIEWED
    assert not edits.mark(aside, aside.words, Mark.UNREADABLE)
    assert not edits.accept(aside, aside.words)
    back = done(aside, edits.unaccept(aside, aside.words))
    assert [word.text for word in back.words.values()] == ["the", "map"]
    drawn = Word("drawn", Quad.from_box(0, 0, 9, 9), TextSource.HUMAN, human=Transcription.by_human("mine"))
    lone = apply(page_of(drawn), edits.mark(page_of(drawn), ["drawn"], Mark.IGNORED))
    assert done(lone, edits.unaccept(lone, lone.words)).words["drawn"] == drawn


def test_writing_into_what_was_set_aside_makes_it_a_word_again() -> None:
    page = apply(PAGE, edits.mark(PAGE, [THE.id], Mark.IGNORED))
    assert done(page, edits.write(page, THE.id, "the")).words[THE.id].state is WordState.ACCEPTED
    written = apply(PAGE, edits.write(PAGE, THE.id, "thy"))
    again = apply(written, edits.mark(written, [THE.id], Mark.IGNORED))
    assert done(again, edits.write(again, THE.id, "thy")).words[THE.id].text == "thy"


def test_words_set_aside_alike_stay_so_when_they_are_merged() -> None:
    page = apply(PAGE, edits.mark(PAGE, PAGE.words, Mark.IGNORED))
    (whole,) = done(page, edits.merge(page, page.words)).words.values()
    assert whole.mark is Mark.IGNORED
    one = apply(PAGE, edits.mark(PAGE, [THE.id], Mark.IGNORED))
    (whole,) = done(one, edits.merge(one, one.words)).words.values()
    assert (whole.mark, whole.text) == (None, "map")


def test_no_edit_invents_a_box_for_words_without_one() -> None:
    (x, y), _, _, (low_x, low_y) = MAP.quad.corners
    stroke = Quad(((x, y), (x, y), (low_x, low_y), (low_x, low_y)))
    page = page_of(THE, typed := replace(MAP, quad=stroke))
    assert not edits.turn_writing(page, [typed.id], 1)
    (whole,) = done(page, edits.merge(page, page.words)).words.values()
    assert (whole.text, whole.quad) == ("the map", geometry.union_quad([THE.quad]))
    page = page_of(typed, replace(typed, id="more"))
    (whole,) = done(page, edits.merge(page, page.words)).words.values()
    assert not whole.has_box


def test_a_locked_box_stays_where_it_is_and_can_be_written_into() -> None:
    page = done(PAGE, edits.lock(PAGE, [THE.id], locked=True))
    for edit in (
        edits.move(page, page.words, 5, 5),
        edits.rotate(page, page.words, 5),
        edits.delete(page, page.words),
        edits.reshape(page, THE.id, Quad.from_box(0, 0, 9, 9)),
    ):
        assert THE.id not in edit.changes
    assert done(page, edits.write(page, THE.id, "thy")).words[THE.id].locked
    assert done(page, edits.lock(page, page.words, locked=False)) == PAGE


def test_what_is_said_of_a_page_is_an_edit() -> None:
    first = edits.set_facts(PAGE, PageFacts(writer="Ann"), "Name the writer")
    page = done(PAGE, first)
    second = edits.set_facts(page, PageFacts(writer="Ann", tags=("maths",)), "Tag")
    assert done(PAGE, first.then(second)).facts == PageFacts(writer="Ann", tags=("maths",))
    assert not first.then(first.inverted())
    with pytest.raises(EditMismatch):
        apply(page, first)


def test_accepting_takes_what_is_there_and_leaves_the_rest() -> None:
    drawn = Word("drawn", Quad.from_box(0, 0, 9, 9), TextSource.HUMAN)
    page = done(page_of(THE, MAP, drawn), edits.write(PAGE, THE.id, "thy"))
    after = done(page, edits.accept(page, page.words))
    assert [after.words[key].text for key in (THE.id, MAP.id, "drawn")] == ["thy", "map", ""]
    assert after.words[MAP.id].state is WordState.ACCEPTED
    assert after.words["drawn"].state is WordState.UNREAD
    assert after.words[THE.id] == page.words[THE.id]


def test_back_to_what_the_model_read() -> None:
    drawn = Word("drawn", Quad.from_box(0, 0, 9, 9), TextSource.HUMAN, human=Transcription.by_human("mine"))
    page = apply(page_of(THE, drawn), edits.write(PAGE, THE.id, "thy"))
    after = done(page, edits.unaccept(page, page.words))
    assert after.words[THE.id] == THE
    assert after.words["drawn"].text == "mine"


@pytest.mark.parametrize(("index", "text"), [(0, "the"), (1, "eht"), (2, "the"), (-1, "the")])
def test_choosing_an_alternative(index: int, text: str) -> None:
    after = done(PAGE, edits.choose_alternative(PAGE, THE.id, index))
    assert after.words[THE.id].text == text
    assert (after.words[THE.id].human is not None) == (index in (0, 1))


def test_ids_that_are_gone_are_passed_over() -> None:
    for edit in (
        edits.write(PAGE, "gone", "x"),
        edits.accept(PAGE, ["gone"]),
        edits.unaccept(PAGE, ["gone"]),
        edits.choose_alternative(PAGE, "gone", 0),
        edits.delete(PAGE, ["gone"]),
        edits.move(PAGE, ["gone"], 5, 5),
        edits.reshape(PAGE, "gone", THE.quad),
        edits.rotate(PAGE, ["gone"], 5),
        edits.split(PAGE, "gone", 0.5),
        edits.merge(PAGE, ["gone", THE.id]),
        edits.refresh(PAGE, [replace(THE, id="gone")]),
        edits.paste(PAGE, [], offset=(5, 5)),
    ):
        assert not edit


def test_names_count() -> None:
    assert str(edits.delete(PAGE, [THE.id]).name) == "Delete word"
    assert str(edits.delete(PAGE, [THE.id, MAP.id]).name) == "Delete 2 words"
    assert str(edits.refresh(PAGE, [replace(THE, machine=None)]).name) == "Read word again"
    assert str(edits.write(PAGE, THE.id, "x" * 40).name) == "Change text to “" + "x" * 23 + "…”"


def test_moving_stays_on_the_photo_and_keeps_words_together() -> None:
    after = done(PAGE, edits.move(PAGE, [THE.id, MAP.id], -500, 10))
    assert after.words[THE.id].quad == Quad.from_box(0, 110, 60, 140)
    assert after.words[MAP.id].quad == Quad.from_box(100, 110, 160, 140)
    assert after.words[THE.id].quad_source is TextSource.HUMAN


def test_what_sticks_out_may_stay_out() -> None:
    out = read_word("out", -10)
    page = page_of(out)
    assert not edits.move(page, [out.id], -5, 0)
    assert apply(page, edits.move(page, [out.id], 4, 0)).words[out.id].quad.bounds()[0] == -6


def test_reshaping_and_rotating() -> None:
    quad = Quad.from_box(1, 2, 30, 40)
    assert done(PAGE, edits.reshape(PAGE, THE.id, quad)).words[THE.id].quad == quad
    assert not edits.reshape(PAGE, THE.id, THE.quad)
    turned = done(PAGE, edits.rotate(PAGE, [THE.id, MAP.id], 90)).words
    assert turned[THE.id].quad.bounds() == (115.0, 85.0, 145.0, 145.0)
    assert turned[MAP.id].quad.bounds() == (215.0, 85.0, 245.0, 145.0)


@pytest.mark.parametrize(
    ("quarters", "corner", "slope"), [(1, (160, 100), 90), (-1, (100, 130), -90), (2, (160, 130), 180)]
)
def test_turning_the_writing_leaves_the_outline(quarters: int, corner: Point, slope: float) -> None:
    turned = done(PAGE, edits.turn_writing(PAGE, [THE.id, MAP.id], quarters)).words[THE.id]
    assert turned.quad.corners[0] == corner
    assert set(turned.quad.corners) == set(THE.quad.corners)
    assert geometry.measure_angle(turned.quad) == slope
    assert not edits.turn_writing(page_of(replace(THE, locked=True)), [THE.id], quarters)


def test_drawing_a_box() -> None:
    edit = edits.add(PAGE, Quad.from_box(1, 2, 3, 4), text=" new ")
    [key] = edit.changes
    word = done(PAGE, edit).words[key]
    assert (word.text, word.quad_source, word.state) == ("new", TextSource.HUMAN, WordState.CORRECTED)
    [empty] = [after for _, after in edits.add(PAGE, Quad.from_box(1, 2, 3, 4)).changes.values()]
    assert empty is not None
    assert empty.state is WordState.UNREAD


def test_pasting_gives_copies_on_the_photo() -> None:
    after = done(PAGE, edits.paste(PAGE, [THE, MAP], offset=(5000, 12)))
    fresh = [word for key, word in after.words.items() if key not in PAGE.words]
    assert [word.text for word in fresh] == ["the", "map"]
    assert max(word.quad.bounds()[2] for word in fresh) == PAGE.width
    assert fresh[1].quad.bounds()[0] - fresh[0].quad.bounds()[0] == 100
    assert all(word.quad_source is TextSource.HUMAN for word in fresh)


def test_a_pasted_word_larger_than_the_photo_begins_on_it() -> None:
    huge = read_word("x", 300, width=5000)
    [word] = [after for _, after in edits.paste(PAGE, [huge], offset=(0, 0)).changes.values()]
    assert word is not None
    assert word.quad.bounds() == (0, 100, PAGE.width, 130)


def test_a_word_that_is_turned_stays_on_the_photo() -> None:
    low = read_word("level", 400, PAGE.height - 30)
    page = page_of(low)
    turned = done(page, edits.rotate(page, [low.id], 90)).words[low.id].quad
    assert turned.bounds() == (435, PAGE.height - 100, 465, PAGE.height)


def halves(page: Page, word_id: str, fraction: float | None = None, *, letter: int | None = None) -> list[Word]:
    edit = edits.split(page, word_id, fraction, letter=letter)
    after = done(page, edit)
    return sorted((after.words[key] for key in edit.changes), key=lambda word: word.quad.bounds()[0])


def test_splitting_before_a_letter_cuts_box_and_text_there() -> None:
    word = read_word("themap", 100)
    left, right = halves(page_of(word), word.id, letter=3)
    assert (left.text, right.text) == ("the", "map")
    assert (left.quad, right.quad) == (Quad.from_box(100, 100, 160, 130), Quad.from_box(160, 100, 220, 130))
    assert left.id == word.id
    assert left.human is None
    assert left.machine is not None
    assert left.machine.letters == pytest.approx((1 / 6, 0.5, 5 / 6))
    assert [other.text for other in left.machine.alternatives] == ["the", "pam"]


def test_splitting_at_a_place_finds_the_letter_by_the_letters_places() -> None:
    narrow = Transcription("mill", TextSource.MODEL, 0.9, letters=(0.3, 0.7, 0.8, 0.9))
    word = replace(read_word("mill", 100), machine=narrow)
    left, right = halves(page_of(word), word.id, 0.6)
    assert (left.text, right.text) == ("m", "ill")
    left, right = halves(page_of(replace(word, machine=replace(narrow, letters=()))), word.id, 0.6)
    assert (left.text, right.text) == ("mi", "ll")


def test_splitting_at_a_space_drops_it() -> None:
    word = read_word("the map", 100)
    for letter in (3, 4):
        assert [half.text for half in halves(page_of(word), word.id, letter=letter)] == ["the", "map"]


def test_splitting_divides_both_sides_each_by_its_own_letters() -> None:
    word = replace(read_word("thmap", 100), human=Transcription.by_human("the map"))
    left, right = halves(page_of(word), word.id, letter=4)
    assert left.human
    assert right.human
    assert (left.human.text, right.human.text) == ("the", "map")
    assert left.machine
    assert right.machine
    assert (left.machine.text, right.machine.text) == ("th", "map")


def test_an_empty_half_is_unread_not_checked() -> None:
    word = replace(read_word("a", 100, width=100), human=Transcription.by_human("a"))
    left, right = halves(page_of(word), word.id, 0.9)
    assert (left.text, right.state) == ("a", WordState.UNREAD)
    drawn = Word("drawn", Quad.from_box(0, 0, 100, 9), TextSource.HUMAN)
    assert len(halves(page_of(drawn), "drawn", 0.5)) == 2


def test_what_is_locked_is_neither_cut_nor_put_together_with_others() -> None:
    page = apply(PAGE, edits.lock(PAGE, [THE.id], locked=True))
    assert not edits.split(page, THE.id, 0.5)
    assert not edits.split(page, THE.id, letter=1)
    assert not edits.merge(page, page.words)
    page = apply(page, edits.lock(page, [THE.id], locked=False))
    assert edits.split(page, THE.id, 0.5)
    assert edits.merge(page, page.words)


def test_nowhere_to_split() -> None:
    for letter in (0, 3, -1, 99):
        assert not edits.split(PAGE, THE.id, letter=letter)
    for fraction in (0.0, 1.0, -3.0, math.nan):
        assert not edits.split(PAGE, THE.id, fraction)
    assert not edits.split(PAGE, THE.id)


def test_a_mark_stays_with_its_letter() -> None:
    word = Word("w", Quad.from_box(0, 0, 100, 20), human=Transcription.by_human("x\u0323\u0302y"))
    assert [half.text for half in halves(page_of(word), "w", letter=1)] == ["x\u0323\u0302", "y"]


def test_merging_joins_texts_in_reading_order() -> None:
    after = done(PAGE, edits.merge(PAGE, [MAP.id, THE.id]))
    [word] = after.words.values()
    assert word.id == THE.id
    assert word.text == "the map"
    assert word.human is None
    assert word.quad.bounds() == pytest.approx((100, 100, 260, 130), abs=0.1)
    assert word.machine is not None
    places = [100 + 160 * place for place in word.machine.letters]
    assert places == pytest.approx([110, 130, 150, 180, 210, 230, 250], abs=0.1)


def test_what_a_person_wrote_in_a_part_survives_merging_and_reading_again() -> None:
    page = apply(PAGE, edits.write(PAGE, MAP.id, "mop"))
    merging = edits.merge(page, page.words)
    merged = done(page, merging)
    [word] = merged.words.values()
    assert (word.text, word.state) == ("the mop", WordState.CORRECTED)
    assert word.machine
    assert word.machine.text == "the map"
    fresh = replace(word, machine=Transcription("thy map", TextSource.MODEL, 0.99))
    again = done(merged, edits.refresh(merged, [fresh]))
    assert again.words[word.id].text == "the mop"
    page_read = done(merged, edits.reread(merged, [read_word("thy", 100), read_word("map", 200)], earlier=None))
    assert [each.text for each in page_read.words.values()] == ["the mop"]
    back = apply(merged, edits.unaccept(merged, [word.id]))
    assert back.words[word.id].text == "the map"
    assert apply(merged, merging.inverted()) == page


def test_merging_what_nobody_has_checked_is_still_to_be_checked() -> None:
    [word] = done(PAGE, edits.merge(PAGE, PAGE.words)).words.values()
    assert (word.text, word.state) == ("the map", WordState.READ)


@given(pages(places=boxes))
def test_merging_never_loses_what_a_person_wrote(page: Page) -> None:
    written = [word.human.text for word in page.words.values() if word.human]
    merged = done(page, edits.merge(page, page.words))
    after = apply(merged, edits.reread(merged, [read_word("x", 50)], earlier=None))
    after = apply(after, edits.refresh(after, [replace(word, machine=None) for word in after.words.values()]))
    left = " ".join(word.human.text for word in after.words.values() if word.human)
    assert all(text in left for text in written)


def test_merging_with_a_word_said_to_be_empty() -> None:
    page = apply(PAGE, edits.write(PAGE, MAP.id, ""))
    [word] = done(page, edits.merge(page, page.words)).words.values()
    assert (word.text, word.state) == ("the", WordState.CORRECTED)
    page = apply(page, edits.write(page, THE.id, ""))
    [word] = done(page, edits.merge(page, page.words)).words.values()
    assert (word.text, word.state) == ("", WordState.CORRECTED)
    drawn = Word("drawn", Quad.from_box(300, 100, 330, 130), TextSource.HUMAN)
    page = page_of(page.words[MAP.id], drawn)
    [word] = done(page, edits.merge(page, page.words)).words.values()
    assert (word.text, word.state) == ("", WordState.UNREAD)


@given(boxes, st.text("abcdefgh ij", min_size=2, max_size=12), st.data())
def test_split_then_merge_keeps_the_text(quad: Quad, text: str, data: st.DataObject) -> None:
    text = " ".join(text.split()) or "ab"
    word = Word("w", quad, human=Transcription.by_human(text))
    page = page_of(word)
    page = apply(page, edits.split(page, "w", letter=data.draw(st.integers(0, len(text)))))
    [whole] = apply(page, edits.merge(page, page.words)).words.values()
    assert whole.text.replace(" ", "") == text.replace(" ", "")


@st.composite
def some_edit(draw: st.DrawFn, page: Page) -> Edit:
    keys = sorted(page.words)
    some = draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []
    one = draw(st.sampled_from(keys)) if keys else "none"
    made = draw(st.lists(st.builds(lambda quad, n: read_word(f"w{n}", *quad.bounds()[:2]), boxes, st.integers(0, 99))))
    kinds = {
        "write": lambda: edits.write(page, one, draw(st.text(max_size=8))),
        "accept": lambda: edits.accept(page, some),
        "unaccept": lambda: edits.unaccept(page, some),
        "choose": lambda: edits.choose_alternative(page, one, draw(st.integers(0, 4))),
        "delete": lambda: edits.delete(page, some),
        "move": lambda: edits.move(page, some, draw(st.integers(-99, 99)), draw(st.integers(-99, 99))),
        "reshape": lambda: edits.reshape(page, one, draw(boxes)),
        "rotate": lambda: edits.rotate(page, some, draw(st.integers(-180, 180))),
        "add": lambda: edits.add(page, draw(boxes), text=draw(st.none() | st.text(max_size=5))),
        "paste": lambda: edits.paste(page, made, offset=(7, 9)),
        "split": lambda: edits.split(page, one, draw(st.floats(0, 1))),
        "cut": lambda: edits.split(page, one, letter=draw(st.integers(0, 9))),
        "merge": lambda: edits.merge(page, some),
        "reread": lambda: edits.reread(page, made, earlier=draw(st.sampled_from([None, ()]))),
        "refresh": lambda: edits.refresh(page, [replace(page.words[key], machine=None) for key in some]),
    }
    return kinds[draw(st.sampled_from(sorted(kinds)))]()


@given(pages(places=boxes), st.data())
def test_every_edit_can_be_taken_back_and_put_together(page: Page, data: st.DataObject) -> None:
    first = data.draw(some_edit(page))
    middle = apply(page, first)
    assert apply(middle, first.inverted()) == page
    second = data.draw(some_edit(middle))
    last = apply(middle, second)
    assert apply(page, first.then(second)) == last
    assert apply(last, first.then(second).inverted()) == page
    assert set(reading_order.order_words(last.words.values())) == set(last.words)
    touched = {key for key, word in page.words.items() if word.human}
    if str(first.name).startswith("Read"):
        assert all(middle.words[key].human == page.words[key].human for key in touched)
