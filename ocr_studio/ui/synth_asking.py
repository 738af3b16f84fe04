"""Asked before what somebody has begun to draw, which may have taken hours, is thrown away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ocr_studio.core.translation import tr


def whether_to_throw_away(parent: QWidget, write: Callable[[], None], *, begun: bool) -> None:
    """Ask whether others, begun in the folder and not ended, go. write: called where they do; begun: whether these were
    begun there as well, which stay."""
    asked = QMessageBox(parent)
    asked.setTextFormat(Qt.TextFormat.PlainText)
    asked.setIcon(QMessageBox.Icon.Question)
    asked.setWindowTitle(tr("Synthetic boards"))
    if begun:
        asked.setText(tr("Throw away what else was begun in this folder?"))
    else:
        asked.setText(tr("Throw away what was begun in this folder?"))
    asked.setInformativeText(
        tr(
            "It was chosen differently, or drawn from other files, and not ended. Chosen like that again, with those"
            " files as they were, it would go on where it was."
        )
    )
    throw = asked.addButton(tr("&Throw away and write"), QMessageBox.ButtonRole.DestructiveRole)
    asked.addButton(QMessageBox.StandardButton.Cancel)
    asked.setDefaultButton(QMessageBox.StandardButton.Cancel)
    throw.clicked.connect(write)
    asked.finished.connect(asked.deleteLater)
    asked.open()
