"""Asking a person which photo to open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from ocr_studio.core import images
from ocr_studio.core.translation import tr
from ocr_studio.ui import file_dialogs
from ocr_studio.ui.opening import Opening


class PhotoAsking(QObject):
    """Shows the dialogs that ask for a photo or a folder over the window, and opens what is chosen."""

    def __init__(self, opening: Opening, window: QWidget) -> None:
        super().__init__(window)
        self._opening, self._window = opening, window

    def ask_photo(self) -> None:
        """Ask for a photo to open."""
        endings = " ".join(f"*{suffix}" for suffix in sorted(images.PHOTO_SUFFIXES))
        dialog = self._dialog(tr("Open photo"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Photos ({endings})", endings=f"{endings} {endings.upper()}"), tr("All files (*)")])
        dialog.open()

    def ask_folder(self) -> None:
        """Ask for a folder whose first photo is opened."""
        self._dialog(tr("Open folder"), QFileDialog.FileMode.Directory).open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        here = self._opening.path
        dialog = file_dialogs.make(self._window, title, str(here.parent if here else Path.home()))
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(lambda chosen: self._opening.open_paths([Path(chosen)]))
        return dialog
