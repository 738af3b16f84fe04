"""Dialog that generates synthetic words and boards: options on the left, a preview on the right, the folder below."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core import units
from ocr_studio.core.datasets.dataset import Report
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.synth.target_folder import FolderContents
from ocr_studio.core.time_left import TimeLeft
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import Estimate, SampleFailed, SampleMade, SourcesRead, WritingEvent
from ocr_studio.ui.datasets.report_view import DatasetReportView
from ocr_studio.ui.document import file_browser
from ocr_studio.ui.job_thread import Job, JobThread, Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.synth import target_folder
from ocr_studio.ui.synth.form import SynthForm
from ocr_studio.ui.synth.preview_panel import SynthPreviewPanel
from ocr_studio.ui.synth.target_folder import TargetFolderCheck
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.file_dialogs import PathRow
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Milliseconds after the last change of an option before the preview is updated.
_REST: Final = 400
_SIZE: Final = QSize(1120, 760)
_ABOUT: Final = later(
    "Generate images of words and whole boards whose text is known. Use them to train and evaluate models."
)


class SynthDialog(QDialog):
    """Offers options, previews a few samples, and generates the dataset.

    Closing the dialog stops generating; an unfinished dataset can be resumed later.

    Signals:
        train_wanted(Path): train a model with the dataset in this folder.
        written(options, Path): generating has started with these options, into this folder.
    """

    train_wanted = Signal(object)
    written = Signal(object, object)

    def __init__(
        self,
        options: SynthOptions,
        folder: Path,
        lane: JobThread,
        there: TargetFolderCheck,
        parent: QWidget | None = None,
    ) -> None:
        """Show the options and start the preview; ``there`` becomes a child of the dialog."""
        super().__init__(parent)
        there.setParent(self)
        self.there = there
        self.setWindowTitle(tr("Generate synthetic boards"))
        self._lane = lane
        self._job: Job | None = None
        self._clearing: Job | None = None
        self._made_in: Path | None = None
        self._fit, self._hurried = True, False
        self._expected: Estimate | None = None
        self._left = TimeLeft()
        self.form = SynthForm(options)
        self.looking = SynthPreviewPanel(lane)
        self.report = DatasetReportView()
        self.folder = PathRow(tr("Folder"), placeholder="")
        self.folder.show_paths([folder])
        self._make_labels()
        self._make_buttons()
        self._place()
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._update_preview)
        self._connect()
        self._check_folder()
        self._update_preview()

    @property
    def busy(self) -> bool:
        """Whether a dataset is being generated."""
        return self._job is not None

    # --------------------------------------------------------------------------------------------------- preview

    def _update_preview(self, *, others: bool = False) -> None:
        """Update the preview, which also finds out in the background whether the options work."""
        self._rest.stop()
        self._expected = None
        self.estimate.setText("")
        self._fit = True
        self._show_problem("")
        self._right.setCurrentWidget(self.looking)
        self.looking.look(self.form.options, others=others)
        self._offer()

    def _show_estimate(self, found: Estimate | None) -> None:
        self._expected = found
        if found is not None:
            self.estimate.setText(_said(found, self.form.options, self.there.free))

    def _refuse(self, why: str) -> None:
        """Show why samples with these options cannot be generated."""
        self._fit = False
        self._show_problem(why)
        self._offer()

    # --------------------------------------------------------------------------------------------------- generating

    def _start(self) -> None:
        if self.busy:
            self._stop()
            return
        options, folder = self.form.options, self.folder.path
        if folder is None:
            return
        if self.there.found is None:  # find out first whether a dataset would be replaced
            self._hurried = True
            self.there.look()
            return
        if self.there.others:
            write = partial(self._write, options, folder, replace=self.there.told)
            target_folder.whether_to_throw_away(self, write, begun=self.there.begun)
            return
        # Only replace what the user was told about, not files added to the folder since.
        self._write(options, folder, replace=self.there.told)

    def _write(self, options: SynthOptions, folder: Path, *, replace: bool | FolderContents) -> None:
        for waiting in (self._rest, self.looking, self.there):
            waiting.stop()
        self.written.emit(options, folder)
        job = self._job = self._lane.submit(
            lambda: generate.write(options, folder, replace=replace), name=later("Generating words and boards")
        )
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        self._show_problem("")
        self._right.setCurrentWidget(self.looking)
        self.progress.setRange(0, 0)
        self.doing.setText(tr("Loading fonts, pen strokes and backgrounds…"))
        for widget in (self.progress, self.doing):
            widget.show()
        self._made_in = None
        self._offer()

    def _on_event(self, event: WritingEvent) -> None:
        if isinstance(event, Report):
            self._show_report(event)
            return
        self.progress.setRange(0, event.total)
        self.progress.setValue(event.done)
        if isinstance(event, SourcesRead):
            self._left = TimeLeft()
            self._left.update(event.done, event.total)
            self.looking.show_source(event.source)
        elif isinstance(event, SampleMade | SampleFailed):
            said = tr("{done} of {total} generated", done=event.done, total=event.total)
            if (seconds := self._left.update(event.done, event.total)) is not None:
                said = tr("{doing}, {left}", doing=said, left=units.time_left(seconds))
            self.doing.setText(said)

    def _show_report(self, report: Report) -> None:
        self._made_in = report.folder
        self.report.show_report(report)
        self._right.setCurrentWidget(self.report)

    def _fail(self, trouble: Trouble) -> None:
        self._show_problem(trouble.message)

    def _end(self) -> None:
        self._job = None
        self.progress.hide()
        self.doing.hide()
        self._check_folder()
        if self._made_in is not None:
            self.train.setFocus()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _throw_away(self) -> None:
        """Delete the unfinished dataset, in the lane: it has many files, and a stopped job may still be using them."""
        options, folder = self.form.options, self.folder.path
        if folder is None or self._clearing is not None:
            return

        def make() -> Iterator[None]:
            generate.throw_away(options, folder)
            yield

        job = self._clearing = self._lane.submit(make, name=later("Discarding the unfinished dataset"))
        job.failed.connect(self._fail)
        job.ended.connect(self._cleared)
        self._show_problem("")
        self._offer()

    def _cleared(self) -> None:
        self._clearing = None
        self._check_folder()

    # --------------------------------------------------------------------------------------------------- display

    def _check_folder(self) -> None:
        """Check the folder again after the options or the folder have changed."""
        self._hurried = False
        self.there.ask(self.form.options, self.folder.path)
        self._offer()

    def _on_folder_checked(self) -> None:
        hurried, self._hurried = self._hurried, False
        self._offer()
        self._show_estimate(self._expected)
        if hurried and self.write.isEnabled() and not self.there.status_text:
            self._start()

    def _offer(self) -> None:
        """Enable and label the buttons for what can be done now."""
        folder, busy = self.folder.path, self.busy
        begun = self.there.begun and not busy
        self.state.setText("" if busy else self.there.status_text)
        self.state.setVisible(bool(self.state.text()) and self._made_in is None)
        self.estimate.setVisible(self._made_in is None)
        for part in (self.form, self.folder, self.looking.another):
            part.setEnabled(not busy)
        self.write.setText(tr("&Stop") if busy else tr("&Resume") if begun else tr("&Generate"))
        clearing = self._clearing is not None
        self.write.setEnabled(busy or (folder is not None and self._fit and self.there.may_write and not clearing))
        self.throw_away.setVisible(begun)
        self.throw_away.setEnabled(not clearing)
        for button in (self.train, self.show_folder):
            button.setVisible(self._made_in is not None and not busy)

    def _show_problem(self, text: str) -> None:
        self.wrong.setText(labels.foldable(text))
        self.wrong.setVisible(bool(text))
        self.form.setAccessibleDescription(text)

    def _show_folder(self) -> None:
        if self._made_in is not None:
            file_browser.open_folder(self._made_in, self)

    def _train(self) -> None:
        folder = self._made_in
        self.accept()
        self.train_wanted.emit(folder)

    def _stop_all(self) -> None:
        self._rest.stop()
        self.there.stop()
        self._stop()
        self.looking.trials.forget()

    # --------------------------------------------------------------------------------------------------- layout

    def _make_labels(self) -> None:
        self.wrong, self.state, self.estimate = (PlainLabel() for _ in range(3))
        for label in (self.wrong, self.state, self.estimate):
            label.setWordWrap(True)
        self.wrong.setProperty("wrong", True)
        self.state.setProperty("quiet", True)
        self.doing = ElidedLabel()
        self.progress = QProgressBar(textVisible=False)
        for widget in (self.wrong, self.doing, self.progress):
            widget.hide()

    def _make_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.train = self.buttons.addButton(tr("&Train with this dataset"), role.ActionRole)
        self.train.setToolTip(tr("See a summary of the dataset and train a model"))
        self.show_folder = self.buttons.addButton(tr("Show &folder"), role.ActionRole)
        self.throw_away = self.buttons.addButton(tr("D&iscard"), role.ActionRole)
        self.throw_away.setToolTip(tr("Delete the unfinished dataset; other files are not touched"))
        self.write = self.buttons.addButton(tr("&Generate"), role.AcceptRole)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self.form.changed.connect(self._change)
        self.folder.changed.connect(self._move)
        self.there.known.connect(self._on_folder_checked)
        self.looking.others_wanted.connect(lambda: self._update_preview(others=True))
        self.looking.estimated.connect(self._show_estimate)
        self.looking.failed.connect(self._refuse)
        self.write.clicked.connect(self._start)
        self.buttons.rejected.connect(self.reject)
        self.throw_away.clicked.connect(self._throw_away)
        self.show_folder.clicked.connect(self._show_folder)
        self.train.clicked.connect(self._train)
        self.finished.connect(self._stop_all)

    def _change(self) -> None:
        self._made_in = self._expected = None
        self._rest.start()
        self._check_folder()

    def _move(self) -> None:
        self._made_in = None
        self._check_folder()

    def _place(self) -> None:
        about = PlainLabel(tr(_ABOUT))
        about.setWordWrap(True)
        about.setProperty("quiet", True)
        self._right = QStackedWidget()
        self._right.addWidget(self.looking)
        self._right.addWidget(self.report)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(self.form, 5)
        across.addWidget(self._right, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(about)
        layout.addLayout(across, 1)
        layout.addLayout(_titled(tr("Fol&der"), self.folder))
        for widget in (self.state, self.estimate, self.wrong, self.doing, self.progress):
            layout.addWidget(widget)
        layout.addWidget(self.buttons)
        self.write.setDefault(True)
        self.resize(_SIZE.boundedTo(self.screen().availableSize() * 0.94))


def _titled(title: str, field: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    label = PlainLabel(title)
    label.setBuddy(field)
    row.addWidget(label)
    row.addWidget(field, 1)
    return row


def _said(found: Estimate, options: SynthOptions, free: int | None) -> str:
    """The estimated size of the dataset as text, with a warning if fewer than that many bytes are ``free``."""
    said = {
        "words": tr_n("{number} word", "{number} words", found.examples, number=units.plain(found.examples)),
        "boards": tr_n("{number} board", "{number} boards", options.boards, number=units.plain(options.boards)),
        "size": units.size(found.size),
        "time": units.duration(found.seconds),
    }
    if options.boards and options.cut:
        text = tr("{words}, including those on {boards}: {size}, takes about {time}.", **said)
    else:
        text = tr("{words} and {boards}: {size}, takes about {time}.", **said)
    if free is None or found.size <= free:
        return text
    return f"{text} {tr('Only {size} of disk space is free. Choose fewer words or boards.', size=units.size(free))}"
