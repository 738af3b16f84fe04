"""Documents and tables: text, Markdown, HTML, JSON, CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ocr_studio.core.formats.documents import json_pages, markdown, spreadsheet, text
from ocr_studio.core.formats.export_format import ExportFormat, Renderer
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later


def _without_photos(render: Callable[[Sequence[Page]], str]) -> Renderer:
    """Turn what makes a file of pages alone into a renderer."""
    return lambda pages, _: render(pages)


def _render_pdf(pages: Sequence[Page], photos: PhotoSource | None) -> bytes:
    from ocr_studio.core.formats.documents import pdf  # noqa: PLC0415  (loads OpenCV, which texts do not need)

    if photos is None:
        raise ValueError("a PDF needs the photos")
    return pdf.render(pages, photos)


FORMATS: Final = (
    ExportFormat("text", ".txt", later("Plain text"), _without_photos(text.render)),
    ExportFormat("md", ".md", later("Markdown"), _without_photos(markdown.render)),
    ExportFormat("json", ".json", later("JSON with boxes"), _without_photos(json_pages.render)),
    ExportFormat("csv", ".csv", later("Word table (CSV)"), _without_photos(spreadsheet.render)),
    ExportFormat("pdf", ".pdf", later("Searchable PDF"), _render_pdf),
)
