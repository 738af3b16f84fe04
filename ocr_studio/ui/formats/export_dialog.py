"""The dialog that exports many photos: which ones, in which format, where to; then the progress and a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.formats import CLEANED, FORMATS, export_preset
from ocr_studio.core.formats.content import describe_losses
from ocr_studio.core.formats.export_format import FileScope
from ocr_studio.core.formats.export_preset import ExportPreset
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import folder_trouble
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.formats import export_photos
from ocr_studio.jobs.formats.export_photos import (
    ContentLost,
    ExportEvent,
    ExportProgress,
    ListedPhoto,
    PhotoSkipped,
    PhotoWritten,
)
from ocr_studio.ui.document import file_browser
from ocr_studio.ui.job_thread import Job, Lanes, Priority, Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.elided_label import ElidedLabel, StatusLabel
from ocr_studio.ui.widgets.file_dialogs import PathRow
from ocr_studio.ui.widgets.form_fields import ComboBox, Form
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import PhotoReasons

_ABOUT = later(
    "Saves the texts of the photos with all your corrections, in reading order. Photos and corrections aren’t changed."
)
# Pixels: width of the dialog, and least height of the list of skipped photos.
_WIDE, _LIST_LEAST = 620, 84


class ExportScope(StrEnum):
    """Which photos are exported: all in the folder, those that match the filter, or those selected in the list."""

    ALL = "all"
    SHOWN = "shown"
    CHOSEN = "chosen"


# The photos of each scope; all of them are always there.
Choices: TypeAlias = Mapping[ExportScope, Sequence[ListedPhoto]]


class ExportDialog(QDialog):
    """Exports photos of a project. Closing it stops a running export; files that were written stay.

    Signals:
        photo_chosen(Path): open this photo, which was skipped.
        message(str): how far an export came that was stopped by closing the dialog.
    """

    photo_chosen = Signal(object)
    message = Signal(str)

    def __init__(self, project: Project, choices: Choices, lanes: Lanes, parent: QWidget | None = None) -> None:
        """Make the dialog.

        Args:
            project: The project of the photos.
            choices: The photos that can be chosen.
            lanes: The threads of the window.
            parent: The window.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Export photos"))
        self._project, self._choices, self._lanes = project, choices, lanes
        self._job: Job | None = None
        self._total = 0
        self._written: list[PhotoWritten] = []
        self._lost = ""
        self._skipped: list[tuple[Path, str]] = []
        self._make_form()
        self.doing = ElidedLabel()
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName(tr("Progress"))
        self.status = StatusLabel()
        self.skipped = PhotoReasons(tr("Skipped photos"))
        self.skipped.setMinimumHeight(_LIST_LEAST)
        self.skipped.chosen.connect(self._open_photo)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.show_folder = self.buttons.addButton(tr("Show &folder"), QDialogButtonBox.ButtonRole.ActionRole)
        self.show_folder.clicked.connect(self._show_folder)
        self.export = self.buttons.addButton(tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.clicked.connect(self._start)
        for button in self.buttons.buttons():
            button.setProperty("autoDefault", False)
        self.export.setDefault(True)
        self.finished.connect(self._stop)
        self._place()
        self._follow_form()

    def offer(self, scope: ExportScope, kind: str = "") -> None:
        """Choose what to export first: the last choice, but for these photos and, unless empty, this format."""
        preset = export_preset.load()
        self.scope.setCurrentIndex(self.scope.findData(str(scope)))
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind or preset.kind)))
        self.files.setCurrentIndex(self.files.findData("one" if preset.one_file else "each"))
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
        kinds = [(kind.name, tr(kind.title)) for kind in FORMATS.values()]
        self.kind = ComboBox([*kinds, (CLEANED, tr("Images of the cleaned boards (PNG)"))], "", tr("Format"))
        self.files = ComboBox([("each", tr("One for each photo")), ("one", tr("One for all photos"))], "", tr("Files"))
        self.folder = PathRow(tr("Folder"), placeholder="")
        self.replace = QCheckBox(tr("&Replace files that OCR Studio didn’t write"))
        self.replace.setToolTip(tr("Files that you have edited or put there are replaced, too; photos never are."))
        for box in (self.scope, self.kind):
            box.currentIndexChanged.connect(self._follow_form)
        self.folder.changed.connect(self._follow_form)

    def _place(self) -> None:
        about = PlainLabel(tr(_ABOUT))
        about.setWordWrap(True)
        about.setProperty("quiet", True)
        self._form = QWidget()
        form = Form(self._form)
        form.add(tr("&Photos"), self.scope)
        form.add(tr("For&mat"), self.kind)
        form.add(tr("F&iles"), self.files)
        form.add(tr("F&older"), self.folder)
        form.addRow("", self.replace)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(16)
        for widget in (self._scrolled(about, self._form), self.doing, self.progress, self.status):
            layout.addWidget(widget)
        layout.addWidget(self.skipped, 1)
        layout.addStretch(0)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(_WIDE)
        self._hide_results()
        self.doing.hide()
        self.progress.hide()

    def _scrolled(self, *parts: QWidget) -> QScrollArea:
        """The form, of which only a part is seen where the screen has no room for the report below it."""
        inside, area = QWidget(), QScrollArea()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in parts:
            column.addWidget(part)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def _grow(self) -> None:
        """Make room for the report, as far as the screen has it."""
        room = self.screen().availableGeometry()
        self.resize(self.width(), min(round(room.height() * 0.94), self.sizeHint().height()))
        below = self.frameGeometry().bottom() - room.bottom()
        if below > 0:
            self.move(self.x(), max(room.top(), self.y() - below))

    def _hide_results(self) -> None:
        for widget in (self.status, self.skipped, self.show_folder):
            widget.hide()

    def _follow_form(self) -> None:
        self.files.setEnabled(_scope(self.kind.currentData()) is FileScope.ANY and len(self._chosen) > 1)
        self.export.setEnabled(self.busy or (self.folder.path is not None and bool(self._chosen)))

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
        self._total, self._out = len(chosen), folder
        self._written.clear()
        self._lost = ""
        self._skipped.clear()
        # A cleaned board takes seconds, which a click on a photo must not wait for.
        lane = self._lanes.slow if kind == CLEANED else self._lanes.files
        job = self._job = lane.submit(
            lambda: export_photos.export_photos(
                project, photos, OutputFolder(folder, overwrite=replaces), kind, chosen=chosen, one_file=one_file
            ),
            name=later("Exporting photos"),
            priority=Priority.LOW,
        )
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.done.connect(lambda: self._report(tr("Nothing was exported.")))
        job.ended.connect(self._end)
        kept = self.files.currentData() == "one"
        export_preset.save(ExportPreset(kind, kept, project.photos, folder))
        self._hide_results()
        self.progress.setRange(0, 0)
        for widget in (self.doing, self.progress):
            widget.show()
        self.doing.setText(tr("Collecting the photos…"))
        self._form.setEnabled(False)
        self.export.setText(tr("&Stop"))

    def _on_event(self, event: ExportEvent) -> None:
        match event:
            case ExportProgress(done, total, image):
                self.progress.setRange(0, total)
                self.progress.setValue(done)
                photo = labels.file_name(image)
                self.doing.setText(tr("Photo {number} of {total}: {photo}", number=done + 1, total=total, photo=photo))
            case PhotoWritten():
                self._written.append(event)
            case ContentLost(counts):
                self._lost = describe_losses(FORMATS[self.kind.currentData()].title, counts)
            case PhotoSkipped(image, error):
                self._skipped.append((self._project.photos / image, str(error)))

    def _fail(self, trouble: Trouble) -> None:
        self.status.say(labels.foldable(trouble.message), wrong=True)
        self.folder.line.setAccessibleDescription(trouble.message)
        self.status.show()

    def _report(self, nothing: str) -> None:
        """Show what was written and what was not; ``nothing`` if that is true of all."""
        self.status.say(labels.foldable(self._headline() if self._written else nothing), wrong=not self._written)
        self.status.show()
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
        for widget in (self.doing, self.progress):
            widget.hide()
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
            self.status.say(labels.foldable(tr("Stopped. {report}", report=self._headline())))
        if not self.isVisible():
            self.message.emit(self.status.text().replace("\u200b", ""))

    def _open_photo(self, path: Path) -> None:
        self.accept()
        self.photo_chosen.emit(path)

    def _show_folder(self) -> None:
        if self._out is not None:
            file_browser.open_folder(self._out, self)


def _scope(kind: str) -> FileScope:
    """How many photos a file of this format, or of cleaned boards, holds."""
    return FileScope.EACH if kind == CLEANED else FORMATS[kind].scope


def _name(scope: ExportScope, count: int) -> str:
    match scope:
        case ExportScope.ALL:
            return tr("All photos in this folder ({count})", count=count)
        case ExportScope.SHOWN:
            return tr("Photos that match the filter ({count})", count=count)
        case ExportScope.CHOSEN:
            return tr("Selected photos ({count})", count=count)
