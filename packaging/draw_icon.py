#!/usr/bin/env python3
"""Renders resources/icon.svg as the PNG for windows and installers: ``python packaging/draw_icon.py``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIDE = 256


def main() -> int:
    """Write resources/icon.png, 256 x 256 with alpha."""
    resources = Path(__file__).parent.parent / "resources"
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(resources / "icon.svg")).render(painter)
    painter.end()
    return 0 if image.save(str(resources / "icon.png")) else 1


if __name__ == "__main__":
    raise SystemExit(main())
