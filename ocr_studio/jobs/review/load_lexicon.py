"""What spelling needs: the words of languages, which take a while to be read, and those of a project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ocr_studio.core.language.lexicon import Lexicon, lexicon
from ocr_studio.core.language.spelling import OwnWords
from ocr_studio.core.project import project_words
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index


@dataclass(frozen=True, slots=True)
class WordsKnown:
    """own: what a person has written on the project's pages; added: to the project's words by hand."""

    languages: tuple[str, ...]
    lexicon: Lexicon
    own: OwnWords
    added: frozenset[str]


def words_known(languages: tuple[str, ...], project: Project | None, index: Index | None) -> Iterator[WordsKnown]:
    """Everything that is known, once. index: of the project; what a person has typed on its pages is in there.

    Raises StudioError where a language's words are not there.
    """
    typed: Counter[str] = Counter()
    for row in index.pages() if index else ():
        typed.update(row.typed)
    added = project_words.load_added(project.files) if project else frozenset()
    yield WordsKnown(languages, lexicon(languages), OwnWords.of(typed), added)
