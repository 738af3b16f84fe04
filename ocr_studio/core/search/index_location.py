"""The location of a project's index: in the program's own cache folder, as the project may come from a stranger.

It is ``index/<hash of the project folder's true path>.sqlite`` there. All of it may be deleted at any time and is made
again from the pages.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import stat
import sys
import time
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.files.safe_folder import SafeFolder

_FILE: Final = re.compile(r"[0-9a-f]{24}\.sqlite")
# What SQLite keeps beside the file.
_JOURNAL: Final = "-journal"
_ENDINGS: Final = ("", "-wal", "-shm", _JOURNAL)
_KEPT: Final = 90 * 86400  # seconds since the last use
_log = logging.getLogger(__name__)


def find_index_path(project: Path) -> Path:
    """Return the path of a project's index file, by the project's folder; neither needs to exist."""
    digest = hashlib.blake2b(os.fsencode(os.path.realpath(project)), digest_size=12).hexdigest()
    return paths.cache_dir() / "index" / f"{digest}.sqlite"


def prepare_folder(path: Path) -> None:
    """Create the folder of an index file, and delete unsafe files and old indexes in it.

    Raises:
        OSError: The file can be neither opened nor made there.
    """
    # For this user alone: it says what is written on all photos.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = SafeFolder(path.parent)
    _sweep(folder, path.name)
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
    if not _is_own(folder, path.name):
        delete_index(path)
    for ending in _ENDINGS[1:]:
        # The index never has a journal, but for the moment in which it is made. One that was put there could make
        # SQLite delete any file of this user: the one it names as the journal above it.
        if ending == _JOURNAL or not _is_own(folder, path.name + ending):
            _remove(folder, path.name + ending)
    with contextlib.suppress(OSError):
        os.utime(path)


def index_exists(path: Path) -> bool:
    """Whether there is an index file that is safe to open."""
    return _is_own(SafeFolder(path.parent), path.name)


def delete_index(path: Path) -> None:
    """Delete an index file and SQLite's files beside it; of links only the link. Raises OSError."""
    for ending in _ENDINGS:
        _remove(SafeFolder(path.parent), path.name + ending)


def _is_own(folder: SafeFolder, name: str) -> bool:
    """Whether this is a regular file of this user without other hard links, so that it may be written."""
    try:
        found = folder.stat(name)
    except OSError:
        return False
    ours = sys.platform == "win32" or found.st_uid == os.geteuid()
    return ours and stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and found.st_mode & 0o600 == 0o600


def _remove(folder: SafeFolder, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        folder.remove(name)


def _sweep(folder: SafeFolder, wanted: str) -> None:
    """Delete indexes that have not been opened for a long time."""
    oldest = time.time() - _KEPT
    for entry in folder.entries():
        if _FILE.fullmatch(entry.name) and entry.name != wanted and entry.status.st_mtime < oldest:
            _log.info("%s was not used for long and is removed", entry.name)
            with contextlib.suppress(OSError):
                delete_index(folder.path / entry.name)
