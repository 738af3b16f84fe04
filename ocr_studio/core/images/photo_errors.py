"""Why a photo cannot be opened: facts about a file become one line a person can act on."""

from __future__ import annotations

import errno
import stat
from typing import Final

from PIL import UnidentifiedImageError

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import later, tr

COPY_AGAIN: Final = later("Copy it again from where it came from, or save it anew in another program.")
_KINDS: Final = later("Open a JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF.")

# Beginnings of files that are often taken for photos, and what is said of them.
_NOT_PHOTOS: Final = (
    (b"%PDF", later("this is no photo but a PDF document")),
    (b"PK\x03\x04", later("this is no photo but a ZIP archive or an office document")),
    (b"<?xml", later("this is no photo but an SVG drawing or another XML text")),
    (b"<svg", later("this is no photo but an SVG drawing")),
    (b"<!doctype html", later("this is no photo but a web page")),
    (b"<html", later("this is no photo but a web page")),
    (b"%!ps", later("this is no photo but a PostScript document")),
    (b"8BPS", later("this is no photo but a Photoshop document")),
    (b"\x1f\x8b", later("this is no photo but a gzip archive")),
    (b"\x7fELF", later("this is no photo but a program")),
)
_PHOTO_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"BM", b"GIF8")
_BOX_KINDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis")

_OS_REASONS: Final = {
    errno.ENOENT: (
        later("the file is not there (any more)"),
        later("Check its name and whether its disk or share is connected."),
    ),
    errno.ENOTDIR: (later("a part of its path is a file, not a folder"), later("Check the path.")),
    errno.EACCES: (
        later("there is no permission to read it"),
        later("Change its permissions, or copy it to where you may read."),
    ),
    errno.EPERM: (
        later("there is no permission to read it"),
        later("Change its permissions, or copy it to where you may read."),
    ),
    errno.ELOOP: (later("the symbolic link leads in a circle"), later("Give the photo itself.")),
    errno.ENAMETOOLONG: (later("the name is longer than this system allows"), later("Give it a shorter name.")),
    errno.EISDIR: (later("this is a folder"), later("Give a photo.")),
}
_FILE_KINDS: Final = (
    (stat.S_ISDIR, later("this is a folder, not a photo")),
    (stat.S_ISFIFO, later("this is a pipe, not a photo")),
    (stat.S_ISSOCK, later("this is a socket, not a photo")),
)


class PhotoError(StudioError):
    """A photo cannot be opened or written; the message names it, says why, and what to do."""


def known_other(data: bytes) -> bool:
    """Whether a file that begins like this is nothing that a decoder need be asked for: empty, a text, a document."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    other = any(start[: len(magic)].lower() == magic.lower() for magic, _ in _NOT_PHOTOS)
    return not known_beginning(data) and (not data or other or _is_text(data))


def known_beginning(data: bytes) -> bool:
    """Whether a file that begins like this is in a photo format that can be opened. data: at least 12 bytes of it."""
    if data.startswith(_PHOTO_BEGINNINGS):
        return True
    riff = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return riff or (data[4:8] == b"ftyp" and data[8:12] in _BOX_KINDS)


def refused(path: object, error: Exception) -> PhotoError:
    """The system did not let the file be opened or read, or (ValueError) its name cannot be one."""
    if not isinstance(error, OSError):
        return PhotoError(tr("this cannot be the name of a file"), file=path, remedy=tr("Check the path."))
    if (known := _OS_REASONS.get(error.errno or 0)) is not None:
        return PhotoError(tr(known[0]), file=path, remedy=tr(known[1]))
    reason = tr("it cannot be read: {reason}", reason=error.strerror or error)
    return PhotoError(reason, file=path, remedy=tr("Check the disk, or copy the file first."))


def not_a_file(path: object, mode: int) -> PhotoError:
    """What is there is no plain file. mode: ``st_mode``."""
    what = next((words for test, words in _FILE_KINDS if test(mode)), later("this is a device, not a photo"))
    return PhotoError(tr(what), file=path, remedy=tr("Give a photo file."))


def unreadable(name: str, beginning: bytes, error: Exception) -> PhotoError:
    """The file was read, but no photo came of it. beginning: its first bytes; error: what the decoder raised."""
    if not beginning:
        return PhotoError(tr("the file is empty"), file=name, remedy=tr(COPY_AGAIN))
    if isinstance(error, UnidentifiedImageError) and not known_beginning(beginning):
        start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
        known = (words for magic, words in _NOT_PHOTOS if start[: len(magic)].lower() == magic.lower())
        text = later("this is no photo but a text")
        strange = later("this is no photo but a kind of file that is not known here")
        what = next(known, text if _is_text(beginning) else strange)
        return PhotoError(tr(what), file=name, remedy=tr(_KINDS))
    if "truncated" in str(error).lower():
        return PhotoError(tr("the file is cut short: a part of the photo is missing"), file=name, remedy=tr(COPY_AGAIN))
    return PhotoError(tr("the file is damaged or not complete"), file=name, remedy=tr(COPY_AGAIN))


def _is_text(beginning: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in beginning)
