"""The start page of a recognizer training: the checked words, and possible mistakes among them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from ocr_studio.core.datasets.dataset import REASONS, RULES
from ocr_studio.core.training import preflight
from ocr_studio.core.training.events import Recipe, suggested_recipe
from ocr_studio.core.training.preflight import LEAST, PLENTY, TELLING
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.ui.style import labels
from ocr_studio.ui.style.labels import OfUnit
from ocr_studio.ui.training import start_page
from ocr_studio.ui.training.crop_images import CropImages
from ocr_studio.ui.training.recipe_form import READING, RecipeForm
from ocr_studio.ui.training.side_column import Meter, lay_beside
from ocr_studio.ui.training.start_page import HOW_WORDS, LEARN_WORDS, StartColumn
from ocr_studio.ui.training.word_lists import ExampleList, LearnedRow, LearnedTable
from ocr_studio.ui.widgets.form_fields import ComboBox
from ocr_studio.ui.widgets.tables import FigureTable

# Accessible names of the meter, the words, the doubtful words, and their sources.
_NAMES = (
    OfUnit(later("Words checked"), later("Lines checked")),
    OfUnit(later("Words for training"), later("Lines for training")),
    OfUnit(later("Words worth a second look"), later("Lines worth a second look")),
    OfUnit(later("Words per photo or writer"), later("Lines per photo or writer")),
)
_SINCE = {
    ("word", True): later_n("{count} more word since the last refresh.", "{count} more words since the last refresh."),
    ("word", False): later_n(
        "{count} fewer word since the last refresh.", "{count} fewer words since the last refresh."
    ),
    ("line", True): later_n("{count} more line since the last refresh.", "{count} more lines since the last refresh."),
    ("line", False): later_n(
        "{count} fewer line since the last refresh.", "{count} fewer lines since the last refresh."
    ),
}


class PreflightPage(QWidget):
    """Shows the training data of a recognizer.

    Signals: ``start(Recipe, str)``: start training, for a writer or, if empty, for all photos; ``look()``: collect the
    data again; ``chosen(place)``: show a word.
    """

    start = Signal(object, str)
    look = Signal()
    chosen = Signal(object)

    def __init__(self, pictures: CropImages) -> None:
        super().__init__()
        self._pictures = pictures
        self.writers = ComboBox((), "", tr("Photos that the new model is for"))
        self.writers.setToolTip(
            labels.tooltip(tr("A writer profile reads this writer’s photos only; other photos are read as before"))
        )
        self.writers.currentIndexChanged.connect(self._show_writer)
        self.writers.activated.connect(self._note_choice)
        self.column = StartColumn(tr(LEARN_WORDS), Meter(PLENTY, (LEAST, TELLING), ""), choice=self.writers)
        self.recipe = RecipeForm(Recipe(), READING, suggest=suggested_recipe)
        self.column.start.connect(lambda: self.start.emit(self.recipe.recipe, self.writer))
        self.column.look.connect(self.look)
        self.column.unfolded.connect(self._show_parts)
        self.examples = ExampleList(pictures)
        self.how = start_page.how(HOW_WORDS, LEARN_WORDS)
        self.doubts = LearnedTable((tr("Your text"), tr("Reason")), pictures, "")
        self.doubts.give_room_to(2)
        self.groups = FigureTable((tr("From"), tr("Training"), tr("Held out")), "")
        self.details = QTabWidget()
        self.details.setDocumentMode(True)
        for view in (self.examples, self.doubts):
            view.chosen.connect(self.chosen)
        self._names: dict[QWidget, OfUnit] = dict(
            zip((self.column.meter, self.examples, self.doubts, self.groups), _NAMES, strict=True)
        )
        self._look: Preflight | None = None
        self._checked = 0
        self._chosen_writer: str | None = None  # by the user; empty for all photos
        self._lay_out()
        self.show_look(None)

    @property
    def writer(self) -> str:
        """Whose handwriting is learned; empty for a model for all photos."""
        return str(self.writers.currentData() or "")

    def show_look(self, look: Preflight | None) -> None:
        """Show the collected training data; None if there are none yet."""
        self._look = look
        self._show_unit(f"{look.unit}s" if look else "words")
        self._pictures.use(look.dataset if look else None)
        self.examples.words.show_dataset(look.dataset if look else None)
        rows = doubt_rows(look) if look else []
        self.doubts.show_rows(rows)
        self.details.setTabText(0, tr("Worth a second look ({count})", count=len(rows)))
        groups = look.groups if look else ()
        self.groups.show_rows(
            [(labels.file_name(each.title) or "–", str(each.train), str(each.held_out)) for each in groups]
        )
        self.details.setTabText(1, tr("Sources ({count})", count=len(groups)))
        self.details.setCurrentIndex(0 if rows else 1)
        self._show_parts()
        self._offer_writers(look)
        self._show_facts()
        self.show_checked(look.words if look else 0)

    def _offer_writers(self, look: Preflight | None) -> None:
        """Offer a profile for each writer with enough words; what was chosen stays, else the first writer is."""
        counts = preflight.count_writers(look.dataset) if look and look.dataset else {}
        enough = [writer for writer, words in counts.items() if words >= LEAST]
        with QSignalBlocker(self.writers):
            self.writers.clear()
            for writer in enough:
                self.writers.addItem(tr("For photos by {writer}", writer=labels.label(writer)), writer)
            self.writers.addItem(tr("For all photos"), "")
            self.writers.setCurrentIndex(max(0, self.writers.findData(self._chosen_writer)))
        self.writers.setVisible(bool(enough))
        self.recipe.show_profile(bool(self.writer))

    def _note_choice(self) -> None:
        self._chosen_writer = self.writer

    def _show_writer(self) -> None:
        self.recipe.show_profile(bool(self.writer))
        self._show_facts()
        self.show_checked(self._checked)

    def _show_facts(self) -> None:
        look = self._look
        self.column.facts.setText(facts(look, self.writer) if look else "")
        self.column.facts.setVisible(bool(look and look.words))

    def _show_unit(self, unit: str) -> None:
        """Name the examples by their unit, "words" or "lines"."""
        for view, name in self._names.items():
            view.setAccessibleName(name.text_for(unit))
        self.recipe.show_unit(unit)

    def show_checked(self, words: int) -> None:
        """Show how many words are checked, including those since the data were collected."""
        self._checked = words
        unit = self._look.unit if self._look else "word"
        since = words - (self._look.words if self._look else words)
        if self.writer and self._look and self._look.dataset:
            words = preflight.count_writers(self._look.dataset)[self.writer]
        outlook = start_page.of_words(words, unit)
        if not words and self._look and self._look.left_out:
            outlook = start_page.none_usable()
        self.column.show_outlook(outlook, words)
        self.column.show_stale(since_said(since, unit))

    def _show_parts(self) -> None:
        unfolded, some = self.column.advanced.isChecked(), bool(self._look and self._look.words)
        doubted = bool(self._look and self._look.left_out)
        self._middle.setCurrentWidget(self.recipe if unfolded else self.examples if some else self.how)
        self.details.setVisible((some or doubted) and not unfolded)

    def _lay_out(self) -> None:
        self._middle = QStackedWidget()
        beside = lay_beside(self.column, self)
        beside.add(self._middle, 200, 500)
        for widget in (self.how, self.examples, self.recipe):
            self._middle.addWidget(widget)
        beside.add(self.details, 200, 500)
        self.details.addTab(self.doubts, "")
        self.details.addTab(self.groups, "")


def since_said(since: int, unit: str) -> str:
    """How many words were checked since the last refresh; empty if none. unit: "word" or "line"."""
    return tr_n(*_SINCE[unit, since > 0], abs(since)) if since else ""


def doubt_rows(look: Preflight) -> list[LearnedRow]:
    """Rows for the words that are worth a second look, and for those that were left out."""
    rows = [
        LearnedRow(each.example.crop, (each.example.text, each.why), each.example.place, tip=each.why)
        for each in look.doubts
    ]
    for left in look.left_out:
        why = tr("Left out: {why}.", why=tr(REASONS[left.reason]))
        rows.append(LearnedRow("", (left.text, why), (left.page, left.word), tip=why))
    return rows


def facts(look: Preflight, writer: str = "") -> str:
    """Further facts about the training data, one per line; of a writer's words only, for a writer profile."""
    dataset = look.dataset
    if dataset is None:
        return ""
    lines = []
    if not preflight.count_writers(dataset):
        lines.append(tr("To learn one handwriting only, set the writer of its photos (Photos → Writer and tags)."))
    if writer:
        lines.append(tr("Photos by others are read as before."))
    if look.new_letters:
        lines.append(tr("New characters to learn: {letters}", letters=" ".join(look.new_letters)))
    train, held_out = (
        sum(not writer or each.writer == writer for each in examples) for examples in (dataset.train, dataset.held_out)
    )
    lines.append(
        tr(
            "{train} for training, {held_out} held out (◇): {rule}.",
            train=train,
            held_out=held_out,
            rule=tr(RULES.get(dataset.rule, "")),
        )
    )
    return "\n".join(lines)
