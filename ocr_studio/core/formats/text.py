"""Plain text: the words in reading order, line by line, an empty line between paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_studio.core.formats.names import shown
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order


def render(pages: Sequence[Page]) -> str:
    """The text; where there are several pages, the photo's name stands above each."""
    if len(pages) == 1:
        return _ended(page_order.compose_text(pages[0]))
    return "\n".join(_titled(page) for page in pages)


def _titled(page: Page) -> str:
    title = shown(page.image)
    return f"{title}\n{'=' * len(title)}\n\n{_ended(page_order.compose_text(page))}"


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n" if text.strip() else ""
