"""Words that were read again: what each becomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr_studio.core.editing.changes import Change
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.units import percent


def list_unchecked(page: Page) -> tuple[Word, ...]:
    """List the unchecked words, in reading order."""
    return tuple(word for key in page_order.order_words(page) if not (word := page.words[key]).checked)


def find_changes(page: Page, fresh: Iterable[Word]) -> Iterator[Change]:
    """The new texts of words, in the order of ``fresh``, except words that were checked or moved since.

    Words that are read the same get the new confidence; see ``Change.visible``.
    """
    for word in fresh:
        old, read = page.words.get(word.id), word.machine
        if old is not None and read is not None and not old.checked and old.quad == word.quad:
            sure = format_confidence(read.confidence)
            yield Change(page.id, page.image, old.id, old.quad, old.text, read.text, sure, read=read)


def format_confidence(confidence: float | None) -> str:
    """The confidence 0..1 of a text as it is shown."""
    return "–" if confidence is None else percent(confidence)
