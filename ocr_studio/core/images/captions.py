"""Captions drawn on images: in the font that OpenCV carries, which has the letters of most
languages; that of Pillow has those of English alone, and a box for all others."""

from __future__ import annotations

from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]

_FONT: Final = "sans"
_ABOVE: Final = 0.95  # of the font's size: from the top of its capitals, marks included, to the line they stand on
_MIDDLE: Final = 0.35  # and from half of a capital's height


def measure_width(text: str, size: int) -> int:
    """Pixels that a text is wide. size: of the font, pixels."""
    left, _, wide, _ = cv2.getTextSize((0, 0), _replace_unknown(text), (0, 0), cv2.FontFace(_FONT), size)
    return left + wide


def write_below(picture: Picture, text: str, place: tuple[int, int], size: int, colour: tuple[int, int, int]) -> None:
    """Write on a picture, (h, w, 3), in its place. place: x, y of the text's upper left corner; size: of the font,
    pixels. What has no room is cut off."""
    _write(picture, text, (place[0], place[1] + round(_ABOVE * size)), size, colour)


def write_beside(
    picture: Picture, text: str, place: tuple[int, int], size: int, colour: tuple[int, int, int], *, left: bool
) -> None:
    """The same with the place at half of the text's height: left of it, or right."""
    x = place[0] - measure_width(text, size) if left else place[0]
    _write(picture, text, (x, place[1] + round(_MIDDLE * size)), size, colour)


def _write(picture: Picture, text: str, base: tuple[int, int], size: int, colour: tuple[int, int, int]) -> None:
    cv2.putText(picture, _replace_unknown(text), base, colour, cv2.FontFace(_FONT), size)


def _replace_unknown(text: str) -> str:
    """On one line, and Unicode: halves of pairs bring OpenCV's process down, and at a 0 it ends."""
    return "".join(letter if letter.isprintable() else " " for letter in text.encode("utf-8", "replace").decode())
