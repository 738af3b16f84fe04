"""PDF files: searchable ones that are written, and the text that a PDF has of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ocr_studio.core.formats.import_format import ImportFormat, LabelFile
from ocr_studio.core.translation import later

if TYPE_CHECKING:
    from ocr_studio.core.formats.exchange import ExchangePage

_SIGNATURE: Final = b"%PDF"
_REACH: Final = 1024


def _is_pdf(file: LabelFile) -> bool:
    return _SIGNATURE in file.beginning[:_REACH]


def _read_text(file: LabelFile) -> Iterator[ExchangePage]:
    from ocr_studio.core.formats.pdf import own_text  # noqa: PLC0415  (loads OpenCV, which the table does not need)

    return own_text.read(file)


READERS: Final = (ImportFormat("pdf", later("Text of a PDF"), _is_pdf, _read_text),)
