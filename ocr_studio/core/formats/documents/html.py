"""HTML of texts, for the clipboard: lines and paragraphs as on the photo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from ocr_studio.core.formats.names import make_titles
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order


def render(pages: Sequence[Page]) -> str:
    """Return the text; if there are several pages, each under a heading."""
    bodies = [format_body(page_order.compose_text(page)) for page in pages]
    if len(pages) == 1:
        return bodies[0]
    names = map(escape, make_titles([page.image for page in pages]))
    return "\n".join(f"<h2>{name}</h2>\n{body}" for name, body in zip(names, bodies, strict=True))


def format_body(text: str) -> str:
    """Return the paragraphs of a text as HTML."""
    paragraphs = [part for part in re.split(r"\n{2,}", text.strip("\n")) if part.strip()]
    return "\n".join(f"<p>{'<br>'.join(map(escape, part.split(chr(10))))}</p>" for part in paragraphs)
