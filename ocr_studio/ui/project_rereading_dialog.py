"""The unreviewed words of all photos, read again: how far it is, and what is read otherwise, to take over or not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QPushButton, QWidget

from ocr_studio.jobs.rereading_project import PageReread
from ocr_studio.ui import wording
from ocr_studio.ui.differences_tree import DifferencesTree
from ocr_studio.ui.job_result_dialog import JobResultDialog
from ocr_studio.ui.job_thread import Trouble

_NOTE = "What you wrote or checked stays. Undo takes all of this back, on all photos."
# Of what went wrong, so many are said; the others are counted.
_SAID = 5


class ProjectRereadingDialog(JobResultDialog):
    """One can go on working beside it; nothing changes before a person has taken something over.

    total: how many words there are. model: which reads them. Signals: ``paused(bool)``; ``stopped()`` show what has
    been found so far; ``taken(page id → ids of words)``.
    """

    paused = Signal(bool)
    stopped = Signal()
    taken = Signal(object)

    def __init__(self, total: int, model: str, parent: QWidget) -> None:
        kinds, role = QDialogButtonBox.StandardButton, QDialogButtonBox.ButtonRole.ActionRole
        reading = f"“{model}” reads {wording.counted(total, 'word')} that nobody has checked…"
        super().__init__(
            "Read unreviewed words again", reading, note=_NOTE, parent=parent, buttons=kinds.Ok | kinds.Cancel
        )
        self._total, self._words, self._differences = total, 0, 0
        self.tree = DifferencesTree()
        self.tree.ticked.connect(self._offer)
        self.every, self.none = QPushButton("Tick &all"), QPushButton("Tick &none")
        for button, on in ((self.every, True), (self.none, False)):
            button.setProperty("flat", True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, on=on: self.tree.tick_all(on=on))
        self.pause = self.buttons.addButton("&Pause", role)
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._pause)
        self.stop = self.buttons.addButton("&Stop and show what there is", role)
        self.stop.clicked.connect(self.stopped)
        self.take = self.buttons.button(kinds.Ok)
        self.take.setText("&Take over")
        self.cancel = self.buttons.button(kinds.Cancel)
        self.buttons.accepted.connect(self._accept)
        ticks = QHBoxLayout()
        ticks.setSpacing(8)
        ticks.addWidget(self.every)
        ticks.addWidget(self.none)
        ticks.addStretch(1)
        self._lay_out(self.tree, ticks, size=QSize(780, 620))
        self.setMinimumWidth(360)
        for widget in (self.take, self.every, self.none, self.note):
            widget.hide()

    def reject(self) -> None:
        """Nobody leaves while something is being taken over."""
        if self.cancel.isEnabled():
            super().reject()

    def show_photo(self, name: str, number: int, photos: int, words: int) -> None:
        """A photo is being read, so many words of it are. number: from 1."""
        if not self.pause.isChecked():
            self.said.setText(f"Photo {number} of {photos}: {wording.file_name(name)}")
        self.show_progress(min(self._words + words, self._total), self._total)

    def add(self, reread: PageReread) -> None:
        """A photo is read."""
        self._words += reread.differences.words
        self._differences += len(reread.differences.found)
        self.show_progress(min(self._words, self._total), self._total)
        if reread.differences.found:
            self.tree.add(reread.differences, reread.pictures)

    def show_end(self, why: str, wrong: Sequence[str]) -> None:
        """No further photo is read. why: if not all are. wrong: what went wrong, a line for each."""
        self.bar.hide()
        self.pause.hide()
        self.stop.hide()
        if self._differences:
            many = f"{self._differences} of {wording.counted(self._words, 'word')}"
            does = "is" if self._differences == 1 else "are"
            said = f"{many} {does} read otherwise. Tick what you want to take over."
        elif self._words:
            said = f"{wording.counted(self._words, 'word')} read as before: there is nothing to take over."
        else:
            said = "No word was read again."
        self._say(said, why, *wrong)
        for widget in (self.take, self.every, self.none, self.note):
            widget.setVisible(self._differences > 0)
        if self._differences:
            self._offer()
            self.take.setFocus()
        else:
            self.cancel.setText("&Close")

    def show_taken(self, readings: int, photos: int, left: Sequence[str]) -> None:
        """So many were taken over. left: what was not, and why, a line for each."""
        taken = f"Took over {wording.counted(readings, 'reading')} on {wording.counted(photos, 'photo')}."
        self._say(taken, "", *left)
        for widget in (self.tree, self.take, self.every, self.none):
            widget.hide()
        self.note.setText("Undo takes it back." if readings else "")
        self.cancel.setText("&Close")
        self.cancel.setEnabled(True)
        self.cancel.setFocus()
        self.adjustSize()

    def show_trouble(self, trouble: Trouble) -> None:
        """It cannot go on; what was found so far can be taken over."""
        self.show_end(trouble.message, ())

    def _say(self, said: str, *more: str) -> None:
        lines = [line for line in more if line]
        rest = [f"… and {len(lines) - _SAID} more"] if len(lines) > _SAID else []
        self.said.setText("\n".join((said, *lines[:_SAID], *rest)))

    def _pause(self, on: bool) -> None:
        self.pause.setText("&Go on" if on else "&Pause")
        if on:
            self.said.setText("Paused. The next photo waits for you.")
        self.paused.emit(on)

    def _offer(self) -> None:
        if not self.bar.isHidden():  # it is still being read
            return
        number = sum(map(len, self.tree.chosen().values()))
        self.take.setText(f"&Take over {number}" if number else "&Take over")
        self.take.setEnabled(number > 0)

    def _accept(self) -> None:
        for button in (self.take, self.cancel):
            button.setEnabled(False)
        self.taken.emit(self.tree.chosen())
