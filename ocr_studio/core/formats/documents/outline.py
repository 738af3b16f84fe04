"""The text of a page as word processors have it: headings, paragraphs, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.core.formats.documents import table_text
from ocr_studio.core.formats.documents.table_text import Table
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order

# A line alone is a heading if its letters are so many times as high as those of the page, and it has few words.
_HIGH, _FEW_WORDS = 1.5, 8
# Rows and columns that a table has at least, and the share of its cells that are not empty.
_ROWS, _COLUMNS, _FILLED = 3, 2, 0.8
_BULLET: Final = re.compile(r"[-–—•◦▪*·→]\s+(?=\S)")
_NUMBER: Final = re.compile(r"\d{1,3}[.)]\s+(?=\S)")
# What no XML file can hold, and so no office document.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of large letters."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, broken as on the photo."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListItems:
    """Items of a list. numbered: with numbers instead of bullets."""

    items: tuple[str, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Words in rows and columns."""

    rows: Table


OutlineBlock: TypeAlias = Heading | Paragraph | ListItems | TableBlock


def make_outline(page: Page) -> tuple[OutlineBlock, ...]:
    """Return the blocks of a page in reading order; a page without text has none."""
    usual = _measure_height(page.words.values())
    found: list[OutlineBlock] = []
    for block in page_order.find_blocks(page):
        lines = [kept for line in block if (kept := [word for word in line if word.text])]
        if lines:
            found += _format_block(page, lines, usual)
    return tuple(found)


def clean(text: str) -> str:
    """Return a text without characters that an XML file can't hold."""
    return _NO_XML.sub("\ufffd", text)


def _format_block(page: Page, lines: Sequence[Sequence[Word]], usual: float) -> Iterator[OutlineBlock]:
    words = [word for line in lines for word in line]
    if len(lines) == 1 and len(words) <= _FEW_WORDS and _measure_height(words) > _HIGH * usual > 0:
        yield Heading(clean(_join(lines[0])))
        return
    rows = table_text.make_table(page, [word.id for word in words]) if len(lines) >= _ROWS else ()
    if _is_table(rows):
        yield TableBlock(tuple(tuple(map(clean, row)) for row in rows))
        return
    yield from _format_lines([clean(_join(line)) for line in lines])


def _format_lines(lines: Sequence[str]) -> Iterator[OutlineBlock]:
    """Divide lines into paragraphs and lists; a line that begins no item belongs to the item before it."""
    plain: list[str] = []
    items: list[str] = []
    sign: re.Pattern[str] | None = None
    for line in lines:
        begins = next((each for each in (_BULLET, _NUMBER) if each.match(line)), None)
        if begins is None:
            if items:
                items[-1] += f" {line}"
            else:
                plain.append(line)
            continue
        if plain:
            yield Paragraph(tuple(plain))
            plain = []
        if items and begins is not sign:
            yield ListItems(tuple(items), numbered=sign is _NUMBER)
            items = []
        sign = begins
        items.append(begins.sub("", line, count=1))
    if plain:
        yield Paragraph(tuple(plain))
    if items:
        yield ListItems(tuple(items), numbered=sign is _NUMBER)


def _is_table(rows: Table) -> bool:
    if len(rows) < _ROWS or len(rows[0]) < _COLUMNS:
        return False
    cells = [cell for row in rows for cell in row]
    return sum(map(bool, cells)) >= _FILLED * len(cells)


def _join(line: Sequence[Word]) -> str:
    return " ".join(word.text for word in line)


def _measure_height(words: Iterable[Word]) -> float:
    """Median height of the boxes of words, in pixels; 0 for none."""
    heights = [geometry.measure_size(word.quad)[1] for word in words if word.text and word.has_box]
    return float(np.median(heights)) if heights else 0.0
