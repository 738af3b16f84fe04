"""The likely texts of the word at the cursor of the text editor, and the keys that choose them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from ocr_studio.core.review import suggestions
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.words.suggestions import Prompter

_DIGITS = tuple(Qt.Key(Qt.Key.Key_1 + index) for index in range(commands.CHOICES))


class WordChoices(QObject):
    """The likely texts of the current word.

    Signals: ``changed()`` other texts, or other keys, are offered.
    """

    changed = Signal()

    def __init__(self, document: Document, prompter: Prompter, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._document, self._prompter, self._editor = document, prompter, editor
        self._tab_selection: tuple[int, int] | None = None
        document.selection_changed.connect(self.changed)
        document.changed.connect(lambda change: self.changed.emit() if change.here else None)
        prompter.changed.connect(self.changed)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts, the recognized one first."""
        return self._prompter.texts(self._document.word(self._document.current), most=commands.CHOICES)

    @property
    def takes_digits(self) -> bool:
        """Whether digits alone choose a text: after Tab has selected a word, unless it may begin with a digit."""
        writable = not self._editor.isReadOnly()
        return self._tab_selection is not None and writable and not suggestions.may_begin_with_digit(self.texts)

    def prepare(self) -> None:
        """Load the texts of the project."""
        self._prompter.prepare()

    def accept_digits(self) -> None:
        """Take digits for choices as long as the word that is selected now stays selected."""
        self._tab_selection = self._selection()
        self.changed.emit()

    def reject_digits(self) -> None:
        """Take digits for text again."""
        if self._tab_selection is not None:
            self._tab_selection = None
            self.changed.emit()

    def follow_cursor(self) -> None:
        """Take digits for text again if something else is selected now."""
        if self._selection() != self._tab_selection:
            self.reject_digits()

    def index_of(self, event: QKeyEvent) -> int | None:
        """Return which text a key chooses, from 0; None if it is another key."""
        if event.key() not in _DIGITS:
            return None
        index, held = _DIGITS.index(Qt.Key(event.key())), event.modifiers()
        single = not held & ~Qt.KeyboardModifier.KeypadModifier and self.takes_digits and index < len(self.texts)
        return index if single or held == Qt.KeyboardModifier.AltModifier else None

    def choose(self, index: int) -> bool:
        """Use a text for the current word. Returns False if there are not so many."""
        texts, current = self.texts, self._document.current
        if current is None or index >= len(texts):
            return False
        commands.write_here(self._document, current, texts[index])
        return True

    def _selection(self) -> tuple[int, int]:
        cursor = self._editor.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()


def is_choosing_key(event: QKeyEvent) -> bool:
    """Whether a key chooses a text wherever the cursor is."""
    return event.key() in _DIGITS and event.modifiers() == Qt.KeyboardModifier.AltModifier
