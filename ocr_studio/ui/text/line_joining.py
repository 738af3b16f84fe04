"""Deleting line breaks in the text editor: lines are joined by a space, as their words stay separate words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

_Modifiers = Qt.KeyboardModifier
# Keys that delete a line break, and over what the cursor moves for that. Ctrl deletes a whole word, but of a line
# break only this.
_KEYS = {
    (Qt.Key.Key_Backspace, _Modifiers.NoModifier): QTextCursor.MoveOperation.PreviousCharacter,
    (Qt.Key.Key_Backspace, _Modifiers.ShiftModifier): QTextCursor.MoveOperation.PreviousCharacter,
    (Qt.Key.Key_Backspace, _Modifiers.ControlModifier): QTextCursor.MoveOperation.PreviousCharacter,
    (Qt.Key.Key_Delete, _Modifiers.NoModifier): QTextCursor.MoveOperation.NextCharacter,
    (Qt.Key.Key_Delete, _Modifiers.ControlModifier): QTextCursor.MoveOperation.NextCharacter,
}
_BREAK = "\u2029"  # as Qt has line breaks in selected text


def join_lines(editor: QPlainTextEdit, event: QKeyEvent) -> bool:
    """Put a space in place of the line break between two words that a key deletes.

    Returns:
        Whether the key has deleted such a line break.
    """
    move = _KEYS.get((Qt.Key(event.key()), event.modifiers() & ~_Modifiers.KeypadModifier))
    if move is None or editor.isReadOnly():
        return False
    cursor, text = editor.textCursor(), editor.document()
    if not cursor.hasSelection():
        cursor.movePosition(move, QTextCursor.MoveMode.KeepAnchor)
    ends = text.characterAt(cursor.selectionStart() - 1), text.characterAt(cursor.selectionEnd())
    if cursor.selectedText() != _BREAK or any(each.isspace() or each == "\0" for each in ends):
        return False
    cursor.insertText(" ")
    if move == QTextCursor.MoveOperation.NextCharacter:
        cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
    editor.setTextCursor(cursor)
    return True
