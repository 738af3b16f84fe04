"""Why a photo cannot be opened: facts about a file become one line a person can act on."""

from __future__ import annotations

import errno
import stat
from typing import Final

from PIL import UnidentifiedImageError

from ocr_studio.core.errors import StudioError

COPY_AGAIN: Final = "Copy it again from where it came from, or save it anew in another program."
_KINDS: Final = "Open a JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF."

# Beginnings of files that are often taken for photos, and what to call them.
_NOT_PHOTOS: Final = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"<?xml", "an SVG drawing or another XML text"),
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"%!ps", "a PostScript document"),
    (b"8BPS", "a Photoshop document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)
_PHOTO_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"BM", b"GIF8")
_BOX_KINDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis")

_OS_REASONS: Final = {
    errno.ENOENT: ("the file is not there (any more)", "Check its name and whether its disk or share is connected."),
    errno.ENOTDIR: ("a part of its path is a file, not a folder", "Check the path."),
    errno.EACCES: ("there is no permission to read it", "Change its permissions, or copy it to where you may read."),
    errno.EPERM: ("there is no permission to read it", "Change its permissions, or copy it to where you may read."),
    errno.ELOOP: ("the symbolic link leads in a circle", "Give the photo itself."),
    errno.ENAMETOOLONG: ("the name is longer than this system allows", "Give it a shorter name."),
    errno.EISDIR: ("this is a folder", "Give a photo."),
}
_FILE_KINDS: Final = (
    (stat.S_ISDIR, "this is a folder"),
    (stat.S_ISFIFO, "this is a pipe"),
    (stat.S_ISSOCK, "this is a socket"),
)


class PhotoError(StudioError):
    """A photo cannot be opened or written; the message names it, says why, and what to do."""


def known_beginning(data: bytes) -> bool:
    """Whether a file that begins like this is in a photo format that can be opened. data: at least 12 bytes of it."""
    if data.startswith(_PHOTO_BEGINNINGS):
        return True
    riff = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return riff or (data[4:8] == b"ftyp" and data[8:12] in _BOX_KINDS)


def refused(path: object, error: Exception) -> PhotoError:
    """The system did not let the file be opened or read, or (ValueError) its name cannot be one."""
    if not isinstance(error, OSError):
        return PhotoError("this cannot be the name of a file", file=path, remedy="Check the path.")
    reason, remedy = _OS_REASONS.get(
        error.errno or 0, (f"it cannot be read: {error.strerror or error}", "Check the disk, or copy the file first.")
    )
    return PhotoError(reason, file=path, remedy=remedy)


def not_a_file(path: object, mode: int) -> PhotoError:
    """What is there is no plain file. mode: ``st_mode``."""
    kind = next((words for test, words in _FILE_KINDS if test(mode)), "this is a device")
    return PhotoError(f"{kind}, not a photo", file=path, remedy="Give a photo file.")


def unreadable(name: str, beginning: bytes, error: Exception) -> PhotoError:
    """The file was read, but no photo came of it. beginning: its first bytes; error: what the decoder raised."""
    if not beginning:
        return PhotoError("the file is empty", file=name, remedy=COPY_AGAIN)
    if isinstance(error, UnidentifiedImageError) and not known_beginning(beginning):
        start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
        kinds = (words for magic, words in _NOT_PHOTOS if start[: len(magic)].lower() == magic.lower())
        kind = next(kinds, "a text" if _is_text(beginning) else "a kind of file that is not known here")
        return PhotoError(f"this is no photo but {kind}", file=name, remedy=_KINDS)
    if "truncated" in str(error).lower():
        return PhotoError("the file is cut short: a part of the photo is missing", file=name, remedy=COPY_AGAIN)
    return PhotoError("the file is damaged or not complete", file=name, remedy=COPY_AGAIN)


def _is_text(beginning: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in beginning)
