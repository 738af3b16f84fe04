"""Searchable PDF: each photo is a page, with its words as invisible text in their places.

A photo is shown as it is turned and cropped in the program; its file stays as it is inside the PDF. A page of a PDF is
taken over as it is, and gets the words, unless it was typeset: then it has its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.formats.pdf import embedded_photo, text_layer
from ocr_studio.core.formats.pdf.text_layer_font import TextLayerFont
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.images import page_paths
from ocr_studio.core.images.decoding.pdf_pages import is_pdf
from ocr_studio.core.images.photo_stream import COPY_AGAIN, PhotoError
from ocr_studio.core.page import Page
from ocr_studio.core.translation import tr

_INCH: Final = 72.0  # points
# No page of a PDF is larger, ISO 32000-1, annex C.2.
_MOST_POINTS: Final = 14_400.0
_INHERITED: Final = (Name.Resources, Name.MediaBox, Name.CropBox, Name.Rotate)
_MOST_LEVELS: Final = 64


def render(pages: Sequence[Page], photos: PhotoSource) -> bytes:
    """Make a PDF of photos, with a bookmark for each if there are several.

    Args:
        pages: Their pages.
        photos: Opens the photos.

    Raises:
        StudioError: A photo can't be read.
    """
    with pikepdf.new() as pdf, _SourceFiles(photos) as sources:
        font = TextLayerFont(pdf)
        for page in pages:
            source = sources.find(page)
            if isinstance(source, bytes):
                _add_photo(pdf, font, page, photos.path(page), source)
            else:
                _copy_page(pdf, font, page, photos.path(page), source)
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


class _SourceFiles:
    """The files of photos. A PDF stays open while pages that follow each other are of it, so that they share fonts."""

    def __init__(self, photos: PhotoSource) -> None:
        """Begin with no file open. photos: opens the photos."""
        self._photos = photos
        self._file: Path | None = None
        self._opened: pikepdf.Pdf | None = None

    def __enter__(self) -> _SourceFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def find(self, page: Page) -> bytes | pikepdf.Pdf:
        """Return the PDF that a page is of, or the bytes of its photo. Raises StudioError."""
        path = self._photos.path(page)
        file = page_paths.find_page(path).file
        if self._opened is not None and file == self._file:
            return self._opened
        self._close()
        data = self._photos.read(page)
        if not is_pdf(data):
            return data
        with _converting_errors(path):
            self._opened = pikepdf.open(io.BytesIO(data))
        self._file = file
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None


@contextmanager
def _converting_errors(path: Path) -> Iterator[None]:
    """Convert what is said of a damaged PDF to an error that names it."""
    try:
        yield
    except (pikepdf.PdfError, pikepdf.PdfParsingError, IndexError, ValueError, TypeError) as error:
        raise PhotoError(tr("the PDF is damaged or incomplete"), file=path, remedy=tr(COPY_AGAIN)) from error


def _add_photo(pdf: pikepdf.Pdf, font: TextLayerFont, page: Page, path: Path, data: bytes) -> None:
    """Add a photo as a page. data: bytes of its file. Raises PhotoError."""
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


def _copy_page(pdf: pikepdf.Pdf, font: TextLayerFont, page: Page, path: Path, source: pikepdf.Pdf) -> None:
    """Add a page of another PDF, with the words of the page over it. Raises PhotoError."""
    with _converting_errors(path):
        original = source.pages[page_paths.find_page(path).page]
        for key in _INHERITED:
            if key not in original.obj and (value := _find_inherited(original.obj, key)) is not None:
                original.obj[key] = value
        pdf.pages.append(original)
        added = pdf.pages[-1]
        has_text = text_layer.remove_invisible_text(pdf, added)
    if has_text:
        return
    left, bottom, right, top = (float(value) for value in added.cropbox)
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


def _find_inherited(node: pikepdf.Object, key: Name) -> pikepdf.Object | None:
    """Find an attribute that a page inherits from the tree of pages. ISO 32000-1, 7.7.3.4."""
    for _ in range(_MOST_LEVELS):
        if (above := node.get(Name.Parent)) is None:
            break
        node = above
        if key in node:
            return node[key]
    return None
