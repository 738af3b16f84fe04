"""The page of a running training: progress, curves, and current readings of held-out words."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from ocr_studio.core import translation, units
from ocr_studio.core.time_left import TimeLeft
from ocr_studio.core.training.detector_events import LinesEvaluated
from ocr_studio.core.training.events import HeldOutSample, StepDone, TrainingStarted, WordsEvaluated
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.core.units import percent
from ocr_studio.jobs.learning.train import LearningEvent
from ocr_studio.ui.style import labels
from ocr_studio.ui.style.labels import OfUnit
from ocr_studio.ui.training.controller import TrainingController, TrainingStage
from ocr_studio.ui.training.crop_images import CropImages
from ocr_studio.ui.training.side_column import TrainerColumn, button, lay_beside, say
from ocr_studio.ui.training.word_lists import LearnedRow, LearnedTable
from ocr_studio.ui.widgets.line_chart import Chart, Curve

_MEANWHILE = later("You can keep correcting in the meantime.")
# Explains why the final comparison has fewer errors, for the previous model as well.
_BARELY = later("During training, text is read without dictionaries; the final comparison uses them.")
_CURVES = (
    # Translators: Names of curves in a chart.
    OfUnit(later("your held-out words"), later("your held-out lines")),
    OfUnit(later("general words"), later("general lines")),
)
_SAMPLES = OfUnit(later("How some held-out words are read now"), later("How some held-out lines are read now"))
_LEARNING = {
    "words": later_n("Training on {count} word", "Training on {count} words"),
    "lines": later_n("Training on {count} line", "Training on {count} lines"),
}
_MEASURING = {
    "words": later_n(
        "Evaluated on {count} held-out word and {general} general words.",
        "Evaluated on {count} held-out words and {general} general words.",
    ),
    "lines": later_n(
        "Evaluated on {count} held-out line and {general} general lines.",
        "Evaluated on {count} held-out lines and {general} general lines.",
    ),
}
# A writer profile reads no other writing that it could forget.
_MEASURING_PROFILE = {
    "words": later_n("Evaluated on {count} held-out word.", "Evaluated on {count} held-out words."),
    "lines": later_n("Evaluated on {count} held-out line.", "Evaluated on {count} held-out lines."),
}


class ProgressPage(QWidget):
    """Shows a running training."""

    def __init__(self, training: TrainingController, pictures: CropImages) -> None:
        super().__init__()
        self._training = training
        self._left = TimeLeft()
        self.column = TrainerColumn()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Training progress"))
        self.column.add(self.bar)
        self.status = self.column.add_text()
        self.pause = button(
            tr("Pause"), tr("Pause before the next step"), lambda: training.pause(not training.is_paused)
        )
        self.keep_best = button(
            tr("Stop and compare"),
            tr("Stop now and compare the best result so far with the previous model; you decide whether to keep it"),
            training.stop_and_keep,
        )
        self.throw_away = button(
            tr("Discard"),
            tr("Stop now and delete this training run; no model is changed"),
            training.throw_away,
            flat=True,
        )
        self.column.add_buttons(self.pause, self.throw_away)
        self.column.add_buttons(self.keep_best)
        self.about = self.column.add_text(quiet=True)
        self.loss = Chart(tr("Loss"), [Curve(tr("training"), jumps=True)], _loss)
        self.cer = Chart(tr("Character error rate (CER)"), _two(*(each.text_for("words") for each in _CURVES)), _share)
        self.lines = Chart(
            tr("Lines found (F1 score)"), _two(tr("your held-out writing"), tr("general boards")), _share, most=1.0
        )
        self.samples = LearnedTable((tr("Correct text"), tr("Before"), tr("Now")), pictures, _SAMPLES.text_for("words"))
        self._lay_out()
        training.event_received.connect(self._on_event)
        training.progressed.connect(self._show_progress)
        training.paused.connect(self._show_paused)
        training.changed.connect(self._show_stage)
        self._show_kind()
        self._show_stage()

    def begin(self) -> None:
        """Clear the page for a new training."""
        for chart in (self.loss, self.cer, self.lines):
            chart.clear()
        self.samples.show_rows(())
        self.column.headline.setText(tr("Preparing"))
        say(self.about, tr(_MEANWHILE))
        self._show_kind()
        self._show_paused(False)

    def _lay_out(self) -> None:
        charts = QWidget()
        stacked = QVBoxLayout(charts)
        stacked.setContentsMargins(10, 4, 6, 4)
        stacked.setSpacing(4)
        for chart in (self.loss, self.cer, self.lines):
            stacked.addWidget(chart, 1)
        beside = lay_beside(self.column, self)
        beside.add(charts, 0, 480)
        beside.add(self.samples, 200, 500)

    def _show_kind(self) -> None:
        reads = self._training.run is None or self._training.run.kind == "recognizer"
        self.cer.setVisible(reads)
        self.samples.setVisible(reads)
        self.lines.setVisible(not reads)
        self._name_curves("words")

    def _name_curves(self, unit: str) -> None:
        """Name the curves of the recognizer; for a writer profile only one, as nothing else is evaluated."""
        run = self._training.run
        own, general = (each.text_for(unit) for each in _CURVES)
        self.cer.rename(own, "" if run is not None and run.writer else general)

    def _on_event(self, event: LearningEvent) -> None:
        if isinstance(event, TrainingStarted):
            self._show_started(event)
        elif isinstance(event, StepDone):
            self.loss.add(0, event.step, event.loss)
            self.bar.setRange(0, event.steps)
            self.bar.setValue(event.step)
            if self._training.stage is TrainingStage.LEARNING and not self._training.is_paused:
                say(self.status, time_left(event))
        elif isinstance(event, WordsEvaluated):
            self._show_measured(self.cer, event.step, (event.held_out_cer, event.keep_cer), best=event.best)
            self.samples.show_rows([sample_row(each) for each in event.samples])
        elif isinstance(event, LinesEvaluated):
            self._show_measured(self.lines, event.step, (event.held_out, event.keep), best=event.best)

    def _show_started(self, event: TrainingStarted) -> None:
        for chart in (self.loss, self.cer, self.lines):
            chart.clear(event.steps)
        detector = self._training.run is not None and self._training.run.kind == "detector"
        self.samples.setAccessibleName(_SAMPLES.text_for(event.unit))
        self.column.headline.setText(tr_n(*_LEARNING[event.unit], event.train))
        run = self._training.run
        measured = (_MEASURING_PROFILE if run is not None and run.writer else _MEASURING)[event.unit]
        parts = [tr(_MEANWHILE), tr_n(*measured, event.held_out, general=event.keep)]
        if not detector:
            parts.append(tr(_BARELY))
        if event.new_letters:
            parts.append(tr("New characters: {letters}", letters=" ".join(event.new_letters)))
        if event.resumed_at:
            parts.append(tr("Resumed at step {step}.", step=event.resumed_at))
        say(self.about, "\n".join(parts))
        self._show_stage()
        self._name_curves(event.unit)

    @staticmethod
    def _show_measured(chart: Chart, step: int, values: tuple[float | None, float | None], *, best: bool) -> None:
        for index, value in enumerate(values):
            chart.add(index, step, value)
        if best:
            chart.mark_best(step)

    def _show_progress(self, text: str, done: int, total: int) -> None:
        if self._training.busy and not self._training.is_paused:
            said, seconds = text, self._left.update(done, total) if total else None
            if total:
                said = tr("{doing} {done} of {total}", doing=text, done=done, total=total)
            if seconds is not None:
                said = tr("{doing}, {left}", doing=said, left=units.time_left(seconds))
            say(self.status, said)
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def _show_stage(self) -> None:
        learning = self._training.stage is TrainingStage.LEARNING
        self.pause.setEnabled(learning)
        self.keep_best.setEnabled(learning and self._training.started is not None)
        if learning:
            self._show_kind()
        if self._training.stage is TrainingStage.ENDING:
            self.column.headline.setText(tr("Finishing"))

    def _show_paused(self, paused: bool) -> None:
        self.pause.setText(tr("Resume") if paused else tr("Pause"))
        self.pause.setToolTip(tr("Resume training") if paused else tr("Pause before the next step"))
        if paused:
            say(self.status, tr("Paused. Click Resume to continue."))


def sample_row(sample: HeldOutSample) -> LearnedRow:
    """A row for a held-out word: its text, and how both models read it, each marked right or wrong."""
    texts = (sample.truth, _judged(sample.before, sample.truth), _judged(sample.now, sample.truth))
    wrong = frozenset(at for at, text in ((1, sample.before), (2, sample.now)) if text != sample.truth)
    return LearnedRow(sample.crop, texts, sample.place, wrong=wrong)


def _two(own: str, general: str) -> list[Curve]:
    return [Curve(own), Curve(general, "warning", dashed=True)]


def _judged(text: str, truth: str) -> str:
    return f"✓ {text}" if text == truth else f"✗ {labels.shown(text)}"


def _loss(value: float) -> str:
    return translation.figure(f"{value:.2g}")


def _share(value: float) -> str:
    return percent(value, 1 if 0 < value < 0.1 else 0)


def time_left(event: StepDone) -> str:
    """The current step and, once it is known, the remaining time."""
    if event.seconds_left is None:
        return tr("Step {step} of {steps}", step=event.step, steps=event.steps)
    left = units.time_left(event.seconds_left)
    return tr("Step {step} of {steps}, {left}", step=event.step, steps=event.steps, left=left)
