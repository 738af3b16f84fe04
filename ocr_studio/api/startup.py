"""TensorFlow without the notes that it writes past Python to standard error while it is loaded and looks for GPUs."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Final

# As it was set before anything of ours sets it: who asks TensorFlow to speak shall hear it.
_ASKED_TO_SPEAK: Final = os.environ.get("TF_CPP_MIN_LOG_LEVEL") in {"0", "1"}
_STDERR: Final = 2


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """While this lasts, nothing of what libraries write to standard error is seen, unless ``TF_CPP_MIN_LOG_LEVEL`` was
    set to 0 or 1. ``sys.stderr`` still reaches the person; so does all of it where what is done meanwhile fails.

    (TensorFlow heeds that variable only once it is loaded.)
    """
    kept = None if _ASKED_TO_SPEAK else _duplicate()
    if kept is None:
        yield
        return
    with tempfile.TemporaryFile() as said:
        try:
            with _python_speaks(kept):
                os.dup2(said.fileno(), _STDERR)
                yield
        except BaseException:
            said.seek(0)
            os.write(kept, said.read())
            raise
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)


def _duplicate() -> int | None:
    try:
        return os.dup(_STDERR)
    except OSError:  # there is none, as where a program has no console
        return None


@contextlib.contextmanager
def _python_speaks(number: int) -> Iterator[None]:
    """``sys.stderr`` on this handle, if it was on standard error."""
    spoken = sys.stderr
    try:
        same = spoken is not None and spoken.fileno() == _STDERR
    except (OSError, ValueError):
        same = False
    if not same:
        yield
        return
    spoken.flush()
    with open(number, "w", encoding=spoken.encoding, errors="backslashreplace", buffering=1, closefd=False) as stream:
        sys.stderr = stream
        try:
            yield
        finally:
            sys.stderr = spoken
