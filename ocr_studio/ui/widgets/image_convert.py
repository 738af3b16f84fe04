"""Between the arrays that core knows and the pictures that Qt knows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QPixmap


def image(picture: NDArray[np.uint8]) -> QImage:
    """picture: (H, W, 3) uint8 RGB. The QImage owns a copy of the pixels."""
    array = np.ascontiguousarray(picture)
    height, width = array.shape[:2]
    return QImage(array.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def pixmap(picture: NDArray[np.uint8]) -> QPixmap:
    """picture: (H, W, 3) uint8 RGB."""
    return QPixmap.fromImage(image(picture))


def array(picture: QImage) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, a copy; what is transparent lies on white, as a screenshot of text would."""
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
