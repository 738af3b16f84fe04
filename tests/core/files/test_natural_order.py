"""File names are sorted as people count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.files.natural_order import make_natural_key


@given(st.lists(st.text(max_size=12), max_size=20))
def test_natural_order_is_a_total_order(names: list[str]) -> None:
    once = sorted(set(names), key=make_natural_key)
    once_more = list(reversed(once))
    once_more.sort(key=make_natural_key)
    assert once_more == once


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_in_names_sort_by_value(a: int, b: int) -> None:
    assert (make_natural_key(f"IMG_{a}.jpg") < make_natural_key(f"IMG_{b}.jpg")) == (a < b)


def test_names_with_more_digits_than_python_counts_are_sorted() -> None:
    names = ["9" * 5_000, "1" + "0" * 5_000, "10", "9", "007"]
    assert sorted(names, key=make_natural_key) == ["007", "9", "10", "9" * 5_000, "1" + "0" * 5_000]
