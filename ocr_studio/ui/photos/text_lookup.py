"""Finds the pages that contain a text, in the background; results are cached until pages change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import list_folder
from ocr_studio.ui.job_thread import Job, JobThread

_MOST = 64


class TextLookup(QObject):
    """Looks up texts in the search index.

    Signals:
        loaded(): the requested texts are known.
        failed(Trouble): the lookup failed.
    """

    loaded = Signal()
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._index: Index | None = None
        self._known: dict[str, frozenset[str]] = {}
        self._asked: set[str] = set()
        self._job: Job | None = None

    def use(self, index: Index | None) -> None:
        """Use this index."""
        self._index = index
        self.forget()

    def forget(self) -> None:
        """Clear the cache, as pages have changed."""
        self._known.clear()

    def want(self, texts: frozenset[str]) -> None:
        """Look up these texts; an unfinished earlier request is cancelled."""
        if self._job is not None:
            if texts <= self._asked:
                return
            self._job.cancel()
            self._job = None
        missing, index = texts - self._known.keys(), self._index
        if not missing or index is None:
            return
        self._asked = set(missing)
        job = self._job = self._lane.submit(
            lambda: list_folder.pages_with(missing, index), name=later("Searching for text")
        )
        job.yielded.connect(self._on_found)
        job.failed.connect(self.failed)
        job.done.connect(self._finish)

    def pages_with(self, text: str) -> frozenset[str]:
        """Ids of the pages that contain this text; empty if it has not been looked up yet."""
        return self._known.get(text, frozenset())

    def _on_found(self, found: tuple[str, frozenset[str]]) -> None:
        while len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[found[0]] = found[1]

    def _finish(self) -> None:
        self._job = None
        self.loaded.emit()
