"""How much of what a person has ticked is done at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr_studio.core.editing.changes import Change, Skipped, group_by_page
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.jobs.review import apply_choices
from tests.core.made_pages import page_of, read_word

PAGE = page_of(read_word("map", 10), read_word("tip", 200))
PAGES = {str(number): replace(PAGE, id=str(number), image=f"{number}.png") for number in range(60)}


def wishes(*numbers: int, before: str = "map") -> list[tuple[Change, ...]]:
    quad = PAGE.words["map-10"].quad
    return group_by_page(Change(str(number), f"{number}.png", "map-10", quad, before, "mop") for number in numbers)


def load(key: str) -> Page | None:
    if key == "1":
        raise StudioError("it is damaged")
    return PAGES.get(key)


def test_so_many_photos_at_once() -> None:
    part = apply_choices.make_batch(PAGES.get, wishes(*range(60)))
    assert part.photos == len(part.edits) == part.words == apply_choices.PAGES
    assert part.skipped == ()
    assert all(edit.changes["map-10"][1].text == "mop" for edit in part.edits.values() if edit.changes["map-10"][1])


@pytest.mark.parametrize("most", ["_CHANGES", "_WORDS"])
def test_fewer_where_much_changes_or_the_pages_are_large(most: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply_choices, most, 4)
    assert apply_choices.make_batch(PAGES.get, wishes(*range(60))).photos == (4 if most == "_CHANGES" else 2)


def test_what_cannot_be_changed_is_told_and_the_others_are() -> None:
    part = apply_choices.make_batch(load, [*wishes(0, 1, 99, 2), *wishes(3, before="mat")])
    assert sorted(part.edits) == ["0", "2"]
    assert (part.photos, part.words) == (5, 2)
    assert part.skipped == (
        Skipped("1.png", "it is damaged."),
        Skipped("99.png", None),
        Skipped("3.png"),
    )
