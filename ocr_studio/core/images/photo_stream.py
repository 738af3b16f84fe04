"""Files of photos, opened for reading: plain ones only, never waiting, and no more of them than can be a photo."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.images.photo_errors import COPY_AGAIN, PhotoError, make_access_error, make_not_a_file_error
from ocr_studio.core.translation import tr

MAX_BYTES: Final = 2 << 30

_ID_BYTES: Final = 16
_PIECE: Final = 1 << 18


@contextlib.contextmanager
def open_stream(path: Path) -> Iterator[io.BufferedReader]:
    """The file, open for reading; a link is followed. Raises PhotoError, also for what the system says meanwhile.

    Files without a size, as the system makes them up under /proc, count as empty: reading them may wait for ever.
    """
    try:
        with paths.open_plain(path) as stream:
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
    """All of a file; None where it has more bytes than ``most``. Raises PhotoError."""
    with open_stream(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        # So much memory is taken at once, however little there is to read; a file that grows meanwhile is cut off.
        return stream.read(size) if size <= most else None


def compute_content_id(path: Path) -> str:
    """BLAKE2b over the file's bytes, 32 hex digits. Raises PhotoError."""
    with open_stream(path) as stream:
        digest, left, piece = _new_digest(), MAX_BYTES, bytearray(_PIECE)
        # No more than it may have: somebody may be writing to it without end.
        while left > 0 and (count := stream.readinto(piece)):
            digest.update(memoryview(piece)[:count])
            left -= count
        return digest.hexdigest()


def compute_id(data: bytes) -> str:
    """``compute_content_id`` of a file with these bytes."""
    digest = _new_digest()
    digest.update(data)
    return digest.hexdigest()


def _new_digest() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=_ID_BYTES)
