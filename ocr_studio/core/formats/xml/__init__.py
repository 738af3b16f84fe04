"""XML of other OCR programs and archives: PAGE, ALTO, hOCR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ocr_studio.core.formats.content import EVERYTHING, Content
from ocr_studio.core.formats.export_format import ExportFormat, FileScope
from ocr_studio.core.formats.import_format import ImportFormat, LabelFile
from ocr_studio.core.formats.xml import root_elements
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later

if TYPE_CHECKING:
    from ocr_studio.core.formats.exchange import ExchangePage
    from ocr_studio.core.formats.photo_source import PhotoSource

# lxml and OpenCV are loaded when a format is used: the table is needed for every command.


def _render_page(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    from ocr_studio.core.formats.xml import page_xml  # noqa: PLC0415  (see above)

    return page_xml.render(pages, photos)


def _read_page(file: LabelFile) -> Iterator[ExchangePage]:
    from ocr_studio.core.formats.xml import page_xml  # noqa: PLC0415  (see above)

    return page_xml.read(file)


def _render_alto(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    from ocr_studio.core.formats.xml import alto  # noqa: PLC0415  (see above)

    return alto.render(pages, photos)


def _read_alto(file: LabelFile) -> Iterator[ExchangePage]:
    from ocr_studio.core.formats.xml import alto  # noqa: PLC0415  (see above)

    return alto.read(file)


def _render_hocr(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    from ocr_studio.core.formats.xml import hocr  # noqa: PLC0415  (see above)

    return hocr.render(pages, photos)


def _read_hocr(file: LabelFile) -> Iterator[ExchangePage]:
    from ocr_studio.core.formats.xml import hocr  # noqa: PLC0415  (see above)

    return hocr.read(file)


_PAGE_TITLE: Final = later("PAGE XML")
_ALTO_TITLE: Final = later("ALTO XML")
_HOCR_TITLE: Final = later("hOCR")

_HOCR_HOLDS: Final = frozenset(
    {
        Content.SLANT,
        Content.SHAPE,
        Content.ORDER,
        Content.CONFIDENCE,
        Content.UNREAD,
        Content.UNBOXED,
        Content.TEXT,
    }
)

FORMATS: Final[tuple[ExportFormat, ...]] = (
    ExportFormat("page", ".page.xml", _PAGE_TITLE, _render_page, FileScope.EACH, holds=EVERYTHING),
    ExportFormat("alto", ".alto.xml", _ALTO_TITLE, _render_alto, FileScope.EACH, holds=EVERYTHING),
    ExportFormat("hocr", ".hocr", _HOCR_TITLE, _render_hocr, holds=_HOCR_HOLDS),
)

READERS: Final[tuple[ImportFormat, ...]] = (
    ImportFormat("page", _PAGE_TITLE, root_elements.is_page, _read_page),
    ImportFormat("alto", _ALTO_TITLE, root_elements.is_alto, _read_alto),
    ImportFormat("hocr", _HOCR_TITLE, root_elements.is_hocr, _read_hocr),
)
