"""Reads XML and HTML of strangers: nothing is fetched, no entity is expanded, size and depth are limited."""

from __future__ import annotations

import html.entities
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, TypeAlias

import lxml.html
from lxml import etree

from ocr_studio.core.errors import library_reason
from ocr_studio.core.formats.exchange import MAX_PLACE
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.names import resolve_photo_name
from ocr_studio.core.page import Point
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

Element: TypeAlias = Any  # of lxml, which comes without types

# Bytes: books of a thousand pages in one hOCR file stay below.
MAX_BYTES: Final = 64 << 20
# Tags of a file of one page: many times what the most words of a page take, each with a box for every letter.
_MAX_TAGS: Final = 1_000_000
# Those of a file of many pages: as many take about a gigabyte.
_MAX_TAGS_OF_BOOK: Final = 3_000_000
# Characters of an attribute with the points of an outline; a line has some hundred points.
_MAX_POINTS: Final = 100_000
_SAFE: Final = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
_NAMED: Final = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_NAMES: Final = {"amp", "lt", "gt", "quot", "apos"}
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:nan|inf(?:inity)?)\b", re.IGNORECASE)
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
# Suffixes that follow the name of the photo.
_SUFFIXES: Final = {".page", ".alto", ".hocr", ".pagexml"}


def parse_page(file: LabelFile) -> Element:
    """Parse a file of XML that holds one page, and return its root. Raises BadLabels."""
    data = file.read(most=MAX_BYTES)
    _check_tags(file, data, _MAX_TAGS)
    try:
        return _parse_safely(file, data)
    except (etree.LxmlError, ValueError) as error:
        raise file.make_error(tr("it is not valid XML: {reason}", reason=library_reason(error))) from error


def parse_markup(file: LabelFile) -> tuple[Element, str]:
    """Parse a file of XHTML, or of HTML where it isn't well-formed. Raises BadLabels.

    Returns:
        Its root, and why it had to be read as HTML, "" if it is XML.
    """
    data = _NAMED.sub(_number_character, file.read(most=MAX_BYTES))
    _check_tags(file, data, _MAX_TAGS_OF_BOOK)
    try:
        return _parse_safely(file, data), ""
    except (etree.LxmlError, ValueError) as error:
        reason = library_reason(error)
    try:
        data.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None  # as the file says
    try:
        parser = lxml.html.HTMLParser(
            encoding=encoding, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
        )
        root = lxml.html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise file.make_error(tr("it is not valid HTML: {reason}", reason=library_reason(error))) from error
    return root, reason


def _check_tags(file: LabelFile, data: bytes, most: int) -> None:
    if data.count(b"<") > most:
        raise file.make_error(tr("it has more than {most} XML elements", most=most))


def _number_character(found: re.Match[bytes]) -> bytes:
    """Write a character that HTML has a name for by its number, as XML knows no names."""
    name = found[1].decode("ascii")
    text = "" if name in _XML_NAMES else html.entities.html5.get(f"{name};", "")
    return "".join(f"&#{ord(letter)};" for letter in text).encode("ascii") or found[0]


def _parse_safely(file: LabelFile, data: bytes) -> Element:
    """Raises LxmlError, ValueError, and BadLabels for a document that declares entities."""
    refused = file.make_error(tr("it declares entities, which are not read for safety"))
    # Before anything is parsed: entities in attributes are expanded whatever the parser is told.
    if b"<!ENTITY" in data.replace(b"\0", b""):
        raise refused
    root = etree.fromstring(data, etree.XMLParser(**_SAFE, remove_comments=True, remove_pis=True))
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise refused
    return root


def local_name(element: Element) -> str:
    """The name of an element without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """Iterate over the direct children with one of these names, in any namespace."""
    found: Iterator[Element] = element.iterchildren(*(f"{{*}}{name}" for name in names))
    return found


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Iterate over the elements with one of these names below another one, in any namespace, in document order."""
    found: Iterator[Element] = element.iter(*(f"{{*}}{name}" for name in names))
    return (each for each in found if each is not element)


def child(element: Element, name: str) -> Element | None:
    """Return the first direct child with this name, in any namespace."""
    return next(children(element, name), None)


def find_text(element: Element | None, *, skip: frozenset[str] = frozenset()) -> str:
    """Read the text in an element and below it, on one line.

    Args:
        element: The element; None has no text.
        skip: Names of elements below it whose texts don't count.
    """
    return "" if element is None else one_line("".join(_iterate_texts(element, skip)))


def find_raw_text(element: Element | None) -> str:
    """Read the text in an element with its line breaks."""
    return "" if element is None else "".join(_iterate_texts(element, frozenset()))


def _iterate_texts(element: Element, skip: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    if not len(element):
        return
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, each in walk:
        if each is element:
            continue
        if event == "end":
            yield each.tail or ""
        elif local_name(each) in skip:
            walk.skip_subtree()
        else:
            yield each.text or ""


def is_space(text: str | None) -> bool:
    """Whether a text is the space between two words, which kraken and Tesseract write as a word."""
    return bool(text and not text.strip())


def read_number(text: str | None) -> float | None:
    """Read a finite number; None if it is none."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_index(text: str | None) -> int | None:
    """Read a whole number that is not negative; None if it is none."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None


def read_confidence(text: str | None, *, most: float = 1.0) -> float | None:
    """Read a confidence, and scale it to 0..1. most: that of certainty in the file."""
    number = read_number(text)
    return None if number is None else min(1.0, max(0.0, number / most))


def read_points(text: str | None) -> list[Point] | None:
    """Read points, "x,y x,y" or "x y x y"; None for what are no points. Not all of them need to be finite."""
    if not text or len(text) > _MAX_POINTS:
        return None
    numbers = [float(number) for number in _NUMBER.findall(text)]
    if len(numbers) % 2:
        return None
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def read_finite_points(text: str | None) -> tuple[Point, ...]:
    """Read the points of a baseline; () for what is none."""
    return check_baseline(read_points(text) or ())


def check_baseline(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the points of a baseline; () if they are too few, or one is nowhere near a photo."""
    near = all(abs(value) <= MAX_PLACE for point in points for value in point)  # False for NaN
    return tuple(points) if len(points) > 1 and near else ()


def read_image_name(file: LabelFile, told: str | None) -> str:
    """Return the photo that a file tells, see ``resolve_photo_name``; if none, the file's name without a suffix."""
    return resolve_photo_name(told or "") or _strip_suffix(file.stem)


def _strip_suffix(stem: str) -> str:
    path = PurePosixPath(stem)
    return path.stem if path.suffix.lower() in _SUFFIXES else stem
