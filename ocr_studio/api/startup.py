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
from ocr_studio.core.settings import ReaderOptions

# The value before the program sets it: if you ask for TensorFlow's messages, you get them.
_VERBOSE: Final = os.environ.get("TF_CPP_MIN_LOG_LEVEL") in {"0", "1"}
_STDERR: Final = 2
# All lines, and those that are not messages of TensorFlow ("I0000 00:00:1 3 port.cc:153] …").
_ALL_LINES: Final = re.compile(rb".*\n|.+\Z")
_OTHER_LINES: Final = re.compile(
    rb"^(?!WARNING: All log messages before absl|To enable the following|.*\.cc:\d+\]).*(?:\n|\Z)", re.MULTILINE
)
# All threads share standard error: two that redirect it at once would restore the wrong handle.
_LOCK: Final = threading.Lock()


class _OriginalStderr:
    """The original standard error while it is redirected; one for the process."""

    handle: int | None = None


def _restore_stderr() -> None:
    """Restore standard error in a forked process: its redirected output would never be printed."""
    if _OriginalStderr.handle is not None:
        os.dup2(_OriginalStderr.handle, _STDERR)
        _OriginalStderr.handle = None  # the child manages its own standard error from here on


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_restore_stderr)


@contextlib.contextmanager
def silence_tensorflow() -> Iterator[None]:
    """Hide TensorFlow's messages on standard error, unless ``TF_CPP_MIN_LOG_LEVEL`` is 0 or 1.

    Other output to standard error is delayed until the end; all of it is printed if the block raises. ``sys.stderr``
    and the traceback of a crash are printed at once. (TensorFlow reads the variable only after it has been loaded.)

    If several threads use this at once, only the first one has an effect. Forked processes are not affected. Processes
    that are started meanwhile, as by ``subprocess``, write to the redirected handle, and what they write later is lost:
    start them later, or give them their own ``stderr``.
    """
    if _VERBOSE or not _LOCK.acquire(blocking=False):
        yield
        return
    try:
        with contextlib.ExitStack() as stack:
            original = output = None
            with contextlib.suppress(OSError):  # no standard error, as without a console, or a full disk
                original = os.dup(_STDERR)
                stack.callback(os.close, original)
                output = stack.enter_context(tempfile.TemporaryFile())
            if original is not None and output is not None:
                stack.enter_context(_redirect_stderr(original, output))
            yield
    finally:
        _LOCK.release()


def load_tensorflow() -> None:
    """Load TensorFlow without its messages, and configure it for networks of this thread."""
    with silence_tensorflow():
        from ocr_studio.engine.networks import tensorflow_setup

        tensorflow_setup.configure(ReaderOptions())


@contextlib.contextmanager
def _redirect_stderr(original: int, output: IO[bytes]) -> Iterator[None]:
    """Redirect standard error.

    Args:
        original: A copy of the original handle.
        output: File that receives the output.
    """
    with contextlib.ExitStack() as stack:
        if logs.is_standard_error(sys.stderr):
            sys.stderr.flush()
            stack.enter_context(logs.speaking_on(original))
        if not faulthandler.is_enabled():
            faulthandler.enable(original)
            stack.callback(faulthandler.disable)
        stack.callback(setattr, _OriginalStderr, "handle", None)
        stack.callback(os.dup2, original, _STDERR)
        os.dup2(output.fileno(), _STDERR)
        _OriginalStderr.handle = original
        shown_lines = _OTHER_LINES
        try:
            yield
        except BaseException:
            shown_lines = _ALL_LINES
            raise
        finally:
            with contextlib.suppress(OSError):  # the error itself matters more
                output.seek(0)
                os.write(original, b"".join(shown_lines.findall(output.read())))
