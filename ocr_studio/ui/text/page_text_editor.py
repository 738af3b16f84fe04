"""The editor of the page's text. What is typed there changes the words, and is undone with all other changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit

from ocr_studio.core.editing import text_session
from ocr_studio.core.editing.page_text import PageText
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.text import line_joining, text_marks, word_choices
from ocr_studio.ui.text.mark_painter import MarkPainter
from ocr_studio.ui.text.typed_text import TypedText
from ocr_studio.ui.text.utf16 import Utf16
from ocr_studio.ui.text.word_choices import WordChoices
from ocr_studio.ui.words import spell_checker
from ocr_studio.ui.words.spell_checker import Spelling
from ocr_studio.ui.words.suggestions import Prompter

# Milliseconds: the pause that ends an undo step, and how long typed text may stay unsaved without one.
_PAUSE_MS = 800
_KEEP_MS = 2000
# Characters that can be pasted at once, and of a line that is wrapped: Qt wraps a line without spaces in quadratic
# time, which takes minutes for a million characters.
_LONGEST_PASTE = 100_000
_LONGEST_BROKEN = 5_000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_Modifiers = Qt.KeyboardModifier


class PageTextEditor(QPlainTextEdit):
    """The editor of the text, line by line. The word at the cursor is the current word on the photo.

    Each pause in typing, and each line that is left, is an undo step of the document.

    Signals: ``edit_wanted()`` the user wants to correct the current word on the photo; ``left()`` Esc was pressed.

    Attributes:
        typed: What is being typed.
        choices: The likely texts of the current word.
    """

    edit_wanted = Signal()
    left = Signal()

    def __init__(
        self, document: Document, spelling: Spelling, prompter: Prompter, *, key_of: Callable[[str], str]
    ) -> None:
        """Show the text of the open photo; ``key_of`` returns the key of an action, see ``ActionSet.key``."""
        super().__init__()
        self._document, self._spelling = document, spelling
        self.typed = TypedText(document)
        self.choices = WordChoices(document, prompter, self)
        self._following = self._undoing = self._stale = self._composing = self._due = self._moving = False
        self._steps = self._revision = self._line = 0
        self._typed_at = -1  # where the cursor stands by typing
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.finish)
        self._soon = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._soon.timeout.connect(lambda: self._keep(last=False))
        self._marking = MarkPainter(self, document, spelling, self.typed, key_of=key_of)
        self._marking.seen, self._marking.waits = self._seen, lambda: self._stale or self._due
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(tr("Text of the photo, line by line"))
        self.setPlaceholderText(tr("The text of the photo appears here after reading."))
        self.document().contentsChange.connect(self._type)
        self.selectionChanged.connect(self._follow_cursor)
        self.cursorPositionChanged.connect(self._follow_cursor)
        document.opened.connect(self._open)
        document.changed.connect(self._follow)
        document.selection_changed.connect(self._follow_selection)
        self._open()

    def finish(self) -> None:
        """Save what was typed and end the undo step."""
        self._keep(last=True)
        self._steps += 1

    def choose(self, index: int) -> None:
        """Use one of the likely texts for the current word, and go to the next word that needs a look."""
        self.finish()
        if self.choices.choose(index):
            self._go_on(1)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  (Qt's name)
        """Paste text as an undo step of its own; words that were cut before keep their boxes."""
        text = source.text()[:_LONGEST_PASTE]
        lines = [one_line(line) for line in text.splitlines()] or [""]
        ends = " " * text[:1].isspace(), " " * text[-1:].isspace()
        if self._moving:
            self.textCursor().insertText(ends[0] + "\n".join(lines) + ends[1])
            return
        self.finish()
        self.textCursor().insertText(ends[0] + "\n".join(lines) + ends[1])
        self.ensureCursorVisible()
        self._keep(last=True, pasted=True)
        self._steps += 1

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802  (Qt's name)
        """Leave files and pictures that are dropped to the window."""
        return source.hasText() and not source.hasUrls() and not source.hasImage()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Move or insert text as an undo step of its own."""
        self.finish()
        self._moving = True
        super().dropEvent(event)
        self._moving = False
        self._keep(last=True, pasted=True)
        self._steps += 1

    def event(self, event: QEvent) -> bool:
        """Take the keys that are shortcuts of the window, leave Undo to it, and update when shown."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if not _is_undo(event) and not _is_ours(event):
                return super().event(event)
            event.setAccepted(self.typed.is_typed or not _is_undo(event))
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TABS:
            step = _TABS[Qt.Key(event.key())]
            return self._go_on(step) or self.focusNextPrevChild(step > 0)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._marking.explain(event)
            return True
        if event.type() == QEvent.Type.Show and self._stale:
            # After the event, when the editor is visible.
            result = super().event(event)
            self._open()
            return result
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Handle the keys that do more than typing."""
        key, held = event.key(), event.modifiers()
        if _is_undo(event):
            self.finish()
            stack = self._document.undo_stack
            (stack.undo if event.matches(QKeySequence.StandardKey.Undo) else stack.redo)()
        elif key == Qt.Key.Key_F2:
            self.finish()
            self.edit_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.finish()
            self.left.emit()
        elif (choice := self.choices.index_of(event)) is not None:
            self.choose(choice)
        elif key in _ENTER and held == _Modifiers.ControlModifier:
            self.finish()
            commands.accept_here(self._document)
            self._go_on(1)
        elif key in _ENTER and not self.isReadOnly():
            self.textCursor().insertBlock()  # with Shift, Qt would insert a break that is no line
            self.ensureCursorVisible()
        elif not line_joining.join_lines(self, event):
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802  (Qt's name)
        """Track whether an input method is composing; changes from elsewhere are shown afterwards."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if not self._composing:
            self._catch_up()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        """Show Qt's menu with suggestions for the word there, without Qt's own undo."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in [each for each in menu.actions() if each.objectName() in ("edit-undo", "edit-redo")]:
            menu.removeAction(action)
        place = self.cursorForPosition(event.pos()).position()
        word = self._document.word(self.typed.places.at(place))
        doubts = self._spelling.doubts(word) if word and not self.typed.is_typed and not self.isReadOnly() else ()
        if word and doubts:
            start, _ = self.typed.place_of(word.id)
            wide = Utf16(word.text)
            ends = start + wide.to_units(doubts[0].start), start + wide.to_units(doubts[0].end)
            self._document.select([word.id], current=word.id)
            spell_checker.fill_menu(menu, self._spelling, doubts[0], lambda text: self._replace(*ends, text))
        menu.popup(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Save what was typed, as the next action may change the whole page."""
        super().focusOutEvent(event)
        self.finish()
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._rest()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Mark the words that came into sight."""
        super().resizeEvent(event)
        self._marking.start()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the colours of the current theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_marking"):
            self._marking.start()

    # --------------------------------------------------------------------------------------------------- from the photo

    def _open(self) -> None:
        """Show the text of the page, as soon as the editor is visible."""
        self._pause.stop()
        self._soon.stop()
        self._due = False
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self.choices.reject_digits()
        page = self._document.page
        self.typed.open(page)
        writable = page is not None and self._document.writable
        flags = Qt.TextInteractionFlag
        reading = flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
        self.setTextInteractionFlags(flags.TextEditorInteraction if writable else reading)
        shown = PageText.of(page)
        long = any(len(line) > _LONGEST_BROKEN for line in shown.text.split("\n"))
        modes = QTextOption.WrapMode
        self.setWordWrapMode(modes.NoWrap if long else modes.WrapAtWordBoundaryOrAnywhere)
        self._following = True
        self.setPlainText(shown.text)
        self._following = False
        self._locate(shown)
        self._follow_selection()
        self._show_placeholder()
        self.choices.prepare()

    def _show_placeholder(self) -> None:
        """Say why there is no text, where there is none."""
        page = self._document.page
        read = page is not None and (page.read_at is not None or bool(page.words))
        self.setPlaceholderText(
            tr("No text. Type to add words without boxes.")
            if read
            else tr("The text of the photo appears here after reading.")
        )

    def _follow(self, change: DocumentChange) -> None:
        """Show what was changed elsewhere or by Undo, without touching what is being typed."""
        page = self._document.page
        if not change.here or page is None or self.typed.saving:
            return
        self._show_placeholder()
        if self._stale or not self.typed.is_open or not (self.isVisible() or self.typed.is_typed):
            self._stale = True
            return
        if self._composing:
            self._due = True
            return
        shown = PageText.of(page)
        if self.typed.is_typed:
            mine = self.toPlainText()
            self._show(text_session.merge(self.typed.known, mine, shown.text))
            self.typed.rebase(page, shown)
            return
        self.typed.begin(page)
        place = self._show(shown.text)
        self._locate(shown)
        if not change.new and place is not None and change.step is not None:
            self._put_cursor(place, place)
            # The document selects what was undone; here typing goes on at that place instead of replacing it.
            self._undoing = True
            QTimer.singleShot(0, self, self._end_undo)

    def _catch_up(self) -> None:
        """Show what was changed elsewhere while an input method was composing."""
        if self._due:
            self._due = self._composing = False
            self._follow(DocumentChange(here=True))

    def _end_undo(self) -> None:
        self._undoing = False

    def _show(self, text: str) -> int | None:
        """Replace only what differs, so that the cursor and the scroll position stay.

        Returns:
            The end of it in UTF-16 units, or None if nothing differs.
        """
        now = self.toPlainText()
        if text == now:
            return None
        start, end = _count_same(now, text)
        wide = Utf16(now)
        cursor = _cursor_over(self, wide.to_units(start), wide.to_units(len(now) - end))
        self._following = True
        cursor.insertText(text[start : len(text) - end])
        self._following = False
        self._revision = self.document().revision()
        return cursor.position()

    def _locate(self, shown: PageText) -> None:
        """Find the words in the text that the editor shows."""
        self.typed.locate(self.toPlainText(), shown)
        self._revision = self.document().revision()
        self._marking.start()

    def _follow_selection(self) -> None:
        """Go to the word that was selected elsewhere."""
        if self._stale:
            return
        self._marking.start()
        current = self._document.current
        if (
            self._following
            or self._undoing
            or self.typed.saving
            or self.typed.is_typed
            or self._composing
            or current not in self.typed.places.ids
        ):
            return
        start, end = self.typed.place_of(current)
        # With the focus, it is selected so that typing replaces it.
        self._put_cursor(start, end if self.hasFocus() else start)

    def _put_cursor(self, start: int, end: int) -> None:
        self._following = True
        self.choices.reject_digits()
        cursor = _cursor_over(self, start, end)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._line = cursor.blockNumber()
        self._following = False

    # ----------------------------------------------------------------------------------------------------- to the photo

    def _type(self, place: int, _removed: int, added: int) -> None:
        """Note what was typed, to be saved soon."""
        if self._following or not self.typed.is_open:
            return
        self.choices.reject_digits()
        after = max(0, self.document().characterCount() - 1 - place - added)
        self.typed.note(place, after)
        self._pause.start()
        if not self._soon.isActive():
            self._soon.start()

    def _keep(self, *, last: bool, pasted: bool = False) -> None:
        """Save what was typed.

        Args:
            last: Whether the undo step ends here.
            pasted: Whether words that were deleted may be part of it.
        """
        self._pause.stop()
        self._soon.stop()
        if self._composing and not last:
            self._soon.start()
            return
        self._catch_up()
        if not self.typed.is_typed:
            return
        self.typed.save(self.toPlainText(), join=f"text {self._steps}", last=last, pasted=pasted)
        self._locate(PageText.of(self._document.page))
        self._select_words()

    def _rest(self) -> None:
        """Show the text as it is saved, without additional spaces, once the cursor has left."""
        page = self._document.page
        if not self.typed.is_touched or page is None or self._stale or self._composing or self.typed.is_typed:
            return
        self.typed.begin(page)
        shown = PageText.of(page)
        if self._show(shown.text) is not None:
            self._locate(shown)

    def _follow_cursor(self) -> None:
        """Save when the line is left, and select on the photo what is selected in the text."""
        if self._following or self._stale:
            return
        cursor = self.textCursor()
        self.choices.follow_cursor()
        place, line = cursor.position(), cursor.blockNumber()
        if self.document().revision() != self._revision or (place == self._typed_at and not cursor.hasSelection()):
            # By typing; the words are selected once it is saved.
            self._revision, self._typed_at, self._line = self.document().revision(), place, line
            return
        self._typed_at = -1
        if line != self._line:
            self._line = line
            self.finish()
            self._rest()
        elif self.typed.is_typed:
            self.finish()
        self._select_words()

    def _select_words(self) -> None:
        cursor = self.textCursor()
        here = self.typed.places.at(cursor.position())
        ids = self.typed.places.within(cursor.selectionStart(), cursor.selectionEnd()) if cursor.hasSelection() else ()
        chosen = ids or ((here,) if here else ())
        if chosen:
            self._following = True
            self._document.select(chosen, current=here if here in chosen else None)
            self._following = False

    def _go_on(self, step: int) -> bool:
        """Select the next word that needs a look, or the previous one. Returns False if there is none."""
        self.finish()
        page = self._document.page
        if page is None:
            return False
        cursor = self.textCursor()
        beyond = cursor.selectionEnd() if step > 0 else cursor.selectionStart()
        found = text_marks.find_next(page, self.typed.places, beyond, step, self._spelling)
        if found is None:
            return False
        self._put_cursor(*self.typed.place_of(found))
        self._rest()
        self._select_words()
        self.choices.accept_digits()
        return True

    def _replace(self, start: int, end: int, text: str) -> None:
        """Replace a range as if the text had been typed."""
        _cursor_over(self, start, end).insertText(text)
        self.finish()

    def _seen(self) -> tuple[int, int]:
        """Return the part of the text that is in sight, in UTF-16 units."""
        last = self.cursorForPosition(self.viewport().rect().bottomRight()).block()
        return self.firstVisibleBlock().position(), last.position() + last.length()


def _count_same(one: str, other: str) -> tuple[int, int]:
    """Return how many characters are the same at the beginning and, of the rest, at the end."""
    most = min(len(one), len(other))
    start = next((index for index in range(most) if one[index] != other[index]), most)
    most -= start
    return start, next((index for index in range(most) if one[-1 - index] != other[-1 - index]), most)


def _cursor_over(editor: QPlainTextEdit, start: int, end: int) -> QTextCursor:
    """Return a cursor that selects a range of the text."""
    cursor = QTextCursor(editor.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def _is_ours(event: QKeyEvent) -> bool:
    """Whether a key that may be a shortcut of the window is one of the editor."""
    return event.key() in (*_ENTER, Qt.Key.Key_F2, Qt.Key.Key_Escape) or word_choices.is_choosing_key(event)
