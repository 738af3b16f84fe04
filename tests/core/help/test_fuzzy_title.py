"""What somebody types finds what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.help.fuzzy_title import match_title

TITLES = (
    "Accept and go on", "Accept as it stands", "Evaluate", "Export dataset", "Find", "Learn from my corrections",
    "Merge words", "Next unchecked word", "Open folder", "Open photo", "Read photo", "Select all", "Show texts",
    "Zoom in", "Zoom out",
)  # fmt: skip


def best(typed: str) -> str:
    fits = [(found.cost, title) for title in TITLES if (found := match_title(typed, title))]
    return min(fits)[1] if fits else ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("eval", "Evaluate"),
        ("EVAL", "Evaluate"),
        ("ed", "Export dataset"),
        ("nuw", "Next unchecked word"),
        ("lfmc", "Learn from my corrections"),
        ("folder open", "Open folder"),
        ("dataset", "Export dataset"),
        ("texst", "Show texts"),
        ("laern", "Learn from my corrections"),
        ("evalute", "Evaluate"),
        ("corections", "Learn from my corrections"),
        ("zo", "Zoom in"),
        ("zmin", "Zoom in"),
        ("checked", "Next unchecked word"),
        ("xyzzy", ""),
        ("zoom xyzzy", ""),
    ],
)
def test_the_best_fit_is_what_is_meant(typed: str, meant: str) -> None:
    assert best(typed) == meant


def test_a_better_kind_of_fit_comes_first() -> None:
    kinds = [match_title("merge", title) for title in ("Merge words", "Merged", "m e r g e", "emerge now", "Marge")]
    costs = [found.cost for found in kinds if found]
    assert len(costs) == len(kinds)
    assert costs == sorted(costs)


def test_the_letters_that_were_typed_are_pointed_at() -> None:
    found = match_title("nw", "Next word")
    assert found is not None
    assert found.places == (0, 5)
    assert match_title("öff", "Öffnen") == match_title("off", "Öffnen")


def test_short_words_need_no_slip() -> None:
    assert match_title("zx", "Zoom") is None


@given(st.text(max_size=12), st.text(max_size=30))
def test_anything_can_be_typed_at_anything(typed: str, title: str) -> None:
    found = match_title(typed, title)
    if found is not None:
        assert found.cost >= 0
        assert all(0 <= place < len(title) for place in found.places)


@given(st.text(alphabet="abcdefgh ", max_size=20))
def test_a_title_fits_itself_best(title: str) -> None:
    found = match_title(title, title)
    assert found is not None
    assert found.cost < 1
