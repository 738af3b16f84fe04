"""Suggestions for a misread word: alternatives, and completions of the text being typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.page import Word
from ocr_studio.core.review import autocomplete, suggestions
from ocr_studio.core.review.autocomplete import TypedBeginning
from ocr_studio.core.review.suggestions import WrittenTexts
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later
from ocr_studio.jobs.review import review_queue
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import JobThread, Priority

# Number of guesses, best first, that a completion is chosen from.
_GUESSED: Final = 12


class Prompter(QObject):
    """Suggests texts from what was typed in the project so far and from the dictionaries.

    Signals:
        changed(): more suggestions are available.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        index: Callable[[], Index | None],
        lexicon: Callable[[], Lexicon | None],
    ) -> None:
        """Start without texts of the project; ``begin`` and ``prepare`` load them in the ``lane``."""
        super().__init__(document)
        self._lane, self._index, self._lexicon = lane, index, lexicon
        self._written = WrittenTexts()
        self._loaded: Index | None = None
        self._guessed: tuple[Word, tuple[str, ...]] | None = None
        document.changed.connect(self._note)

    def begin(self) -> None:
        """Load the texts typed in the project so far, in the background."""
        index = self._loaded = self._index()
        # Forget the texts of another project.
        self._written, self._guessed = WrittenTexts(), None
        if index is not None:
            wanted = self._written
            job = self._lane.submit(
                lambda: review_queue.written(index), name=later("Loading suggestions"), priority=Priority.PREPARATION
            )
            job.yielded.connect(lambda texts: self._on_texts(wanted, texts))

    def prepare(self) -> None:
        """Load the texts of the project, unless they were loaded since it was opened."""
        if self._index() is not self._loaded:
            self.begin()

    def texts(self, word: Word | None, *, most: int) -> tuple[str, ...]:
        """Likely texts of a word, the recognized one first; empty if it is unread or has no likely alternative."""
        if word is None or word.machine is None:
            return ()
        if self._guessed is None or self._guessed[0] is not word:
            self._guessed = word, suggestions.suggest_texts(word.machine, self._written, most=_GUESSED)
        found = self._guessed[1][:most]
        return found if len(found) > 1 else ()

    def rest(self, word: Word | None, typed: str) -> str:
        """The completion of the text typed for this word; empty if there is none."""
        if word is None:
            return ""
        read = word.machine.text if word.machine else ""
        # Called at every key press, so a search through many thousand texts would be noticeable.
        begun = TypedBeginning(typed, read, self.texts(word, most=_GUESSED))
        return autocomplete.complete_text(begun, self._written, self._lexicon() or _NO_WORDS)

    def _note(self, change: DocumentChange) -> None:
        """Learn the texts that were just typed or confirmed, in any part of the window."""
        edits = change.step.edits if change.new and change.step else {}
        pairs = [pair for edit in edits.values() for pair in edit.changes.values()]
        written = [(before.human if before else None, after.human) for before, after in pairs if after]
        self._written.add(Counter(human.text for before, human in written if human and human != before))

    def _on_texts(self, wanted: WrittenTexts, texts: Counter[str]) -> None:
        if wanted is self._written:
            wanted.add(texts)
            self._guessed = None
            self.changed.emit()


_NO_WORDS: Final = Lexicon.of({})
