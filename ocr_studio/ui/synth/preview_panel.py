"""Preview of synthetic words and boards beside the form, with notes on fonts and other sources."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ocr_studio.core.synth.dataset import SynthSource
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.translation import tr
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import Shown
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.synth.preview_jobs import SynthPreviewJobs
from ocr_studio.ui.synth.preview_view import SynthPreview
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.plain_label import PlainLabel

_NOTES: Final = 3


class SynthPreviewPanel(QWidget):
    """Shows a few samples, generated in the background.

    Signals:
        others_wanted(): the user wants to see other samples.
        estimated(Estimate): the estimated size of the dataset.
        failed(str): why samples cannot be generated.
    """

    others_wanted = Signal()
    estimated = Signal(object)
    failed = Signal(str)

    def __init__(self, lane: JobThread) -> None:
        super().__init__()
        self.trials = SynthPreviewJobs(lane, self)
        self.preview = SynthPreview()
        self.drawing, self.notes = ElidedLabel(), PlainLabel()
        for label in (self.drawing, self.notes):
            label.setProperty("quiet", True)
        self.notes.setWordWrap(True)
        self.notes.hide()
        self.another = QPushButton(tr("&Another preview"))
        self.another.setToolTip(tr("Show other samples of the dataset"))
        self.another.setAutoDefault(False)
        self.another.clicked.connect(self.others_wanted)
        self.trials.sources_read.connect(self.show_source)
        self.trials.shown.connect(self._show_sample)
        self.trials.done.connect(self.drawing.clear)
        self.trials.failed.connect(self._fail)
        self._place()

    def look(self, options: SynthOptions, *, others: bool) -> None:
        """Generate a preview; with ``others``, of the next samples instead of the same ones."""
        self.notes.hide()
        self.drawing.setText(tr("Generating…"))
        self.trials.look(options, others=others)
        self.preview.offer(words=options.words, boards=options.boards)

    def stop(self) -> None:
        """Cancel the preview."""
        self.trials.stop()
        self.drawing.setText("")

    def show_source(self, source: SynthSource) -> None:
        """Show notes on fonts and other sources."""
        lines = generate.about(source)
        self.notes.setText(labels.foldable(labels.with_few(tr("Notes:"), lines, most=_NOTES)))
        self.notes.setVisible(bool(lines))

    def _show_sample(self, shown: Shown, place: int) -> None:
        self.preview.show_sample(shown, place)
        if self.trials.estimate is not None:
            self.estimated.emit(self.trials.estimate)

    def _fail(self, trouble: Trouble) -> None:
        self.drawing.setText("")
        self.preview.clear()
        self.failed.emit(trouble.message)

    def _place(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(PlainLabel(tr("Samples")))
        head.addWidget(self.drawing, 1)
        head.addWidget(self.another)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.notes)
