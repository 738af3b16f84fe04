"""CSV (RFC 4180 with plain line ends): one row for each word, in reading order."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.reading_order import page_order

COLUMNS: Final = (
    *("page", "number", "text", "confidence", "state", "line"),
    *("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"),
    "paragraph",  # last, as files of versions before don't have it
)

# A cell that begins so is a formula to spreadsheet programs, full-width forms included (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# Where commas are decimal points, a semicolon begins a new cell, whatever quotes there are around it.
_NEXT_CELL: Final = re.compile(f";\\s*(?=[{re.escape(''.join(_FORMULA))}])")


def render(pages: Sequence[Page]) -> str:
    """Make a table with a header and the words of all pages.

    ``number``, ``line`` and ``paragraph`` count in reading order, from 1 on each page.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for page in pages:
        writer.writerows(_list_rows(page))
    return out.getvalue()


def escape_cell(cell: str) -> str:
    """A cell of one line that no spreadsheet program takes for a formula: an apostrophe in front where it might."""
    cell = _NEXT_CELL.sub(lambda found: f"{found[0]}'", one_line(cell))
    first = next((place for place, letter in enumerate(cell) if letter not in "' " and letter.isprintable()), 0)
    return f"'{cell}" if cell.startswith(_FORMULA, first) else cell


def _list_rows(page: Page) -> Iterator[list[object]]:
    name, number = escape_cell(format_photo_name(page.image)), 0
    blocks = enumerate(page_order.find_blocks(page), start=1)
    lines = ((paragraph, words) for paragraph, block in blocks for words in block)
    for line, (paragraph, words) in enumerate(lines, start=1):
        for word in words:
            number += 1
            confidence = "" if word.confidence is None else round(word.confidence, 4)
            quad = photo_frame.quad_in_file(page, word.quad)
            corners = [value if word.has_box else "" for corner in quad.corners for value in corner]
            yield [name, number, escape_cell(word.text), confidence, word.state.value, line, *corners, paragraph]
