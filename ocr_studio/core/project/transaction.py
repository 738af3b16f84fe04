"""Finishes what a killed program had begun to save, and keeps what somebody else has written.

``Project.save_together`` puts pages on the disk with what was done to them: all of it or nothing. The new pages are
first written beside the old ones. Then one line of the history says which files they are and what was done: from then
on it counts. At last they take the places of the old ones. A program that is killed before the line is there has done
nothing; after one that is killed later, whoever holds the project next puts them in their places.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import safe_folder
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.project import page_file, project_errors, undo_log

_log = logging.getLogger(__name__)


def finish(folder: SafeFolder, place_of: Callable[[str], str]) -> None:
    """Bring to its end what a program that was killed had begun to save, or take it back; by who holds the project.

    folder: the project's own. place_of: the name of a page's file; raises StudioError for what is no page's id.
    """
    left = {_last(name): name for above in (".", "pages") for name in _left(folder, above)}
    if not left:
        return
    try:
        told = undo_log.files_of(folder)
    except (OSError, TooLarge) as error:
        _log.warning("nobody knows which pages count, as the history can’t be read: %s", error)
        return  # what counts is kept with the rest, for a time when it can be
    for page_id, name in told:
        if name in left:
            with contextlib.suppress(StudioError):
                if not _put(folder, left[name], place_of(page_id), page_id):
                    del left[name]  # it counts already: kept for whoever holds the project next
    for file in left.values():
        with contextlib.suppress(OSError):
            folder.remove(file)


def _left(folder: SafeFolder, above: str) -> list[str]:
    """The files that were written to take others' places."""
    try:
        entries = folder.entries(above)
    except OSError:
        return []
    prefix = "" if above == "." else f"{above}/"
    return [f"{prefix}{each.name}" for each in entries if safe_folder.is_temporary(each.name) and each.is_file]


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _put(folder: SafeFolder, file: str, place: str, page_id: str) -> bool:
    """Whether that is done, or not wanted any more."""
    try:
        if not _holds(folder, file, page_id):
            _log.warning("%s does not hold the page that was to be saved", folder.full(file))
        elif folder.has(place) and folder.stat(place).st_mtime_ns > folder.stat(file).st_mtime_ns:
            _log.warning("%s is newer than what was to take its place", place)
        else:
            folder.put(file, place)
            _log.info("%s: its saving was cut short and is done now", place)
    except OSError as error:
        _log.warning("%s can’t be put in its place: %s", place, error)
        return False
    return True


def _holds(folder: SafeFolder, file: str, page_id: str) -> bool:
    """Whether a file holds this page: a project from elsewhere may name any. Raises OSError."""
    try:
        return page_file.decode(folder.read(file, most=page_file.MAX_BYTES)).id == page_id
    except page_file.NewerFormat:
        return True  # a newer version of the program has begun it
    except (page_file.NotAPage, TooLarge):
        return False


def keep_foreign(folder: SafeFolder, name: str) -> None:
    """Keep under another name what somebody else has put where a page belongs. Raises NewerFile and OSError."""
    path = folder.full(name)
    data = b""
    try:
        data = folder.read(name, most=page_file.MAX_BYTES)
        page_file.decode(data)
    except page_file.NewerFormat as error:
        raise project_errors.newer(path, error) from error
    except (page_file.NotAPage, TooLarge):
        _log.warning("%s is damaged and will be kept aside", path)
    other = folder.aside(name, "other")
    if data:
        folder.replace(other, data)
    else:
        folder.rename(name, other)
    _log.warning("%s was written by somebody else; kept as %s", path, _last(other))
