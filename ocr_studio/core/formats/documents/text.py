"""Plain text: the words in reading order, line by line, an empty line between paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_studio.core.formats.names import make_titles
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order


def render(pages: Sequence[Page]) -> str:
    """The text; where there are several pages, the photo's name or the page's number is above each."""
    if len(pages) == 1:
        return _end_line(page_order.compose_text(pages[0]))
    titles = make_titles([page.image for page in pages])
    return "\n".join(_add_title(*each) for each in zip(titles, pages, strict=True))


def _add_title(title: str, page: Page) -> str:
    return f"{title}\n{'=' * len(title)}\n\n{_end_line(page_order.compose_text(page))}"


def _end_line(text: str) -> str:
    return text.rstrip("\n") + "\n" if text.strip() else ""
