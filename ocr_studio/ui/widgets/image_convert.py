"""Conversions between NumPy arrays and Qt's images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QPixmap


def image(picture: NDArray[np.uint8]) -> QImage:
    """Convert an (H, W, 3) uint8 RGB array to a QImage, which owns a copy of the pixels."""
    array = np.ascontiguousarray(picture)
    height, width = array.shape[:2]
    return QImage(array.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def pixmap(picture: NDArray[np.uint8]) -> QPixmap:
    """Convert an (H, W, 3) uint8 RGB array to a QPixmap."""
    return QPixmap.fromImage(image(picture))


def array(picture: QImage) -> NDArray[np.uint8]:
    """Convert a QImage to an (H, W, 3) uint8 RGB array, a copy. Transparent pixels become white."""
    flat = QImage(picture.size(), QImage.Format.Format_RGB888)
    flat.fill(0xFFFFFFFF)
    if picture.hasAlphaChannel():
        painter = QPainter(flat)
        painter.drawImage(0, 0, picture)
        painter.end()
    else:
        flat = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(flat.constBits(), dtype=np.uint8).reshape(flat.height(), flat.bytesPerLine())
    return rows[:, : 3 * flat.width()].reshape(flat.height(), flat.width(), 3).copy()
