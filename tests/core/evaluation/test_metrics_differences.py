"""Words that were read a second time: which are read otherwise, and what taking them over leaves alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing import changes, rereading
from ocr_studio.core.editing.changes import Change
from ocr_studio.core.page import Edit, Page, Quad, TextSource, Transcription, Word, WordState, apply
from tests.core.made_pages import page_of, pages, read_word


def read(text: str, confidence: float = 0.5) -> Transcription:
    return Transcription(text, TextSource.MODEL, confidence, "new", "2026-02-02T00:00:00+00:00")


MAP, OLD = read_word("mop", 10), read_word("old", 110)
CHECKED = replace(read_word("chekt", 210), human=Transcription.by_human("checked"))
DRAWN = Word("drawn", Quad.from_box(310, 100, 390, 130), TextSource.HUMAN)
PAGE = page_of(MAP, OLD, CHECKED, DRAWN)
FRESH = [
    replace(MAP, machine=read("map")),
    replace(OLD, machine=read("old", 0.99)),
    replace(CHECKED, machine=read("other")),
    replace(DRAWN, machine=read("box")),
]


def chosen(page: Page, fresh: list[Word], wanted: set[str]) -> list[Change]:
    """Those of these words, and those that only get another confidence."""
    return [each for each in rereading.find_changes(page, fresh) if each.word_id in wanted or not each.visible]


def test_what_nobody_has_checked_is_read_again_in_reading_order() -> None:
    assert [word.id for word in rereading.list_unchecked(PAGE)] == [MAP.id, OLD.id, DRAWN.id]


def test_only_unchecked_words_that_are_read_otherwise_differ() -> None:
    found = [each for each in rereading.find_changes(PAGE, FRESH) if each.visible]
    assert [(each.before, each.after, each.reason) for each in found] == [("mop", "map", "50%"), ("", "box", "50%")]


def test_what_is_chosen_is_taken_over_and_what_is_the_same_gets_its_confidence() -> None:
    edit, skipped = changes.make_edit(PAGE, chosen(PAGE, FRESH, {MAP.id}))
    after = apply(PAGE, edit)
    assert skipped == 0
    assert after.words[MAP.id].text == "map"
    assert after.words[MAP.id].state is WordState.READ
    assert after.words[OLD.id].confidence == 0.99
    assert after.words[CHECKED.id] == CHECKED
    assert after.words[DRAWN.id] == DRAWN
    assert apply(after, edit.inverted()) == PAGE


def test_what_was_checked_moved_or_deleted_meanwhile_stays() -> None:
    checked = replace(MAP, human=Transcription.by_human("mop"))
    moved = replace(OLD, quad=Quad.from_box(0, 0, 10, 10))
    now = page_of(checked, moved)
    assert not list(rereading.find_changes(now, FRESH))
    assert changes.make_edit(now, chosen(PAGE, FRESH, {word.id for word in FRESH})) == (Edit(""), 3 - 1)


@given(page=pages(), data=st.data())
def test_no_text_of_a_person_and_no_box_ever_changes(page: Page, data: st.DataObject) -> None:
    fresh = [replace(word, machine=read("anything")) for word in page.words.values()]
    wanted = data.draw(st.sets(st.sampled_from(sorted(page.words)))) if page.words else set()
    after = apply(page, changes.make_edit(page, chosen(page, fresh, wanted))[0])
    assert after.words.keys() == page.words.keys()
    for key, word in page.words.items():
        now = after.words[key]
        assert (now.human, now.quad, now.quad_source) == (word.human, word.quad, word.quad_source)
        if word.checked or not wanted:
            assert now == word
        elif key in wanted:
            assert now.text == "anything"
