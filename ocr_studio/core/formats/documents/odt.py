"""OpenDocument texts (ODT, ISO/IEC 26300): headings, paragraphs, lists and tables as on the photos."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import odfdo
from odfdo import Cell, Document, Header, LineBreak, Row, Table

from ocr_studio.core.files import zip_dates
from ocr_studio.core.formats.documents.outline import (
    Heading,
    ListItems,
    OutlineBlock,
    Paragraph,
    TableBlock,
    clean,
    make_outline,
)
from ocr_studio.core.formats.names import format_photo_name, make_titles
from ocr_studio.core.page import Page

# A fixed date, so that the same text gives the same file.
_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)


def render(pages: Sequence[Page]) -> bytes:
    """Make a document; where there are several pages, each begins with its title."""
    document = Document("text")
    document.meta.creation_date = document.meta.date = _DATE
    document.meta.title = clean(format_photo_name(pages[0].image)) if len(pages) == 1 else ""
    body = document.body
    body.clear()
    tables = 0
    for title, page in zip(make_titles([page.image for page in pages]), pages, strict=True):
        if len(pages) > 1:
            body.append(Header(1, clean(title)))
        for block in make_outline(page):
            tables += isinstance(block, TableBlock)
            for element in _make_elements(block, tables):
                body.append(element)
    out = io.BytesIO()
    document.save(out)
    return zip_dates.reset_dates(out.getvalue())


def _make_elements(block: OutlineBlock, number: int) -> list[odfdo.Element]:
    """Make the elements of a block. number: of the table, for its name."""
    match block:
        case Heading(text):
            return [Header(2, text)]
        case Paragraph(lines):
            paragraph = odfdo.Paragraph()
            for place, line in enumerate(lines):
                if place:
                    paragraph.append(LineBreak())
                paragraph.append_plain_text(line)
            return [paragraph]
        case ListItems(items, numbered):
            # Numbers are a matter of styles; in plain text they stay what they are.
            return [odfdo.List([f"{place}. {item}" if numbered else item for place, item in enumerate(items, start=1)])]
        case TableBlock(rows):
            table = Table(f"Table {number}")
            for row in rows:
                made = Row()
                for text in row:
                    made.append_cell(Cell(text=text, cell_type="string", value=text))
                table.append_row(made)
            return [table]
