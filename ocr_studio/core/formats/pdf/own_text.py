"""The text that a PDF has of its own, typeset or put under scans by another program; it need not be read again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import FiniteNumber
from ocr_studio.core.formats.exchange import MAX_WORDS, ExchangeLine, ExchangePage, ExchangeWord, fit_quad
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import page_paths, photo_file
from ocr_studio.core.images.photo_file import PhotoError
from ocr_studio.core.images.photo_stream import is_pdf
from ocr_studio.core.page import Quad
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

_Number: TypeAlias = FiniteNumber
_Word: TypeAlias = tuple[
    Annotated[str, Meta(max_length=10_000)],
    _Number, _Number, _Number, _Number, _Number, _Number, _Number, _Number,
]  # fmt: skip


# Fewer words of a scanned page are a stamp or a page number, and so are those in its margins, as shares of its sides.
_FEWEST: Final = 5
_MARGIN: Final = 0.1
# Of a text that can't be read as its fonts don't tell which characters they draw, this share is none.
_ILLEGIBLE: Final = 0.2
_NO_CHARACTERS: Final = frozenset({"Co", "Cn", "Cc", "Cs"})


@dataclass(frozen=True, slots=True)
class _OwnText:
    """What ``pdf_pages.read_words`` tells of a page."""

    scanned: bool
    ordered: bool
    size: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
    lines: Annotated[list[list[_Word]], Meta(max_length=MAX_WORDS)]


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the text of each page of a PDF; pages without text are left out.

    Raises:
        BadLabels: The PDF can't be opened, or has no text.
    """
    # Its path rather than its bytes: a child process reads what it needs of the file, which may have gigabytes.
    path, found = file.folder.full(file.name), False
    try:
        pages = photo_file.count_pages(path)
    except PhotoError as error:
        raise file.make_error(error.what) from error
    for number in sorted({*range(pages.count)} - {*pages.lost}):
        image = page_paths.make_page_path(path, number).name if pages.count > 1 else path.name
        try:
            page, _ = _read_page(path, number, image)
        except PhotoError as error:
            raise file.make_error(error.what) from error
        if page.blocks:
            found = True
            yield page
    if not found:
        raise file.make_error(tr("the PDF has no text of its own"))


def read_photo(photo: Path) -> ExchangePage | None:
    """Read the text that a photo has of its own if it is a page of a PDF.

    Returns:
        The words in their places; None if there are none that could take the place of reading: no text, a stamp on a
        scan, or text whose characters are not known.

    Raises:
        PhotoError: The PDF can't be read.
    """
    file, number = page_paths.find_page(photo)
    return _read_text(file, number, photo.name) if file.suffix.lower() == page_paths.PDF_SUFFIX else None


def read_data(data: bytes, *, name: str) -> ExchangePage | None:
    """Read the text that the first page of a PDF has of its own, from its bytes; see ``read_photo``.

    Raises:
        PhotoError: The PDF can't be read.
    """
    return _read_text(data, 0, name) if is_pdf(data) else None


def join_lines(page: ExchangePage) -> ExchangePage:
    """Join the words of each line to one, for those who want a box for each line."""
    blocks = tuple(tuple(ExchangeLine((_join_words(line),)) for line in block) for block in page.blocks)
    return replace(page, blocks=blocks)


def _join_words(line: ExchangeLine) -> ExchangeWord:
    """Make one word of those of a line. Its box begins at the corner where the first one does."""
    quads = [word.quad for word in line.words if word.quad is not None]
    points = [corner for quad in quads for corner in quad.corners]
    (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*points, strict=True))
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    begin, box = quads[0].corners[0], quads[0].bounds()
    place = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])].index(begin)
    return ExchangeWord(Quad.from_array(corners[place:] + corners[:place]), line.text)


def _read_text(source: Path | bytes, number: int, image: str) -> ExchangePage | None:
    """Read a page of a PDF, if its text can take the place of reading. Raises PhotoError."""
    page, told = _read_page(source, number, image)
    return page if page.blocks and _is_legible(told) and not (told.scanned and _is_stamp(page)) else None


def _is_legible(told: _OwnText) -> bool:
    """Whether the text of a page is made of characters."""
    text = "".join(word[0] for line in told.lines for word in line)
    strange = sum(unicodedata.category(character) in _NO_CHARACTERS or character == "\ufffd" for character in text)
    return strange <= _ILLEGIBLE * len(text)


def _is_stamp(page: ExchangePage) -> bool:
    """Whether the text of a scanned page is next to nothing, in the middle of the page where the writing is."""
    left, top = _MARGIN * page.width, _MARGIN * page.height
    centres = [geometry.find_centre(quad) for _, quad in page.boxed_words()]
    inside = [left < x < page.width - left and top < y < page.height - top for x, y in centres]
    return sum(inside) < _FEWEST


def _read_page(source: Path | bytes, number: int, image: str) -> tuple[ExchangePage, _OwnText]:
    """Read a page of a PDF. Returns the page, and what it was made of. Raises PhotoError."""
    try:
        told = json_schema.convert(photo_file.read_pdf_words(source, number, name=image).values, _OwnText)
    except json_schema.BadValue as error:
        raise PhotoError(str(error), file=image) from error
    lines = tuple(line for words in told.lines if (line := _make_line(words)).words)
    return ExchangePage(image, *told.size, (lines,) if lines else (), ordered=told.ordered), told


def _make_line(words: list[_Word]) -> ExchangeLine:
    made = []
    for text, *numbers in words:
        points = [(numbers[place], numbers[place + 1]) for place in range(0, 8, 2)]
        if (quad := fit_quad(points)) is not None and (line := one_line(text)):
            made.append(ExchangeWord(quad, line))
    return ExchangeLine(tuple(made))
