"""Cells of lists and tables that show texts from files, which may be of any length."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QStyledItemDelegate

from ocr_studio.ui.style import labels


class ShortTextDelegate(QStyledItemDelegate):
    """Paints cells as Qt does, but lays out no more of a text than has room on a screen."""

    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:  # noqa: N802  (Qt's name)
        """The text of a cell, shortened."""
        return labels.shortened(super().displayText(value, locale))
