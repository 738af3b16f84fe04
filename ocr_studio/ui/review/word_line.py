"""The text field of the review queue: typing replaces, digits choose alternatives, single keys check a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent

from ocr_studio.core.page import Mark, Word
from ocr_studio.core.review import doubtful_letters, suggestions
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import theme
from ocr_studio.ui.words.word_editor import WordEditor

_MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
_TAKES = (Qt.Key.Key_Right, Qt.Key.Key_End)
# With Ctrl: confirm this many words.
_COUNTS = {Qt.Key(Qt.Key.Key_0 + count): count for count in range(2, 10)}
_CHANGES_NOTHING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
# Pixels: between a text and its completion, and around the name of the key that accepts it.
_GAP, _ROUND = 1, 5


class ReviewLine(WordEditor):
    """Shows a word's text, all of it selected. Digits choose an alternative; with Alt if a number could be meant.

    While the user types, a completion is shown: Tab accepts it and confirms the word, Right accepts it and stays in the
    field, and Enter confirms only the typed text.

    Attributes:
        rest_of: returns the completion of a text; called after every key press.

    Signals, besides those of ``WordEditor``:
        alternative_taken(str): an alternative was chosen.
        words_confirmed(int): this many words are confirmed, starting with this one; 0 for all visible ones.
        previous_wanted(): Shift+Enter was pressed.
        no_text(): the word contains no text.
        marked(Mark): the word is unreadable or ignored.
        rotation_wanted(): the writing is upside down or on its side.
        place_wanted(): the word is to be shown on its photo.
        undo_wanted(): Ctrl+Z was pressed with nothing to undo in the field itself.
        redo_wanted(): Redo was pressed with nothing to redo in the field itself.
        typed(): a key was pressed, so digits may have another meaning now.
        focused(): the field has got the focus.
    """

    alternative_taken = Signal(str)
    words_confirmed = Signal(int)
    previous_wanted = Signal()
    no_text = Signal()
    marked = Signal(object)
    rotation_wanted = Signal()
    place_wanted = Signal()
    undo_wanted = Signal()
    redo_wanted = Signal()
    typed = Signal()
    focused = Signal()
    most_choices = 7

    def __init__(self) -> None:
        super().__init__()
        self.rest_of: Callable[[str], str] = lambda _: ""
        self._readings: tuple[str, ...] = ()
        self._fresh = True  # nothing has been typed or moved yet
        self._rest = ""
        self._read = ""
        self._doubted: list[tuple[int, int]] = []
        # Function keys only, as letters are typed.
        self._single: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_F7: self.no_text.emit,
            Qt.Key.Key_F8: lambda: self.marked.emit(Mark.UNREADABLE),
            Qt.Key.Key_F9: lambda: self.marked.emit(Mark.IGNORED),
            Qt.Key.Key_F10: self.rotation_wanted.emit,
            Qt.Key.Key_F5: self.place_wanted.emit,
            Qt.Key.Key_F2: self._select_doubted,
            Qt.Key.Key_PageDown: lambda: self.words_confirmed.emit(0),
        }
        self.alternative_chosen.connect(self.take)
        self.textEdited.connect(self._update_completion)
        self.cursorPositionChanged.connect(lambda *_: self.update())
        self.setAccessibleName(tr("Text of the word"))

    def show_word(self, word: Word | None, texts: Sequence[str] = ()) -> None:
        """Show a word, or none; ``texts`` are its alternatives."""
        self.show_texts(texts)
        self._fresh, self._rest = True, ""
        self.setText(word.text if word else "")
        self.selectAll()
        reading = word.machine if word else None
        self._read = reading.text if reading else ""
        self._doubted = doubted_parts(doubtful_letters.rate_doubts(reading)) if reading else []

    def take_up(self, typed: str) -> None:
        """Restore the draft of this word."""
        self.replace_text(typed)
        self._fresh = False

    def show_texts(self, texts: Sequence[str]) -> None:
        """Offer these alternatives."""
        self._readings = tuple(texts[: self.most_choices])

    @property
    def readings(self) -> tuple[str, ...]:
        """The alternatives that digits choose from."""
        return self._readings

    @property
    def takes_digits(self) -> bool:
        """Whether digits choose an alternative. If an alternative may begin with a digit, or text has been typed,
        digits are text, and Alt+digit chooses.
        """
        return self._fresh and not suggestions.may_begin_with_digit(self._readings)

    @property
    def rest(self) -> str:
        """The completion that is shown."""
        ending = self.cursorPosition() == len(self.text()) and not self.hasSelectedText()
        return self._rest if ending and self.isModified() else ""

    def take(self, index: int) -> None:
        """Choose this alternative."""
        if index < len(self._readings):
            self.alternative_taken.emit(self._readings[index])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Handle keys that choose; all others edit the text."""
        typed = event.text() if not event.modifiers() & ~_CHANGES_NOTHING else ""
        if self.takes_digits and len(typed) == 1 and "1" <= typed <= str(len(self._readings)):
            self.take(int(typed) - 1)
            return
        if self.rest and event.key() in _TAKES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.insert(self.rest)
        else:
            self._fresh = self._fresh and not event.text() and event.key() not in _MOVES
            super().keyPressEvent(event)
        self.typed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Report that the user is about to type."""
        super().focusInEvent(event)
        self.focused.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click into the text starts editing."""
        super().mousePressEvent(event)
        self._fresh = False
        self.typed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the text, and after it, paler, the completion with the key that accepts it."""
        super().paintEvent(event)
        if not (rest := self.rest) or self._composing:
            return
        painter, metrics, cursor = QPainter(self), self.fontMetrics(), self.cursorRect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The completion follows the text, also in right-to-left windows.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        width, left = metrics.horizontalAdvance(rest), cursor.center().x() + _GAP
        painter.setPen(QColor(theme.colours().quiet))
        line = QRectF(left, cursor.top(), self.width(), cursor.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, rest)
        font = self.font()
        font.setPixelSize(max(9, round(0.6 * metrics.ascent())))
        painter.setFont(font)
        name = tr("Tab")
        key = painter.fontMetrics().horizontalAdvance(name) + 2 * _ROUND
        plate = QRectF(left + width + 2 * _ROUND, cursor.top() + 2.5, key, cursor.height() - 5)
        if plate.right() < self.width():
            painter.drawRoundedRect(plate, 3, 3)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)

    def _update_completion(self, text: str) -> None:
        """Update the completion after a key press."""
        self._rest = self.rest_of(text) if self.cursorPosition() == len(text) else ""
        self.setAccessibleDescription(tr("Press Tab to complete: {text}", text=text + self._rest) if self._rest else "")
        self.update()

    def _is_ours(self, event: QKeyEvent) -> bool:
        single = event.key() in self._single and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ours = single or self._is_undo(event) or self._is_redo(event) or _count(event) is not None
        return ours or super()._is_ours(event)

    def _do(self, event: QKeyEvent) -> bool:
        if not self._is_ours(event):
            return False
        key, back, count = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier, _count(event)
        if self._is_undo(event):
            self.undo_wanted.emit()
        elif self._is_redo(event):
            self.redo_wanted.emit()
        elif key in self._single:
            self._single[Qt.Key(key)]()
        elif count is not None:
            self.words_confirmed.emit(count)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and back:
            self.previous_wanted.emit()
        elif key == Qt.Key.Key_Tab and self.isModified() and not event.modifiers():
            self.accepted.emit((self.text() + self.rest)[: self.maxLength()])
        else:
            cuts = key == Qt.Key.Key_Slash and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            return bool(cuts) or super()._do(event)  # words are split on the photo, not here
        return True

    def _select_doubted(self) -> None:
        """Select the least certain characters, so that typing replaces them; the next ones at each call."""
        self._fresh = False
        if self._doubted and self._read:
            start, end = self._doubted[0]
            self._doubted = [*self._doubted[1:], self._doubted[0]]
            # The text before them may have changed its length: count from the end that is unchanged.
            shift = len(self.text()) - len(self._read)
            moved = self.text()[:start] != self._read[:start]
            self.setSelection(max(0, start + shift) if moved else start, end - start)
        else:
            self.setCursorPosition(len(self.text()))
        self.typed.emit()

    def _is_undo(self, event: QKeyEvent) -> bool:
        return event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()

    def _is_redo(self, event: QKeyEvent) -> bool:
        return event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()


def _count(event: QKeyEvent) -> int | None:
    """The number of words that this key confirms, or None."""
    held = event.modifiers() & ~_CHANGES_NOTHING
    return _COUNTS.get(Qt.Key(event.key())) if held == Qt.KeyboardModifier.ControlModifier else None


def doubted_parts(doubts: Sequence[float]) -> list[tuple[int, int]]:
    """Find runs of uncertain characters.

    Args:
        doubts: the uncertainty of each character, 0 to 1.

    Returns:
        (start, end) of each run, the least certain first; if no character is uncertain, the least certain one.
    """
    least = min(doubtful_letters.DOUBTFUL, max(doubts, default=0.0))
    edges = [-1, *(place for place, doubt in enumerate(doubts) if not doubt or doubt < least), len(doubts)]
    parts = [(before + 1, behind) for before, behind in pairwise(edges) if behind > before + 1]
    return sorted(parts, key=lambda part: -max(doubts[part[0] : part[1]]))
