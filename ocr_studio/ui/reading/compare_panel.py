"""Panel that compares another recognizer with the one in use, on the words of the open photo."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtWidgets import QApplication, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ocr_studio.core.models import registry
from ocr_studio.core.translation import Message, later, message_n, number, tr, tr_n
from ocr_studio.jobs.reading.compare_models import ModelsCompared, WordCompared
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.reading.compare_models import TwoReadings
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.form_fields import ButtonRow, ComboBox
from ocr_studio.ui.widgets.panel_keys import CHANGE_KEYS
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import SidePanel
from ocr_studio.ui.words.change_list import ChangeList, ListTexts
from ocr_studio.ui.words.word_pictures import WordPictures


class ComparisonPanel(SidePanel):
    """A list of the words that two models read differently.

    The photo shows the word of the current row, and the other model's text on each listed word. Return applies that
    text and goes to the next row.
    """

    own_keys = (*CHANGE_KEYS, (later("Enter"), later("Apply the other model’s text and go to the next row")))

    def __init__(self, readings: TwoReadings, document: Document, view: PhotoView, pictures: WordPictures) -> None:
        super().__init__(tr("Model comparison"), "two-readings", tab_title=tr("Comparison"))
        self.readings, self._document, self._view, self._pictures = readings, document, view, pictures
        self.models = ComboBox((), "", tr("Other model"))
        self.models.setMinimumWidth(120)
        self.models.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.compare = _button(tr("Compare"), tr("Read this photo with both models; nothing changes"))
        self.stop = _button(tr("Stop"), tr("Stop reading"))
        self.bar = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.bar.setFixedWidth(100)
        self.bar.setAccessibleName(tr("Comparison progress"))
        self.take_one = _button(tr("Apply to this word"), tr("Replace the word with the other model’s text (Enter)"))
        self.take_one.hide()
        self.status = PlainLabel()
        self.status.setWordWrap(True)
        self.list: ChangeList | None = None
        self.compare.clicked.connect(lambda: self.start(self.models.currentData()))
        self.stop.clicked.connect(readings.cancel)
        self.take_one.clicked.connect(self.take_current)
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
        (self.list or self.models).setFocus()

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
        change = self.readings.others().get(self._document.current or "")
        if self.list is None or change is None:
            self.status.setText(tr("Words that you have checked, moved or already replaced aren’t changed."))
        elif self._document.writable:
            self.list.start([change])

    def go_on(self) -> None:
        """Make the next word with another text the current one, wrapping around at the end."""
        order, others = [each.word.id for each in self.readings.differing], self.readings.others()
        at = order.index(self._document.current) + 1 if self._document.current in order else 0
        following = [word_id for word_id in (*order[at:], *order[:at]) if word_id in others]
        if following:
            self._document.select([following[0]])

    def _lay_out(self) -> None:
        label = PlainLabel(tr("Compare with"))
        label.setBuddy(self.models)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label)
        head.addWidget(self.models, 1)
        head.addWidget(self.closer)
        body = QWidget()
        below = self._below = ButtonRow()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(12, 8, 12, 8)
        self._column.setSpacing(8)
        self._column.addLayout(head)
        self._column.addLayout(below)
        for widget in (self.compare, self.bar, self.stop):
            below.add(widget)
        below.add(self.take_one, at_end=True)
        self._column.addWidget(self.status)
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
        theme.set_state(self.compare, "primary", compared is None)
        self.compare.setEnabled(self.models.count() > 0 and self._document.page is not None)
        self.status.setText(self._describe_state())
        self._show_rows(compared)
        self._mark()
        self.changed.emit()

    def _describe_state(self) -> str:
        compared = self.readings.compared
        if self.readings.busy:
            return tr("Both models are reading this photo…")
        if compared is not None:
            parts = _checked(compared), _differing(compared), _name_obstacles(self.readings.obstacles)
            return " ".join(filter(None, parts))
        if self.readings.trouble is not None:
            return self.readings.trouble.message
        if self.models.count() == 0:
            return tr("There is no other model yet. Train one from your corrections, or import one (Read → Models).")
        if self.readings.left_photo:
            return tr("The comparison was for another photo. Press Compare to compare the models on this photo.")
        return tr("See which words another model reads differently. Nothing changes until you apply its text.")

    def _show_rows(self, compared: ModelsCompared | None) -> None:
        if compared is None:
            self._replace_list(None)
            return
        if self.list is None:
            titles = tr("Current text"), compared.other, tr("{model} (in use)", model=compared.used)
            truths = {each.word.id: each for each in compared.words}
            made = ChangeList(
                self._document,
                self._pictures,
                ListTexts(tr("Words that the two models read differently"), titles, button=_applying, step=_step),
                by_photo=False,
                right=lambda change: _right(truths[change.word_id]),
                enter=self.take_current,
            )
            made.tree.selectionModel().currentRowChanged.connect(lambda *_: self._go())
            made.applied.connect(lambda applied: self.go_on() if applied.words else None)
            self._replace_list(made)
        assert self.list is not None
        self.list.show_changes(self.readings.changes())

    def _replace_list(self, new: ChangeList | None) -> None:
        if self.list is not None:
            self.list.apply.deleteLater()
            self.list.hide()
            self.list.deleteLater()
        self.list = new
        self.take_one.setVisible(new is not None)
        if new is not None:
            self._column.insertWidget(3, new, 1)
            self._below.add(new.apply, at_end=True)
            order = (self.take_one, new.apply, new.tree, new.every, new.none, new.equal, self.closer)
            for before, after in pairwise(order):
                self.setTabOrder(before, after)
            if self._has(QApplication.focusWidget()):
                new.setFocus()  # Compare, which was pressed, is hidden while the models read

    def _go(self) -> None:
        """Select the word of the current row."""
        change = self.list.tree.current() if self.list else None
        if change is not None and self._document.current != change.word_id:
            self._document.select([change.word_id])

    def _follow(self) -> None:
        """Make the row of the current word the current row."""
        current, page = self._document.current, self._document.page
        self.take_one.setEnabled(self.offers(current))
        if self.list is None or current is None or page is None:
            return
        place, now = self.list.changes.place((page.id, current)), self.list.tree.current()
        if place.isValid() and (now is None or now.word_id != current):
            self.list.tree.setCurrentIndex(place)

    def _mark(self) -> None:
        others = self.readings.others() if self.isVisible() else {}
        self._view.show_others({key: change.after for key, change in others.items()})
        self._follow()


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(labels.tooltip(tip))
    return button


def _applying(words: int) -> str:
    return tr("Apply {number}", number=words) if words else tr("Apply")


def _step(words: int, _photos: int) -> Message:
    """The name of the step in the undo menu."""
    return message_n("Apply {count} new text", "Apply {count} new texts", words)


def _right(each: WordCompared) -> tuple[bool, bool]:
    """Whether the other model, and the one in use, read a checked word right."""
    return each.other.text == each.truth, each.used.text == each.truth


def _checked(compared: ModelsCompared) -> str:
    used, other = compared.tally(other=False), compared.tally(other=True)
    if used.words == 0:
        return tr("You haven’t checked any words on this photo yet, so the models can’t be scored.")
    said = tr(
        "Words checked here: {words}. “{used}” reads {used_right} correctly (character error rate {used_cer}%),"
        " “{other}” reads {other_right} (character error rate {other_cer}%).",
        words=used.words,
        used=compared.used,
        used_right=used.right,
        used_cer=number(100 * used.cer, 1),
        other=compared.other,
        other_right=other.right,
        other_cer=number(100 * other.cer, 1),
    )
    if not compared.trained:
        return said
    models = ", ".join(map(labels.quoted, compared.trained))
    doubt = tr("This counts words that {models} was trained on; Read → Models shows the held-out ones.", models=models)
    return f"{said} {doubt}"


def _differing(compared: ModelsCompared) -> str:
    number = sum(each.used.text != each.other.text for each in compared.words)
    if number == 0:
        return tr("Both models read every word on this photo the same.")
    return tr_n(
        "They read {number} of {count} word differently.",
        "They read {number} of {count} words differently.",
        len(compared.words),
        number=number,
    )


def _name_obstacles(obstacles: Mapping[str, int]) -> str:
    if not obstacles:
        return ""
    return tr_n(
        "{count} can’t be changed ({reasons}).",
        "{count} can’t be changed ({reasons}).",
        sum(obstacles.values()),
        reasons=", ".join(f"{reason}: {count}" for reason, count in obstacles.items()),
    )
