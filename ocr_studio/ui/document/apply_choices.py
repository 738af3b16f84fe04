"""Applies changes that the user has selected to many photos, a few photos at a time, as one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing import changes as core_changes
from ocr_studio.core.editing.changes import Change, Skipped
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import EditMismatch, StepName, new_id
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.review import apply_choices
from ocr_studio.jobs.review.apply_choices import ChangeBatch
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels

# Attempts for a page that the user changes in the meantime.
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Applied:
    """The result.

    Attributes:
        words: Number of changed words.
        photos: Number of changed photos.
        skipped: What was not changed and why, one line each.
        changes: The changes that were applied or skipped; without those left when applying was stopped.
    """

    words: int
    photos: int
    skipped: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def summary(self) -> str:
        """How many words were changed, as a sentence."""
        # Translators: Stands at {on_photos} in “Changed {count} words {on_photos}.”
        on = tr_n("on {count} photo", "on {count} photos", self.photos)
        return tr_n("Changed {count} word {on_photos}.", "Changed {count} words {on_photos}.", self.words, on_photos=on)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A batch of photos, the step that changes them, and the step's line in the undo log."""

    batch: ChangeBatch
    step: Step
    line: bytes


class Applying(QObject):
    """Applies the changes once, then is done.

    With very many photos the step is made in parts, see ``core.project.undo_log``: even if the program is killed, what
    has been applied is saved and can be undone.

    Signals: ``progressed(done, total)`` photos; ``ended(Applied)``.
    """

    progressed = Signal(int, int)
    ended = Signal(object)

    def __init__(
        self, document: Document, changes: Iterable[Change], name: Callable[[int, int], StepName], parent: QObject
    ) -> None:
        """Prepare; ``start`` begins.

        Args:
            document: The open document.
            changes: The changes.
            name: Makes the name of the step from the numbers of words and photos.
            parent: The owner.
        """
        super().__init__(parent)
        self._document, self._name = document, name
        self._pages = document.history.pages
        self._changes, self._done, self._tries = tuple(core_changes.group_by_page(changes)), 0, 0
        self._series, self._cancelled = new_id(), False
        self._words = self._photos = 0
        self._skipped: list[Skipped] = []

    def cancel(self) -> None:
        """Leave the photos that are not changed yet as they are."""
        self._cancelled = True

    def start(self) -> None:
        """Apply the next photos, at first the first ones, until all are done or another project is opened."""
        if self._done == len(self._changes) or self._cancelled or self._document.history.pages is not self._pages:
            self._end()
            return
        waiting, shown = self._changes[self._done :], self._document.page
        if self._pages is None or (shown and [some[0].page_id for some in waiting[:2]] == [shown.id]):
            # The open photo is changed at once.
            self._on_ready(self._ready(apply_choices.make_batch(self._document.history.page, waiting)))
            return
        load = self._pages.page

        def look() -> _Ready:
            return self._ready(
                apply_choices.make_batch(lambda key: shown if shown and key == shown.id else load(key), waiting)
            )

        self._pages.look_up(look, self._on_ready, self._end)

    def _on_ready(self, ready: _Ready) -> None:
        batch = ready.batch
        if self._document.history.pages is not self._pages:
            self._end()
            return
        if batch.edits:
            try:
                self._document.history.push(ready.step, line=ready.line)
            except EditMismatch:
                self._tries += 1
                if self._tries < _TRIES:
                    self.start()
                    return
                batch = self._left(batch, "")
            except StudioError as error:
                batch = self._left(batch, str(error))
            else:
                self._words += batch.words
                self._photos += len(batch.edits)
        self._skipped += batch.skipped
        self._done, self._tries = self._done + batch.photos, 0
        self.progressed.emit(self._done, len(self._changes))
        self.start()

    def _ready(self, batch: ChangeBatch) -> _Ready:
        """Make the step of a batch. May run in the background, because encoding it takes a while."""
        words, photos, series = batch.words, len(batch.edits), ""
        if self._done or batch.photos < len(self._changes):
            # All parts have the same name; how many words there will be in the end is not known yet.
            words, photos, series = sum(map(apply_choices.count_words, self._changes)), len(self._changes), self._series
        name = self._name(words, photos)
        step = Step(name, {key: replace(edit, name=name) for key, edit in batch.edits.items()}, series)
        return _Ready(batch, step, undo_log.done_line(step))

    def _left(self, batch: ChangeBatch, why: str) -> ChangeBatch:
        """The batch with all its words skipped."""
        pages = self._changes[self._done : self._done + batch.photos]
        return replace(
            batch, skipped=tuple(Skipped(some[0].image, why, apply_choices.count_words(some)) for some in pages)
        )

    def _end(self, trouble: str = "") -> None:
        """Report the result.

        Args:
            trouble: Why it stopped early.
        """
        lines = [_describe_skipped(each) for each in self._skipped]
        stay = len(self._changes) - self._done
        photos = tr_n("{count} photo", "{count} photos", stay)
        if trouble:
            lines.append(trouble)
        elif stay and self._cancelled:
            lines.append(tr("Stopped; not changed: {photos}.", photos=photos))
        elif stay:
            lines.append(tr("Not changed, because another folder was opened: {photos}.", photos=photos))
        done = tuple(each for some in self._changes[: self._done] for each in some)
        self.ended.emit(Applied(self._words, self._photos, tuple(lines), done))


def _describe_skipped(skipped: Skipped) -> str:
    """Return why words were not changed, as one line."""
    photo = labels.file_name(skipped.image)
    if skipped.why is None:
        return tr("{photo}: the photo is no longer in the project.", photo=photo)
    return skipped.why or tr_n(
        "{photo}: {count} word was skipped because it has changed since.",
        "{photo}: {count} words were skipped because they have changed since.",
        skipped.words,
        photo=photo,
    )
