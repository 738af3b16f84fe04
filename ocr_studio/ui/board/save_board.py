"""Saves the cleaned board as an image file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.photos import clean_board
from ocr_studio.jobs.photos.clean_board import PictureWritten
from ocr_studio.ui.board.board_view import BoardLooking
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.widgets import file_dialogs


class BoardSaving(QObject):
    """Asks for a file and saves the board view in full resolution; the photo itself does not change.

    Signals:
        message(str): the file was saved.
        failed(Trouble): saving failed.
    """

    message = Signal(str)
    failed = Signal(object)

    def __init__(
        self, document: Document, opening: Opening, looking: BoardLooking, lane: JobThread, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document, self._opening, self._looking = document, opening, looking
        self._lane, self._window = lane, window

    def ask(self) -> None:
        """Ask for the file name, whose extension chooses PNG or JPEG."""
        path = self._opening.path
        if self._document.image is None or path is None:
            return
        start = path.with_name(f"{tr('{photo} cleaned', photo=path.stem)}.png")
        dialog = file_dialogs.make(self._window, tr("Save cleaned image"), str(start))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("PNG image (*.png)"), tr("JPEG image (*.jpg *.jpeg)")])
        dialog.setDefaultSuffix("png")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("jpg" if "*.jpg" in chosen else "png"))
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Save the cleaned board of the open photo; never overwrites a photo."""
        image, look = self._document.image, self._looking.look
        if image is None:
            return
        job = self._lane.submit(lambda: clean_board.save(image, look, path), name=later("Saving the cleaned image"))
        job.yielded.connect(self._on_event)
        job.failed.connect(self.failed)

    def _on_event(self, event: object) -> None:
        if isinstance(event, PictureWritten):
            self.message.emit(tr("Saved as {name}", name=event.path.name))
