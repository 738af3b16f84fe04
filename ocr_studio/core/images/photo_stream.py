"""Photo files: which files of a folder are photos, and opening them without blocking, within a limit of bytes.

And the errors of files that are no photos, or can't be opened.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import UnidentifiedImageError

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import page_paths
from ocr_studio.core.translation import later, tr

PHOTO_SUFFIXES: Final = frozenset(
    f".{kind}"
    for kind in ("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "tif", "tiff", "bmp", "dib", "gif")
    + ("heic", "heif", "hif", "avif", "pdf")
)
MAX_BYTES: Final = 2 << 30

# Bytes of a PDF within which its signature is.
PDF_REACH: Final = 1024

_ID_BYTES: Final = 16
_PIECE: Final = 1 << 18

COPY_AGAIN: Final = later("Copy it again from the source, or save it again in another program.")
_KINDS: Final = later("Open a JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, AVIF or PDF file.")

# Beginnings of files that are often taken for photos, and what is said of them.
_NOT_PHOTOS: Final = (
    (b"PK\x03\x04", later("this is a ZIP archive or an office document, not a photo")),
    (b"<?xml", later("this is an SVG drawing or another XML file, not a photo")),
    (b"<svg", later("this is an SVG drawing, not a photo")),
    (b"<!doctype html", later("this is a web page, not a photo")),
    (b"<html", later("this is a web page, not a photo")),
    (b"%!ps", later("this is a PostScript document, not a photo")),
    (b"8BPS", later("this is a Photoshop document, not a photo")),
    (b"\x1f\x8b", later("this is a gzip archive, not a photo")),
    (b"\x7fELF", later("this is a program, not a photo")),
)
_PHOTO_BEGINNINGS: Final = (
    b"%PDF",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"BM",
    b"GIF8",
)
_SUFFIXES: Final = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG", ".png"),
    (b"BM", ".bmp"),
    (b"GIF8", ".gif"),
    *((magic, ".tif") for magic in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
)
_AVIF: Final = (b"avif", b"avis")
_BOX_KINDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis")

_OS_REASONS: Final = {
    errno.ENOENT: (
        later("the file does not exist"),
        later("Check the name, and that the disk or network share is connected."),
    ),
    errno.ENOTDIR: (later("a part of its path is a file, not a folder"), later("Check the path.")),
    errno.EACCES: (
        later("you don’t have permission to read it"),
        later("Change its permissions, or ask its owner for a copy."),
    ),
    errno.EPERM: (
        later("you don’t have permission to read it"),
        later("Change its permissions, or ask its owner for a copy."),
    ),
    errno.ELOOP: (later("the symbolic link points to itself"), later("Open the photo itself.")),
    errno.ENAMETOOLONG: (later("the name is too long for this system"), later("Rename it.")),
    errno.EISDIR: (later("this is a folder"), later("Choose a photo.")),
}
_FILE_KINDS: Final = (
    (stat.S_ISDIR, later("this is a folder, not a photo")),
    (stat.S_ISFIFO, later("this is a pipe, not a photo")),
    (stat.S_ISSOCK, later("this is a socket, not a photo")),
)


class PhotoError(StudioError):
    """A photo cannot be opened or written; the message names it, says why, and what to do."""


class PhotoTooLarge(PhotoError):
    """A photo has more pixels than are opened."""


@contextlib.contextmanager
def open_stream(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file for reading; a link is followed. Raises PhotoError, also for errors while it is read.

    Of a page of a file with several, that file is opened.
    Files without a size, as the system makes them up under /proc, count as empty: reading them may wait for ever.
    """
    try:
        with paths.open_plain(page_paths.find_page(path).file) as stream:
            size = os.fstat(stream.fileno()).st_size
            if not size:
                raise PhotoError(tr("the file is empty"), file=path, remedy=tr(COPY_AGAIN))
            if size > MAX_BYTES:
                remedy = tr("Save a copy as JPEG or PNG and open that.")
                raise PhotoError(tr("the file is larger than 2 GiB"), file=path, remedy=remedy)
            yield stream
    except paths.NotPlainFile as error:
        raise make_not_a_file_error(path, error.mode) from error
    except (OSError, ValueError) as error:
        raise make_access_error(path, error) from error


def read_file(path: Path, *, most: int) -> bytes | None:
    """Read all of a file; None if it has more than ``most`` bytes. Raises PhotoError."""
    with open_stream(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        # So much memory is taken at once, however little there is to read; a file that grows meanwhile is cut off.
        return stream.read(size) if size <= most else None


def read_state(path: Path) -> tuple[int, int, int, int]:
    """What changes when a file is written to or replaced. Raises PhotoError."""
    try:
        status = page_paths.find_page(path).file.stat()
    except OSError as error:
        raise make_access_error(path, error) from error
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@contextlib.contextmanager
def checking_changes(path: Path) -> Iterator[None]:
    """Check that a file stays the same while it is read more than once. Raises PhotoError."""
    before = read_state(path)
    yield
    if read_state(path) != before:
        remedy = tr("Wait until it has been written, then open it again.")
        raise PhotoError(tr("the file changed while it was being read"), file=path, remedy=remedy)


def compute_content_id(path: Path) -> str:
    """Compute the id of a photo: BLAKE2b of its file's bytes, 32 hex digits, for a later page together with its number.

    Raises PhotoError.
    """
    file, index = page_paths.find_page(path)
    if file == path:
        return _hash_file(path)
    # A file with many pages is not read again for each.
    return add_page(_hash_paged_file(file, read_state(file)), index)


def add_page(content_id: str, index: int) -> str:
    """Return the id of a page of a file. content_id: that of the file; index: number of the page, from 0."""
    if index == 0:  # as it had before other pages were read
        return content_id
    return hashlib.blake2b(f"{content_id} page {index}".encode(), digest_size=_ID_BYTES).hexdigest()


@lru_cache(maxsize=64)
def _hash_paged_file(file: Path, _: tuple[int, int, int, int]) -> str:
    return _hash_file(file)


def _hash_file(path: Path) -> str:
    with open_stream(path) as stream:
        digest, left, piece = hashlib.blake2b(digest_size=_ID_BYTES), MAX_BYTES, bytearray(_PIECE)
        # No more than it may have: somebody may be writing to it without end.
        while left > 0 and (count := stream.readinto(piece)):
            digest.update(memoryview(piece)[:count])
            left -= count
        return digest.hexdigest()


def compute_id(data: bytes) -> str:
    """Compute the ``compute_content_id`` of a file with these bytes."""
    return hashlib.blake2b(data, digest_size=_ID_BYTES).hexdigest()


def is_other_format(data: bytes) -> bool:
    """Whether a file that begins like this is nothing that a decoder need be asked for: empty, a text, a document."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    other = any(start[: len(magic)].lower() == magic.lower() for magic, _ in _NOT_PHOTOS)
    return not is_photo_format(data) and (not data or other or _is_text(data))


def is_pdf(data: bytes) -> bool:
    """Whether a file that begins like this is a PDF; other bytes may come before its signature."""
    return b"%PDF" in data[:PDF_REACH]


def is_photo_format(data: bytes) -> bool:
    """Whether a file that begins like this is in a photo format that can be opened. data: at least 12 bytes of it."""
    if data.startswith(_PHOTO_BEGINNINGS):
        return True
    riff = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return riff or (data[4:8] == b"ftyp" and data[8:12] in _BOX_KINDS)


def find_suffix(data: bytes) -> str:
    """Return the suffix that fits a file which begins like this; "" if it is in no photo format."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    if data[4:8] == b"ftyp" and data[8:12] in _BOX_KINDS:
        return ".avif" if data[8:12] in _AVIF else ".heic"
    known = next((suffix for magic, suffix in _SUFFIXES if data.startswith(magic)), "")
    return known or (page_paths.PDF_SUFFIX if is_pdf(data) else "")


def make_access_error(path: object, error: Exception) -> PhotoError:
    """The system did not let the file be opened or read, or (ValueError) its name cannot be one."""
    if not isinstance(error, OSError):
        return PhotoError(tr("this is not a valid file name"), file=path, remedy=tr("Check the path."))
    if (known := _OS_REASONS.get(error.errno or 0)) is not None:
        return PhotoError(tr(known[0]), file=path, remedy=tr(known[1]))
    reason = tr("it can’t be read: {reason}", reason=error.strerror or error)
    return PhotoError(reason, file=path, remedy=tr("Check the disk, or copy the file to another disk."))


def make_not_a_file_error(path: object, mode: int) -> PhotoError:
    """What is there is no plain file. mode: ``st_mode``."""
    what = next((words for test, words in _FILE_KINDS if test(mode)), later("this is a device, not a photo"))
    return PhotoError(tr(what), file=path, remedy=tr("Choose a photo."))


def make_unreadable_error(name: str, beginning: bytes, error: Exception) -> PhotoError:
    """The file was read, but no photo came of it. beginning: its first bytes; error: what the decoder raised."""
    if not beginning:
        return PhotoError(tr("the file is empty"), file=name, remedy=tr(COPY_AGAIN))
    if isinstance(error, UnidentifiedImageError) and not is_photo_format(beginning):
        start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
        known = (words for magic, words in _NOT_PHOTOS if start[: len(magic)].lower() == magic.lower())
        text = later("this is a text file, not a photo")
        strange = later("this is not a photo in a supported format")
        what = next(known, text if _is_text(beginning) else strange)
        return PhotoError(tr(what), file=name, remedy=tr(_KINDS))
    if "truncated" in str(error).lower():
        return PhotoError(tr("the file is incomplete: part of the photo is missing"), file=name, remedy=tr(COPY_AGAIN))
    return PhotoError(tr("the file is damaged or incomplete"), file=name, remedy=tr(COPY_AGAIN))


def _is_text(beginning: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in beginning)


def is_photo(path: Path) -> bool:
    """Whether this looks like a photo: by its suffix, or by its first bytes without one. Never raises."""
    if path.suffix.lower() in PHOTO_SUFFIXES:
        return True
    if path.suffix:
        return False
    try:
        with open_stream(path) as stream:
            return is_photo_format(stream.read(32))
    except PhotoError:
        return False
