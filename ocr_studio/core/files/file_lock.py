"""A lock between programs that the system itself releases when its holder ends, however it ends.

filelock takes the lock on the open file; the file itself is opened through ``SafeFolder``, which follows no link.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import Final

from ocr_studio.core.files.safe_folder import SafeFolder, is_own

_SIGNED_AT: Final = 1
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_MOMENT: Final = 0.02  # seconds; ``holder`` has the lock for less, and must keep nobody out


class LockedElsewhere(Exception):
    """Another holder, in this program or another, has the lock."""


class FileLock:
    """An exclusive lock on a file, which is made if it is not there."""

    def __init__(self, folder: SafeFolder, name: str, *, passing: bool = False) -> None:
        """Nothing is opened yet.

        Args:
            folder: Where the file lies.
            name: Of the file.
            passing: The file goes with the lock. Else it stays, as it does after a holder that was killed; that locks
                nobody out.
        """
        self.path = folder.full(name)
        self._folder, self._name = folder, name
        self._passing = passing
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def take(self) -> None:
        """Take the lock, or go on having it; hardly waits. Raises LockedElsewhere or OSError."""
        try:
            self._acquire()
        except LockedElsewhere:
            time.sleep(_MOMENT)
            self._acquire()

    def _acquire(self) -> None:
        while self._handle is None:
            handle = self._folder.open_lock(self._name)
            try:
                _lock(handle)
                # A holder that has just let go may have taken the file along: then this lock is on nothing.
                stands = not self._passing or self._is_on(handle)
            except BaseException:
                os.close(handle)
                raise
            if stands:
                self._handle = handle
            else:
                os.close(handle)

    def sign(self) -> None:
        """Say in the file which process holds the lock, for ``holder``. Raises OSError."""
        if self._handle is not None and is_own(self._handle):
            # Windows locks the first byte, which nobody else may read then.
            os.lseek(self._handle, _SIGNED_AT, os.SEEK_SET)
            os.write(self._handle, f"{os.getpid()}\n".encode())
            os.lseek(self._handle, 0, os.SEEK_SET)

    def release(self) -> None:
        """Let go of the lock, if it is held."""
        if self._handle is not None:
            if self._passing:
                # Before it is let go, or it could be somebody else's. Windows removes no file that is open.
                with contextlib.suppress(OSError):
                    self._folder.remove(self._name)
            os.close(self._handle)
            self._handle = None

    def _is_on(self, handle: int) -> bool:
        """Whether the file of this name is still the one that was opened."""
        try:
            return os.path.samestat(os.fstat(handle), self._folder.stat(self._name))
        except FileNotFoundError:
            return False


def holder(folder: SafeFolder, name: str) -> int | None:
    """The number of the process that holds the lock on a file at this moment, 0 where it has not signed; None where
    nobody does. Makes no file, never waits, never raises."""
    try:
        handle = folder.open_lock(name, create=False)
    except OSError:
        return None
    try:
        _lock(handle)
    except LockedElsewhere:
        with contextlib.suppress(OSError, ValueError):
            os.lseek(handle, _SIGNED_AT, os.SEEK_SET)
            return int(os.read(handle, 32).split(b"\n")[0])
        return 0
    except OSError:
        return None
    finally:
        os.close(handle)
    return None


def _lock(handle: int) -> None:
    from filelock import lock_descriptor

    try:
        taken = lock_descriptor(handle, blocking=False)
    except OSError as error:
        # Some network file systems know no locks; work must be saved there as well.
        if error.errno not in _NO_LOCKS:
            raise
    else:
        if not taken:
            raise LockedElsewhere
