"""The dialog that collects changes to many words, and applies those that the user selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QWidget

from ocr_studio.core.editing.changes import Change
from ocr_studio.core.translation import tr
from ocr_studio.ui.document.apply_choices import Applied
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.job_dialog import JobResultDialog
from ocr_studio.ui.words.change_list import ChangeList

# How many problems are named; the others are counted.
_SAID: Final = 5


class ChangesDialog(JobResultDialog):
    """Shows the progress of the search, then the changes; nothing changes before the user applies some.

    Call ``show_progress`` and ``add`` as changes are found, then ``show_end``.

    Signals:
        paused(bool): Searching is to pause or resume.
        stopped(): Searching is to stop, and what was found is to be shown.
    """

    paused = Signal(bool)
    stopped = Signal()

    def __init__(
        self, title: str, status: str, changes: ChangeList, *, note: str, parent: QWidget, pausing: bool = False
    ) -> None:
        """Create the dialog.

        Args:
            title: The title of the window.
            status: What is done to find changes.
            changes: The list, still empty.
            note: A note on applying changes.
            parent: The window.
            pausing: Whether the search can be paused, or stopped with its results so far.
        """
        kinds, role = QDialogButtonBox.StandardButton, QDialogButtonBox.ButtonRole
        super().__init__(title, status, note=note, parent=parent, buttons=kinds.Cancel)
        self.list = changes
        self.pause = self.buttons.addButton(tr("&Pause"), role.ActionRole)
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._pause)
        self.stop = self.buttons.addButton(tr("&Stop and show results"), role.ActionRole)
        self.stop.clicked.connect(self.stopped)
        self.take, self.cancel = changes.apply, self.buttons.button(kinds.Cancel)
        self.cancel.setText(tr("Cancel"))
        self.buttons.addButton(self.take, role.AcceptRole)
        changes.applied.connect(self._show_applied)
        self._lay_out(changes, size=QSize(780, 620))
        self.setMinimumWidth(360)
        for widget in (changes, self.take, self.note, *([] if pausing else [self.pause, self.stop])):
            widget.hide()

    @property
    def found(self) -> int:
        """The number of changes found."""
        return self.list.changes.selectable

    def add(self, changes: Sequence[Change]) -> None:
        """Add changes that were found."""
        self.list.changes.add(changes)
        self.list.setVisible(self.found > 0)

    def show_end(self, status: str, wrong: Sequence[str] = ()) -> None:
        """Show that the search has ended.

        Args:
            status: How many changes were found.
            wrong: What couldn't be searched or changed, a line for each.
        """
        self.bar.hide()
        self.pause.hide()
        self.stop.hide()
        self._show_status(status, wrong)
        for widget in (self.list, self.take, self.note):
            widget.setVisible(self.found > 0)
        if self.found:
            self.list.ignore_second_press()  # of the button or key that opened the dialog
            self.take.setDefault(True)
            self.list.tree.select_first()
            self.list.tree.setFocus()
        else:
            self._offer_close()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why the search failed; what was found before can still be applied."""
        self.show_end(trouble.message)

    def reject(self) -> None:
        """Close the dialog; while changes are applied, only stop that."""
        if self.list.busy:
            self.list.stop()
        else:
            super().reject()

    def _show_applied(self, applied: Applied) -> None:
        self._show_status(applied.summary, applied.skipped)
        for widget in (self.list, self.take):
            widget.hide()
        self.note.setText(tr("You can undo this.") if applied.words else "")
        # Close comes where Apply was, so the second half of a double click would press it.
        self.cancel.setEnabled(False)
        QTimer.singleShot(QApplication.doubleClickInterval(), self, self._offer_close)
        QTimer.singleShot(0, self, self.adjustSize)

    def _offer_close(self) -> None:
        self.cancel.setEnabled(True)
        self.cancel.setText(tr("&Close"))
        self.cancel.setDefault(True)
        self.cancel.setFocus()

    def _pause(self, on: bool) -> None:
        self.pause.setText(tr("&Resume") if on else tr("&Pause"))
        if on:
            self.status.setText(tr("Paused. Resume to read the next photo."))
        self.paused.emit(on)

    def _show_status(self, status: str, more: Sequence[str]) -> None:
        self.status.setText(labels.with_few(status, [line for line in more if line], most=_SAID))
