"""The little language that picks photos from a list, and the rows it picks from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.editing import edits
from ocr_studio.core.page import PageFacts, apply
from ocr_studio.core.photo_list import filter_query
from ocr_studio.core.photo_list import rows as photo_rows
from ocr_studio.core.photo_list.filter_query import list_completions, parse_filter
from ocr_studio.core.photo_list.rows import PhotoRow, PhotoSort, PhotoState
from ocr_studio.core.search import index_packing
from tests.core.made_pages import PAGE_ID, page_of, read_word

names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12)
rows = st.builds(
    PhotoRow,
    name=names,
    state=st.sampled_from(PhotoState),
    page_id=st.sampled_from(["a", "b", "c"]),
    words=st.integers(0, 200),
    unreviewed=st.integers(0, 200),
    least=st.none() | st.floats(0, 1),
    writer=st.sampled_from(["", "Anna", "Boris"]),
    tags=st.lists(st.sampled_from(["exam", "math", "Über"]), max_size=2).map(tuple),
    time=st.floats(0, 1e9),
)
many = st.lists(rows, max_size=8)
typed = st.text(max_size=40) | st.lists(
    st.sampled_from(
        ["name:", "-", '"', "state:re", "confidence:<0.6", "board", " ", "tag:", "unreviewed:>5", "x:y", "“"]
    )
).map("".join)
BOARD = PhotoRow("Board 1.jpg", PhotoState.PARTLY, "a", 10, 6, 0.4, "Anna Meyer", ("Exam", "math"), 5.0)
NOTE = PhotoRow("note.jpg", PhotoState.UNREAD, "b", time=9.0)
SIGN = PhotoRow("sign 2.jpg", PhotoState.REVIEWED, "c", 3, 0, None, "", (), 7.0)


def _names(query: str) -> list[str]:
    texts = {"queue": {"a", "c"}, '"two words"': {"c"}}
    chosen = parse_filter(query).chosen([BOARD, NOTE, SIGN], lambda text: texts.get(text, set()))
    return [(BOARD, NOTE, SIGN)[number].name[0] for number in chosen]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Bns"),
        ("board", "B"),
        ("BOARD 1", "B"),
        ("-board", "ns"),
        ("queue", "Bs"),
        ("text:queue", "Bs"),
        ("name:queue", ""),
        ('"two words"', "s"),
        ('"sign 2"', "s"),
        ("“sign 2”", "s"),
        ("state:unread", "n"),
        ("state:partly", "B"),
        ("state:re", "s"),
        ("-state:reviewed", "Bn"),
        ("state:checked", "s"),
        ("-state:check", "Bn"),
        ("confidence:<0.6", "B"),
        ("confidence:<40%", ""),
        ("confidence:<=40%", "B"),
        ("confidence:<0,5", "B"),
        ("unreviewed:>5", "B"),
        ("unreviewed:6", "B"),
        ("unchecked:>5", "B"),
        ("-unchecked:6", "ns"),
        ("words:=0", "n"),
        ("words:≥3", "Bs"),
        ("tag:exam", "B"),
        ('tag:""', "ns"),
        ('-writer:""', "B"),
        ('writer:"anna m"', "B"),
        ("writer:anna tag:math confidence:<1 board", "B"),
        ("tag:", "Bns"),
        ("10:30", ""),
        ("-", "Bns"),
        ('"', "Bns"),
    ],
)
def test_what_a_filter_lets_through(query: str, expected: str) -> None:
    assert "".join(_names(query)) == expected
    assert parse_filter(query).problems == ()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour:red", "Unknown filter “colour:”"),
        ("confidence:<", "a number, as in confidence:<0.6"),
        ("confidence:<6", "from 0 to 1"),
        ("unchecked:many", "unchecked:>5"),
        ("unreviewed:many", "unchecked:>5"),
        ("state:blue", "states: unread, read, partly, checked, failed"),
        ("state:", "one of these states: unread"),
    ],
)
def test_what_makes_no_sense_is_said_and_passed_over(query: str, said: str) -> None:
    found = parse_filter(f"board {query}")
    (problem,) = found.problems
    assert said in problem
    assert _names(f"board {query}") == ["B"]


def test_a_state_begun_means_all_that_begin_so_and_a_whole_one_only_itself() -> None:
    three = [replace(NOTE, state=state) for state in (PhotoState.READ, PhotoState.REVIEWED, PhotoState.UNREAD)]
    assert len(parse_filter("state:re").chosen(three)) == 2
    assert len(parse_filter("state:read").chosen(three)) == 1


@given(typed, many)
def test_anything_may_be_typed(text: str, some: list[PhotoRow]) -> None:
    chosen = parse_filter(text).chosen(some, lambda _: {"a"})
    assert chosen == sorted(set(chosen) & set(range(len(some))))


@given(typed, typed, many)
def test_terms_together_leave_what_each_leaves(one: str, other: str, some: list[PhotoRow]) -> None:
    def left(text: str) -> set[int]:
        return set(parse_filter(text).chosen(some, lambda _: {"b"}))

    if not set(one) & set('"“”„«»'):  # quotes that are never closed take in what follows
        assert left(f"{one} {other}") == left(one) & left(other)


@given(st.sampled_from(["board", "state:read", "confidence:<0.5", 'tag:""', "writer:anna", "unreviewed:>3"]), many)
def test_a_minus_lets_through_just_the_others(term: str, some: list[PhotoRow]) -> None:
    yes, no = (set(parse_filter(text).chosen(some, lambda _: {"a"})) for text in (term, f"-{term}"))
    assert yes | no == set(range(len(some)))
    assert not yes & no


@given(names)
def test_a_quoted_name_finds_its_photo(name: str) -> None:
    quoted = filter_query.quote_value(name)
    if '"' not in name and not set(name) & set("“”„«»") and not name.isspace():
        assert parse_filter(f"name:{quoted}").chosen([PhotoRow(name)])


@given(many, st.sampled_from(PhotoSort))
def test_an_order_keeps_all_and_those_alike_as_they_are(some: list[PhotoRow], sort: PhotoSort) -> None:
    order = photo_rows.sort_rows(range(len(some)), some, sort)
    assert sorted(order) == list(range(len(some)))
    if sort is PhotoSort.NAME:
        assert order == sorted(order)
    same = [PhotoRow("a"), PhotoRow("b"), PhotoRow("c")]
    assert photo_rows.sort_rows(range(3), same, sort) == [0, 1, 2]


def test_orders() -> None:
    three = [SIGN, NOTE, BOARD]
    assert photo_rows.sort_rows(range(3), three, PhotoSort.CONFIDENCE)[0] == 2
    assert photo_rows.sort_rows(range(3), three, PhotoSort.UNREVIEWED)[0] == 2
    assert photo_rows.sort_rows(range(3), three, PhotoSort.TIME) == [1, 0, 2]
    assert photo_rows.sort_rows(range(3), three, PhotoSort.STATE) == [1, 2, 0]


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("st", ["state:"]),
        ("board -un", ["unchecked:"]),
        ("state:re", ["state:read"]),
        ("state:c", ["state:checked"]),
        ("tag:e", ["tag:exam"]),
        ('tag:"my', ['tag:"my exam"']),
        ("writer:", ['writer:"Anna Meyer"']),
        ("zz", []),
        ("", []),
    ],
)
def test_what_may_follow_is_offered(text: str, offers: list[str]) -> None:
    begin, found = list_completions(text, len(text), tags=["exam", "my exam"], writers=["Anna Meyer"])
    assert found == offers
    if offers:
        assert parse_filter(text[:begin] + offers[0]).problems == () or offers[0].endswith(":")


@given(typed, st.integers(0, 40))
def test_offers_may_be_asked_for_anywhere(text: str, cursor: int) -> None:
    begin, offers = list_completions(text, min(cursor, len(text)), tags=["exam"])
    assert 0 <= begin <= min(cursor, len(text))
    assert len(offers) == len(set(offers))


def test_a_page_and_its_row_in_the_index_say_the_same() -> None:
    page = replace(page_of(read_word("the", 100), read_word("map", 200)), facts=PageFacts("Anna", ("exam",)))
    half = apply(page, edits.accept(page, ["the-100"]))
    for each, state in ((page, PhotoState.READ), (half, PhotoState.PARTLY)):
        (known,) = photo_rows.make_rows([("board.jpg", 0.0)], [index_packing.make_page_row(each, "")], {})
        assert photo_rows.make_page_row(PhotoRow("board.jpg"), each) == known
        assert known.state is state
    row = photo_rows.make_page_row(PhotoRow("board.jpg"), half)
    assert (row.unreviewed, row.least, row.writer, row.tags) == (1, 0.8, "Anna", ("exam",))


def test_a_photo_is_told_by_its_bytes_where_they_are_known_else_by_its_name() -> None:
    page = index_packing.make_page_row(page_of(read_word("the", 100)), "")
    files = [("board.jpg", 1.0), ("copy.jpg", 2.0), ("new.jpg", 3.0)]
    board, copy, new = photo_rows.make_rows(files, [page], {"copy.jpg": PAGE_ID, "board.jpg": "f" * 32})
    assert (board.state, copy.state, new.state) == (PhotoState.UNREAD, PhotoState.READ, PhotoState.UNREAD)
    bad = index_packing.make_unreadable_row(PAGE_ID, "", "it is damaged")
    (row,) = photo_rows.make_rows([("copy.jpg", 1.0)], [bad], {"copy.jpg": PAGE_ID})
    assert (row.state, row.why) == (PhotoState.FAILED, "it is damaged")
