"""What was typed in the review queue, but not settled: it is there again when its word is."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from ocr_studio.core.review.queue import Place
from ocr_studio.ui.review.controller import Reviewing
from ocr_studio.ui.review.word_line import ReviewLine


class ReviewDrafts(QObject):
    """Of all words of a sitting, for as long as the window is there; what is left when that closes is kept as written,
    as in the other places to write in.
    """

    def __init__(self, line: ReviewLine, reviewing: Reviewing) -> None:
        super().__init__(line)
        self._line, self._reviewing = line, reviewing
        self._texts: dict[Place, str] = {}
        line.typed.connect(self._note)
        line.textEdited.connect(self._note)
        reviewing.settled.connect(self._forget)

    def take_up(self) -> None:
        """The line shows another word: what was typed for that one before is there again."""
        here = self._reviewing.place
        if here is not None and here in self._texts:
            self._line.take_up(self._texts[here])

    def drop(self) -> None:
        """What was typed for the word that is shown is not meant."""
        if (here := self._reviewing.place) is not None:
            self._forget([here])

    def guard(self, window: QWidget) -> None:
        """Keep all of it when this window is closed."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Before anybody saves what there is to save."""
        if event.type() == QEvent.Type.Close:
            self._reviewing.steps.write(self._texts)
        return super().eventFilter(watched, event)

    def _note(self) -> None:
        here = self._reviewing.place
        if here is not None and self._line.isModified():
            self._texts[here] = self._line.text()
        else:
            self.drop()

    def _forget(self, places: Iterable[Place]) -> None:
        for place in places:
            self._texts.pop(place, None)
