"""The words that a person has typed on the pages of a project, counted anew only where a page has changed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from ocr_studio.core.language import lexicon
from ocr_studio.core.page import Page


class Counted(Protocol):
    """What is known of a page whose words somebody has counted; see ``language.typed_words``."""

    @property
    def typed(self) -> Mapping[str, int]:
        """The words that a person has written there, and how often each."""


class TypedWords:
    """Keeps what it counted between looks, as it is asked before each photo. May be used from several threads."""

    def __init__(self) -> None:
        self._pages: dict[str, Page | Counted] = {}
        self._counts: dict[str, Mapping[str, int]] = {}
        self._total: Counter[str] = Counter()
        self._told: Mapping[str, int] = {}
        self._looking = threading.Lock()

    def on(self, pages: Mapping[str, Page | Counted]) -> Mapping[str, int]:
        """Word → how often, on all of these pages together, given by their ids.

        A page that is the same object as the last time is not looked at again. Where no word changed, the answer is
        the same object, too.
        """
        with self._looking:
            changed = {key: page for key, page in pages.items() if self._pages.get(key) is not page}
            before = {key: self._counts.pop(key, {}) for key in {*changed, *(self._pages.keys() - pages.keys())}}
            after = {key: _typed(page) for key, page in changed.items()}
            self._pages = dict(pages)
            self._counts |= after
            if any(counts != after.get(key, {}) for key, counts in before.items()):
                for counts in before.values():
                    self._total.subtract(counts)
                for counts in after.values():
                    self._total.update(counts)
                self._total = +self._total  # without the words that are gone
                self._told = dict(self._total)
            return self._told


def _typed(page: Page | Counted) -> Mapping[str, int]:
    return lexicon.typed_words(page.words.values()) if isinstance(page, Page) else page.typed
