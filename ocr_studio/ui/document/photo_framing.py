"""Turns and crops the open photo without blocking the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

    A large photo is warped in a lane; its page changes when that is done.

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

    def change(
        self, make: Callable[[Page], Edit], *, join: str = "", done: Callable[[], object] = lambda: None
    ) -> None:
        """Change the frame of the open photo.

        Args:
            make: Makes the edit of the page, as it is when its turn comes.
            join: Consecutive changes with the same non-empty value become one step.
            done: Called when the photo is changed, if it is still open.
        """
        if self._document.page is not None:
            self._waiting.append(_Request(self._document.page.id, make, join, done))
            self._next()

    def _next(self) -> None:
        while self._waiting and self._job is None:
            request = self._waiting[0]
            page, photo = self._document.page, self._document.photo
            if page is not None and photo is not None and page.id == request.page_id:
                frame = apply(page, request.make(page)).facts.frame
                large = photo.shape[0] * photo.shape[1] > _AT_ONCE
                if large and not self._document.has_framed(frame):
                    self._prepare(partial(frame_photo.prepare_frame, photo, frame))
                    return
            self._push(self._waiting.pop(0))

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
