"""The menu of photos and folders that were open lately."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels


class RecentMenu(QMenu):
    """The newest first.

    Signals: ``chosen(Path)``.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("&Recent"), parent)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Offer these."""
        self.clear()
        for path in paths:
            action = self.addAction(labels.label(labels.file_name(f"{path.name} — {path.parent}")))
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
        self.setEnabled(bool(paths))
