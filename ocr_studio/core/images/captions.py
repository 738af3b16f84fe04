"""Captions on images, in the font that OpenCV carries: it has the letters of most languages, unlike that of Pillow."""

from __future__ import annotations

from typing import Final

import cv2

from ocr_studio.core.images.pixel_formats import RGB

_FONT: Final = "sans"
_ABOVE: Final = 0.95  # of the font's size: from the top of its capitals, marks included, to the line they stand on
_MIDDLE: Final = 0.35  # and from half of a capital's height


def measure_width(text: str, size: int) -> int:
    """Measure the width of a text in pixels. size: of the font, in pixels."""
    left, _, wide, _ = cv2.getTextSize((0, 0), _replace_unknown(text), (0, 0), cv2.FontFace(_FONT), size)
    return left + wide


def write_below(picture: RGB, text: str, place: tuple[int, int], size: int, colour: tuple[int, int, int]) -> None:
    """Write on a picture, (h, w, 3), in place; what doesn't fit is cut off.

    Args:
        picture: The picture.
        text: The caption.
        place: x, y of the text's top left corner.
        size: Font size in pixels.
        colour: RGB.
    """
    _write(picture, text, (place[0], place[1] + round(_ABOVE * size)), size, colour)


def write_beside(
    picture: RGB, text: str, place: tuple[int, int], size: int, colour: tuple[int, int, int], *, left: bool
) -> None:
    """As ``write_below``, with ``place`` at half the height of the text: on the left of it, or on the right."""
    x = place[0] - measure_width(text, size) if left else place[0]
    _write(picture, text, (x, place[1] + round(_MIDDLE * size)), size, colour)


def _write(picture: RGB, text: str, base: tuple[int, int], size: int, colour: tuple[int, int, int]) -> None:
    cv2.putText(picture, _replace_unknown(text), base, colour, cv2.FontFace(_FONT), size)


def _replace_unknown(text: str) -> str:
    """Make a text safe for OpenCV: one line without surrogates, which crash it, and without null characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text.encode("utf-8", "replace").decode())
