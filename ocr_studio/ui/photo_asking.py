"""Asking the user which photo to open, and whether the link to its project is to be followed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ocr_studio.core.images import photo_file
from ocr_studio.core.translation import tr
from ocr_studio.jobs.photos.open_photo import LinkFound
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.widgets import file_dialogs


class PhotoAsking(QObject):
    """Shows the dialogs that ask for a photo or a folder over the window, and opens what is chosen."""

    def __init__(self, opening: Opening, window: QWidget) -> None:
        super().__init__(window)
        self._opening, self._window = opening, window
        opening.link_found.connect(self.ask_about_link)

    def ask_photo(self) -> None:
        """Ask for a photo to open."""
        endings = " ".join(f"*{suffix}" for suffix in sorted(photo_file.PHOTO_SUFFIXES))
        dialog = self._dialog(tr("Open photo"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Photos ({endings})", endings=f"{endings} {endings.upper()}"), tr("All files (*)")])
        dialog.open()

    def ask_folder(self) -> None:
        """Ask for a folder whose first photo is opened."""
        self._dialog(tr("Open folder"), QFileDialog.FileMode.Directory).open()

    def ask_about_link(self, found: LinkFound) -> None:
        """Ask whether a project whose folder is a link is to be opened."""
        asked = QMessageBox(self._window)
        asked.setTextFormat(Qt.TextFormat.PlainText)
        asked.setIcon(QMessageBox.Icon.Question)
        asked.setWindowTitle(tr("Open photo"))
        asked.setText(tr("The project of “{photo}” is a link to another folder. Open it?", photo=found.photo.name))
        asked.setInformativeText(
            tr(
                "It leads to {target}. Your changes would be saved there. Open it only if you made this link or trust"
                " who did.",
                target=found.target,
            )
        )
        follow = asked.addButton(tr("&Open"), QMessageBox.ButtonRole.AcceptRole)
        asked.addButton(QMessageBox.StandardButton.Cancel)
        asked.setDefaultButton(QMessageBox.StandardButton.Cancel)
        follow.clicked.connect(lambda: self._opening.follow_link(found))
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        here = self._opening.path
        dialog = file_dialogs.make(self._window, title, str(here.parent if here else Path.home()))
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(lambda chosen: self._opening.open_paths([Path(chosen)]))
        return dialog
