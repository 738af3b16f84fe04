"""Turns the changes that the user has selected on many photos into edits of their pages, in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ocr_studio.core.editing import changes
from ocr_studio.core.editing.changes import Change, Skipped
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, Page

# Limits of a batch, so that the window is blocked for some milliseconds only: pages, changed words, and all words on
# those pages.
PAGES: Final = 15
_CHANGES: Final = 150
_WORDS: Final = 5000

LoadPage: TypeAlias = Callable[[str], Page | None]
PageChanges: TypeAlias = Sequence[Change]


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """The edits of some pages.

    Attributes:
        photos: Number of photos in the batch.
        words: Number of words that change.
        skipped: The words that stay as they are.
    """

    photos: int
    edits: dict[str, Edit]
    words: int
    skipped: tuple[Skipped, ...]


def make_batch(load: LoadPage, pages: Sequence[PageChanges]) -> ChangeBatch:
    """Make the next batch of edits.

    Args:
        load: Returns the current page, or None if it no longer exists; may raise StudioError.
        pages: The changes, page by page; the batch covers the first ``ChangeBatch.photos`` of them.
    """
    edits: dict[str, Edit] = {}
    skipped: list[Skipped] = []
    photos = words = changed = around = 0
    for some in pages:
        photos += 1
        wanted, image = count_words(some), some[0].image
        try:
            page = load(some[0].page_id)
        except StudioError as error:
            skipped.append(Skipped(image, str(error), wanted))
            continue
        if page is None:
            skipped.append(Skipped(image, None, wanted))
            continue
        edit, stay = changes.make_edit(page, some)
        if stay:
            skipped.append(Skipped(image, words=stay))
        if edit:
            edits[page.id] = edit
            words += wanted - stay
            changed += len(edit.changes)
            around += len(page.words)
        if len(edits) >= PAGES or changed >= _CHANGES or around >= _WORDS:
            break
    return ChangeBatch(photos, edits, words, tuple(skipped))


def count_words(some: PageChanges) -> int:
    """Number of words whose text changes."""
    return sum(each.visible for each in some)
