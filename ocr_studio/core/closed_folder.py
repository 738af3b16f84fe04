"""A folder that came from somebody else: nothing outside of it is read, whatever the names in it say."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path, PurePosixPath
from typing import Final

from ocr_studio.core.safe_files import TooLarge, stays_inside
from ocr_studio.core.translation import tr

MAX_NAME: Final = 1000


class LeadsOut(ValueError):
    """A name does not stay inside the folder, or is none."""


class ClosedFolder:
    """Reads files by their names in one folder, "/" between parts; links are followed nowhere below it."""

    def __init__(self, root: Path) -> None:
        """root: the folder itself may be reached by a link, as it was given by a person."""
        self.root = Path(os.path.realpath(root))

    def path(self, name: str) -> Path:
        """Where a file of this name is. Raises LeadsOut for a name that leads elsewhere, or through a link."""
        path = self.root
        for part in PurePosixPath(plain_name(name)).parts:
            path /= part
            if path.is_symlink():
                raise LeadsOut(tr("it is a link, or lies behind one"))
        return path

    def has(self, name: str) -> bool:
        """Whether there is anything of this name, be it a link that ``read`` will refuse. Never raises."""
        try:
            return os.path.lexists(self.root / plain_name(name))
        except LeadsOut:
            return False

    def read(self, name: str, *, most: int) -> bytes:
        """The bytes of a plain file. Raises LeadsOut, TooLarge for more than ``most`` of them, and OSError."""
        path = self.path(name)
        # The last part may have become a link, or a pipe that would be waited for, since it was looked at.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, tr("it is no plain file"), str(path))
            if found.st_size > most:
                raise TooLarge(tr("it is larger than {size}", size=shown_size(most)))
            return stream.read(most)


def plain_name(name: object) -> str:
    """A name inside a folder, written in one way only ("./a//b" is "a/b"). Raises LeadsOut for what is no such name."""
    if not isinstance(name, str) or not name or len(name) > MAX_NAME:
        raise LeadsOut(tr("it is no name of 1 to {most} letters", most=MAX_NAME))
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:  # half of a character: no file can be called so
        raise LeadsOut(tr("it is no name that a file can have")) from error
    # What leads out on one system shall not be a name on another.
    if not stays_inside(name) or not stays_inside(name.replace("\\", "/")) or ":" in name[:2]:
        raise LeadsOut(tr("it leads out of the folder"))
    return PurePosixPath(name).as_posix()


def shown_size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count >> 10} kB"


def reason(error: Exception) -> str:
    """Why a file could not be read, in a few words."""
    if isinstance(error, FileNotFoundError):
        return tr("it is not there")
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
