"""After each correction, searches the project for similar words in the background and offers to fix them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing.changes import Change
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.review import fix_everywhere
from ocr_studio.core.review.fix_everywhere import LookAlike
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later
from ocr_studio.jobs.review import find_similar
from ocr_studio.jobs.review.find_similar import CorrectedLooks
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import Job, JobThread, Priority


class FixingEverywhere(QObject):
    """The last correction, and the words that are likely to need the same one.

    Signals:
        offered(): there are other words to offer, or none any more.
        recounted(): some of the words were fixed otherwise, or are read differently now.
        failed(Trouble): searching failed.
    """

    offered = Signal()
    recounted = Signal()
    failed = Signal(object)

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        project: Callable[[], Project | None],
        index: Callable[[], Index | None],
    ) -> None:
        super().__init__(document)
        self._document, self._lane, self._project, self._index = document, lane, project, index
        self.corrected: CorrectedLooks | None = None
        self.offers: tuple[LookAlike, ...] = ()
        self._of: Project | None = None
        self._found: list[LookAlike] = []
        self._changed: set[str] = set()  # pages that have changed since the search began
        self._job: Job | None = None
        document.changed.connect(self._on_change)
        document.opened.connect(self._forget_other_project)

    @property
    def count(self) -> int:
        """The number of words offered."""
        return len(self.offers)

    @property
    def selected(self) -> int:
        """The number of words offered that are selected at first."""
        return sum(each.likelihood >= fix_everywhere.TICKED for each in self.offers)

    def forget(self) -> None:
        """Discard the offer."""
        if self._job is not None:
            self._job.cancel()
        self._job, self._found = None, []
        had, self.offers, self.corrected = bool(self.offers), (), None
        if had:
            self.offered.emit()

    def changes(self) -> list[Change]:
        """What the offered words that are still unchecked become, the photos with the likeliest first."""
        if self.corrected is None:
            return []
        pages = {key: self._page(key) for key in {each.place[0] for each in self.offers}}
        found = fix_everywhere.make_changes(self.offers, self.corrected.correction.right)
        return [each for each in found if (page := pages[each.page_id]) and each.fits(page.words.get(each.word_id))]

    def _on_change(self, change: DocumentChange) -> None:
        self._check_offer(change.after)
        self._changed.update(change.after)
        self._recount(change.after)
        project, step = self._project(), change.step if change.new else None
        if step is None or step.series or project is None or self._document.history.pages is None:
            return
        if (corrected := fix_everywhere.find_correction(step)) is None:
            return
        self.forget()
        self._of = project
        self._changed = set()
        job = self._job = self._lane.submit(
            lambda: find_similar.find(project, corrected, self._index),
            name=later("Searching for similar words"),
            priority=Priority.LOW,
        )
        job.yielded.connect(self._on_event)
        job.done.connect(self._offer)
        job.failed.connect(self.failed)

    def _on_event(self, event: object) -> None:
        if isinstance(event, CorrectedLooks):
            self.corrected = event
        elif isinstance(event, LookAlike):
            self._found.append(event)

    def _offer(self) -> None:
        self._job = None
        self.offers = self._update_offers(fix_everywhere.select_offers(self._found), self._changed)
        if self.offers:
            self.offered.emit()

    def _page(self, page_id: str) -> Page | None:
        try:
            return self._document.history.page(page_id)
        except StudioError:
            return None

    def _check_offer(self, pages: Collection[str]) -> None:
        """Discard the offer if the correction was undone; ``pages`` are those that have changed."""
        if self.corrected is None or self.corrected.correction.place[0] not in pages:
            return
        page_id, word_id = self.corrected.correction.place
        page = self._page(page_id)
        word = page.words.get(word_id) if page else None
        if word is None or word.text != self.corrected.correction.right:
            self.forget()

    def _recount(self, changed: Collection[str]) -> None:
        """Offer what is left to fix on these pages, which have changed."""
        offers = self._update_offers(self.offers, changed)
        if offers and offers != self.offers:
            self.offers = offers
            self.recounted.emit()
        elif not offers and self.offers:
            self.forget()

    def _update_offers(self, offers: Iterable[LookAlike], changed: Collection[str]) -> tuple[LookAlike, ...]:
        """Return the words that still need the correction, with their boxes as they are on the changed pages."""
        offers = tuple(offers)
        pages = {key: self._page(key) for key in {each.place[0] for each in offers}.intersection(changed)}
        words = {
            (key, word_id): word
            for key, page in pages.items()
            if page is not None
            for word_id, word in page.words.items()
        }
        return tuple(
            found
            for each in offers
            if (
                found := each
                if each.place[0] not in pages
                else fix_everywhere.update_offer(each, words.get(each.place))
            )
        )

    def _forget_other_project(self) -> None:
        if self._project() is not self._of:
            self.forget()
