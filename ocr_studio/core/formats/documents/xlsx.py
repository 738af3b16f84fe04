"""Excel workbooks (XLSX, ISO/IEC 29500): the words of each photo as a table on a sheet of its own."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import xlsxwriter

from ocr_studio.core.formats.documents import table_text
from ocr_studio.core.formats.documents.outline import clean
from ocr_studio.core.formats.names import format_photo_name, make_titles
from ocr_studio.core.page import Page

# What the name of a sheet can't have, and its length.
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME: Final = 31
# A fixed date, so that the same words give the same file.
_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)


def render(pages: Sequence[Page]) -> bytes:
    """Make a workbook; cells are texts, also those that look like formulas or numbers."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"author": "OCR Studio", "created": _DATE})
    taken: set[str] = set()
    images = [page.image for page in pages]
    titles = make_titles(images) if len(pages) > 1 else map(format_photo_name, images)
    for title, page in zip(titles, pages, strict=True):
        sheet = workbook.add_worksheet(_name_sheet(title, taken))
        for number, row in enumerate(table_text.make_table(page)):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(number, column, clean(text))
        sheet.autofit()
    workbook.close()
    return out.getvalue()


def _name_sheet(title: str, taken: set[str]) -> str:
    """Return a name for a sheet that no other sheet has. taken: names in use, in lower case."""
    base = clean(_NOT_IN_NAMES.sub("_", title)).strip("' ")[:_LONGEST_NAME].rstrip("' ") or "photo"
    name, number = base, 2
    while name.casefold() in taken or name.casefold() == "history":  # Excel keeps that one for itself
        end = f" ({number})"
        name, number = base[: _LONGEST_NAME - len(end)] + end, number + 1
    taken.add(name.casefold())
    return name
