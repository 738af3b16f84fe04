"""Plain text: the words in reading order, line by line, an empty line between paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_studio.core import reading_order
from ocr_studio.core.formats.names import shown
from ocr_studio.core.page import Page


def render(pages: Sequence[Page]) -> str:
    """The text; where there are several pages, the photo's name stands above each."""
    if len(pages) == 1:
        return _ended(reading_order.text(pages[0].words.values()))
    return "\n".join(_titled(page) for page in pages)


def _titled(page: Page) -> str:
    title = shown(page.image)
    return f"{title}\n{'=' * len(title)}\n\n{_ended(reading_order.text(page.words.values()))}"


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n" if text.strip() else ""
