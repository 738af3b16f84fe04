"""The editor of the note about the open photo. Each pause in typing and each paste is an undo step of its own."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QFocusEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from ocr_studio.core.editing import edits
from ocr_studio.core.translation import message, tr
from ocr_studio.ui.document.document import Document

# Milliseconds: the pause that ends an undo step, and how long typed text may stay unsaved. Characters: the maximum of a
# note.
_PAUSE_MS = 1200
_KEEP_MS = 200
_LONGEST = 20_000
_LONGEST_BROKEN = 5_000  # characters of a line that is wrapped


class NoteEditor(QPlainTextEdit):
    """The editor of the note about the open photo."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._showing = False
        self._known = ""  # the note as last shown or saved
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.finish)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_KEEP_MS)
        self._soon.timeout.connect(self._keep)
        self._pauses = 0
        self.setAccessibleName(tr("Note about this photo"))
        self.setPlaceholderText(tr("Add a note about this photo"))
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._type)
        document.opened.connect(self._show)
        document.changed.connect(lambda change: self._follow() if change.here else None)
        self._show()

    def finish(self) -> None:
        """Save what was typed and end the undo step."""
        self._pause.stop()
        self._soon.stop()
        self._keep()
        self._pauses += 1
        # Otherwise Qt would join the next text with the one before, and Ctrl+Z would undo both.
        self.document().setModified(False)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  (Qt's name)
        """Make what is pasted or dropped an undo step of its own."""
        self.finish()
        super().insertFromMimeData(source)
        self.finish()

    def _keep(self) -> None:
        page, written = self._document.page, self.toPlainText()
        if page is None or not self._document.writable or written == self._known:
            return
        self._known = written
        note = written[: max(_LONGEST, len(page.facts.note))].rstrip()  # a longer note from a file stays whole
        if note != page.facts.note:
            name = message("Edit note") if note else message("Delete note")
            self._document.push(
                edits.set_facts(page, replace(page.facts, note=note), name), join=f"note {self._pauses}"
            )

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Save what was typed, as the next action may change the whole page."""
        super().focusOutEvent(event)
        self.finish()

    def _type(self) -> None:
        if not self._showing:
            self._pause.start()
            # Not restarted by each key, so that text is also saved during long typing.
            if not self._soon.isActive():
                self._soon.start()

    def _follow(self) -> None:
        """Show a note that was changed elsewhere or by Undo, unless the user is typing."""
        page = self._document.page
        if page and not self._pause.isActive() and page.facts.note != self.toPlainText().rstrip():
            self._show()

    def _show(self) -> None:
        self._pause.stop()
        self._soon.stop()
        page = self._document.page
        self._showing = True
        note = page.facts.note if page else ""
        # Qt wraps a line without spaces in quadratic time: minutes for a million characters.
        long = any(len(line) > _LONGEST_BROKEN for line in note.split("\n"))
        modes = QTextOption.WrapMode
        self.setWordWrapMode(modes.NoWrap if long else modes.WrapAtWordBoundaryOrAnywhere)
        self.setPlainText(note)
        self._known = self.toPlainText()
        self.setReadOnly(not self._document.writable)
        self.setEnabled(page is not None)
        self._showing = False
