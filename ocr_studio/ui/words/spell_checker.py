"""Spelling as the window sees it: which words of the open photo are doubted, and what is offered for them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ocr_studio.core.language import lexicon as language
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.language.spelling import Doubt, Speller
from ocr_studio.core.page import Word
from ocr_studio.core.project import project_words
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.review import load_lexicon as job
from ocr_studio.jobs.review.load_lexicon import WordsKnown
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.index_service import Indexing
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.retry_saver import Keeping

_log = logging.getLogger(__name__)


class Spelling(QObject):
    """Knows the words of the languages that photos are read in, and those of the project.

    lane: where words of languages are read. indexing: what was typed on other photos is in there. project, languages:
    asked for them as they are. Signals: ``changed()`` other words are doubted now.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        indexing: Indexing,
        *,
        project: Callable[[], Project | None],
        languages: Callable[[], tuple[str, ...]],
        keeping: Keeping,
    ) -> None:
        super().__init__(document)
        self._document, self._lane, self._indexing = document, lane, indexing
        self._project, self._languages, self._keeping = project, languages, keeping
        self._speller: Speller | None = None
        self._known: WordsKnown | None = None
        self._asked: tuple[tuple[str, ...], Project | None] | None = None
        self._added: frozenset[str] = frozenset()
        self._latest: dict[Path, frozenset[str]] = {}  # of each project's folder, saved or not
        self._here: frozenset[str] = frozenset()
        document.opened.connect(self.look_again)
        document.words_changed.connect(lambda _: self._take_typed())
        indexing.finished.connect(self._look_anew)

    @property
    def lexicon(self) -> Lexicon | None:
        """The words of the languages; None while they are not there."""
        return self._known.lexicon if self._known else None

    def look_again(self) -> None:
        """Another photo, another project or other languages may be in use now."""
        if self._document.page is None:
            return
        wanted = self._languages(), self._project()
        if wanted != self._asked:
            self._asked = wanted
            # After the photo is on the screen.
            QTimer.singleShot(0, self, lambda: self._ask(wanted))
        else:
            self._take_typed()

    def look_again_soon(self, _: object = None) -> None:
        """Other settings are about to hold."""
        QTimer.singleShot(0, self, self.look_again)

    def _look_anew(self) -> None:
        """More is known of the project's other pages now."""
        self._asked = None
        self.look_again()

    def doubts(self, word: Word) -> tuple[Doubt, ...]:
        """What is doubted of a word's text; never what a person wrote."""
        return () if word.checked or not word.text else self.doubts_in(word.text)

    def doubts_in(self, text: str) -> tuple[Doubt, ...]:
        """What is doubted of a text that is being written."""
        return self._speller.doubts(text) if self._speller else ()

    def suggestions(self, doubt: Doubt) -> tuple[str, ...]:
        """What may be meant; what the recognizer held possible for the current word is likelier."""
        word = self._document.word(self._document.current)
        held = [each.text for each in word.machine.alternatives] if word and word.machine else []
        return self._speller.suggestions(doubt.word, held=held) if self._speller else ()

    def next_doubted(self) -> str | None:
        """The next word with a doubt, from the current one on and round the end; None if there is none."""
        order, page, current = self._document.order(), self._document.page, self._document.current
        start = order.index(current) + 1 if current in order else 0
        return next((key for key in order[start:] + order[:start] if page and self.doubts(page.words[key])), None)

    def is_added(self, word: str) -> bool:
        """Whether a person has added it to the project's words."""
        return word in self._added

    @property
    def can_add(self) -> bool:
        """Whether there is a project to keep words with, and it may be changed."""
        return self._project() is not None and self._document.writable

    def add(self, word: str) -> None:
        """From now on it is one of the project's words."""
        self._keep(self._added | {word})

    def take_out(self, word: str) -> None:
        """It is no word of the project any more."""
        self._keep(self._added - {word})

    def _keep(self, words: frozenset[str]) -> None:
        project = self._project()
        if project is None:
            return

        def save() -> None:
            project.lock(create=True)
            project_words.save_added(project.files, words)

        self._added = self._latest[project.folder] = words
        self._keeping.keep(project.folder, save)
        self._make()

    def _ask(self, wanted: tuple[tuple[str, ...], Project | None]) -> None:
        languages, project = wanted
        if wanted != self._asked:
            return
        index = self._indexing.index
        asked = self._lane.submit(lambda: job.words_known(languages, project, index), name=later("Looking up words"))
        asked.came.connect(lambda known: self._take(wanted, known))
        # A language whose words are not there is told of where photos are read.
        asked.failed.connect(lambda trouble: _log.info("no spelling: %s", trouble.message))

    def _take(self, wanted: tuple[tuple[str, ...], Project | None], known: WordsKnown) -> None:
        if wanted != self._asked:
            return
        _, project = wanted
        waiting = project is not None and self._keeping.waits(project.folder)
        self._known, self._added = known, self._latest[project.folder] if project and waiting else known.added
        self._here = self._typed_here()
        self._make()

    def _take_typed(self) -> None:
        """What was typed on this photo just now is known at once."""
        here = self._typed_here()
        if here != self._here:
            self._here = here
            self._make()

    def _typed_here(self) -> frozenset[str]:
        page = self._document.page
        return frozenset(language.typed_words(page.words.values())) if page else frozenset()

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


def fill_menu(menu: QMenu, spelling: Spelling, doubt: Doubt, put: Callable[[str], None]) -> None:
    """Near words, each with its digit, before what the menu has already. put: called with the one that is chosen."""
    found = spelling.suggestions(doubt)
    wanted: list[QAction] = []
    for number, text in enumerate(found, start=1):
        action = QAction(f"&{number}  {labels.label(text)}", menu)
        action.triggered.connect(lambda _=False, text=text: put(text))
        wanted.append(action)
    if not found:
        nothing = QAction(tr("No known word is near “{word}”", word=labels.label(doubt.word)), menu)
        nothing.setEnabled(False)
        wanted.append(nothing)
    add = QAction(tr("&Add “{word}” to the project’s words", word=labels.label(doubt.word)), menu)
    add.setEnabled(spelling.can_add)
    add.triggered.connect(lambda: spelling.add(doubt.word))
    wanted += [_line(menu), add]
    if there := menu.actions():
        menu.insertActions(there[0], [*wanted, _line(menu)])
    else:
        menu.addActions(wanted)


def fill_menu_of_added(menu: QMenu, spelling: Spelling, word: str) -> None:
    """For a word that is not doubted as a person has added it: it can be taken out again."""
    take_out = menu.addAction(tr("&Take “{word}” out of the project’s words", word=labels.label(word)))
    take_out.setEnabled(spelling.can_add)
    take_out.triggered.connect(lambda: spelling.take_out(word))


def _line(menu: QMenu) -> QAction:
    line = QAction(menu)
    line.setSeparator(True)
    return line
