"""Proposes to take the text that a page of a PDF has of its own, instead of reading the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject

from ocr_studio.core.editing import imported_words
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.images import page_paths
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later, message, tr
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import Job, JobThread, Priority
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity

_KEY = "own text proposal"


class OwnTextProposal(QObject):
    """Looks at each page of a PDF once it is opened; each is asked about once."""

    def __init__(
        self,
        document: Document,
        opening: Opening,
        lane: JobThread,
        messages: MessageBar,
        *,
        stop_reading: Callable[[], object],
    ) -> None:
        """Follow the photos that are opened.

        Args:
            document: The open photo.
            opening: Knows its file.
            lane: The thread in which the PDF is looked at.
            messages: Where the proposal is shown.
            stop_reading: Stops reading the open photo.
        """
        super().__init__(messages)
        self._document, self._opening, self._lane, self._messages = document, opening, lane, messages
        self._stop_reading = stop_reading
        self._answered: set[str] = set()  # ids of pages
        self._job: Job | None = None
        document.opened.connect(self._look)

    @property
    def idle(self) -> bool:
        """Whether no page is being looked at."""
        return self._job is None

    def _look(self) -> None:
        self._messages.withdraw(_KEY)
        if self._job is not None:
            self._job.cancel()
        page, path = self._document.page, self._opening.path
        if page is None or path is None or not self._may_ask(page):
            return
        if page_paths.find_page(path).file.suffix.lower() != page_paths.PDF_SUFFIX:
            return

        def work() -> Iterator[ExchangePage]:
            from ocr_studio.core.formats.pdf import own_text  # noqa: PLC0415  (most photos are no PDF)

            if (found := own_text.read_photo(path)) is not None:
                yield found

        job = self._job = self._lane.submit(work, name=later("Looking for the text of a PDF"), priority=Priority.LOW)
        job.yielded.connect(lambda labels: self._ask(page.id, labels))
        job.ended.connect(lambda: self._end(job))

    def _end(self, job: Job) -> None:
        if job is self._job:  # otherwise another page is looked at already
            self._job = None

    def _may_ask(self, page: Page) -> bool:
        """Whether nobody has worked on the page, nor answered already."""
        touched = any(word.touched for word in page.words.values())
        return not touched and page.id not in self._answered and self._document.writable

    def _ask(self, page_id: str, labels: ExchangePage) -> None:
        page = self._document.page
        if page is None or page.id != page_id or not self._may_ask(page):
            return
        self._messages.show_message(
            tr("This page has text of its own. Use it instead of reading the page?"),
            Severity.INFO,
            key=_KEY,
            offer=(tr("Use its text"), lambda: self._accept(page_id, labels)),
            dismiss=lambda: self._answered.add(page_id),
        )

    def _accept(self, page_id: str, labels: ExchangePage) -> None:
        self._answered.add(page_id)
        self._stop_reading()
        page = self._document.page
        if page is not None and page.id == page_id:
            self._document.push(imported_words.replace_words(page, labels, message("Use text of the PDF")))
