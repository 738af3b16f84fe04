"""Markdown (CommonMark): lines and paragraphs as on the photo, nothing in them taken for formatting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ocr_studio.core.formats.names import make_titles
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order

# Signs that mean something anywhere in a line …
_INLINE: Final = re.compile(r"[\\`*_\[\]<>&|~$]")
# … and those that do only where a line begins: headings, lists, quotes, tables, rules, setext underlines.
_LEADING = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([#+\-=:])")


def render(pages: Sequence[Page]) -> str:
    """The text; where there are several pages, each under a heading."""
    if len(pages) == 1:
        return _format_page(pages[0])
    titles = make_titles([page.image for page in pages])
    parts = zip(titles, pages, strict=True)
    return "\n".join(f"## {_format_inline(title)}\n\n{_format_page(page)}" for title, page in parts)


def escape_line(line: str, *, inline: re.Pattern[str] = _INLINE) -> str:
    """Return one line of plain text as Markdown that shows just that line. inline: finds the signs to escape."""
    return _LEADING.sub(_escape_match, _format_inline(line.strip(), inline))


def _escape_match(found: re.Match[str]) -> str:
    number, dot, sign = found.groups()
    return f"\\{sign}" if sign else f"{number}\\{dot}"


def _format_inline(line: str, inline: re.Pattern[str] = _INLINE) -> str:
    return inline.sub(r"\\\g<0>", line)


def _format_page(page: Page) -> str:
    return format_body(page_order.compose_text(page))


def format_body(text: str) -> str:
    """A text as Markdown: its lines and paragraphs stay as they are."""
    paragraphs = [part for part in re.split(r"\n{2,}", text.strip("\n")) if part.strip()]
    # A backslash before the line's end is a line break; two spaces would do, but editors strip them.
    return "\n".join("\\\n".join(escape_line(line) for line in part.split("\n")) + "\n" for part in paragraphs)
