"""Recognizes the XML formats by how a file begins, without reading it as XML."""

from __future__ import annotations

import re
from typing import Final

from ocr_studio.core.formats.import_format import LabelFile

_PAGE: Final = re.compile(rb"<(?:[\w.-]+:)?PcGts[\s>/]")
_ALTO: Final = re.compile(rb"<(?:[\w.-]+:)?alto[\s>/]", re.IGNORECASE)
_HOCR: Final = re.compile(rb"""["'\s]ocr_page["'\s]|["']ocr-(?:system|capabilities)["']""")


def is_page(file: LabelFile) -> bool:
    """Whether a file is PAGE XML."""
    return bool(_PAGE.search(_markup(file)))


def is_alto(file: LabelFile) -> bool:
    """Whether a file is ALTO XML."""
    return bool(_ALTO.search(_markup(file)))


def is_hocr(file: LabelFile) -> bool:
    """Whether a file is hOCR."""
    return bool(_HOCR.search(_markup(file)))


def _markup(file: LabelFile) -> bytes:
    """The beginning of a file of XML or HTML, in ASCII; nothing of another file."""
    text = file.beginning.replace(b"\0", b"")  # UTF-16
    begun = text.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    return text if begun.startswith(b"<") else b""
