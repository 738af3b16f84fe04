"""Errors a person can act on, those of files that cannot be written among them. All else that is raised is a bug."""

from __future__ import annotations

import errno
from typing import Final

from ocr_studio.core.translation import later, tr


class StudioError(Exception):
    """Something a person can mend. Built from facts: what happened, to which file, what to do about it.

    ``str(error)`` is one line, fit for a message bar; ``typed`` is the one for standard error. They differ where what
    is to be done is a button in the window and an option on the command line.
    """

    def __init__(self, what: str, *, file: object = None, remedy: str = "", command: str = "") -> None:
        """command: the remedy for who typed a command, in English; empty where it is the same."""
        self.what = what
        self.file = None if file is None else str(file)
        self.remedy = remedy
        self.command = command
        super().__init__(self._line(remedy))

    @property
    def typed(self) -> str:
        """As ``str``, for who typed a command."""
        return self._line(self.command) if self.command else str(self)

    def _line(self, remedy: str) -> str:
        place = f"{self.file}: " if self.file else ""
        return " ".join(f"{place}{self.what.rstrip('.')}. {remedy}".split())


_WHAT: Final = later("it cannot be written: {reason}")
# A full disk, a used-up share of it, and a file longer than the system allows.
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class WriteFailed(StudioError):
    """A file could not be written; an earlier one of that name is as it was."""


def write_failed(path: object, error: OSError, what: str = _WHAT, *, help_with: str = "") -> WriteFailed:
    """What the system refused, as an error for the user.

    Args:
        path: What could not be written.
        error: What the system said.
        what: A text for ``tr`` with a place for the reason.
        help_with: A remedy for ``tr``; by default what helps against that error.
    """
    said = tr(what, reason=write_reason(error))
    return WriteFailed(said, file=path, remedy=tr(help_with) if help_with else write_remedy(error))


def write_reason(error: OSError) -> str:
    """Why, as the system says it."""
    return error.strerror or str(error)


def write_remedy(error: OSError) -> str:
    """What helps, as far as the reason tells."""
    if error.errno in FULL:
        return tr("Make room on that disk, or choose another place.")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return tr("There is no such folder: make it first, or choose another one.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return tr("Choose a folder where you may write.")
    if error.errno == errno.ELOOP:
        return tr("Remove it, or choose another place.")
    return tr("Make room, or choose another place.")
