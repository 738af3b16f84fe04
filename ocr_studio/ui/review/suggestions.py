"""What a person is offered for a misread word: other texts at once, and the rest of what they begin to type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.page import Word
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review import autocomplete, suggestions
from ocr_studio.core.review.autocomplete import Beginning
from ocr_studio.core.review.suggestions import WrittenTexts
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later
from ocr_studio.jobs.review import review_queue
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import JobThread

# Of so many guesses, best first, a text that is begun may be one.
_GUESSED: Final = 12


class Prompter(QObject):
    """Knows what was written in the project so far, and the words of the languages.

    Signals: ``changed()`` it knows more now.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        index: Callable[[], Index | None] = lambda: None,
        lexicon: Callable[[], Lexicon | None] = lambda: None,
    ) -> None:
        """lane: where the project's texts are looked up. index: of the project, lexicon: of the languages, where there
        is one.
        """
        super().__init__(document)
        self._lane, self._index, self._lexicon = lane, index, lexicon
        self._written = WrittenTexts()
        self._guessed: tuple[Word, tuple[str, ...]] | None = None
        document.history.did.connect(self._note)

    def begin(self) -> None:
        """Find out what was written until now, in the background."""
        index = self._index()
        # Nothing of another project's.
        self._written, self._guessed = WrittenTexts(), None
        if index is not None:
            wanted = self._written
            job = self._lane.submit(lambda: review_queue.written(index), name=later("Looking up what was written"))
            job.came.connect(lambda texts: self._take(wanted, texts))

    def texts(self, word: Word | None, *, most: int) -> tuple[str, ...]:
        """What may stand there, the reading first; nothing where none was read, or nothing else is likely."""
        if word is None or word.machine is None:
            return ()
        if self._guessed is None or self._guessed[0] is not word:
            self._guessed = word, suggestions.guesses(word.machine, self._written, most=_GUESSED)
        found = self._guessed[1][:most]
        return found if len(found) > 1 else ()

    def rest(self, word: Word | None, typed: str) -> str:
        """How a text that was begun goes on for this word; nothing where nobody can say."""
        if word is None:
            return ""
        read = word.machine.text if word.machine else ""
        # Asked at every letter, and looking through many thousand texts is felt.
        begun = Beginning(typed, read, self.texts(word, most=_GUESSED))
        return autocomplete.rest(begun, self._written, self._lexicon() or _NO_WORDS)

    def _note(self, step: Step) -> None:
        """What a person has just written or confirmed, in whatever part of the window."""
        pairs = [pair for edit in step.edits.values() for pair in edit.changes.values()]
        written = [(before.human if before else None, after.human) for before, after in pairs if after]
        self._written.add(Counter(human.text for before, human in written if human and human != before))

    def _take(self, wanted: WrittenTexts, texts: Counter[str]) -> None:
        if wanted is self._written:
            wanted.add(texts)
            self._guessed = None
            self.changed.emit()


_NO_WORDS: Final = Lexicon.of({})
