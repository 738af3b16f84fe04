"""Editing words on the photo: opens the editor at a word, applies the edits, goes to the next word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from ocr_studio.core.page import Quad, Word
from ocr_studio.core.translation import tr
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import ShownDocument
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.words.word_editor import EditorPanel

# Focus changes after which the editor stays open: another window, a menu or a pop-up.
_KEEPS_OPEN = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)


class EditingView(Protocol):
    """The view in which the editor is shown."""

    def screen_box(self, quad: Quad) -> QRectF:
        """Return the bounding rectangle of a quad in pixels of the widget."""

    def screen_area(self) -> QRect:
        """Return the part of the widget that shows the photo."""

    def make_readable(self, word_id: str) -> None:
        """Scroll to a word, large enough to be read."""


class PhotoEditing(QObject):
    """The editor at the current word.

    Signals: ``message(str)`` a hint for the status bar; ``changed()`` the editor was opened, closed or moved.
    """

    message = Signal(str)
    changed = Signal()

    def __init__(self, document: ShownDocument, stage: EditingView, widget: QWidget) -> None:
        super().__init__(widget)
        self._document, self._stage, self._widget = document, stage, widget
        self._word_id: str | None = None
        self._stepping = False
        self.panel = EditorPanel(widget)
        editor = self.panel.editor
        editor.accepted.connect(lambda text: self._go(1, lambda key: commands.write_and_go(document, key, text)))
        editor.accepted_here.connect(lambda text: self._finish(lambda key: commands.write_here(document, key, text)))
        editor.stepped.connect(
            lambda step, text: self._go(step, lambda key: commands.keep_and_go(document, key, text, step))
        )
        editor.cancelled.connect(self.cancel)
        editor.refused.connect(self.message)
        editor.split_requested.connect(lambda letter, text: self._finish(lambda key: self._split(key, text, letter)))
        editor.installEventFilter(self)
        document.opened.connect(self.cancel)
        document.selection_changed.connect(self._on_selection)
        document.changed.connect(self._on_change)

    @property
    def word_id(self) -> str | None:
        """The word that is being edited, or None."""
        return self._word_id

    def start(self) -> None:
        """Open the editor at the current word, or show why the page can't be changed."""
        word = self._document.word(self._document.current)
        if word is None:
            return
        if not self._document.writable:
            self.message.emit(tr(commands.READ_ONLY))
            return
        self._word_id = word.id
        if self._document.selection != {word.id}:
            self._document.select([word.id], current=word.id)
        editor = self.panel.editor
        editor.setText(word.text)
        editor.selectAll()
        self._offer(word)
        self._stage.make_readable(word.id)
        self.panel.show()
        self.place()
        self.panel.raise_()
        editor.setFocus()
        self.changed.emit()

    def finish(self) -> None:
        """Close the editor and save what was typed; an unchanged text is not marked as checked."""
        text, modified = self.panel.editor.text(), self.panel.editor.isModified()
        word_id = self._close()
        if word_id and modified:
            commands.write_if_changed(self._document, word_id, text)

    def _split(self, word_id: str, text: str, letter: int) -> None:
        if why := commands.write_and_split(self._document, word_id, text, letter):
            self.message.emit(why)

    def cancel(self) -> None:
        """Close the editor and discard what was typed."""
        self._close()

    def place(self) -> None:
        """Move the editor to the word after the view was scrolled or zoomed."""
        word = self._document.word(self._word_id)
        if word:
            self.panel.place(self._stage.screen_box(word.quad), self._stage.screen_area())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Save the text when a click elsewhere takes the focus."""
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _KEEPS_OPEN:
            self.finish()
        return super().eventFilter(watched, event)

    def _go(self, step: int, write_and_go: Callable[[str], bool]) -> None:
        """Save the word with ``write_and_go``, then edit the next one."""
        word_id = self._word_id
        if word_id is None:
            return
        self._stepping = True
        try:
            more = write_and_go(word_id)
        finally:
            self._stepping = False
        if more:
            self.start()
        else:
            self._close()
            self.message.emit(tr("This is the last word.") if step > 0 else tr("This is the first word."))

    def _finish(self, write: Callable[[str], None]) -> None:
        word_id = self._close()
        if word_id:
            write(word_id)

    def _close(self) -> str | None:
        word_id, self._word_id = self._word_id, None
        if word_id is not None:
            if self.panel.editor.hasFocus():
                # Before hiding it, because Qt moves the focus on from a hidden widget as Tab does.
                self._widget.setFocus()
            self.panel.hide()
            self.changed.emit()
        return word_id

    def _offer(self, word: Word) -> None:
        self.panel.show_alternatives(word.machine.alternatives if word.machine else ())

    def _on_selection(self) -> None:
        if self._word_id is not None and not self._stepping and self._document.current != self._word_id:
            self.finish()

    def _on_change(self, change: DocumentChange) -> None:
        if self._word_id is None or self._word_id not in change.words:
            return
        word = self._document.word(self._word_id)
        if word is None:
            self.cancel()
        elif not self._stepping:
            if not self.panel.editor.isModified():
                self.panel.editor.setText(word.text)
                self.panel.editor.selectAll()
            self._offer(word)
            self.place()
