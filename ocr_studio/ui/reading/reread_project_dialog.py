"""Dialog for reading the unchecked words of all photos again: the progress, then the differences to apply."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QPushButton, QWidget

from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.reading.reread_project import PageReread
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.reading.differences_tree import DifferencesTree
from ocr_studio.ui.reading.rereading_dialog import being_read, read_otherwise, taking_over
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.job_dialog import JobResultDialog

_NOTE = later("Words you have typed or checked stay as they are. One Undo reverts the changes on all photos.")
# At most this many errors are listed; the others are counted.
_SAID = 5


class ProjectRereadingDialog(JobResultDialog):
    """A non-modal dialog; nothing changes until the user applies new texts.

    Signals:
        paused(bool): reading is to pause or resume.
        stopped(): reading is to stop and the results so far are to be shown.
        taken(dict): the new texts to apply, as page id → ids of words.
    """

    paused = Signal(bool)
    stopped = Signal()
    taken = Signal(object)

    def __init__(self, total: int, model: str, parent: QWidget) -> None:
        """Show the progress of reading ``total`` words with the named model."""
        kinds, role = QDialogButtonBox.StandardButton, QDialogButtonBox.ButtonRole.ActionRole
        reading = being_read(total, model)
        super().__init__(
            tr("Read unchecked words again"), reading, note=tr(_NOTE), parent=parent, buttons=kinds.Ok | kinds.Cancel
        )
        self._total, self._words, self._differences = total, 0, 0
        self.tree = DifferencesTree()
        self.tree.ticked.connect(self._offer)
        self.every, self.none = QPushButton(tr("Select &all")), QPushButton(tr("Select &none"))
        for button, on in ((self.every, True), (self.none, False)):
            button.setProperty("flat", True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, on=on: self.tree.tick_all(on=on))
        self.pause = self.buttons.addButton(tr("&Pause"), role)
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._pause)
        self.stop = self.buttons.addButton(tr("&Stop and show results"), role)
        self.stop.clicked.connect(self.stopped)
        self.take = self.buttons.button(kinds.Ok)
        self.take.setText(taking_over(0))
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
        """Close the dialog, except while new texts are being applied."""
        if self.cancel.isEnabled():
            super().reject()

    def show_photo(self, name: str, number: int, photos: int, words: int) -> None:
        """Show that photo ``number`` (from 1) of ``photos`` is being read; ``words`` of its words are done."""
        if not self.pause.isChecked():
            photo = labels.file_name(name)
            self.said.setText(tr("Photo {number} of {total}: {photo}", number=number, total=photos, photo=photo))
        self.show_progress(min(self._words + words, self._total), self._total)

    def add(self, reread: PageReread) -> None:
        """Add the differences of a photo that has been read."""
        self._words += reread.differences.words
        self._differences += len(reread.differences.found)
        self.show_progress(min(self._words, self._total), self._total)
        if reread.differences.found:
            self.tree.add(reread.differences, reread.pictures)

    def show_end(self, why: str, wrong: Sequence[str]) -> None:
        """Show the results.

        Args:
            why: why not all photos were read; empty if all were.
            wrong: an error message for each photo that failed.
        """
        self.bar.hide()
        self.pause.hide()
        self.stop.hide()
        if self._differences:
            said = read_otherwise(self._differences, self._words)
        elif self._words:
            said = tr_n(
                "{count} word was read again with the same result; there is nothing to apply.",
                "{count} words were read again with the same result; there is nothing to apply.",
                self._words,
            )
        else:
            said = tr("No words were read again.")
        self._say(said, why, *wrong)
        for widget in (self.take, self.every, self.none, self.note):
            widget.setVisible(self._differences > 0)
        if self._differences:
            self._offer()
            self.take.setFocus()
        else:
            self.cancel.setText(tr("&Close"))

    def show_taken(self, readings: int, photos: int, left: Sequence[str]) -> None:
        """Show how many texts were applied.

        Args:
            readings: number of texts applied.
            photos: number of photos changed.
            left: for each text that was not applied, a line with the reason.
        """
        taken = tr_n(
            "Applied {count} new text {on_photos}.",
            "Applied {count} new texts {on_photos}.",
            readings,
            on_photos=on_photos(photos),
        )
        self._say(taken, "", *left)
        for widget in (self.tree, self.take, self.every, self.none):
            widget.hide()
        self.note.setText(tr("You can undo this.") if readings else "")
        self.cancel.setText(tr("&Close"))
        self.cancel.setEnabled(True)
        self.cancel.setFocus()
        self.adjustSize()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why reading failed; the results so far can still be applied."""
        self.show_end(trouble.message, ())

    def _say(self, said: str, *more: str) -> None:
        self.said.setText(labels.with_few(said, [line for line in more if line], most=_SAID))

    def _pause(self, on: bool) -> None:
        self.pause.setText(tr("&Resume") if on else tr("&Pause"))
        if on:
            self.said.setText(tr("Paused. Resume to read the next photo."))
        self.paused.emit(on)

    def _offer(self) -> None:
        if not self.bar.isHidden():  # it is still being read
            return
        number = sum(map(len, self.tree.chosen().values()))
        self.take.setText(taking_over(number))
        self.take.setEnabled(number > 0)

    def _accept(self) -> None:
        for button in (self.take, self.cancel):
            button.setEnabled(False)
        self.taken.emit(self.tree.chosen())


def on_photos(photos: int) -> str:
    """“on 3 photos”, as a part of a sentence."""
    # Translators: Stands at {on_photos} in “Applied {count} new texts {on_photos}.”
    return tr_n("on {count} photo", "on {count} photos", photos)
