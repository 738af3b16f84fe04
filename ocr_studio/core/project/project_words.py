"""The words of a project: those added to it (``words.json``), and those typed or read on its pages, with counts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Protocol, TypeAlias

from msgspec import Meta

from ocr_studio.core import state_file
from ocr_studio.core.errors import MAKE_WRITABLE, write_failed
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.language import typed_words
from ocr_studio.core.page import Page
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import later

FILE: Final = "words.json"
_MOST: Final = 50_000
_Word: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
_MOST_BYTES: Final = 32 << 20  # as many words in letters that JSON writes with six characters each


def load_added(folder: SafeFolder) -> frozenset[str]:
    """The words that were added. folder: the project's own."""
    found = state_file.read_in(folder, FILE, most=_MOST_BYTES).get("words")
    return frozenset(map(one_line, json_schema.valid_entries(found, _Word)[:_MOST]))


def save_added(folder: SafeFolder, words: frozenset[str]) -> None:
    """Save the words. Raises WriteFailed."""
    try:
        state_file.write_in(folder, FILE, {"format": 1, "words": sorted(words)})
    except OSError as error:
        what = later("can’t save the project words: {reason}")
        raise write_failed(folder.full(FILE), error, what, help_with=MAKE_WRITABLE) from error


class Counted(Protocol):
    """A page or summary with counted words; see ``typed_words``."""

    @property
    def typed(self) -> Mapping[str, int]:
        """The words that a person has written there, and how often each."""

    @property
    def certain(self) -> Collection[str]:
        """The unchecked words that were read there with certainty."""


@dataclass(frozen=True, slots=True)
class ProjectWords:
    """The words of all pages of a project.

    Attributes:
        typed: The words that the user has written, and how often each.
        certain: The words that were read with certainty, and on how many pages each.
    """

    typed: Mapping[str, int] = field(default_factory=dict)
    certain: Mapping[str, int] = field(default_factory=dict)


def _count_typed(page: Page | Counted) -> Mapping[str, int]:
    return typed_words.find_typed_words(page.words.values()) if isinstance(page, Page) else page.typed


def _count_certain(page: Page | Counted) -> Mapping[str, int]:
    return Counter(typed_words.find_certain_words(page.words.values()) if isinstance(page, Page) else page.certain)


class WordCounter:
    """Counts the words of pages. May be used from several threads."""

    def __init__(self) -> None:
        self._typed, self._certain = _Counts(_count_typed), _Counts(_count_certain)

    def count(self, pages: Mapping[str, Page | Counted]) -> ProjectWords:
        """Return the words of all these pages together, given by their ids; see ``_Counts.total``."""
        return ProjectWords(self._typed.total(pages), self._certain.total(pages))


class _Counts:
    """Keeps what it counted between looks, as it is asked before each photo. May be used from several threads."""

    def __init__(self, count: Callable[[Page | Counted], Mapping[str, int]]) -> None:
        self._count = count
        self._pages: dict[str, Page | Counted] = {}
        self._counts: dict[str, Mapping[str, int]] = {}
        self._total: Counter[str] = Counter()
        self._answer: Mapping[str, int] = {}
        self._lock = threading.Lock()

    def total(self, pages: Mapping[str, Page | Counted]) -> Mapping[str, int]:
        """Word → how often, on all of these pages together, given by their ids.

        A page that is the same object as the last time is not looked at again. Where no word changed, the answer is
        the same object, too.
        """
        with self._lock:
            changed = {key: page for key, page in pages.items() if self._pages.get(key) is not page}
            before = {key: self._counts.pop(key, {}) for key in {*changed, *(self._pages.keys() - pages.keys())}}
            after = {key: self._count(page) for key, page in changed.items()}
            self._pages = dict(pages)
            self._counts |= after
            if any(counts != after.get(key, {}) for key, counts in before.items()):
                for counts in before.values():
                    self._total.subtract(counts)
                for counts in after.values():
                    self._total.update(counts)
                self._total = +self._total  # without the words that are gone
                self._answer = dict(self._total)
            return self._answer
