"""The pages loaded or saved last, and a summary of every page: neither is read again until its file is replaced."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from ocr_studio.core.images import page_paths
from ocr_studio.core.language import typed_words
from ocr_studio.core.page import Page, PageState

_log = logging.getLogger(__name__)

Stamp: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PageSummary:
    """Facts about a page for lists of pages.

    Attributes:
        image: As in ``Page``.
        typed: See ``typed_words.find_typed_words``.
        certain: See ``typed_words.find_certain_words``.
        unchecked: Number of unchecked words.
        writer: Who wrote on it, if known.
    """

    image: str
    state: PageState
    typed: Mapping[str, int] = field(default_factory=dict)
    unchecked: int = 0
    certain: frozenset[str] = frozenset()
    writer: str | None = None

    @classmethod
    def of(cls, page: Page) -> PageSummary:
        """Of a page as it is."""
        words = page.words.values()
        return cls(
            page.image,
            page.state,
            typed_words.find_typed_words(words),
            sum(not word.checked for word in words),
            typed_words.find_certain_words(words),
            page.facts.writer,
        )


class PageSummaries:
    """Summaries of page files; each file is read once until it is replaced. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Stamp | None, PageSummary | None]] = {}

    def use_summaries(self, summaries: Mapping[str, tuple[Stamp, PageSummary | None]]) -> None:
        """These files need not be read while they have these stamps; what was read here already stays."""
        self._known = {**summaries, **self._known}

    def of(self, stamps: Mapping[str, Stamp], read: Callable[[str], Page]) -> dict[str, PageSummary]:
        """The summaries of pages, by id, those left out that ``read`` cannot read: it raises OSError or ValueError."""
        found: dict[str, PageSummary] = {}
        for page_id, now in stamps.items():
            known = self._known.get(page_id)
            if known is None or known[0] != now:
                known = self._known[page_id] = now, _summary(page_id, read)
            if known[1]:
                found[page_id] = known[1]
        return found


def stamp(path: Path) -> Stamp | None:
    """What changes when a photo's file is replaced; None where there is none, or it cannot be looked at."""
    try:
        return stamp_of(page_paths.find_page(path).file.stat())
    except OSError:  # reported when the file is opened
        return None


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file with this status."""
    return status.st_mtime_ns, status.st_size, status.st_ino


def _summary(page_id: str, read: Callable[[str], Page]) -> PageSummary | None:
    try:
        return PageSummary.of(read(page_id))
    except (OSError, ValueError) as error:
        # Reported when the page is opened; a list is no place to move files aside.
        _log.warning("page %s: %s", page_id, error)
        return None


# Words of all pages that are kept: some 20 MB, as each is two kilobytes. More than steps of many photos change at once.
MOST: Final = 10_000


class PageCache:
    """Pages with the stamps of the files that say the same. May be used from several threads."""

    def __init__(self, most: int = MOST) -> None:
        """most: so many words are kept, of the pages that were put here last."""
        self._most, self._words = most, 0
        self._pages: OrderedDict[str, tuple[Stamp, Page]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, page_id: str, now: Stamp | None) -> Page | None:
        """The page, if its file still has the stamp with which it was put here. now: the file's stamp."""
        with self._guard:
            kept = self._pages.get(page_id)
            if kept is None or kept[0] != now:
                return None
            self._pages.move_to_end(page_id)
            return kept[1]

    def put(self, page: Page, saved: Stamp | None) -> None:
        """The file of this page, which has this stamp, says so; None: there is no file."""
        with self._guard:
            old = self._pages.pop(page.id, None)
            self._words -= _weight(old[1]) if old else 0
            if saved is None or _weight(page) > self._most:
                return
            self._pages[page.id] = saved, page
            self._words += _weight(page)
            while self._words > self._most:
                _, (_, last) = self._pages.popitem(last=False)
                self._words -= _weight(last)


def _weight(page: Page) -> int:
    # A page without words is not nothing.
    return len(page.words) + 1
