"""Reads unchecked words again in the background, photo by photo, and offers the new texts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ocr_studio.core.page import Page
from ocr_studio.core.translation import Message, later, later_n, message_n, tr, tr_n
from ocr_studio.jobs.reading.read import WordsRead
from ocr_studio.jobs.reading.reread_project import PageToRead, Rereader
from ocr_studio.jobs.review import collect_changes
from ocr_studio.jobs.review.collect_changes import FoundChanges
from ocr_studio.ui.document.apply_choices import Applied
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, Trouble
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import labels
from ocr_studio.ui.words.change_list import ChangeList, ListTexts
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from ocr_studio.ui.words.word_pictures import WordPictures

# Changes stay in memory until the user decides; this many take about 40 MB.
MOST: Final = 20_000
_MUCH: Final = later_n(
    "Stopped: there are enough changes to review. {count} photo was not read again.",
    "Stopped: there are enough changes to review. {count} photos were not read again.",
)
_OTHER_WAY: Final = later_n(
    "Stopped: the reading settings have changed. {count} photo was not read again.",
    "Stopped: the reading settings have changed. {count} photos were not read again.",
)
_NOTE: Final = later("Words you have typed or checked stay as they are. One Undo reverts everything.")


class RereadingPhotos(QObject):
    """Reads each photo as a separate job, so that other photos can be read in between; lives as long as its dialog."""

    def __init__(
        self,
        document: Document,
        reading: ReadingController,
        pictures: WordPictures,
        pages: tuple[PageToRead, ...] | Page,
        window: QWidget,
    ) -> None:
        """Create the dialog; ``start`` begins reading.

        Args:
            document: the open document, through which the chosen texts are applied.
            reading: the reading lane and its options.
            pictures: the images of words.
            pages: the pages of the project that have unchecked words; or the open page, to read only this one.
            window: the window to open the dialog over.
        """
        self._here = pages if isinstance(pages, Page) else None
        if isinstance(pages, Page):
            unchecked = sum(not word.checked for word in pages.words.values())
            pages = (PageToRead(pages.id, pages.image, unchecked, pages.facts.writer),)
        self._total = sum(page.words for page in pages)
        self._changes = ChangeList(
            document,
            pictures,
            ListTexts(
                tr("Words that are read differently"),
                (tr("Current text"), tr("New text"), tr("Confidence")),
                button=lambda words: tr("Apply {number}", number=words) if words else tr("Apply"),
                step=_step,
            ),
            by_photo=self._here is None,
        )
        self.dialog = ChangesDialog(
            tr("Read unchecked words again"),
            tr_n(
                "“{model}” is reading {count} unchecked word…",
                "“{model}” is reading {count} unchecked words…",
                self._total,
                model=_find_model(reading, pages),
            ),
            self._changes,
            note=tr(_NOTE),
            parent=window,
            pausing=self._here is None,
        )
        super().__init__(self.dialog)
        self._document, self._reading, self._project = document, reading, reading.project
        image = document.image if self._here else None
        self._work = Rereader(reading.ocr_service, reading.project, image=image)
        self._photos, self._waiting = len(pages), deque(pages)
        self._job: Job | None = None
        self._paused = False
        self._words = 0  # that have been read
        self._wrong: list[str] = []
        self.dialog.paused.connect(self._pause)
        self.dialog.stopped.connect(self._stop)
        self.dialog.finished.connect(self._close_dialog)
        self._changes.applied.connect(self._close_if_seen)
        document.opened.connect(self._close_if_elsewhere)

    def start(self) -> None:
        """Show the dialog and begin."""
        # With many photos, the user can go on working.
        if self._here:
            self.dialog.open()
        else:
            self.dialog.show()
        self._read_next()

    def _read_next(self) -> None:
        if self._paused or self._job is not None:
            return
        many = self.dialog.found >= MOST
        if not self._waiting:
            self._end("")
        elif many or self._work.ocr_service is not self._reading.ocr_service:
            self._end(tr_n(*(_MUCH if many else _OTHER_WAY), len(self._waiting)))
        else:
            page = self._waiting.popleft()
            number = self._photos - len(self._waiting)
            self._show_photo(page.image, number)
            job = self._job = self._reading.lane.submit(lambda: self._read(page), name=later("Reading again"))
            job.yielded.connect(self._on_event)
            job.failed.connect(self._fail)
            job.done.connect(self._finish_photo)

    def _read(self, page: PageToRead) -> Iterator[object]:
        if self._here is not None:
            return collect_changes.collect_page(self._here, self._work.in_page)
        assert self._project is not None
        return collect_changes.collect(self._project, [page.page_id], self._work.in_page)

    def _show_photo(self, name: str, number: int) -> None:
        if not self._paused and self._here is None:
            photo = labels.file_name(name)
            self.dialog.status.setText(
                tr("Photo {number} of {total}: {photo}", number=number, total=self._photos, photo=photo)
            )

    def _on_event(self, event: object) -> None:
        if isinstance(event, WordsRead):
            self._words += len(event.words)
            self.dialog.show_progress(min(self._words, self._total), self._total)
        elif isinstance(event, FoundChanges):
            self.dialog.add(event.changes)
            self._wrong += event.wrong

    def _finish_photo(self) -> None:
        self._job = None
        self._read_next()

    def _fail(self, trouble: Trouble) -> None:
        self._job = None
        self._waiting.clear()
        self.dialog.show_trouble(trouble)

    def _pause(self, on: bool) -> None:
        self._paused = on
        self._read_next()

    def _stop(self) -> None:
        left = len(self._waiting) + (self._job is not None)
        self._cancel()
        stopped = tr_n("Stopped: {count} photo not read again.", "Stopped: {count} photos not read again.", left)
        self._end(stopped if left else "")

    def _end(self, why: str) -> None:
        self._waiting.clear()
        self.dialog.show_end(read_otherwise(self.dialog.found, self._words), [why, *self._wrong])

    def _cancel(self) -> None:
        job, self._job = self._job, None
        self._waiting.clear()
        if job is not None:
            job.cancel()

    def _close_dialog(self) -> None:
        self._cancel()
        self.dialog.deleteLater()

    def _close_if_elsewhere(self) -> None:
        # The results may be of a project that is no longer open, or of another photo.
        if self._here is not None or self._reading.project is not self._project:
            self.dialog.reject()

    def _close_if_seen(self, applied: Applied) -> None:
        """Close the dialog if all new texts are on the open photo, where they can be seen."""
        if self._here is not None and not applied.skipped:
            self.dialog.accept()


def _find_model(reading: ReadingController, pages: Iterable[PageToRead]) -> str:
    """Find the model that reads the pages: the profile of their only writer, if there is one."""
    options, writers = reading.ocr_service.options, {page.writer for page in pages}
    return (options.find_profile(writers.pop()) if len(writers) == 1 else None) or options.reads_with()


def read_otherwise(found: int, words: int) -> str:
    """What came of reading ``words`` words; ``found`` of them are read differently."""
    if not words:
        return tr("No words were read again.")
    if not found:
        return tr_n(
            "{count} word was read again with the same result; there is nothing to apply.",
            "{count} words were read again with the same result; there is nothing to apply.",
            words,
        )
    if words == 1:
        return tr("The only unchecked word is read differently now. Select it to apply the new text.")
    return tr_n(
        "{count} of {words} words is read differently now. Select the new texts to apply.",
        "{count} of {words} words are read differently now. Select the new texts to apply.",
        found,
        words=words,
    )


def _step(words: int, photos: int) -> Message:
    """The name of the step in the undo menu."""
    if photos == 1:
        return message_n("Apply {count} new text", "Apply {count} new texts", words)
    return message_n("Apply {count} new text on {photos} photos", "Apply {count} new texts on {photos} photos",
                words, photos=photos)  # fmt: skip
