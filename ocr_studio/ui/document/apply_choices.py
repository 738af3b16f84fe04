"""Applies changes that the user has chosen to many photos, a few photos at a time, as one undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import EditMismatch, StepName, new_id
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.review import apply_choices
from ocr_studio.jobs.review.apply_choices import Change, ChangeBatch, SkippedWords
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels

# Attempts for a page that the user changes in the meantime.
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Taken:
    """The result.

    Attributes:
        words: Number of changed words.
        photos: Number of changed photos.
        left: What was not changed and why, one line each.
    """

    words: int
    photos: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A batch of photos, the step that changes them, and the step's line in the undo log."""

    part: ChangeBatch
    step: Step
    line: bytes


class TakingOver(QObject):
    """Applies the changes once, then is done.

    With very many photos the step is made in parts, see ``core.project.undo_log``: even if the program is killed, what
    has been applied is saved and can be undone.

    Args:
        document: The open document.
        wishes: The changes, one item for each photo.
        name: Makes the name of the step from the numbers of words and photos.
        parent: Qt's parent.

    Signals: ``progressed(done, total)`` photos; ``ended(Taken)``.
    """

    progressed = Signal(int, int)
    ended = Signal(object)

    def __init__(
        self, document: Document, wishes: Sequence[Change], name: Callable[[int, int], StepName], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._name = document, name
        self._pages = document.history.pages
        self._wishes, self._done, self._tries = tuple(wishes), 0, 0
        self._series = new_id()
        self._words = self._photos = 0
        self._left: list[SkippedWords] = []

    def start(self) -> None:
        """Start with the first photos."""
        self._go_on()

    def _go_on(self) -> None:
        """Apply the next photos, until all are done or another project is opened."""
        if self._done == len(self._wishes) or self._document.history.pages is not self._pages:
            self._end()
            return
        waiting, shown = self._wishes[self._done :], self._document.page
        if self._pages is None or (shown and [wish.page_id for wish in waiting[:2]] == [shown.id]):
            # The open photo is changed at once.
            self._take(self._ready(apply_choices.part(self._document.history.page, waiting)))
            return
        load = self._pages.page

        def look() -> _Ready:
            return self._ready(
                apply_choices.part(lambda key: shown if shown and key == shown.id else load(key), waiting)
            )

        self._pages.look_up(look, self._take, self._end)

    def _take(self, ready: _Ready) -> None:
        part = ready.part
        if self._document.history.pages is not self._pages:
            self._end()
            return
        if part.edits:
            try:
                self._document.history.push(ready.step, line=ready.line)
            except EditMismatch:
                self._tries += 1
                if self._tries < _TRIES:
                    self._go_on()
                    return
                part = replace(part, left=tuple(SkippedWords(each.image, each.words) for each in self._next(part)))
            except StudioError as error:
                part = replace(
                    part, left=tuple(SkippedWords(each.image, each.words, str(error)) for each in self._next(part))
                )
            else:
                self._words += part.words
                self._photos += len(part.edits)
        self._left += part.left
        self._done, self._tries = self._done + part.photos, 0
        self.progressed.emit(self._done, len(self._wishes))
        self._go_on()

    def _ready(self, part: ChangeBatch) -> _Ready:
        """Make the step of a batch. May run in the background, because encoding it takes a while."""
        words, photos, series = part.words, len(part.edits), ""
        if self._done or part.photos < len(self._wishes):
            # All parts have the same name; how many words there will be in the end is not known yet.
            words, photos, series = sum(wish.words for wish in self._wishes), len(self._wishes), self._series
        name = self._name(words, photos)
        step = Step(name, {key: replace(edit, name=name) for key, edit in part.edits.items()}, series)
        return _Ready(part, step, undo_log.done_line(step))

    def _next(self, part: ChangeBatch) -> Sequence[Change]:
        return self._wishes[self._done : self._done + part.photos]

    def _end(self, trouble: str = "") -> None:
        """Report the result.

        Args:
            trouble: Why it stopped early.
        """
        left = [_said(each) for each in self._left]
        stay = len(self._wishes) - self._done
        if trouble:
            left.append(trouble)
        elif stay:
            photos = tr_n("{count} photo", "{count} photos", stay)
            left.append(tr("Not changed, because another folder was opened: {photos}.", photos=photos))
        self.ended.emit(Taken(self._words, self._photos, tuple(left)))


def _said(left: SkippedWords) -> str:
    """Return why words were not changed, as one line."""
    photo = labels.file_name(left.image)
    if left.trouble == "":
        return tr("{photo}: the photo is no longer in the project.", photo=photo)
    if left.trouble:
        return left.trouble
    return tr_n(
        "{photo}: {count} word was skipped because it has changed since.",
        "{photo}: {count} words were skipped because they have changed since.",
        left.words,
        photo=photo,
    )
