"""What was read, as clients want it: our JSON, documents, the old web app's boxes and texts, docTR's blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.documents import json_pages
from ocr_studio.core.formats.export_format import FileScope
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr
from ocr_studio.server.api.problems import Refused

Box: TypeAlias = list[float]

# Of the corners in shares of the photo, as docTR writes them.
_DIGITS: Final = 6


class AnswerFormat(StrEnum):
    """What can be asked for; the names are those of ``ocr-studio export``."""

    JSON = "json"
    TEXT = "text"
    MARKDOWN = "md"
    PAGE = "page"
    ALTO = "alto"
    HOCR = "hocr"
    PDF = "pdf"


MEDIA_TYPES: Final[Mapping[AnswerFormat, str]] = {
    AnswerFormat.JSON: "application/json",
    AnswerFormat.TEXT: "text/plain; charset=utf-8",
    AnswerFormat.MARKDOWN: "text/markdown; charset=utf-8",
    AnswerFormat.PAGE: "application/xml",
    AnswerFormat.ALTO: "application/xml",
    # Not text/html: a browser that is led here must not show it as a page of the service.
    AnswerFormat.HOCR: "text/vnd.hocr+html; charset=utf-8",
    AnswerFormat.PDF: "application/pdf",
}


class Document(NamedTuple):
    """A file to answer with."""

    data: bytes
    media_type: str
    suffix: str


def describe_pages(pages: Sequence[Page]) -> list[dict[str, object]]:
    """Return pages as ``ocr-studio read --format json`` prints them."""
    return [json_pages.build_page_object(page) for page in pages]


def render_document(pages: Sequence[Page], kind: AnswerFormat, photos: Mapping[str, Path]) -> Document:
    """Make a document of pages.

    Args:
        pages: The pages.
        kind: The format.
        photos: The paths of the photos by page id, for formats that contain them.

    Raises:
        Refused: The format holds one page, and there are more.
        StudioError: A photo can't be read.
    """
    found = FORMATS[kind.value]
    if found.scope is FileScope.EACH and len(pages) != 1:
        others = [each.value for each in AnswerFormat if FORMATS[each.value].scope is not FileScope.EACH]
        said = tr(
            "The format {format} holds one page, and {count} were sent. "
            "Choose another format ({others}), or send one page at a time.",
            format=kind.value,
            count=len(pages),
            others=", ".join(others),
        )
        raise Refused(422, said)
    made = found.render(pages, PhotoSource(lambda page: photos[page.id]))
    return Document(made.encode() if isinstance(made, str) else made, MEDIA_TYPES[kind], found.suffix)


def describe_for_old_clients(pages: Sequence[Page]) -> dict[str, object]:
    """Return boxes and texts of all words in reading order, as the old web app answered."""
    boxes, texts = [], []
    for page in pages:
        for line in page_order.find_lines(page):
            for word in line:
                boxes.append([[x, y] for x, y in photo_frame.quad_in_file(page, word.quad).corners])
                texts.append(word.text)
    return {"boxes": boxes, "texts": texts}


def describe_for_doctr(page: Page) -> dict[str, object]:
    """Return a page as the service of docTR 1.1 answers ``POST /ocr``."""
    blocks = [
        [[_describe_word(page, word) for word in line] for line in block] for block in page_order.find_blocks(page)
    ]
    width, height = page.file_size
    built = [_join("lines", [_join("words", words) for words in block]) for block in blocks]
    return {
        "name": page.image,
        "orientation": {"value": None, "confidence": None},
        "language": {"value": None, "confidence": None},
        "dimensions": [height, width],
        "items": [{"blocks": built}],
    }


def _describe_word(page: Page, word: Word) -> dict[str, Any]:
    width, height = page.file_size
    corners = photo_frame.quad_in_file(page, word.quad).corners
    xs = [min(max(x / width, 0.0), 1.0) for x, _ in corners]
    ys = [min(max(y / height, 0.0), 1.0) for _, y in corners]
    confidence = 1.0 if word.confidence is None else word.confidence
    return {
        "value": word.text,
        "geometry": [round(each, _DIGITS) for each in (min(xs), min(ys), max(xs), max(ys))],
        "objectness_score": confidence,
        "confidence": confidence,
        "crop_orientation": {"value": 0.0, "confidence": None},
    }


def _join(key: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put words into a line, or lines into a block: around all of them, and as sure as they are on average."""
    geometries = [each["geometry"] for each in parts]
    x0, y0, x1, y1 = zip(*geometries, strict=True)
    return {
        "geometry": [min(x0), min(y0), max(x1), max(y1)],
        "objectness_score": sum(each["objectness_score"] for each in parts) / len(parts),
        key: list(parts),
    }
