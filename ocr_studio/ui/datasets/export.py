"""Saves the text of the open photo as a file, and exports the checked words of all photos as a dataset."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import FORMATS, Format
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.translation import tr
from ocr_studio.ui.datasets.export_dialog import DatasetDialog
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.widgets import file_dialogs


class ExportController(QObject):
    """Asks for the file or folder, and saves.

    Signals: ``message(str)``: what was saved; ``failed(Trouble)``; ``writing()``: the words are about to be saved.
    """

    writing = Signal()
    message = Signal(str)
    failed = Signal(object)

    def __init__(self, document: Document, opening: Opening, lane: JobThread, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._opening, self._lane, self._window = document, opening, lane, window

    def ask_dataset(self) -> None:
        """Open the dialog for exporting a dataset of the open photo's project."""
        if self._opening.project is None:
            return
        self.writing.emit()
        dialog = DatasetDialog(self._opening.project, self._lane, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask(self, key: str) -> None:
        """Ask where to save the text of the open photo. key: the preselected one of ``FORMATS``."""
        path = self._opening.path
        if self._document.page is None or path is None:
            return
        dialog = file_dialogs.make(self._window, tr("Save text as"), str(path.with_suffix(FORMATS[key].suffix)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_filter(kind) for kind in FORMATS.values()])
        dialog.selectNameFilter(_filter(FORMATS[key]))
        dialog.setDefaultSuffix(FORMATS[key].suffix.lstrip("."))
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_format_of(chosen).suffix.lstrip(".")))
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen), _format_of(dialog.selectedNameFilter())))
        dialog.open()

    def save(self, path: Path, chosen: Format | None = None) -> None:
        """Save the text of the open photo, in the format of the suffix or else the chosen one; never over a photo."""
        self.writing.emit()
        page = self._document.page
        if page is None:
            return
        by_suffix = {kind.suffix: kind for kind in FORMATS.values()}
        kind = by_suffix.get(path.suffix.lower()) or chosen or FORMATS["text"]
        try:
            OutputFile(path, overwrite=True).write(kind.render([page]))
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
        else:
            self.message.emit(tr("Saved as {name}", name=path.name))


def _filter(kind: Format) -> str:
    return f"{tr(kind.title)} (*{kind.suffix})"


def _format_of(chosen: str) -> Format:
    return next((kind for kind in FORMATS.values() if _filter(kind) == chosen), FORMATS["text"])
