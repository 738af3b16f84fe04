"""The note of the open page: one step of the history for each pause in writing, and for what is pasted."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QFocusEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ocr_studio.core.editing import edits
from ocr_studio.core.translation import tr
from ocr_studio.ui.document.document import Document

# A pause in writing, until which all of it is one step; how long what was typed may be in the window alone; and a note
# longer than this is no note.
_PAUSE_MS = 1200
_KEEP_MS = 200
_LONGEST = 20_000
_LONGEST_BROKEN = 5_000  # letters of a line


class NoteEditor(QPlainTextEdit):
    """Whatever a person wants to remember of a photo."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._showing = False
        self._known = ""  # as it was shown or kept last
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
        self.setPlaceholderText(tr("A note about this photo"))
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._type)
        document.opened.connect(self._show)
        document.words_changed.connect(lambda _: self._follow())
        self._show()

    def finish(self) -> None:
        """Keep what was typed; what is typed from now on is another step."""
        self._pause.stop()
        self._soon.stop()
        self._keep()
        self._pauses += 1
        # Or Qt would put what is typed next to what was typed before, and Ctrl+Z would take back both.
        self.document().setModified(False)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  (Qt's name)
        """What is pasted or dropped is a step of its own."""
        self.finish()
        super().insertFromMimeData(source)
        self.finish()

    def _keep(self) -> None:
        page, written = self._document.page, self.toPlainText()
        if page is None or not self._document.writable or written == self._known:
            return
        self._known = written
        note = written[: max(_LONGEST, len(page.facts.note))].rstrip()  # one of a file that is longer stays whole
        if note != page.facts.note:
            name = tr("Write a note") if note else tr("Delete the note")
            self._document.push(edits.state(page, replace(page.facts, note=note), name), join=f"note {self._pauses}")

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep what was typed: whoever does something else may do it to the whole page."""
        super().focusOutEvent(event)
        self.finish()

    def _type(self) -> None:
        if not self._showing:
            self._pause.start()
            # Not begun anew by each key: whoever writes on and on wants it kept, too.
            if not self._soon.isActive():
                self._soon.start()

    def _follow(self) -> None:
        """The note may have been changed elsewhere, or a change of it taken back; what is being typed stays."""
        page = self._document.page
        if page and not self._pause.isActive() and page.facts.note != self.toPlainText().rstrip():
            self._show()

    def _show(self) -> None:
        self._pause.stop()
        self._soon.stop()
        page = self._document.page
        self._showing = True
        note = page.facts.note if page else ""
        # To break a line without spaces takes Qt the square of its length: minutes for a million letters.
        long = any(len(line) > _LONGEST_BROKEN for line in note.split("\n"))
        modes = QTextOption.WrapMode
        self.setWordWrapMode(modes.NoWrap if long else modes.WrapAtWordBoundaryOrAnywhere)
        self.setPlainText(note)
        self._known = self.toPlainText()
        self.setReadOnly(not self._document.writable)
        self.setEnabled(page is not None)
        self._showing = False
