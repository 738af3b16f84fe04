"""A contact sheet of synthetic samples: words in rows with captions, boards below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.formats import marked_pictures
from ocr_studio.core.images import captions

Picture: TypeAlias = NDArray[np.uint8]

_WIDTH: Final = 1600
_WORD: Final = 72  # height of a word in pixels
_CAPTION: Final = 24
_GAP: Final = 16
_GROUND: Final = 255
_INK: Final = (90, 90, 90)
_SIZE: Final = 15


@dataclass(frozen=True, slots=True)
class _Placed:
    """An image with the position of its top left corner, and the caption below it."""

    picture: Picture
    x: int
    y: int
    text: str = ""


def draw_sheet(words: Sequence[tuple[Picture, str]], boards: Sequence[Picture]) -> Picture:
    """Draw the contact sheet.

    Args:
        words: Word images, (h, w, 3) uint8 RGB, with their texts.
        boards: Board photos, (h, w, 3) uint8 RGB.

    Returns:
        The sheet, (h, 1600, 3) uint8 RGB.
    """
    placed, below = _place_words(words)
    more, height = _place_boards(boards, below)
    whole = np.full((max(height, 2 * _GAP), _WIDTH, 3), _GROUND, np.uint8)
    for each in (*placed, *more):
        tall, wide = each.picture.shape[:2]
        whole[each.y : each.y + tall, each.x : each.x + wide] = each.picture
    for each in placed:
        captions.write_below(whole, each.text, (each.x, each.y + _WORD + 2), _SIZE, _INK)
    return whole


def encode_png(words: Sequence[tuple[Picture, str]], boards: Sequence[Picture]) -> bytes:
    """Return the contact sheet as the bytes of a PNG, marked as written by this program."""
    return marked_pictures.encode_marked(draw_sheet(words, boards))


def _place_words(words: Sequence[tuple[Picture, str]]) -> tuple[list[_Placed], int]:
    """Arrange the words in rows; return them and the y coordinate below them."""
    placed: list[_Placed] = []
    x = y = _GAP
    for picture, text in words:
        wide = max(1, min(_WIDTH - 2 * _GAP, round(picture.shape[1] * _WORD / picture.shape[0])))
        if x + wide > _WIDTH - _GAP and x > _GAP:
            x, y = _GAP, y + _WORD + _CAPTION + _GAP
        placed.append(_Placed(_resize(picture, wide, _WORD), x, y, text))
        x += max(wide, _WORD) + _GAP
    return placed, y + _WORD + _CAPTION + _GAP if placed else _GAP


def _place_boards(boards: Sequence[Picture], top: int) -> tuple[list[_Placed], int]:
    """Arrange the boards in two columns; return them and the y coordinate below them."""
    placed: list[_Placed] = []
    side = (_WIDTH - 3 * _GAP) // 2
    y = top
    for first in range(0, len(boards), 2):
        tallest = 0
        for column, picture in enumerate(boards[first : first + 2]):
            tall = max(1, round(picture.shape[0] * side / picture.shape[1]))
            placed.append(_Placed(_resize(picture, side, tall), _GAP + column * (side + _GAP), y))
            tallest = max(tallest, tall)
        y += tallest + _GAP
    return placed, y


def _resize(picture: Picture, wide: int, tall: int) -> Picture:
    how = cv2.INTER_AREA if wide < picture.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (wide, tall), interpolation=how), np.uint8)
