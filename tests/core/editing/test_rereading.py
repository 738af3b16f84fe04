"""Reading again: what a person wrote or placed stays, and what is found goes where it belongs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr_studio.core.editing import changes, edits, rereading, text_edits
from ocr_studio.core.page import Quad, TextSource, Transcription, Word, apply
from tests.core.editing.test_edits import MAP, PAGE, THE, done
from tests.core.made_pages import page_of, read_word


def test_a_box_over_several_lines_gets_all_of_them_in_reading_order_whatever_piece_they_come_in() -> None:
    drawn = Word("drawn", Quad.from_box(90, 90, 400, 280), TextSource.HUMAN)
    lines = [[read_word("the", 100), read_word("map", 200)], [read_word("is", 100, 160)], [read_word("old", 100, 230)]]
    page, earlier = page_of(drawn), None
    first = page
    for line in (lines[0], lines[2], lines[1]):
        page = done(page, edits.reread(page, line, earlier=earlier))
        earlier = [*(earlier or ()), *line]
    assert list(page.words) == ["drawn"]
    assert page.words["drawn"].text == "the map is old"
    assert done(first, edits.reread(first, [word for line in lines for word in line], earlier=None)) == page
    # Another reading leaves alone what this one has read there.
    again = done(page, edits.reread(page, [read_word("thy", 100)], earlier=None))
    assert again.words["drawn"].text == "the map is old"


def test_reading_first_clears_what_nobody_touched() -> None:
    page = apply(PAGE, edits.write(PAGE, THE.id, "thy"))
    fresh = [read_word("thee", 102), read_word("mop", 203, key="new")]
    after = done(page, edits.reread(page, fresh, earlier=None))
    assert sorted(word.text for word in after.words.values()) == ["mop", "thy"]
    assert after.words[THE.id] == page.words[THE.id]


def test_later_pieces_only_add() -> None:
    after = done(PAGE, edits.reread(PAGE, [read_word("more", 100, 300)], earlier=()))
    assert sorted(word.text for word in after.words.values()) == ["map", "more", "the"]


def test_a_word_found_again_in_its_place_is_the_word_it_was() -> None:
    assert THE.machine is not None
    same = replace(THE, id="x", machine=replace(THE.machine, when="2030-01-01T00:00:00+00:00"))
    other = read_word("mop", 203, key="y")
    edit = edits.reread(PAGE, [same, other, read_word("more", 100, 300, key="z")], earlier=None)
    after = done(PAGE, edit)
    assert after.words[THE.id] == THE
    assert (after.words[MAP.id].text, after.words[MAP.id].quad) == ("mop", other.quad)
    assert set(edit.changes) == {MAP.id, "z"}


def test_of_two_words_found_in_one_the_better_one_keeps_its_id() -> None:
    left, top, right, bottom = MAP.quad.bounds()
    wide = Quad.from_box(left, top, left + 0.7 * (right - left), bottom)
    rest = Quad.from_box(left + 0.5 * (right - left), top, right, bottom)
    # The other one comes with an id that is in use, which no reading should do.
    after = done(PAGE, edits.reread(PAGE, [Word(MAP.id, rest), Word("wide", wide), THE], earlier=None))
    assert len(after.words) == 3
    assert after.words[MAP.id].quad == wide


def test_what_stands_where_a_word_was_deleted_meanwhile_is_left_out() -> None:
    page = apply(PAGE, edits.delete(PAGE, [MAP.id]))
    fresh = [read_word("the", 101, key="x"), read_word("mop", 203, key="y")]
    assert set(done(page, edits.reread(page, fresh, earlier=None, left=[MAP])).words) == {THE.id}
    # Of two boxes on one word one was deleted: the word is still found.
    twin = replace(MAP, id="twin", quad=Quad.from_box(220, 95, 290, 130))
    after = done(PAGE, edits.reread(PAGE, fresh, earlier=None, left=[twin]))
    assert set(after.words) == {THE.id, MAP.id}


def test_a_drawn_box_gets_the_reading_found_there() -> None:
    drawn = Word("drawn", Quad.from_box(198, 98, 262, 132), TextSource.HUMAN, human=Transcription.by_human("mop"))
    page = page_of(drawn)
    word = done(page, edits.reread(page, [MAP, THE], earlier=None)).words["drawn"]
    assert word.machine is not None
    assert MAP.machine is not None
    assert replace(word.machine, letters=()) == replace(MAP.machine, letters=())
    # Where letters stand is a share of the box that was drawn, which is two pixels wider on either side.
    there = [198 + 64 * share for share in word.machine.letters]
    assert there == pytest.approx([200 + 60 * share for share in MAP.machine.letters])
    assert (word.text, word.quad) == ("mop", drawn.quad)
    wide = replace(drawn, quad=Quad.from_box(90, 90, 270, 140))
    page = page_of(wide)
    after = done(page, edits.reread(page, [MAP, THE], earlier=None))
    assert len(after.words) == 1
    assert after.words["drawn"].machine is not None
    assert after.words["drawn"].machine.text == "the map"


def test_a_touched_word_that_was_read_keeps_its_reading() -> None:
    page = apply(PAGE, edits.accept(PAGE, [THE.id]))
    after = done(page, edits.reread(page, [read_word("tho", 100)], earlier=None))
    assert list(after.words.values()) == [page.words[THE.id]]


def test_text_without_a_box_gets_that_of_the_same_text_found_near_it() -> None:
    page = apply(PAGE, text_edits.rewrite(PAGE, "the old map and more"))
    ids = {word.text: key for key, word in page.words.items()}
    fresh = [read_word("the", 100), read_word("old", 170), read_word("map", 250), read_word("more", 900, 700)]
    after = done(page, edits.reread(page, fresh, earlier=None))
    assert after.words[ids["old"]].quad == fresh[1].quad
    assert after.words[ids["old"]].machine == fresh[1].machine
    assert sorted(word.text for word in after.words.values()) == ["and", "map", "more", "more", "old", "the"]
    assert not after.words[ids["and"]].has_box


def test_words_read_again_take_the_machines_side_only() -> None:
    page = apply(PAGE, edits.write(PAGE, THE.id, "thy"))
    fresh = [replace(THE, machine=Transcription("she", TextSource.MODEL, 0.5)), read_word("new", 5)]
    after = done(page, edits.refresh(page, fresh))
    word = after.words[THE.id]
    assert (word.text, word.machine) == ("thy", fresh[0].machine)
    assert len(after.words) == 2


def test_a_word_moved_while_it_was_read_keeps_its_reading() -> None:
    page = apply(PAGE, edits.move(PAGE, [THE.id], 50, 50))
    assert not edits.refresh(page, [replace(THE, machine=Transcription("she", TextSource.MODEL))])


def test_only_words_that_are_as_they_were_take_the_new_reading() -> None:
    again = Transcription("mop", TextSource.MODEL, 0.9)
    found = tuple(rereading.find_changes(PAGE, (replace(THE, machine=again), replace(MAP, machine=again))))
    edit, skipped = changes.make_edit(PAGE, found)
    assert skipped == 0
    assert [word.text for word in done(PAGE, edit).words.values()] == ["mop", "mop"]
    written = apply(PAGE, edits.write(PAGE, THE.id, "thy"))
    agreed = apply(PAGE, edits.accept(PAGE, [THE.id]))
    moved = apply(PAGE, edits.move(PAGE, [THE.id], 5, 5))
    read = apply(PAGE, edits.refresh(PAGE, [replace(THE, machine=Transcription("tho", TextSource.MODEL, 0.5))]))
    for page in (written, agreed, moved, read, apply(PAGE, edits.delete(PAGE, [THE.id]))):
        edit, skipped = changes.make_edit(page, found)
        assert (skipped, set(edit.changes)) == (1, {MAP.id})
