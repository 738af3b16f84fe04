"""Repairs PDF files whose end is missing, which PDFium can't open, with qpdf. Called in a child process with limits."""

from __future__ import annotations

import io
from typing import BinaryIO, Final

import pikepdf

# What pikepdf says of damaged files.
_ERRORS: Final = (
    *(pikepdf.PdfError, NotImplementedError, RuntimeError),
    *(AttributeError, LookupError, TypeError, ValueError),
)


def repair_pdf(stream: BinaryIO) -> bytes:
    """Return a PDF with the pages of a damaged one, up to the first that isn't whole; nothing if there is none.

    A page with nothing on it looks like one that was cut off, and counts as whole if one behind it is. A file without
    its end doesn't say how many pages it has had. One that has its pages packed in object streams, or the places of its
    pages at its end, can't be repaired.
    """
    made = io.BytesIO()
    stream.seek(0)
    try:
        with pikepdf.open(stream, suppress_warnings=True) as pdf:
            count = _count_whole(pdf)
            if not count:
                return b""
            del pdf.pages[count:]
            pdf.save(made)
    except _ERRORS:
        return b""
    return made.getvalue()


def _count_whole(pdf: pikepdf.Pdf) -> int:
    """Count the pages up to the last whole one that has only whole and blank ones in front of it."""
    count = 0
    for number, page in enumerate(pdf.pages, 1):
        if _is_whole(page):
            count = number
        elif not _is_blank(page):
            break
    return count


def _is_blank(page: pikepdf.Page) -> bool:
    """Whether a page has no content, and no pictures and fonts of its own that such content could use."""
    try:
        contents = page.obj.get("/Contents")
        if isinstance(contents, pikepdf.Stream) and bytes(contents.get_stream_buffer()):
            return False
        own = page.obj.get("/Resources", pikepdf.Dictionary())
        return not isinstance(contents, pikepdf.Array) and not any(own.get(each) for each in ("/XObject", "/Font"))
    except _ERRORS:
        return False


def _is_whole(page: pikepdf.Page) -> bool:
    """Whether the content of a page and its pictures are there; what was cut off is empty."""
    try:
        contents = page.obj.get("/Contents")
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        pictures = [each for _, each in page.resources.get("/XObject", pikepdf.Dictionary()).items()]
        return all(isinstance(each, pikepdf.Stream) and bytes(each.get_stream_buffer()) for each in streams) and all(
            isinstance(each, pikepdf.Stream) and bytes(each.get_raw_stream_buffer()) for each in pictures
        )
    except _ERRORS:
        return False
