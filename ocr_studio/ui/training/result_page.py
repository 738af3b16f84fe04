"""The result of a training: the previous and the new model side by side, to keep or discard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QTabWidget, QVBoxLayout, QWidget

from ocr_studio.core.training import report as training_report
from ocr_studio.core.training.detector_events import DetectorComparison, PlacedWord
from ocr_studio.core.training.events import HeldOutSample
from ocr_studio.core.training.report import AnyTrained
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.learning import train as jobs
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.training.controller import TrainingController, TrainingStage
from ocr_studio.ui.training.crop_images import CropImages
from ocr_studio.ui.training.progress_page import sample_row
from ocr_studio.ui.training.side_column import TrainerColumn, button, lay_beside, say
from ocr_studio.ui.training.word_lists import LearnedRow, LearnedTable
from ocr_studio.ui.widgets.plain_label import PlainLabel, RichLabel

# Pixels that the figures may take from the words beside them in a small window.
_MOST = 250
# With less, the words beside their images are elided to dots.
_LEAST_WORDS = 330
# Images of gained and lost words that are loaded at once.
_PICTURES = 200
_INTERVAL = later("In brackets: 95% confidence interval (bootstrap).")
_GAINED, _LOST = later("Gained ({count})"), later("Lost ({count})")
_FROM_NOW_ON = {
    "recognizer": later("Now reading with “{model}”"),
    "detector": later("Now finding words with “{model}”"),
}
_PROFILE_FROM_NOW_ON = later("Now reading photos by {writer} with the profile “{model}”")


class ResultPage(QWidget):
    """Shows how the new model compares with the previous one on the same words."""

    def __init__(
        self,
        training: TrainingController,
        pictures: CropImages,
        *,
        reread: Callable[[], object],
        may_reread: Callable[[], bool],
    ) -> None:
        """Show nothing yet; ``may_reread`` tells whether there are words to read again, and ``reread`` does."""
        super().__init__()
        self._training, self._pictures, self._may_reread = training, pictures, may_reread
        self._trained: AnyTrained | None = None
        self.column = TrainerColumn()
        self.sentence = self.column.add_text()
        self.advice = self.column.add_text(quiet=True)
        self.keep = button(tr("Keep"), "", training.keep)
        self.discard = button(tr("Discard"), tr("Delete this model; the previous one stays in use"), training.discard)
        self.column.add_buttons(self.keep, self.discard)
        self.reread = button(
            tr("Read unchecked words again"),
            tr("See what the new model reads differently, and choose which changes to apply"),
            reread,
            primary=True,
        )
        self.go_back = button(
            tr("Use previous model"), tr("Switch back; the new model stays in the list of models"), training.go_back
        )
        self.done = button(tr("Done"), tr("Close this result and prepare the next training"), training.done, flat=True)
        self.column.add_buttons(self.reread)
        self.column.add_buttons(self.go_back, self.done)
        self.figures = RichLabel()
        self.figures.setWordWrap(True)  # only the row names wrap: the figures have no spaces
        self.figures.setContentsMargins(14, 8, 2, 4)
        self.note = PlainLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("quiet", True)
        self.note.setContentsMargins(14, 0, 14, 8)
        self.figures.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.figures.setAccessibleName(tr("Comparison of both models"))
        titles = (tr("Correct text"), tr("Before"), tr("Now"))
        self.gained = LearnedTable(titles, pictures, tr("Only the new model gets these right"))
        self.lost = LearnedTable(titles, pictures, tr("Only the previous model got these right"))
        self.words = QTabWidget()
        self.words.setDocumentMode(True)
        self._lay_out()
        training.changed.connect(self._show_stage)
        self._show_stage()

    def show_result(self, trained: AnyTrained) -> None:
        """Show the result of a training."""
        self._trained = trained
        comparison = trained.comparison
        self.column.headline.setText(training_report.format_headline(trained))
        run = self._training.run
        self.keep.setToolTip(labels.tooltip(_keep_tip(run.writer if run else "")))
        say(self.sentence, training_report.format_result(comparison))
        say(self.advice, training_report.format_next_step(trained))
        theme.set_state(self.keep, "primary", comparison.verdict == "better")
        theme.set_state(self.discard, "primary", comparison.verdict == "worse" or not trained.changed)
        self._show_stage()
        self._show_figures(trained)
        for each in (*comparison.gained, *comparison.lost)[:_PICTURES]:
            if isinstance(each, HeldOutSample):
                self._pictures.of(each.crop)  # now: the training data are deleted once the model is kept
        self._show_words(self.gained, _GAINED, [_row(each, now=True) for each in comparison.gained])
        self._show_words(self.lost, _LOST, [_row(each, now=False) for each in comparison.lost])
        more_lost = len(comparison.lost) > len(comparison.gained)
        self.words.setCurrentWidget(self.lost if more_lost else self.gained)

    def retint(self) -> None:
        """Apply the colours of the current theme."""
        if self._trained is not None:
            self._show_figures(self._trained)

    def _show_figures(self, trained: AnyTrained) -> None:
        found = training_report.list_rows(trained.comparison)
        self.figures.setText(_figures(found))
        self.figures.setVisible(bool(found))
        self._scroll.setMinimumWidth(min(_MOST, max(220, self.figures.minimumSizeHint().width())) if found else 220)
        sure = tr(_INTERVAL) if found else ""
        self.note.setText(f"{sure} {training_report.format_duration(trained)}.".lstrip())

    def _show_words(self, table: LearnedTable, title: str, rows: list[LearnedRow]) -> None:
        table.show_rows(rows)
        # A detector's words have no images of their own.
        pictures = not isinstance(self._trained and self._trained.comparison, DetectorComparison)
        table.setColumnHidden(0, not pictures)
        self.words.setTabText(self.words.indexOf(table), tr(title, count=len(rows)))

    def _show_stage(self) -> None:
        kept, model = self._training.stage is TrainingStage.KEPT, self._training.model
        self.keep.setVisible(not kept and (self._trained is None or self._trained.changed))
        self.discard.setVisible(not kept)
        for widget in (self.go_back, self.done):
            widget.setVisible(kept)
        reads = kept and model is not None and model.kind == "recognizer"
        self.reread.setVisible(reads and self._may_reread())
        if kept and model is not None:
            title = labels.file_name(model.title)
            self.column.headline.setText(
                tr(_PROFILE_FROM_NOW_ON, writer=labels.label(model.writer), model=title)
                if model.writer
                else tr(_FROM_NOW_ON[model.kind], model=title)
            )
            run = self._training.run
            renamed = jobs.renamed(model, run.name) if run else ""
            still = tr("You can switch back to the previous model at any time.")
            say(self.advice, f"{renamed} {still}".lstrip())

    def _lay_out(self) -> None:
        beside = lay_beside(self.column, self)
        scroll = self._scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        beside.add(scroll, 220, 535)
        inside = QWidget()
        scroll.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.figures)
        column.addWidget(self.note)
        column.addStretch(1)
        beside.add(self.words, _LEAST_WORDS, 445)
        self.words.addTab(self.gained, tr(_GAINED, count=0))
        self.words.addTab(self.lost, tr(_LOST, count=0))


def _keep_tip(writer: str) -> str:
    """The tooltip of "Keep"; writer: whose handwriting was learned, for a writer profile."""
    if writer:
        return tr("Read photos by {writer} with this model from now on; you can switch back at any time", writer=writer)
    return tr("Use this model from now on; you can switch back at any time")


def _row(each: HeldOutSample | PlacedWord, *, now: bool) -> LearnedRow:
    """A row for a word that was gained (now) or lost."""
    if isinstance(each, HeldOutSample):
        return sample_row(each)
    # Translators: Of one word, in the columns “Before” and “Now”.
    signs = (tr("✗ missed"), tr("✓ found")) if now else (tr("✓ found"), tr("✗ missed"))
    return LearnedRow(
        "", (each.text, *signs), each, tip=labels.file_name(each.photo), wrong=frozenset({1 if now else 2})
    )


def _figures(rows: Sequence[training_report.ReportRow]) -> str:
    titles = (tr("before"), tr("now"), tr("change"))
    parts = [labels.table_row("", titles, colour=theme.colours().quiet)]
    for row in rows:
        cells = map(_whole, (row.before, row.after, row.change))
        parts.append(labels.table_row(labels.sentence_case(row.title), cells))
    return f"<table cellspacing=0 cellpadding=3>{''.join(parts)}</table>"


def _whole(text: str) -> str:
    """Keep a number and its sign or unit on one line."""
    return text.replace(" ", "\u00a0")
