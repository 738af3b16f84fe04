"""A file that cannot be written: why, and what the user can do about it."""

from __future__ import annotations

import errno
from typing import Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import later, tr

_WHAT: Final = later("it cannot be written: {reason}")
# A full disk, a used-up share of it, and a file longer than the system allows.
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class WriteFailed(StudioError):
    """A file could not be written; an earlier one of that name is as it was."""


def failed(path: object, error: OSError, what: str = _WHAT, *, help_with: str = "") -> WriteFailed:
    """What the system refused, as an error for the user.

    Args:
        path: What could not be written.
        error: What the system said.
        what: A text for ``tr`` with a place for the reason.
        help_with: A remedy for ``tr``; by default what helps against that error.
    """
    said = tr(what, reason=reason(error))
    return WriteFailed(said, file=path, remedy=tr(help_with) if help_with else remedy(error))


def reason(error: OSError) -> str:
    """Why, as the system says it."""
    return error.strerror or str(error)


def remedy(error: OSError) -> str:
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
