"""The board view: shows the canvas the cleaned board as the page's ``BoardLook`` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing import edits
from ocr_studio.core.images import board_corners
from ocr_studio.core.page import BoardLook, Quad, StepName
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import clean_board
from ocr_studio.jobs.photos.clean_board import BoardCleaned, BoardSought
from ocr_studio.ui.board.rectified_document import RectifiedDocument, ViewTransform
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, JobThread, Priority


class BoardLooking(QObject):
    """Turns the view on and off, and saves its options with each page, as an undoable step.

    Options are saved per photo, as corners and glare differ. A photo without options uses those of the photo before,
    with its own detected corners.

    Attributes:
        sought: the board detected on the open photo; None while it is unknown.
        burnt: the share of the board that is overexposed, 0 to 1.

    Signals:
        changed(): the view, its options or the detected board have changed.
        failed(Trouble): a job failed.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, document: Document, shown: RectifiedDocument, lane: JobThread) -> None:
        """Start turned off; ``shown`` is the canvas's document, ``lane`` the lane for steps of seconds."""
        super().__init__(document)
        self._document, self._shown, self._lane = document, shown, lane
        self._on = self._adjusting = False
        self._usual = BoardLook()
        self._drawn: tuple[BoardLook, bool] | None = None  # the input of the last job
        self._loose: BoardLook | None = None  # options of a read-only page
        self._job: Job | None = None
        self.sought: BoardSought | None = None
        self.burnt = 0.0
        document.opened.connect(self._on_opened)
        document.photo_turned.connect(self._on_opened)
        document.changed.connect(lambda change: self._follow() if change.here else None)

    @property
    def on(self) -> bool:
        """Whether the board view is on."""
        return self._on

    @property
    def busy(self) -> bool:
        """Whether the image is being made."""
        return self._job is not None

    @property
    def adjusting(self) -> bool:
        """Whether the photo itself is shown, to move its corners."""
        return self._on and self._adjusting

    @property
    def look(self) -> BoardLook:
        """The options of the open photo."""
        page = self._document.page
        return self._loose or (page.facts.board if page else None) or self._usual

    @property
    def corners(self) -> Quad | None:
        """The corners of the board, or of the photo if none was found; None without a photo or during detection."""
        image = self._document.image
        if image is None:
            return None
        known = clean_board.corners(self.look, self.sought.board if self.sought else None)
        return known or (board_corners.make_whole_quad(image) if self.sought else None)

    @property
    def beyond(self) -> int:
        """The number of words outside the image."""
        return self._shown.beyond

    def switch(self, on: bool) -> None:
        """Turn the view on or off."""
        if on != self._on:
            self._on, self._adjusting = on, False
            self._follow(anew=True)

    def adjust(self, adjusting: bool) -> None:
        """Show the photo to move its corners, or the board again."""
        if self._on and adjusting != self._adjusting:
            self._adjusting = adjusting
            self._follow(anew=True)

    def choose(self, look: BoardLook, name: StepName, *, join: str = "") -> None:
        """Change the options of the open photo.

        Args:
            look: the new options.
            name: name of the undo step.
            join: see ``Document.push``.
        """
        page = self._document.page
        if page is None or look == self.look:
            return
        self._usual = replace(look, corners=None, read=False)
        if self._document.writable:
            self._document.push(edits.set_facts(page, replace(page.facts, board=look), name), join=join)
        else:
            self._loose = look
        self._follow()

    def whole(self) -> Quad | None:
        """The corners of the whole photo."""
        image = self._document.image
        return None if image is None else board_corners.make_whole_quad(image)

    def _on_opened(self) -> None:
        self.sought = self._loose = None
        self.burnt, self._adjusting = 0.0, False
        self._follow(anew=True)

    def _follow(self, *, anew: bool = False) -> None:
        """Update what is shown if the options have changed, or in any case with ``anew``."""
        wanted = (replace(self.look, read=False), self.adjusting)
        image = self._document.image
        if not self._on or image is None:
            self._stop()
            self._shown.look_through(None)
            if anew:
                self.changed.emit()
            return
        if not anew and wanted == self._drawn:
            self.changed.emit()  # the ``read`` option or the words outside the board may have changed
            return
        self._stop()
        self._drawn = wanted
        look, sought = wanted[0], self.sought
        if self.adjusting:
            self._shown.look_through(None)
            if sought is None:
                self._start(lambda: clean_board.seek(image))
        else:
            self._start(lambda: clean_board.clean(image, look, sought=sought))
        self.changed.emit()

    def _start(self, make: Callable[[], Iterator[object]]) -> None:
        job = self._job = self._lane.submit(make, name=later("Cleaning the board"), priority=Priority.URGENT)
        job.yielded.connect(self._on_event)
        job.failed.connect(self.failed)
        job.ended.connect(lambda: self._end(job))

    def _on_event(self, event: object) -> None:
        if isinstance(event, BoardSought):
            self.sought = event
        elif isinstance(event, BoardCleaned):
            self.burnt = event.burnt
            self._shown.look_through(ViewTransform(event.picture, event.matrix))
        self.changed.emit()

    def _end(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.changed.emit()

    def _stop(self) -> None:
        job, self._job, self._drawn = self._job, None, None
        if job is not None:
            job.cancel()
