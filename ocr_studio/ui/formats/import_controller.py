"""Opens the dialog that imports words from files of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core.page import Page
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.jobs.formats.export_photos import list_rows
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.formats.import_dialog import ImportDialog
from ocr_studio.ui.job_thread import Lanes


class PhotoList(Protocol):
    """The list of photos."""

    def all_rows(self) -> list[PhotoRow]:
        """Return the rows of all photos in the folder."""

    def set_page(self, path: Path, page: Page) -> None:
        """Update the row of this photo from its page."""


class ImportController(QObject):
    """Opens the dialog for the open folder of photos.

    Signals: ``message(str)``: what was imported until it was stopped; ``writing()``: words are about to be imported.
    """

    writing = Signal()
    message = Signal(str)

    def __init__(self, document: Document, photos: PhotoList, lanes: Lanes, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._photos, self._lanes, self._window = document, photos, lanes, window

    @property
    def available(self) -> bool:
        """Whether a folder of photos is open whose pages may be changed."""
        return self._document.history.pages is not None and self._document.writable

    def ask(self, sources: Sequence[Path] = ()) -> None:
        """Open the dialog. sources: the files and folders that it offers."""
        pages = self._document.history.pages
        if pages is None or not self.available:
            return
        self.writing.emit()
        dialog = ImportDialog(self._document, pages, list_rows(self._photos.all_rows()), self._lanes, self._window)
        dialog.page_added.connect(lambda page: self._photos.set_page(pages.project.photo(page), page))
        dialog.message.connect(self.message)
        dialog.finished.connect(dialog.deleteLater)
        dialog.offer(sources)
        dialog.open()
