"""The words of a page as invisible text in a PDF, each in its place, turned and scaled to its box.

Found by trying with four readers (poppler, PDFium, pdfminer.six, pypdf): ``ActualText`` for each word keeps slanted
words whole in poppler; PDFium loses characters beyond the Basic Multilingual Plane in it, so words with one have none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from ocr_studio.core.formats.pdf.text_layer_font import DESCENT, TextLayerFont
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, Point, Quad, Word
from ocr_studio.core.reading_order import page_order

# The usual name of the font in the resources of a page.
FONT: Final = "OcrStudioText"
# The space behind a word covers this share of its end: PDFium sorts what overlaps by where it begins, and the boxes of
# words often overlap.
_SPACE: Final = 0.4
# Pixels: a text without a box stands as narrow as this at its place in the line.
_NARROW: Final = 1.0
_BEYOND_BMP: Final = 0x10000
# Sine of a slope up to which a word is level or upright: a hundredth of a pixel along a word.
_LEVEL: Final = 1e-4
# Points and percent: size and width of a character without extent. PDFium leaves out text narrower than 0.01 points.
_POINT, _NARROWEST = 0.001, 0.01


def format_words(page: Page, font: TextLayerFont, *, scale: float, name: str = FONT) -> bytes:
    """Format the words of a page as a content stream.

    Args:
        page: The page.
        font: The font of the PDF.
        scale: Points for each pixel of the photo.
        name: Name of the font in the resources of the page.

    Returns:
        Operators that draw the words in reading order, in points from the bottom left of the photo as it is shown.
    """
    parts = [b"BT 3 Tr"]
    for block in page_order.find_blocks(page):
        for line in block:
            for word in line:
                if word.text:
                    parts += _format_word(word, font, name, scale, page.height)
    return b"\n".join([*parts, b"ET"]) if len(parts) > 1 else b""


def _format_word(word: Word, font: TextLayerFont, name: str, scale: float, bottom: float) -> Iterator[bytes]:
    text, quad = word.text, word.quad
    width, height = geometry.measure_size(quad)
    width, height = max(width, _NARROW), max(height, _NARROW)
    along_x, along_y = geometry.find_directions(quad.array()[None])[0].tolist()
    middle_x, middle_y = geometry.find_centre(quad)

    def place(along: float) -> str:
        """Go to a point on the baseline; across the writing, down, is (-along_y, along_x) in pixels, y down."""
        along, below = (along - 0.5) * width, height * (0.5 - DESCENT)
        x, y = middle_x + along_x * along - along_y * below, middle_y + along_y * along + along_x * below
        return _format_place((along_x, along_y), (x * scale, (bottom - y) * scale))

    size, across = f"/{name} {_number(height * scale)} Tf", 100 * width / height
    codes, space = font.encode(text).hex().upper(), font.encode(" ").hex().upper()
    shown = [place(0), f"{size} {_number(across / len(text))} Tz <{codes}> Tj"]
    if all(ord(letter) < _BEYOND_BMP for letter in text):
        if min(abs(along_x), abs(along_y)) > _LEVEL:
            shown = _frame_slanted(shown, quad, scale, bottom, f"<{space}> Tj", name)
        said = text.encode("utf-16-be", errors="replace").hex().upper()
        shown = [f"/Span <</ActualText <FEFF{said}>>> BDC", *shown, "EMC"]
    yield "\n".join([*shown, place(1 - _SPACE), f"{size} {_number(across * _SPACE)} Tz <{space}> Tj"]).encode()


def _format_place(along: Point, start: Point) -> str:
    """Go to a point, in points with y upwards, to write in a direction, a unit vector with y downwards."""
    return f"{' '.join(map(_number, (along[0], -along[1], along[1], along[0], *start)))} Tm"


def _frame_slanted(shown: list[str], quad: Quad, scale: float, bottom: float, space: str, name: str) -> list[str]:
    """Let poppler take the bounding box of a slanted word for its place.

    Of a span with ``ActualText``, poppler takes where the first character begins, where the last one ends, and the
    size and direction of writing at the end of the span. So a space without extent stands at both ends of the box.
    """
    left, top, right, low = quad.bounds()
    along_x, along_y = geometry.find_directions(quad.array()[None])[0].tolist()
    if abs(along_x) >= abs(along_y):
        way_x, way_y, size = math.copysign(1.0, along_x), 0.0, low - top
        line = low - DESCENT * size if way_x > 0 else top + DESCENT * size
        ends = ((left, line), (right, line)) if way_x > 0 else ((right, line), (left, line))
    else:
        way_x, way_y, size = 0.0, math.copysign(1.0, along_y), right - left
        line = left + DESCENT * size if way_y > 0 else right - DESCENT * size
        ends = ((line, top), (line, low)) if way_y > 0 else ((line, low), (line, top))
    first, last = (_format_place((way_x, way_y), (x * scale, (bottom - y) * scale)) for x, y in ends)
    begin, end = (f"/{name} {_number(high)} Tf {_NARROWEST} Tz {space}" for high in (_POINT, size * scale))
    return [first, begin, *shown, last, end]


def _number(value: float) -> str:
    """A number as PDF writes it: without an exponent."""
    text = np.format_float_positional(value, precision=5, trim="-")
    return "0" if text == "-0" else text
