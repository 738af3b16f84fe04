"""Searchable PDF: each photo is a page, with its words as invisible text in their places.

A photo is shown as it is turned and cropped in the program; its file stays as it is inside the PDF. A page of a PDF is
taken over as it is, and gets the words, unless it was typeset: then it has its own.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.formats.pdf import copied_pages, embedded_photo, text_layer
from ocr_studio.core.formats.pdf.copied_pages import CopiedPages
from ocr_studio.core.formats.pdf.text_layer_font import TextLayerFont
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.images import page_paths
from ocr_studio.core.images.page_paths import FilePage
from ocr_studio.core.images.photo_stream import is_pdf, open_stream
from ocr_studio.core.page import Page

_INCH: Final = 72.0  # points
# No page of a PDF is larger, ISO 32000-1, annex C.2.
_MOST_POINTS: Final = 14_400.0
_BEGINNING: Final = 1024


def render(pages: Sequence[Page], photos: PhotoSource) -> bytes:
    """Make a PDF of photos, with a bookmark for each if there are several; the pages of a file have one together.

    Args:
        pages: Their pages.
        photos: Opens the photos.

    Raises:
        StudioError: A photo can't be read.
    """
    with pikepdf.new() as pdf:
        font, copied = TextLayerFont(pdf), _PdfPages(pages, photos)
        for page in pages:
            if not copied.add(pdf, font, page):
                _add_photo(pdf, font, page, photos)
        font.finish()
        _add_titles(pdf, pages, photos)
        pdf.docinfo["/Producer"] = "OCR Studio"
        out = io.BytesIO()
        # The same pages give the same bytes.
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def render_text_layer(page: Page, *, dpi: float, font_name: str) -> bytes:
    """Make a PDF of a page with its invisible text alone.

    Args:
        page: The page.
        dpi: Pixels per inch of its photo.
        font_name: Name of the font in the resources.
    """
    with pikepdf.new() as pdf:
        font, scale = TextLayerFont(pdf), _INCH / dpi
        content = text_layer.format_words(page, font, scale=scale, name=font_name)
        _append_page(pdf, page, scale, content, Dictionary(Font=_name_font(font, font_name)))
        font.finish()
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _add_titles(pdf: pikepdf.Pdf, pages: Sequence[Page], photos: PhotoSource) -> None:
    """Name what is in the PDF: by its title if that is one photo or one file, else by bookmarks."""
    paths = [photos.path(page) for page in pages]
    files = [page_paths.find_page(path).file for path in paths]
    starts = [number for number, file in enumerate(files) if number == 0 or file != files[number - 1]]
    if len(pages) == 1:
        pdf.docinfo["/Title"] = format_photo_name(pages[0].image)
    elif len(starts) == 1 and files[0] != paths[0]:
        pdf.docinfo["/Title"] = format_photo_name(files[0].name)
    else:
        with pdf.open_outline() as outline:
            for start in starts:
                title = pages[start].image if files[start] == paths[start] else files[start].name
                outline.root.append(OutlineItem(format_photo_name(title), start))


def _add_photo(pdf: pikepdf.Pdf, font: TextLayerFont, page: Page, photos: PhotoSource) -> None:
    """Add a photo as a page. Raises PhotoError."""
    path, data = photos.path(page), photos.read(page)
    photo = embedded_photo.embed_photo(pdf, path, data)
    scale = min(_INCH / photo.dpi, _MOST_POINTS / max(page.width, page.height))
    matrix = " ".join(f"{scale * value:.5f}" for value in photo.find_matrix(page))
    content = f"q {matrix} cm /Photo Do Q\n".encode() + text_layer.format_words(page, font, scale=scale)
    resources = Dictionary(XObject=Dictionary(Photo=photo.image), Font=_name_font(font))
    _append_page(pdf, page, scale, content, resources)


def _name_font(font: TextLayerFont, name: str = text_layer.FONT) -> Dictionary:
    return Dictionary({f"/{name}": font.object})


def _append_page(pdf: pikepdf.Pdf, page: Page, scale: float, content: bytes, resources: Dictionary) -> None:
    """Append a page as large as a photo. scale: points for each pixel."""
    shown = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(page.width * scale, 4), round(page.height * scale, 4)]),
        Resources=resources,
        Contents=pdf.make_stream(content),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(shown)))


class _PdfPages:
    """The pages of PDF files among the photos: those of a file are read together, as they share fonts and pictures."""

    def __init__(self, pages: Sequence[Page], photos: PhotoSource) -> None:
        self._photos = photos
        self._numbers: dict[Path, list[int]] = defaultdict(list)
        self._copied: dict[Path, CopiedPages] = {}
        for page in pages:
            if found := self._find(page):
                self._numbers[found.file].append(found.page)

    def add(self, pdf: pikepdf.Pdf, font: TextLayerFont, page: Page) -> bool:
        """Add the page of a PDF with its words; False if the photo is none. Raises PhotoError."""
        if (found := self._find(page)) is None:
            return False
        numbers = list(dict.fromkeys(self._numbers[found.file]))
        if found.file not in self._copied:
            self._copied[found.file] = copied_pages.copy_pages(found.file, numbers)
        copied, place = self._copied[found.file], numbers.index(found.page)
        try:
            pdf.pages.append(copied.pdf.pages[place])
            if not copied.typeset[place]:
                _add_words(pdf, font, page)
        except copied_pages.DAMAGED as error:
            raise copied_pages.make_damaged_error(self._photos.path(page)) from error
        return True

    def _find(self, page: Page) -> FilePage | None:
        found = page_paths.find_page(self._photos.path(page))
        with open_stream(found.file) as stream:
            return found if is_pdf(stream.read(_BEGINNING)) else None


def _add_words(pdf: pikepdf.Pdf, font: TextLayerFont, page: Page) -> None:
    """Add the words of a page to the last page of the PDF, which was copied."""
    added = pdf.pages[-1]
    left, bottom, right, top = _find_box(added)
    turned = int(added.obj.get(Name.Rotate, 0)) // 90 % 4
    # Words are in pixels of the page as it is shown; the user may have turned and cropped it besides.
    words = photo_frames.follow_frame(page, None)
    scale = ((top - bottom) if turned % 2 else (right - left)) / words.width
    # From points of the page as it is shown, from its bottom left, to those of its content.
    matrix = (
        (1, 0, 0, 1, left, bottom),
        (0, 1, -1, 0, right, bottom),
        (-1, 0, 0, -1, right, top),
        (0, -1, 1, 0, left, top),
    )[turned]
    taken = added.resources.get(Name.Font, Dictionary())
    names = (Name(f"/{text_layer.FONT}{number or ''}") for number in count())
    name = added.add_resource(font.object, Name.Font, next(each for each in names if each not in taken))
    text = text_layer.format_words(words, font, scale=scale, name=str(name).removeprefix("/"))
    # What the page's own content has changed does not concern the words.
    added.contents_add(pdf.make_stream(b"q"), prepend=True)
    numbers = " ".join(f"{value:.5f}" for value in matrix)
    added.contents_add(pdf.make_stream(f"Q q {numbers} cm\n".encode() + text + b"\nQ"))


def _find_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Find the part of a page that is shown, as PDFium does: left, bottom, right and top in points."""
    media, crop = (
        (min(x, z), min(y, w), max(x, z), max(y, w))
        for x, y, z, w in (map(float, box.as_list()) for box in (page.mediabox, page.cropbox))
    )
    left, bottom, right, top = *map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:])
    return (left, bottom, right, top) if left < right and bottom < top else media
