"""Reads words again, or compares two detectors, and shows the result in a dialog before anything changes."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later
from ocr_studio.jobs.reading.compare_models import Comparing, FindingCompared, compare_finding
from ocr_studio.jobs.reading.reread_project import PageToRead, pages_to_read
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.reading.compare_detection_dialog import FindingComparisonDialog
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.reading.reread_project import RereadingPhotos
from ocr_studio.ui.reading.rereading_scope import RereadingScopeDialog
from ocr_studio.ui.words.word_pictures import WordPictures


class Rereading(QObject):
    """Runs the jobs in the reading lane and shows their results in dialogs over the window."""

    def __init__(self, document: Document, reading: ReadingController, pictures: WordPictures, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._reading, self._pictures, self._window = document, reading, pictures, window
        self._photos: RereadingPhotos | None = None

    @property
    def possible(self) -> bool:
        """Whether there may be an unchecked word, on the open photo or on another photo in its folder."""
        page, project = self._document.page, self._reading.project
        return page is not None and (_unchecked(page) > 0 or (project is not None and project.has_others(page.id)))

    def read_unreviewed(self) -> None:
        """Read the unchecked words again: of the open photo, of its writer's or of all photos, as the user chooses.

        The user then chooses which new texts to apply.
        """
        page, project = self._document.page, self._reading.project
        if page is None or not self.possible:
            return
        if self._photos is not None:
            self._photos.dialog.show()
            self._photos.dialog.activateWindow()
        elif project is None or self._document.history.pages is None or not project.has_others(page.id):
            self.read_here()
        else:
            self._ask_scope(page, project)

    def _ask_scope(self, page: Page, project: Project) -> None:
        dialog = RereadingScopeDialog(_unchecked(page), self._window, writer=page.facts.writer or "")
        job = self._reading.lane.submit(lambda: pages_to_read(project), name=later("Counting unchecked words"))
        job.yielded.connect(lambda pages: dialog.show_pages(pages, here=page.id))
        job.failed.connect(dialog.show_trouble)
        dialog.here.connect(self.read_here)
        dialog.everywhere.connect(self._read)
        self._document.opened.connect(dialog.reject)
        dialog.finished.connect(job.cancel)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read(self, pages: tuple[PageToRead, ...] | Page) -> None:
        photos = RereadingPhotos(self._document, self._reading, self._pictures, pages, self._window)
        if not isinstance(pages, Page):
            self._photos = photos
            photos.dialog.finished.connect(self._forget_photos)
        photos.start()

    def _forget_photos(self) -> None:
        self._photos = None

    def read_here(self) -> None:
        """Read the unchecked words of the open photo again."""
        page = self._document.page
        if page is not None and self._document.image is not None and _unchecked(page):
            self._read(page)

    def compare_finding(self, other: str, parent: QWidget) -> None:
        """Compare the detector in use with another one on the open photo, in a dialog over ``parent``."""
        image, page, pyramid = self._document.image, self._document.page, self._document.pyramid
        if image is None or page is None or pyramid is None:
            return
        ocr_service, words = self._reading.ocr_service, tuple(page.words.values())
        used = ocr_service.options.finds_with()
        dialog = FindingComparisonDialog(image, pyramid, used, other, parent)
        job = self._reading.lane.submit(
            lambda: compare_finding(ocr_service, other, image, words), name=later("Comparing models")
        )

        def hear(event: object) -> None:
            if isinstance(event, Comparing):
                dialog.show_progress(event.done, event.total)
            elif isinstance(event, FindingCompared):
                dialog.show_comparison(event)

        job.yielded.connect(hear)
        job.failed.connect(dialog.show_trouble)
        # Behind the modal dialog only another program can open another photo; the words no longer match then.
        self._document.opened.connect(dialog.reject)
        dialog.finished.connect(job.cancel)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _unchecked(page: Page) -> int:
    """The number of unchecked words of a page."""
    return sum(not word.checked for word in page.words.values())
