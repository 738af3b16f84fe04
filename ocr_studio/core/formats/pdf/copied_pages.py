"""Pages of other PDF files, taken over as they are. They are read in a child process, as files may come from strangers.

The text that another program has put under a scan is removed: it would be found twice.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pikepdf
from pikepdf import Name

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import child_process, json_schema
from ocr_studio.core.files.child_process import Answer, ChildFailed, Limits
from ocr_studio.core.images import photo_stream
from ocr_studio.core.images.decoding import pdf_passwords
from ocr_studio.core.images.photo_stream import COPY_AGAIN, PhotoError
from ocr_studio.core.translation import tr

_INHERITED: Final = (Name.Resources, Name.MediaBox, Name.CropBox, Name.Rotate)
_MOST_LEVELS: Final = 64
# Processor time, and memory besides twice that of the file.
_SECONDS, _SECONDS_A_PAGE = 12.0, 2.0
_MEMORY: Final = 2 << 30
# Operators that show text, and the mode in which it is not drawn. ISO 32000-1, 9.3.6 and 9.4.3.
_SHOWS_TEXT: Final = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE: Final = 3
# What pikepdf raises for damaged files.
DAMAGED: Final = (pikepdf.PdfError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class CopiedPages:
    """Pages of a PDF file.

    Attributes:
        pdf: A PDF of these pages alone.
        typeset: Whether each has text that can be seen, so that it needs no text layer.
        size: The bytes of the PDF.
    """

    pdf: pikepdf.Pdf
    typeset: tuple[bool, ...]
    size: int


def copy_pages(file: Path, pages: Sequence[int]) -> CopiedPages:
    """Copy pages of a PDF.

    Args:
        file: The PDF.
        pages: Their numbers, from 0, each one once.

    Raises:
        PhotoError: They can't be read.
    """
    size = photo_stream.read_state(file)[2]
    limits = Limits(
        seconds=_SECONDS + _SECONDS_A_PAGE * len(pages), memory=_MEMORY + 2 * size, answer=photo_stream.MAX_BYTES
    )
    password = pdf_passwords.find_password(file)
    arguments = {"path": os.path.abspath(file), "pages": list(pages), "password": password}
    try:
        answer = child_process.call(copy_in_child, arguments, limits=limits)
        typeset = json_schema.convert(answer.values, list[bool])
        [data] = answer.arrays
        copied = pikepdf.open(io.BytesIO(data.tobytes()))
        if not len(copied.pages) == len(typeset) == len(pages):
            raise make_damaged_error(file)
    except ChildFailed as error:
        raise PhotoError(error.reason, file=file, remedy=tr(COPY_AGAIN)) from error
    except StudioError as error:
        raise PhotoError(error.what, file=file, remedy=error.remedy, command=error.command) from error
    except (*DAMAGED, json_schema.BadValue) as error:  # the file may have taken over the child
        raise make_damaged_error(file) from error
    return CopiedPages(copied, tuple(typeset), len(data))


def make_damaged_error(file: Path) -> PhotoError:
    """Make the error for a PDF that can't be read."""
    return PhotoError(tr("the PDF is damaged or incomplete"), file=file, remedy=tr(COPY_AGAIN))


# ----------------------------------------------------------------------------------------------------- in a child


def copy_in_child(arguments: dict[str, Any], _: bytes) -> Answer:
    """Copy ``pages`` of the PDF ``path``; the answer is the bytes of a PDF, and whether each page was typeset."""
    path, password, out = Path(arguments["path"]), arguments["password"], io.BytesIO()
    try:
        with (
            photo_stream.open_stream(path) as stream,
            pikepdf.open(stream, password=password or "") as source,
            pikepdf.new() as copied,
        ):
            typeset = [_copy_page(source, copied, number) for number in arguments["pages"]]
            copied.save(out)
    except pikepdf.PasswordError as error:
        raise pdf_passwords.make_locked_error(path, has_password=password is not None) from error
    except DAMAGED as error:
        raise make_damaged_error(path) from error
    return Answer(typeset, [np.frombuffer(out.getbuffer(), np.uint8)])


def _copy_page(source: pikepdf.Pdf, copied: pikepdf.Pdf, number: int) -> bool:
    """Add a page to a PDF. Returns whether it was typeset."""
    original = source.pages[number]
    for key in _INHERITED:
        if key not in original.obj and (value := _find_inherited(original.obj, key)) is not None:
            original.obj[key] = value
    copied.pages.append(original)
    return _remove_invisible_text(copied, copied.pages[-1])


def _find_inherited(node: pikepdf.Object, key: Name) -> pikepdf.Object | None:
    """Find an attribute that a page inherits from the tree of pages. ISO 32000-1, 7.7.3.4."""
    for _ in range(_MOST_LEVELS):
        if (above := node.get(Name.Parent)) is None:
            break
        node = above
        if key in node:
            return node[key]
    return None


def _remove_invisible_text(pdf: pikepdf.Pdf, page: pikepdf.Page) -> bool:
    """Remove the text that another program has put under a scan, unless there is more text that can be seen.

    A scan may have a stamp or a page number that can be seen, and a typeset page some text that can't.

    Returns:
        Whether the page has mainly text that can be seen; then all its text stays.
    """
    kept: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    modes, mode, visible, invisible = [], 0, 0, 0
    for each in pikepdf.parse_content_stream(page):
        operator = str(each.operator)
        if operator == "q":
            modes.append(mode)
        elif operator == "Q" and modes:
            mode = modes.pop()
        elif operator == "Tr" and len(each.operands) == 1 and isinstance(each.operands[0], int):
            mode = each.operands[0]  # what is no mode is skipped, as viewers do
        elif operator in _SHOWS_TEXT:
            if mode == _INVISIBLE:
                invisible += _count_bytes(each.operands)
                continue
            visible += _count_bytes(each.operands)
        kept.append(each)
    if visible and visible >= invisible:
        return True
    if invisible:
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
    return False


def _count_bytes(operands: Iterable[Any]) -> int:
    """Count the bytes of the text that an operator shows."""
    parts = [part for each in operands for part in (each if isinstance(each, pikepdf.Array) else [each])]
    return sum(len(bytes(part)) for part in parts if isinstance(part, pikepdf.String))
