"""What one sees while something is learned: how far it is, curves, and how held-out words are read by now."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSplitter, QVBoxLayout, QWidget

from ocr_studio.core.detector_training import LinesChecked
from ocr_studio.core.training import Checked, Sample, Started, StepDone
from ocr_studio.core.training_report import percent
from ocr_studio.jobs.training import LearningEvent
from ocr_studio.ui import wording
from ocr_studio.ui.crop_pictures import CropPictures
from ocr_studio.ui.curves import Chart, Curve
from ocr_studio.ui.learned_words import LearnedTable, WordRow
from ocr_studio.ui.trainer_column import TrainerColumn, button, say
from ocr_studio.ui.training import Stage, Training

_MEANWHILE = "Go on correcting meanwhile; nothing waits for this."
# Else one wonders at the end why fewer are wrong, before as well.
_BARELY = "Meanwhile they are read letter by letter, without what is known of the language; in the end as always."
_WORDS = ("your held-out words", "general words")
_SAMPLES = "How some held-out words are read by now"


class RunningPage(QWidget):
    """Shows a course that goes on."""

    def __init__(self, training: Training, pictures: CropPictures) -> None:
        super().__init__()
        self._training = training
        self.column = TrainerColumn()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("Progress of learning")
        self.column.add(self.bar)
        self.said = self.column.add_text()
        self.pause = button("Pause", "Wait before the next step", self._pause)
        self.keep_best = button(
            "Stop and keep the best so far",
            "End now; the best so far is compared with the model before, and you decide",
            training.stop_and_keep,
        )
        self.throw_away = button(
            "Throw away", "Stop at once; nothing is changed and nothing stays", training.throw_away, flat=True
        )
        self.column.add_buttons(self.pause, self.throw_away)
        self.column.add_buttons(self.keep_best)
        self.about = self.column.add_text(quiet=True)
        self.loss = Chart("Loss", [Curve("while learning", jumps=True)], lambda value: f"{value:.2g}")
        self.cer = Chart("Letters wrong", _two(*_WORDS), _share)
        self.lines = Chart("Lines found (F)", _two("your held-out writing", "general boards"), _share, most=1.0)
        self.samples = LearnedTable(("Written", "Read before", "Read now"), pictures, _SAMPLES)
        self._lay_out()
        training.heard.connect(self._hear)
        training.progressed.connect(self._show_progress)
        training.paused.connect(self._show_paused)
        training.changed.connect(self._show_stage)
        self._show_kind()
        self._show_stage()

    def begin(self) -> None:
        """Another course begins."""
        for chart in (self.loss, self.cer, self.lines):
            chart.clear()
        self.samples.show_rows(())
        self.column.headline.setText("Making ready")
        say(self.about, _MEANWHILE)
        self._show_kind()
        self._show_paused(False)

    def _lay_out(self) -> None:
        charts = QWidget()
        stacked = QVBoxLayout(charts)
        stacked.setContentsMargins(10, 4, 6, 4)
        stacked.setSpacing(4)
        for chart in (self.loss, self.cer, self.lines):
            stacked.addWidget(chart, 1)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(charts)
        split.addWidget(self.samples)
        split.setSizes([480, 500])
        self.samples.setMinimumWidth(200)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.column)
        row.addWidget(split, 1)

    def _show_kind(self) -> None:
        reads = self._training.run is None or self._training.run.kind == "recognizer"
        self.cer.setVisible(reads)
        self.samples.setVisible(reads)
        self.lines.setVisible(not reads)

    def _hear(self, event: LearningEvent) -> None:
        if isinstance(event, Started):
            self._show_started(event)
        elif isinstance(event, StepDone):
            self.loss.add(0, event.step, event.loss)
            self.bar.setRange(0, event.steps)
            self.bar.setValue(event.step)
            if self._training.stage is Stage.LEARNING and not self._training.is_paused:
                say(self.said, f"Step {event.step} of {event.steps}, {_time_left(event.seconds_left)}")
        elif isinstance(event, Checked):
            self._show_measured(self.cer, event.step, (event.held_out_cer, event.keep_cer), best=event.best)
            self.samples.show_rows([sample_row(each) for each in event.samples])
        elif isinstance(event, LinesChecked):
            self._show_measured(self.lines, event.step, (event.held_out, event.keep), best=event.best)

    def _show_started(self, event: Started) -> None:
        for chart in (self.loss, self.cer, self.lines):
            chart.clear(event.steps)
        detector = self._training.run is not None and self._training.run.kind == "detector"
        unit = event.unit.removesuffix("s")
        self.cer.rename(*(wording.of_unit(title, event.unit) for title in _WORDS))
        self.samples.setAccessibleName(wording.of_unit(_SAMPLES, event.unit))
        self.column.headline.setText(f"Learning from {wording.counted(event.train, unit)}")
        held_out = wording.counted(event.held_out, unit)
        parts = [f"{held_out} of yours and {event.keep} general ones measure how it does."]
        if not detector:
            parts.append(_BARELY)
        if event.new_letters:
            parts.append(f"New letters: {' '.join(event.new_letters)}")
        if event.resumed_at:
            parts.append(f"Gone on with from step {event.resumed_at}.")
        say(self.about, "\n".join((_MEANWHILE, *parts)))
        self._show_stage()

    @staticmethod
    def _show_measured(chart: Chart, step: int, values: tuple[float | None, float | None], *, best: bool) -> None:
        for index, value in enumerate(values):
            chart.add(index, step, value)
        if best:
            chart.mark_best(step)

    def _show_progress(self, text: str, done: int, total: int) -> None:
        if self._training.busy and not self._training.is_paused:
            say(self.said, f"{text} {done} of {total}" if total else text)
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def _show_stage(self) -> None:
        learning = self._training.stage is Stage.LEARNING
        self.pause.setEnabled(learning)
        self.keep_best.setEnabled(learning and self._training.started is not None)
        if learning:
            self._show_kind()
        if self._training.stage is Stage.ENDING:
            self.column.headline.setText("Ending")

    def _show_paused(self, paused: bool) -> None:
        self.pause.setText("Go on" if paused else "Pause")
        self.pause.setToolTip("Go on learning" if paused else "Wait before the next step")
        if paused:
            say(self.said, "Paused. The next step waits for you.")

    def _pause(self) -> None:
        self._training.pause(not self._training.is_paused)


def sample_row(sample: Sample) -> WordRow:
    """A held-out word: what is written, how it was read, how it is read now; each with a sign for right or wrong."""
    texts = (sample.truth, _judged(sample.before, sample.truth), _judged(sample.now, sample.truth))
    wrong = frozenset(at for at, text in ((1, sample.before), (2, sample.now)) if text != sample.truth)
    return WordRow(sample.crop, texts, sample.place, wrong=wrong)


def _two(own: str, general: str) -> list[Curve]:
    return [Curve(own), Curve(general, "warning", dashed=True)]


def _judged(text: str, truth: str) -> str:
    return f"✓ {text}" if text == truth else f"✗ {text or '(nothing)'}"


def _share(value: float) -> str:
    return percent(value) if 0 < value < 0.1 else f"{value * 100:.0f} %"


def _time_left(seconds: float) -> str:
    if seconds < 5:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 5) * 5} s left"
    return f"about {round(seconds / 60)} min left"
