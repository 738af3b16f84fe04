"""Where photos and results of an archive are: files of this computer, or an object store that ``fsspec`` knows.

An address is a path, or has a protocol: ``file://``, ``s3://``, ``memory://`` and whatever else ``fsspec`` has a driver
for. Paths never go through ``fsspec``: they are opened as everywhere in this program.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import quote, unquote_to_bytes

from ocr_studio.core import extras
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_stream
from ocr_studio.core.images.photo_file import MOST_READ
from ocr_studio.core.translation import later, tr
from ocr_studio.core.units import size as format_size

_PROTOCOL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)(://|::)")
_FILE: Final = "file://"
# Attempts to read from an object store, and seconds before the second; drivers make some of their own.
_ATTEMPTS, _PAUSE = 3, 1.0
# Of what an object store says of an object, the first of these that it has tells when it has changed.
_STAMPS: Final = ("ETag", "etag", "mtime", "LastModified", "last_modified", "updated", "modified", "created")
# Servers of files: half a file can be seen there while it is written. An object is put whole.
_RENAMES: Final = frozenset({"sftp", "ssh", "ftp", "smb", "hdfs", "arrow_hdfs", "webhdfs"})
_CHECK: Final = later("Check the address, the network and your access rights.")

_Answer = TypeVar("_Answer")


class StorageError(StudioError):
    """A file or object can't be listed, read or written."""


class StoredItem(NamedTuple):
    """A file or folder of an object store. stamp: changes when the file does."""

    address: str
    is_folder: bool
    size: int
    stamp: str


def is_remote(address: str) -> bool:
    """Whether an address is one for ``fsspec``, not a path or ``file://``."""
    return bool(_PROTOCOL.match(address)) and not is_file_address(address)


def is_file_address(address: str) -> bool:
    """Whether an address is a path after ``file://``."""
    return address.startswith(_FILE)


def is_private(address: str) -> bool:
    """Whether only the process that made it can read it, as it is in that process's memory."""
    return address.startswith("memory:")


def local_path(address: str) -> Path:
    """Return the path of an address that is not remote."""
    if is_file_address(address):
        return Path(os.fsdecode(unquote_to_bytes(address.removeprefix(_FILE))))
    return Path(address)


def write_address(path: str) -> str:
    """Return the address of a path, which is text for every program: ``file://`` where its name is not UTF-8."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return _FILE + quote(os.fsencode(path))
    return path


def read_photo(address: str) -> bytes:
    """Read a photo whole. Raises PhotoError and StorageError."""
    if not is_remote(address):
        path = local_path(address)
        if (data := photo_stream.read_file(path, most=MOST_READ)) is None:
            raise _too_large(address, MOST_READ)
        return data
    return read_remote(address, most=MOST_READ)


def read_remote(address: str, *, most: int) -> bytes:
    """Read an object whole. Raises StorageError, also if it has more bytes than ``most``."""

    def read() -> bytes:
        system, path = find_system(address)
        with system.open(path, "rb") as stream:
            return bytes(stream.read(most + 1))

    data = _retry(address, read)
    if len(data) > most:
        raise _too_large(address, most)
    return data


def open_remote(address: str) -> Any:
    """Open an object for reading, as a file that can be sought in. Raises StorageError."""
    system, path = find_system(address)
    return _try(address, lambda: system.open(path, "rb"))


def read_pieces(address: str, size: int) -> Iterator[bytes]:
    """Read an object in pieces of so many bytes, the last of which may be shorter. Raises StorageError."""
    with open_remote(address) as stream:
        while piece := _try(address, lambda: bytes(stream.read(size))):
            yield piece


def write_remote(address: str, data: bytes) -> None:
    """Write an object whole: it is there with all of its bytes, or as it was. Raises StorageError."""
    system, path = find_system(address)
    if not _RENAMES.intersection([system.protocol] if isinstance(system.protocol, str) else system.protocol):
        _retry(address, lambda: system.pipe_file(path, data))
        return

    def write() -> None:
        temporary = f"{path}.{secrets.token_hex(8)}.tmp"
        try:
            system.pipe_file(temporary, data)
            system.mv(temporary, path)
        except BaseException:
            with contextlib.suppress(Exception):
                system.rm_file(temporary)
            raise

    _retry(address, write)


def remove_remote(address: str) -> None:
    """Remove an object. Raises StorageError."""
    system, path = find_system(address)
    _try(address, lambda: system.rm_file(path))


def look_up(address: str) -> StoredItem | None:
    """Return what is at an address of an object store; None if nothing is. Raises StorageError."""
    system, path = find_system(address)

    def ask() -> StoredItem | None:
        try:
            return _make_item(system, system.info(path))
        except FileNotFoundError:
            return None

    return _retry(address, ask)


def list_folder(address: str) -> Iterator[StoredItem]:
    """List a folder of an object store, sorted by address. Raises StorageError."""
    system, path = find_system(address)

    def ask() -> list[StoredItem]:
        found = [_make_item(system, info) for info in system.ls(path, detail=True)]
        system.invalidate_cache()  # it would keep what it has listed, of millions of photos
        return found

    here = str(system.unstrip_protocol(path)).rstrip("/")
    # Some stores list a folder as an object of its own in it.
    yield from sorted(item for item in _retry(address, ask) if item.address.rstrip("/") != here)


def find_system(address: str) -> tuple[Any, str]:
    """Return the driver of an address and the path in its words. Raises StorageError, and ExtraMissing."""
    extras.require("archive")
    from fsspec.core import url_to_fs

    try:
        return url_to_fs(address)  # type: ignore[no-any-return]
    except ImportError as error:
        what = tr("the driver for this address isn’t installed: {reason}", reason=error)
        raise StorageError(what, file=address, remedy=tr("Install it with pip, as fsspec says.")) from error
    except Exception as error:  # drivers raise what the libraries below them do
        raise _failed(address, error) from error


def join(address: str, name: str) -> str:
    """Return the address of a file in a folder."""
    return f"{address.rstrip('/')}/{name}"


def _make_item(system: Any, info: dict[str, Any]) -> StoredItem:
    stamp = next((str(info[key]) for key in _STAMPS if info.get(key)), "")
    size = int(info.get("size") or 0)
    return StoredItem(system.unstrip_protocol(info["name"]), info.get("type") == "directory", size, stamp)


def _retry(address: str, work: Callable[[], _Answer]) -> _Answer:
    for attempt in range(1, _ATTEMPTS):
        try:
            return work()
        except (FileNotFoundError, PermissionError, IsADirectoryError, UnicodeError, StudioError):
            break
        except Exception:  # noqa: BLE001  (drivers raise what the libraries below them do)
            time.sleep(_PAUSE * attempt)
    return _try(address, work)


def _try(address: str, work: Callable[[], _Answer]) -> _Answer:
    try:
        return work()
    except StudioError:  # it says what is wrong
        raise
    except Exception as error:
        raise _failed(address, error) from error


def _failed(address: str, error: Exception) -> StorageError:
    if isinstance(error, FileNotFoundError):
        what = tr("the file does not exist")
    elif isinstance(error, PermissionError):
        what = tr("access is denied")
    else:
        what = tr("it can’t be reached: {reason}", reason=" ".join(str(error).split())[:200] or type(error).__name__)
    return StorageError(what, file=address, remedy=tr(_CHECK))


def _too_large(address: str, most: int) -> StorageError:
    return StorageError(tr("it is larger than {size}", size=format_size(most)), file=address)
