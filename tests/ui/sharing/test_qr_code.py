"""A QR code can be scanned from the screen, at any size and scale, also in a dark window."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import use_theme
from ocr_studio.ui.sharing.qr_code import QUIET_ZONE, QrCode, encode
from ocr_studio.ui.widgets import image_convert

ADDRESS = "http://192.168.178.201:52714/#q3ZkYw1tT0uXbJmN4vRs8A"


@pytest.mark.usefixtures("styled")
@pytest.mark.parametrize(
    ("side", "scale", "theme"), [(148, 1, "light"), (264, 1, "dark"), (211, 2, "dark"), (264, 1.5, "light")]
)
def test_it_is_scanned_as_what_was_encoded(
    qapp: QApplication, qtbot: QtBot, side: int, scale: float, theme: str
) -> None:
    use_theme(theme)
    code = QrCode()
    qtbot.addWidget(code)
    code.show_text(ADDRESS)
    code.resize(side, side)
    picture = QImage(round(side * scale), round(side * scale), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(scale)
    picture.fill(0x202020)
    code.render(picture)
    pixels = image_convert.array(picture)
    assert cv2.QRCodeDetector().detectAndDecode(pixels)[0] == ADDRESS
    pure = (pixels == 255).all(axis=2) | (pixels == 0).all(axis=2)
    rows, columns = np.flatnonzero(pure.any(axis=1)), np.flatnonzero(pure.any(axis=0))
    code_alone = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    assert pure[code_alone].all()  # no module has a blurred edge
    assert (pixels[code_alone][[0, -1]] == 255).all()
    assert (pixels[code_alone][:, [0, -1]] == 255).all()


def test_the_white_around_it_is_ours() -> None:
    modules = encode(ADDRESS)
    assert QUIET_ZONE == 4
    assert modules[0, 0]
    assert modules[0].any()
    assert modules[-1].any()
    assert modules[:7, :7].sum() == 33  # the pattern in a corner, without white around it
