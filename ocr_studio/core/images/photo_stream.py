"""Files of photos, opened for reading: plain ones only, never waiting, and no more of them than can be a photo."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ocr_studio.core.images.photo_errors import COPY_AGAIN, PhotoError, not_a_file, refused
from ocr_studio.core.translation import tr

MAX_BYTES: Final = 2 << 30

_ID_BYTES: Final = 16
_PIECE: Final = 1 << 18
_FLAGS: Final = (
    os.O_RDONLY
    # It may have become a pipe in between, and opening a pipe waits for its other end.
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[io.BufferedReader]:
    """The file, open for reading; a link is followed. Raises PhotoError, also for what the system says meanwhile.

    Files without a size, as the system makes them up under /proc, count as empty: reading them may wait for ever.
    """
    try:
        _check_kind(path, Path(path).stat())
        with os.fdopen(os.open(path, _FLAGS), "rb") as stream:
            status = os.fstat(stream.fileno())
            _check_kind(path, status)
            if not status.st_size:
                raise PhotoError(tr("the file is empty"), file=path, remedy=tr(COPY_AGAIN))
            if status.st_size > MAX_BYTES:
                remedy = tr("Save it as JPEG or PNG and open that.")
                raise PhotoError(tr("the file is larger than 2 GiB"), file=path, remedy=remedy)
            yield stream
    except (OSError, ValueError) as error:
        raise refused(path, error) from error


def read(path: Path, *, most: int) -> bytes | None:
    """All of a file; None where it has more bytes than ``most``. Raises PhotoError."""
    with reading(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        # So much memory is taken at once, however little there is to read; a file that grows meanwhile is cut off.
        return stream.read(size) if size <= most else None


def content_id(path: Path) -> str:
    """BLAKE2b over the file's bytes, 32 hex digits. Raises PhotoError."""
    with reading(path) as stream:
        digest, left, piece = _digest(), MAX_BYTES, bytearray(_PIECE)
        # No more than it may have: somebody may be writing to it without end.
        while left > 0 and (count := stream.readinto(piece)):
            digest.update(memoryview(piece)[:count])
            left -= count
        return digest.hexdigest()


def id_of(data: bytes) -> str:
    """``content_id`` of a file with these bytes."""
    digest = _digest()
    digest.update(data)
    return digest.hexdigest()


def _digest() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=_ID_BYTES)


def _check_kind(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise not_a_file(path, status.st_mode)
