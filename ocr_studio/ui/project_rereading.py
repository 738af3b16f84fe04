"""The unreviewed words of all photos of a project, read again one photo after the other while one goes on working."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from ocr_studio.core import models, rereading
from ocr_studio.core.errors import StudioError
from ocr_studio.core.history import Step
from ocr_studio.core.moved_photos import MovedPhotos
from ocr_studio.core.page import Edit
from ocr_studio.core.project import Project
from ocr_studio.core.rereading import PageDifferences
from ocr_studio.core.spilled_pictures import PictureFile
from ocr_studio.jobs.reading import WordsRead
from ocr_studio.jobs.rereading_project import PageNotRead, PageReread, PageToRead, ProjectRereading
from ocr_studio.ui import wording
from ocr_studio.ui.document import Document
from ocr_studio.ui.job_thread import Job, Trouble
from ocr_studio.ui.project_rereading_dialog import ProjectRereadingDialog
from ocr_studio.ui.reading import Reading

# What is read otherwise stays in memory until somebody has decided on it: about 40 MB of it, at most.
MOST: Final = 20_000
# Pages that are changed in one step; each takes a few milliseconds, in which the window stands still.
_AT_ONCE: Final = 50


class RereadingPhotos(QObject):
    """Reads each photo as a job of its own, so that other reading comes in between. One course; lives with its dialog.

    Raises StudioError where no temporary file can be made for the pictures.
    """

    def __init__(
        self, document: Document, reading: Reading, project: Project, pages: tuple[PageToRead, ...], window: QWidget
    ) -> None:
        self._work = ProjectRereading(reading.desk, project, MovedPhotos(), PictureFile())
        name = reading.desk.options.model or models.BUILT_IN.name
        self.dialog = ProjectRereadingDialog(sum(page.words for page in pages), name, window)
        super().__init__(self.dialog)
        self._document, self._reading = document, reading
        self._photos, self._waiting = len(pages), deque(pages)
        self._job: Job | None = None
        self._paused = False
        self._found: dict[str, PageDifferences] = {}
        self._wrong: list[str] = []
        self.dialog.paused.connect(self._pause)
        self.dialog.stopped.connect(self._stop)
        self.dialog.taken.connect(self._take)
        self.dialog.finished.connect(self._leave)
        document.opened.connect(self._see_photo)

    def start(self) -> None:
        """Show the dialog and begin."""
        self.dialog.show()
        self._go_on()

    def _go_on(self) -> None:
        if self._paused or self._job is not None:
            return
        many = sum(len(page.found) for page in self._found.values()) >= MOST
        if not self._waiting:
            self._end("")
        elif many or self._work.desk is not self._reading.desk:
            left = wording.counted(len(self._waiting), "photo")
            why = "That is much to look at" if many else "Another way of reading was chosen meanwhile"
            self._end(f"{why}: {left} not read again yet.")
        else:
            page = self._waiting.popleft()
            number = self._photos - len(self._waiting)
            self.dialog.show_photo(page.image, number, self._photos, 0)
            job = self._job = self._reading.lane.submit(lambda: self._work.read(page), name="Reading again")
            job.came.connect(lambda event: self._hear(page, number, event))
            job.failed.connect(self._fail)
            job.done.connect(self._finish_photo)

    def _hear(self, page: PageToRead, number: int, event: object) -> None:
        if isinstance(event, WordsRead):
            self.dialog.show_photo(page.image, number, self._photos, event.done)
        elif isinstance(event, PageReread):
            if event.differences.found:
                self._found[page.page_id] = event.differences
            self.dialog.add(event)
        elif isinstance(event, PageNotRead):
            self._wrong.append(event.error)

    def _finish_photo(self) -> None:
        self._job = None
        self._go_on()

    def _fail(self, trouble: Trouble) -> None:
        self._job = None
        self._waiting.clear()
        self.dialog.show_trouble(trouble)

    def _pause(self, on: bool) -> None:
        self._paused = on
        self._go_on()

    def _stop(self) -> None:
        left = len(self._waiting) + (self._job is not None)
        self._cancel()
        self._end(f"Stopped: {wording.counted(left, 'photo')} not read again." if left else "")

    def _end(self, why: str) -> None:
        self._waiting.clear()
        self.dialog.show_end(why, self._wrong)

    def _cancel(self) -> None:
        job, self._job = self._job, None
        self._waiting.clear()
        if job is not None:
            job.cancel()

    def _leave(self) -> None:
        self._cancel()
        self.dialog.deleteLater()

    def _see_photo(self) -> None:
        if self._reading.project is not self._work.project:
            self.dialog.reject()  # what it has found is of other photos than those that one works on now

    # ------------------------------------------------------------------------------------------------ taking over

    def _take(self, chosen: dict[str, frozenset[str]]) -> None:
        _Taking(self._document, [(self._found[key], ids) for key, ids in chosen.items()], self.dialog).go_on()


class _Taking(QObject):
    """Takes chosen readings over, some pages at a time, by the one history: it saves them, and can take them back."""

    def __init__(
        self, document: Document, chosen: list[tuple[PageDifferences, frozenset[str]]], dialog: ProjectRereadingDialog
    ) -> None:
        super().__init__(dialog)
        self._document, self._chosen, self._dialog = document, deque(chosen), dialog
        self._pages = document.history.pages
        self._readings = self._photos = 0
        self._left: list[str] = []

    def go_on(self) -> None:
        """The next pages, until all are done, or until photos of another folder are worked on."""
        if self._document.history.pages is not self._pages:
            stay = wording.counted(len(self._chosen), "photo")
            self._left.append(f"Photos of another folder were opened, so {stay} stayed as they were.")
            self._chosen.clear()
        some = [self._chosen.popleft() for _ in range(min(_AT_ONCE, len(self._chosen)))]
        edits: dict[str, Edit] = {}
        readings = 0
        for page, ids in islice(some, _AT_ONCE):
            edit, left = self._edit(page, ids)
            if edit:
                edits[page.page_id] = edit
                readings += len(ids) - left
        if edits:
            on = "" if len(edits) == 1 else f" on {len(edits)} photos"
            name = f"Take over {wording.counted(readings, 'reading')}{on}"
            try:
                self._document.history.push(Step(name, edits))
            except StudioError as error:
                self._left.append(str(error))
            else:
                self._readings += readings
                self._photos += len(edits)
        if self._chosen:
            QTimer.singleShot(0, self, self.go_on)
        else:
            self._dialog.show_taken(self._readings, self._photos, self._left)

    def _edit(self, page: PageDifferences, ids: frozenset[str]) -> tuple[Edit | None, int]:
        """What changes on a page, and how many words do not as they are others by now."""
        name = wording.file_name(page.image)
        try:
            now = self._document.history.page(page.page_id)
        except StudioError as error:
            self._left.append(str(error))
            return None, len(ids)
        if now is None:
            self._left.append(f"{name}: nothing is known of it any more.")
            return None, len(ids)
        edit, left = rereading.taken_over_later(now, page.found, ids)
        if left:
            self._left.append(f"{name}: {wording.counted(left, 'word')} changed meanwhile and stayed as it is now.")
        return edit, left
