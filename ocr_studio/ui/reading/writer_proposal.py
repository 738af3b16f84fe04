"""Proposes a writer's profile for a photo that shows the same handwriting."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

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
_Compared: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]  # a page, and the profiles by writer


class WriterProposal(QObject):
    """Looks for the writer of each photo without one, once it is read, if there are writer profiles."""

    def __init__(self, document: Document, reading: ReadingController, messages: MessageBar) -> None:
        super().__init__(reading)
        self._document, self._reading, self._messages = document, reading, messages
        # Whose handwriting was found on pages, "" if nobody's, by page and the profiles that it was compared with.
        self._found: dict[_Compared, str] = {}
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
        page, image, options = self._document.page, self._document.image, self._reading.ocr_service.options
        profiles = options.writer_profiles
        if page is None or image is None or self._reading.busy or not self._document.writable:
            return
        if page.facts.writer or not profiles or not page.read_at:
            return
        self._cancel()
        compared = page.id, profiles
        if compared in self._found:
            self._propose(compared)
            return
        words = tuple(page.words.values())
        job = self._job = self._reading.lane.submit(
            lambda: match_writer(options, image, words),
            name=later("Comparing with writer profiles"),
            priority=Priority.BACKGROUND,
        )
        job.yielded.connect(lambda event: self._take(compared, event))
        job.done.connect(lambda: self._found.setdefault(compared, ""))

    def _take(self, compared: _Compared, event: object) -> None:
        if isinstance(event, WriterMatched):
            self._found[compared] = event.writer
            self._propose(compared)

    def _propose(self, compared: _Compared) -> None:
        """Propose the profile that was found for the open photo, until the user has answered."""
        page, (page_id, _), writer = self._document.page, compared, self._found[compared]
        if writer and page is not None and page.id == page_id and not page.facts.writer:
            self._messages.show_message(
                tr(
                    "This looks like the handwriting of {writer}. Read it with this profile?",
                    writer=labels.label(writer),
                ),
                Severity.INFO,
                key=_KEY,
                offer=(tr("Read with profile"), lambda: self._accept(compared, writer)),
                dismiss=lambda: self._found.update({compared: ""}),
            )

    def _accept(self, compared: _Compared, writer: str) -> None:
        page = self._document.page
        if page is None or page.id != compared[0] or page.facts.writer or self._reading.busy:
            return
        self._found[compared] = ""
        facts = replace(page.facts, writer=writer)
        self._document.push(edits.set_facts(page, facts, message("Set writer to {writer}", writer=writer)))
        self._reading.read_words(_unchecked(page))


def _unchecked(page: Page) -> list[str]:
    return [key for key, word in page.words.items() if not word.checked]
