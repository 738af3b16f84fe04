"""Counts what an exported format has no place for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.exchange import is_rectangle, is_upright
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order


def count_losses(kind: str, page: Page) -> Counter[Content]:
    """Count what a page holds and a format, a key of ``FORMATS``, has no place for."""
    held = FORMATS[kind].holds
    if held is None:
        return Counter()
    return Counter({what: count for what, count in _count_content(page, held).items() if what not in held})


def _count_content(page: Page, held: Collection[Content]) -> Counter[Content]:
    """Count what a page holds of everything that a format may have no place for."""
    facts = page.facts
    found: Counter[Content] = Counter()
    found[Content.WRITER] = int(bool(facts.writer))
    found[Content.TAGS] = int(bool(facts.tags))
    found[Content.NOTE] = int(bool(facts.note))
    if Content.ORDER not in held:  # finding the lines takes longer than writing the file
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
    if word.text:  # that a word is not checked is as much to know
        yield Content.CHECKED
    if word.machine and word.machine.confidence is not None:
        yield Content.CONFIDENCE
    if word.machine and len(word.machine.alternatives) > 1:
        yield Content.ALTERNATIVES
