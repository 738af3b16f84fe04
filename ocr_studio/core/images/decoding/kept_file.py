"""The file that a child process keeps open, with what its library made of it.

Pages are asked for one after the other. Finding the first of them may take seconds, where a damaged PDF is searched for
its objects; and a frame of an animation is drawn over all frames before it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from ocr_studio.core.files import child_process
from ocr_studio.core.images import photo_stream

# Windows does not let anybody rename or delete a file that is open.
_KEEPS: Final = sys.platform != "win32"


_State: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a file. state: by which the file is known again; close: ends what was opened."""

    state: _State
    opened: object
    close: Callable[[], object]


class _Now:
    kept: _Kept | None = None
    reading: tuple[BinaryIO, _State] | None = None


@contextlib.contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file. Raises PhotoError.

    What was made of it in an earlier call is found by ``find_opened``, until another file is opened, work on this one
    fails, or nothing is asked for a while.
    """
    with photo_stream.open_stream(path) as stream:
        status = os.fstat(stream.fileno())
        state = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
        if _Now.kept is not None and _Now.kept.state != state:
            close()
        _Now.reading = stream, state
        try:
            yield stream
        except BaseException:
            close()
            raise
        finally:
            _Now.reading = None


def find_opened(stream: BinaryIO) -> object:
    """Return what was made of the file of a stream and is kept; None if there is nothing."""
    return _Now.kept.opened if _Now.kept is not None and _find_state(stream) == _Now.kept.state else None


def copy_stream(stream: BinaryIO) -> BinaryIO:
    """Return a stream that stays open behind this one, if what is made of it can be kept; otherwise this one."""
    return os.fdopen(os.dup(stream.fileno()), "rb") if _find_state(stream) is not None else stream


def keep_opened(stream: BinaryIO, opened: object, end: Callable[[], object]) -> bool:
    """Keep what was made of the file of a stream. Returns whether it is kept; otherwise the caller closes it.

    Args:
        stream: The stream.
        opened: What was made of a copy of it.
        end: Closes that.
    """
    if (state := _find_state(stream)) is None:
        return False
    close()
    _Now.kept = _Kept(state, opened, end)
    child_process.call_when_idle(close)
    return True


def close() -> None:
    """Close what is kept."""
    kept, _Now.kept = _Now.kept, None
    if kept is not None:
        kept.close()


def _find_state(stream: BinaryIO) -> _State | None:
    """Return the state of the file that is open, if this is its stream and it may be kept."""
    return _Now.reading[1] if _KEEPS and _Now.reading is not None and _Now.reading[0] is stream else None
