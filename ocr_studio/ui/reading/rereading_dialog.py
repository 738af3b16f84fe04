"""Words that are read again: what is read otherwise now, to take over all of it or some."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QPushButton, QWidget

from ocr_studio.core.editing.rereading import Difference
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Transcription
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.reading.readings_table import ReadRow, WordsTable
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.job_dialog import JobResultDialog

_NOTE = later("What you wrote or checked stays. One Undo takes all of this back.")


class RereadingDialog(JobResultDialog):
    """Shows how far the reading has come, then its differences with what stands there.

    photo: whose words they are. total: how many are read again. model: by which model. Signals: ``taken(frozenset of
    ids)`` when the person takes some over; nothing changes before.
    """

    taken = Signal(object)

    def __init__(self, photo: Pyramid, total: int, model: str, parent: QWidget | None = None) -> None:
        reading = being_read(total, model)
        buttons = QDialogButtonBox.StandardButton
        super().__init__(
            tr("Read unreviewed words again"),
            reading,
            note=tr(_NOTE),
            parent=parent,
            buttons=buttons.Ok | buttons.Cancel,
        )
        self._total = total
        self.table = WordsTable(
            (tr("Now"), tr("Read again"), tr("How sure")), photo, tr("Words that are read otherwise"), ticking=True
        )
        self.table.horizontalHeader().setSectionResizeMode(3, self.table.horizontalHeader().ResizeMode.ResizeToContents)
        self.every, self.none = QPushButton(tr("Tick &all")), QPushButton(tr("Tick &none"))
        for button, on in ((self.every, True), (self.none, False)):
            button.setProperty("flat", True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, on=on: self._tick_all(on=on))
        self.take = self.buttons.button(buttons.Ok)
        self.buttons.accepted.connect(self._accept)
        self.table.words.ticked.connect(self._offer)
        ticks = QHBoxLayout()
        ticks.setSpacing(8)
        ticks.addWidget(self.every)
        ticks.addWidget(self.none)
        ticks.addStretch(1)
        self._lay_out(self.table, ticks, size=QSize(720, 560))
        self._show(table=False)

    def show_differences(self, found: tuple[Difference, ...]) -> None:
        """All words are read; these are read otherwise."""
        self.bar.hide()
        if not found:
            self.said.setText(_as_before(self._total))
            self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("&Close"))
            return
        self.said.setText(read_otherwise(len(found), self._total))
        self.table.words.show_rows(
            ReadRow(each.word.id, each.word.quad, (standing(each), labels.shown(each.read.text), sureness(each.read)))
            for each in found
        )
        self._show(table=True)
        self.take.setFocus()

    def show_trouble(self, trouble: Trouble) -> None:
        """It could not be done."""
        super().show_trouble(trouble)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("&Close"))

    def _show(self, *, table: bool) -> None:
        for widget in (self.table, self.every, self.none, self.note, self.take):
            widget.setVisible(table)
        if table:
            self._offer()

    def _tick_all(self, *, on: bool) -> None:
        self.table.words.tick(range(len(self.table.words.rows)), on=on)

    def _offer(self) -> None:
        number = len(self.table.words.chosen)
        self.take.setText(taking_over(number))
        self.take.setEnabled(number > 0)

    def _accept(self) -> None:
        self.taken.emit(self.table.words.chosen)
        self.accept()


def standing(each: Difference) -> str:
    """What stands there now."""
    return labels.shown(each.word.text) if each.word.text or each.word.machine else tr("(not read yet)")


def sureness(read: Transcription) -> str:
    """How sure a model is of what it read."""
    return "–" if read.confidence is None else f"{100 * read.confidence:.0f} %"


def being_read(words: int, model: str) -> str:
    """So many words are being read by a model."""
    return tr_n(
        "“{model}” reads {count} word that nobody has checked…",
        "“{model}” reads {count} words that nobody has checked…",
        words,
        model=model,
    )


def read_otherwise(found: int, words: int) -> str:
    """So many of so many words are read otherwise."""
    if words == 1:
        return tr("The only word is read otherwise. Tick it to take it over.")
    return tr_n(
        "{count} of {words} words is read otherwise. Tick what you want to take over.",
        "{count} of {words} words are read otherwise. Tick what you want to take over.",
        found,
        words=words,
    )


def taking_over(words: int) -> str:
    """The button that takes over so many."""
    return tr("&Take over {number}", number=words) if words else tr("&Take over")


def _as_before(words: int) -> str:
    if words == 1:
        return tr("The only unreviewed word is read as before: there is nothing to take over.")
    return tr_n(
        "All {count} unreviewed words are read as before: there is nothing to take over.",
        "All {count} unreviewed words are read as before: there is nothing to take over.",
        words,
    )
