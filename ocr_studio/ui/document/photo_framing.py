"""Turns and crops the open photo without blocking the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, Page, apply
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.photos import frame_photo
from ocr_studio.jobs.photos.frame_photo import FramedPhoto
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, JobThread, Priority, Trouble

# Pixels up to which a photo is turned at once: so many take less than a tenth of a second.
_AT_ONCE: Final = 1_500_000


@dataclass(frozen=True, slots=True)
class _Request:
    """A change of the frame of a page, see ``PhotoFraming.change``."""

    page_id: str
    make: Callable[[Page], Edit]
    join: str
    done: Callable[[], object]


class PhotoFraming(QObject):
    """Changes how the open photo is turned and cropped, one undoable step after the other.

    A large photo is warped in a lane; its page changes when that is done, or at once when its project is closed. A
    second undo or redo in a row warps it in the window's thread, as the document keeps only one earlier frame.

    Signals:
        message(str): a message for the status bar.
        failed(Trouble): a photo could not be turned.
    """

    message = Signal(str)
    failed = Signal(object)

    def __init__(self, document: Document, lane: JobThread) -> None:
        """Turn and crop the photos of this document; large ones in this lane."""
        super().__init__(document)
        self._document, self._lane = document, lane
        self._waiting: list[_Request] = []
        self._job: Job | None = None
        document.history.ending.connect(self.finish)

    def change(
        self, make: Callable[[Page], Edit], *, join: str = "", done: Callable[[], object] = lambda: None
    ) -> None:
        """Change the frame of the open photo.

        Args:
            make: Makes the edit of the page, as it is when its turn comes.
            join: Consecutive changes with the same non-empty value become one step.
            done: Called when the photo is changed, if it is still open and stays so.
        """
        if self._document.page is not None:
            self._waiting.append(_Request(self._document.page.id, make, join, done))
            self._next()

    def finish(self) -> None:
        """Do all changes that wait, without waiting for the pixels: the photo, or the window, is about to be closed."""
        waiting, self._waiting = self._waiting, []
        if self._job is not None:
            self._job.cancel()
        with self._document.keep_image():
            for request in waiting:
                self._push(replace(request, done=lambda: None))

    def _next(self) -> None:
        while self._waiting and self._job is None:
            try:
                work = self._work_for(self._waiting[0])
            except StudioError as error:
                del self._waiting[0]
                self.failed.emit(Trouble(str(error)))
                continue
            if work is not None:
                self._prepare(work)
            else:
                self._push(self._waiting.pop(0))

    def _work_for(self, request: _Request) -> Callable[[], Iterator[object]] | None:
        """Return what has to be done in the lane before the page is changed, or None. May raise a StudioError."""
        page, photo = self._document.page, self._document.photo
        if page is None or photo is None or page.id != request.page_id:
            return None
        frame = apply(page, request.make(page)).facts.frame
        small = photo.shape[0] * photo.shape[1] <= _AT_ONCE
        return None if small or self._document.has_framed(frame) else partial(frame_photo.prepare_frame, photo, frame)

    def _prepare(self, make: Callable[[], Iterator[object]]) -> None:
        self.message.emit(tr("Rotating the photo…"))
        page_id = self._waiting[0].page_id
        job = self._job = self._lane.submit(make, name=later("Rotating the photo"), priority=Priority.URGENT)

        def use(framed: FramedPhoto) -> None:
            page = self._document.page
            if page is not None and page.id == page_id:
                self._document.prepare_framed(framed)

        def end() -> None:
            self.message.emit("")
            self._job = None
            self._next()

        def drop(trouble: Trouble) -> None:
            del self._waiting[0]
            self.failed.emit(trouble)

        job.yielded.connect(use)
        job.done.connect(lambda: self._push(self._waiting.pop(0)))
        job.failed.connect(drop)
        job.ended.connect(end)

    def _push(self, request: _Request) -> None:
        """Change the page, also when another photo of its project was opened meanwhile."""
        history, page = self._document.history, self._document.page
        try:
            if page is None or page.id != request.page_id:
                page = history.page(request.page_id) if history.pages is not None else None
            if page is None:
                return
            edit = request.make(page)
            if page is self._document.page:
                self._document.push(edit, join=request.join)
                request.done()
            elif edit:
                history.push(Step(edit.name, {page.id: edit}), join=request.join)
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
