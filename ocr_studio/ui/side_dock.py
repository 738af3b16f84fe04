"""The two lists that stand beside the photo as long as one is open: photos, and what is written on it."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from ocr_studio.ui.words.alternatives import Alternatives
from ocr_studio.ui.words.word_table import WordTable


class SideDock(QDockWidget):
    """One of them. What is not closable cannot be lost."""

    def __init__(self, title: str, name: str, widget: QWidget, *, closable: bool) -> None:
        """name: by which its place is remembered between starts."""
        super().__init__(title)
        self.setObjectName(name)
        features = QDockWidget.DockWidgetFeature.DockWidgetMovable
        self.setFeatures(features | QDockWidget.DockWidgetFeature.DockWidgetClosable if closable else features)
        self.setWidget(widget)


class Writing(QWidget):
    """The table of words over the strip of other readings."""

    def __init__(self, table: WordTable, alternatives: Alternatives) -> None:
        super().__init__()
        self.setMinimumWidth(220)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(table, 1)
        layout.addWidget(alternatives)
