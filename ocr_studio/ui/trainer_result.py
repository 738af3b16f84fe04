"""What came of learning: old and new side by side, and a person's word on it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QSplitter, QTabWidget, QVBoxLayout, QWidget

from ocr_studio.core import training_report
from ocr_studio.core.training import Trained
from ocr_studio.ui.crop_pictures import CropPictures
from ocr_studio.ui.learned_words import LearnedTable
from ocr_studio.ui.row_table import RowTable
from ocr_studio.ui.trainer_column import TrainerColumn, button, say, set_primary
from ocr_studio.ui.trainer_running import sample_row
from ocr_studio.ui.training import Stage, Training

_COLUMNS = ("", "Before", "Now", "Change")
_SURE = (
    "In brackets: the change lies between these two values with 95 % certainty, as drawing the same number of words"
    " again and again shows."
)


class ResultPage(QWidget):
    """Shows how the new model compares with the one before, on the same words."""

    def __init__(self, training: Training, pictures: CropPictures) -> None:
        super().__init__()
        self._training = training
        self.column = TrainerColumn()
        self.sentence = self.column.add_text()
        self.advice = self.column.add_text(quiet=True)
        self.keep = button("Keep", "Read with it from now on; you can go back at any time", training.keep)
        self.discard = button("Discard", "Throw it away; the model before stays as it is", training.discard)
        self.column.add_buttons(self.keep, self.discard)
        self.reread = button(
            "Read unreviewed words again", "See what the new model would read otherwise; you choose what to take over",
            lambda: None, primary=True,
        )  # fmt: skip
        self.go_back = button("Back to the model before", "Read as before; the new one stays in the list of models",
                              training.go_back)  # fmt: skip
        self.done = button("Done", "See what there is to learn next", training.done, flat=True)
        self.column.add_buttons(self.reread)
        self.column.add_buttons(self.go_back, self.done)
        self._model = QStandardItemModel(0, len(_COLUMNS), self)
        self.figures = RowTable()
        self.figures.setModel(self._model)
        self.figures.setAccessibleName("Old and new in figures")
        self.note = QLabel(_SURE)
        self.note.setWordWrap(True)
        self.note.setProperty("quiet", True)
        titles = ("Written", "Read before", "Read now")
        self.gained = LearnedTable(titles, pictures, "Words that only the new model reads right")
        self.lost = LearnedTable(titles, pictures, "Words that only the model before reads right")
        self.words = QTabWidget()
        self.words.setDocumentMode(True)
        self._lay_out()
        training.changed.connect(self._show_stage)
        self._show_stage()

    def show_result(self, trained: Trained) -> None:
        """Show what came of a course."""
        comparison = trained.comparison
        self.column.headline.setText(training_report.title(comparison))
        say(self.sentence, training_report.sentence(comparison))
        say(self.advice, training_report.advice(comparison))
        set_primary(self.keep, comparison.verdict == "better")
        set_primary(self.discard, comparison.verdict == "worse")
        self._show_figures(trained)
        for table, samples, name in ((self.gained, comparison.gained, "Gained"), (self.lost, comparison.lost, "Lost")):
            table.show_rows([sample_row(each) for each in samples])
            self.words.setTabText(self.words.indexOf(table), f"{name} ({len(samples)})")
        self.words.setCurrentWidget(self.lost if len(comparison.lost) > len(comparison.gained) else self.gained)

    def take_focus(self) -> None:
        """The keys go to what had best be done, so that Return does it; nothing is taken from who is typing."""
        (self.discard if self.discard.property("primary") else self.keep).setFocus()

    def _show_stage(self) -> None:
        kept, model = self._training.stage is Stage.KEPT, self._training.model
        for widget in (self.keep, self.discard):
            widget.setVisible(not kept)
        for widget in (self.reread, self.go_back, self.done):
            widget.setVisible(kept)
        if kept and model is not None:
            self.reread.setVisible(model.kind == "recognizer")
            does = "reads" if model.kind == "recognizer" else "finds writing"
            self.column.headline.setText(f"“{model.title}” {does} from now on")
            say(self.advice, "The model before is still there; going back is one click.")

    def _show_figures(self, trained: Trained) -> None:
        self._model.setRowCount(0)
        self._model.setHorizontalHeaderLabels(_COLUMNS)
        rows = training_report.rows(trained.comparison)
        for row in rows:
            items = [QStandardItem(text) for text in (_capital(row.title), row.before, row.after, row.change)]
            for item in items[1:]:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._model.appendRow(items)
        stopped = {"early": ", stopped as it gained no more", "asked": ", stopped when you said so"}
        took = f"{trained.steps} steps in {trained.seconds:.0f} s{stopped.get(trained.stopped, '')}."
        self.note.setText(f"{_SURE} {took}" if rows else took)

    def _lay_out(self) -> None:
        header = self.figures.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._model.setHorizontalHeaderLabels(_COLUMNS)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        middle = QWidget()
        stacked = QVBoxLayout(middle)
        stacked.setContentsMargins(0, 4, 0, 6)
        stacked.addWidget(self.figures, 1)
        self.note.setContentsMargins(8, 0, 8, 0)
        stacked.addWidget(self.note)
        self.words.addTab(self.gained, "Gained")
        self.words.addTab(self.lost, "Lost")
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(middle)
        split.addWidget(self.words)
        split.setSizes([520, 460])
        for widget in (middle, self.words):
            widget.setMinimumWidth(240)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.column)
        row.addWidget(split, 1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
