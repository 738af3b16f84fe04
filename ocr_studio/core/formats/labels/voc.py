"""Pascal VOC: an XML file beside each photo, with a box and a class for each object.

http://host.robots.ox.ac.uk/pascal/VOC. VOC has upright boxes: a box that isn't is a ``polygon`` besides, as Roboflow
and supervision write it. The text is an attribute, as CVAT writes them. Boxes turned as roLabelImg (``robndbox``) and
hdBPMN (``degree``) have them are read, and names that are texts, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lxml import etree

from ocr_studio.core.formats.exchange import MAX_PLACE, ExchangePage, ExchangeWord, is_upright
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.label_words import (
    CLASSES,
    TEXT_CLASS,
    LabelledWords,
    check_count,
    find_mark,
)
from ocr_studio.core.formats.names import format_photo_path, resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.xml.xml_input import Element, child, children, find_text, parse_page, read_number
from ocr_studio.core.formats.xml.xml_output import drop_invalid, serialize
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, Point, Quad

_ROOT: Final = "annotation"
_SIDES: Final = ("xmin", "ymin", "xmax", "ymax")
_TEXTS: Final = ("text", "transcription")
_STEEP: Final = 44.0  # degrees from which the size of a box can't be told from the upright one around it


def render(pages: Sequence[Page], _: PhotoSource | None) -> str:
    """Make the file of a page."""
    [page] = pages
    found = ExchangePage.from_page(page)
    root = etree.Element(_ROOT)
    folder, _sep, name = format_photo_path(found.image).rpartition("/")
    _add(root, "folder", folder)
    _add(root, "filename", name)
    size = _add(root, "size")
    for side, value in (("width", round(found.width)), ("height", round(found.height)), ("depth", 3)):
        _add(size, side, str(value))
    _add(root, "segmented", "0")
    for word, quad in found.boxed_words():
        _add_object(root, word, quad)
    return serialize(root)


def _add_object(root: Element, word: ExchangeWord, quad: Quad) -> None:
    element = _add(root, "object")
    difficult = "1" if word.mark else "0"
    values = {"name": TEXT_CLASS, "pose": "Unspecified", "truncated": "0", "difficult": difficult, "occluded": "0"}
    for name, value in values.items():
        _add(element, name, value)
    box = _add(element, "bndbox")
    for side, place in zip(_SIDES, quad.bounds(), strict=True):
        _add(box, side, str(round(place)))
    if not is_upright(quad):
        polygon = _add(element, "polygon")
        for number, (x, y) in enumerate(quad.corners, start=1):
            _add(polygon, f"x{number}", str(x))
            _add(polygon, f"y{number}", str(y))
    attributes = _add(element, "attributes")
    known = {
        "text": word.text,
        "checked": "true" if word.checked else "false",
        "mark": word.mark.value if word.mark else None,
        "confidence": None if word.confidence is None else str(word.confidence),
    }
    for name, told in known.items():
        if told is not None:
            attribute = _add(attributes, "attribute")
            _add(attribute, "name", name)
            _add(attribute, "value", told)


def _add(parent: Element, tag: str, text: str | None = None) -> Element:
    element = etree.SubElement(parent, tag)
    element.text = None if text is None else drop_invalid(text)
    return element


def recognizes(file: LabelFile) -> bool:
    """Whether a file is of VOC."""
    beginning = file.beginning.replace(b"\0", b"")
    return b"<annotation" in beginning and any(tag in beginning for tag in (b"<filename", b"<object", b"<size"))


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the page of a file. Raises BadLabels."""
    root = parse_page(file)
    objects = list(children(root, "object"))
    check_count(file, objects)
    size = child(root, "size")
    sides = (_find_number(size, "width") or 0.0, _find_number(size, "height") or 0.0)
    name = resolve_photo_name(find_text(child(root, "filename"))) or file.stem
    words = LabelledWords(name, sides if min(sides) > 0 else (0.0, 0.0))
    for element in objects:
        _read_object(words, element)
    yield words.page()


def _read_object(words: LabelledWords, element: Element) -> None:
    attributes = _find_attributes(element)
    name = find_text(child(element, "name"))
    written = next((attributes[key] for key in _TEXTS if key in attributes), None)
    if written is None:
        written = next((text for key in _TEXTS if (text := find_text(child(element, key)))), None)
    if written is None:
        written = "" if name.casefold() in CLASSES else name
    word = ExchangeWord(
        None,
        confidence=read_number(attributes.get("confidence")),
        checked=attributes.get("checked") != "false",
        mark=find_mark(attributes.get("mark")),
    )
    words.add(_find_outline(element), written, word)


def _find_attributes(element: Element) -> Mapping[str, str]:
    parent = child(element, "attributes")
    found = () if parent is None else children(parent, "attribute")
    return {find_text(child(each, "name")): find_text(child(each, "value")) for each in found}


def _find_outline(element: Element) -> Sequence[Point]:
    """The outline of an object: the most exact one that is told; [] for none."""
    if (polygon := child(element, "polygon")) is not None:
        return _read_polygon(polygon)
    if (turned := child(element, "robndbox")) is not None:
        return _read_turned(turned)
    box = child(element, "bndbox")
    sides = [_find_number(box, side) for side in _SIDES]
    left, top, right, bottom = (math.nan if side is None else side for side in sides)
    if not (left < right and top < bottom):
        return []
    degrees = read_number(find_text(child(element, "degree"))) or 0.0
    return _turn_inside((left, top, right, bottom), -degrees).corners


def _read_polygon(polygon: Element) -> list[Point]:
    """x1, y1, x2, y2, …, as many as there are."""
    points: list[Point] = []
    for number in range(1, 1000):
        x, y = _find_number(polygon, f"x{number}"), _find_number(polygon, f"y{number}")
        if x is None or y is None:
            break
        points.append((x, y))
    return points


def _read_turned(box: Element) -> Sequence[Point]:
    """The corners of a box by its centre, size and angle in radians, clockwise."""
    numbers = [_find_number(box, name) for name in ("cx", "cy", "w", "h", "angle")]
    x, y, width, height, angle = (math.nan if number is None else number for number in numbers)
    if not (width > 0 and height > 0 and all(map(math.isfinite, (x, y, angle)))):
        return []
    upright = Quad.from_box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return geometry.rotate_quad(upright, math.degrees(angle)).corners


def _turn_inside(box: tuple[float, float, float, float], degrees: float) -> Quad:
    """Find the box of this slope, clockwise, that an upright one, (left, top, right, bottom), was drawn around.

    Of a slope near 45° its quarters count alone.
    """
    left, top, right, bottom = box
    quarters = round(degrees / 90)
    slope = degrees - 90 * quarters
    quad = Quad.from_box(*box)
    if 0 < abs(slope) < _STEEP:
        cos, sin = math.cos(math.radians(slope)), abs(math.sin(math.radians(slope)))
        spread = cos * cos - sin * sin
        width = ((right - left) * cos - (bottom - top) * sin) / spread
        height = ((bottom - top) * cos - (right - left) * sin) / spread
        if width > 0 and height > 0:
            x, y = (left + right) / 2, (top + bottom) / 2
            upright = Quad.from_box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            quad = geometry.rotate_quad(upright, slope)
    return geometry.turn_direction(quad, quarters)


def _find_number(parent: Element | None, name: str) -> float | None:
    """A number that may be a place or size on a photo; None if there is none."""
    number = None if parent is None else read_number(find_text(child(parent, name)))
    return number if number is not None and abs(number) <= MAX_PLACE else None
