"""Words that were read again: new texts, and applying them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Page, Transcription, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import message_n


@dataclass(frozen=True, slots=True)
class Difference:
    """An unchecked word with a new text. word: as it is on the page; read: the new text."""

    word: Word
    read: Transcription


@dataclass(frozen=True, slots=True)
class PageDifferences:
    """New texts on one page. image: path of its photo; words: number of words read again."""

    page_id: str
    image: str
    words: int
    found: tuple[Difference, ...]


def list_unchecked(page: Page) -> tuple[Word, ...]:
    """The unchecked words, in reading order."""
    return tuple(word for key in page_order.order_words(page) if not (word := page.words[key]).checked)


def find_differences(page: Page, fresh: Iterable[Word]) -> tuple[Difference, ...]:
    """The words with new texts, in the order of ``fresh``, except words that were checked or moved since."""
    return tuple(
        Difference(page.words[word.id], word.machine)
        for word in _select_unchanged(page, fresh)
        if word.machine is not None and word.machine.text != page.words[word.id].text
    )


def make_edit(page: Page, fresh: Iterable[Word], chosen: Collection[str]) -> Edit:
    """Apply new texts to the chosen words, and new confidences to words with unchanged texts.

    Args:
        page: The page as it is now.
        fresh: Words as they were read again.
        chosen: Ids of the words to change.

    Returns:
        The edit; empty if no words are chosen. Texts of the user stay.
    """
    words = _select_unchanged(page, fresh)
    some = [word for word in words if word.id in chosen]
    same = [word for word in words if word.machine and word.machine.text == page.words[word.id].text]
    name = message_n("Apply {count} new text", "Apply {count} new texts", len(some))
    return replace(edits.refresh(page, [*some, *same]), name=name) if some else Edit(name)


def make_later_edit(page: Page, found: Iterable[Difference], chosen: Collection[str]) -> tuple[Edit, int]:
    """Apply new texts later: only to words that have not changed since.

    Args:
        page: The page as it is now.
        found: New texts on this page.
        chosen: Ids of the words to change.

    Returns:
        The edit, and the number of chosen words that have changed and are skipped.
    """
    some = [each for each in found if each.word.id in chosen]
    still = [replace(each.word, machine=each.read) for each in some if page.words.get(each.word.id) == each.word]
    return make_edit(page, still, {word.id for word in still}), len(some) - len(still)


def _select_unchanged(page: Page, fresh: Iterable[Word]) -> list[Word]:
    known = ((page.words.get(word.id), word) for word in fresh)
    return [word for old, word in known if old is not None and not old.checked and old.quad == word.quad]
