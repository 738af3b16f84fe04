"""Turns the changes that the user has selected on many photos into edits of their pages, in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, Page

# Limits of a batch, so that the window is blocked for some milliseconds only: pages, changed words, and all words on
# those pages.
PAGES: Final = 15
_CHANGES: Final = 150
_WORDS: Final = 5000

LoadPage: TypeAlias = Callable[[str], Page | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A change to one photo.

    Attributes:
        page_id: Id of the page.
        image: The photo, as named in the page.
        words: Number of words to change.
        edit: Returns the edit for the current page, and how many words have changed meanwhile and are skipped.
    """

    page_id: str
    image: str
    words: int
    edit: Callable[[Page], tuple[Edit, int]]


@dataclass(frozen=True, slots=True)
class SkippedWords:
    """Words of a photo that were skipped.

    Attributes:
        image: The photo.
        words: Number of skipped words.
        trouble: Why: None if they have changed meanwhile, "" if the page no longer exists, else an error message.
    """

    image: str
    words: int
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """A batch of changes.

    Attributes:
        photos: Number of photos in the batch.
        edits: Edits by page id.
        words: Number of words that change.
        left: The skipped words.
    """

    photos: int
    edits: dict[str, Edit]
    words: int
    left: tuple[SkippedWords, ...]


def part(load: LoadPage, wishes: Sequence[Change]) -> ChangeBatch:
    """Make the next batch of changes.

    Args:
        load: Returns the current page, or None if it no longer exists; may raise StudioError.
        wishes: The changes; the batch covers the first ``Batch.photos`` of them.
    """
    edits: dict[str, Edit] = {}
    left: list[SkippedWords] = []
    photos = words = changes = around = 0
    for wish in wishes:
        photos += 1
        try:
            page = load(wish.page_id)
        except StudioError as error:
            left.append(SkippedWords(wish.image, wish.words, str(error)))
            continue
        if page is None:
            left.append(SkippedWords(wish.image, wish.words, ""))
            continue
        edit, others = wish.edit(page)
        if others:
            left.append(SkippedWords(wish.image, others))
        if edit:
            edits[wish.page_id] = edit
            words += wish.words - others
            changes += len(edit.changes)
            around += len(page.words)
        if len(edits) >= PAGES or changes >= _CHANGES or around >= _WORDS:
            break
    return ChangeBatch(photos, edits, words, tuple(left))
