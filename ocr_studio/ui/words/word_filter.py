"""The row above the table of words that filters and sorts it."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QToolButton

from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.core.words.word_list import WordFilter, WordKind, WordSort
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.widgets.filter_bar import FilterBar, FilterTexts
from ocr_studio.ui.widgets.form_fields import ChoiceButton
from ocr_studio.ui.words.word_table import WordTable

_KINDS: Final = {
    WordKind.ALL: later("All words"),
    WordKind.UNCHECKED: later("Unchecked words"),
    WordKind.DOUBTFUL: later("Unchecked words with low confidence"),
    WordKind.CORRECTED: later("Corrected words"),
    WordKind.MARKED: later("Excluded words"),
}
_SORTS: Final = {
    WordSort.READING: later("In reading order"),
    WordSort.CONFIDENCE: later("Least confident first"),
    WordSort.STATE: later("What needs work first"),
    WordSort.TEXT: later("By text"),
    WordSort.PLACE: later("By place, from the top down"),
}


class WordFilterBar(FilterBar):
    """A field for text, a button for which words, and one for their order; below it, how many words are shown."""

    def __init__(self, table: WordTable, document: Document) -> None:
        super().__init__(
            FilterTexts(tr("Filter words"), tr("Sort words"), lambda order: tr("Sort words: {order}", order=order)),
            _SORTS.items(),
        )
        self.edit.setToolTip(tr("List only words that contain this text"))
        self._table = table
        self.edit.textChanged.connect(self._filter)
        self.edit.left.connect(table.setFocus)
        self.kind = ChoiceButton(
            "mdi6.filter-outline",
            tr("Which words are listed"),
            [(kind.value, tr(title)) for kind, title in _KINDS.items()],
            tip=lambda kind: tr("Words listed: {kind}", kind=kind),
        )
        self.kind.chosen.connect(self._filter)
        self.add_button(self.kind)
        self.sort_chosen.connect(lambda value: table.sort_by(WordSort(value)))
        self.all = QToolButton()
        self.all.setText(tr("List all"))
        self.all.setToolTip(tr("List all words of this photo"))
        self.all.clicked.connect(self.clear)
        self.add_below(self.all)
        table.arranged.connect(self._show)
        document.opened.connect(self._show)
        document.changed.connect(self._show)
        self._show()

    def clear(self) -> None:
        """List all words."""
        self.choose(WordFilter())

    def choose(self, chosen: WordFilter) -> None:
        """List only these words, as if the user had chosen them."""
        self.kind.show_choice(chosen.kind)
        self.edit.setText(chosen.text)
        self._filter()

    def _filter(self) -> None:
        self._table.filter_by(WordFilter(WordKind(self.kind.choice), self.edit.text()))

    def _show(self) -> None:
        shown, total = self._table.counts
        chosen = self._table.filter
        said = tr_n("{shown} of {count} word", "{shown} of {count} words", total, shown=shown)
        if chosen.kind is not WordKind.ALL:
            said = f"{tr(_KINDS[chosen.kind])}: {said}"
        self.status.setText(said)
        for widget in (self.status, self.all):
            widget.setVisible(bool(chosen))
        self.sort.show_choice(self._table.sort)
