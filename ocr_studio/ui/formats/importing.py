"""Puts the words of an import into the pages of a project, a few photos at a time, as one undo step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing.imported_words import Conflict, ImportCounts
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import EditMismatch, Page
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import kept_order
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.formats.import_labels import ImportEvent, ImportProgress, LabelsSkipped, PagesChanged
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import ProjectPages

# Seconds after which what was read so far is reported.
_MOMENT: Final = 0.2
_NO_WORDS: Final = ImportCounts()

LoadPage: TypeAlias = Callable[[str], Page | None]


@dataclass(frozen=True, slots=True)
class Imported:
    """The result.

    Attributes:
        conflict: What became of words that were there already.
        photos: How many photos have new or changed words.
        added: Words that the photos did not have.
        changed: Words that were there and got the file's text, as theirs or beside their own.
        counts: What the files had for the photos.
        skipped: Files and photos with what was not imported, and why.
        trouble: Why it ended early; "" if it did not.
    """

    conflict: Conflict
    photos: int = 0
    added: int = 0
    changed: int = 0
    counts: ImportCounts = _NO_WORDS
    skipped: tuple[tuple[Path, str], ...] = ()
    trouble: str = ""

    @property
    def stayed(self) -> int:
        """How many words of the photos stayed as they were although the files have them, too."""
        if self.conflict is Conflict.REPLACE:
            return self.counts.equal
        return max(0, self.counts.equal + self.counts.conflicts - self.changed)

    @property
    def summary(self) -> str:
        """What was imported, in sentences."""
        words = self.added + (self.changed if self.conflict is Conflict.REPLACE else 0)
        on = tr_n("on {count} photo", "on {count} photos", self.photos)
        # Translators: {on_photos} is “on {count} photos”.
        parts = [
            tr_n("Imported {count} word {on_photos}.", "Imported {count} words {on_photos}.", words, on_photos=on)
            if self.photos
            else tr("Nothing was imported.")
        ]
        if self.changed and self.conflict is Conflict.REPLACE:
            parts.append(tr_n("{count} word replaced another.", "{count} of the words replaced others.", self.changed))
        elif self.changed:
            parts.append(tr_n("{count} word has both texts.", "{count} words have both texts.", self.changed))
        if self.stayed:
            parts.append(
                tr_n("{count} word that was there stayed.", "{count} words that were there stayed.", self.stayed)
            )
        if self.counts.outside:
            parts.append(
                tr_n(
                    "{count} word outside the photo was left out.",
                    "{count} words outside the photos were left out.",
                    self.counts.outside,
                )
            )
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What was read, and the step that is to be done now.

    Attributes:
        events: Progress, and what was skipped.
        step: The next step; None if there is none yet.
        line: Its line in the undo log.
        new: Pages that the project does not have yet.
        before: The pages that the step was made for.
        counts: What it does to the words.
        last: Whether all was read.
    """

    events: Sequence[ImportProgress | LabelsSkipped]
    step: Step | None = None
    line: bytes = b""
    new: tuple[Page, ...] = ()
    before: Mapping[str, Page] | None = None
    counts: ImportCounts = _NO_WORDS
    last: bool = False


class Importing(QObject):
    """Imports once, then is done.

    Files are read in the background. The next step is made only when this one is in the pages, as it may build on it.

    Signals: ``progressed(ImportProgress)``; ``page_added(Page)`` a photo has a page now; ``ended(Imported)``.
    """

    progressed = Signal(object)
    page_added = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        document: Document,
        make_events: Callable[[LoadPage], Iterator[ImportEvent]],
        conflict: Conflict,
        parent: QObject | None = None,
    ) -> None:
        """Prepare; ``start`` begins.

        Args:
            document: The open document.
            make_events: Begins the job, given what loads a page as it is now.
            conflict: What becomes of words that are there already.
            parent: The owner.
        """
        super().__init__(parent)
        self._document, self._pages = document, document.history.pages
        self._events = make_events(self._load)
        self._shown: Page | None = None
        self._cancelled = self._over = False
        self._result = Imported(conflict)

    @property
    def result(self) -> Imported:
        """What was imported so far."""
        return self._result

    def cancel(self) -> None:
        """Import no more; what was imported stays."""
        self._cancelled = True
        self._end(tr("Stopped."))

    def start(self) -> None:
        """Read and do the next step, until all is imported or another project is opened."""
        pages = self._pages
        if self._cancelled:
            return
        if pages is None or self._document.history.pages is not pages:
            self._end(tr("Stopped because you opened a photo in another folder."))
            return
        self._shown = self._document.page
        pages.look_up(lambda: self._read(pages), self._on_ready, self._end)

    def _load(self, page_id: str) -> Page | None:
        """Load a page in the background, as it was when this step was begun. Raises StudioError."""
        if self._shown is not None and self._shown.id == page_id:
            return self._shown
        return self._pages.page(page_id) if self._pages else None

    def _read(self, pages: ProjectPages) -> _Ready:
        """Read until there is a step to do, or something to report. Runs in the background."""
        events: list[ImportProgress | LabelsSkipped] = []
        until = time.monotonic() + _MOMENT
        for event in self._events:
            if isinstance(event, PagesChanged):
                return self._prepare(event, events)
            events.append(event)
            if time.monotonic() > until:
                return _Ready(events)
        return _Ready(events, last=True)

    def _prepare(self, event: PagesChanged, events: Sequence[ImportProgress | LabelsSkipped]) -> _Ready:
        """Complete a step in the background, because that takes a while."""
        new = {page.id: page for page in event.new}
        before = {key: page for key in event.step.edits if (page := new.get(key) or self._load(key)) is not None}
        edits = {key: kept_order.keep_order(page, event.step.edits[key]) for key, page in before.items()}
        step = replace(event.step, edits=edits)
        return _Ready(events, step, undo_log.done_line(step), event.new, before, event.counts)

    def _on_ready(self, ready: _Ready) -> None:
        if self._cancelled:
            return
        if self._document.history.pages is not self._pages:
            self._end(tr("Stopped because you opened a photo in another folder."))
            return
        skipped = [explain_skipped(event) for event in ready.events if isinstance(event, LabelsSkipped)]
        if ready.step is not None:
            skipped += self._do(ready, ready.step)
        self._result = replace(self._result, skipped=(*self._result.skipped, *skipped))
        progress = [event for event in ready.events if isinstance(event, ImportProgress)]
        if progress:
            self.progressed.emit(progress[-1])
        if ready.last:
            self._end()
        else:
            self.start()

    def _do(self, ready: _Ready, step: Step) -> list[tuple[Path, str]]:
        """Do a step. Returns the photos whose pages were changed meanwhile, for example by reading them, and why."""
        before = ready.before or {}
        try:
            changed = [key for key, page in before.items() if not self._is_as_before(page)]
            # The step's line is only right for all of it.
            line = b"" if changed else ready.line
            step = replace(step, edits={key: edit for key, edit in step.edits.items() if key not in changed})
            new = [page for page in ready.new if page.id not in changed and self._is_missing(page)]
            if new:
                self._document.history.save(*new)
            for page in new:
                self.page_added.emit(page)
            self._document.history.push(step, line=line)
        except EditMismatch:
            return [_explain_change(page) for page in before.values()]
        except StudioError as error:
            return [(Path(page.image), str(error)) for page in before.values()]
        self._count(step, ready.counts)
        return [_explain_change(before[key]) for key in changed]

    def _is_missing(self, page: Page) -> bool:
        return self._document.history.page(page.id) is None

    def _is_as_before(self, page: Page) -> bool:
        """Whether a page is still as it was when the step was made for it. Raises StudioError."""
        now = self._document.history.page(page.id)
        if now is None:
            return not page.words
        return now is page or (now.words, now.facts, now.order) == (page.words, page.facts, page.order)

    def _count(self, step: Step, counts: ImportCounts) -> None:
        result = self._result
        changes = [change for edit in step.edits.values() for change in edit.changes.values()]
        self._result = replace(
            result,
            photos=result.photos + len(step.edits),
            added=result.added + sum(before is None for before, _ in changes),
            changed=result.changed + sum(before is not None and after is not None for before, after in changes),
            counts=result.counts + counts,
        )

    def _end(self, trouble: str = "") -> None:
        """Report the result. trouble: why it ends early."""
        if not self._over:
            self._over = True
            self._result = replace(self._result, trouble=trouble)
            self.ended.emit(self._result)


def explain_skipped(event: LabelsSkipped) -> tuple[Path, str]:
    """Return a file and why it, or a photo of it, can't be imported."""
    named = Path(event.error.file or "")
    return named if named.name == PurePosixPath(event.file).name else Path(event.file), str(event.error)


def _explain_change(page: Page) -> tuple[Path, str]:
    return Path(page.image), tr("The photo was changed meanwhile. Import it again.")
