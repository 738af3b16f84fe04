"""The line of the review queue: typing replaces, digits choose, single keys settle a word without typing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from ocr_studio.core.page import Mark, Word
from ocr_studio.core.translation import tr
from ocr_studio.ui.operations import CHOICES
from ocr_studio.ui.word_editor import WordEditor

# No letters: whoever types must never be robbed of one.
NOTHING, UNREADABLE, IGNORED, SHOW = Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_F9, Qt.Key.Key_F5
_SINGLE = (NOTHING, UNREADABLE, IGNORED, SHOW)
_CHANGES_NOTHING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class ReviewLine(WordEditor):
    """Shows a word's text, all of it selected. A digit puts another reading in its place; typed on, it is text itself.

    Signals besides those of ``WordEditor``: ``went_back()`` Shift+Enter; ``nothing()`` the word is no text;
    ``marked(Mark)`` it is set aside; ``place_wanted()`` show it on its photo; ``taken_back()`` Ctrl+Z where there is
    nothing of the line itself to take back; ``done_again()`` likewise for doing again.
    """

    went_back = Signal()
    nothing = Signal()
    marked = Signal(object)
    place_wanted = Signal()
    taken_back = Signal()
    done_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._readings: tuple[str, ...] = ()
        self._fresh = True  # nothing has been typed or moved yet
        self._digit = ""  # the key that chose the reading that stands there
        self.alternative_chosen.connect(self.choose)
        self.setAccessibleName(tr("What is written there"))

    def show_word(self, word: Word | None) -> None:
        """Take up another word, or none."""
        self._readings = tuple(each.text for each in word.machine.alternatives) if word and word.machine else ()
        self._readings = self._readings[:CHOICES] if len(self._readings) > 1 else ()
        self._fresh, self._digit = True, ""
        self.setText(word.text if word else "")
        self.selectAll()

    @property
    def readings(self) -> tuple[str, ...]:
        """What digits choose from."""
        return self._readings

    def choose(self, index: int) -> None:
        """Put this reading in."""
        if index < len(self._readings):
            self.replace_text(self._readings[index])
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Text, but for what chooses."""
        typed = event.text() if not event.modifiers() & ~_CHANGES_NOTHING else ""
        digit, self._digit = self._digit, ""
        if self._chooses(typed, after=digit):
            self._digit = typed
            self.choose(int(typed) - 1)
            return
        if typed.isprintable() and typed and digit:
            # A number was meant, not a choice.
            self.replace_text(digit)
        self._fresh = self._fresh and not event.text() and event.key() not in _MOVES
        super().keyPressEvent(event)

    def _chooses(self, typed: str, *, after: str) -> bool:
        if not ("1" <= typed <= str(len(self._readings)) and len(typed) == 1 and self._fresh):
            return False
        # One digit after another changes the choice, unless numbers are what may be written there.
        return not after or not any(letter.isdigit() for each in self._readings for letter in each)

    def _is_ours(self, event: QKeyEvent) -> bool:
        ours = self._takes_back(event) or self._does_again(event) or event.key() in _SINGLE
        return ours or super()._is_ours(event)

    def _do(self, event: QKeyEvent) -> bool:
        key, back = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if self._takes_back(event):
            self.taken_back.emit()
        elif self._does_again(event):
            self.done_again.emit()
        elif key == NOTHING:
            self.nothing.emit()
        elif key in (UNREADABLE, IGNORED):
            self.marked.emit(Mark.UNREADABLE if key == UNREADABLE else Mark.IGNORED)
        elif key == SHOW:
            self.place_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and back:
            self.went_back.emit()
        else:
            cuts = key == Qt.Key.Key_Slash and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            return bool(cuts) or super()._do(event)  # words are cut on the photo
        return True

    def _takes_back(self, event: QKeyEvent) -> bool:
        return event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()

    def _does_again(self, event: QKeyEvent) -> bool:
        return event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()


_MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
