"""Searchable PDF: each photo is a page, with its words as invisible text in their places.

A photo is shown as it is turned and cropped in the program; its file stays as it is inside the PDF. A page of a PDF is
taken over as it is, and gets the words, unless it was typeset: then it has its own.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import count, groupby
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.formats.pdf import copied_pages, embedded_photo, text_layer
from ocr_studio.core.formats.pdf.copied_pages import CopiedPages
from ocr_studio.core.formats.pdf.pdf_writer import PdfWriter
from ocr_studio.core.formats.pdf.text_layer_font import TextLayerFont
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.images import page_paths
from ocr_studio.core.images.photo_stream import is_pdf, open_stream
from ocr_studio.core.page import Page

_INCH: Final = 72.0  # points
# No page of a PDF is larger, ISO 32000-1, annex C.2.
_MOST_POINTS: Final = 14_400.0
_BEGINNING: Final = 1024
# So much is kept in memory until it is written.
_PART_PAGES, _PART_BYTES = 50, 32 << 20


class SearchablePdf:
    """A searchable PDF that is being written page by page, with a bookmark for each photo or file."""

    def __init__(self, stream: BinaryIO, photos: PhotoSource) -> None:
        """Begin a PDF.

        Args:
            stream: An empty file; it stays empty if no page can be added.
            photos: Opens the photos.
        """
        self._writer, self._photos, self._part = PdfWriter(stream), photos, _Part()
        self._added: list[_Added] = []

    def add(self, pages: Sequence[Page]) -> list[StudioError | None]:
        """Add a photo, or pages of one file, which are read together as they share fonts and pictures.

        Args:
            pages: The page of the photo, or those of the file.

        Returns:
            For each of them None, or why it can't be read and is left out.
        """
        errors = self._part.add(pages, self._photos)
        for page, error in zip(pages, errors, strict=True):
            if error is None:
                path = self._photos.path(page)
                self._added.append(_Added(page.image, path, page_paths.find_page(path).file))
        if self._part.is_full:
            self._write_part()
        return errors

    def finish(self) -> None:
        """Write what is left, and the end of the file."""
        self._write_part()
        title, bookmarks = self._find_titles()
        facts = {"/Producer": "OCR Studio"} | ({"/Title": title} if title else {})
        self._writer.finish(facts=facts, bookmarks=bookmarks)

    def _write_part(self) -> None:
        self._part.write(self._writer)
        self._part = _Part()

    def _find_titles(self) -> tuple[str, dict[int, str]]:
        """Name what is in the PDF: by its title if that is one photo or one file, else by bookmarks."""
        added = self._added
        starts = [number for number, each in enumerate(added) if number == 0 or each.file != added[number - 1].file]
        if len(added) == 1:
            return format_photo_name(added[0].image), {}
        if len(starts) == 1 and added[0].is_page:
            return format_photo_name(added[0].file.name), {}
        names = {start: added[start].file.name if added[start].is_page else added[start].image for start in starts}
        return "", {start: format_photo_name(name) for start, name in names.items()}


class _Added(NamedTuple):
    """A page in the PDF: its photo, the path of that, and the file."""

    image: str
    path: Path
    file: Path

    @property
    def is_page(self) -> bool:
        """Whether the photo is a page of a file with several."""
        return self.path != self.file


def render(pages: Sequence[Page], photos: PhotoSource) -> bytes:
    """Make a PDF of photos, see SearchablePdf.

    Args:
        pages: Their pages.
        photos: Opens the photos.

    Raises:
        StudioError: A photo can't be read.
    """
    out = io.BytesIO()
    made = SearchablePdf(out, photos)
    for _, group in groupby(pages, lambda page: page_paths.find_page(photos.path(page)).file):
        for error in made.add(list(group)):
            if error is not None:
                raise error
    made.finish()
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


class _Part:
    """The next pages of a PDF, in memory until they are written."""

    def __init__(self) -> None:
        self._pdf = pikepdf.new()
        self._font = TextLayerFont(self._pdf)
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether it should be written before more is added."""
        return len(self._pdf.pages) >= _PART_PAGES or self._bytes >= _PART_BYTES

    def write(self, writer: PdfWriter) -> None:
        """Write its pages, after which it can't be used any more."""
        with self._pdf as pdf:
            if pdf.pages:
                self._font.finish()
                writer.add_pages(pdf)

    def add(self, pages: Sequence[Page], photos: PhotoSource) -> list[StudioError | None]:
        """Add a photo, or pages of one file; see SearchablePdf."""
        try:
            file = page_paths.find_page(photos.path(pages[0])).file
            with open_stream(file) as stream:
                copies = is_pdf(stream.read(_BEGINNING))
        except StudioError as error:
            return [error] * len(pages)
        if copies:
            return self._copy_pages(file, pages, photos)
        return [self._add_photo(page, photos) for page in pages]

    def _add_photo(self, page: Page, photos: PhotoSource) -> StudioError | None:
        """Add a photo. Returns why it can't be read."""
        try:
            photo = embedded_photo.embed_photo(self._pdf, photos.path(page), photos.read(page))
        except StudioError as error:
            return error
        scale = min(_INCH / photo.dpi, _MOST_POINTS / max(page.width, page.height))
        matrix = " ".join(f"{scale * value:.5f}" for value in photo.find_matrix(page))
        content = f"q {matrix} cm /Photo Do Q\n".encode() + text_layer.format_words(page, self._font, scale=scale)
        resources = Dictionary(XObject=Dictionary(Photo=photo.image), Font=_name_font(self._font))
        _append_page(self._pdf, page, scale, content, resources)
        self._bytes += photo.size
        return None

    def _copy_pages(self, file: Path, pages: Sequence[Page], photos: PhotoSource) -> list[StudioError | None]:
        """Add pages of another PDF with their words. Returns for each why it can't be read."""
        sheets = [page_paths.find_page(photos.path(page)).page for page in pages]
        places = {sheet: place for place, sheet in enumerate(dict.fromkeys(sheets))}
        try:
            copied = copied_pages.copy_pages(file, list(places))
        except StudioError as error:
            if len(pages) == 1:
                return [error]
            return [error for page in pages for error in self._copy_pages(file, [page], photos)]
        self._bytes += copied.size
        return [self._copy_page(copied, places[sheet], page, photos) for sheet, page in zip(sheets, pages, strict=True)]

    def _copy_page(self, copied: CopiedPages, place: int, page: Page, photos: PhotoSource) -> StudioError | None:
        pdf = self._pdf
        count = len(pdf.pages)
        try:
            pdf.pages.append(copied.pdf.pages[place])
            if not copied.typeset[place]:
                _add_words(pdf, self._font, page)
        except copied_pages.DAMAGED:
            del pdf.pages[count:]
            return copied_pages.make_damaged_error(photos.path(page))
        return None


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
