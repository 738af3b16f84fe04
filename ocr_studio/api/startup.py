"""TensorFlow without the notes that it writes past Python to standard error while it is loaded and looks for GPUs."""

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

# As it was set before anything of ours sets it: who asks TensorFlow to speak shall hear it.
_ASKED_TO_SPEAK: Final = os.environ.get("TF_CPP_MIN_LOG_LEVEL") in {"0", "1"}
_STDERR: Final = 2
# Lines of it: all, and those that are none of TensorFlow's notes ("I0000 00:00:1 3 port.cc:153] …").
_ALL: Final = re.compile(rb".*\n|.+\Z")
_OTHERS: Final = re.compile(
    rb"^(?!WARNING: All log messages before absl|To enable the following|.*\.cc:\d+\]).*(?:\n|\Z)", re.MULTILINE
)
# There is one standard error for all threads: two that hold it back at once would each give back the other's.
_TURN: Final = threading.Lock()


class _Held:
    """While standard error is held back: another handle on it. One for each process, as standard error is."""

    handle: int | None = None


def _give_back() -> None:
    """A process that is forked meanwhile speaks where the person hears it: nobody would read out what is held back."""
    if _Held.handle is not None:
        os.dup2(_Held.handle, _STDERR)
        _Held.handle = None  # what it does with it from now on is its own affair, also where it forks


if hasattr(os, "register_at_fork"):  # Windows has no such thing
    os.register_at_fork(after_in_child=_give_back)


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """While this lasts, nothing that TensorFlow notes on standard error is seen, unless ``TF_CPP_MIN_LOG_LEVEL`` was
    set to 0 or 1; what others write there comes at the end. ``sys.stderr`` still reaches the person; so does all of it
    where what is done meanwhile fails, and where the program dies of a fault what it was at.

    (TensorFlow heeds that variable only once it is loaded.) Of several threads that ask for it at once the first one
    has it. Processes that are forked meanwhile are not silenced; of what others that are started meanwhile write there
    later, as by ``subprocess``, nothing is seen: let them wait, or give them a ``stderr`` of their own.
    """
    if _ASKED_TO_SPEAK or not _TURN.acquire(blocking=False):
        yield
        return
    try:
        with contextlib.ExitStack() as after:
            kept = said = None
            with contextlib.suppress(OSError):  # there is none, as where a program has no console; or no room
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
    """kept: another handle on standard error. said: gets what is written there till the end."""
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
            with contextlib.suppress(OSError):  # an error itself matters more
                said.seek(0)
                os.write(kept, b"".join(told.findall(said.read())))
