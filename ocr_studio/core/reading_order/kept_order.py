"""Keeps the reading order of a page when its boxes change: only what was added or moved away gets another place.

The layout of a whole page may depend on one box, so the order is computed only until the first change. From then on the
page keeps it, and each edit says what it does to it, so that undoing the edit restores exactly the order before. A new
reading of the page drops the order, unless the user has arranged the words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from ocr_studio.core.geometry import hit_tests
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Edit, OrderChange, Page, Word, WordOrder
from ocr_studio.core.reading_order import layout, page_order
from ocr_studio.core.reading_order.places import SAME, Place, compose_lines, pass_on_breaks
from ocr_studio.core.reading_order.word_placement import OrderedWords, Slot

# Up to this many words are placed one by one beside those that are there, fewer on pages where that means more than so
# many comparisons; more words are placed by the layout of the page.
_ONE_BY_ONE: Final = 64
_COMPARISONS: Final = 200_000


def keep_order(page: Page, edit: Edit) -> Edit:
    """Decide what an edit does to the reading order, so that words that it doesn't touch stay in their order.

    Added words go where they belong on the photo. A word that was moved gets another place if it now belongs elsewhere.
    Where boxes were split or merged, the first part keeps its place and new parts follow it.

    Args:
        page: The page before the edit.
        edit: The edit.

    Returns:
        The edit with its ``order``; the same one if that is decided already or can't change.
    """
    if not is_undecided(edit) or not page.words or not _matters(page, edit):
        return edit
    words = {key: after for key in page.words if (after := _after(page, edit, key))}
    added = {key: after for key, (before, after) in edit.changes.items() if after and key not in page.words}
    places = _remove(page_order.find_places(page), page.words.keys() - words.keys())
    if not added and len(words) == len(page.words):
        places = _place_moved(places, page.words, words)
    else:  # split, merged or read again
        places, apart = _place_parts(places, page.words, words, added)
        places = _place_added(places, {**words, **added}, apart)
    order = WordOrder(compose_lines(places), page.order.arranged and bool(places))
    return replace(edit, order=OrderChange.between(page.order, order))


def cancel_out(first: Edit, later: Edit) -> Edit:
    """Let an edit that takes back a former one restore the order before that, so that nothing remains of the two."""
    both = first.then(later)
    if not first.changes or both.changes or both.facts or not both.order:
        return later
    return replace(later, order=(*(later.order or ()), *(both.inverted().order or ())))


def is_undecided(edit: Edit) -> bool:
    """Whether it is not decided yet what an edit does to the order, and it could change it."""
    return edit.order is None and not page_order.keeps_order(edit)


def reset_computed_order(page: Page) -> tuple[OrderChange, ...] | None:
    """Compute the order again after a new reading of a page, unless the user has arranged it; None: undecided."""
    return None if page.order.arranged else OrderChange.between(page.order, WordOrder())


def _matters(page: Page, edit: Edit) -> bool:
    """Whether an edit that could change the computed order matters for this page: to a kept order, texts don't."""
    if not page_order.is_kept(page):
        return True
    return not all(before and after and before.quad == after.quad for before, after in edit.changes.values())


def _after(page: Page, edit: Edit, key: str) -> Word | None:
    return edit.changes[key][1] if key in edit.changes else page.words[key]


def _place_moved(places: list[Place], before: Mapping[str, Word], after: Mapping[str, Word]) -> list[Place]:
    """Give words that were moved another place if they belong elsewhere now, beside the words that were not moved."""
    # A word that had no box before has the place that the user typed it in.
    changed = [place.id for place in places if before[place.id].quad != after[place.id].quad]
    moved = [key for key in changed if before[key].has_box]
    if not moved or len(moved) == len(places):
        return places
    if not _is_few(moved, after):
        centres = {key: geometry.find_centre(after[key].quad) for key in moved}
        away = {key for key in moved if not hit_tests.contains_point(before[key].quad, centres[key])}
        return page_order.add_later_words(after, _remove(places, away))
    others = _measure(_remove(places, moved), after)
    away = {key for key in moved if others.find_slot(before[key].quad) != others.find_slot(after[key].quad)}
    places = _remove(places, away)
    for key in moved:
        if key in away:
            places = _insert(places, key, _measure(places, after).find_slot(after[key].quad))
    return places


def _place_parts(
    places: list[Place], before: Mapping[str, Word], after: Mapping[str, Word], added: Mapping[str, Word]
) -> tuple[list[Place], dict[str, Word]]:
    """Place new words that were part of a box, directly after it.

    Returns:
        The places, and the words that were not part of any.
    """
    changed = [place.id for place in places if before[place.id].quad != after[place.id].quad]
    left, top, right, bottom = np.array([before[key].quad.bounds() for key in changed]).reshape(-1, 4).T
    parts: dict[str, list[str]] = {}
    others: dict[str, Word] = {}
    for key, word in added.items():
        x, y = centre = geometry.find_centre(word.quad)
        near = np.flatnonzero((left <= x) & (x <= right) & (top <= y) & (y <= bottom))
        around = (changed[index] for index in near.tolist())
        whole = next((each for each in around if hit_tests.contains_point(before[each].quad, centre)), None)
        if whole is None:
            others[key] = word
        else:
            parts.setdefault(whole, []).append(key)
    found: list[Place] = []
    for place in places:
        found += [place, *(Place(key, SAME) for key in parts.get(place.id, ()))]
    return found, others


def _place_added(places: list[Place], words: Mapping[str, Word], added: Mapping[str, Word]) -> list[Place]:
    if not _is_few(added, words):
        return page_order.add_later_words(words, places)
    for key in layout.order_words(added.values()):
        places = _insert(places, key, _measure(places, words).find_slot(words[key].quad))
    return places


def _is_few(some: Collection[str], words: Collection[str]) -> bool:
    return len(some) <= min(_ONE_BY_ONE, max(1, _COMPARISONS // max(1, len(words))))


def _measure(places: Sequence[Place], words: Mapping[str, Word]) -> OrderedWords:
    return OrderedWords([words[place.id] for place in places], [place.follows for place in places])


def _insert(places: Sequence[Place], key: str, slot: Slot) -> list[Place]:
    rest = (
        [replace(places[slot.index], follows=slot.then), *places[slot.index + 1 :]] if slot.index < len(places) else []
    )
    return [*places[: slot.index], Place(key, slot.follows), *rest]


def _remove(places: Sequence[Place], gone: Collection[str]) -> list[Place]:
    return [Place(key, follows) for key, follows in pass_on_breaks(places, gone).items()]
