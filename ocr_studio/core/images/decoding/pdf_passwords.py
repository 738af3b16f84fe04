"""Passwords of PDF files, as the user typed them: kept in memory until the program ends, and never written anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ocr_studio.core.images import page_paths, photo_stream
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.core.translation import tr

# By the state of a file, or the id of bytes: a password is told only to what reads the file that it was typed for.
_known: Final[dict[object, str]] = {}


class LockedPdf(PhotoError):
    """A PDF needs a password, or another one."""


def find_password(source: Path | bytes) -> str | None:
    """Return the password of a file or its bytes, if it is known. Never raises."""
    if not _known:
        return None
    try:
        return _known.get(_identify(source))
    except PhotoError:  # whoever opens it tells why
        return None


def remember_password(source: Path | bytes, password: str) -> None:
    """Remember the password of a file or its bytes until the program ends. Raises PhotoError."""
    _known[_identify(source)] = password


def _identify(source: Path | bytes) -> object:
    if isinstance(source, bytes):
        return photo_stream.compute_id(source)
    return photo_stream.read_state(page_paths.find_page(source).file)


def make_locked_error(name: object, *, has_password: bool) -> LockedPdf:
    """Make the error for a PDF that needs a password. has_password: one was given, but not the right one."""
    return LockedPdf(
        tr("the password of the PDF is wrong") if has_password else tr("the PDF is protected with a password"),
        file=name,
        remedy=tr("Open it and enter the password, or save a copy without one in a PDF viewer."),
        command="Run “read”, “import” or “export” in a terminal, or with --password-file FILE.",
    )
