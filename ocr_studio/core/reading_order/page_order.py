"""The reading order of a page: the kept one if there is one, otherwise computed from the layout.

The order is kept in ``Page.order`` from the first change of a box on (``kept_order``), or when the user arranges the
words. Words that a kept order doesn't contain take the place in it that they have on the photo: behind the word before
them in their line, else before the one after them, else as a line of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Final

import numpy as np

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Edit, OrderChange, Page, Word, WordOrder
from ocr_studio.core.plain_text import word_count
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.reading_order.places import BLOCK, LINE, SAME, Place, compose_lines, pass_on_breaks
from ocr_studio.core.translation import message

Blocks = list[list[list[Word]]]

# Two words are of one line if the second begins to the right of the first one's middle and is off by no more than this
# share of their height: less than from line to line.
_OFF: Final = 0.8


def is_kept(page: Page) -> bool:
    """Whether the page keeps an order of its words; otherwise it is computed."""
    return any(key in page.words for line in page.order.lines for key in line)


def find_blocks(page: Page) -> Blocks:
    """Return the words of a page line by line and block by block, in reading order."""
    if not is_kept(page):
        return reading_order.find_blocks(page.words.values())
    found: Blocks = []
    for place in add_later_words(page.words, _find_given_places(page)):
        if place.follows == BLOCK or not found:
            found.append([])
        if place.follows or not found[-1]:
            found[-1].append([])
        found[-1][-1].append(page.words[place.id])
    return found


def find_lines(page: Page) -> list[list[Word]]:
    """Return the words of a page line by line, in reading order; without empty lines."""
    if not is_kept(page):
        return reading_order.find_lines(page.words.values())
    return [line for block in find_blocks(page) for line in block]


def find_lines_and_text(page: Page) -> tuple[list[list[Word]], str]:
    """Return ``find_lines`` and ``compose_text`` of a page, in half the time."""
    if not is_kept(page):
        return reading_order.find_lines_and_text(page.words.values())
    found = find_blocks(page)
    return [line for block in found for line in block], reading_order.compose_blocks(found)


def order_words(page: Page, ids: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the ids of all words, or of some, in reading order."""
    if not is_kept(page):
        return reading_order.order_words(_select_words(page, ids))
    wanted = None if ids is None else frozenset(ids)
    return tuple(word.id for line in find_lines(page) for word in line if wanted is None or word.id in wanted)


def number_words(page: Page) -> Page:
    """Return the page with word ids that are the same each time it is read: w1, w2, … in reading order."""
    names = {key: f"w{number}" for number, key in enumerate(order_words(page), start=1)}
    words = {name: replace(page.words[key], id=name) for key, name in names.items()}
    lines = tuple(tuple(names[key] for key in line if key in names) for line in page.order.lines)
    return replace(page, words=words, order=replace(page.order, lines=lines))


def keeps_order(edit: Edit) -> bool:
    """Whether an edit keeps the order: no word is added, removed or moved, and no text changes its number of words."""
    return not edit.order and all(
        before and after and before.quad == after.quad and word_count(before.text) == word_count(after.text)
        for before, after in edit.changes.values()
    )


def compose_text(page: Page, ids: Collection[str] | None = None) -> str:
    """Compose the text of a page or of some of its words; see ``layout.compose_text``."""
    if not is_kept(page):
        return reading_order.compose_text(_select_words(page, ids))
    found = find_blocks(page)
    if ids is not None:
        wanted = frozenset(ids)
        found = [[[word for word in line if word.id in wanted] for line in block] for block in found]
    return reading_order.compose_blocks(found)


def is_beside(one: Word, other: Word, *, widest: float = float("inf")) -> bool:
    """Whether the second word continues the line of the first, past a blank of at most so many heights."""
    along = geometry.find_directions(one.quad.array()[None])[0]
    height = max(geometry.measure_size(one.quad)[1], geometry.measure_size(other.quad)[1], 1.0)
    step = np.subtract(geometry.find_centre(other.quad), geometry.find_centre(one.quad))
    off = abs(along[0] * step[1] - along[1] * step[0])
    widths = geometry.measure_size(one.quad)[0] + geometry.measure_size(other.quad)[0]
    return bool(0 < step @ along <= widths / 2 + widest * height and off < _OFF * height)


def move_words(page: Page, ids: Collection[str], before: str | None) -> Edit:
    """Move words before another word in the user's order; None: to the end.

    Put into the middle of a line they become part of it. Between two lines they go on with that beside which they
    stand on the photo; else they are lines of their own, of the block that is nearer.
    """
    now, wanted = find_places(page), frozenset(ids)
    chosen = [place.id for place in now if place.id in wanted and place.id != before]
    return _make_edit(page, now, _put_words(page, now, chosen, before)) if chosen else Edit("")


def shift_words(page: Page, ids: Collection[str], step: int) -> Edit:
    """Move words past the previous word in the order (step -1) or the next one (1); a line of all of them stays one."""
    now, wanted = find_places(page), frozenset(ids)
    at = [index for index, place in enumerate(now) if place.id in wanted]
    if not at or (at[0] == 0 if step < 0 else at[-1] + 1 == len(now)):
        return Edit("")
    first, last = (at[0] - 1, at[-1]) if step < 0 else (at[0], at[-1] + 1)
    if all(place.follows == SAME for place in now[first + 1 : last + 1]):
        keys = [place.id for place in now[first : last + 1]]
        chosen, others = [key for key in keys if key in wanted], [key for key in keys if key not in wanted]
        keys = [*chosen, *others] if step < 0 else [*others, *chosen]
        shifted = [replace(place, id=key) for place, key in zip(now[first : last + 1], keys, strict=True)]
        return _make_edit(page, now, [*now[:first], *shifted, *now[last + 1 :]])
    past = first if step < 0 else last + 1
    return move_words(page, ids, now[past].id if past < len(now) else None)


def chain_words(page: Page, ids: Collection[str]) -> Edit:
    """Make these words follow each other directly in the user's order.

    ids: in that order. They stand where the first one of them stood. Where two that follow each other now did not
    before, a line ends unless the second goes on beside the first.
    """
    now = find_places(page)
    chosen = [key for key in dict.fromkeys(ids) if key in page.words]
    if len(chosen) < 2:
        return Edit("")
    follows = {place.id: place.follows for place in now}
    neighbours = {(one.id, other.id) for one, other in pairwise(now)}
    among = frozenset(chosen)
    first = next(index for index, place in enumerate(now) if place.id in among)
    rest = [place for place in now[first:] if place.id not in among]
    wanted = [*chosen, *(place.id for place in rest)]
    after = list(now[:first])
    # The first one's place is taken by these words, so nobody else begins its line or block.
    breaks = pass_on_breaks([*now[:first], Place(now[first].id, SAME), *now[first + 1 :]], among)
    for index, key in enumerate(wanted):
        if index == 0:
            after.append(Place(key, now[first].follows))
        elif (wanted[index - 1], key) in neighbours:
            after.append(Place(key, follows[key]))
        elif is_beside(page.words[wanted[index - 1]], page.words[key]):
            after.append(Place(key, SAME))
        else:
            after.append(Place(key, LINE if key in among else max(LINE, breaks[key])))
    return _make_edit(page, now, after)


def reset_order(page: Page) -> Edit:
    """Restore the automatic reading order."""
    return Edit(message("Reset reading order"), order=OrderChange.between(page.order, WordOrder()))


def reorder_part(page: Page, part: WordOrder) -> tuple[OrderChange, ...]:
    """Give some words of a page another order; each of the others stays behind the word before it.

    Args:
        page: The page.
        part: The new order of the words that are arranged, for example of those in the board view.
    """
    ordered = _find_given_places(replace(page, order=part))
    if not ordered:
        return OrderChange.between(page.order, part)
    arranged = {place.id for place in ordered}
    behind: dict[str, list[Place]] = {}
    last = ""
    for place in find_places(page):
        if place.id in arranged:
            last = place.id
        else:
            behind.setdefault(last, []).append(place)
    found = behind.get("", [])
    waiting: list[Place] = []  # lines that follow when this one ends
    for place in ordered:
        if place.follows != SAME:
            found, waiting = [*found, *waiting], []
        found.append(place)
        others = behind.get(place.id, [])
        in_line = list(takewhile(lambda other: other.follows == SAME, others))
        found += in_line
        waiting += others[len(in_line) :]
    return OrderChange.between(page.order, WordOrder(compose_lines([*found, *waiting]), part.arranged))


def _select_words(page: Page, ids: Collection[str] | None) -> Collection[Word]:
    return page.words.values() if ids is None else [page.words[key] for key in ids if key in page.words]


def _make_edit(page: Page, now: list[Place], after: list[Place]) -> Edit:
    if after[1:] == now[1:] and after[0].id == now[0].id:
        return Edit("")
    order = WordOrder(compose_lines(after), arranged=True)
    return Edit(message("Change reading order"), order=OrderChange.between(page.order, order))


def find_places(page: Page) -> list[Place]:
    """Return the places of all words of a page, in reading order."""
    return [
        Place(word.id, SAME if place else LINE if number else BLOCK)
        for block in find_blocks(page)
        for number, line in enumerate(block)
        for place, word in enumerate(line)
    ]


def _find_given_places(page: Page) -> list[Place]:
    """Return the words of the kept order that still exist."""
    found: list[Place] = []
    seen: set[str] = set()
    follows = BLOCK
    for line in page.order.lines:
        follows = max(follows, LINE) if line else BLOCK
        for key in line:
            if key in page.words and key not in seen:
                found.append(Place(key, follows))
                seen.add(key)
                follows = SAME
    return found


def add_later_words(words: Mapping[str, Word], places: list[Place]) -> list[Place]:
    """Add the words of a page, by id, that the order doesn't contain yet, by the layout of the page."""
    known = {place.id for place in places}
    if len(known) == len(words):
        return places
    at = {place.id: index for index, place in enumerate(places)}
    # Behind the word with this index in the order, -1 for its beginning: words that go into its line, and lines.
    in_line: dict[int, list[str]] = {}
    before: dict[int, list[str]] = {}
    new_lines: dict[int, list[Place]] = {}
    ends, last = _find_line_ends(places), -1
    for block in reading_order.find_blocks(words.values()):
        fresh_block = not any(word.id in known for line in block for word in line)
        for line in block:
            ids = [word.id for word in line]
            anchor = next((at[key] for key in ids if key in known), None)
            if anchor is None:
                here = new_lines.setdefault(ends[last] if last >= 0 else -1, [])
                here += [Place(key, SAME if n else BLOCK if fresh_block else LINE) for n, key in enumerate(ids)]
                fresh_block = False
                continue
            leading = True
            for key in ids:
                if key in known:
                    anchor, leading = at[key], False
                else:
                    (before if leading else in_line).setdefault(anchor, []).append(key)
            last = anchor
    return _weave_places(places, before, in_line, new_lines)


def _weave_places(
    places: list[Place],
    before: dict[int, list[str]],
    in_line: dict[int, list[str]],
    new_lines: dict[int, list[Place]],
) -> list[Place]:
    found = list(new_lines.get(-1, ()))
    parted = False
    for index, place in enumerate(places):
        row = [*before.get(index, ()), place.id, *in_line.get(index, ())]
        follows = BLOCK if parted and place.follows else place.follows
        found += [Place(key, SAME if number else follows) for number, key in enumerate(row)]
        fresh = new_lines.get(index, ())
        found += fresh
        # What follows a block that came in between is not part of it.
        parted = any(each.follows == BLOCK for each in fresh)
    return found


def _find_line_ends(places: list[Place]) -> list[int]:
    """Find for each place the index of the last word of its line."""
    ends = list(range(len(places)))
    for index in range(len(places) - 2, -1, -1):
        if places[index + 1].follows == SAME:
            ends[index] = ends[index + 1]
    return ends


def _put_words(page: Page, now: list[Place], chosen: list[str], before: str | None) -> list[Place]:
    gone = set(chosen)
    left = pass_on_breaks(now, gone)
    rest = [Place(key, follows) for key, follows in left.items()]
    at = next((index for index, place in enumerate(rest) if place.id == before), len(rest))
    if not rest:
        return now
    piece, whole_block = _take_out_words(now, gone)
    follower = rest[at] if at < len(rest) else None
    previous = rest[at - 1] if at else None
    gap = follower.follows if follower else BLOCK
    if follower and previous and gap == SAME:
        first, then = SAME, SAME
    elif whole_block and (gap == BLOCK or not previous):
        first, then = BLOCK, BLOCK
    else:
        first, then = _make_seams(page, previous, (chosen[0], chosen[-1]), follower, gap)
    middle = [Place(chosen[0], first), *piece[1:]]
    tail = [Place(follower.id, then), *rest[at + 1 :]] if follower else []
    return [*rest[:at], *middle, *tail]


def _take_out_words(now: list[Place], gone: set[str]) -> tuple[list[Place], bool]:
    """Take the moving words out of the order, and find whether they are whole blocks."""
    piece: list[Place] = []
    waiting, whole = SAME, True
    for index, place in enumerate(now):
        waiting = max(waiting, place.follows)
        if place.id in gone:
            piece.append(Place(place.id, waiting))
            waiting = SAME
            ends = index + 1 == len(now) or now[index + 1].follows == BLOCK
            whole = whole and (ends or now[index + 1].id in gone)
    return piece, whole and bool(piece) and piece[0].follows == BLOCK


def _make_seams(
    page: Page, previous: Place | None, ends: tuple[str, str], follower: Place | None, gap: int
) -> tuple[int, int]:
    """Join moved words with the line before them and the line after them."""
    first, last = (page.words[key] for key in ends)
    behind = page.words[previous.id] if previous else None
    ahead = page.words[follower.id] if follower else None
    if behind and is_beside(behind, first):
        return SAME, gap
    if ahead and is_beside(last, ahead):
        return gap if behind else BLOCK, SAME
    if behind and (ahead is None or _measure_gap(behind, first) <= _measure_gap(last, ahead)):
        return LINE, gap
    return gap if behind else BLOCK, LINE


def _measure_gap(one: Word, other: Word) -> float:
    return float(np.hypot(*np.subtract(geometry.find_centre(other.quad), geometry.find_centre(one.quad))))
