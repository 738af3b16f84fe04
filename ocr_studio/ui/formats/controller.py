"""Saves the text of the open photo as a file, and exports many photos at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import FORMATS, VAULT
from ocr_studio.core.formats.export_format import ExportFormat
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.formats.export_photos import list_rows
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.formats.export_dialog import ExportDialog, ExportScope
from ocr_studio.ui.job_thread import Lanes, Trouble
from ocr_studio.ui.widgets import file_dialogs

# Other formats are for programs, which take the photos as well.
_DOCUMENTS: Final = {name: kind for name, kind in FORMATS.items() if kind.is_document and name != VAULT}


class PhotoList(Protocol):
    """The list of photos."""

    def all_rows(self) -> list[PhotoRow]:
        """Return the rows of all photos in the folder."""

    def shown_rows(self) -> list[PhotoRow]:
        """Return the rows of the photos that match the filter."""

    def chosen_rows(self) -> list[PhotoRow]:
        """Return the rows of the selected photos."""


class ExportController(QObject):
    """Asks for the file or the folder, and saves.

    Signals: ``message(str)``: what was saved; ``failed(Trouble)``; ``writing()``: the words are about to be saved.
    """

    writing = Signal()
    message = Signal(str)
    failed = Signal(object)

    def __init__(self, document: Document, opening: Opening, photos: PhotoList, lanes: Lanes, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._opening, self._photos = document, opening, photos
        self._lanes, self._window = lanes, window

    @property
    def several(self) -> bool:
        """Whether several photos are selected in the list, so that saving concerns all of them."""
        return len(self._photos.chosen_rows()) > 1

    def ask(self, key: str) -> None:
        """Ask where to save the text of the open photo, or of the selected photos if there are several.

        Args:
            key: The format offered first, a key of ``FORMATS``.
        """
        path = self._opening.path
        if self.several:
            self.ask_photos(ExportScope.CHOSEN, key)
            return
        if self._document.page is None or path is None:
            return
        dialog = file_dialogs.make(self._window, tr("Save text as"), str(path.with_suffix(FORMATS[key].suffix)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([_filter(kind) for kind in _DOCUMENTS.values()])
        dialog.selectNameFilter(_filter(FORMATS[key]))
        dialog.setDefaultSuffix(FORMATS[key].suffix.lstrip("."))
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_format_of(chosen).suffix.lstrip(".")))
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen), _format_of(dialog.selectedNameFilter())))
        dialog.open()

    def ask_photos(self, scope: ExportScope | None = None, kind: str = "") -> None:
        """Open the dialog that exports many photos.

        Args:
            scope: Which photos it offers first; by default the selected ones if there are several, else those that
                match the filter, else all.
            kind: The format that it offers first; by default the last one.
        """
        project = self._opening.project
        if project is None:
            return
        self.writing.emit()
        rows, shown, chosen = self._photos.all_rows(), self._photos.shown_rows(), self._photos.chosen_rows()
        choices = {ExportScope.ALL: list_rows(rows)}
        if len(shown) < len(rows):
            choices[ExportScope.SHOWN] = list_rows(shown)
        if chosen:
            choices[ExportScope.CHOSEN] = list_rows(chosen)
        if scope not in choices:
            narrower = ExportScope.CHOSEN if len(chosen) > 1 else ExportScope.SHOWN
            scope = narrower if narrower in choices else ExportScope.ALL
        languages = tuple(self._opening.settings.languages)
        dialog = ExportDialog(project, choices, self._lanes, self._window, languages=languages)
        dialog.offer(scope, kind)
        dialog.photo_chosen.connect(lambda path: self._opening.open_paths([path]))
        dialog.message.connect(self.message)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path, chosen: ExportFormat | None = None) -> None:
        """Save the text of the open photo, in the format of the suffix or else the chosen one; never over a photo."""
        self.writing.emit()
        page, photo = self._document.page, self._opening.path
        if page is None or photo is None:
            return
        by_suffix = {kind.suffix: kind for kind in _DOCUMENTS.values()}
        kind = by_suffix.get(path.suffix.lower()) or chosen or FORMATS["text"]
        photos = PhotoSource(lambda _: photo, path.parent)
        if kind.embeds_photo:
            self._save_later(lambda: OutputFile(path, overwrite=True).write(kind.render([page], photos)), path)
            return
        try:
            OutputFile(path, overwrite=True).write(kind.render([page], photos))
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
        else:
            self._tell_saved(path)

    def _save_later(self, write: Callable[[], None], path: Path) -> None:
        """Save in the background; a photo of a file may take seconds to be packed."""

        def work() -> Iterator[None]:
            write()
            yield None

        job = self._lanes.files.submit(work, name=later("Saving a file"))
        job.done.connect(lambda: self._tell_saved(path))
        job.failed.connect(self.failed)

    def _tell_saved(self, path: Path) -> None:
        self.message.emit(tr("Saved as {name}", name=path.name))


def _filter(kind: ExportFormat) -> str:
    return f"{tr(kind.title)} (*{kind.suffix})"


def _format_of(chosen: str) -> ExportFormat:
    return next((kind for kind in _DOCUMENTS.values() if _filter(kind) == chosen), FORMATS["text"])
