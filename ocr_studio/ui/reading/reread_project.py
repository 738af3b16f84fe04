"""Reads the unchecked words of all photos of a project again in the background, photo by photo."""

from __future__ import annotations

from collections import deque
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ocr_studio.core.editing.rereading import PageDifferences
from ocr_studio.core.images.image_spool import ImageSpool
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later, later_n, tr_n
from ocr_studio.jobs.reading import reread_project
from ocr_studio.jobs.reading.read import WordsRead
from ocr_studio.jobs.reading.reread_project import PageNotRead, PageReread, PageToRead, ProjectRereading
from ocr_studio.ui.document.apply_choices import Taken, TakingOver
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, Trouble
from ocr_studio.ui.reading.controller import Reading
from ocr_studio.ui.reading.reread_project_dialog import ProjectRereadingDialog

# Differences stay in memory until the user decides; this many take about 40 MB.
MOST: Final = 20_000
_MUCH: Final = later_n(
    "Stopped, as there is enough to review; {count} photo not read again.",
    "Stopped, as there is enough to review; {count} photos not read again.",
)
_OTHER_WAY: Final = later_n(
    "Stopped, as the reading settings have changed; {count} photo not read again.",
    "Stopped, as the reading settings have changed; {count} photos not read again.",
)


class RereadingPhotos(QObject):
    """Reads each photo as a separate job, so that other photos can be read in between; lives as long as its dialog."""

    def __init__(
        self, document: Document, reading: Reading, project: Project, pages: tuple[PageToRead, ...], window: QWidget
    ) -> None:
        """Create the dialog; ``start`` begins reading.

        Args:
            document: the open document, which the chosen texts are applied to.
            reading: the reading lane and its options.
            project: the project to read.
            pages: the pages that have unchecked words.
            window: the window to open the dialog over.

        Raises:
            StudioError: no temporary file can be created for the images.
        """
        self._work = ProjectRereading(reading.ocr_service, project, MovedPhotos(), ImageSpool())
        name = reading.ocr_service.options.reads_with()
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
        elif many or self._work.ocr_service is not self._reading.ocr_service:
            self._end(tr_n(*(_MUCH if many else _OTHER_WAY), len(self._waiting)))
        else:
            page = self._waiting.popleft()
            number = self._photos - len(self._waiting)
            self.dialog.show_photo(page.image, number, self._photos, 0)
            job = self._job = self._reading.lane.submit(lambda: self._work.read(page), name=later("Reading again"))
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
        stopped = tr_n("Stopped: {count} photo not read again.", "Stopped: {count} photos not read again.", left)
        self._end(stopped if left else "")

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
            self.dialog.reject()  # the results are of a project that is no longer open

    # ------------------------------------------------------------------------------------------------ applying

    def _take(self, chosen: dict[str, frozenset[str]]) -> None:
        wishes = [reread_project.wish(self._found[key], ids) for key, ids in chosen.items()]
        taking = TakingOver(self._document, wishes, _name, self.dialog)
        taking.progressed.connect(self.dialog.show_taking)

        def end(taken: Taken) -> None:
            self.dialog.show_taken(taken.words, taken.photos, taken.left)

        taking.ended.connect(end)
        taking.start()


def _name(words: int, photos: int) -> str:
    """The name of the step in the undo menu."""
    if photos == 1:
        return tr_n("Apply {count} new text", "Apply {count} new texts", words)
    return tr_n("Apply {count} new text on {photos} photos", "Apply {count} new texts on {photos} photos",
                words, photos=photos)  # fmt: skip
