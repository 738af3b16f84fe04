"""Exports the checked words of all photos as a dataset."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ocr_studio.ui.datasets.export_dialog import DatasetDialog
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import JobThread


class DatasetExport(QObject):
    """Opens the dialog for exporting a dataset."""

    def __init__(self, opening: Opening, lane: JobThread, window: QWidget) -> None:
        super().__init__(window)
        self._opening, self._lane, self._window = opening, lane, window

    def ask(self) -> None:
        """Open the dialog for exporting a dataset of the open photo's project."""
        if self._opening.project is None:
            return
        dialog = DatasetDialog(self._opening.project, self._lane, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
