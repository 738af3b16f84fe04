"""Reads many photos in the background, one after the other."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing import edits, photo_frames
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.translation import later, message, tr
from ocr_studio.jobs.reading.read import PhotoFailed, PhotoRead
from ocr_studio.jobs.reading.read_batch import PhotoKnown, read_batch
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, Trouble
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import labels

# The time left is estimated from this many of the latest photos.
_LATEST: Final = 10


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """The progress of a batch.

    Attributes:
        done: number of photos finished.
        total: number of photos in the batch.
        seconds: estimated time left; None if unknown.
        name: name of the photo being read.
        paused: whether the batch is paused.
    """

    done: int
    total: int
    seconds: float | None
    name: str
    paused: bool


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result of a batch.

    Attributes:
        read: number of photos read.
        known: number of photos that had already been read.
        failed: photos that failed, with the reasons, in order.
        left: number of photos not started.
        why: why photos are left; empty if none are.
    """

    read: int
    known: int
    failed: tuple[tuple[Path, str], ...]
    left: int = 0
    why: str = ""


class BatchReading(QObject):
    """A queue of photos of one project. Other jobs in the reading lane go first; the current photo is then restarted.

    A page without words is saved directly. The open page, and pages with words, change in an undoable step that keeps
    words typed or drawn by the user.

    Signals:
        progressed(BatchProgress): the progress has changed.
        page_read(path, Page): a photo was read.
        photo_failed(path, str): a photo could not be read, and why.
        ended(BatchResult): the batch has ended.
        changed(): a batch has started or ended.
    """

    progressed = Signal(object)
    page_read = Signal(object, object)
    photo_failed = Signal(object, str)
    ended = Signal(object)
    changed = Signal()

    def __init__(
        self, document: Document, reading: ReadingController, autosave: Autosave, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._reading, self._autosave = document, reading, autosave
        self._project: Project | None = None
        self._waiting: deque[Path] = deque()
        self._again: set[Path] = set()  # to be read even if already read
        self._job: Job | None = None
        self._gave_way: Path | None = None
        self._paused = False
        self._total = self._read = self._known = 0
        self._failed: list[tuple[Path, str]] = []
        self._took: deque[float] = deque(maxlen=_LATEST)
        self._since = 0.0
        document.opened.connect(self._cancel_if_elsewhere)

    @property
    def busy(self) -> bool:
        """Whether photos are being read or wait to be read."""
        return self._project is not None

    @property
    def paused(self) -> bool:
        """Whether the batch is paused."""
        return self._paused

    def start(self, photos: Iterable[Path], *, again: bool) -> None:
        """Add photos to the queue; with ``again``, also those that have already been read."""
        project = self._reading.project
        fresh = [path for path in dict.fromkeys(photos) if path not in self._waiting]
        if project is None or not fresh or not self._document.writable or self._document.history.pages is None:
            return
        if not self.busy:
            self._project, self._paused = project, False
            self._again.clear()
            self._total = self._read = self._known = 0
            self._failed.clear()
            self._took.clear()
        if again:
            self._again.update(fresh)
        self._waiting.extend(fresh)
        self._total += len(fresh)
        self.changed.emit()
        self._read_next()

    def read_added(self, photos: Sequence[Path]) -> bool:
        """Add photos that are new in the open folder to the queue. Returns whether they will be read."""
        self.start(photos, again=False)
        return all(path in self._waiting for path in photos)

    def pause(self, on: bool) -> None:
        """Pause after the current photo, or resume."""
        if self.busy:
            self._paused = on
            self._read_next()
            self._report_progress()

    def cancel(self, why: str = "") -> None:
        """End the batch; photos that were read stay read."""
        if self.busy:
            self._end(why or tr("Stopped."))

    # ----------------------------------------------------------------------------------------------------------------

    def _read_next(self) -> None:
        project = self._project
        if self._job is not None or self._paused or project is None:
            return
        if not self._waiting:
            self._end("")
            return
        ocr_service, again = self._reading.ocr_service, self._waiting[0] in self._again
        photos = tuple(takewhile(lambda path: (path in self._again) == again, self._waiting))
        job = self._job = self._reading.lane.submit(
            lambda: read_batch(ocr_service, photos, project, again=again), name=later("Reading photos")
        )
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.done.connect(self._finish)
        self._ocr_service, self._since = ocr_service, time.monotonic()
        self._report_progress()

    def _on_event(self, event: object) -> None:
        if isinstance(event, PhotoRead):
            self._save_read(event)
        elif isinstance(event, PhotoFailed):
            self._note_failed(event.path, str(event.error))
        elif isinstance(event, PhotoKnown):
            self._known += 1
            self.page_read.emit(event.path, event.page)
        else:
            self._give_way()
            return
        self._settle(event.path)

    def _settle(self, path: Path) -> None:
        """Remove a finished photo from the queue."""
        if path in self._waiting:
            self._waiting.remove(path)
        now = time.monotonic()
        if self._total - len(self._waiting) > 1:  # the first one may have had to wait for the networks
            self._took.append(now - self._since)
        self._since = now
        self._report_progress()
        if self._paused or self._ocr_service is not self._reading.ocr_service or self._reading.lane.waiting:
            self._cancel_job()
            self._read_next()

    def _give_way(self) -> None:
        """Let another job go before the current photo; once per photo, so that the batch makes progress."""
        if self._reading.lane.waiting and self._waiting and self._gave_way != self._waiting[0]:
            self._gave_way = self._waiting[0]
            self._cancel_job()
            self._read_next()

    def _cancel_job(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _finish(self) -> None:
        self._job = None
        self._read_next()

    def _fail(self, trouble: Trouble) -> None:
        self._job = None
        self._end(trouble.message)

    def _end(self, why: str) -> None:
        self._cancel_job()
        left = len(self._waiting)
        result = BatchResult(self._read, self._known, tuple(self._failed), left, why if left else "")
        self._project, self._paused = None, False
        self._waiting.clear()
        self.ended.emit(result)
        self.changed.emit()

    def _cancel_if_elsewhere(self) -> None:
        if self.busy and self._reading.project is not self._project:
            self.cancel(tr("Stopped because you opened a photo in another folder."))

    def _report_progress(self) -> None:
        if not self.busy:
            return
        left = len(self._waiting)
        seconds = left * sum(self._took) / len(self._took) if self._took else None
        name = labels.file_name(self._waiting[0].name) if self._waiting else ""
        self.progressed.emit(BatchProgress(self._total - left, self._total, seconds, name, self._paused))

    # -------------------------------------------------------------------------------------------------- what was read

    def _note_failed(self, path: Path, why: str) -> None:
        self._failed.append((path, why))
        self.photo_failed.emit(path, why)

    def _save_read(self, event: PhotoRead) -> None:
        try:
            page = self._put(event)
        except StudioError as error:
            self._note_failed(event.path, str(error))
            return
        self._read += 1
        self.page_read.emit(event.path, page)

    def _put(self, event: PhotoRead) -> Page:
        """Save or apply what was read.

        Returns:
            The page as it is then.

        Raises:
            StudioError: the page could not be loaded or saved.
        """
        project, document = self._project, self._document
        assert project is not None
        fresh, shown = replace(event.page, image=project.relative(event.path)), document.page
        is_open = shown is not None and shown.id == fresh.id
        now = document.history.page(fresh.id)
        fresh = photo_frames.follow_frame(fresh, now.facts.frame if now else None)
        if not is_open and (now is None or not (now.words or now.read_at)):
            page = replace(fresh, facts=now.facts) if now else fresh
            self._autosave.save(project, [page])
            return page
        assert now is not None
        keep = self._reading.being_written() if is_open else ()
        edit = edits.reread(now, tuple(fresh.words.values()), earlier=None, keep=keep)
        name = message("Read {photo}", photo=labels.file_name(event.path.name))
        document.history.push(Step(name, {fresh.id: replace(edit, name=name)}), automatic=True)
        when = fresh.read_at
        if is_open and when:
            document.set_read_at(when)
        page = document.history.page(fresh.id) or now
        if not is_open:
            page = replace(page, read_at=when)
            self._autosave.save(project, [page])
        return page
