"""The dialog that exports many photos: which ones, in which format, where to; then the progress and a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QWidget

from ocr_studio.core.formats import CLEANED, FORMATS, export_preset
from ocr_studio.core.formats.content import describe_losses
from ocr_studio.core.formats.export_format import FileScope
from ocr_studio.core.formats.export_preset import ExportPreset
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import folder_trouble
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.formats import export_photos, planned_files
from ocr_studio.jobs.formats.export_photos import (
    ContentLost,
    ExportEvent,
    ExportProgress,
    ListedPhoto,
    PhotoSkipped,
    PhotoWritten,
)
from ocr_studio.ui.document import file_browser
from ocr_studio.ui.formats import format_list
from ocr_studio.ui.formats.form_dialog import FormDialog
from ocr_studio.ui.job_thread import Job, Lanes, Priority, Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.file_dialogs import PathRow
from ocr_studio.ui.widgets.form_fields import ComboBox, Form
from ocr_studio.ui.widgets.tables import PhotoReasons

_ABOUT = later(
    "Saves the texts of the photos with all your corrections, in reading order. Photos and corrections aren’t changed."
)
# Pixels: width of the dialog.
_WIDE = 620


class ExportScope(StrEnum):
    """Which photos are exported: all in the folder, those that match the filter, or those selected in the list."""

    ALL = "all"
    SHOWN = "shown"
    CHOSEN = "chosen"


# The photos of each scope; all of them are always there.
Choices: TypeAlias = Mapping[ExportScope, Sequence[ListedPhoto]]


class ExportDialog(FormDialog):
    """Exports photos of a project. Closing it stops a running export; files that were written stay.

    Signals:
        photo_chosen(Path): open this photo, which was skipped.
        message(str): how far an export came that was stopped by closing the dialog.
    """

    photo_chosen = Signal(object)
    message = Signal(str)

    def __init__(
        self,
        project: Project,
        choices: Choices,
        lanes: Lanes,
        parent: QWidget | None = None,
        *,
        languages: tuple[str, ...] = (),
    ) -> None:
        """Make the dialog.

        Args:
            project: The project of the photos.
            choices: The photos that can be chosen.
            lanes: The threads of the window.
            parent: The window.
            languages: Languages of the photos.
        """
        super().__init__(tr("Export photos"), PhotoReasons(tr("Skipped photos")), parent)
        self._project, self._choices, self._lanes, self._languages = project, choices, lanes, languages
        self._job: Job | None = None
        self._total = 0
        self._wishes_one = False  # one file, where the format leaves the choice
        self._written: list[PhotoWritten] = []
        self._lost = ""
        self._skipped: list[tuple[Path, str]] = []
        self._make_form()
        self.skipped.chosen.connect(self._open_photo)
        self.show_folder = self._add_button(tr("Show &folder"), QDialogButtonBox.ButtonRole.ActionRole)
        self.show_folder.clicked.connect(self._show_folder)
        self.export = self._add_button(tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole, default=True)
        self.export.clicked.connect(self._start)
        self.finished.connect(self._stop)
        self._place()
        self._follow_form()

    def offer(self, scope: ExportScope, kind: str = "") -> None:
        """Choose what to export first: the last choice, but for these photos and, unless empty, this format."""
        preset = export_preset.load()
        self.files.setEnabled(False)  # so that its choice is not taken for the user's
        self._wishes_one = preset.one_file
        self.scope.setCurrentIndex(self.scope.findData(str(scope)))
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind or preset.kind)))
        self._follow_form()
        self.folder.line.setText(str(preset.folder_for(self._project.photos)))

    @property
    def busy(self) -> bool:
        """Whether an export is running."""
        return self._job is not None

    # ------------------------------------------------------------------------------------------------------------ form

    def _make_form(self) -> None:
        self.scope = ComboBox(
            [(str(scope), _name(scope, len(photos))) for scope, photos in self._choices.items()], "", tr("Photos")
        )
        self.kind = format_list.make_box()
        self.readers, self.written = ElidedLabel(), ElidedLabel()
        for label in (self.readers, self.written):
            label.setProperty("quiet", True)
        self.files = ComboBox(
            [("each", tr("One for each photo or document")), ("one", tr("One for all photos"))], "", tr("Files")
        )
        self.folder = PathRow(tr("Folder"), placeholder="")
        self.replace = QCheckBox(tr("&Replace files that OCR Studio didn’t write"))
        self.replace.setToolTip(tr("Files that you have edited or put there are replaced, too; photos never are."))
        for box in (self.scope, self.kind, self.files):
            box.currentIndexChanged.connect(self._follow_form)
        self.folder.changed.connect(self._follow_form)

    def _place(self) -> None:
        self._form = QWidget()
        form = Form(self._form)
        form.add(tr("&Photos"), self.scope)
        form.add(tr("For&mat"), self.kind)
        form.addRow("", self.readers)
        form.add(tr("F&iles"), self.files)
        form.addRow("", self.written)
        form.add(tr("F&older"), self.folder)
        form.addRow("", self.replace)
        self._lay_out(tr(_ABOUT), self._form, wide=_WIDE)
        self._hide_results()

    def _hide_results(self) -> None:
        for widget in (self.status, self.skipped, self.show_folder):
            widget.hide()

    def _follow_form(self) -> None:
        kind = self.kind.currentData()
        scope = planned_files.get_scope(kind)
        if self.files.isEnabled():
            self._wishes_one = self.files.currentData() == "one"
        self.files.setEnabled(scope is FileScope.ANY and len(self._chosen) > 1)
        self.files.blockSignals(True)  # what follows is not the user's choice
        one = scope is FileScope.ALL or (scope is FileScope.ANY and self._wishes_one)
        self.files.setCurrentIndex(self.files.findData("one" if one else "each"))
        self.files.blockSignals(False)
        self.export.setEnabled(self.busy or (self.folder.path is not None and bool(self._chosen)))
        self.readers.setText(format_list.describe_readers(kind))
        self.written.setText(self._describe_files() if self._chosen else "")

    def _describe_files(self) -> str:
        """Say which files are written, for at least one photo."""
        kind, one = self.kind.currentData(), self.files.currentData() == "one"
        chosen = {photo.image for photo in self._chosen}
        photos = self._choices[ExportScope.ALL]
        plan = planned_files.plan_files(self._project, photos, kind, chosen=chosen, one_file=one)
        first = next((file for file in plan if file.source), plan[0])
        name, count = labels.file_name(first.name), len(self._chosen)
        if count == 1:
            return tr("Writes {file}", file=name)
        if len(plan) == 1 and first.source:
            return tr_n(
                "Writes one file with {count} page: {file}",
                "Writes one file with {count} pages: {file}",
                count,
                file=name,
            )
        if len(plan) == 1:
            return tr("Writes one file for all photos: {file}", file=name)
        if first.source:
            return tr("Writes a file for each photo or document, for example {file}", file=name)
        if planned_files.goes_together(kind, one_file=one):
            return tr_n("Writes {count} file: {file} …", "Writes {count} files: {file} …", len(plan), file=name)
        return tr("Writes a file for each photo, for example {file}", file=name)

    @property
    def _chosen(self) -> Sequence[ListedPhoto]:
        return self._choices[ExportScope(self.scope.currentData())]

    # ------------------------------------------------------------------------------------------------------------- job

    def _start(self) -> None:
        folder = self.folder.path
        if self.busy:
            self._stop()
            return
        if folder is None:
            return
        if trouble := folder_trouble(str(folder)):
            self._fail(Trouble(trouble))
            return
        folder = self._project.photos / folder.expanduser()
        project, photos, kind = self._project, self._choices[ExportScope.ALL], self.kind.currentData()
        chosen = frozenset(photo.image for photo in self._chosen)
        one_file, replaces = self.files.isEnabled() and self.files.currentData() == "one", self.replace.isChecked()
        options = export_photos.PhotoExportOptions(kind, one_file, self._languages)
        self._total, self._out = len(chosen), folder
        self._written.clear()
        self._lost = ""
        self._skipped.clear()
        # A cleaned board takes seconds, which a click on a photo must not wait for.
        lane = self._lanes.slow if kind == CLEANED else self._lanes.files
        job = self._job = lane.submit(
            lambda: export_photos.export_photos(
                project, photos, OutputFolder(folder, overwrite=replaces), options, chosen=chosen
            ),
            name=later("Exporting photos"),
            priority=Priority.LOW,
        )
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.done.connect(lambda: self._report(tr("Nothing was exported.")))
        job.ended.connect(self._end)
        export_preset.save(ExportPreset(kind, self._wishes_one, project.photos, folder))
        self._hide_results()
        self._show_progress(0, 0, tr("Collecting the photos…"))
        self._form.setEnabled(False)
        self.export.setText(tr("&Stop"))

    def _on_event(self, event: ExportEvent) -> None:
        match event:
            case ExportProgress(done, total, image):
                photo = labels.file_name(image)
                doing = tr("Photo {number} of {total}: {photo}", number=done + 1, total=total, photo=photo)
                self._show_progress(done, total, doing)
            case PhotoWritten():
                self._written.append(event)
            case ContentLost(counts):
                self._lost = describe_losses(FORMATS[self.kind.currentData()].title, counts)
            case PhotoSkipped(image, error):
                self._skipped.append((self._project.photos / image, str(error)))

    def _fail(self, trouble: Trouble) -> None:
        self._say(trouble.message, wrong=True)
        self.folder.line.setAccessibleDescription(trouble.message)

    def _report(self, nothing: str) -> None:
        """Show what was written and what was not; ``nothing`` if that is true of all."""
        self._say(self._headline() if self._written else nothing, wrong=not self._written)
        self.show_folder.setVisible(bool(self._written))
        self.skipped.show_reasons(tuple(self._skipped))
        self.skipped.setVisible(bool(self._skipped))
        self._grow()

    def _headline(self) -> str:
        names = {event.file for event in self._written}
        where = self._out / names.pop() if len(names) == 1 else self._out
        done = tr_n(
            "{done} of {count} photo exported to {where}",
            "{done} of {count} photos exported to {where}",
            self._total,
            done=len(self._written),
            where=where,
        )
        done = f"{done}. {self._lost}" if self._lost else done
        if not self._skipped:
            return done
        skipped = tr_n(
            "{count} photo was skipped. Click it to open it.",
            "{count} photos were skipped. Click a photo to open it.",
            len(self._skipped),
        )
        return f"{done}. {skipped}"

    def _end(self) -> None:
        self._job = None
        self._hide_progress()
        self._form.setEnabled(True)
        self.export.setText(tr("&Export"))
        self._follow_form()

    def _stop(self) -> None:
        job = self._job
        if job is None:
            return
        job.cancel()
        self._report(tr("Stopped. Nothing was exported."))
        if self._written:
            self._say(tr("Stopped. {report}", report=self._headline()))
        if not self.isVisible():
            self.message.emit(self.status.text().replace("\u200b", ""))

    def _open_photo(self, path: Path) -> None:
        self.accept()
        self.photo_chosen.emit(path)

    def _show_folder(self) -> None:
        if self._out is not None:
            file_browser.open_folder(self._out, self)


def _name(scope: ExportScope, count: int) -> str:
    match scope:
        case ExportScope.ALL:
            return tr("All photos in this folder ({count})", count=count)
        case ExportScope.SHOWN:
            return tr("Photos that match the filter ({count})", count=count)
        case ExportScope.CHOSEN:
            return tr("Selected photos ({count})", count=count)
