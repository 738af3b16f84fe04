"""The dialog for exporting a dataset: options, progress, and a report."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.datasets.dataset import LAYOUTS, ExportOptions, PhotoCut, Report
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.learning import export_dataset
from ocr_studio.ui.datasets.report_view import DatasetReportView
from ocr_studio.ui.document import file_browser
from ocr_studio.ui.job_thread import Job, JobThread, Priority, Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets import file_dialogs
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.form_fields import ComboBox, Form
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Translators: What each image of the dataset contains.
_UNITS = (("words", later("A word")), ("lines", later("A line")))
_ABOUT = later(
    "Saves an image of each checked word on all photos of this folder with its text, to train a model here or in"
    " another program. Your photos and corrections aren’t changed."
)


class DatasetDialog(QDialog):
    """Exports the checked words of a project. Closing it stops a running export and leaves the folder unchanged."""

    def __init__(self, project: Project, lane: JobThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export dataset"))
        self._project, self._lane = project, lane
        self._job: Job | None = None
        self._written: Path | None = None
        self.layout_choice = ComboBox([(each.name, tr(each.title)) for each in LAYOUTS.values()], "", tr("Layout"))
        self.unit = ComboBox([(key, tr(title)) for key, title in _UNITS], "words", tr("Each image contains"))
        self.folder = QLineEdit(str(project.photos / "dataset"))
        self.folder.setAccessibleName(tr("Folder"))
        self.folder.setMinimumWidth(200)
        self._choose = QPushButton(tr("Choose…"))
        self._choose.setAutoDefault(False)
        self._choose.clicked.connect(self._choose_folder)
        self.wrong = PlainLabel()
        self.wrong.setProperty("wrong", True)
        self.wrong.setWordWrap(True)
        self.doing = ElidedLabel()
        self.progress = QProgressBar(textVisible=False)
        self.report = DatasetReportView()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.show_folder = self.buttons.addButton(tr("Show &folder"), QDialogButtonBox.ButtonRole.ActionRole)
        self.show_folder.clicked.connect(self._show_folder)
        self.export = self.buttons.addButton(tr("&Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.export.clicked.connect(self._start)
        self._place()
        self.folder.textChanged.connect(self._offer)
        self.finished.connect(self._stop)
        for widget in (self.wrong, self.doing, self.progress, self.show_folder):
            widget.hide()
        self.adjustSize()

    def _place(self) -> None:
        about = PlainLabel(tr(_ABOUT))
        about.setWordWrap(True)
        about.setProperty("quiet", True)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.folder, 1)
        where.addWidget(self._choose)
        self._form = QWidget()
        form = Form(self._form)
        form.add(tr("&Layout"), self.layout_choice)
        form.add(tr("Each &image contains"), self.unit)
        form.add(tr("F&older"), self.folder, place=where)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(16)
        layout.addWidget(about)
        layout.addWidget(self._form)
        layout.addWidget(self.wrong)
        layout.addWidget(self.doing)
        layout.addWidget(self.progress)
        # An empty widget keeps the place of the report small until there is one.
        self._below = QStackedWidget()
        self._below.addWidget(QWidget())
        self._below.addWidget(self.report)
        layout.addWidget(self._below, 1)
        layout.addWidget(self.buttons)
        self.export.setDefault(True)
        self.setMinimumWidth(600)

    @property
    def busy(self) -> bool:
        """Whether an export is running."""
        return self._job is not None

    @property
    def reported(self) -> bool:
        """Whether a report is shown."""
        return self._below.currentWidget() is self.report

    def _start(self) -> None:
        if self.busy:
            self._stop()
            return
        project, folder = self._project, Path(self.folder.text().strip())
        wanted = ExportOptions(self.layout_choice.currentData(), self.unit.currentData())
        job = self._job = self._lane.submit(
            lambda: export_dataset.export_project(project, folder, wanted),
            name=later("Exporting the dataset"),
            priority=Priority.LOW,
        )
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        self.wrong.hide()
        self._below.setCurrentIndex(0)
        self.show_folder.hide()
        self.progress.setRange(0, 0)
        self.progress.show()
        self.doing.setText(tr("Collecting your corrections…"))
        self.doing.show()
        self._form.setEnabled(False)
        self.export.setText(tr("&Stop"))

    def _on_event(self, event: PhotoCut | Report) -> None:
        if isinstance(event, Report):
            self._show_report(event)
            return
        self.progress.setRange(0, event.total)
        self.progress.setValue(event.done)
        photo = labels.file_name(event.image)
        self.doing.setText(tr("Photo {number} of {total}: {photo}", number=event.done, total=event.total, photo=photo))

    def _show_report(self, report: Report) -> None:
        self._written = report.folder
        before = self.report.height() if self.reported else 0
        self.report.show_report(report)
        self._below.setCurrentWidget(self.report)
        self.show_folder.show()
        self.progress.hide()
        self.doing.hide()
        room = round(self.screen().availableSize().height() * 0.9)
        self.resize(self.width(), min(room, self.height() + max(0, self.report.wanted_height() - before)))

    def _fail(self, trouble: Trouble) -> None:
        self.wrong.setText(labels.foldable(trouble.message))
        self.wrong.show()
        self.folder.setAccessibleDescription(trouble.message)

    def _end(self) -> None:
        self._job = None
        self.progress.hide()
        self.doing.hide()
        self._form.setEnabled(True)
        self.export.setText(tr("&Export"))
        self._offer()

    def _offer(self) -> None:
        self.export.setEnabled(self.busy or bool(self.folder.text().strip()))

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _choose_folder(self) -> None:
        dialog = file_dialogs.make(self, tr("Folder for the dataset"), str(Path(self.folder.text()).parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _show_folder(self) -> None:
        if self._written is not None:
            file_browser.open_folder(self._written, self)
