"""Documents and tables: text, Markdown, HTML, JSON, CSV, PDF, office documents, drawings and subtitles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

from ocr_studio.core.formats.documents import json_pages, markdown, spreadsheet, text
from ocr_studio.core.formats.export_format import ExportFormat, FileScope, GrowingFile, Renderer
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later

# Larger ones are more than many programs open; the table of a PDF ends at 10 GB. ISO 32000-1, annex C.
_MOST_PDF: Final = 4 << 30


def _without_photos(render: Callable[[Sequence[Page]], str]) -> Renderer:
    """Turn what makes a file of pages alone into a renderer."""
    return lambda pages, _: render(pages)


# Their libraries, and OpenCV, are loaded when a format is used: the table is needed for every command.


def _render_pdf(pages: Sequence[Page], photos: PhotoSource | None) -> bytes:
    from ocr_studio.core.formats.pdf import searchable_pdf  # noqa: PLC0415

    return searchable_pdf.render(pages, _require(photos))


def _begin_pdf(stream: BinaryIO, photos: PhotoSource) -> GrowingFile:
    from ocr_studio.core.formats.pdf import searchable_pdf  # noqa: PLC0415

    return searchable_pdf.SearchablePdf(stream, photos)


def _render_docx(pages: Sequence[Page], _: PhotoSource | None) -> bytes:
    from ocr_studio.core.formats.documents import docx  # noqa: PLC0415

    return docx.render(pages)


def _render_odt(pages: Sequence[Page], _: PhotoSource | None) -> bytes:
    from ocr_studio.core.formats.documents import odt  # noqa: PLC0415

    return odt.render(pages)


def _render_xlsx(pages: Sequence[Page], _: PhotoSource | None) -> bytes:
    from ocr_studio.core.formats.documents import xlsx  # noqa: PLC0415

    return xlsx.render(pages)


def _render_svg(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    from ocr_studio.core.formats.documents import svg  # noqa: PLC0415

    return svg.render(pages, _require(photos))


def _render_vtt(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    from ocr_studio.core.formats.documents import subtitles  # noqa: PLC0415

    return subtitles.render(pages, _require(photos))


def _require(photos: PhotoSource | None) -> PhotoSource:
    if photos is None:
        raise ValueError("this format needs the photos")
    return photos


FORMATS: Final = (
    ExportFormat("text", ".txt", later("Plain text"), _without_photos(text.render)),
    ExportFormat("md", ".md", later("Markdown"), _without_photos(markdown.render)),
    ExportFormat("json", ".json", later("JSON with boxes"), _without_photos(json_pages.render)),
    ExportFormat("csv", ".csv", later("Word table (CSV)"), _without_photos(spreadsheet.render)),
    ExportFormat(
        "pdf",
        ".pdf",
        later("Searchable PDF"),
        _render_pdf,
        most_bytes=_MOST_PDF,
        embeds_photo=True,
        begin=_begin_pdf,
    ),
    ExportFormat("docx", ".docx", later("Word document"), _render_docx),
    ExportFormat("odt", ".odt", later("OpenDocument text"), _render_odt),
    ExportFormat("xlsx", ".xlsx", later("Excel workbook"), _render_xlsx),
    ExportFormat("svg", ".svg", later("Photo with text (SVG)"), _render_svg, FileScope.EACH, embeds_photo=True),
    ExportFormat("vtt", ".vtt", later("Subtitles of a video (WebVTT)"), _render_vtt, FileScope.ALL),
)
