"""What is to be known of every page of a project without keeping them all in memory."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core import language, page_file, paths
from ocr_studio.core.page import Page, PageState

_log = logging.getLogger(__name__)

Stamp: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PageSummary:
    """What a list of pages shows of one. image: as in Page. typed: see ``language.typed_words``. unchecked: how many
    words nobody has checked.
    """

    image: str
    state: PageState
    typed: Mapping[str, int] = field(default_factory=dict)
    unchecked: int = 0

    @classmethod
    def of(cls, page: Page) -> PageSummary:
        """Of a page as it is."""
        words = page.words.values()
        return cls(page.image, page.state, language.typed_words(words), sum(not word.checked for word in words))


class PageSummaries:
    """Summaries of page files; each file is read once until it is replaced. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Stamp | None, PageSummary | None]] = {}

    def know(self, summaries: Mapping[str, tuple[Stamp, PageSummary | None]]) -> None:
        """These files need not be read while they have these stamps; what was read here already stays."""
        self._known = {**summaries, **self._known}

    def of(self, files: Iterable[Path]) -> dict[str, PageSummary]:
        """Page id -> summary, of those that can be read."""
        found: dict[str, PageSummary] = {}
        for path in files:
            known, now = self._known.get(path.stem), stamp(path)
            if known is None or known[0] != now:
                known = self._known[path.stem] = now, _summary(path)
            if known[1]:
                found[path.stem] = known[1]
        return found


def stamp(path: Path) -> Stamp | None:
    """What changes when a file is replaced; None where there is none."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _summary(path: Path) -> PageSummary | None:
    try:
        page = page_file.decode(paths.read_file(path, most=page_file.MAX_BYTES))
    except (OSError, ValueError) as error:
        # Reported when the page is opened; a list is no place to move files aside.
        _log.warning("%s: %s", path, error)
        return None
    return PageSummary.of(page)
