"""Words are listed by what they are, in any order, and one goes from one to the next as they are listed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.page import Mark, Quad, TextSource, Transcription, Word
from ocr_studio.core.words.word_list import WordFilter, WordKind, WordSort, find_neighbour, list_words, needs_check


def word(key: str, text: str = "", sure: float | None = None, *, place: float = 0, **other: object) -> Word:
    machine = Transcription(text, TextSource.MODEL, sure) if text else None
    return Word(key, Quad.from_box(0, place, 10, place + 5), machine=machine, **other)  # type: ignore[arg-type]


WORDS = (
    word("sure", "board", 0.97, place=40),
    word("unsure", "Äpfel", 0.4, place=30),
    word("unread", place=20),
    word("corrected", "frm", 0.01, place=10, human=Transcription.by_human("from10")),
    word("agreed", "from9", 0.8, place=50, human=Transcription.by_human("from9")),
    word("ignored", "x", 0.2, place=0, mark=Mark.IGNORED),
    word("none", "zoo", None, place=60),
)
READING = [each.id for each in WORDS]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (WordKind.ALL, READING),
        (WordKind.UNCHECKED, ["sure", "unsure", "unread", "none"]),
        (WordKind.DOUBTFUL, ["unsure", "unread", "none"]),
        (WordKind.CORRECTED, ["corrected"]),
        (WordKind.MARKED, ["ignored"]),
    ],
)
def test_kinds(kind: WordKind, expected: list[str]) -> None:
    assert list_words(WORDS, WordFilter(kind)) == expected
    assert bool(WordFilter(kind)) is (kind is not WordKind.ALL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("FROM", ["corrected", "agreed"]), (" äp ", ["unsure"]), ("nowhere", []), ("", READING), ("frm", [])],
)
def test_texts_as_they_count_now(text: str, expected: list[str]) -> None:
    assert list_words(WORDS, WordFilter(text=text)) == expected


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        (WordSort.READING, "sure", "none"),
        (WordSort.PLACE, "ignored", "none"),
        (WordSort.TEXT, "sure", "ignored"),
        (WordSort.CONFIDENCE, "unread", "ignored"),
        (WordSort.STATE, "unread", "ignored"),
    ],
)
def test_orders(sort: WordSort, first: str, last: str) -> None:
    listed = list_words(WORDS, WordFilter(), sort)
    assert (listed[0], listed[-1]) == (first, last)
    back = list_words(WORDS, WordFilter(), sort, descending=True)
    assert sorted(back) == sorted(listed)
    assert listed != back


def test_the_machines_figure_counts_only_until_a_word_is_checked() -> None:
    assert list_words(WORDS, WordFilter(), WordSort.CONFIDENCE) == [
        "unread", "none", "unsure", "sure", "corrected", "agreed", "ignored",
    ]  # fmt: skip
    assert [each.id for each in WORDS if needs_check(each)] == ["unsure", "none"]


def test_numbers_in_texts_are_in_order() -> None:
    listed = list_words(WORDS, WordFilter(text="from"), WordSort.TEXT)
    assert listed == ["agreed", "corrected"]


def test_the_next_word_is_the_next_row_or_the_next_listed_one() -> None:
    listed, order = ["d", "b", "e"], list("abcdef")
    assert find_neighbour(listed, order, "d", 1) == "b"
    assert find_neighbour(listed, order, "b", -1) == "d"
    assert find_neighbour(listed, order, "e", 1) is None
    assert find_neighbour(listed, order, "d", -1) is None
    assert find_neighbour(listed, order, None, 1) == "d"
    assert find_neighbour(listed, order, None, -1) == "e"
    assert find_neighbour(listed, order, "c", 1) == "d"
    assert find_neighbour(listed, order, "c", -1) == "b"
    assert find_neighbour(listed, order, "f", 1) is None
    assert find_neighbour([], order, None, 1) is None


@given(st.permutations("abcdef"), st.integers(0, 6))
def test_going_on_reaches_every_row_once(rows: list[str], many: int) -> None:
    listed = rows[:many]
    reached: list[str] = []
    at = find_neighbour(listed, list("abcdef"), None, 1)
    while at is not None:
        reached.append(at)
        at = find_neighbour(listed, list("abcdef"), at, 1)
    assert reached == listed
