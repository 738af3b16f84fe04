"""The order of the words that wait, and a person who goes through them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Alternative, Page, PageFacts, Quad, TextSource, Transcription, Word, apply
from ocr_studio.core.review import card as review_card
from ocr_studio.core.review import doubtful_letters
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import QueueOrder, QueueRow, ReviewSession


def _reading(text: str, *others: tuple[str, float], confidence: float = 0.9) -> Transcription:
    choices = (Alternative(text, confidence), *(Alternative(*other) for other in others)) if others else ()
    return Transcription(text, TextSource.MODEL, confidence, alternatives=choices)


def _page(name: str, *confidences: float, writer: str | None = None) -> Page:
    words = {
        f"w{n}": Word(f"w{n}", Quad.from_box(100 * n, 0, 100 * n + 80, 30), machine=_reading(f"t{n}", confidence=each))
        for n, each in enumerate(confidences)
    }
    return Page(name.ljust(32, "0"), f"{name}.jpg", 900, 100, words, facts=PageFacts(writer=writer))


def _order(pages: list[Page], order: QueueOrder, most: int = 100) -> list[str]:
    found, _ = review_queue.select_first(
        [row for page in pages for row in review_queue.list_rows(page)], order, most=most
    )
    return [f"{row.image[:-4]} {row.word_id}" for row in found]


def test_doubtful_letters_are_those_that_likely_readings_have_otherwise() -> None:
    reading = _reading("queve", ("queue", 0.35), ("gueve", 0.02), ("queves", 0.01), confidence=0.6)
    assert doubtful_letters.find_doubtful_letters(reading) == (3,)
    assert doubtful_letters.rate_doubts(reading)[0] == pytest.approx(0.02 / 0.98)
    assert doubtful_letters.rate_doubts(reading)[4] == pytest.approx(0.01 / 0.98)


def test_without_other_readings_no_letter_is_doubted() -> None:
    assert doubtful_letters.find_doubtful_letters(_reading("map", confidence=0.1)) == ()
    assert doubtful_letters.rate_doubts(_reading("", ("a", 0.5))) == ()


@given(st.lists(st.tuples(st.text(max_size=8), st.floats(0, 1)), min_size=1, max_size=5))
def test_doubts_are_shares(readings: list[tuple[str, float]]) -> None:
    reading = replace(_reading(readings[0][0]), alternatives=tuple(Alternative(*each) for each in readings))
    found = doubtful_letters.rate_doubts(reading)
    assert len(found) == len(reading.text)
    assert all(0 <= each <= 1 for each in found)


def test_words_come_by_how_sure_they_are_by_page_or_by_writer() -> None:
    pages = [_page("10", 0.5, 0.9, writer="Zoe"), _page("9", 0.8, 0.1), _page("2", 0.7, writer="Ann")]
    assert _order(pages, QueueOrder.LEAST_SURE) == ["9 w1", "10 w0", "2 w0", "9 w0", "10 w1"]
    assert _order(pages, QueueOrder.PAGE) == ["2 w0", "9 w0", "9 w1", "10 w0", "10 w1"]
    assert _order(pages, QueueOrder.WRITER) == ["2 w0", "10 w0", "10 w1", "9 w0", "9 w1"]
    assert _order(pages, QueueOrder.LEAST_SURE, most=2) == ["9 w1", "10 w0"]


def test_words_with_a_rival_reading_come_first_if_wanted_and_checked_ones_never() -> None:
    page = _page("1", 0.9, 0.9, 0.9)
    read = {"w1": _reading("map", ("mop", 0.4), confidence=0.5), "w2": _reading("a", ("o", 0.1), confidence=0.9)}
    page = replace(
        page, words={key: replace(word, machine=read.get(key, word.machine)) for key, word in page.words.items()}
    )
    assert _order([page], QueueOrder.CLOSE) == ["1 w1", "1 w2", "1 w0"]
    assert _order([apply(page, edits.accept(page, ["w1"]))], QueueOrder.CLOSE) == ["1 w2", "1 w0"]


def _sitting(count: int, more: int = 0) -> ReviewSession:
    return ReviewSession([QueueRow("p", str(n), "p.jpg", n) for n in range(count)], count + more)


def _here(sitting: ReviewSession) -> str:
    return sitting.current.word_id if sitting.current else "end"


def test_a_sitting_goes_on_and_back_to_its_end() -> None:
    sitting = _sitting(3)
    assert (_here(sitting), sitting.number, sitting.total) == ("0", 1, 3)
    sitting.settle(("p", "0"), when=0)
    sitting.go_on()
    assert (_here(sitting), sitting.number, sitting.left) == ("1", 2, 2)
    assert sitting.go_back()
    assert (_here(sitting), sitting.number, sitting.has_settled(("p", "0"))) == ("0", 1, True)
    assert not sitting.go_back()
    sitting.go_on()
    assert _here(sitting) == "1"
    sitting.go_on()  # passed by
    sitting.settle(("p", "2"), when=1)
    sitting.go_on()
    assert (_here(sitting), sitting.left, sitting.settled) == ("end", 1, 2)
    sitting.go_on()
    assert sitting.go_back()
    assert _here(sitting) == "2"


def test_what_is_settled_elsewhere_falls_away_and_comes_back() -> None:
    sitting = _sitting(5, more=10)
    sitting.leave_out([("p", "0"), ("p", "2"), ("other", "0")])
    assert (_here(sitting), sitting.number, sitting.fallen_away, sitting.left) == ("1", 3, 2, 13)
    assert [row.word_id for row in sitting.ahead(9)] == ["1", "3", "4"]
    sitting.settle(("p", "1"), when=0)
    sitting.go_on()
    assert _here(sitting) == "3"
    sitting.bring_back([("p", "1")])
    assert (_here(sitting), sitting.settled) == ("1", 0)
    assert [row.word_id for row in sitting.ahead(9)] == ["1", "3", "4"]
    sitting.bring_back([("p", "0"), ("p", "2")])
    assert _here(sitting) == "0"
    assert {row.word_id for row in sitting.ahead(9)} == {"0", "1", "2", "3", "4"}


def test_a_word_that_comes_back_from_elsewhere_takes_its_place_in_the_order() -> None:
    sitting = _sitting(4)
    sitting.leave_out([("p", "3"), ("p", "1")])
    sitting.bring_back([("p", "3"), ("p", "1")])
    assert _here(sitting) == "0"  # the most confident one doesn't come first
    assert [row.word_id for row in sitting.ahead(9)] == ["0", "1", "2", "3"]
    sitting.leave_out([("p", str(number)) for number in range(4)])
    assert _here(sitting) == "end"
    sitting.bring_back([("p", "3"), ("p", "2")])
    assert _here(sitting) == "2"
    assert [row.word_id for row in sitting.ahead(9)] == ["2", "3"]
    sitting.bring_back([("p", "0")])  # was being shown as it was settled
    assert _here(sitting) == "0"


@given(st.lists(st.sampled_from(["on", "settle", "back", "out", "bring"]), max_size=40), st.integers(0, 6))
def test_whatever_is_done_the_counts_add_up(deeds: list[str], count: int) -> None:
    sitting = _sitting(count)
    for number, deed in enumerate(deeds):
        place = ("p", str(number % max(1, count)))
        if deed == "on":
            sitting.go_on()
        elif deed == "back":
            sitting.go_back()
        elif deed == "settle" and sitting.current:
            sitting.settle(sitting.current.key, when=number)
            sitting.go_on()
        elif deed == "out":
            sitting.leave_out([place])
        elif deed == "bring":
            sitting.bring_back([place])
        assert sitting.settled + sitting.fallen_away + sitting.left == count
        assert sitting.current is None or not sitting.has_left_out(sitting.current.key)
        ahead = [row.key for row in sitting.ahead(count)]
        assert len(ahead) == len(set(ahead))
    # Nobody is left behind: whoever goes on comes to every word that waits, or has passed it by.
    for _ in range(2 * count):
        sitting.go_on()
    assert sitting.current is None


def test_the_pace_leaves_breaks_out() -> None:
    sitting = _sitting(20)
    for number, when in enumerate((0.0, 2.0, 4.0, 6.0, 3600.0)):
        assert sitting.pace is None
        sitting.settle(("p", str(number)), when=when)
    assert sitting.pace == pytest.approx(60 * 4 / 36)
    assert sitting.minutes_left == pytest.approx(15 / (60 * 4 / 36))


@pytest.mark.parametrize("degrees", [0.0, 3.0, 40.0, 90.0, -170.0])
def test_a_card_shows_the_word_level_at_its_corners(degrees: float) -> None:
    image = np.full((400, 600, 3), 250, np.uint8)
    quad = geometry.rotate_quad(Quad.from_box(250, 180, 350, 220), degrees)
    x, y = geometry.find_centre(quad)
    image[int(y) - 3 : int(y) + 3, int(x) - 3 : int(x) + 3] = (200, 0, 0)
    card = review_card.cut_card(Pyramid(image), quad, (500, 200))
    assert card.picture.shape == (200, 500, 3)
    middle = card.corners.mean(axis=0).round().astype(int)
    assert card.picture[middle[1], middle[0]].tolist()[1] < 60
    along = card.corners[1] - card.corners[0]
    leaning = abs(np.degrees(np.arctan2(along[1], along[0])))
    assert leaning == pytest.approx(3.0 if degrees == 3.0 else 0.0, abs=0.2)
    assert np.linalg.norm(card.corners[3] - card.corners[0]) == pytest.approx(60, abs=1)


def test_a_card_at_the_rim_stays_on_the_photo() -> None:
    image = np.full((400, 600, 3), 250, np.uint8)
    image[:, 0] = 0
    card = review_card.cut_card(Pyramid(image), Quad.from_box(2, 2, 60, 22), (400, 200))
    assert (card.picture[:, 0] < 200).all()  # the photo's own rim, at the card's
    assert (card.picture[:, 12:] == 250).all()
    assert card.corners.min() < 10


def test_several_words_are_agreed_with_by_one_step() -> None:
    pages = {page.id: page for page in (_page("a", 0.9, 0.8), _page("b", 0.7))}
    shown = [((page.id, key), word) for page in pages.values() for key, word in page.words.items()]
    step, places = review_queue.make_confirm_step(shown, pages.get)
    assert places == tuple(place for place, _ in shown)
    after = {key: apply(pages[key], edit) for key, edit in step.edits.items()}
    assert all(word.checked for page in after.values() for word in page.words.values())
    assert str(step.name) == "Confirm 3 words"


def test_words_are_agreed_with_up_to_the_first_that_is_otherwise() -> None:
    page = _page("a", 0.9, 0.8, 0.7)
    shown = [((page.id, key), word) for key, word in page.words.items()]
    for changed in (edits.write(page, "w1", "other"), edits.move(page, ["w1"], 3, 0), edits.delete(page, ["w1"])):
        now = apply(page, changed)
        step, places = review_queue.make_confirm_step(shown, {now.id: now}.get)
        assert places == ((page.id, "w0"),)
        assert set(step.edits[page.id].changes) == {"w0"}
    assert review_queue.make_confirm_step(shown, lambda _: None) == (
        review_queue.make_confirm_step([], lambda _: None)[0],
        (),
    )


def _row(key: str) -> QueueRow:
    return QueueRow("p", key, "p.jpg", int(key))


@given(st.lists(st.sampled_from(["on", "settle", "back", "out", "look"]), max_size=40), st.integers(0, 6))
def test_words_that_come_meanwhile_come_in_their_turn(deeds: list[str], count: int) -> None:
    sitting, all_of_them, gone, shown = _sitting(count), count, set[str](), set[str]()
    for number, deed in enumerate(deeds):
        here = sitting.current
        shown |= {here.word_id} if here else set()
        if deed == "on":
            sitting.go_on()
        elif deed == "back":
            sitting.go_back()
        elif deed == "settle" and here:
            sitting.settle(here.key, when=number)
            gone.add(here.word_id)
            sitting.go_on()
        elif deed == "out" and (("p", str(number)) in set(sitting.places({"p"})) and str(number) not in gone):
            sitting.leave_out([("p", str(number))])
            gone.add(str(number))
        elif deed == "look":
            all_of_them += 2
            waiting = [_row(str(key)) for key in reversed(range(all_of_them)) if str(key) not in gone]
            assert sitting.take_in(waiting, len(waiting)) == 2
            assert sitting.current == here
            fresh = [row.word_id for row in sitting.ahead(99) if row.word_id not in shown]
            assert fresh == sorted(fresh, key=int, reverse=True)
        assert (sitting.total, sitting.left) == (all_of_them, all_of_them - len(gone))
    for _ in range(2 * all_of_them):
        shown |= {sitting.current.word_id} if sitting.current else set()
        sitting.go_on()
    assert not sitting.waits
    assert shown | gone == {str(key) for key in range(all_of_them)}


def test_in_a_large_project_only_the_count_says_how_many_came() -> None:
    sitting = _sitting(5, more=10)
    sitting.settle(("p", "0"), when=0)
    sitting.go_on()
    waiting = [_row(str(key)) for key in (7, 1, 2, 3, 4)]
    assert sitting.take_in(waiting, 14) == 0
    assert sitting.take_in(waiting, 17) == 3
    assert [row.word_id for row in sitting.ahead(9)] == ["1", "7", "2", "3", "4"]
    assert (sitting.total, sitting.left, sitting.number) == (18, 17, 2)


def test_what_was_typed_is_written_by_one_step() -> None:
    pages = {page.id: page for page in (_page("a", 0.9, 0.8), _page("b", 0.7))}
    a, b = pages
    texts = {(a, "w0"): "zero", (a, "w1"): "t1", (b, "w0"): " ", (b, "w9"): "gone", ("c", "w0"): "elsewhere"}
    step = review_queue.make_typing_step(texts, pages.get)
    after = {key: apply(pages[key], edit) for key, edit in step.edits.items()}
    assert {key: [(word.text, word.checked) for word in page.words.values()] for key, page in after.items()} == {
        a: [("zero", True), ("t1", True)]
    }
    assert str(step.name) == "Correct 2 words"
    assert not review_queue.make_typing_step({}, pages.get)
