"""Loads the words for the spelling checker: dictionaries of languages, and the words of a project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ocr_studio.core.language.lexicon import Lexicon, load_lexicon
from ocr_studio.core.language.spelling import OwnWords
from ocr_studio.core.project import project_words
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index


@dataclass(frozen=True, slots=True)
class WordsKnown:
    """The result.

    Attributes:
        lexicon: Their dictionary words.
        own: Words typed on the project's pages.
        added: Words that the user has added to the project words.
    """

    languages: tuple[str, ...]
    lexicon: Lexicon
    own: OwnWords
    added: frozenset[str]


def words_known(
    languages: tuple[str, ...], project: Project | None, index: Index | None
) -> Iterator[WordsKnown | None]:
    """Load all words; yields a single WordsKnown, and None in between, so that other jobs don't have to wait.

    The typed words come from the project's search index. Raises StudioError if a dictionary is missing.
    """
    typed: Counter[str] = Counter()
    for row in index.pages() if index else ():
        typed.update(row.typed)
    yield None
    added = project_words.load_added(project.files) if project else frozenset()
    known = load_lexicon(languages)
    yield None
    yield WordsKnown(languages, known, OwnWords.of(typed), added)
