"""Steps through possible typos, and opens the menu of suggestions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QMenu

from ocr_studio.core.language.spelling import UnknownWord
from ocr_studio.core.page import Word
from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.words import spell_checker
from ocr_studio.ui.words.spell_checker import Spelling
from ocr_studio.ui.words.word_editor import WordEditor
from ocr_studio.ui.words.word_table import WordTable


class SpellingHelp(QObject):
    """Navigates possible typos and corrects them, on the photo and in the word list."""

    def __init__(self, document: Document, spelling: Spelling, view: PhotoView, table: WordTable) -> None:
        super().__init__(document)
        self._document, self.spelling, self._view, self._table = document, spelling, view, table
        self._menu = _Menu(view)
        view.editing.panel.editor.spelling = spelling
        spelling.changed.connect(view.editing.panel.editor.update)
        table.spell_with(spelling)

    def go_on(self) -> bool:
        """Select the next possible typo. Returns False if there is none."""
        found = self.spelling.next_doubted()
        if found is not None:
            self._document.select([found], current=found)
        return found is not None

    @property
    def possible(self) -> bool:
        """Whether there is a word to check."""
        return self._document.current is not None or self._editor() is not None

    def show(self) -> QMenu | None:
        """Open the menu of suggestions for the word being edited or the current one. Returns None without a word."""
        editor, word = self._editor(), self._document.word(self._document.current)
        if editor is not None:
            self._fill(editor.doubt_here(), editor.put, editor.text())
            place = editor.mapToGlobal(QPoint(editor.cursorRect().left(), editor.height() + 2))
        elif word is not None:
            doubts = self.spelling.doubts(word)
            self._fill(doubts[0] if doubts else None, lambda of, text: self._write(word, of, text), word.text)
            self._view.show_word(word.id)
            seen = self._view.document.word(word.id) or word
            box = self._view.screen_box(seen.quad)
            place = self._view.mapToGlobal(QPoint(round(box.left()), round(box.bottom()) + 4))
        else:
            return None
        self._menu.popup(place)
        return self._menu

    def _fill(self, doubt: UnknownWord | None, put: Callable[[UnknownWord, str], None], text: str) -> None:
        menu = self._menu
        menu.clear()
        if doubt is not None:
            spell_checker.fill_menu(menu, self.spelling, doubt, lambda other: put(doubt, other))
            return
        added = [each for each in text.split() if self.spelling.is_added(each)]
        for each in added:
            spell_checker.fill_menu_of_added(menu, self.spelling, each)
        if not added:
            menu.addAction(tr("No spelling errors here")).setEnabled(False)

    def _editor(self) -> WordEditor | None:
        if self._view.editing.word_id is not None:
            return self._view.editing.panel.editor
        return self._table.editor()

    def _write(self, word: Word, doubt: UnknownWord, text: str) -> None:
        if self._document.word(word.id) == word and self._view.may_change():
            commands.write_here(self._document, word.id, word.text[: doubt.start] + text + word.text[doubt.end :])


class _Menu(QMenu):
    """A menu that takes all keys, as digits would choose alternatives on the photo."""

    def event(self, event: QEvent) -> bool:
        """Take the keys that are shortcuts of the photo."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)
