"""Changes to many words at once, which the user selects one by one: what each word becomes, and the edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Page, Quad, Transcription, Word
from ocr_studio.core.reading_order import kept_order


@dataclass(frozen=True, slots=True)
class Change:
    """What one word of a page becomes.

    Attributes:
        page_id: Id of the page.
        image: The photo, as named in the page.
        word_id: Id of the word.
        quad: Box of the word, pixels of the upright photo.
        before: Text of the word.
        after: The new text.
        reason: Why, as it is shown, for example the confidence of the new text; may be empty.
        selected: Whether it is selected at first; None if it is only shown and can't be applied.
        checked: Whether the user had checked the word when the change was found.
        read: The new text as a model has read it; None if the new text becomes the user's.
        obstacle: Why it can't be applied, as it is shown; empty if it can.
    """

    page_id: str
    image: str
    word_id: str
    quad: Quad
    before: str
    after: str
    reason: str = ""
    selected: bool | None = True
    checked: bool = False
    read: Transcription | None = None
    obstacle: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The ids of page and word."""
        return self.page_id, self.word_id

    @property
    def visible(self) -> bool:
        """Whether the text changes; otherwise only the model and its confidence do."""
        return self.before != self.after or self.selected is None

    def fits(self, word: Word | None) -> bool:
        """Whether the word is still as it was when the change was found."""
        if word is None or (word.text, word.checked) != (self.before, self.checked):
            return False
        return self.read is None or word.quad == self.quad


@dataclass(frozen=True, slots=True)
class Skipped:
    """Words of a photo that stay as they are.

    Attributes:
        image: The photo, as named in the page.
        why: A sentence; empty if the words have changed meanwhile, None if the page no longer exists.
        words: Number of words.
    """

    image: str
    why: str | None = ""
    words: int = 1


def group_by_page(changes: Iterable[Change]) -> list[tuple[Change, ...]]:
    """Group changes by page, in the order in which the pages come first."""
    pages: dict[str, list[Change]] = {}
    for each in changes:
        pages.setdefault(each.page_id, []).append(each)
    return [tuple(some) for some in pages.values()]


def make_edit(page: Page, changes: Iterable[Change]) -> tuple[Edit, int]:
    """Apply changes to the words of a page that have not changed since.

    Returns:
        The edit, without a name, and the number of words that are skipped.
    """
    changed: dict[str, tuple[Word | None, Word | None]] = {}
    skipped = 0
    for each in changes:
        word = page.words.get(each.word_id)
        if word is None or not each.fits(word):
            skipped += each.visible
        elif each.read is None:
            changed |= edits.write(page, word.id, each.after).changes
        elif each.read != word.machine:
            changed[word.id] = word, replace(word, machine=each.read)
    return kept_order.keep_order(page, Edit("", changed)), skipped
