"""Tells the windows of one person that a folder's photos are open in another, though nothing of it is on the disk yet.

A project has a lock of its own, in its folder. But a folder of photos in which nobody has worked must stay as it is, so
until there is a project the lock lies among this person's own files, under a hash of the folder's true place. So it
works for folders that cannot be written, too, and the system lets go of it with a program that is killed. It does not
reach other people or other computers: they meet at the project's lock, at the first change.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from ocr_studio.core import paths
from ocr_studio.core.files.file_lock import FileLock
from ocr_studio.core.files.safe_folder import SafeFolder

_log = logging.getLogger(__name__)


class OpenedLock:
    """Held by the window that had the folder first."""

    def __init__(self, photos: Path) -> None:
        """photos: the folder. Nothing is looked at yet."""
        self._photos = photos
        self._lock: FileLock | None = None

    @property
    def held(self) -> bool:
        """Whether this window has it."""
        return self._lock is not None and self._lock.held

    def take(self) -> None:
        """Take it, or go on having it. Raises LockedElsewhere. Where no lock can be made, nobody is locked out."""
        # Not before it is wanted: the true place of a folder may be slow to find out.
        lock = self._lock or FileLock(*_place(self._photos), passing=True)
        try:
            lock.path.parent.mkdir(parents=True, exist_ok=True)
            lock.take()
        except OSError as error:
            _log.info("%s: can’t be locked, other windows will be noticed later: %s", lock.path, error)
            return
        self._lock = lock

    def release(self) -> None:
        """Let go of it, if it is held."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _place(photos: Path) -> tuple[SafeFolder, str]:
    digest = hashlib.blake2b(os.fsencode(os.path.realpath(photos)), digest_size=12).hexdigest()
    return SafeFolder(paths.state_dir() / "open"), f"{digest}.lock"
