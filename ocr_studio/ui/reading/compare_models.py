"""Compares two recognizers on the words of the open photo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing.changes import Change
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.reading import reread_project
from ocr_studio.jobs.reading.compare_models import Comparing, ComparingEvent, ModelsCompared, WordCompared, compare
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import Job, Trouble
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import labels


class TwoReadings(QObject):
    """Reads all words with both models; changes nothing until texts are applied. Opening another photo ends it.

    Attributes:
        compared: the finished comparison, or None.
        trouble: why the last comparison failed, or None.
        left_photo: whether the last comparison was discarded because another photo was opened.

    Signals:
        progressed(done, total): number of words read so far.
        changed(): the comparison started, ended or was discarded, or other texts can be applied than before.
    """

    progressed = Signal(int, int)
    changed = Signal()

    def __init__(self, document: Document, reading: ReadingController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._reading = document, reading
        self._job: Job | None = None
        self.compared: ModelsCompared | None = None
        self.trouble: Trouble | None = None
        self.left_photo = False
        document.opened.connect(self._leave_photo)
        document.photo_turned.connect(self._leave_photo)
        document.changed.connect(self._follow)

    @property
    def used(self) -> str:
        """The name of the model in use."""
        return self._reading.ocr_service.options.reads_with()

    @property
    def busy(self) -> bool:
        """Whether the words are being read."""
        return self._job is not None

    @property
    def differing(self) -> tuple[WordCompared, ...]:
        """The words that the two models read differently, in reading order."""
        found = self.compared.words if self.compared else ()
        return tuple(each for each in found if each.used.text != each.other.text)

    def start(self, other: str) -> None:
        """Read all words of the open photo with the model in use and with the model named ``other``."""
        self.forget()
        image, page = self._document.image, self._document.page
        if image is None or page is None or not page.words:
            return
        ocr_service, words = self._reading.ocr_service, tuple(page.words[key] for key in page_order.order_words(page))
        project, page_id = self._reading.project, page.id

        def work() -> Iterator[ComparingEvent]:
            for event in compare(ocr_service, other, image, words):
                if isinstance(event, ModelsCompared) and project is not None:
                    # Both texts: the current one may come from a third model.
                    both = [(each.word, read) for each in event.words for read in (each.used, each.other)]
                    reread_project.store_second_readings(project, page_id, both)
                yield event

        job = self._reading.lane.submit(work, name=later("Comparing models"))
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        self._job = job
        self.changed.emit()

    def cancel(self) -> None:
        """Stop reading."""
        if self._job is not None:
            self._job.cancel()

    def forget(self) -> None:
        """Discard the comparison."""
        self.cancel()
        if self.compared is not None or self.trouble is not None or self.left_photo:
            self.compared, self.trouble, self.left_photo = None, None, False
            self.changed.emit()

    def _leave_photo(self) -> None:
        had = self.busy or self.compared is not None
        self.forget()
        if had:
            self.left_photo = True
            self.changed.emit()

    def changes(self) -> tuple[Change, ...]:
        """What the words that are read differently become with the other model.

        Checked words, words that were deleted or moved since, and equal texts are shown, but can't be applied.
        """
        page = self._document.page
        return tuple(self._change(page, each) for each in self.differing) if page is not None else ()

    def others(self) -> dict[str, Change]:
        """Those that can be applied, by word id."""
        return {each.word_id: each for each in self.changes() if each.selected is not None}

    @property
    def obstacles(self) -> dict[str, int]:
        """Why texts can't be applied, and to how many words."""
        return Counter(each.obstacle for each in self.changes() if each.obstacle)

    def _change(self, page: Page, each: WordCompared) -> Change:
        now = page.words.get(each.word.id)
        obstacle = _find_obstacle(now, each)
        return Change(
            page.id,
            page.image,
            each.word.id,
            each.word.quad,
            now.text if now else each.word.text,
            each.other.text,
            labels.shown(each.used.text),
            selected=None if obstacle else True,
            read=each.other,
            obstacle=obstacle,
        )

    def _on_event(self, event: object) -> None:
        if isinstance(event, Comparing):
            self.progressed.emit(event.done, event.total)
        elif isinstance(event, ModelsCompared):
            self.compared = event

    def _fail(self, trouble: Trouble) -> None:
        self.trouble = trouble

    def _end(self) -> None:
        self._job = None
        self.changed.emit()

    def _follow(self, change: DocumentChange) -> None:
        if self.compared is not None and not change.words.isdisjoint(each.word.id for each in self.differing):
            self.changed.emit()


def _find_obstacle(now: Word | None, each: WordCompared) -> str:
    """Return why the other model's text can't be applied to a word as it is now; empty if it can."""
    if now is None:
        return tr("deleted")
    if now.checked:
        return tr("checked by you")
    if now.text == each.other.text:
        return tr("already this text")
    return "" if now.quad == each.word.quad else tr("box changed")
