"""What an exported format has no place for, and how a report says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.exchange import is_rectangle, is_upright
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import later_n, tr, tr_n

# What the report of an export says of what is lost.
_LOSSES: Final = {
    Content.SLANT: later_n("the slant of {count} box", "the slant of {count} boxes"),
    Content.SHAPE: later_n("the exact shape of {count} box", "the exact shape of {count} boxes"),
    Content.ORDER: later_n("the order of {count} line", "the order of {count} lines"),
    Content.CONFIDENCE: later_n("the confidence of {count} word", "the confidence of {count} words"),
    Content.ALTERNATIVES: later_n("the alternatives of {count} word", "the alternatives of {count} words"),
    Content.CHECKED: later_n("that {count} word is checked", "that {count} words are checked"),
    Content.MARKS: later_n("{count} marked word", "{count} marked words"),
    Content.UNREAD: later_n("{count} box without text", "{count} boxes without text"),
    Content.UNBOXED: later_n("{count} text without a box", "{count} texts without a box"),
    Content.TEXT: later_n("the text of {count} word", "the texts of {count} words"),
    Content.WRITER: later_n("the writer of {count} photo", "the writers of {count} photos"),
    Content.TAGS: later_n("the tags of {count} photo", "the tags of {count} photos"),
    Content.NOTE: later_n("the note of {count} photo", "the notes of {count} photos"),
}


def describe_losses(kind: str, counts: Mapping[Content, int]) -> str:
    """Say in a sentence what is lost. kind: a key of ``FORMATS``; counts: as ``count_losses`` returns them."""
    found = ", ".join(tr_n(*_LOSSES[what], counts[what]) for what in Content if counts.get(what))
    return tr("{format} can’t hold: {losses}", format=tr(FORMATS[kind].title), losses=found)


def count_losses(kind: str, page: Page) -> Counter[Content]:
    """Count what a page holds and a format, a key of ``FORMATS``, has no place for."""
    held = FORMATS[kind].holds
    if held is None:
        return Counter()
    return Counter({what: count for what, count in count_content(page).items() if what not in held})


def count_content(page: Page) -> Counter[Content]:
    """Count what a page holds of everything that a format may have no place for."""
    facts = page.facts
    found: Counter[Content] = Counter()
    found[Content.WRITER] = int(bool(facts.writer))
    found[Content.TAGS] = int(bool(facts.tags))
    found[Content.NOTE] = int(bool(facts.note))
    found[Content.ORDER] = len(page_order.find_lines(page))
    for word in page.words.values():
        found.update(_list_content(page, word))
    return +found


def _list_content(page: Page, word: Word) -> Iterator[Content]:
    if not word.has_box:
        yield Content.UNBOXED
    else:
        quad = photo_frame.quad_in_file(page, word.quad)
        if not is_upright(quad):
            yield Content.SLANT
        if not is_rectangle(quad):
            yield Content.SHAPE
    if word.mark:
        yield Content.MARKS
    elif not word.text:
        yield Content.UNREAD
    else:
        yield Content.TEXT
    if word.checked:
        yield Content.CHECKED
    if word.machine and word.machine.confidence is not None:
        yield Content.CONFIDENCE
    if word.machine and len(word.machine.alternatives) > 1:
        yield Content.ALTERNATIVES
