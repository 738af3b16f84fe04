"""Word documents (DOCX, ISO/IEC 29500): headings, paragraphs, lists and tables as on the photos."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import docx
from docx.document import Document

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
    """Make a document; where there are several pages, each begins with its title on a new sheet."""
    document = docx.Document()
    facts = document.core_properties
    facts.author, facts.comments, facts.created, facts.modified = "OCR Studio", "", _DATE, _DATE
    facts.title = clean(format_photo_name(pages[0].image)) if len(pages) == 1 else ""
    titles = make_titles([page.image for page in pages])
    for number, (title, page) in enumerate(zip(titles, pages, strict=True)):
        if len(pages) > 1:
            heading = document.add_heading(clean(title), level=1)
            heading.paragraph_format.page_break_before = number > 0
        for block in make_outline(page):
            _add_block(document, block)
    out = io.BytesIO()
    document.save(out)
    return zip_dates.reset_dates(out.getvalue())


def _add_block(document: Document, block: OutlineBlock) -> None:
    match block:
        case Heading(text):
            document.add_heading(text, level=2)
        case Paragraph(lines):
            paragraph = document.add_paragraph()
            for number, line in enumerate(lines):
                run = paragraph.add_run()
                if number:
                    run.add_break()
                run.add_text(line)
        case ListItems(items, numbered):
            for item in items:
                document.add_paragraph(item, style="List Number" if numbered else "List Bullet")
        case TableBlock(rows):
            table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
            for cells, row in zip(table.rows, rows, strict=True):
                for cell, text in zip(cells.cells, row, strict=True):
                    cell.text = text
            document.add_paragraph()
