"""Spell checking for the window: possible typos of the open photo, and suggestions for them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ocr_studio.core.language import typed_words
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.language.spelling import Speller, UnknownWord
from ocr_studio.core.page import Word
from ocr_studio.core.project import project_words
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.review import load_lexicon as job
from ocr_studio.jobs.review.load_lexicon import WordsKnown
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.index_service import IndexService
from ocr_studio.ui.document.retry_saver import RetrySaver
from ocr_studio.ui.job_thread import JobThread, Priority
from ocr_studio.ui.style import labels

_log = logging.getLogger(__name__)


class Spelling(QObject):
    """Checks words against the dictionaries of the chosen languages and the project words.

    Args:
        document: The open document.
        lane: Thread in which dictionaries are loaded.
        index_service: Its index has the words that were typed on other photos.
        project: Returns the open project.
        languages: Returns the chosen languages.
        retry_saver: Saves the project words.

    Signals: ``changed()`` other words are possible typos now.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        index_service: IndexService,
        *,
        project: Callable[[], Project | None],
        languages: Callable[[], tuple[str, ...]],
        retry_saver: RetrySaver,
    ) -> None:
        super().__init__(document)
        self._document, self._lane, self._index_service = document, lane, index_service
        self._project, self._languages, self._retry_saver = project, languages, retry_saver
        self._speller: Speller | None = None
        self._known: WordsKnown | None = None
        self._asked: tuple[tuple[str, ...], Project | None] | None = None
        self._added: frozenset[str] = frozenset()
        self._latest: dict[Path, frozenset[str]] = {}  # added words by folder of the project, saved or not
        self._here: frozenset[str] = frozenset()
        document.opened.connect(self.look_again)
        # After the window has painted what was typed.
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._accept_typed)
        document.changed.connect(lambda change: self._soon.start() if change.here else None)
        index_service.finished.connect(self._reload_words)

    @property
    def lexicon(self) -> Lexicon | None:
        """The dictionaries of the languages; None while they are not loaded."""
        return self._known.lexicon if self._known else None

    def look_again(self) -> None:
        """Update after another photo or project was opened, or other languages were chosen."""
        if self._document.page is None:
            return
        wanted = self._languages(), self._project()
        if wanted != self._asked:
            self._asked = wanted
            # After the photo is shown.
            QTimer.singleShot(0, self, lambda: self._load_words(wanted))
        else:
            self._accept_typed()

    def look_again_soon(self, _: object = None) -> None:
        """Update after the settings have been changed."""
        QTimer.singleShot(0, self, self.look_again)

    def _reload_words(self) -> None:
        """Load the words again after the index was updated."""
        self._asked = None
        self.look_again()

    def doubts(self, word: Word) -> tuple[UnknownWord, ...]:
        """Return the possible typos of a word; none if it is checked."""
        return () if word.checked or not word.text else self.doubts_in(word.text)

    def doubts_in(self, text: str) -> tuple[UnknownWord, ...]:
        """Return the possible typos of a text that is being typed."""
        return self._speller.doubts(text) if self._speller else ()

    def suggestions(self, doubt: UnknownWord) -> tuple[str, ...]:
        """Return suggestions for a possible typo; alternatives of the current word are preferred."""
        word = self._document.word(self._document.current)
        held = [each.text for each in word.machine.alternatives] if word and word.machine else []
        return self._speller.suggestions(doubt.word, held=held) if self._speller else ()

    def next_doubted(self) -> str | None:
        """Return the id of the next word with a possible typo after the current one, wrapping around; or None."""
        order, page, current = self._document.order(), self._document.page, self._document.current
        start = order.index(current) + 1 if current in order else 0
        return next((key for key in order[start:] + order[:start] if page and self.doubts(page.words[key])), None)

    def is_added(self, word: str) -> bool:
        """Whether the user has added it to the project words."""
        return word in self._added

    @property
    def can_add(self) -> bool:
        """Whether a project is open and may be changed."""
        return self._project() is not None and self._document.writable

    def add(self, word: str) -> None:
        """Add it to the project words."""
        self._keep(self._added | {word})

    def take_out(self, word: str) -> None:
        """Remove it from the project words."""
        self._keep(self._added - {word})

    def _keep(self, words: frozenset[str]) -> None:
        project = self._project()
        if project is None:
            return

        def save() -> None:
            project.lock(create=True)
            project_words.save_added(project.files, words)

        self._added = self._latest[project.folder] = words
        self._retry_saver.save(project.folder, save)
        self._make()

    def _load_words(self, wanted: tuple[tuple[str, ...], Project | None]) -> None:
        languages, project = wanted
        if wanted != self._asked:
            return
        index = self._index_service.index
        asked = self._lane.submit(
            lambda: job.words_known(languages, project, index),
            name=later("Loading dictionaries"),
            priority=Priority.PREPARATION,
        )
        asked.yielded.connect(lambda known: self._on_words(wanted, known))
        # Missing dictionaries are reported when photos are read.
        asked.failed.connect(lambda trouble: _log.info("no spelling: %s", trouble.message))

    def _on_words(self, wanted: tuple[tuple[str, ...], Project | None], known: WordsKnown | None) -> None:
        if known is None or wanted != self._asked:
            return
        _, project = wanted
        waiting = project is not None and self._retry_saver.is_waiting(project.folder)
        self._known, self._added = known, self._latest[project.folder] if project and waiting else known.added
        self._here = self._typed_here()
        self._make()

    def _accept_typed(self) -> None:
        """Accept words that were just typed on this photo."""
        here = self._typed_here()
        if here != self._here:
            self._here = here
            self._make()

    def _typed_here(self) -> frozenset[str]:
        page = self._document.page
        return frozenset(typed_words.find_typed_words(page.words.values())) if page else frozenset()

    def _make(self) -> None:
        if self._known is None:
            return
        more, known = self._added | self._here, self._known
        if self._speller is None or self._speller.own is not known.own:
            self._speller = Speller(known.languages, known.lexicon, known.own, more)
        else:
            self._speller = self._speller.with_more(more)
        if page := self._document.page:
            self._speller.look_at([word.text for word in page.words.values() if not word.checked])
        self.changed.emit()


def fill_menu(menu: QMenu, spelling: Spelling, doubt: UnknownWord, put: Callable[[str], None]) -> None:
    """Add suggestions to the beginning of a menu, each with a digit.

    Args:
        menu: The menu.
        spelling: Makes the suggestions.
        doubt: The possible typo.
        put: Called with the chosen suggestion.
    """
    found = spelling.suggestions(doubt)
    wanted: list[QAction] = []
    for number, text in enumerate(found, start=1):
        action = QAction(f"&{number}  {labels.label(text)}", menu)
        action.triggered.connect(lambda _=False, text=text: put(text))
        wanted.append(action)
    if not found:
        nothing = QAction(tr("No suggestions for “{word}”", word=labels.label(doubt.word)), menu)
        nothing.setEnabled(False)
        wanted.append(nothing)
    add = QAction(tr("&Add “{word}” to project words", word=labels.label(doubt.word)), menu)
    add.setEnabled(spelling.can_add)
    add.triggered.connect(lambda: spelling.add(doubt.word))
    wanted += [_line(menu), add]
    if there := menu.actions():
        menu.insertActions(there[0], [*wanted, _line(menu)])
    else:
        menu.addActions(wanted)


def fill_menu_of_added(menu: QMenu, spelling: Spelling, word: str) -> None:
    """Add the action that removes a word from the project words."""
    take_out = menu.addAction(tr("&Remove “{word}” from project words", word=labels.label(word)))
    take_out.setEnabled(spelling.can_add)
    take_out.triggered.connect(lambda: spelling.take_out(word))


def _line(menu: QMenu) -> QAction:
    line = QAction(menu)
    line.setSeparator(True)
    return line
