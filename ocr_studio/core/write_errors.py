"""What a person can do about a file that cannot be written."""

from __future__ import annotations

import errno
from typing import Final

from ocr_studio.core.translation import tr

# A full disk, a used-up share of it, and a file longer than the system allows.
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    return tr("Make room, or choose another place.")
