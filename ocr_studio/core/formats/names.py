"""Photos' names as text: a name may hold bytes that are no text, or line breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from ocr_studio.core.images import page_paths
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

_NO_BYTES: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # halves of surrogate pairs that stand for no byte


_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
# Characters of what is a path.
_LONGEST: Final = 1000


def format_photo_name(image: str) -> str:
    """A page's photo for a person's eyes, one line; what is no text is shown as �."""
    return one_line(_decode(image))


def make_titles(images: Sequence[str]) -> list[str]:
    """Return a title for each photo of a document: its name, or its number if all are pages of the same file."""
    pages = [page_paths.split_page_name(image) for image in images]
    known = [page for page in pages if page is not None]
    if len(known) == len(pages) and len({file for file, _ in known}) == 1:
        return [tr("Page {number}", number=number) for _, number in known]
    return [format_photo_name(image) for image in images]


def format_photo_path(path: str) -> str:
    """The path of a photo for other programs that open it: as it is, but for what is no text, and for line breaks."""
    return _CONTROLS.sub(" ", _decode(path))


def resolve_photo_name(told: str) -> str:
    """Return which photo a file of another program means, as ``ExchangePage.image`` has it; "" if it tells none.

    Of a path that leads out of the folder, only what is below counts; of an address, and of a path that is absolute or
    from Windows, only the name.

    Args:
        told: A name, a path, perhaps on some other computer, or an address.
    """
    text = _CONTROLS.sub("", told).strip() if len(told) <= _LONGEST else ""
    is_absolute = False
    if address := _ADDRESS.match(text):
        text, is_absolute = _CONTROLS.sub("", unquote(re.split(r"[?#]", text[address.end() :])[0])), True
    text = text.replace("\\", "/")
    if drive := _DRIVE.match(text):
        text, is_absolute = text[drive.end() :], True
    parts = [part for part in text.split("/") if part not in {"", "."}]
    if ".." in parts:
        parts = parts[len(parts) - parts[::-1].index("..") :]
    if is_absolute or text.startswith("/"):
        parts = parts[-1:]
    return "/".join(parts)


def _decode(name: str) -> str:
    name = _NO_BYTES.sub("\ufffd", name)
    return name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
