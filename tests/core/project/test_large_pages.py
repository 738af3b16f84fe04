"""Pages with as many words as one may have, lying as no hand writes: in order within seconds, none lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr_studio.core.page import PageFacts, Quad, Word
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.reading_order.text_lines import Floats, WorkBudget
from tests.core.made_pages import page_of, read_word

_MANY = 2_500


def _boxes(left: Floats, top: Floats, width: float, height: float) -> Floats:
    right, bottom = left + width, top + height
    return np.stack([left, top, right, top, right, bottom, left, bottom], axis=-1).reshape(-1, 4, 2)


_RANDOM = np.random.default_rng(7)
_PLACES: dict[str, Floats] = {
    "identical": _boxes(np.zeros(_MANY), np.zeros(_MANY), 90, 30),
    "overlapping": _boxes(_RANDOM.uniform(0, 300, _MANY), _RANDOM.uniform(0, 300, _MANY), 90, 30),
    "at random": _boxes(_RANDOM.uniform(0, 9000, _MANY), _RANDOM.uniform(0, 9000, _MANY), 90, 30),
    "on one line": _boxes(_RANDOM.uniform(0, 9000, _MANY), np.zeros(_MANY), 90, 30),
    "without extent": _boxes(_RANDOM.uniform(0, 9000, _MANY), _RANDOM.uniform(0, 9000, _MANY), 0, 0),
    "corners anywhere": _RANDOM.uniform(-9000, 9000, (_MANY, 4, 2)),
}


@pytest.mark.parametrize("name", list(_PLACES))
def test_words_that_lie_anyhow_are_all_in_the_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    budgets: list[WorkBudget] = []

    class Seen(WorkBudget):
        def __init__(self) -> None:
            super().__init__(left=1e5)  # so that a page of this size spends it
            budgets.append(self)

    monkeypatch.setattr(reading_order, "WorkBudget", Seen)
    words = [Word(f"{index:05}", Quad.from_array(place)) for index, place in enumerate(_PLACES[name])]
    assert sorted(reading_order.order_words(words)) == [word.id for word in words]
    # What was begun is ended, but no more.
    assert budgets[0].left > -3e6


def test_a_page_of_print_is_read_as_ever_whatever_its_size() -> None:
    """Three columns of 80 lines of 12 words: far from all that may be done for one page."""
    words = [
        Word(
            f"{column}-{line:02}-{place:02}",
            Quad.from_box(x := column * 1000 + place * 70, line * 60, x + 55, line * 60 + 35),
        )
        for column in range(3)
        for line in range(80)
        for place in range(12)
    ]
    assert reading_order.order_words(words) == tuple(sorted(word.id for word in words))


def test_a_page_has_so_many_words_and_no_more() -> None:
    word = read_word("a", 1, key="w")
    crowd = {f"w{index}": replace(word, id=f"w{index}") for index in range(page_file.MAX_WORDS + 1)}
    page = replace(page_of(), words=crowd)
    with pytest.raises(page_file.NotAPage, match="it has 50001 words; a page can have at most 50000"):
        page_file.encode(page)
    fewer = page_file.encode(page_of(word)).replace(b'"words": [', b'"words": [' + b"0," * page_file.MAX_WORDS)
    with pytest.raises(page_file.NotAPage, match="it has 50001 words"):
        page_file.decode(fewer)


def test_halves_of_characters_get_no_further_than_the_file() -> None:
    page = page_of(read_word("a", 1, key="w"))
    facts = PageFacts(writer="A\ud800nn", tags=("\ud800", "t\udfff"), note="no\ud800te")
    kept = page_file.decode(page_file.encode(replace(page, facts=facts)))
    assert kept.facts == PageFacts(writer="Ann", tags=("t",), note="note")
    for key in ('"id": "w"', '"image": "board.jpg"'):
        name, _ = key.split(": ")
        with pytest.raises(page_file.NotAPage):
            page_file.decode(page_file.encode(page).replace(key.encode(), f'{name}: "\\ud800"'.encode()))
