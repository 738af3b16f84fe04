"""Which examples are held out: about a fifth, whole photos, and the same ones again."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.datasets.dataset import Split
from ocr_studio.core.datasets.split import ExamplePlace, divide

ids = st.text("0123456789abcdef", min_size=4, max_size=8)


def board(page: str, lines: int, of: int = 5) -> list[ExamplePlace]:
    return [ExamplePlace(page, f"{line}", f"{line}-{word}") for line in range(lines) for word in range(of)]


@given(st.dictionaries(ids, st.integers(1, 12), min_size=3, max_size=12))
def test_no_photo_is_on_both_sides(pages: dict[str, int]) -> None:
    places = [place for page, lines in pages.items() for place in board(page, lines)]
    division = divide(places)
    sides: dict[str, set[Split]] = {}
    for place, side in zip(places, division.sides, strict=True):
        sides.setdefault(place.page, set()).add(side)
    assert division.rule == "page"
    assert all(len(found) == 1 for found in sides.values())
    assert 0 < division.share <= 0.5


@given(st.lists(st.builds(ExamplePlace, ids, ids, ids), min_size=2, max_size=40, unique=True))
def test_of_two_or_more_something_is_held_out_and_never_more_than_half(places: list[ExamplePlace]) -> None:
    division = divide(places)
    assert 0 < division.share <= 0.5
    assert division.rule in {"page", "line", "word"}


@given(st.lists(st.builds(ExamplePlace, ids, ids, ids), max_size=40, unique=True), st.randoms())
def test_order_does_not_matter(places: list[ExamplePlace], random: st.DataObject) -> None:
    shuffled = list(places)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = dict(zip(places, divide(places).sides, strict=True))
    assert first == dict(zip(shuffled, divide(shuffled).sides, strict=True))


@pytest.mark.parametrize(("pages", "rule"), [(1, "line"), (2, "line"), (3, "page")])
def test_one_or_two_photos_are_divided_by_lines(pages: int, rule: str) -> None:
    places = [place for number in range(pages) for place in board(f"{number}", 6)]
    division = divide(places)
    assert division.rule == rule
    lines = {(place.page, place.line): side for place, side in zip(places, division.sides, strict=True)}
    assert all(lines[place.page, place.line] is side for place, side in zip(places, division.sides, strict=True))


def test_a_single_line_is_divided_by_words_and_a_single_word_not_at_all() -> None:
    assert divide(board("a", 1)).rule == "word"
    assert 0 < divide(board("a", 1)).share < 0.5
    assert divide(board("a", 1, of=1)).rule == "none"
    assert divide(board("a", 1, of=1)).sides == (Split.TRAIN,)
    assert divide([]).sides == ()


def test_about_a_fifth_is_held_out() -> None:
    shares = []
    for trial in range(200):
        places = [place for number in range(20) for place in board(f"{trial} {number}", 4)]
        shares.append(divide(places).share)
    assert 0.17 < sum(shares) / len(shares) < 0.23
    assert min(shares) >= 0.1
    assert max(shares) <= 0.3


def test_more_words_and_more_photos_move_hardly_any_photo_to_the_held_out_ones() -> None:
    """A photo that was learned from and is held out later would flatter every model that learned from it."""
    moved: Counter[bool] = Counter()
    for trial in range(200):
        pages = [f"{trial} {number}" for number in range(12)]
        before = [place for page in pages[:10] for place in board(page, 4)]
        after = before + [place for page in pages for place in board(page, 6)[20:]]
        first = dict(zip((place.page for place in before), divide(before).sides, strict=True))
        then = dict(zip((place.page for place in after), divide(after).sides, strict=True))
        moved.update(first[page] is Split.TRAIN and then[page] is Split.HELD_OUT for page in first)
    assert moved[True] / moved.total() < 0.03
