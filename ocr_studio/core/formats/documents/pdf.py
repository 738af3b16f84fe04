"""Searchable PDF: each photo is a page, with its words as invisible text in their places.

The photo is shown as it is turned and cropped in the program; its file stays as it is inside the PDF.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

from ocr_studio.core.formats.documents import pdf_photo, pdf_text_layer
from ocr_studio.core.formats.documents.pdf_font import TextLayerFont
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page

_INCH: Final = 72.0  # points
# No page of a PDF is larger, ISO 32000-1, annex C.2.
_MOST_POINTS: Final = 14_400.0


def render(pages: Sequence[Page], photos: PhotoSource) -> bytes:
    """Make a PDF of photos, with a bookmark for each if there are several.

    Args:
        pages: Their pages.
        photos: Opens the photos.

    Raises:
        StudioError: A photo can't be read.
    """
    with pikepdf.new() as pdf:
        font = TextLayerFont(pdf)
        for page in pages:
            _add_page(pdf, font, page, photos.read(page))
        font.finish()
        titles = [format_photo_name(page.image) for page in pages]
        if len(pages) > 1:
            with pdf.open_outline() as outline:
                outline.root.extend(OutlineItem(title, number) for number, title in enumerate(titles))
        else:
            pdf.docinfo["/Title"] = titles[0]
        pdf.docinfo["/Producer"] = "OCR Studio"
        out = io.BytesIO()
        # The same pages give the same bytes.
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _add_page(pdf: pikepdf.Pdf, font: TextLayerFont, page: Page, data: bytes) -> None:
    photo = pdf_photo.embed_photo(pdf, data, name=page.image)
    scale = min(_INCH / photo.dpi, _MOST_POINTS / max(page.width, page.height))
    matrix = " ".join(f"{scale * value:.5f}" for value in photo.find_matrix(page))
    content = f"q {matrix} cm /Photo Do Q\n".encode() + pdf_text_layer.format_words(page, font, scale=scale)
    shown = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(page.width * scale, 4), round(page.height * scale, 4)]),
        Resources=Dictionary(
            XObject=Dictionary(Photo=photo.image), Font=Dictionary({f"/{pdf_text_layer.FONT}": font.object})
        ),
        Contents=pdf.make_stream(content),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(shown)))
