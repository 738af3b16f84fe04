"""Amounts are written as people write them, and shares add up."""

from __future__ import annotations

import pytest

from ocr_studio.core import resources, translation, units


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1e11, "100,000,000,000"),
        (20_000, "20,000"),
        (0.25, "0.25"),
        (0.1 + 0.2, "0.3"),
        (-1, "-1"),
        (1e300, "999,999,999,999,999 or more"),
        (float("nan"), "nan"),
    ],
)
def test_numbers(value: float, said: str) -> None:
    assert units.plain(value) == said


@pytest.mark.parametrize(
    ("language", "point", "said"), [("en", ".", "12.3%"), ("de", ",", "12,3 %"), ("uk", ",", "12,3 %")]
)
def test_a_percentage_has_a_space_where_the_language_has_one(language: str, point: str, said: str) -> None:
    translation.use(resources.translations(), language, point=point)
    try:
        assert units.percent(0.1234, 1) == said
    finally:
        translation.use_english()


@pytest.mark.parametrize(
    ("count", "said"), [(0, "1 kB"), (900 << 10, "900 kB"), (int(3.4 * 2**30), "3.4 GB"), (12 << 40, "12 TB")]
)
def test_room_on_a_disk(count: int, said: str) -> None:
    assert units.size(count) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "5 seconds"), (100, "2 minutes"), (20_000, "6 hours"), (400_000, "5 days"), (1e11, "3,171 years")],
)
def test_time(seconds: float, said: str) -> None:
    assert units.duration(seconds) == said


def test_shares_add_up_by_the_largest_remainder() -> None:
    assert units.shared([1, 1, 1], 100) == [34, 33, 33]
    assert units.shared([0.34, 0.24, 0.2, 0.1, 0.12], 100) == [34, 24, 20, 10, 12]
    assert units.shared([47, 47, 6], 10) == [5, 5, 0]
    assert units.shared([0, 0], 100) == [0, 0]
    for many in range(1, 12):
        assert sum(units.shared([each + 1 for each in range(many)], 100)) == 100


def test_the_time_left_is_told_as_people_say_it() -> None:
    assert units.time_left(2) == "almost done"
    assert units.time_left(31) == "about 30 seconds left"
    assert units.time_left(62) == "about 1 minute left"
    assert units.time_left(600) == "about 10 minutes left"
    assert units.time_left(5400) == "about 1.5 hours left"


def test_a_count_agrees_with_its_noun() -> None:
    assert [units.counted(count, "word") for count in (0, 1, 2)] == ["0 words", "1 word", "2 words"]
