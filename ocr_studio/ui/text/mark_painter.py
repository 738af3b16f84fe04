"""Marks the words in sight in the text editor, and says why they are marked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHelpEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip

from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels
from ocr_studio.ui.text import text_marks
from ocr_studio.ui.text.typed_text import TypedText
from ocr_studio.ui.words.spell_checker import Spelling


class MarkPainter(QTimer):
    """Marks words soon after ``start``: selected on the photo, uncertain, misspelt, without a box.

    Attributes:
        seen: Returns the part of the text that is in sight, in UTF-16 units.
        waits: Returns whether the text is not up to date, so that nothing is marked.
    """

    def __init__(
        self,
        editor: QPlainTextEdit,
        document: Document,
        spelling: Spelling,
        typed: TypedText,
        *,
        key_of: Callable[[str], str],
    ) -> None:
        """Mark nothing yet; ``key_of`` returns the key of an action, see ``ActionSet.key``."""
        super().__init__(editor, singleShot=True, interval=0)
        self._editor, self._document, self._spelling, self._typed = editor, document, spelling, typed
        self._key_of = key_of
        self.seen: Callable[[], tuple[int, int]] = lambda: (0, 0)
        self.waits: Callable[[], bool] = lambda: True
        self.timeout.connect(self._mark)
        editor.verticalScrollBar().valueChanged.connect(lambda _: self.start())
        spelling.changed.connect(self.start)

    def explain(self, event: QHelpEvent) -> None:
        """Show why the word under the pointer is marked."""
        cursor = self._editor.cursorForPosition(event.pos())
        word = self._document.word(None if self._typed.is_typed else self._typed.places.at(cursor.position()))
        tip = text_marks.describe(word, self._spelling, key=self._key_of("spelling")) if word else ""
        QToolTip.showText(event.globalPos(), labels.tooltip(tip) if tip else "", self._editor)

    def _mark(self) -> None:
        page = self._document.page
        if page is None:
            self._editor.setExtraSelections([])
        elif not self.waits() and not self._typed.is_typed:
            found = text_marks.find_marks(
                page, self._typed.places, self.seen(), selection=self._document.selection, spelling=self._spelling
            )
            self._editor.setExtraSelections([self._selection(start, end, how) for start, end, how in found])

    def _selection(self, start: int, end: int, how: QTextCharFormat) -> QTextEdit.ExtraSelection:
        mark, cursor = QTextEdit.ExtraSelection(), QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark.cursor, mark.format = cursor, how
        return mark
