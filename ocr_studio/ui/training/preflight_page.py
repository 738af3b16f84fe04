"""What one sees before words are learned: the words themselves, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from ocr_studio.core.datasets.dataset import REASONS, RULES
from ocr_studio.core.models.registry import Model
from ocr_studio.core.training.events import Recipe
from ocr_studio.core.training.preflight import LEAST, PLENTY, TELLING
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.ui.style import labels
from ocr_studio.ui.style.labels import OfUnit
from ocr_studio.ui.training import start_page
from ocr_studio.ui.training.crop_images import CropPictures
from ocr_studio.ui.training.recipe_form import READING, RecipeForm
from ocr_studio.ui.training.side_column import Meter, lay_beside
from ocr_studio.ui.training.start_page import HOW_WORDS, LEARN_WORDS, OutsetColumn
from ocr_studio.ui.training.word_lists import ExampleList, LearnedRow, LearnedTable
from ocr_studio.ui.widgets.tables import FigureTable

# What the meter, the words, those in doubt and where they are from are called, for who cannot see them.
_NAMES = (
    OfUnit(later("Words checked"), later("Lines checked")),
    OfUnit(later("Words to learn from"), later("Lines to learn from")),
    OfUnit(later("Words worth a second look"), later("Lines worth a second look")),
    OfUnit(later("Words of each photo or writer"), later("Lines of each photo or writer")),
)
_SINCE = {
    ("word", True): later_n("{count} word more since the last look.", "{count} words more since the last look."),
    ("word", False): later_n("{count} word fewer since the last look.", "{count} words fewer since the last look."),
    ("line", True): later_n("{count} line more since the last look.", "{count} lines more since the last look."),
    ("line", False): later_n("{count} line fewer since the last look.", "{count} lines fewer since the last look."),
}


class PreflightPage(QWidget):
    """Shows what there is to learn from.

    Signals: ``start(Recipe)`` a person wants to begin; ``look()`` to look anew; ``chosen(place)`` to see a word.
    """

    start = Signal(object)
    look = Signal()
    chosen = Signal(object)

    def __init__(self, pictures: CropPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.column = OutsetColumn(tr(LEARN_WORDS), Meter(PLENTY, (LEAST, TELLING), ""))
        self.column.start.connect(self._start)
        self.column.look.connect(self.look)
        self.column.unfolded.connect(self._show_parts)
        self.examples = ExampleList(pictures)
        self.recipe = RecipeForm(Recipe(), READING)
        self.how = start_page.how(HOW_WORDS, LEARN_WORDS)
        self.doubts = LearnedTable((tr("You say"), tr("Why to look")), pictures, "")
        self.doubts.give_room_to(2)
        self.groups = FigureTable((tr("From"), tr("To learn from"), tr("To measure by")), "")
        self.details = QTabWidget()
        self.details.setDocumentMode(True)
        for view in (self.examples, self.doubts):
            view.chosen.connect(self.chosen)
        self._names: dict[QWidget, OfUnit] = dict(
            zip((self.column.meter, self.examples, self.doubts, self.groups), _NAMES, strict=True)
        )
        self._look: Preflight | None = None
        self._lay_out()
        self.show_look(None)

    def show_look(self, look: Preflight | None) -> None:
        """Show what was looked at; None where nothing was yet."""
        self._look = look
        self._say_unit(f"{look.unit}s" if look else "words")
        self._pictures.use(look.dataset if look else None)
        self.examples.words.show_dataset(look.dataset if look else None)
        rows = doubt_rows(look) if look else []
        self.doubts.show_rows(rows)
        self.details.setTabText(0, tr("Worth a second look ({count})", count=len(rows)))
        groups = look.groups if look else ()
        self.groups.show_rows(
            [(labels.file_name(each.title) or "–", str(each.train), str(each.held_out)) for each in groups]
        )
        self.details.setTabText(1, tr("Where they are from ({count})", count=len(groups)))
        self.details.setCurrentIndex(0 if rows else 1)
        self.column.facts.setText(facts(look) if look else "")
        self.column.facts.setVisible(bool(look and look.words))
        self._show_parts()
        self.show_checked(look.words if look else 0)

    def _say_unit(self, unit: str) -> None:
        """Call what is learned from what it is, "words" or "lines"."""
        for view, name in self._names.items():
            view.setAccessibleName(name.said(unit))
        self.recipe.show_unit(unit)

    def _start(self) -> None:
        self.start.emit(self.recipe.recipe)

    def show_models(self, models: Sequence[Model], in_use: str) -> None:
        """What can be started from."""
        self.recipe.show_models(models, in_use)

    def show_checked(self, words: int) -> None:
        """How many words are checked by now, those since the look included."""
        unit = self._look.unit if self._look else "word"
        outlook = start_page.of_words(words, unit)
        if not words and self._look and self._look.left_out:
            outlook = start_page.none_usable()
        self.column.show_outlook(outlook, words)
        since = words - (self._look.words if self._look else words)
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
    """How many more words or lines are checked than at the last look; nothing if none are. unit: "word", "line"."""
    return tr_n(*_SINCE[unit, since > 0], abs(since)) if since else ""


def doubt_rows(look: Preflight) -> list[LearnedRow]:
    """The words that are worth a second look, and those that could not be taken, as rows of a table."""
    rows = [
        LearnedRow(each.example.crop, (each.example.text, each.why), each.example.place, tip=each.why)
        for each in look.doubts
    ]
    for left in look.left_out:
        why = tr("Left out: {why}.", why=tr(REASONS[left.reason]))
        rows.append(LearnedRow("", (left.text, why), (left.page, left.word), tip=why))
    return rows


def facts(look: Preflight) -> str:
    """What else is known of what was looked at, a line for each fact."""
    dataset = look.dataset
    if dataset is None:
        return ""
    lines = []
    if look.new_letters:
        lines.append(tr("New letters, which it will learn: {letters}", letters=" ".join(look.new_letters)))
    train, held_out = len(dataset.train), len(dataset.held_out)
    lines.append(
        tr(
            "{train} to learn from, {held_out} only to measure by (◇): {rule}.",
            train=train,
            held_out=held_out,
            rule=tr(RULES.get(dataset.rule, "")),
        )
    )
    return "\n".join(lines)
