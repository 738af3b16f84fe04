"""Loading TensorFlow without the messages that it writes to standard error past Python."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import IO, Final

from ocr_studio.core import logs

# The value before the program sets it: if you ask for TensorFlow's messages, you get them.
_ASKED_TO_SPEAK: Final = os.environ.get("TF_CPP_MIN_LOG_LEVEL") in {"0", "1"}
_STDERR: Final = 2
# All lines, and those that are not messages of TensorFlow ("I0000 00:00:1 3 port.cc:153] …").
_ALL: Final = re.compile(rb".*\n|.+\Z")
_OTHERS: Final = re.compile(
    rb"^(?!WARNING: All log messages before absl|To enable the following|.*\.cc:\d+\]).*(?:\n|\Z)", re.MULTILINE
)
# All threads share standard error: two that redirect it at once would restore the wrong handle.
_TURN: Final = threading.Lock()


class _Held:
    """The original standard error while it is redirected; one for the process."""

    handle: int | None = None


def _give_back() -> None:
    """Restore standard error in a forked process: its redirected output would never be printed."""
    if _Held.handle is not None:
        os.dup2(_Held.handle, _STDERR)
        _Held.handle = None  # the child manages its own standard error from here on


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_give_back)


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Hide TensorFlow's messages on standard error, unless ``TF_CPP_MIN_LOG_LEVEL`` is 0 or 1.

    Other output to standard error is delayed until the end; all of it is printed if the block raises. ``sys.stderr``
    and the traceback of a crash are printed at once. (TensorFlow reads the variable only after it has been loaded.)

    If several threads use this at once, only the first one has an effect. Forked processes are not affected. Processes
    that are started meanwhile, as by ``subprocess``, write to the redirected handle, and what they write later is lost:
    start them later, or give them their own ``stderr``.
    """
    if _ASKED_TO_SPEAK or not _TURN.acquire(blocking=False):
        yield
        return
    try:
        with contextlib.ExitStack() as after:
            kept = said = None
            with contextlib.suppress(OSError):  # no standard error, as without a console, or a full disk
                kept = os.dup(_STDERR)
                after.callback(os.close, kept)
                said = after.enter_context(tempfile.TemporaryFile())
            if kept is not None and said is not None:
                after.enter_context(_held_back(kept, said))
            yield
    finally:
        _TURN.release()


@contextlib.contextmanager
def _held_back(kept: int, said: IO[bytes]) -> Iterator[None]:
    """Redirect standard error.

    Args:
        kept: A copy of the original handle.
        said: File that receives the output.
    """
    with contextlib.ExitStack() as after:
        if logs.is_standard_error(sys.stderr):
            sys.stderr.flush()
            after.enter_context(logs.speaking_on(kept))
        if not faulthandler.is_enabled():
            faulthandler.enable(kept)
            after.callback(faulthandler.disable)
        after.callback(setattr, _Held, "handle", None)
        after.callback(os.dup2, kept, _STDERR)
        os.dup2(said.fileno(), _STDERR)
        _Held.handle = kept
        told = _OTHERS
        try:
            yield
        except BaseException:
            told = _ALL
            raise
        finally:
            with contextlib.suppress(OSError):  # the error itself matters more
                said.seek(0)
                os.write(kept, b"".join(told.findall(said.read())))
