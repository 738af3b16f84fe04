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

    A file without its end doesn't say how many pages it has had. One that has its pages packed in object streams, or
    the places of its pages at its end, can't be repaired.
    """
    made = io.BytesIO()
    stream.seek(0)
    try:
        with pikepdf.open(stream, suppress_warnings=True) as pdf:
            count = next((number for number, page in enumerate(pdf.pages) if not _is_whole(page)), len(pdf.pages))
            if not count:
                return b""
            del pdf.pages[count:]
            pdf.save(made)
    except _ERRORS:
        return b""
    return made.getvalue()


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
