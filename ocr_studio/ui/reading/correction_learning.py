"""Learns while the user corrects: after every few checked words, the other words of the photo are read again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, Word
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import later, message, tr_n
from ocr_studio.jobs.reading.learn_corrections import CorrectionLearner, CorrectionsLearned
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import Job, Priority
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import labels

# After so many more checked words it learns again, …
CHECKED_WORDS: Final = 5
# … once nothing has changed for so many milliseconds: not between two words that are typed quickly.
_QUIET: Final = 700
# Words that the status bar names, and characters of each.
_NAMED: Final = 5
_LONGEST: Final = 30


class CorrectionLearning(QObject):
    """Learns the checked words of the open photo, and puts what is read differently then into the document.

    Signals:
        learned(text): words were learned; the text is for the status bar.
    """

    learned = Signal(str)

    def __init__(self, document: Document, reading: ReadingController, settings: Callable[[], Settings]) -> None:
        super().__init__(reading)
        self._document, self._reading, self._settings = document, reading, settings
        self._learner = CorrectionLearner()
        # Words and texts by page: those that had been checked when the photo was opened, and those learned since.
        self._first: dict[str, frozenset[tuple[str, str]]] = {}
        self._known: dict[str, frozenset[tuple[str, str]]] = {}
        self._writers: set[str] = set()  # whose words were learned
        # Pages whose words were learned, those of them that have changed since, and those that a job is to look at.
        self._learned: set[str] = set()
        self._changed: set[str] = set()
        self._looked_at: set[str] = set()
        self._edited = False  # whether the newest step was done on the open photo since it was opened
        self._job: Job | None = None
        self._timer = QTimer(self, interval=_QUIET, singleShot=True)
        self._timer.timeout.connect(self._learn_if_worthwhile)
        document.opened.connect(self._begin)
        document.changed.connect(self._follow)
        reading.stopped.connect(self._begin_again)

    @property
    def busy(self) -> bool:
        """Whether words are being learned, or will be in a moment."""
        return self._job is not None or self._timer.isActive()

    def stop(self) -> None:
        """Learn no more: the window closes."""
        self._cancel()
        self._timer.blockSignals(True)

    def _cancel(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _begin(self) -> None:
        self._cancel()
        self._edited = False
        page = self._document.page
        if page is not None:
            first = self._first.setdefault(page.id, _find_checked(page))
            if page.facts.writer not in self._writers:  # a photo that is only opened doesn't change
                self._known.setdefault(page.id, first)
        self._timer.start()

    def _begin_again(self) -> None:
        """Forget what was learned of the photo: its words may have been read as usual again, or not be checked."""
        page = self._document.page
        self._cancel()
        if page is not None and page.id in self._known:
            self._known[page.id] = self._first.get(page.id, frozenset())
        self._timer.start()

    def _follow(self, change: DocumentChange) -> None:
        self._changed |= self._learned & change.after.keys()
        if not change.here:
            self._follow_other_pages(change)
            return
        self._edited = change.new
        if change.undone:
            self._begin_again()
        elif change.words:
            self._timer.start()

    def _follow_other_pages(self, change: DocumentChange) -> None:
        """Learn again if words by the writer of the open photo were undone or changed on other photos."""
        page = self._document.page
        if page is None or page.id not in self._learned or page.facts.writer not in self._writers:
            return
        others = [*change.before.values(), *change.after.values()] if change.step else []
        if any(each.id in self._learned and each.facts.writer == page.facts.writer for each in others):
            self._known.pop(page.id, None)
            self._timer.start()

    def _learn_if_worthwhile(self) -> None:
        page, image, ocr_service = self._document.page, self._document.image, self._reading.ocr_service
        if page is None or image is None or self._reading.busy or self._job or not self._document.writable:
            return
        if not self._settings().learn_from_corrections or ocr_service.options.unit != "words":
            return
        checked = _find_checked(page)
        if not self._can_change(page) or not self._is_worthwhile(page, checked):
            return
        learner, project = self._learner, self._reading.project
        changed, missing = self._find_changed(page.id)
        self._learned.add(page.id)
        job = self._job = self._reading.lane.submit(
            lambda: learner.learn(ocr_service, image, page, project=project, changed=changed, missing=missing),
            name=later("Learning from corrections"),
            priority=Priority.BACKGROUND,
        )
        job.yielded.connect(lambda event: self._take(job, page, event))
        job.done.connect(self._looked_at.clear)
        job.done.connect(lambda: self._remember(job, page, checked))
        job.failed.connect(lambda _: self._remember(job, page, checked))  # it would fail again
        job.ended.connect(lambda: self._end(job))

    def _can_change(self, page: Page) -> bool:
        """Whether a change would be undone with the user's latest, and nothing is lost that could be redone."""
        history = self._document.history
        if history.stack.canRedo():
            return False
        return not self._edited or (history.newest is not None and page.id in history.newest.edits)

    def _is_worthwhile(self, page: Page, checked: frozenset[tuple[str, str]]) -> bool:
        known = self._known.get(page.id)
        if known is None and page.facts.writer in self._writers:  # other photos have taught something
            return True
        return len(checked - (known or frozenset())) >= CHECKED_WORDS

    def _find_changed(self, but: str) -> tuple[list[Page], list[str]]:
        """Return the other pages with learned words that have changed since, as they are now, and missing ones.

        A page is missing if it has left the project or can't be read.
        """
        self._looked_at |= self._changed  # those of a cancelled job again
        self._changed = set()
        found: dict[str, Page | None] = {}
        for page_id in self._looked_at - {but}:
            found[page_id] = None
            with contextlib.suppress(StudioError):  # reported when its photo is opened
                found[page_id] = self._document.history.page(page_id)
        return [page for page in found.values() if page], [page_id for page_id, page in found.items() if page is None]

    def _remember(self, job: Job, page: Page, checked: frozenset[tuple[str, str]]) -> None:
        if job is not self._job:
            return
        self._known[page.id] = checked
        if page.facts.writer and checked:
            self._writers.add(page.facts.writer)

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None
            self._timer.start()

    def _take(self, job: Job, before: Page, event: object) -> None:
        """Put the words into the document that nobody has touched since; ``before``: the page that was read."""
        page = self._document.page
        if not isinstance(event, CorrectionsLearned) or job is not self._job or page is None or page.id != before.id:
            return
        held = {*self._reading.being_written(), *self._document.selection}
        words = [
            word for word in event.words if word.id not in held and page.words.get(word.id) == before.words[word.id]
        ]
        if not words or not self._can_change(page):
            return
        edit = edits.refresh(page, words, name=message("Learn from corrections"))
        self._document.push(edit, amend=self._edited, automatic=True)
        self.learned.emit(
            tr_n(
                "Learned from your corrections; {count} other word has a new reading: {words}",
                "Learned from your corrections; {count} other words have new readings: {words}",
                len(words),
                words=_name_words(words),
            )
        )


def _name_words(words: Sequence[Word]) -> str:
    """The new texts of some words, for the status bar."""
    named = ", ".join(labels.quoted(labels.shortened(word.text, _LONGEST)) for word in words[:_NAMED])
    return f"{named}, …" if len(words) > _NAMED else named


def _find_checked(page: Page) -> frozenset[tuple[str, str]]:
    """The checked words and their texts."""
    return frozenset((key, word.text) for key, word in page.words.items() if word.checked and word.text)
