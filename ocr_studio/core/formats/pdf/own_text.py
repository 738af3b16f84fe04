"""The text that a PDF has of its own, typeset or put under scans by another program; it need not be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import FiniteNumber
from ocr_studio.core.formats.exchange import MAX_WORDS, ExchangeLine, ExchangePage, ExchangeWord, fit_quad
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.images import page_paths, photo_file
from ocr_studio.core.images.photo_file import PhotoError
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

_Number: TypeAlias = FiniteNumber
_Word: TypeAlias = tuple[
    Annotated[str, Meta(max_length=10_000)],
    _Number, _Number, _Number, _Number, _Number, _Number, _Number, _Number,
]  # fmt: skip
_MOST_BYTES: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class _OwnText:
    """What ``pdf_pages.read_words`` tells of a page."""

    ordered: bool
    size: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
    lines: Annotated[list[list[_Word]], Meta(max_length=MAX_WORDS)]


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the text of each page of a PDF; pages without text are left out.

    Raises:
        BadLabels: The PDF can't be opened, or has no text.
    """
    data = file.read(most=_MOST_BYTES)
    try:
        count = photo_file.count_pages(data, name=file.file_name)
    except PhotoError as error:
        raise file.make_error(error.what) from error
    path, found = Path(file.file_name), False
    for number in range(count):
        image = page_paths.make_page_path(path, number).name if count > 1 else path.name
        try:
            page = _read_page(data, number, image)
        except PhotoError as error:
            raise file.make_error(error.what) from error
        if page.blocks:
            found = True
            yield page
    if not found:
        raise file.make_error(tr("the PDF has no text of its own"))


def read_photo(photo: Path) -> ExchangePage | None:
    """Read the text that a photo has of its own if it is a page of a PDF; None if there is none.

    Raises:
        PhotoError: The PDF can't be read.
    """
    file, number = page_paths.find_page(photo)
    if file.suffix.lower() != page_paths.PDF_SUFFIX:
        return None
    page = _read_page(file, number, photo.name)
    return page if page.blocks else None


def _read_page(source: Path | bytes, number: int, image: str) -> ExchangePage:
    """Read a page of a PDF, from its file or bytes. Raises PhotoError."""
    try:
        told = json_schema.convert(photo_file.read_pdf_words(source, number, name=image).values, _OwnText)
    except json_schema.BadValue as error:
        raise PhotoError(str(error), file=image) from error
    lines = tuple(line for words in told.lines if (line := _make_line(words)).words)
    return ExchangePage(image, *told.size, (lines,) if lines else (), ordered=told.ordered)


def _make_line(words: list[_Word]) -> ExchangeLine:
    made = []
    for text, *numbers in words:
        points = [(numbers[place], numbers[place + 1]) for place in range(0, 8, 2)]
        if (quad := fit_quad(points)) is not None and (line := one_line(text)):
            made.append(ExchangeWord(quad, line))
    return ExchangeLine(tuple(made))
