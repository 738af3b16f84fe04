"""The photo under the boxes, at any zoom, brightness and contrast."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ocr_studio.core.images.pyramid import SMALLEST_SHOWN, Pyramid
from ocr_studio.core.images.tone_curve import Tones

# Pixels: small enough that panning needs few new tiles, large enough that the overhead of calls is small.
_TILE = 256


class TonedLevel:
    """A copy with other tones that is filled tile by tile, so that invisible parts cost no time.

    Args:
        pixels: (H, W, 3) RGB or (H, W, 4) BGRA, uint8, contiguous.
        form: Qt's name for this format.
        table: (256,) uint8, the tone curve.
    """

    def __init__(self, pixels: NDArray[np.uint8], form: QImage.Format, table: NDArray[np.uint8]) -> None:
        height, width, _ = pixels.shape
        self._pixels, self._shown = pixels, np.empty_like(pixels)
        self._made = np.zeros((-(-height // _TILE), -(-width // _TILE)), dtype=np.bool_)
        self._table = table
        self._image = QImage(self._shown.data, width, height, self._shown.strides[0], form)

    def turn(self, table: NDArray[np.uint8]) -> None:
        """Use another tone curve."""
        self._table = table
        self._made[:] = False

    def image(self, needed: QRectF) -> QImage:
        """Return the whole image with at least the needed part filled; it shares the memory of this object."""
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
        # One table for all channels is twice as fast as one for each; the alpha channel stays opaque.
        shown[..., 3:] = 255
        self._made[row, column] = True


# Zoom from which single pixels are shown without smoothing.
_PIXELS_FROM = 4.0


class PhotoItem(QGraphicsItem):
    """Draws the photo from its pyramid: the full size without a copy, and halved copies for smaller zooms.

    Halving averages pixels, so thin strokes neither flicker nor break when the whole board is shown, and a frame costs
    the same for 50 megapixels as for one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._arrays: list[NDArray[np.uint8]] = []  # owners of the pixels that QImage shares
        self._levels: list[QImage] = []
        self._rect = QRectF()
        self._tones = Tones()
        self._toned: tuple[int, TonedLevel] | None = None  # of the level that was last drawn

    def set_photo(self, photo: Pyramid | None) -> None:
        """Show a photo, or nothing."""
        self.prepareGeometryChange()
        self._levels, self._arrays, self._toned = [], [], None
        if photo is None:
            self._rect = QRectF()
            return
        image = np.ascontiguousarray(photo.level(0))
        height, width = image.shape[:2]
        self._rect = QRectF(0, 0, width, height)
        self._add(image, QImage.Format.Format_RGB888)
        while max(image.shape[:2]) > SMALLEST_SHOWN:
            image = photo.level(len(self._levels))
            self._add(photo.screen_level(len(self._levels)), QImage.Format.Format_RGB32)

    @property
    def tones(self) -> Tones:
        """Brightness and contrast."""
        return self._tones

    def set_tones(self, tones: Tones) -> None:
        """Set brightness and contrast; the photo itself is not changed."""
        self._tones = tones
        if tones.neutral:
            self._toned = None
        elif self._toned is not None:
            self._toned[1].turn(tones.table())
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """Return the rectangle of the photo in its pixels."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the visible part from the smallest level that has enough pixels."""
        if not self._levels:
            return
        device = painter.device()
        scale = painter.worldTransform().m11() * (device.devicePixelRatio() if device else 1.0)
        number = self._level_for(scale)
        level = self._levels[number]
        across, down = level.width() / self._rect.width(), level.height() / self._rect.height()
        shown = option.exposedRect.intersected(self._rect)
        source = QRectF(shown.x() * across, shown.y() * down, shown.width() * across, shown.height() * down)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < _PIXELS_FROM)
        painter.drawImage(shown, level if self._tones.neutral else self._in_tones(number, source), source)

    def _in_tones(self, number: int, needed: QRectF) -> QImage:
        if self._toned is None or self._toned[0] != number:
            form = self._levels[number].format()
            self._toned = number, TonedLevel(self._arrays[number], form, self._tones.table())
        return self._toned[1].image(needed)

    def _level_for(self, scale: float) -> int:
        level = 0
        while level + 1 < len(self._levels) and scale <= 0.5 ** (level + 1):
            level += 1
        return level

    def _add(self, pixels: NDArray[np.uint8], form: QImage.Format) -> None:
        height, width = pixels.shape[:2]
        self._arrays.append(pixels)
        self._levels.append(QImage(pixels.data, width, height, pixels.strides[0], form))
