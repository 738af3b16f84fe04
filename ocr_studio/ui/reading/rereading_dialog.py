"""Dialog for reading the unchecked words of one photo again: the progress, then the differences to apply."""

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

_NOTE = later("Words you have typed or checked stay as they are. One Undo reverts everything.")


class RereadingDialog(JobResultDialog):
    """Shows the progress, then the differences from the current texts; nothing changes until some are applied.

    Signals:
        taken(frozenset): ids of the words whose new text is to be applied.
    """

    taken = Signal(object)

    def __init__(self, photo: Pyramid, total: int, model: str, parent: QWidget | None = None) -> None:
        """Show the progress of reading ``total`` words of the photo with the named model."""
        reading = being_read(total, model)
        buttons = QDialogButtonBox.StandardButton
        super().__init__(
            tr("Read unchecked words again"),
            reading,
            note=tr(_NOTE),
            parent=parent,
            buttons=buttons.Ok | buttons.Cancel,
        )
        self._total = total
        self.table = WordsTable(
            (tr("Current text"), tr("New text"), tr("Confidence")),
            photo,
            tr("Words that are read differently"),
            ticking=True,
        )
        self.table.horizontalHeader().setSectionResizeMode(3, self.table.horizontalHeader().ResizeMode.ResizeToContents)
        self.every, self.none = QPushButton(tr("Select &all")), QPushButton(tr("Select &none"))
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
        """Show the words that are read differently, after all have been read."""
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
        """Show why reading failed."""
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
    """The current text of the word, as it is shown."""
    return labels.shown(each.word.text) if each.word.text or each.word.machine else tr("(not read yet)")


def sureness(read: Transcription) -> str:
    """The confidence as it is shown."""
    return "–" if read.confidence is None else f"{100 * read.confidence:.0f} %"


def being_read(words: int, model: str) -> str:
    """The message while words are being read."""
    return tr_n(
        "“{model}” is reading {count} unchecked word…",
        "“{model}” is reading {count} unchecked words…",
        words,
        model=model,
    )


def read_otherwise(found: int, words: int) -> str:
    """The message that ``found`` of ``words`` words are read differently."""
    if words == 1:
        return tr("The only unchecked word is read differently now. Select it to apply the new text.")
    return tr_n(
        "{count} of {words} words is read differently now. Select the new texts to apply.",
        "{count} of {words} words are read differently now. Select the new texts to apply.",
        found,
        words=words,
    )


def taking_over(words: int) -> str:
    """The label of the button that applies this many texts."""
    return tr("&Apply {number}", number=words) if words else tr("&Apply")


def _as_before(words: int) -> str:
    if words == 1:
        return tr("The only unchecked word was read again with the same result; there is nothing to apply.")
    return tr_n(
        "{count} unchecked word was read again with the same result; there is nothing to apply.",
        "All {count} unchecked words were read again with the same result; there is nothing to apply.",
        words,
    )
