"""Photos' names as text: a name may hold bytes that are no text, or line breaks."""

from __future__ import annotations

import re
from typing import Final

from ocr_studio.core.plain_text import one_line

_NO_BYTES: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # halves of surrogate pairs that stand for no byte


def format_photo_name(image: str) -> str:
    """A page's photo for a person's eyes, one line; what is no text is shown as �."""
    image = _NO_BYTES.sub("\ufffd", image)
    return one_line(image.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace"))
