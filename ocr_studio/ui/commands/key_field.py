"""A field that captures the next key press, to set a keyboard shortcut."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence

from ocr_studio.ui.widgets.plain_label import PlainLabel

_K = Qt.Key
_ALONE = {_K.Key_Control, _K.Key_Shift, _K.Key_Alt, _K.Key_AltGr, _K.Key_Meta, _K.Key_CapsLock, _K.Key_NumLock}
_SHIFT, _KEYPAD = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier


class KeyCatcher(PlainLabel):
    """Captures one key press. Hidden until ``catch`` is called.

    Signals: ``key_pressed(str)`` the key, in Qt's portable notation; ``left()`` cancelled with Esc.
    """

    key_pressed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWordWrap(True)
        self.setProperty("catching", True)
        self.hide()

    def catch(self, text: str) -> None:
        """Capture the next key, with this text as the prompt."""
        self.setText(text)
        self.setAccessibleName(text)
        self.show()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """Capture every key, including shortcuts, Tab and Enter."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._on_key(event)
                event.accept()
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Cancel when the focus moves elsewhere."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.hide()

    def _on_key(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _ALONE:
            return
        if event.key() == _K.Key_Escape and not event.modifiers():
            self.left.emit()
            self.hide()
        else:
            self.key_pressed.emit(notation(event))


def notation(event: QKeyEvent) -> str:
    """Return the pressed key in Qt's portable notation, as the table of actions has it."""
    key, held = Qt.Key(event.key()), event.modifiers() & ~_KEYPAD
    if key == _K.Key_Backtab:
        key, held = _K.Key_Tab, held | _SHIFT
    text = event.text()
    if held == _SHIFT and len(text) == 1 and text.isprintable() and not text.isalpha() and text != " ":
        held &= ~_SHIFT  # "?" is stored, not the combination that this keyboard layout needs for it
    return QKeySequence(QKeyCombination(held, key)).toString(QKeySequence.SequenceFormat.PortableText)
