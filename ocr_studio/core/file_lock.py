"""A lock between programs that the system itself releases when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path


class LockedElsewhere(Exception):
    """Another holder, in this program or another, has the lock."""


class FileLock:
    """An exclusive lock on a file, which is made if it is not there.

    passing: the file goes with the lock. Else it stays, as it does after a holder that was killed; that locks nobody
    out.
    """

    def __init__(self, path: Path, *, passing: bool = False) -> None:
        self.path = path
        self._passing = passing
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def take(self) -> None:
        """Take the lock, or go on having it; never waits. Raises LockedElsewhere or OSError."""
        while self._handle is None:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _lock(handle)
                # A holder that has just let go may have taken the file along: then this lock is on nothing.
                stands = not self._passing or _is_at(handle, self.path)
            except BaseException:
                os.close(handle)
                raise
            if stands:
                self._handle = handle
            else:
                os.close(handle)

    def release(self) -> None:
        """Let go of the lock, if it is held."""
        if self._handle is not None:
            if self._passing:
                # Before it is let go, or it could be somebody else's. Windows removes no file that is open.
                with contextlib.suppress(OSError):
                    self.path.unlink()
            os.close(self._handle)
            self._handle = None


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise LockedElsewhere from error
else:
    import fcntl

    _NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})

    def _lock(handle: int) -> None:
        try:
            # Unlike lockf it also holds between two windows of one program.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedElsewhere from error
        except OSError as error:
            # Some network file systems know no locks; work must be saved there as well.
            if error.errno not in _NO_LOCKS:
                raise
