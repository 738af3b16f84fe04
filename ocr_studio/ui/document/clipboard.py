"""The clipboard: copies words with their boxes and text, pastes words and images."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from ocr_studio.core.editing import edits
from ocr_studio.core.formats import markdown, table_text
from ocr_studio.core.page import Page, Word
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening

WORDS_TYPE = "application/x-ocr-studio-words+json"
# Pixels: pasted boxes are moved a little, so that they can be told from the copied ones.
_OFFSET = (12.0, 12.0)


class WordClipboard(QObject):
    """Copies words and text, pastes words and images.

    Signals: ``message(str)`` a message for the status bar.
    """

    message = Signal(str)

    def __init__(self, document: Document, opening: Opening) -> None:
        super().__init__(document)
        self._document, self._opening = document, opening

    def copy(self) -> None:
        """Copy the selected words: as text for other programs, with their boxes for this one."""
        words, page = self._document.selected_words(), self._document.page
        if page is None or not words:
            return
        data = QMimeData()
        data.setText(commands.text_to_copy(self._document))
        data.setData(WORDS_TYPE, page_file.encode(Page(page.id, page.image, page.width, page.height, _by_id(words))))
        QGuiApplication.clipboard().setMimeData(data)
        self.message.emit(tr_n("Copied {count} word", "Copied {count} words", len(words)))

    def cut(self) -> None:
        """Copy the selected words and delete them."""
        self.copy()
        if any(word.locked for word in self._document.selected_words()):
            self.message.emit(tr("Copied. Locked words were not cut from the photo."))
        commands.delete(self._document)

    def copy_text(self) -> None:
        """Copy the text of the whole photo."""
        if page := self._document.page:
            QGuiApplication.clipboard().setText(page_order.compose_text(page))
            self.message.emit(
                tr_n("Copied the text of {count} word", "Copied the text of {count} words", len(page.words))
            )

    def copy_markdown(self) -> None:
        """Copy the text of the selected words, or of all words, as Markdown."""
        if page := self._document.page:
            text = markdown.format_body(page_order.compose_text(page, self._document.selection or None))
            QGuiApplication.clipboard().setText(text)
            self.message.emit(tr("Copied as Markdown"))

    def copy_table(self) -> None:
        """Copy the selected words, or all words, as a table that can be pasted into a spreadsheet."""
        if page := self._document.page:
            table = table_text.make_table(page, self._document.selection or None)
            data = QMimeData()
            data.setText(table_text.format_tabs(table))
            data.setHtml(table_text.format_html(table))
            QGuiApplication.clipboard().setMimeData(data)
            columns = len(table[0]) if table else 0
            self.message.emit(tr("Copied as a table: {rows} × {columns} cells", rows=len(table), columns=columns))

    def paste(self) -> None:
        """Paste copied words onto the photo and select them, or open the image on the clipboard."""
        # None if nothing was ever copied.
        data = QGuiApplication.clipboard().mimeData() or QMimeData()
        words = _words_in(data)
        page = self._document.page
        if words and page is not None:
            edit = edits.paste(page, words, offset=_OFFSET)
            self._document.push(edit)
            self._document.select(edit.changes)
        elif words:
            self.message.emit(tr("Open a photo first to paste these words"))
        else:
            self._opening.paste()


def _words_in(data: QMimeData) -> tuple[Word, ...]:
    if not data.hasFormat(WORDS_TYPE):
        return ()
    try:
        return tuple(page_file.decode(bytes(data.data(WORDS_TYPE).data())).words.values())
    except (page_file.NotAPage, page_file.NewerFormat):
        # Copied by another version of the program; the text can still be pasted elsewhere.
        return ()


def _by_id(words: tuple[Word, ...]) -> dict[str, Word]:
    return {word.id: word for word in words}
