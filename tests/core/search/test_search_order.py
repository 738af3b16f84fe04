"""What comes first among what is found, however much there is; letters that others stand for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.page import Page, Transcription
from ocr_studio.core.search import matching
from ocr_studio.core.search.page_search import PageSearch
from tests.core.made_pages import page_of, read_word


def found(page: Page, query: str, *, typing: bool = False) -> list[str]:
    return [hit.text for hit in PageSearch(page).find(query, typing=typing)]


def test_just_the_word_comes_before_a_longer_one_that_a_person_has_checked() -> None:
    longer = replace(read_word("map-reduce", 100), human=Transcription.by_human("map-reduce"))
    page = page_of(longer, read_word("map", 400), read_word("the map here", 700))
    assert found(page, "map") == ["map", "map-reduce", "the map here"]
    assert found(page, "map", typing=True)[0] == "map"
    both = replace(read_word("map", 900), human=Transcription.by_human("map"))
    assert PageSearch(page_of(*page.words.values(), both)).find("map")[0].words[0].word_id == both.id


@pytest.mark.parametrize("typing", [False, True])
def test_a_letter_that_others_stand_for_is_found_inside_words(typing: bool) -> None:
    page = page_of(read_word("Maß", 100), read_word("ß", 300), read_word("mass", 500), read_word("mas sam", 700))
    hits = found(page, "ß", typing=typing)
    assert hits[0] == "ß"
    assert sorted(hits[1:]) == ["Maß", "mass"]
    assert found(page, "s", typing=False) == []
    assert sorted(found(page, "Maß", typing=typing)) == ["Maß", "mass"]


def test_the_beginning_of_one_text_and_the_end_of_another_make_no_word() -> None:
    assert found(page_of(read_word("mas", 100), read_word("sam", 300)), "ß") == []


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 5)), max_size=40), st.integers(1, 45))
def test_the_first_of_many_are_those_that_sorting_all_would_bring_first(
    rows: list[tuple[int, bool, int]], limit: int
) -> None:
    columns = [np.array([row[place] for row in rows]) for place in range(3)]
    keys = [each.__getitem__ for each in (*columns, np.arange(len(rows)))]
    best = matching._find_least(len(rows), keys, limit)
    wanted = sorted(range(len(rows)), key=lambda at: (*rows[at], at))[:limit]
    assert sorted(best.tolist()) == sorted(wanted)
