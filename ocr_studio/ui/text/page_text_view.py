"""The text of the open page by lines and blocks. Its selection and that of the photo follow each other."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.words.spell_checker import Spelling

# Maximum characters of a box and misspelt words of a page: more would take seconds to lay out.
_MOST_LETTERS, _MOST_DOUBTED = 300, 1_000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and the positions of the page's words in it.

    Attributes:
        text: The text.
        ids: The words in the order of the text.
        starts: The start of each word, in UTF-16 units.
        ends: The end of each word, exclusive.
    """

    text: str = ""
    ids: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @classmethod
    def of(cls, page: Page | None) -> Written:
        """Return the text of a page, with an empty line between two blocks."""
        if page is None:
            return cls()
        parts: list[str] = []
        places: list[tuple[str, int, int]] = []
        length = 0

        def put(text: str) -> None:
            nonlocal length
            parts.append(text)
            length += _size(text)

        blocks = [[[word for word in line if word.text] for line in block] for block in page_order.find_blocks(page)]
        for block in (lines for block in blocks if (lines := [line for line in block if line])):
            if parts:
                put("\n\n")
            for number, line in enumerate(block):
                if number:
                    put("\n")
                for place, word in enumerate(line):
                    if place:
                        put(" ")
                    text = labels.shortened(word.text, _MOST_LETTERS)
                    places.append((word.id, length, length + _size(text)))
                    put(text)
        ids, starts, ends = zip(*places, strict=True) if places else ((), (), ())
        return cls("".join(parts), ids, starts, ends)

    def at(self, place: int) -> str | None:
        """Return the word at a position in the text, edges included."""
        index = bisect_right(self.starts, place) - 1
        return self.ids[index] if index >= 0 and place <= self.ends[index] else None

    def within(self, start: int, end: int) -> tuple[str, ...]:
        """Return the words that overlap a range of the text."""
        return tuple(
            key
            for key, first, last in zip(self.ids, self.starts, self.ends, strict=True)
            if first < end and last > start
        )


def _size(text: str) -> int:
    """Return the length of a text in UTF-16 units, as Qt counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class PageTextView(QPlainTextEdit):
    """A read-only view of the text. Words are corrected on the photo: double-click one, or press Enter or F2.

    Signals: ``edit_wanted()`` the user wants to correct the current word.
    """

    edit_wanted = Signal()

    def __init__(self, document: Document, spelling: Spelling) -> None:
        super().__init__()
        self._document, self._spelling = document, spelling
        self._written = Written()
        self._following = self._stale = False
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(tr("Text of the photo, line by line"))
        self.setPlaceholderText(tr("The text of the photo appears here after reading."))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.selectionChanged.connect(self._select_words)
        self.cursorPositionChanged.connect(self._select_words)
        document.opened.connect(self.renew)
        document.changed.connect(lambda change: self.renew() if change.here else None)
        document.selection_changed.connect(self._mark)
        spelling.changed.connect(self._mark)

    @property
    def written(self) -> Written:
        """The text shown, with the positions of its words."""
        return self._written

    def renew(self) -> None:
        """Show the current text of the page, as soon as the view is visible."""
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        written = Written.of(self._document.page)
        if written.text != self._written.text:
            self._following = True
            bar = self.verticalScrollBar().value()
            self.setPlainText(written.text)
            self.verticalScrollBar().setValue(bar)
            self._following = False
        self._written = written
        self._mark()

    def event(self, event: QEvent) -> bool:
        """Take the keys that are shortcuts of the window, and update when shown."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and (event.key() in _ENTER or event.key() == Qt.Key.Key_F2)
        ):
            event.accept()
            return True
        if event.type() == QEvent.Type.Show and self._stale:
            # After the event, when the view is visible.
            result = super().event(event)
            self.renew()
            return result
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Let Enter and F2 correct the current word."""
        if event.key() in _ENTER or event.key() == Qt.Key.Key_F2:
            self.edit_wanted.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Correct the word that was double-clicked."""
        word_id = self._written.at(self.cursorForPosition(event.position().toPoint()).position())
        if word_id:
            self._document.select([word_id], current=word_id)
            self.edit_wanted.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the colours of the current theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_written"):
            self._mark()

    def _select_words(self) -> None:
        """Select on the photo what is selected in the text, or the word at the cursor."""
        if self._following:
            return
        cursor = self.textCursor()
        here = self._written.at(cursor.position())
        ids = self._written.within(cursor.selectionStart(), cursor.selectionEnd()) if cursor.hasSelection() else ()
        chosen = ids or ((here,) if here else ())
        if chosen:
            self._following = True
            self._document.select(chosen, current=here)
            self._following = False

    def _mark(self) -> None:
        """Highlight the words selected on the photo, and underline misspelt ones."""
        if self._stale:
            return
        page = self._document.page
        marks: list[QTextEdit.ExtraSelection] = []
        doubted: list[tuple[int, int]] = []
        chosen = self._document.selection
        first: int | None = None
        for key, start, end in zip(self._written.ids, self._written.starts, self._written.ends, strict=True):
            word = page.words.get(key) if page else None
            if word is None:
                continue
            if key in chosen:
                marks.append(self._marked(start, end, _chosen_format()))
                first = start if key == self._document.current or first is None else first
            if len(doubted) < _MOST_DOUBTED:
                doubted += [place for place in _doubted(self._spelling, word, start) if place[1] <= end]
        under = _doubted_format()
        marks += [self._marked(*place, under) for place in doubted[:_MOST_DOUBTED]]
        self.setExtraSelections(marks)
        if first is not None and not self._following and not self.hasFocus():
            self._bring_into_sight(first)

    def _bring_into_sight(self, place: int) -> None:
        self._following = True
        cursor = self.textCursor()
        cursor.setPosition(place)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._following = False

    def _marked(self, start: int, end: int, how: QTextCharFormat) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark.cursor, mark.format = cursor, how
        return mark


def _doubted(spelling: Spelling, word: Word, start: int) -> list[tuple[int, int]]:
    return [
        (start + _size(word.text[: each.start]), start + _size(word.text[: each.end])) for each in spelling.doubts(word)
    ]


def _chosen_format() -> QTextCharFormat:
    made = QTextCharFormat()
    made.setBackground(QColor(theme.colours().selection))
    return made


def _doubted_format() -> QTextCharFormat:
    made = QTextCharFormat()
    made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    made.setUnderlineColor(QColor(theme.colours().error))
    return made
