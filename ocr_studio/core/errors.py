"""Errors that the user can act on, including failed writes. Any other exception is a bug."""

from __future__ import annotations

import difflib
import errno
import sys
from collections.abc import Iterable
from typing import Final

from ocr_studio.core.translation import later, tr


class StudioError(Exception):
    """An error that the user can fix: what happened, to which file, and what to do about it.

    ``str(error)`` is one line for a message bar; ``typed`` is the line for standard error. They differ if the remedy is
    a button in the window and an option on the command line.
    """

    def __init__(self, what: str, *, file: object = None, remedy: str = "", command: str = "") -> None:
        """Create an error.

        Args:
            what: What happened, a clause without a capital.
            file: The file that it concerns, if any.
            remedy: What to do, a sentence.
            command: The remedy on the command line, in English; empty if it is the same.
        """
        self.what = what
        self.file = None if file is None else str(file)
        self.remedy = remedy
        self.command = command
        super().__init__(self._line(remedy))

    @property
    def typed(self) -> str:
        """The message for the command line."""
        return self._line(self.command) if self.command else str(self)

    def _line(self, remedy: str) -> str:
        place = f"{self.file}: " if self.file else ""
        return " ".join(f"{place}{self.what.rstrip('.')}. {remedy}".split())


class WrongUsage(StudioError):
    """The user asked for something impossible. The command line ends with the status of incorrect usage."""


class UnknownName(WrongUsage):
    """A name that the user gave is not known, such as that of a model."""


_MAX_REASON: Final = 200  # characters of what a library says
_WHAT: Final = later("it can’t be written: {reason}")
INSTALL_NEWER: Final = later("Install a newer version of OCR Studio.")
MAKE_WRITABLE: Final = later("Free up disk space or make the folder writable.")
# A full disk, an exceeded quota, and a file larger than the system allows.
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Similarity above which a name is taken for a mistyped one: about one character more, less or changed.
_ALIKE: Final = 0.7
_PROGRAM: Final = "OCR Studio"
# What importing a library raises that is missing, lacks a system library, or has damaged files.
IMPORT_ERRORS: Final = (ImportError, SyntaxError, EOFError)
# The same, and what libraries with missing files raise while they are being imported.
LIBRARY_ERRORS: Final = (
    *IMPORT_ERRORS, AttributeError, LookupError, NameError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Return a remedy for an unknown name: the most similar known one; empty if none is similar."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=_ALIKE)
    return tr("Did you mean “{name}”?", name=near[0]) if near else ""


def installed_as(package: str) -> str:
    """Return what to reinstall to get a package again: OCR Studio where it is packaged as one folder."""
    return _PROGRAM if getattr(sys, "frozen", False) else package


def reinstall_remedy(*packages: str) -> str:
    """Say how to get packages again that the program needs."""
    names = dict.fromkeys(map(installed_as, packages))
    if _PROGRAM in names:
        return tr("Reinstall {package}.", package=_PROGRAM)
    return tr("Reinstall {package} (pip install --force-reinstall {package}).", package=" ".join(names))


def library_reason(error: Exception) -> str:
    """Return what a library said, on one line without a full stop.

    TensorFlow adds a traceback and advice to what it can’t import, so the first of several import errors is taken.
    """
    while isinstance(error.__context__, ImportError):
        error = error.__context__
    said = " ".join(str(error).split()).strip(" .")
    return said if len(said) <= _MAX_REASON else f"{said[: _MAX_REASON - 2].rstrip()} …"


def import_failed(error: Exception) -> StudioError:
    """Turn one of ``IMPORT_ERRORS`` of a library, which only some features need, into an error for the user."""
    what = tr("a part of the program can’t be loaded: {reason}", reason=library_reason(error))
    return StudioError(what, remedy=tr("Reinstall {package}.", package=_PROGRAM))


def newer_format(found: int, known: int) -> str:
    """Say that a file has a newer format than this program can read; ``INSTALL_NEWER`` is the remedy.

    Args:
        found: The version of its format.
        known: The newest version that this program can read.
    """
    return tr(
        "it was saved by a newer version of OCR Studio (format {found}; this version supports up to {known})",
        found=found,
        known=known,
    )


class WriteFailed(StudioError):
    """A file could not be written; an earlier file of that name is unchanged."""


class WrongTarget(WriteFailed, WrongUsage):
    """The user named a place that can't take the output, such as a file instead of a folder."""


def write_failed(path: object, error: OSError, what: str = _WHAT, *, help_with: str = "") -> WriteFailed:
    """Turn an OSError of writing into an error for the user.

    Args:
        path: What could not be written.
        error: What the system said.
        what: A text for ``tr`` with the placeholder {reason}.
        help_with: A remedy for ``tr``; by default one that fits the error.
    """
    said = tr(what, reason=write_reason(error))
    return WriteFailed(said, file=path, remedy=tr(help_with) if help_with else write_remedy(error))


def write_reason(error: OSError) -> str:
    """The reason as the system words it."""
    return error.strerror or str(error)


def write_remedy(error: OSError) -> str:
    """A remedy that fits the reason."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return tr("The folder does not exist: create it first, or choose another one.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return tr("Choose a folder that you can write to.")
    if error.errno == errno.ELOOP:
        return tr("Remove it, or choose another folder.")
    if error.errno == errno.EFBIG:  # FAT32 ends at 4 GB, the table of a PDF at 10 GB
        return tr("Export fewer photos, or choose a folder on another disk.")
    return tr("Free up disk space, or choose another folder.")
