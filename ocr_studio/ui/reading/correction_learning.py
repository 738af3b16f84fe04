"""Learns while the user corrects: after every few checked words, the other words of the photo are read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page, Word
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import later, tr_n
from ocr_studio.jobs.reading.learn_corrections import CorrectionLearner, CorrectionsLearned
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import Job, Priority
from ocr_studio.ui.reading.controller import ReadingController

# After so many more checked words it learns again, …
EVERY: Final = 5
# … once nothing has changed for so many milliseconds: not between two words that are typed quickly.
_QUIET: Final = 700


class CorrectionLearning(QObject):
    """Learns the checked words of the open photo, and puts what is read differently then into the document.

    Signals:
        learned(text): words were learned; the text is for the status bar.
    """

    learned = Signal(str)

    def __init__(self, document: Document, reading: ReadingController, settings: Callable[[], Settings]) -> None:
        super().__init__(reading)
        self._document, self._reading, self._settings = document, reading, settings
        self._learner: CorrectionLearner | None = None
        self._known: dict[str, frozenset[tuple[str, str]]] = {}  # learned words and texts, by page
        self._writers: set[str] = set()  # whose words were learned
        self._job: Job | None = None
        self._timer = QTimer(self, interval=_QUIET, singleShot=True)
        self._timer.timeout.connect(self._learn_if_worthwhile)
        document.opened.connect(self._cancel)
        document.changed.connect(self._follow)
        reading.stopped.connect(self._timer.start)

    @property
    def busy(self) -> bool:
        """Whether words are being learned."""
        return self._job is not None

    def _cancel(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        self._timer.stop()

    def _follow(self, change: DocumentChange) -> None:
        if change.here and change.words:
            self._timer.start()

    def _learn_if_worthwhile(self) -> None:
        page, image, ocr_service = self._document.page, self._document.image, self._reading.ocr_service
        if page is None or image is None or self._reading.busy or self.busy or not self._document.writable:
            return
        if not self._settings().learn_from_corrections or ocr_service.options.unit != "words":
            return
        checked = _checked(page)
        if not self._is_worthwhile(page, checked):
            return
        if self._learner is None or self._learner.ocr_service is not ocr_service:
            self._learner = CorrectionLearner(ocr_service)
        learner, project = self._learner, self._reading.project
        job = self._job = self._reading.lane.submit(
            lambda: learner.learn(image, page, project=project),
            name=later("Learning from corrections"),
            priority=Priority.BACKGROUND,
        )
        job.yielded.connect(lambda event: self._take(job, page.id, event))
        job.done.connect(lambda: self._remember(page, checked))
        job.ended.connect(lambda: self._end(job))

    def _is_worthwhile(self, page: Page, checked: frozenset[tuple[str, str]]) -> bool:
        if not any(word.machine and not word.checked for word in page.words.values()):
            return False
        known = self._known.get(page.id)
        if known is None and page.facts.writer in self._writers:  # other photos have taught something
            return True
        return len(checked - (known or frozenset())) >= EVERY

    def _remember(self, page: Page, checked: frozenset[tuple[str, str]]) -> None:
        self._known[page.id] = checked
        if page.facts.writer and checked:
            self._writers.add(page.facts.writer)

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None
            self._timer.start()

    def _take(self, job: Job, page_id: str, event: object) -> None:
        page = self._document.page
        if not isinstance(event, CorrectionsLearned) or job is not self._job or page is None or page.id != page_id:
            return
        held = {*self._reading.being_written(), *self._document.selection}
        words = [word for word in event.words if word.id not in held and _is_unchanged(page, word)]
        if self._document.undo_stack.canRedo():  # it would be lost
            return
        self._document.push(edits.refresh(page, words), amend=True)
        if words:
            self.learned.emit(
                tr_n(
                    "Learned from your corrections: {count} other word is read differently",
                    "Learned from your corrections: {count} other words are read differently",
                    len(words),
                )
            )


def _checked(page: Page) -> frozenset[tuple[str, str]]:
    """The checked words and their texts."""
    return frozenset((key, word.text) for key, word in page.words.items() if word.checked and word.text)


def _is_unchanged(page: Page, word: Word) -> bool:
    now = page.words.get(word.id)
    return now is not None and not now.checked and now.quad == word.quad
