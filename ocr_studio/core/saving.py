"""Pages, and what was done to them, put on the disk together: all of it or nothing, however the program ends.

The new pages are first written beside the old ones. Then one line of the history says which files they are and what
was done: from then on it counts. At last they take the places of the old ones. A program that is killed before the line
is there has done nothing; after one that is killed later, whoever holds the project next puts them in their places.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from ocr_studio.core import history, page_file, paths, project_errors
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project_errors import NotPlaced, SaveFailed

_log = logging.getLogger(__name__)


class Files(Protocol):
    """The files of the pages, as the project has them."""

    @property
    def folder(self) -> Path:
        """The project's own."""

    def ready(self, page: Page) -> tuple[Path, bytes]:
        """Where a page belongs, which may be written now, and what there is to write. Raises StudioError."""

    def placed(self, page: Page) -> None:
        """A page is in its place."""

    def failed(self, page: Page, error: OSError) -> SaveFailed:
        """A page cannot be written."""


def together(pages: Iterable[Page], lines: bytes, files: Files) -> None:
    """Put pages on the disk with what made them so. lines: of the history, at least one.

    Raises StudioError, and nothing is saved then; or NotPlaced.
    """
    begun: list[tuple[Page, Path, Path]] = []
    try:
        for page in pages:
            place, data = files.ready(page)
            try:
                begun.append((page, place, paths.write_beside(place, data)))
            except OSError as error:
                raise files.failed(page, error) from error
        line = history.saved({page.id: file.name for page, _, file in begun}, lines)
        try:
            history.add(files.folder, line)
        except OSError as error:
            raise project_errors.history_not_saved(files.folder / history.FILE, error) from error
    except BaseException:
        for _, _, file in begun:
            with contextlib.suppress(OSError):
                file.unlink()
        raise
    _put_all(begun, files)


def _put_all(begun: Iterable[tuple[Page, Path, Path]], files: Files) -> None:
    wrong: dict[str, SaveFailed] = {}
    for page, place, file in begun:
        try:
            os.replace(file, os.path.realpath(place))
        except OSError as error:
            wrong[page.id] = files.failed(page, error)
        else:
            files.placed(page)
    paths.flush_folder(files.folder / "pages")
    if wrong:
        raise NotPlaced(wrong)


def finish(folder: Path, place_of: Callable[[str], Path]) -> None:
    """Bring to its end what a program that was killed had begun to save, or take it back; by who holds the project.

    folder: the project's own. place_of: where a page belongs; raises StudioError for what is no page's id.
    """
    left = {path.name: path for path in (*folder.glob(".*.tmp"), *(folder / "pages").glob(".*.tmp"))}
    if not left:
        return
    try:
        told = history.files_of(folder)
    except (OSError, paths.TooLarge) as error:
        _log.warning("nobody knows which pages count, as the history cannot be read: %s", error)
        return  # what counts is kept with the rest, for a time when it can be
    for page_id, name in told:
        if name in left:
            with contextlib.suppress(StudioError):
                if not _put(left[name], place_of(page_id)):
                    del left[name]  # it counts already: kept for whoever holds the project next
    for file in left.values():
        with contextlib.suppress(OSError):
            file.unlink()


def _put(file: Path, place: Path) -> bool:
    """Whether that is done, or not wanted any more."""
    try:
        if paths.exists(place) and place.stat().st_mtime_ns > file.stat().st_mtime_ns:
            _log.warning("%s is newer than what was to take its place", place)
        else:
            os.replace(file, os.path.realpath(place))
            _log.info("%s: its saving was cut short and is done now", place)
    except OSError as error:
        _log.warning("%s cannot be put in its place: %s", place, error)
        return False
    return True


def keep_foreign(path: Path) -> None:
    """Keep under another name what somebody else has put where a page belongs. Raises NewerFile and OSError."""
    try:
        page_file.decode(paths.read_file(path, most=page_file.MAX_BYTES))
    except page_file.NewerFormat as error:
        raise project_errors.newer(path, error) from error
    except (page_file.NotAPage, paths.TooLarge):
        _log.warning("%s is damaged and will be kept aside", path)
    other = paths.aside(path, "other")
    try:
        shutil.copy2(path, other)
    except OSError:
        other.unlink(missing_ok=True)
        raise
    _log.warning("%s was written by somebody else; kept as %s", path, other.name)
