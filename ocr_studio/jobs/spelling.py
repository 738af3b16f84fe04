"""What spelling needs: the words of languages, which take a while to be read, and those of a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ocr_studio.core import language, own_words
from ocr_studio.core.language import Lexicon
from ocr_studio.core.project import Project


@dataclass(frozen=True, slots=True)
class WordsKnown:
    """typed: what a person has written on the project's pages, and how often; added: to the project's words by hand."""

    languages: tuple[str, ...]
    lexicon: Lexicon
    typed: Mapping[str, int]
    added: frozenset[str]


def words_known(languages: tuple[str, ...], project: Project | None) -> Iterator[WordsKnown]:
    """Everything that is known, once. Raises StudioError where a language's words are not there."""
    lexicon = language.lexicon(languages)
    typed = project.typed_words() if project else {}
    yield WordsKnown(languages, lexicon, typed, own_words.load(project.folder) if project else frozenset())
