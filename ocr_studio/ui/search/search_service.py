"""Runs queries on the search index in the background, always only the latest one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core.search.index import SearchResult
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import index as indexing
from ocr_studio.ui.document.index_service import IndexService
from ocr_studio.ui.job_thread import Job, JobThread

MOST: Final = 500
# Milliseconds to wait after a key, as the next one may follow at once, and after a change of the pages or the index.
_KEY: Final = 40
_SOON: Final = 400


class Searching(QObject):
    """Runs queries in a thread.

    Signals:
        found(str, SearchResult): A query, and what it found.
        failed(Trouble): The search failed.

    Attributes:
        wanted: Whether the results are visible, so that they must be kept up to date.
    """

    found = Signal(str, object)
    failed = Signal(object)

    def __init__(self, index_service: IndexService, lane: JobThread) -> None:
        super().__init__()
        self._index_service, self._lane = index_service, lane
        self.query = ""
        self.wanted = False
        self._job: Job | None = None
        self._stale = False
        self._after_key = QTimer(self, singleShot=True, interval=_KEY)
        self._after_key.timeout.connect(self._go)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._go)
        index_service.changed.connect(lambda _: self.again())
        index_service.progressed.connect(lambda *_: self.again())
        index_service.finished.connect(self.again)

    def ask(self, query: str) -> None:
        """Search for this from now on."""
        self.query = query
        self._after_key.start()

    def again(self) -> None:
        """Search again soon, as pages or index have changed."""
        if self.wanted and self.query.strip() and not self._soon.isActive():
            self._soon.start()

    def _go(self) -> None:
        if self._job is not None:
            self._stale = True
            return
        index, query = self._index_service.index, self.query
        if index is None or not query.strip():
            self.found.emit(query, SearchResult([], 0, 0))
            return
        job = self._job = self._lane.submit(
            lambda: indexing.find(index, query, limit=MOST, typing=True), name=later("Searching")
        )
        job.yielded.connect(lambda findings: self.found.emit(query, findings))
        job.failed.connect(self.failed)
        job.ended.connect(self._rest)

    def _rest(self) -> None:
        self._job = None
        if self._stale:
            self._stale = False
            self._go()
