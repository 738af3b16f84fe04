"""A QR code, always black on white and with sharp edges, also on a scaled screen and in a dark window; or a sign."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import design, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Modules of white around the code that a scanner needs (ISO/IEC 18004).
QUIET_ZONE: Final = 4
_SIDE: Final = 264  # screen pixels
_LEAST: Final = 148
_SIGN: Final = 96


def encode(text: str) -> NDArray[np.bool_]:
    """Encode a text: (N, N) bool, True where a module is dark, without the white around it."""
    codes = cv2.QRCodeEncoder.create().encode(text) == 0
    # OpenCV adds white of its own, in some versions more than in others.
    rows, columns = np.flatnonzero(codes.any(axis=1)), np.flatnonzero(codes.any(axis=0))
    return np.asarray(codes[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


class QrCode(QWidget):
    """Shows a text as a QR code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modules: NDArray[np.bool_] = np.zeros((0, 0), bool)
        self.setMinimumSize(_LEAST, _LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("QR code"))

    def show_text(self, text: str) -> None:
        """Show this text."""
        self._modules = encode(text)
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Large enough for a phone at arm's length."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw each module as a square of whole pixels of the screen."""
        if not self._modules.size:
            return
        ratio = self.devicePixelRatioF()
        painter = QPainter(self)
        painter.scale(1 / ratio, 1 / ratio)
        count = len(self._modules) + 2 * QUIET_ZONE
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        pixels = max(1, min(width, height) // count)
        left, top = (width - pixels * count) // 2, 0
        painter.fillRect(QRect(left, top, pixels * count, pixels * count), QColor(Qt.GlobalColor.white))
        for row, column in np.argwhere(self._modules).tolist():
            x, y = left + (column + QUIET_ZONE) * pixels, top + (row + QUIET_ZONE) * pixels
            painter.fillRect(QRect(x, y, pixels, pixels), QColor(Qt.GlobalColor.black))


class CodeOrSign(QWidget):
    """Shows a QR code while there is something to scan, else a large icon in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.code, self._sign = QrCode(), PlainLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.code)
        self._stack.addWidget(self._sign)

    def show_code(self, text: str) -> None:
        """Show a text as a QR code."""
        self.code.show_text(text)
        self._stack.setCurrentWidget(self.code)

    def show_sign(self, icon: str, *, role: str = "quiet") -> None:
        """Show an icon, in a colour of the theme."""
        self._sign.setPixmap(theme.icon(icon, role=role).pixmap(_SIGN, _SIGN))
        self._stack.setCurrentWidget(self._sign)


def lay_out_beside_code(
    dialog: QDialog, code: CodeOrSign, right: QLayout, buttons: QDialogButtonBox, *, size: QSize
) -> None:
    """Lay out a dialog: the code, something to its right, and the buttons below.

    Args:
        dialog: The dialog.
        code: The code, or a sign.
        right: What stands to its right.
        buttons: The buttons.
        size: The size of the dialog, on a screen that is large enough.
    """
    top = QHBoxLayout()
    top.setSpacing(design.APART)
    top.addWidget(code, 2)
    top.addLayout(right, 3)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(design.WIDE, design.APART, design.WIDE, design.APART)
    layout.setSpacing(design.EDGE)
    layout.addLayout(top, 1)
    layout.addWidget(buttons)
    dialog.resize(size.boundedTo(dialog.screen().availableSize() * 0.94))
