"""The search index of a project: all words of all photos, and a summary of each photo.

It is one file in the program's cache folder (``index_location``) that may be deleted at any time, made from the pages
and brought up to date by what has changed among their files. It belongs to the window that may write the project, as it
also knows what is not saved yet; any other has a copy among the system's temporary files, which goes with it. Changes
of pages reach it through ``Project.watch``, saved or not.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.outdated_pages import OutdatedPages
from ocr_studio.core.project.page_cache import PageSummary, Stamp
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import index_location, index_packing
from ocr_studio.core.search.index_arrays import IndexArrays
from ocr_studio.core.search.index_database import IndexDamaged, is_damage
from ocr_studio.core.search.index_file import IndexFile, PackedWords, PageRow
from ocr_studio.core.search.index_queries import IndexedWord, IndexQuery, SearchResult
from ocr_studio.core.search.matching import Hit
from ocr_studio.core.translation import tr

__all__ = ["Hit", "Index", "IndexProgress", "IndexTrouble", "IndexedWord", "PageRow", "SearchResult"]

# So many pages are stored at once: what searches meanwhile waits for no more than these.
_AT_ONCE: Final = 20
# Where nothing can be stored, so many pages wait in memory; further ones are read from the disk once it can.
_MOST_WAITING: Final = 50
_LIMIT: Final = 500

_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class IndexTrouble(StudioError):
    """The index is unavailable: the disk is full or permission is missing."""


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """Progress of ``Index.refresh``, in changed pages."""

    done: int
    total: int


class Index:
    """The search index of a project.

    May be used from several threads. All methods except ``pages`` and ``update`` may take some tens of milliseconds,
    and the first call a second with thousands of photos: call them in a lane.
    """

    def __init__(self, project: Project) -> None:
        """Create the index; nothing is read or written yet."""
        self.project = project
        self._guard = threading.RLock()  # file, arrays
        self._noting = threading.Lock()  # what is to be stored
        self._waiting: dict[str, tuple[Page, str]] = {}
        self._missed: dict[str, PageRow] = {}  # saved, not stored, and not waiting either
        self._unsaved: set[str] = set()
        self._heard: set[str] = set()  # since the beginning of ``refresh``: what it has read of them may be older
        self._file: IndexFile | None = None
        self._path: Path | None = None  # of the file, once that is decided
        self._thrown_away = 0  # how often
        self._lacking = False  # it knew all pages, then was thrown away
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._arrays = IndexArrays()
        self._outdated = OutdatedPages(project)
        self._rows: dict[str, PageRow] | None = None
        self.complete = False
        project.watch(self._note_change)
        project.known_pages = self._by_id

    def pages(self) -> list[PageRow]:
        """Return a summary of every page, in no order. Fast, except for the first call."""
        if self._rows is None:
            self._with(self._known)
        with self._noting:
            waiting, missed = list(self._waiting.values()), dict(self._missed)
        rows = {**(self._rows or {}), **missed}
        rows.update((page.id, index_packing.make_page_row(page, seen)) for page, seen in waiting)
        return list(rows.values())

    def words(self, *, unchecked_only: bool = False, limit: int | None = None) -> list[IndexedWord]:
        """List words of all photos, unread ones first, then by increasing confidence.

        Those of photos that were replaced are left out, here and in ``search``.

        Args:
            unchecked_only: Leave out checked words.
            limit: Maximum number of words.

        Raises:
            IndexTrouble: The index is unavailable.
        """
        return self._read(lambda reading: reading.words(unchecked_only, limit, without=self._find_outdated()))

    def read_alike(self, misread: str, right: str, limit: int) -> list[str]:
        """Return the ids of up to ``limit`` pages with unchecked words that may be the same word, misread as well.

        The most likely page comes first, judged by what was read. Raises IndexTrouble.
        """
        return self._read(lambda reading: reading.read_alike(misread, right, limit))

    def written(self) -> Counter[str]:
        """Count the whole texts that the user has written or confirmed. Raises IndexTrouble."""
        return self._read(lambda reading: reading.written())

    def find(self, query: str, limit: int = _LIMIT, *, typing: bool = False, page_id: str | None = None) -> list[Hit]:
        """Find a query; see ``matching`` for what is found, best first.

        Args:
            query: The words to find.
            limit: Maximum number of hits.
            typing: The last word may be incomplete.
            page_id: Search only this page.

        Raises:
            IndexTrouble: The index is unavailable.
        """
        return self.search(query, limit, typing=typing, page_id=page_id).hits

    def search(
        self, query: str, limit: int = _LIMIT, *, typing: bool = False, page_id: str | None = None
    ) -> SearchResult:
        """As ``find``, with the total number of hits."""

        def search(reading: IndexQuery) -> SearchResult:
            without = self._find_outdated() if page_id is None else frozenset[int]()
            return reading.find(query, limit, typing=typing, page_id=page_id, without=without)

        return self._read(search)

    def pages_with(self, text: str) -> frozenset[str]:
        """Return the ids of the pages that contain each word of a text, also inside longer words.

        Typos are not tolerated; case, accents and apostrophes are ignored. Quoted words must be whole and follow each
        other on a line. Raises IndexTrouble.
        """
        return self._read(lambda reading: reading.pages_with(text))

    def update(self, page: Page) -> None:
        """Register the current state of a page, saved or not. Returns at once."""
        self._note_change(page, None)

    def refresh(self, stop: Callable[[], bool] = lambda: False) -> Iterator[IndexProgress]:
        """Bring the index up to date with the pages' files, step by step.

        Args:
            stop: Called between pages; if it returns True, the work so far is kept.

        Raises:
            IndexTrouble: The index is unavailable.
        """
        with self._noting:
            self._heard.clear()
        # In this order: a page that is saved in between is among the files.
        rows = self._with(self._known)
        self._lacking, thrown_away = False, self._thrown_away
        files = self.project.page_stamps()
        with self._noting:
            fresh = self._unsaved | self._waiting.keys() | self._heard
        stamps = {key: _format_stamp(found) for key, found in files.items() if key not in fresh}
        gone = [key for key in rows.keys() - files.keys() if key not in fresh]
        changed = [key for key, seen in stamps.items() if key not in rows or rows[key].seen != seen]
        if gone:
            self._store([], gone)
        yield IndexProgress(0, len(changed))
        for first in range(0, len(changed), _AT_ONCE):
            some = []
            for key in changed[first : first + _AT_ONCE]:
                if stop():
                    return
                some.append(self._page(key, stamps[key]))
            self._store(some)
            yield IndexProgress(min(first + _AT_ONCE, len(changed)), len(changed))
        self.complete = thrown_away == self._thrown_away

    def close(self) -> None:
        """Close the file. The index can't be used after this."""
        self.project.unwatch(self._note_change)
        if self.project.known_pages == self._by_id:
            self.project.known_pages = lambda: None
        with self._guard:
            if self._file:
                with contextlib.suppress(IndexDamaged, sqlite3.Error):
                    self._settle(self._file)
                self._file.close()
            self._file, self._path, self._arrays, self._rows = None, None, IndexArrays(), None
            if self._temporary:
                self._temporary.cleanup()
                self._temporary = None

    def _by_id(self) -> dict[str, PageRow] | None:
        """Return the summaries by page id for the project, once they cover all pages."""
        return {row.page_id: row for row in self.pages()} if self.complete else None

    # ------------------------------------------------------------------------------------------------------- changes

    def _note_change(self, page: Page, saved: Stamp | None) -> None:
        """Note that a page has changed (``saved`` is None) or was saved."""
        with self._noting:
            self._waiting[page.id] = page, _format_stamp(saved)
            self._heard.add(page.id)
            self._missed.pop(page.id, None)
            (self._unsaved.discard if saved else self._unsaved.add)(page.id)
        # Saving goes on in a thread of its own, which has the time.
        if saved and self._file is not None:
            # Whatever is wrong with the index, pages are saved.
            with contextlib.suppress(IndexTrouble):
                self._with(self._settle)
        if saved and len(self._waiting) > _MOST_WAITING:
            self._let_go_of_saved()

    def _let_go_of_saved(self) -> None:
        """Drop saved pages from memory if they can't be stored."""
        with self._noting:
            for key in self._waiting.keys() - self._unsaved:
                self._missed[key] = index_packing.make_page_row(*self._waiting.pop(key))

    def _settle(self, file: IndexFile) -> None:
        """Store the waiting pages, and a few of those that were missed."""
        with self._noting:
            waiting, missed = dict(self._waiting), list(self._missed)[:_AT_ONCE]
        if waiting or missed:
            again = [self._page(key, _format_stamp(now)) for key in missed if (now := self._stamp(key))]
            self._put(file, [*again, *(_pack_page(page, seen) for page, seen in waiting.values())])
            with self._noting:
                for key in missed:
                    self._missed.pop(key, None)
                for key, pair in waiting.items():
                    if self._waiting.get(key) is pair:
                        del self._waiting[key]

    def _store(self, pages: Iterable[tuple[PageRow, PackedWords]], gone: Iterable[str] = ()) -> None:
        def store(file: IndexFile) -> None:
            with self._noting:
                newer = self._unsaved | self._heard
            some = [each for each in pages if each[0].page_id not in newer]
            self._put(file, some, [key for key in gone if key not in newer])

        self._with(store)

    def _put(self, file: IndexFile, pages: list[tuple[PageRow, PackedWords]], gone: Iterable[str] = ()) -> None:
        gone = tuple(gone)
        file.put(pages, gone)
        rows = dict(self._known(file))
        rows.update((row.page_id, row) for row, _ in pages)
        with self._noting:
            for row, _ in pages:
                self._missed.pop(row.page_id, None)
        for key in gone:
            rows.pop(key, None)
        self._rows = rows

    def _known(self, file: IndexFile) -> dict[str, PageRow]:
        if self._rows is None:
            self._rows = {row.page_id: row for row in file.pages()}
            known = {
                key: (found, _summarize_row(row))
                for key, row in self._rows.items()
                if (found := _parse_stamp(row.seen))
            }
            self.project.use_summaries(known)
        return self._rows

    def _page(self, page_id: str, seen: str) -> tuple[PageRow, PackedWords]:
        """Read a page from its file."""
        try:
            return _pack_page(self.project.read_page(page_id), seen)
        except (OSError, ValueError) as error:
            # Reported when the page is opened; an index is no place to move files aside.
            return index_packing.make_unreadable_row(page_id, seen, str(error)), index_packing.pack_words([])

    def _stamp(self, page_id: str) -> Stamp | None:
        with contextlib.suppress(OSError):
            return self.project.page_stamp(page_id)
        return None

    # ---------------------------------------------------------------------------------------------------------- file

    def _read(self, ask: Callable[[IndexQuery], _Answer]) -> _Answer:
        def work(file: IndexFile) -> _Answer:
            self._settle(file)
            self._arrays.follow(file)
            if self._rows is not None and len(self._rows) != len(self._arrays.pages):
                raise IndexDamaged("some pages are only half known")
            return ask(IndexQuery(file, self._arrays))

        answer = self._with(work)
        if self._lacking:
            # It turned out damaged: what was answered is what an empty one knows.
            for _ in self.refresh():
                pass
            answer = self._with(work)
        return answer

    def _find_outdated(self) -> frozenset[int]:
        """Return the numbers of the pages whose photo was replaced by another one with a page."""
        pages, images = self._arrays.pages, self._arrays.images
        found = self._outdated.find({page_id: images[number] for number, page_id in pages.items()})
        return frozenset(number for page_id in found if (number := self._arrays.number_of(page_id)) is not None)

    def _with(self, work: Callable[[IndexFile], _Answer]) -> _Answer:
        """Run ``work`` with the file; a damaged file is deleted and created again first. Raises IndexTrouble."""
        with self._guard:
            try:
                try:
                    return work(self._opened())
                except (sqlite3.Error, IndexDamaged) as error:
                    if not is_damage(error):
                        raise
                    self._throw_away(error)
                    return work(self._opened())
            except (OSError, sqlite3.Error, IndexDamaged) as error:
                raise IndexTrouble(
                    tr("search is unavailable: {reason}", reason=error),
                    file=self._path or tempfile.gettempdir(),
                    remedy=tr("Free up disk space or make the folder writable."),
                ) from error

    def _opened(self) -> IndexFile:
        if self._path is None:
            self._path = self._place()
        if self._file is None:
            self._file = IndexFile(self._path)
        return self._file

    def _place(self) -> Path:
        """Find the path of the file, which stays the same while the index is open."""
        if self.project.locked:
            try:
                path = index_location.find_index_path(self.project.folder)
                index_location.prepare_folder(path)
            except (OSError, StudioError) as error:
                _log.info("the index can’t be kept: %s", error)
            else:
                return path
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="ocr-studio-", ignore_cleanup_errors=True)
        path = Path(self._temporary.name) / "index.sqlite"
        self._copy(path)
        return path

    def _throw_away(self, why: Exception) -> None:
        _log.info("%s is made anew: %s", self._path, why)
        if self._file is not None:
            self._file.close()
        self._lacking |= self.complete
        self._thrown_away += 1
        self._file, self._arrays, self._rows, self.complete = None, IndexArrays(), None, False
        if self._path is not None:
            index_location.delete_index(self._path)

    def _copy(self, target: Path) -> None:
        """Start with a copy of another window's index."""
        try:
            source = index_location.find_index_path(self.project.folder)
            if not index_location.index_exists(source):
                return
            with (
                contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as other,
                contextlib.closing(sqlite3.connect(target)) as own,
            ):
                other.backup(own)
        except (StudioError, sqlite3.Error) as error:
            _log.info("the index can’t be copied: %s", error)
            index_location.delete_index(target)


def _pack_page(page: Page, seen: str) -> tuple[PageRow, PackedWords]:
    return index_packing.make_page_row(page, seen), index_packing.pack_words(list(page.words.values()))


def _summarize_row(row: PageRow) -> PageSummary | None:
    if row.failed:
        return None
    return PageSummary(row.image, row.state, row.typed, row.unchecked, frozenset(row.certain), row.writer)


def _parse_stamp(seen: str) -> Stamp | None:
    parts = tuple(map(int, seen.split(":"))) if seen else ()
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def _format_stamp(found: Stamp | None) -> str:
    return ":".join(map(str, found)) if found else ""
