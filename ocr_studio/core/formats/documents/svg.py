"""SVG: the photo with its words as text over it, which can be selected, found and edited in drawing programs."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import cv2

from ocr_studio.core.formats.documents.outline import clean
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.warping import frame_photo
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order

# How far above the lower edge of its box the baseline of a word is, and the size of its letters, in heights.
_BASELINE, _SIZE = 0.22, 0.8
_QUALITY: Final = 90  # of the photo as JPEG


def render(pages: Sequence[Page], photos: PhotoSource) -> str:
    """Make the drawing of a page.

    Args:
        pages: One page.
        photos: Opens its photo.

    Raises:
        StudioError: The photo can't be read.
    """
    [page] = pages
    photo = frame_photo(photo_file.open_photo(photos.path(page)), page.facts.frame)
    done, encoded = cv2.imencode(".jpg", photo[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise MemoryError("the photo can't be encoded as JPEG")
    data = base64.b64encode(encoded.tobytes()).decode("ascii")
    size = f'width="{page.width}" height="{page.height}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {page.width} {page.height}">',
        f"<title>{escape(clean(format_photo_name(page.image)))}</title>",
        f'<image {size} preserveAspectRatio="none" href="data:image/jpeg;base64,{data}"/>',
        '<g font-family="sans-serif" fill="#0b57d0" fill-opacity="0.85">',
        *(_format_word(word) for line in page_order.find_lines(page) for word in line if word.text and word.has_box),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _format_word(word: Word) -> str:
    width, height = geometry.measure_size(word.quad)
    along_x, along_y = geometry.find_directions(word.quad.array()[None])[0].tolist()
    x, y = geometry.find_centre(word.quad)
    below = height * (0.5 - _BASELINE)
    x, y = x - along_x * width / 2 - along_y * below, y - along_y * width / 2 + along_x * below
    turn = f' transform="rotate({math.degrees(math.atan2(along_y, along_x)):.3f} {x:.2f} {y:.2f})"' if along_y else ""
    place = f'x="{x:.2f}" y="{y:.2f}" font-size="{height * _SIZE:.2f}" textLength="{max(width, 1):.2f}"'
    fit = 'lengthAdjust="spacingAndGlyphs"'
    return f"<text id={quoteattr(clean(word.id))} {place} {fit}{turn}>{escape(clean(word.text))}</text>"
