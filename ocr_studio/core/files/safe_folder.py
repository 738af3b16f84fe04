"""The door to the disk for folders that may come from a stranger: projects, datasets, models, exports.

Files are opened relative to the descriptor of the folder, one step after the other, without following a link at any of
them: a folder that is swapped for a link while the program works leads nowhere else. Only regular files are opened.
New files are created exclusively under a random name and renamed into place, so that neither a link nor a second name
of a file (a hard link) is ever written through.

Where the system has no descriptors of folders (Windows), each step is checked just before its use; symbolic links,
junctions and the names of devices are refused there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, Final, NamedTuple

from ocr_studio.core import units
from ocr_studio.core.translation import later, tr

MAX_NAME: Final = 1000

_RELATIVE: Final = os.open in os.supports_dir_fd
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
# A pipe would be waited for; Windows would change line endings; children inherit nothing.
_PLAIN: Final = (
    getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
)
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
# What begins a path on another drive of Windows.
_DRIVE: Final = re.compile(r"[A-Za-z]:")
# Names that Windows gives to devices, in any folder and with any ending.
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
# The names of nearly all files, which need no closer look; a part has a character that is no dot.
_ORDINARY: Final = re.compile(r"(?=.{1,200}\Z)\.?[\w-][\w.-]*(/\.?[\w-][\w.-]*)*", re.ASCII)
_JSON_LINE: Final = re.compile(rb'\{".*\}\n')
_TEMPORARY: Final = re.compile(r"\.[0-9a-f]{16}\.tmp")
_LINK: Final = later("it is a symbolic link, or inside one")


class TooLarge(ValueError):
    """A file is larger than any that this program writes. most: bytes that it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(tr("it is larger than {size}", size=units.size(most)))


class UnsafeFile(OSError):
    """A file in a folder that is not opened: a link, no regular file, or a name that leads out of the folder."""

    def __init__(self, why: str, path: object = None) -> None:
        super().__init__(errno.ELOOP, why, None if path is None else str(path))

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}" if self.filename else str(self.strerror)


class FolderEntry(NamedTuple):
    """What lies in a folder. status: of itself, not of what a link leads to."""

    name: str
    status: os.stat_result

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.status.st_mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.status.st_mode) and not is_link(self.status)


@dataclass(frozen=True, slots=True)
class SafeFolder:
    """The files of one folder, by names relative to it, with "/" between their parts.

    All methods raise UnsafeFile for a name that leads out, for a link and for what is no regular file; and OSError.
    No descriptor is kept open between two calls.

    Attributes:
        path: The folder. Links on the way to it are followed, as the user has named it.
        follow: Follow the folder's own last step, too: for a folder that the user has named.
    """

    path: Path
    follow: bool = False

    def full(self, name: str) -> Path:
        """The path of a file, for messages only."""
        return self.path / name

    def read(self, name: str, *, most: int) -> bytes:
        """Read a regular file. Raises TooLarge if it has more bytes than ``most``."""
        with self.reading(name) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > most:
                raise TooLarge(most)
            return stream.read(size)

    @contextlib.contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """A regular file, open for reading."""
        with self._opened(name, os.O_RDONLY) as handle, os.fdopen(handle, "rb", closefd=False) as stream:
            yield stream

    def stat(self, name: str) -> os.stat_result:
        """The status of a file or folder."""
        with self._parent(name) as (at, last):
            found = os.stat(last, dir_fd=at, follow_symlinks=False)
        if is_link(found):
            raise UnsafeFile(tr(_LINK), self.full(name))
        return found

    def is_file(self, name: str) -> bool:
        """Whether there is a regular file that can be reached without a link. Never raises."""
        try:
            return stat.S_ISREG(self.stat(name).st_mode)
        except (OSError, ValueError):
            return False

    def is_link(self) -> bool:
        """Whether the folder itself is a symbolic link, or a junction on Windows."""
        try:
            return is_link(self.path.lstat())
        except OSError:
            return False

    def is_folder(self, name: str = ".") -> bool:
        """Whether there is a folder that can be reached without a link. Never raises."""
        try:
            with self._folder(name):
                return True
        except (OSError, ValueError):
            return False

    def has(self, name: str) -> bool:
        """Whether there is anything of this name, be it a link. Never raises."""
        try:
            with self._parent(name) as (at, last):
                os.stat(last, dir_fd=at, follow_symlinks=False)
        except UnsafeFile:
            return True
        except (OSError, ValueError):
            return False
        return True

    def entries(self, name: str = ".") -> list[FolderEntry]:
        """What lies in a folder, in no order; links as themselves. What is gone meanwhile is left out."""
        found = []
        with self._folder(name) as at, os.scandir(at) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    found.append(FolderEntry(entry.name, entry.stat(follow_symlinks=False)))
        return found

    def replace(self, name: str, data: bytes, *, flush: bool = True) -> None:
        """Write a file whole or not at all; the permissions of an earlier one are kept.

        Args:
            name: Of the file. Its folder must be there.
            data: All that it will hold.
            flush: Wait until it is on the disk; else a power cut can leave it damaged or as it was.
        """
        temporary = self.write_beside(name, data, flush=flush)
        try:
            self.put(temporary, name)
        except BaseException:
            with contextlib.suppress(OSError):
                self.remove(temporary)
            raise
        if flush:
            self.flush(normalize_name(name).rpartition("/")[0] or ".")

    def create(self, name: str, data: bytes) -> None:
        """Write a file that nobody looks at before all of its folder is there; a power cut may leave half of it."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _PLAIN
        with self._parent(name) as (at, last):
            try:
                handle = os.open(last, flags, 0o666, dir_fd=at)
            except FileExistsError:  # left by a program that was killed
                _replaceable(last, at, self.full(name))
                os.unlink(last, dir_fd=at)
                handle = os.open(last, flags, 0o666, dir_fd=at)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)

    def write_beside(self, name: str, data: bytes, *, flush: bool = True) -> str:
        """The first half of ``replace``: write a new file in the same folder, and return its name for ``put``."""
        with self.writing_beside(name, flush=flush) as (temporary, stream):
            stream.write(data)
        return temporary

    @contextlib.contextmanager
    def writing_beside(self, name: str, *, flush: bool = True) -> Iterator[tuple[str, BinaryIO]]:
        """Open a new file in the same folder for writing; it's removed if that fails. Yields its name for ``put``."""
        # Not made from the file's own name: a name as long as the file system allows has no room for an ending.
        fresh = f".{secrets.token_hex(8)}.tmp"
        with self._parent(name) as (at, last):
            mode = _replaceable(last, at, self.full(name))
            temporary = _make_temporary_name(last, fresh)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _PLAIN, 0o666, dir_fd=at)
            try:
                with os.fdopen(handle, "wb") as stream:
                    yield _make_temporary_name(normalize_name(name), fresh), stream
                    stream.flush()
                    if mode is not None and sys.platform != "win32":
                        os.fchmod(stream.fileno(), mode)
                    if flush:
                        os.fsync(stream.fileno())
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary, dir_fd=at)
                raise

    def put(self, temporary: str, name: str) -> None:
        """Give a file another name, in place of the file that had it, if any. Both lie in the same folder."""
        with self._parent(name) as (at, last):
            _replaceable(last, at, self.full(name))
            fresh = _make_temporary_name(last, normalize_name(temporary).rpartition("/")[2])
            os.replace(fresh, last, src_dir_fd=at, dst_dir_fd=at)

    @contextlib.contextmanager
    def appending(self, name: str, *, most: int) -> Iterator[BinaryIO]:
        """A file of JSON lines to read and to add to, unbuffered; made where there is none.

        A file that has other names elsewhere (hard links), or another owner, is first replaced by a copy of our own. As
        the other name may be that of anything, only what looks like such lines is copied.

        Args:
            name: Of the file.
            most: Bytes that such a file may have.
        """
        flags = os.O_RDWR | os.O_APPEND
        if not self._may_append(name, flags | os.O_CREAT):
            lines = self.read(name, most=most).splitlines(keepends=True)
            self.replace(name, b"".join(line for line in lines if _JSON_LINE.fullmatch(line)))
        with self._opened(name, flags) as handle:
            # Of the owner nothing is asked any more: some network shares call every file somebody else's.
            if os.fstat(handle).st_nlink > 1:
                raise UnsafeFile(tr("it is a hard link to another file"), self.full(name))
            with os.fdopen(handle, "r+b", buffering=0, closefd=False) as stream:
                yield stream

    def _may_append(self, name: str, flags: int) -> bool:
        """Whether a file may be added to as it is; else a copy may take its place, which Windows allows once closed."""
        try:
            with self._opened(name, flags) as handle:
                return _is_ours(os.fstat(handle))
        except PermissionError:  # another user's, which this one may only read
            if self.is_file(name):
                return False
            raise

    def open_lock(self, name: str, *, create: bool = True) -> int:
        """Open a file to be locked, for the caller to close. Its contents may be changed only if ``is_own`` says so."""
        with self._parent(name) as (at, last):
            return self._open(name, last, os.O_RDWR | (os.O_CREAT if create else 0), at)

    def remove(self, name: str) -> None:
        """Remove a file; of a link the link itself."""
        with self._parent(name) as (at, last):
            os.unlink(last, dir_fd=at)

    def rename(self, old: str, new: str) -> None:
        """Give a file or folder another name, in place of a file that had it, if any."""
        with self._parent(old) as (at, last), self._parent(new) as (there, target):
            os.replace(last, target, src_dir_fd=at, dst_dir_fd=there)

    def touch(self, name: str) -> None:
        """Give a file or folder the present time."""
        with self._parent(name) as (at, last):
            os.utime(last, dir_fd=at, follow_symlinks=at is None)

    def make_folder(self, name: str = ".") -> None:
        """Make a folder and those above it, the folder itself included, so far as they are not there."""
        if not os.path.lexists(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        parts = PurePosixPath(normalize_name(name)).parts if name != "." else ()
        for count in range(1, len(parts) + 1):
            with self._parent("/".join(parts[:count])) as (at, last), contextlib.suppress(FileExistsError):
                os.mkdir(last, dir_fd=at)
        with self._folder(name):  # what had the name already may be a link or a file
            pass

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""
        with self._parent(name) as (at, last):
            os.rmdir(last, dir_fd=at)

    def remove_tree(self, name: str) -> None:
        """Remove a file, a link, or a folder with all that is in it, as far as that is possible. Never raises."""
        with contextlib.suppress(OSError), self._parent(name) as (at, last):
            if stat.S_ISDIR(os.stat(last, dir_fd=at, follow_symlinks=False).st_mode):
                shutil.rmtree(last, ignore_errors=True, dir_fd=at)
            else:
                os.unlink(last, dir_fd=at)

    def aside(self, name: str, why: str) -> str:
        """A free name beside a file under which it can be kept: ``pages/a.damaged-<time>.json``."""
        path = PurePosixPath(normalize_name(name))
        stem = f"{path.stem}.{why}-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
        names = (path.with_name(f"{stem}{number}{path.suffix}") for number in ("", *(f"-{n}" for n in range(2, 1000))))
        free = next((each for each in map(str, names) if not self.has(each)), None)
        if free is None:
            raise UnsafeFile(tr(_LINK), self.full(name))
        return free

    def sweep(self, name: str = ".", *, seconds: float = 3600.0) -> None:
        """Remove what programs that were killed while they wrote have left in a folder.

        Args:
            name: Of the folder.
            seconds: What was written last within so many of them may still be at work, and stays.
        """
        oldest = time.time() - seconds
        with contextlib.suppress(OSError):
            for entry in self.entries(name):
                if is_temporary(entry.name) and entry.is_file and entry.status.st_mtime < oldest:
                    with contextlib.suppress(OSError):
                        self.remove(entry.name if name == "." else f"{name}/{entry.name}")

    def flush(self, name: str = ".") -> None:
        """Make the renames in a folder survive a power cut, where the system has a way to ask for that."""
        # Windows cannot open a folder, and some network file systems refuse to flush one; the rename has happened.
        with contextlib.suppress(OSError), self._folder(name) as at:
            if isinstance(at, int):
                os.fsync(at)

    @contextlib.contextmanager
    def _opened(self, name: str, flags: int) -> Iterator[int]:
        with self._parent(name) as (at, last):
            handle = self._open(name, last, flags, at)
            try:
                yield handle
            finally:
                os.close(handle)

    def _open(self, name: str, last: str, flags: int, at: int | None) -> int:
        """A descriptor of a regular file."""
        try:
            handle = os.open(last, flags | _NO_LINK | _PLAIN, 0o666, dir_fd=at)
        except OSError as error:
            raise self._describe_error(error, name, last, at) from error
        try:
            found = os.fstat(handle)
            if at is None and not os.path.samestat(found, os.lstat(last)):
                raise UnsafeFile(tr(_LINK), self.full(name))
            if not stat.S_ISREG(found.st_mode):
                raise UnsafeFile(tr("it is not a regular file"), self.full(name))
        except BaseException:
            os.close(handle)
            raise
        return handle

    @contextlib.contextmanager
    def _parent(self, name: str) -> Iterator[tuple[int | None, str]]:
        """Where a file lies: the descriptor of its folder and its last name there; or None and its path."""
        above, _, last = normalize_name(name).rpartition("/")
        with self._folder(above or ".") as at:
            if isinstance(at, int):
                yield at, last
            else:
                _refuse_link(path := f"{at}{os.sep}{last}")
                yield None, path

    @contextlib.contextmanager
    def _folder(self, name: str) -> Iterator[int | str]:
        """A folder: its descriptor, or its path where there are none."""
        if not _RELATIVE:
            yield self._step(name)
            return
        handle = self._open_folder(self.path, None, self.follow)
        try:
            for part in () if name == "." else PurePosixPath(normalize_name(name)).parts:
                below = self._open_folder(part, handle, False)
                os.close(handle)
                handle = below
            yield handle
        finally:
            os.close(handle)

    def _open_folder(self, name: str | Path, at: int | None, follow: bool) -> int:
        try:
            return os.open(name, _FOLDER | (0 if follow else _NO_LINK), dir_fd=at)
        except OSError as error:
            raise self._describe_error(error, str(name), str(name), at) from error

    def _describe_error(self, error: OSError, name: str, last: str, at: int | None) -> OSError:
        """What the system refused, said as what it is where it is a link or a device."""
        full = self.full(name)
        with contextlib.suppress(OSError, ValueError):
            found = os.stat(last, dir_fd=at, follow_symlinks=False)
            if is_link(found):
                return UnsafeFile(tr(_LINK), full)
            if error.errno in {errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP} or stat.S_ISSOCK(found.st_mode):
                return UnsafeFile(tr("it is not a regular file"), full)
        return type(error)(error.errno, error.strerror, str(full)) if error.errno else error

    def _step(self, name: str) -> str:
        """The path of a folder, each step below the user's own checked; for systems without descriptors of folders."""
        path = str(self.path)
        if not self.follow:
            _refuse_link(path)
        for part in () if name == "." else PurePosixPath(normalize_name(name)).parts:
            path = f"{path}{os.sep}{part}"
            _refuse_link(path)
        return path


def normalize_name(name: object) -> str:
    """Check a name inside a folder, and write it in one way only: "./a//b" is "a/b".

    Raises:
        UnsafeFile: It is no such name, or leads out of the folder.
    """
    if isinstance(name, str) and _ORDINARY.fullmatch(name) and sys.platform != "win32":
        return name
    if not isinstance(name, str) or not name or len(name) > MAX_NAME:
        raise UnsafeFile(tr("the name must have 1 to {most} characters", most=MAX_NAME))
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:  # half of a character: no file can be called so
        raise UnsafeFile(tr("it is not a valid file name")) from error
    plain = PurePosixPath(name).as_posix()
    # What leads out on one system shall not be a name on another.
    if not stays_inside(name) or not stays_inside(name.replace("\\", "/")) or _DRIVE.match(name) or plain == ".":
        raise UnsafeFile(tr("it is outside the folder"))
    if sys.platform == "win32" and any(is_device(part) or ":" in part for part in PurePath(name).parts):
        raise UnsafeFile(tr("it is a device name"))
    return plain


def is_valid_path(text: str) -> bool:
    """Whether a file can have this path: it is not empty and has no NUL and no half of a character.

    Halves that stand for the bytes of a name which is not UTF-8 pass: they lead to the file.
    """
    try:
        return bool(os.fsencode(text)) and "\0" not in text
    except UnicodeEncodeError:
        return False


def stays_inside(name: str) -> bool:
    """Whether a relative path can only lead to a place in the folder that it is relative to."""
    path = PurePath(name)
    return bool(path.parts) and is_valid_path(name) and not path.anchor and ".." not in path.parts


def is_device(name: str) -> bool:
    """Whether Windows takes a file of this name for a device."""
    return bool(_DEVICE.fullmatch(name))


def is_link(status: os.stat_result) -> bool:
    """Whether this is the status of a symbolic link or, on Windows, of a junction."""
    if stat.S_ISLNK(status.st_mode):
        return True
    # Other reparse points are files that a cloud service fetches when they are read.
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return junction is not None and getattr(status, "st_reparse_tag", 0) == junction


def is_temporary(name: str) -> bool:
    """Whether a file of this name is one that ``write_beside`` makes."""
    return bool(_TEMPORARY.fullmatch(name))


def is_own(handle: int) -> bool:
    """Whether an open file may be written into: it is this user's, and has no other name elsewhere."""
    return _is_ours(os.fstat(handle))


def explain_error(error: Exception) -> str:
    """Why a file could not be read, in a few words."""
    if isinstance(error, FileNotFoundError):
        return tr("it does not exist")
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _is_ours(status: os.stat_result) -> bool:
    return status.st_nlink <= 1 and (sys.platform == "win32" or status.st_uid == os.geteuid())


def _make_temporary_name(name: str, other: str) -> str:
    """A name in the same folder as another one, both as the folder's descriptor or the system wants them."""
    return name[: len(name) - len(PurePath(name).name)] + other


def _replaceable(name: str, at: int | None, full: Path) -> int | None:
    """The permissions of the file that is to be replaced; None where there is none. Raises UnsafeFile for a link."""
    try:
        found = os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if is_link(found):
        raise UnsafeFile(tr(_LINK), full)
    if not stat.S_ISREG(found.st_mode):
        raise UnsafeFile(tr("it is not a regular file"), full)
    return stat.S_IMODE(found.st_mode) & 0o777


def _refuse_link(path: str) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if is_link(os.lstat(path)):
            raise UnsafeFile(tr(_LINK), path)
