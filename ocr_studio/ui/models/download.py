"""Shows the download dialog, downloads published files, and imports them as models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ocr_studio.core.models import downloads
from ocr_studio.core.models.registry import Model
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.models import download, import_export
from ocr_studio.jobs.models.download import Downloaded, Here
from ocr_studio.ui.job_thread import Job, JobThread, Trouble
from ocr_studio.ui.models.download_dialog import DownloadDialog
from ocr_studio.ui.widgets import file_dialogs


class DownloadController(QObject):
    """Shows the download dialog, and downloads and imports files.

    Signals: ``imported(Model)``: a model was imported, and the dialog is closed.
    """

    imported = Signal(object)

    def __init__(self, lane: JobThread, reading: JobThread, parent: QObject) -> None:
        """Show nothing yet; ``lane`` downloads, which can take minutes, and ``reading`` imports."""
        super().__init__(parent)
        self._lane, self._reading = lane, reading
        self._dialog: DownloadDialog | None = None
        self._job: Job | None = None

    def show(self, over: QWidget) -> None:
        """Open the download dialog. over: its parent."""
        dialog = self._dialog = DownloadDialog(downloads.USABLE, over)
        dialog.fetch_wanted.connect(self._fetch)
        dialog.cancel_wanted.connect(self._stop)
        dialog.file_wanted.connect(self._choose_files)
        dialog.finished.connect(self._forget)
        dialog.finished.connect(dialog.deleteLater)
        self._find_downloaded()
        dialog.open()

    def _find_downloaded(self) -> None:
        """Check which files have been downloaded; reading them takes a moment."""
        self._lane.submit(download.look, name=later("Looking for downloaded models")).yielded.connect(self._on_event)

    def _fetch(self, name: str) -> None:
        wanted = next(file for file in downloads.USABLE if file.name == name)
        if self._dialog is not None:
            self._dialog.show_coming(wanted, 0, None)
        self._run(self._lane, lambda: download.fetch(wanted), later("Downloading a model"))

    def take_in(self, file: Path) -> None:
        """Import a weights file as a model; the dialog shows the outcome."""
        if self._dialog is not None:
            self._dialog.show_looking(file.name)
        self._run(self._reading, lambda: import_export.import_model(file), later("Importing a model"))

    def _run(self, lane: JobThread, make: Callable[[], Iterator[object]], name: str) -> None:
        job = self._job = lane.submit(make, name=name)
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)

    def _on_event(self, event: object) -> None:
        if self._dialog is None:
            return
        if isinstance(event, Here):
            self._dialog.show_here(event)
        elif isinstance(event, download.DownloadProgress):
            self._dialog.show_coming(event.file, event.done, event.total)
        elif isinstance(event, Downloaded):
            self.take_in(event.path)
        elif isinstance(event, import_export.ModelImported):
            self._end(event.model)

    def _end(self, model: Model) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self.imported.emit(model)

    def _fail(self, trouble: Trouble) -> None:
        if self._dialog is not None:
            self._dialog.show_ended()
            self._dialog.say(trouble.message, wrong=True)
            self._find_downloaded()

    def _stop(self) -> None:
        """Stop the download."""
        if self._job is not None:
            self._job.cancel()
        if self._dialog is not None:
            self._dialog.show_ended()
            self._dialog.say(tr("Download stopped. You can resume it later."))
            self._find_downloaded()

    def _forget(self) -> None:
        self._dialog = None
        if self._job is not None:
            self._job.cancel()

    def _choose_files(self) -> None:
        if self._dialog is None:
            return
        asked = file_dialogs.make(self._dialog, tr("Choose a weights file"), str(Path.home()))
        asked.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = " *".join(downloads.WEIGHT_SUFFIXES)
        asked.setNameFilters([tr("keras-ocr weights (*{suffix})", suffix=kinds), tr("All files (*)")])
        asked.fileSelected.connect(lambda chosen: self.take_in(Path(chosen)))
        asked.open()
