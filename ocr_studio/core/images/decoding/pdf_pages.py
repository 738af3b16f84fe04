"""Pages of PDF files as pictures, by PDFium. Called in a child process with limits, as files may come from strangers.

A page is as large as the scan on it, so that nothing is lost or blown up; one that was typeset is drawn so that small
print can be read. PDFium is not made for threads: a child runs one function at a time.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

import cv2
import numpy as np
import pypdfium2
from pypdfium2 import raw

from ocr_studio.core.images.decoding import kept_file
from ocr_studio.core.images.decoding.pdf_passwords import LockedPdf, make_locked_error
from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.images.photo_stream import COPY_AGAIN, PhotoError
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.translation import tr

_INCH: Final = 72.0  # points
# Pixels per inch of a typeset page, and the least and most of a scanned one.
_TYPESET, _LEAST, _MOST = 200.0, 100.0, 600.0
# A picture that covers so much of a page is its scan.
_SCAN: Final = 0.3
# Pixels of a page, whatever it asks for: an A4 page at 600 dpi has 35 million.
_MOST_PIXELS: Final = 40_000_000
_MOST_SIDE: Final = 16_000
_MOST_PAGES: Final = 10_000
# More objects than these of a page are not looked at for its scan.
_MOST_OBJECTS: Final = 200
# Letters of a page, a hundred times those of a full one; and parts of a pixel in which their places are told.
_MOST_LETTERS: Final = 200_000
_FINE: Final = 1000
# What PDFium makes of a hyphen at the end of a line, without a line break behind it.
_LINE_HYPHEN: Final = "\x02"


def count_pages(stream: BinaryIO, name: str, password: str | None) -> FilePages:
    """Count the pages of a PDF. Raises PhotoError, which names it so."""
    with _open(stream, name, password) as document:
        count = min(len(document), _MOST_PAGES)
        # Where the tree of pages is broken, its root still says how many there are; a size is asked of the page itself.
        size = raw.FS_SIZEF()
        lost = [number for number in range(count) if not raw.FPDF_GetPageSizeByIndexF(document, number, size)]
        if len(lost) == count:
            raise _make_damaged_error(name)
        is_cut = isinstance(document, _CutPdf)
        return FilePages(count, tuple(lost), "limit" if len(document) > count else "damaged" if is_cut else None)


def is_locked(stream: BinaryIO, password: str | None) -> bool:
    """Whether a PDF can't be opened without a password, or not with this one. Any other file is not locked."""
    try:
        with _open(stream, "", password):
            return False
    except LockedPdf:
        return True
    except PhotoError:
        return False


def read_size(stream: BinaryIO, name: str, most: int, page: int, password: str | None) -> tuple[int, int]:
    """Return (width, height) in pixels of the picture of a page. Raises PhotoError."""
    with _open(stream, name, password) as document:
        width, height, _ = _measure(_load_page(document, name, page), most)
        return width, height


def render_page(
    stream: BinaryIO, name: str, most: int, page: int, *, password: str | None, side: int | None = None
) -> RGB:
    """Draw a page: (H, W, 3) uint8 RGB.

    Args:
        stream: The PDF.
        name: Its name, for errors.
        most: Pixels that the picture may have.
        page: Number of the page, from 0.
        password: The password of the PDF, if it has one.
        side: Draw it smaller, the longer side with so many pixels at most.

    Raises:
        PhotoError: It is no PDF that can be opened, or has no such page.
    """
    with _open(stream, name, password) as document:
        opened = _load_page(document, name, page)
        width, height, scale = _measure(opened, most)
        shrink = min(1.0, side / max(width, height)) if side else 1.0
        bitmap = opened.render(scale=scale * shrink, rev_byteorder=True, may_draw_forms=False)
        picture = np.array(bitmap.to_numpy()[:, :, :3])
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        # PDFium rounds up; the size is that of ``read_size``.
        if picture.shape[1::-1] != size:
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return np.ascontiguousarray(picture)


@contextmanager
def _open(stream: BinaryIO, name: str, password: str | None) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF, or go on with the one that is kept. PDFium reads what it needs of the file."""
    kept = kept_file.find_opened(stream)
    if isinstance(kept, pypdfium2.PdfDocument):
        yield kept
        return
    try:
        document = pypdfium2.PdfDocument(kept_file.copy_stream(stream), password, autoclose=True)
    except UnicodeEncodeError as error:  # what a terminal sent that is no text
        raise make_locked_error(name, has_password=True) from error
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", 0) == raw.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise make_locked_error(name, has_password=password is not None) from error
        document = _repair(stream, name)
    if kept_file.keep_opened(stream, document, document.close):
        yield document
        return
    try:
        yield document
    finally:
        document.close()


class _CutPdf(pypdfium2.PdfDocument):  # type: ignore[misc]  # it has no types
    """The first pages of a PDF that was cut off, repaired."""


def _repair(stream: BinaryIO, name: str) -> _CutPdf:
    """Open what is left of a PDF that PDFium can't open. Raises PhotoError."""
    from ocr_studio.core.images.decoding.pdf_repair import repair_pdf  # noqa: PLC0415  (few files need it)

    data = repair_pdf(stream)
    try:
        if data:
            return _CutPdf(data, autoclose=True)
    except pypdfium2.PdfiumError as error:
        raise _make_damaged_error(name) from error
    raise _make_damaged_error(name)


def _make_damaged_error(name: str) -> PhotoError:
    return PhotoError(tr("the PDF is damaged or incomplete"), file=name, remedy=tr(COPY_AGAIN))


def _load_page(document: pypdfium2.PdfDocument, name: str, page: int) -> pypdfium2.PdfPage:
    if page >= len(document):
        what = tr("the PDF has no page {number}", number=page + 1)
        raise PhotoError(what, file=name, remedy=tr("Check the number of the page."))
    try:
        return document[page]
    except pypdfium2.PdfiumError as error:
        what = tr("page {number} of the PDF is damaged", number=page + 1)
        raise PhotoError(what, file=name, remedy=tr(COPY_AGAIN)) from error


def _measure(page: pypdfium2.PdfPage, most: int) -> tuple[int, int, float]:
    """Return width and height of a page's picture in pixels, and pixels per point."""
    width, height = page.get_size()
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        width, height = 612.0, 792.0  # what viewers show of a page without a size
    scan = _find_scan(page, width * height)
    scale = (min(max(scan, _LEAST), _MOST) if scan else _TYPESET) / _INCH
    scale = min(scale, math.sqrt(min(most, _MOST_PIXELS) / (width * height)), _MOST_SIDE / max(width, height))
    # Rounded down, as a page of the most pixels must not have more; but not for the last digits of a scan's size.
    return max(1, math.floor(width * scale + 1e-3)), max(1, math.floor(height * scale + 1e-3)), scale


def _find_scan(page: pypdfium2.PdfPage, area: float) -> float:
    """Return the pixels per inch of the scan on a page; 0 for a typeset page. area: of the page, in square points."""
    found = 0.0
    for number, each in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        if number >= _MOST_OBJECTS:
            break
        try:
            left, bottom, right, top = each.get_bounds()
            pixels = math.prod(each.get_px_size())
        except (pypdfium2.PdfiumError, ValueError, AttributeError):
            continue
        covered = (right - left) * (top - bottom)
        if covered >= _SCAN * area > 0:
            found = max(found, _INCH * math.sqrt(pixels / covered))
    return found


def read_words(stream: BinaryIO, name: str, most: int, page: int, password: str | None) -> dict[str, object]:
    """Read the text that a page has of its own, typeset or put under a scan by another program.

    Returns:
        What JSON knows: "size" with width and height of the page's picture in pixels; "scanned", whether a picture
        covers much of the page; "ordered", whether the lines are in reading order, which PDFium does not find on a
        turned page; and "lines" with lists of [text, x1, y1, … x4, y4] for each word, the corners in pixels, clockwise
        from the text's top left.

    Raises:
        PhotoError: It is no PDF that can be opened, or has no such page.
    """
    with _open(stream, name, password) as document:
        opened = _load_page(document, name, page)
        width, height, _ = _measure(opened, most)
        lines: list[list[list[object]]] = [[]]
        word = _OwnWord()
        text, to_pixels = opened.get_textpage(), _find_transform(opened, width, height)
        for index in range(min(text.count_chars(), _MOST_LETTERS)):
            letter = chr(raw.FPDFText_GetUnicode(text, index))
            if letter == _LINE_HYPHEN:
                word.add("-", _locate(text, index, to_pixels))
                word.end(lines[-1])
                lines.append([])
            elif letter.isspace() or letter == "\0":
                word.end(lines[-1])
                if letter in "\r\n" and lines[-1]:
                    lines.append([])
            else:
                word.add(letter, _locate(text, index, to_pixels))
        word.end(lines[-1])
        ordered, (wide, high) = opened.get_rotation() == 0, opened.get_size()
        scanned = _find_scan(opened, wide * high) > 0
    found = [line for line in lines if line]
    return {"size": [width, height], "scanned": scanned, "ordered": ordered, "lines": found}


class _OwnWord:
    """Collects the letters of a word."""

    def __init__(self) -> None:
        self._text = ""
        self._boxes: list[tuple[float, float, float, float]] = []
        self._quarters = 0

    def add(self, letter: str, place: tuple[tuple[float, float, float, float], int]) -> None:
        """Add a letter with its box, and how often its writing is turned by 90°."""
        if not self._text:
            self._quarters = place[1]
        self._text += letter
        self._boxes.append(place[0])

    def end(self, line: list[list[object]]) -> None:
        """Add the word to a line, and begin the next one."""
        if self._text:
            lefts, tops, rights, bottoms = zip(*self._boxes, strict=True)
            left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            corners = corners[self._quarters :] + corners[: self._quarters]
            line.append([self._text, *(round(value, 1) for corner in corners for value in corner)])
        self._text, self._boxes = "", []


def _locate(
    text: pypdfium2.PdfTextPage, index: int, to_pixels: list[list[float]]
) -> tuple[tuple[float, float, float, float], int]:
    """Return the box of a letter in pixels of the page's picture, and how often its writing is turned by 90°."""
    (a, b, c), (d, e, f) = to_pixels
    left, bottom, right, top = text.get_charbox(index, loose=True)
    x0, y0, x1, y1 = (
        a * left + b * bottom + c,
        d * left + e * bottom + f,
        a * right + b * top + c,
        d * right + e * top + f,
    )
    matrix = raw.FS_MATRIX()
    quarters = 0
    if raw.FPDFText_GetMatrix(text, index, matrix) and (matrix.a or matrix.b):
        angle = math.atan2(d * matrix.a + e * matrix.b, a * matrix.a + b * matrix.b)
        quarters = round(angle / (math.pi / 2)) % 4
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), quarters


def _find_transform(page: pypdfium2.PdfPage, width: int, height: int) -> list[list[float]]:
    """Find the matrix, 2×3, from points of a page's content to pixels of its picture, turned and cropped as shown."""

    def show(x: float, y: float) -> tuple[float, float]:
        found = ctypes.c_int(), ctypes.c_int()
        size = width * _FINE, height * _FINE
        raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, ctypes.byref(found[0]), ctypes.byref(found[1]))
        return found[0].value / _FINE, found[1].value / _FINE

    side = max(page.get_size())
    origin, right, up = show(0, 0), show(side, 0), show(0, side)
    return [[(right[axis] - origin[axis]) / side, (up[axis] - origin[axis]) / side, origin[axis]] for axis in (0, 1)]
