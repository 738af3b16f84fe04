"""Photos' names as text: a name may hold bytes that are no text, or line breaks."""

from __future__ import annotations

from ocr_studio.core.plain_text import one_line


def shown(image: str) -> str:
    """A page's photo for a person's eyes, one line; what is no text is shown as �."""
    return one_line(image.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace"))
