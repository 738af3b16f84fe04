"""A picture in other tones than it has: brighter, darker, stronger. Made where it is looked at, when it is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

# Pixels: small enough that a step of panning makes few new ones, large enough that calls hardly count.
_TILE = 256


class TonedLevel:
    """A copy that is filled in tile by tile: what is never in sight costs no time, and on most systems no memory.

    pixels: (H, W, 3) RGB or (H, W, 4) BGRA, uint8, contiguous; form: how Qt calls that. table: (256,) uint8.
    """

    def __init__(self, pixels: NDArray[np.uint8], form: QImage.Format, table: NDArray[np.uint8]) -> None:
        height, width, _ = pixels.shape
        self._pixels, self._shown = pixels, np.empty_like(pixels)
        self._made = np.zeros((-(-height // _TILE), -(-width // _TILE)), dtype=np.bool_)
        self._table = table
        self._image = QImage(self._shown.data, width, height, self._shown.strides[0], form)

    def turn(self, table: NDArray[np.uint8]) -> None:
        """Show it in yet other tones."""
        self._table = table
        self._made[:] = False

    def image(self, needed: QRectF) -> QImage:
        """The whole picture, of which the needed part, in its own pixels, is there. It only borrows its pixels."""
        rows = range(
            max(0, int(needed.top()) - 1) // _TILE, min(len(self._made), int(needed.bottom() + 1) // _TILE + 1)
        )
        columns = range(
            max(0, int(needed.left()) - 1) // _TILE, min(self._made.shape[1], int(needed.right() + 1) // _TILE + 1)
        )
        for row in rows:
            for column in columns:
                if not self._made[row, column]:
                    self._make(row, column)
        return self._image

    def _make(self, row: int, column: int) -> None:
        place = slice(row * _TILE, (row + 1) * _TILE), slice(column * _TILE, (column + 1) * _TILE)
        shown = self._shown[place]
        cv2.LUT(self._pixels[place], self._table, dst=shown)
        # One table for all channels is twice as fast as one for each; what Qt keeps beside the colours stays full.
        shown[..., 3:] = 255
        self._made[row, column] = True
