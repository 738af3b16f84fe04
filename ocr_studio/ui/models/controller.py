"""Shows the models dialog and carries out its commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QMessageBox, QWidget

from ocr_studio.core.errors import StudioError
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.registry import Model
from ocr_studio.core.settings import Settings
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.models import import_export
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job
from ocr_studio.ui.models.models_dialog import ModelsDialog
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets import file_dialogs

_WIDE = 420  # pixels; most names fit


class ModelsController(QObject):
    """Shows the models dialog; uses, compares, renames, deletes, imports and exports models.

    Signals: ``comparison_wanted(str)``: compare this recognizer on the open photo; ``finding_comparison_wanted(str,
    QWidget)``: compare this detector, in a dialog over this widget; ``fetch_wanted(QWidget)``: show the download dialog
    over this widget.
    """

    comparison_wanted = Signal(str)
    finding_comparison_wanted = Signal(str, object)
    fetch_wanted = Signal(object)

    def __init__(
        self,
        document: Document,
        reading: ReadingController,
        current: Callable[[], Settings],
        choose: Callable[[Settings], object],
        window: QWidget,
    ) -> None:
        """Show nothing yet; the thread of ``reading`` imports and exports, and ``choose`` applies changed settings."""
        super().__init__(window)
        self._document, self._reading = document, reading
        self._current, self._choose, self._window = current, choose, window
        self._dialog: ModelsDialog | None = None
        self._job: Job | None = None

    def show(self) -> None:
        """Open the models dialog."""
        dialog = self._dialog = ModelsDialog(self._window)
        dialog.use_wanted.connect(self._use)
        dialog.stop_wanted.connect(self._stop_using)
        dialog.compare_wanted.connect(self._compare)
        dialog.rename_wanted.connect(self._rename)
        dialog.export_wanted.connect(self._choose_export_file)
        dialog.delete_wanted.connect(self._confirm_delete)
        dialog.import_wanted.connect(self._choose_import_file)
        dialog.fetch_wanted.connect(lambda: self.fetch_wanted.emit(dialog))
        dialog.finished.connect(self._forget)
        dialog.finished.connect(dialog.deleteLater)
        self._choose(self._current())  # the command line may have chosen other models meanwhile
        self._refresh()
        dialog.open()

    def use(self, name: str) -> None:
        """Use this model from now on.

        Raises:
            NoSuchModel: There is no model with this name.
            BadModel: The model is damaged.
        """
        self._choose(self._current().using(registry.find(name)))

    def stop_using(self, name: str) -> None:
        """Stop using a model for photos of certain writers: these are read like all others."""
        now = self._current()
        self._choose(replace(now, writer_profiles=tuple(each for each in now.writer_profiles if each[1] != name)))

    def delete(self, name: str) -> None:
        """Delete a model permanently. Raises StudioError."""
        training_runs.check_model_unused(name)
        now = self._current()
        registry.delete(name, in_use=now.general_models(), writers=now.writers_of(name))

    def rename(self, name: str, new: str) -> None:
        """Rename a model; if it is in use, it stays in use. Raises StudioError."""
        training_runs.check_model_unused(name)
        registry.rename(name, new.strip())
        self._choose(self._current().with_renamed(name, new.strip()))

    # ------------------------------------------------------------------------------------------------- the dialog

    def _refresh(self, *, choose: str = "") -> None:
        if self._dialog is None:
            return
        known, damaged = registry.overview()
        self._dialog.show_models(
            [*known, *damaged],
            histories={model.name: registry.ancestry(model, known) for model in known},
            options=self._current(),
            comparable=self._document.page is not None,
            choose=choose,
        )

    def _forget(self) -> None:
        self._dialog = None
        if self._job is not None:
            self._job.cancel()

    def _try(self, do: Callable[[], None], *, done: str, choose: str = "") -> None:
        """Run a quick command, and show that it succeeded or why it failed."""
        try:
            do()
        except StudioError as error:
            self._refresh()
            self._show_status(str(error), wrong=True)
        else:
            self._refresh(choose=choose)
            self._show_status(done)

    def _show_status(self, text: str, *, wrong: bool = False) -> None:
        if self._dialog is not None:
            self._dialog.say(text, wrong=wrong)

    def _use(self, name: str) -> None:
        chosen = self._dialog.chosen if self._dialog else None
        done = tr("“{model}” is now in use.", model=name)
        if isinstance(chosen, Model) and chosen.writer:
            done = tr("Photos by {writer} are now read with “{model}”.", writer=chosen.writer, model=name)
        self._try(lambda: self.use(name), done=done, choose=name)

    def _stop_using(self, name: str) -> None:
        writers = ", ".join(self._current().writers_of(name))
        done = tr("Photos by {writer} are read like all others again.", writer=writers)
        self._try(lambda: self.stop_using(name), done=done, choose=name)

    def _compare(self, name: str) -> None:
        entry, dialog = self._dialog.chosen if self._dialog else None, self._dialog
        if dialog is not None and isinstance(entry, Model):
            if entry.kind == "recognizer":
                # Differences are shown in a panel beside the photo.
                dialog.accept()
                self.comparison_wanted.emit(name)
            else:
                self.finding_comparison_wanted.emit(name, dialog)

    def _rename(self, name: str) -> None:
        asked = QInputDialog(self._dialog)
        asked.setWindowTitle(tr("Rename model"))
        asked.setLabelText(tr("New name for “{model}”:", model=labels.label(name)))
        asked.setTextValue(name)
        for each in asked.findChildren(QLabel):  # by default, Qt guesses whether a text is markup
            each.setTextFormat(Qt.TextFormat.PlainText)
        asked.resize(_WIDE, asked.sizeHint().height())
        asked.textValueSelected.connect(
            lambda new: self._try(
                lambda: self.rename(name, new),
                done=tr("Renamed “{model}” to “{new}”.", model=name, new=new.strip()),
                choose=new.strip(),
            )
        )
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def _confirm_delete(self, name: str) -> None:
        asked = QMessageBox(self._dialog)
        asked.setTextFormat(Qt.TextFormat.PlainText)
        asked.setIcon(QMessageBox.Icon.Question)
        asked.setWindowTitle(tr("Delete model"))
        asked.setText(tr("Delete the model “{model}”?", model=name))
        asked.setInformativeText(tr("You can’t undo this. To keep a copy, export the model first."))
        delete = asked.addButton(tr("&Delete"), QMessageBox.ButtonRole.DestructiveRole)
        asked.addButton(QMessageBox.StandardButton.Cancel)
        asked.setDefaultButton(QMessageBox.StandardButton.Cancel)
        done = tr("Deleted “{model}”.", model=name)
        delete.clicked.connect(lambda: self._try(lambda: self.delete(name), done=done))
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def _choose_export_file(self, name: str) -> None:
        dialog = file_dialogs.make(self._dialog or self._window, tr("Export model"), str(Path.home() / f"{name}.zip"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tr("Models (*{suffix})", suffix=model_archive.SUFFIX))
        dialog.setDefaultSuffix(model_archive.SUFFIX.lstrip("."))
        dialog.fileSelected.connect(lambda chosen: self.export(name, Path(chosen)))
        dialog.open()

    def _choose_import_file(self) -> None:
        dialog = file_dialogs.make(self._dialog or self._window, tr("Import model"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = " *".join((model_archive.SUFFIX, *downloads.WEIGHT_SUFFIXES))
        dialog.setNameFilters([tr("Models (*{suffix})", suffix=kinds), tr("All files (*)")])
        dialog.fileSelected.connect(lambda chosen: self.take_in(Path(chosen)))
        dialog.open()

    # ----------------------------------------------------------------------------------------------------- files

    def export(self, name: str, file: Path) -> None:
        """Export a model to a file, which may exist; the dialog shows the outcome."""
        try:
            model = registry.find(name)
        except StudioError as error:
            self._show_status(str(error), wrong=True)
            return
        saying = tr("Exporting “{model}”…", model=name)
        self._run(lambda: import_export.export_model(model, file, overwrite=True), saying, later("Exporting a model"))

    def take_in(self, file: Path) -> None:
        """Import a model from a file in the background; the dialog shows the outcome."""
        saying = tr("Importing {file}…", file=file.name)
        self._run(lambda: import_export.import_model(file), saying, later("Importing a model"))

    def _run(self, make: Callable[[], Iterator[object]], saying: str, name: str) -> None:
        if self._job is not None:
            self._job.cancel()
        job = self._job = self._reading.lane.submit(make, name=name)
        job.yielded.connect(self._on_event)
        job.failed.connect(lambda trouble: self._show_status(trouble.message, wrong=True))
        self._show_status(saying)

    def _on_event(self, event: object) -> None:
        if isinstance(event, import_export.ModelExported):
            self._show_status(tr("Exported “{model}” to {file}.", model=event.model.name, file=event.file.name))
        elif isinstance(event, import_export.ModelImported):
            self.show_new(event.model)

    def show_new(self, model: Model) -> None:
        """Show a newly imported model."""
        self._refresh(choose=model.name)
        self._show_status(tr("Imported “{model}”. You can now compare or use it.", model=model.name))
