"""Labels that show a text as it is: what a file says is never taken for markup."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ocr_studio.ui.style import labels

_MOST: Final = 10_000  # letters


class PlainLabel(QLabel):
    """A label of plain text; Qt's own guesses, and takes ``<img src=…>`` in a name for a picture to load."""

    def __init__(self, text: str = "", **properties: Any) -> None:
        super().__init__(**properties)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802  (Qt's name)
        """Show a text, or the beginning of one that nobody could read through."""
        super().setText(labels.shortened(text, _MOST))


class RichLabel(QLabel):
    """A label of text that this program has marked up; whoever makes it escapes what is not ours."""

    def __init__(self, html: str = "", **properties: Any) -> None:
        super().__init__(**properties)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(html)
