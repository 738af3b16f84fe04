"""Proposes a writer's profile for a photo that it fits better than the model for all photos."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later, message, tr
from ocr_studio.jobs.reading.match_writer import WriterMatched, match_writer
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, Priority
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity

_KEY = "writer proposal"


class WriterProposal(QObject):
    """Looks for the writer of each photo without one, once it is read, if there are writer profiles."""

    def __init__(self, document: Document, reading: ReadingController, messages: MessageBar) -> None:
        super().__init__(reading)
        self._document, self._reading, self._messages = document, reading, messages
        self._asked: set[object] = set()  # pages, with the profiles that they were compared with
        self._job: Job | None = None
        document.opened.connect(self._follow)
        document.changed.connect(self._withdraw_if_known)
        reading.stopped.connect(self._look)

    def _follow(self) -> None:
        self._messages.withdraw(_KEY)
        self._cancel()
        self._look()

    def _cancel(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _withdraw_if_known(self) -> None:
        page = self._document.page
        if page is not None and page.facts.writer:
            self._messages.withdraw(_KEY)

    def _look(self) -> None:
        page, image, ocr_service = self._document.page, self._document.image, self._reading.ocr_service
        profiles = ocr_service.options.writer_profiles
        if page is None or image is None or self._reading.busy or not self._document.writable:
            return
        if page.facts.writer or not profiles or not page.read_at or (page.id, profiles) in self._asked:
            return
        self._cancel()
        page_id, words = page.id, tuple(page.words.values())
        job = self._job = self._reading.lane.submit(
            lambda: match_writer(ocr_service, image, words),
            name=later("Comparing with writer profiles"),
            priority=Priority.BACKGROUND,
        )
        job.yielded.connect(lambda event: self._propose(page_id, event))
        job.done.connect(lambda: self._asked.add((page_id, profiles)))

    def _propose(self, page_id: str, event: object) -> None:
        page = self._document.page
        if isinstance(event, WriterMatched) and page is not None and page.id == page_id and not page.facts.writer:
            writer = event.writer
            self._messages.show_message(
                tr(
                    "This looks like the handwriting of {writer}. Read it with this profile?",
                    writer=labels.label(writer),
                ),
                Severity.INFO,
                key=_KEY,
                offer=(tr("Read with profile"), lambda: self._accept(page_id, writer)),
            )

    def _accept(self, page_id: str, writer: str) -> None:
        page = self._document.page
        if page is None or page.id != page_id or page.facts.writer or self._reading.busy:
            return
        facts = replace(page.facts, writer=writer)
        self._document.push(edits.set_facts(page, facts, message("Set writer to {writer}", writer=writer)))
        self._reading.read_words(_unchecked(page))


def _unchecked(page: Page) -> list[str]:
    return [key for key, word in page.words.items() if not word.checked]
