"""Keeps the text that is being typed for a word on the photo or in the table, in case the program is killed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from ocr_studio.core.project.last_session import Draft
from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.words.word_editor import WordEditor
from ocr_studio.ui.words.word_table import WordTable


class WordDrafts(QObject):
    """The unsaved text of the editor on the photo or in the table.

    After a restart, it is typed into the editor on the photo again as soon as the photo is open; it is saved only as
    any other text there.

    Signals: ``changed()`` something was typed, or the editor was opened or closed; ``message(str)`` a text was
    restored.
    """

    changed = Signal()
    message = Signal(str)

    def __init__(self, document: Document, view: PhotoView, table: WordTable) -> None:
        super().__init__(view)
        self._document, self._view, self._table = document, view, table
        self._restored: tuple[Draft, ...] = ()  # of photos that have not been opened since
        view.editing.panel.editor.textChanged.connect(self.changed)
        view.editing.changed.connect(self.changed)
        table.editing_changed.connect(self._follow_table)
        # After the window has shown the photo, which may move the focus.
        document.opened.connect(lambda: QTimer.singleShot(0, self, self._reopen))

    def drafts(self) -> tuple[Draft, ...]:
        """Return the text that is being typed, and those that wait for their photos."""
        editing, page = self._view.editing, self._document.page
        typed = (editing.word_id, editing.panel.editor), (self._table.word_id, self._table.editor())
        here = [self._draft(word_id, editor) for word_id, editor in typed if word_id and editor and page]
        return (*(draft for draft in here if draft), *self._restored)

    def restore(self, drafts: Sequence[Draft]) -> None:
        """Type these texts again once their photos are open."""
        self._restored = tuple(draft for draft in drafts if not draft.review)
        self._reopen()

    def _draft(self, word_id: str, editor: WordEditor) -> Draft | None:
        page, word = self._document.page, self._document.word(word_id)
        if page is None or word is None or not editor.isModified():
            return None
        return Draft(page.id, word_id, word.text, editor.text())

    def _follow_table(self) -> None:
        if editor := self._table.editor():
            editor.textChanged.connect(self.changed)
        self.changed.emit()

    def _reopen(self) -> None:
        page = self._document.page
        draft = next((draft for draft in self._restored if page and draft.page == page.id), None)
        # The user is typing elsewhere, for example in the review queue, which opens photos.
        busy = isinstance(QApplication.focusWidget(), (QLineEdit, QPlainTextEdit, QTextEdit))
        if draft is None or busy or not self._document.writable:
            return
        self._restored = tuple(each for each in self._restored if each is not draft)
        word = self._document.word(draft.word)
        if word is not None and word.text == draft.before:
            self._document.select([word.id])
            self._view.edit_current()
            self._view.editing.panel.editor.replace_text(draft.text)
            self.message.emit(tr("What you were typing is restored. Press Enter to save it, or Esc to discard it."))
        self.changed.emit()
