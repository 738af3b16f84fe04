"""What the writers of XML share: texts that XML can hold, unique ids, and places in whole pixels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from lxml import etree

from ocr_studio.core.formats.exchange import ExchangeLine, ExchangeWord
from ocr_studio.core.formats.names import format_photo_path
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.xml.xml_input import Element
from ocr_studio.core.page import Page, Point
from ocr_studio.core.plain_text import one_line

Pixels: TypeAlias = tuple[tuple[int, int], ...]

PROGRAM: Final = "OCR Studio"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_NAME: Final = re.compile(r"[^A-Za-z0-9_.-]")
_MOST_OF_ID: Final = 60


def drop_invalid(text: str) -> str:
    """Drop the characters that XML can't hold."""
    return _NOT_XML.sub("", text)


def clean_line(text: str) -> str:
    """The text of a word without the characters that XML can't hold."""
    return one_line(drop_invalid(text))


def name_image(page: Page, photos: PhotoSource | None) -> str:
    """The path of a page's photo as it is written."""
    return drop_invalid(format_photo_path(photos.reference(page) if photos else page.image))


def add(parent: Element, tag: str, text: str | None = None, **attributes: object) -> Element:
    """Append an element in the namespace of its parent. attributes: those that are None are left out."""
    values = {name: drop_invalid(str(value)) for name, value in attributes.items() if value is not None}
    element = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}", values)
    element.text = None if text is None else drop_invalid(text)
    return element


def serialize(root: Element) -> str:
    """Make the text of a file."""
    text: Any = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


class Ids:
    """Makes ids that are unique in a file, and names as XML asks for them."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._counts: Counter[str] = Counter()

    def make(self, prefix: str, wanted: str = "") -> str:
        """Make an id. prefix: begins with a letter; wanted: what is to follow, if it is free; a number otherwise."""
        begun = prefix + _NOT_NAME.sub("_", wanted)[:_MOST_OF_ID]
        found = begun
        while not wanted or found in self._known:
            self._counts[begun] += 1
            found = f"{begun}_{self._counts[begun]}" if wanted else f"{begun}{self._counts[begun]}"
            if found not in self._known:
                break
        self._known.add(found)
        return found


class PixelGrid:
    """Rounds places to whole pixels on the photo."""

    def __init__(self, width: float, height: float) -> None:
        self.width = int(width)
        self.height = int(height)

    def round(self, points: Iterable[Point]) -> Pixels:
        """Round points to pixels; those beyond the photo are moved to its edge."""
        return tuple((min(self.width, max(0, round(x))), min(self.height, max(0, round(y)))) for x, y in points)

    def box(self, points: Pixels) -> Pixels:
        """The upright box around points, clockwise from its top left, at least a pixel wide and high."""
        (left, right), (top, bottom) = self._spread(x for x, _ in points), self._spread(y for _, y in points)
        left, right = (left, right) if right <= self.width else (self.width - 1, self.width)
        top, bottom = (top, bottom) if bottom <= self.height else (self.height - 1, self.height)
        return (left, top), (right, top), (right, bottom), (left, bottom)

    def outline(self, points: Pixels) -> Pixels:
        """The convex outline of points; a box where it would have no area."""
        hull = cv2.convexHull(np.array(points, dtype=np.int32)).reshape(-1, 2)
        if len(hull) < 3 or cv2.contourArea(hull) == 0:
            return self.box(points)
        found = tuple((int(x), int(y)) for x, y in hull.tolist())
        return found if len(found) > 3 else (*found, found[0])  # some programs want four points

    def corners(self, word: ExchangeWord) -> Pixels | None:
        """The corners of a word, clockwise from its top left; None if it has no box."""
        if word.quad is None:
            return None
        found = self.round(word.quad.corners)
        return found if cv2.contourArea(np.array(found, dtype=np.int32)) else self.box(found)

    def baseline(self, line: ExchangeLine) -> Pixels:
        """The baseline of a line, of at least two points; () if it has no place at all."""
        points = self.round(line.baseline)
        boxed = [word.quad.corners for word in line.words if word.quad is not None]
        if len(points) < 2 and boxed:
            points = self.round((boxed[0][3], boxed[-1][2]))
        if len(points) < 2 or points[0] != points[-1]:
            return points
        x, y = points[0]
        return ((x, y), (x + 1, y)) if x < self.width else ((x - 1, y), (x, y))

    def _spread(self, values: Iterator[int]) -> tuple[int, int]:
        found = list(values)
        return min(found), max(*found, min(found) + 1)


def is_upright_box(corners: Pixels) -> bool:
    """Whether corners are those of an upright box, clockwise from its top left."""
    (left, top), (right, bottom) = corners[0], corners[2]
    upright = ((left, top), (right, top), (right, bottom), (left, bottom))
    return corners == upright and left < right and top < bottom


def format_points(points: Pixels) -> str:
    """Points as PAGE and ALTO write them."""
    return " ".join(f"{x},{y}" for x, y in points)


def join_texts(texts: Sequence[str], separator: str) -> str:
    """Join texts, empty ones too, as OCR-D's consistency check does: https://ocr-d.de/en/spec/page.html."""
    return separator.join(texts).strip()


def is_read_text(word: ExchangeWord) -> bool:
    """Whether the text of a word is the recognizer's, so that the confidence is that of the text."""
    return not word.checked or bool(word.alternatives and word.alternatives[0].text == word.text)
