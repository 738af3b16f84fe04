"""Labels that show a text as it is: a text from a file is never interpreted as markup."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ocr_studio.ui.style import labels

_MOST: Final = 10_000  # characters


class PlainLabel(QLabel):
    """A label of plain text. Qt's own guesses the format and would load ``<img src=…>`` in a name as an image."""

    def __init__(self, text: str = "", **properties: Any) -> None:
        super().__init__(**properties)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802  (Qt's name)
        """Show a text, shortened if it is extremely long."""
        super().setText(labels.shortened(text, _MOST))


class RichLabel(QLabel):
    """A label of text with markup of this program. The caller escapes texts from elsewhere."""

    def __init__(self, html: str = "", **properties: Any) -> None:
        super().__init__(**properties)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(html)
