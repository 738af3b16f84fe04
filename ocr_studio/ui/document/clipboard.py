"""The clipboard: copies words with their boxes and text, pastes words and images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from ocr_studio.core.editing import edits
from ocr_studio.core.formats.documents import html, markdown, table_text, text
from ocr_studio.core.formats.documents.table_text import Table
from ocr_studio.core.page import Page, Word
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.project import page_file
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.formats import export_photos
from ocr_studio.jobs.formats.export_photos import NotRead, PhotoSkipped, PhotosRendered
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import JobThread, Trouble

WORDS_TYPE = "application/x-ocr-studio-words+json"
# Pixels: pasted boxes are moved a little, so that they can be told from the copied ones.
_OFFSET = (12.0, 12.0)


class WordClipboard(QObject):
    """Copies words and text, pastes words and images.

    Signals: ``message(str)`` a message for the status bar; ``failed(Trouble)`` why photos could not be copied.
    """

    message = Signal(str)
    failed = Signal(object)

    def __init__(
        self, document: Document, opening: Opening, lane: JobThread, chosen: Callable[[], Sequence[PhotoRow]]
    ) -> None:
        """Work on the clipboard.

        Args:
            document: The open photo.
            opening: Opens images that are pasted.
            lane: Loads the pages of the selected photos.
            chosen: The selected photos.
        """
        super().__init__(document)
        self._document, self._opening, self._lane, self._chosen = document, opening, lane, chosen

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

    @property
    def has_text(self) -> bool:
        """Whether the open photo has words, or several photos are selected."""
        page = self._document.page
        return bool(page and page.words) or self._several

    @property
    def _several(self) -> bool:
        return len(self._chosen()) > 1

    def copy_text(self) -> None:
        """Copy the text of the whole photo, or of the selected photos if there are several."""
        page = self._document.page
        if self._several:
            self._copy_photos(lambda pages: (text.render(pages), ""))
        elif page:
            QGuiApplication.clipboard().setText(page_order.compose_text(page))
            self.message.emit(
                tr_n("Copied the text of {count} word", "Copied the text of {count} words", len(page.words))
            )

    def copy_markdown(self) -> None:
        """Copy the text of the selected words, of the selected photos if there are several, or else of the photo."""
        page = self._document.page
        if self._several and not self._document.selection:
            self._copy_photos(lambda pages: (markdown.render(pages), ""))
        elif page:
            body = markdown.format_body(page_order.compose_text(page, self._document.selection or None))
            QGuiApplication.clipboard().setText(body)
            self.message.emit(tr("Copied as Markdown"))

    def copy_formatted(self) -> None:
        """Copy the same as formatted text, for word processors and mail."""
        page = self._document.page
        if self._several and not self._document.selection:
            self._copy_photos(lambda pages: (text.render(pages), html.render(pages)))
        elif page:
            body = page_order.compose_text(page, self._document.selection or None)
            _copy_with_html(body, html.format_body(body))
            self.message.emit(tr("Copied as formatted text"))

    def copy_table(self) -> None:
        """Copy the selected words, those of the selected photos if there are several, or else those of the photo."""
        page = self._document.page
        if self._several and not self._document.selection:
            self._copy_photos(lambda pages: _format_table(table_text.make_tables(pages)))
        elif page:
            table = table_text.make_table(page, self._document.selection or None)
            _copy_with_html(*_format_table(table))
            columns = len(table[0]) if table else 0
            self.message.emit(tr("Copied as a table: {rows} × {columns} cells", rows=len(table), columns=columns))

    def _copy_photos(self, render: Callable[[Sequence[Page]], tuple[str, str]]) -> None:
        """Copy the selected photos.

        Args:
            render: Makes the plain text of their pages, and the formatted one, "" for none. Called in the job.
        """
        project, photos = self._opening.project, export_photos.list_rows(self._chosen())
        if project is None:
            return
        events: list[object] = []
        job = self._lane.submit(
            lambda: export_photos.render_together(project, photos, render), name=later("Copying the texts")
        )
        job.yielded.connect(events.append)
        job.failed.connect(self.failed)
        job.done.connect(lambda: self._take(events))

    def _take(self, events: Sequence[object]) -> None:
        """Copy what was rendered, and say what was not."""
        count = 0
        for event in events:
            if isinstance(event, PhotosRendered):
                count = event.count
                _copy_with_html(event.plain, event.formatted)
        said = tr_n("Copied the text of {count} photo", "Copied the text of {count} photos", count)
        errors = [event.error for event in events if isinstance(event, PhotoSkipped)]
        broken = [error for error in errors if not isinstance(error, NotRead)]
        if unread := len(errors) - len(broken):
            said = tr_n(
                "{copied}; {count} has not been read", "{copied}; {count} have not been read", unread, copied=said
            )
        self.message.emit(said)
        for error in broken[:1]:
            self.failed.emit(Trouble(str(error)))

    def paste(self, *, onto_photo: bool = True) -> None:
        """Paste copied words onto the photo and select them, or open the image on the clipboard.

        Args:
            onto_photo: Whether words are pasted; not while the user is in another list, such as that of photos.
        """
        # None if nothing was ever copied.
        data = QGuiApplication.clipboard().mimeData() or QMimeData()
        words = _words_in(data)
        page = self._document.page
        if words and not onto_photo:
            self.message.emit(tr("To paste these words, click the photo or the words table first"))
        elif words and page is not None:
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


def _format_table(table: Table) -> tuple[str, str]:
    return table_text.format_tabs(table), table_text.format_html(table)


def _copy_with_html(plain: str, formatted: str) -> None:
    data = QMimeData()
    data.setText(plain)
    if formatted:
        data.setHtml(formatted)
    QGuiApplication.clipboard().setMimeData(data)
