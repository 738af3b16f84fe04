"""What a person has ticked on many photos becomes edits of their pages, some photos at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, Page

# What is done at once: so many pages, words that change, and words on those pages; it takes the window some
# milliseconds.
PAGES: Final = 15
_CHANGES: Final = 150
_WORDS: Final = 5000

LoadPage: TypeAlias = Callable[[str], Page | None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of one photo. words: so many were ticked. edit: what does it to the page as it is by then, and
    how many of the words are others by then and stay. image: the photo, as the page has it.
    """

    page_id: str
    image: str
    words: int
    edit: Callable[[Page], tuple[Edit, int]]


@dataclass(frozen=True, slots=True)
class Left:
    """So many words of a photo stay as they are: as they are others by now, or, with trouble, as that says; "" where
    nothing is known of the photo any more.
    """

    image: str
    words: int
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes of the first photos, so many. edits: by page; words: how many change."""

    photos: int
    edits: dict[str, Edit]
    words: int
    left: tuple[Left, ...]


def part(load: LoadPage, wishes: Sequence[Wish]) -> Part:
    """As many of the first wishes as can be done at once. load: gives a page as it is, None where nothing is known of
    it, or raises StudioError.
    """
    edits: dict[str, Edit] = {}
    left: list[Left] = []
    photos = words = changes = around = 0
    for wish in wishes:
        photos += 1
        try:
            page = load(wish.page_id)
        except StudioError as error:
            left.append(Left(wish.image, wish.words, str(error)))
            continue
        if page is None:
            left.append(Left(wish.image, wish.words, ""))
            continue
        edit, others = wish.edit(page)
        if others:
            left.append(Left(wish.image, others))
        if edit:
            edits[wish.page_id] = edit
            words += wish.words - others
            changes += len(edit.changes)
            around += len(page.words)
        if len(edits) >= PAGES or changes >= _CHANGES or around >= _WORDS:
            break
    return Part(photos, edits, words, tuple(left))
