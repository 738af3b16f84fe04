"""What one sees before something is learned: what there is, what may be wrong with it, and the button that begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from ocr_studio.core.dataset import REASONS, RULES
from ocr_studio.core.preflight import LEAST, PLENTY, TELLING, Group
from ocr_studio.core.training import Recipe
from ocr_studio.jobs.preflight import Preflight
from ocr_studio.ui import wording
from ocr_studio.ui.crop_pictures import CropPictures
from ocr_studio.ui.learned_words import ExampleList, LearnedTable, WordRow
from ocr_studio.ui.row_table import RowTable
from ocr_studio.ui.trainer_column import TrainerColumn, button, say, set_primary
from ocr_studio.ui.trainer_meter import Meter
from ocr_studio.ui.trainer_recipe import RecipeForm

BUTTON = "Learn from my corrections"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said of so many corrections. ready: whether learning can begin; worthwhile: whether it should."""

    headline: str
    text: str
    ready: bool
    worthwhile: bool


def outlook(words: int, *, unit: str = "word") -> Outlook:
    """How far so many words reach, and how many more help."""
    checked = f"{wording.counted(words, unit)} checked"
    how = "Words that you corrected and words that you agreed with (Return) both count."
    if words < LEAST:
        missing = wording.counted(LEAST - words, unit)
        text = f"{missing} more and it can start; about {PLENTY} make a clear difference. {how}"
        return Outlook(f"Too few yet: {checked}" if words else "Too few yet: nothing is checked", text, False, False)
    if words < TELLING:
        text = (
            f"It can start, but with so few nobody can be sure whether it helped: {TELLING - words} more would tell,"
            f" and about {PLENTY} make a clear difference."
        )
        return Outlook(checked, text, True, False)
    if words < PLENTY:
        more = PLENTY - words
        return Outlook(checked, f"Enough to start. About {more} more would make a clearer difference.", True, True)
    return Outlook(checked, "Plenty. Every further photo of the same hand still helps.", True, True)


class PreflightPage(QWidget):
    """Shows what there is to learn from.

    Signals: ``start(Recipe)`` a person wants to begin; ``look()`` to look anew; ``chosen(page id, word id)`` to see a
    word in its place.
    """

    start = Signal(object)
    look = Signal()
    chosen = Signal(str, str)

    def __init__(self, pictures: CropPictures) -> None:
        super().__init__()
        self._pictures = pictures
        self.column = TrainerColumn()
        self.meter = Meter(PLENTY, (LEAST, TELLING))
        self.column.add(self.meter)
        self.text = self.column.add_text()
        self.begin = button(BUTTON, "Begin; you can go on correcting meanwhile", self._start, primary=True)
        self.column.add_buttons(self.begin)
        self.again = button("Look again", "Count what you have corrected since", self.look.emit)
        self.advanced = button(
            "Advanced…", "Choose how it learns; usually there is no need to", self._unfold, flat=True
        )
        self.advanced.setCheckable(True)
        self.column.add_buttons(self.advanced, self.again)
        self.stale = self.column.add_text(quiet=True)
        self.facts = self.column.add_text(quiet=True)
        self.examples = ExampleList(pictures)
        self.recipe = RecipeForm(Recipe())
        self.doubts = LearnedTable(("You say", "Why to look"), pictures, "Words worth a second look")
        self.groups = _Groups()
        self.details = QTabWidget()
        self.details.setDocumentMode(True)
        for view in (self.examples, self.doubts):
            view.chosen.connect(self.chosen)
        self._look: Preflight | None = None
        self._lay_out()
        self.show_look(None)

    def show_look(self, look: Preflight | None, *, checked: int = 0) -> None:
        """Show what was looked at; None where nothing was yet. checked: words checked by now."""
        self._look = look
        self._pictures.use(look.dataset if look else None)
        self.examples.words.show_dataset(look.dataset if look else None)
        rows = doubt_rows(look) if look else []
        self.doubts.show_rows(rows)
        self.details.setTabText(0, f"Worth a second look ({len(rows)})")
        groups = look.groups if look else ()
        self.groups.show_groups(groups)
        self.details.setTabText(1, f"Where they are from ({len(groups)})")
        self.details.setCurrentIndex(0 if rows else 1)
        say(self.facts, facts(look) if look else "")
        self._split.setVisible(bool(look and look.words) or self.advanced.isChecked())
        self.show_checked(look.words if look else checked)

    def show_checked(self, words: int) -> None:
        """How many words are checked by now, those since the look included."""
        found = outlook(words)
        looked = self._look.words if self._look else 0
        self.column.headline.setText(found.headline)
        say(self.text, found.text)
        self.meter.show_value(words)
        self.begin.setEnabled(found.ready)
        set_primary(self.begin, found.worthwhile)
        since = words - looked
        fresh = self._look is not None and since != 0
        self.again.setVisible(fresh)
        than = f"{wording.counted(abs(since), 'word')} {'more' if since > 0 else 'fewer'} since it was looked."
        say(self.stale, than if fresh else "")

    def say_waiting(self, text: str) -> None:
        """It is being looked, or cannot be."""
        self.column.headline.setText(text)
        say(self.text, "")
        self.begin.setEnabled(False)

    def _start(self) -> None:
        self.start.emit(self.recipe.recipe)

    def _unfold(self, unfolded: bool) -> None:
        self._middle.setCurrentWidget(self.recipe if unfolded else self.examples)
        self._split.setVisible(unfolded or bool(self._look and self._look.words))

    def _lay_out(self) -> None:
        self._middle = QStackedWidget()
        self._middle.addWidget(self.examples)
        self._middle.addWidget(self.recipe)
        self.details.addTab(self.doubts, "")
        self.details.addTab(self.groups, "")
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        for widget in (self._middle, self.details):
            widget.setMinimumWidth(200)
            self._split.addWidget(widget)
        self._split.setSizes([560, 420])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.column)
        row.addWidget(self._split, 1)


class _Groups(RowTable):
    """How many words each photo, or each writer, gives."""

    _TITLES = ("From", "To learn from", "To measure by")

    def __init__(self) -> None:
        super().__init__()
        self._model = QStandardItemModel(0, len(self._TITLES), self)
        self.setModel(self._model)
        self.setAccessibleName("Words of each photo or writer")
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._model.setHorizontalHeaderLabels(self._TITLES)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show these."""
        self._model.setRowCount(0)
        for group in groups:
            title = wording.file_name(group.title) or "–"
            items = [QStandardItem(text) for text in (title, str(group.train), str(group.held_out))]
            items[0].setToolTip(title)
            for item in items[1:]:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._model.appendRow(items)


def doubt_rows(look: Preflight) -> list[WordRow]:
    """The words that are worth a second look, and those that could not be taken, as rows of a table."""
    rows = [
        WordRow(each.example.crop, (each.example.text, each.why), each.example.place, tip=each.why)
        for each in look.doubts
    ]
    for left in look.left_out:
        why = f"Left out: {REASONS[left.reason]}."
        rows.append(WordRow("", (left.text, why), (left.page, left.word), tip=why))
    return rows


def facts(look: Preflight) -> str:
    """What else is known of what was looked at, a line for each fact."""
    dataset = look.dataset
    if dataset is None:
        return ""
    train, held_out = len(dataset.train), len(dataset.held_out)
    lines = [f"{train} to learn from, {held_out} only to measure by (◇): {RULES.get(dataset.rule, '')}."]
    if look.new_letters:
        lines.append(f"New letters, which it will learn: {' '.join(look.new_letters)}")
    return "\n".join(lines)
