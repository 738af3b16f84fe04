"""The search index of the open project, made and kept up to date in the background."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index, IndexProgress
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import index as indexing
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import Job, JobThread, Priority


class IndexService(QObject):
    """Keeps the search index up to date: with the files when a project is opened, then with changes in the window.

    Signals: ``changed(Index | None)`` another project was opened; ``progressed(done, total)`` pages that had changed;
    ``finished()`` all of them are indexed; ``failed(Trouble)``.
    """

    changed = Signal(object)
    progressed = Signal(int, int)
    finished = Signal()
    failed = Signal(object)

    def __init__(self, opening: Opening, lane: JobThread) -> None:
        super().__init__(lane)
        self._lane = lane
        self._job: Job | None = None
        self.index: Index | None = None
        self._project: Project | None = None
        self._left: list[Index] = []  # to be closed
        self._closed: list[Index] = []
        opening.opened.connect(self._follow)

    def close(self) -> None:
        """Close the index."""
        self._close_index()
        self.changed.emit(None)

    def stop(self) -> None:
        """Close all files. Call it when the threads have ended."""
        self._close_index(lane=False)
        # An earlier search in another thread may have reopened an index.
        self._left += self._closed
        self._let_go()

    def _follow(self, event: PhotoOpened) -> None:
        if event.project is self._project:
            return
        self._close_index()
        self._project = event.project
        index = self.index = Index(event.project)
        self.changed.emit(index)
        job = self._job = self._lane.submit(
            lambda: indexing.bring_up_to_date(index), name=later("Indexing"), priority=Priority.BACKGROUND
        )
        job.yielded.connect(self._report_progress)
        job.done.connect(self.finished)
        job.failed.connect(self.failed)

    def _report_progress(self, at: IndexProgress) -> None:
        self.progressed.emit(at.done, at.total)

    def _close_index(self, *, lane: bool = True) -> None:
        """Close the index in its thread, after the requests that are waiting there."""
        if self._job is not None:
            self._job.cancel()
        index, self.index, self._project, self._job = self.index, None, None, None
        if index is not None:
            self._left.append(index)
            if lane:
                self._lane.submit(self._closing, name=later("Closing the index"), priority=Priority.BACKGROUND)

    def _closing(self) -> Iterator[None]:
        self._let_go()
        yield None

    def _let_go(self) -> None:
        while self._left:
            index = self._left.pop()
            index.close()
            self._closed.append(index)
