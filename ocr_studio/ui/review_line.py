"""The line of the review queue: typing replaces, digits choose another reading, single keys settle a word."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
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
    """Shows a word's text, all of it selected. Digits take another reading, or with Alt where a number may be meant.

    Signals besides those of ``WordEditor``: ``took(str)`` another reading is right; ``went_back()`` Shift+Enter;
    ``nothing()`` the word is no text; ``marked(Mark)`` it is set aside; ``place_wanted()`` show it on its photo;
    ``taken_back()`` Ctrl+Z where there is nothing of the line itself to take back; ``done_again()`` likewise for doing
    again; ``typed()`` a key was pressed, so digits may mean something else now.
    """

    took = Signal(str)
    went_back = Signal()
    nothing = Signal()
    marked = Signal(object)
    place_wanted = Signal()
    taken_back = Signal()
    done_again = Signal()
    typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._readings: tuple[str, ...] = ()
        self._fresh = True  # nothing has been typed or moved yet
        self.alternative_chosen.connect(self.take)
        self.setAccessibleName(tr("What is written there"))

    def show_word(self, word: Word | None) -> None:
        """Take up another word, or none."""
        self._readings = tuple(each.text for each in word.machine.alternatives) if word and word.machine else ()
        self._readings = self._readings[:CHOICES] if len(self._readings) > 1 else ()
        self._fresh = True
        self.setText(word.text if word else "")
        self.selectAll()

    @property
    def readings(self) -> tuple[str, ...]:
        """What digits choose from."""
        return self._readings

    @property
    def takes_digits(self) -> bool:
        """Whether digits choose just now. Where one stands in any of the readings, or something is being typed, they
        are text, and choose with Alt.
        """
        return self._fresh and not any(letter.isdigit() for each in self._readings for letter in each)

    def take(self, index: int) -> None:
        """This reading is the right one."""
        if index < len(self._readings):
            self.took.emit(self._readings[index])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Text, but for what chooses."""
        typed = event.text() if not event.modifiers() & ~_CHANGES_NOTHING else ""
        if self.takes_digits and len(typed) == 1 and "1" <= typed <= str(len(self._readings)):
            self.take(int(typed) - 1)
            return
        self._fresh = self._fresh and not event.text() and event.key() not in _MOVES
        super().keyPressEvent(event)
        self.typed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Who points at a letter is going to change the text there."""
        super().mousePressEvent(event)
        self._fresh = False
        self.typed.emit()

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
