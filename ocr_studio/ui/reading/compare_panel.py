"""Panel that compares another recognizer with the one in use, on the words of the open photo."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from ocr_studio.core.models import registry
from ocr_studio.core.translation import later, number, tr
from ocr_studio.jobs.reading.compare_models import ModelsCompared, WordCompared
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.reading.compare_models import TwoReadings
from ocr_studio.ui.reading.readings_table import ReadRow, WordsTable
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.combo_box import ComboBox
from ocr_studio.ui.widgets.dock_panel import PanelDock
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import ChosenByReturn


class _Table(ChosenByReturn, WordsTable):
    """Signals: ``chosen(row)`` on Return."""

    chosen = Signal(int)

    def _behind(self, row: int) -> tuple[object, ...]:
        return (row,)


class ComparisonPanel(PanelDock):
    """A list of the words that two models read differently.

    The photo shows the word of the current row, and the other model's text on each listed word. Return applies that
    text and goes to the next row.
    """

    own_keys = ((later("Enter"), later("Apply the other model’s text and go to the next row")),)

    def __init__(
        self, readings: TwoReadings, document: Document, view: PhotoView, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Model comparison"), "two-readings", parent)
        self.readings, self._document, self._view = readings, document, view
        self.models = ComboBox((), "", tr("Other model"))
        self.models.setMinimumWidth(180)
        self.compare = _button(tr("Compare"), tr("Read this photo with both models; nothing changes"))
        self.stop = _button(tr("Stop"), tr("Stop reading"))
        self.bar = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(tr("Comparison progress"))
        self.take_one = _button(tr("Apply"), tr("Replace the word with the other model’s text (Enter)"))
        self.take_all = _button(tr("Apply all"), tr("Replace all unchecked words with the other model’s text"))
        self.said = PlainLabel()
        self.said.setWordWrap(True)
        self.table: _Table | None = None
        self.compare.clicked.connect(lambda: self.start(self.models.currentData()))
        self.stop.clicked.connect(readings.cancel)
        self.take_one.clicked.connect(self.take_current)
        self.take_all.clicked.connect(lambda: self._take(readings.others()))
        readings.progressed.connect(self._show_progress)
        readings.changed.connect(self._show)
        document.selection_changed.connect(self._follow)
        self.visibilityChanged.connect(lambda _: self._mark())
        self._lay_out()
        self.retint()
        self._show()

    def begin(self) -> None:
        """Open the panel and let the user choose a model to compare with."""
        self._offer_models(self.models.currentData())
        self.open()
        (self.table if self.table and self.readings.compared else self.models).setFocus()

    def start(self, name: str | None) -> None:
        """Open the panel and compare with this model."""
        self._offer_models(name)
        self.open()
        if name:
            self.readings.start(name)

    def offers(self, word_id: str | None) -> bool:
        """Whether another text of this word can be applied."""
        return self.isVisible() and word_id in self.readings.others()

    @property
    def offers_any(self) -> bool:
        """Whether another text of any word can be applied."""
        return self.isVisible() and bool(self.readings.others())

    def take_current(self) -> None:
        """Apply the other text of the current word and go to the next word that has one."""
        if self._document.current:
            self._take([self._document.current])

    def go_on(self) -> None:
        """Make the next word with another text the current one, wrapping around at the end."""
        order, others = [each.word.id for each in self.readings.differing], self.readings.others()
        at = order.index(self._document.current) + 1 if self._document.current in order else 0
        following = [word_id for word_id in (*order[at:], *order[:at]) if word_id in others]
        if following:
            self._document.select([following[0]])

    def _take(self, ids: Collection[str]) -> None:
        if self.readings.take(ids):
            self.go_on()
        else:
            self.said.setText(tr("Words that you have checked, moved or already replaced aren’t changed."))

    def _lay_out(self) -> None:
        label = PlainLabel(tr("Compare with"))
        label.setBuddy(self.models)
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (label, self.models, self.compare, self.bar, self.stop):
            head.addWidget(widget)
        head.addStretch(1)
        for widget in (self.take_one, self.take_all, self.closer):
            head.addWidget(widget)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(12, 8, 12, 8)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addWidget(self.said)
        self._column.addStretch(0)
        self.setWidget(body)

    def _offer_models(self, chosen: str | None) -> None:
        self.models.clear()
        for model in registry.available():
            if model.name != self.readings.used:
                self.models.addItem(tr(model.title) if model.of_program else model.name, model.name)
        self.models.setCurrentIndex(max(0, self.models.findData(chosen)))
        self._show()

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _show(self) -> None:
        busy, compared = self.readings.busy, self.readings.compared
        for widget, wanted in ((self.bar, busy), (self.stop, busy), (self.compare, not busy)):
            widget.setVisible(wanted)
        if busy:
            self.bar.setRange(0, 0)
        self.compare.setEnabled(self.models.count() > 0 and self._document.page is not None)
        self.said.setText(self._saying())
        self._show_rows(compared)
        self._mark()
        self.changed.emit()

    def _saying(self) -> str:
        compared = self.readings.compared
        if self.readings.busy:
            return tr("Both models are reading this photo…")
        if compared is not None:
            return f"{_checked(compared)} {_differing(compared)}"
        if self.readings.trouble is not None:
            return self.readings.trouble.message
        if self.models.count() == 0:
            return tr("There is no other model yet. Train one from your corrections, or import one (Read → Models).")
        return tr("See which words another model reads differently. Nothing changes until you apply its text.")

    def _show_rows(self, compared: ModelsCompared | None) -> None:
        photo = self._document.pyramid
        if compared is None or photo is None:
            self._replace_table(None)
            return
        if self.table is None:
            titles = (tr("{model} (in use)", model=compared.used), compared.other, tr("Current text"))
            table = _Table(titles, photo, tr("Words that the two models read differently"))
            table.selectionModel().currentRowChanged.connect(lambda row, _: self._go(row.row()))
            table.chosen.connect(lambda _: self.take_current())
            self._replace_table(table)
        assert self.table is not None
        rows = tuple(map(self._row, self.readings.differing))
        if rows != self.table.words.rows:
            self.table.words.say_rows(rows)
        self._follow()

    def _replace_table(self, table: _Table | None) -> None:
        if self.table is not None:
            self.table.hide()
            self.table.deleteLater()
        self.table = table
        if table is not None:
            self._column.insertWidget(2, table, 1)

    def _row(self, each: WordCompared) -> ReadRow:
        now = self.readings.word(each)
        readings = (each.used.text, each.other.text)
        right = () if each.truth is None else tuple(text == each.truth for text in readings)
        shown = labels.shown(now.text) if now else tr("(deleted)")
        cells = (*map(labels.shown, readings), shown)
        return ReadRow(each.word.id, each.word.quad, cells, right or (False, False))

    def _go(self, row: int) -> None:
        """Select the word of a row."""
        if self.table is not None and 0 <= row < len(self.table.words.rows):
            word_id = self.table.words.rows[row].id
            if self._document.current != word_id:
                self._document.select([word_id])

    def _follow(self) -> None:
        """Make the row of the current word the current row."""
        current = self._document.current
        self.take_one.setEnabled(self.offers(current))
        self.take_all.setEnabled(self.offers_any)
        if self.table is None:
            return
        rows = [row.id for row in self.table.words.rows]
        if current in rows and self.table.currentIndex().row() != rows.index(current):
            self.table.setCurrentIndex(self.table.words.index(rows.index(current), 0))

    def _mark(self) -> None:
        self._view.show_others(self.readings.others() if self.isVisible() else {})
        self._follow()


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(labels.tooltip(tip))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _checked(compared: ModelsCompared) -> str:
    used, other = compared.tally(other=False), compared.tally(other=True)
    if used.words == 0:
        return tr("You haven’t checked any words on this photo yet, so the models can’t be scored.")
    return tr(
        "Words checked here: {words}. “{used}” reads {used_right} correctly (character error rate {used_cer} %),"
        " “{other}” reads {other_right} (character error rate {other_cer} %).",
        words=used.words,
        used=compared.used,
        used_right=used.right,
        used_cer=number(100 * used.cer, 1),
        other=compared.other,
        other_right=other.right,
        other_cer=number(100 * other.cer, 1),
    )


def _differing(compared: ModelsCompared) -> str:
    number = sum(each.used.text != each.other.text for each in compared.words)
    if number == 0:
        return tr("Both models read every word on this photo the same.")
    return tr("They read {number} of {total} words differently.", number=number, total=len(compared.words))
