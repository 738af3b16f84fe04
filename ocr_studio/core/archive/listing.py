"""Lists the photos of a source, one after the other in an order that stays the same, without holding them all."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from ocr_studio.core import paths
from ocr_studio.core.archive import storage
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import is_valid_path
from ocr_studio.core.images.photo_stream import PHOTO_SUFFIXES, make_access_error
from ocr_studio.core.translation import tr

PIPED: Final = "-"
MISSING: Final = "missing"  # stamp of a photo that isn't there, or can't be reached
_MOST_LINE: Final = 32 << 10  # bytes of a path in a list
_PIECE: Final = 1 << 16
_MOST_CACHE: Final = 64 << 10  # KiB; enough for a list of two million paths


class Photo(NamedTuple):
    """A photo of a source. stamp: changes when the file does."""

    address: str
    stamp: str


Complain = Callable[[StudioError], None]


def name_source(source: str) -> str:
    """Return a source in the one way of writing that shards are named by: an absolute path, or an address."""
    if source == PIPED or storage.is_remote(source):
        return source.rstrip("/")
    return storage.write_address(os.path.abspath(storage.local_path(source)))


def list_photos(source: str, complain: Complain, *, piped: BinaryIO | None = None) -> Iterator[Photo]:
    """List the photos of a source.

    Of a folder those in folders below it, too, the files of each folder by name before its subfolders. Hidden files and
    folders, and links to folders, are left out. Of a list, the paths and addresses in it, in its order, each once;
    relative ones start at the current folder.

    Args:
        source: Folder, photo or text file with a list, by path or address; "-" for a list on standard input.
        complain: Called for a folder that can't be listed; the others are.
        piped: Standard input.

    Raises:
        StudioError: The source can't be read.
    """
    if source == PIPED:
        assert piped is not None
        return _list_lines(_read_pieces(piped), source)
    if storage.is_remote(source):
        return _list_remote(source, complain)
    path = storage.local_path(source)
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise make_access_error(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        return _list_folder(os.path.abspath(path), complain)
    if path.suffix.lower() in PHOTO_SUFFIXES:
        return iter([_make_photo(os.path.abspath(path))])
    return _list_file(path)


def _list_folder(top: str, complain: Complain) -> Iterator[Photo]:
    folders = [top]
    while folders:
        folder = folders.pop()
        names: list[str] = []
        below: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        below.append(entry.name)
                    elif os.path.splitext(entry.name)[1].lower() in PHOTO_SUFFIXES:  # noqa: PTH122  (10 times as fast)
                        names.append(entry.name)
        except OSError as error:
            if folder == top:
                raise make_access_error(folder, error) from error
            complain(make_access_error(folder, error))
            continue
        names.sort()
        for name in names:
            yield _make_photo(f"{folder.rstrip(os.sep)}{os.sep}{name}")
        folders += [f"{folder.rstrip(os.sep)}{os.sep}{name}" for name in sorted(below, reverse=True)]


def _make_photo(path: str) -> Photo:
    try:
        found = os.stat(path)  # noqa: PTH116  (a million paths)
        stamp = f"{found.st_size}:{found.st_mtime_ns}"
    except (OSError, ValueError):  # reading it says why
        stamp = MISSING
    return Photo(storage.write_address(path), stamp)


def _list_remote(source: str, complain: Complain) -> Iterator[Photo]:
    found = storage.look_up(source)
    if found is not None and not found.is_folder:
        if _has_photo_suffix(source):
            return iter([Photo(found.address, f"{found.size}:{found.stamp}")])
        return _list_lines(storage.read_pieces(source, _PIECE), source)
    return _list_remote_folder(source, complain)


def _list_remote_folder(top: str, complain: Complain) -> Iterator[Photo]:
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            found = list(storage.list_folder(folder))
        except StudioError as error:
            if folder == top:
                raise
            complain(error)
            continue
        visible = [item for item in found if not item.address.rstrip("/").rpartition("/")[2].startswith(".")]
        for item in visible:
            if not item.is_folder and _has_photo_suffix(item.address):
                yield Photo(item.address, f"{item.size}:{item.stamp}")
        folders += [item.address for item in reversed(visible) if item.is_folder]


def _has_photo_suffix(address: str) -> bool:
    return os.path.splitext(address)[1].lower() in PHOTO_SUFFIXES  # noqa: PTH122  (it may be no path)


def _list_file(path: Path) -> Iterator[Photo]:
    try:
        with paths.open_plain(path) as stream:
            yield from _list_lines(_read_pieces(stream), str(path))
    except OSError as error:
        raise make_access_error(path, error) from error


def _read_pieces(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(_PIECE), b"")


def _list_lines(pieces: Iterable[bytes], name: str) -> Iterator[Photo]:
    """The photos of a list, a line each, or ended by NUL as ``find -print0`` writes them. Each is listed once."""
    with contextlib.closing(sqlite3.connect("", check_same_thread=False)) as listed:
        # A temporary file of SQLite: a set of a hundred million paths would fill the memory.
        listed.execute(f"PRAGMA cache_size = -{_MOST_CACHE}")
        listed.execute("CREATE TABLE paths (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        for line in _split_lines(pieces, name):
            address = _convert_line(os.fsdecode(line))
            digest = hashlib.blake2b(address.encode("utf-8", "surrogateescape"), digest_size=16).digest()
            try:
                is_new = listed.execute("INSERT OR IGNORE INTO paths VALUES (?)", (digest,)).rowcount
            except sqlite3.OperationalError as error:
                what = tr("can’t create a temporary file: {reason}", reason=error)
                raise StudioError(what, file=name, remedy=tr("Free up disk space.")) from error
            if is_new:
                photo = _find_photo(address)
                if photo.stamp == MISSING and not _is_text(line):  # names of files need not be UTF-8
                    raise _make_list_error(tr("this is not a list of photos: it is not UTF-8 text"), name)
                yield photo


def _convert_line(text: str) -> str:
    """The address of a photo, the same for all ways to write its path."""
    if storage.is_remote(text):
        return text
    path = str(storage.local_path(text)) if storage.is_file_address(text) else text
    return storage.write_address(os.path.abspath(path)) if is_valid_path(path) else text


def _find_photo(address: str) -> Photo:
    if not storage.is_remote(address):
        path = str(storage.local_path(address))
        return _make_photo(path) if is_valid_path(path) else Photo(address, MISSING)
    try:
        found = storage.look_up(address)
    except StudioError:  # reading it says why
        found = None
    return Photo(address, MISSING if found is None else f"{found.size}:{found.stamp}")


def _split_lines(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    rest, end = b"", b""
    for piece in pieces:
        if not end:
            piece = piece.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901
            end = b"\0" if b"\0" in piece else b"\n"
        *lines, rest = (rest + piece).split(end)
        yield from _clean(lines)
        if len(rest) > _MOST_LINE:
            raise _make_list_error(tr("this is not a list of photos: a line is longer than any path"), name)
    yield from _clean([rest])


def _make_list_error(what: str, name: str) -> StudioError:
    return StudioError(what, file=name, remedy=tr("Choose a folder, or a text file with one path on each line."))


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _clean(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (text for line in lines if (text := line.rstrip(b"\r\n")))
