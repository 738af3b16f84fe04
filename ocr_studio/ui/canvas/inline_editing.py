"""Correcting words on the photo: opens the editor at a word, makes the edits, goes on to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from ocr_studio.core.page import Quad, Word
from ocr_studio.core.translation import tr
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.words.word_editor import EditorPanel

# The window, a menu or a pop-up got the focus: the person comes back to the line.
_KEEPS_OPEN = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)


class Stage(Protocol):
    """Where the editor stands: the view, as far as editing needs it."""

    def screen_box(self, quad: Quad) -> QRectF:
        """The rectangle around a quad in pixels of the widget."""

    def screen_area(self) -> QRect:
        """What of the widget shows the photo."""

    def make_readable(self, word_id: str) -> None:
        """Bring a word into sight, large enough to be read."""


class PhotoEditing(QObject):
    """One editor, at the current word.

    Signals: ``message(str)`` a hint for the status bar; ``changed()`` the editor came, went or went elsewhere.
    """

    message = Signal(str)
    changed = Signal()

    def __init__(self, document: Document, stage: Stage, widget: QWidget) -> None:
        super().__init__(widget)
        self._document, self._stage, self._widget = document, stage, widget
        self._word_id: str | None = None
        self._stepping = False
        self.panel = EditorPanel(widget)
        editor = self.panel.editor
        editor.accepted.connect(lambda text: self._go(1, lambda key: commands.write_and_go(document, key, text)))
        editor.accepted_here.connect(lambda text: self._leave(lambda key: commands.write_here(document, key, text)))
        editor.stepped.connect(
            lambda step, text: self._go(step, lambda key: commands.keep_and_go(document, key, text, step))
        )
        editor.cancelled.connect(self.cancel)
        editor.refused.connect(self.message)
        editor.split_requested.connect(lambda letter, text: self._leave(lambda key: self._split(key, text, letter)))
        editor.installEventFilter(self)
        document.opened.connect(self.cancel)
        document.selection_changed.connect(self._on_selection)
        document.words_changed.connect(self._on_words)

    @property
    def word_id(self) -> str | None:
        """The word that is being edited, or None."""
        return self._word_id

    def start(self) -> None:
        """Open the editor at the current word; where nothing may be changed, say so."""
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
        """Close the editor and keep what was typed; a text left as it was says nothing."""
        text, modified = self.panel.editor.text(), self.panel.editor.isModified()
        word_id = self._close()
        if word_id and modified:
            commands.write_if_changed(self._document, word_id, text)

    def _split(self, word_id: str, text: str, letter: int) -> None:
        if why := commands.write_and_split(self._document, word_id, text, letter):
            self.message.emit(why)

    def cancel(self) -> None:
        """Close the editor; what was typed is gone."""
        self._close()

    def place(self) -> None:
        """Stand by the word again, after the view has moved."""
        word = self._document.word(self._word_id)
        if word:
            self.panel.place(self._stage.screen_box(word.quad), self._stage.screen_area())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Keep the text when a click elsewhere takes the focus away."""
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _KEEPS_OPEN:
            self.finish()
        return super().eventFilter(watched, event)

    def _go(self, step: int, write_and_go: Callable[[str], bool]) -> None:
        """Do what the person wants with this word, then edit the one it goes on to."""
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
            self.message.emit(tr("That was the last word.") if step > 0 else tr("That was the first word."))

    def _leave(self, write: Callable[[str], None]) -> None:
        word_id = self._close()
        if word_id:
            write(word_id)

    def _close(self) -> str | None:
        word_id, self._word_id = self._word_id, None
        if word_id is not None:
            if self.panel.editor.hasFocus():
                # Before it hides: a focused widget that goes makes Qt look for the next one, as Tab does.
                self._widget.setFocus()
            self.panel.hide()
            self.changed.emit()
        return word_id

    def _offer(self, word: Word) -> None:
        self.panel.show_alternatives(word.machine.alternatives if word.machine else ())

    def _on_selection(self) -> None:
        if self._word_id is not None and not self._stepping and self._document.current != self._word_id:
            self.finish()

    def _on_words(self, ids: frozenset[str]) -> None:
        if self._word_id is None or self._word_id not in ids:
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
