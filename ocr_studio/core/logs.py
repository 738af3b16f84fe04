"""The logs, in a folder of their own: what went wrong unseen, and what libraries say about themselves."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
from collections import deque
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, TextIO, cast

from ocr_studio.core import paths, standard_streams

# Of one file, and how many older ones stay beside it.
_MOST_BYTES: Final = 1_000_000
_OLDER: Final = 2


@contextlib.contextmanager
def libraries_silenced() -> Iterator[None]:
    """While this lasts, what libraries log, warn of or write to standard error goes to the log folder.

    TensorFlow, libjpeg and CUDA write there past Python; between answers and errors it would look like ours.
    ``sys.stderr`` still reaches the person.
    """
    with in_log_file():
        if is_standard_error(sys.stderr):
            with _native_stderr_in_log():
                yield
        else:  # a test or a caller has put something else there, which libraries do not write to
            yield


@contextlib.contextmanager
def in_log_file() -> Iterator[None]:
    """While this lasts, log records go to a file that is kept small, and not to standard error."""
    root, handler = logging.getLogger(), _file_handler()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


@contextlib.contextmanager
def _native_stderr_in_log() -> Iterator[None]:
    number = sys.stderr.fileno()
    sys.stderr.flush()
    kept = os.dup(number)
    log = _open_native()
    os.dup2(log, number)
    os.close(log)
    logging.captureWarnings(capture=True)
    faulted = not faulthandler.is_enabled()
    if faulted:
        # What the program did as it died by a fault outside of Python: into the file, past what is spoken.
        faulthandler.enable(number)
    try:
        with speaking_on(kept):
            yield
    finally:
        logging.captureWarnings(capture=False)
        if faulted:
            faulthandler.disable()
        os.dup2(kept, number)
        os.close(kept)


def last_lines(count: int) -> list[str]:
    """The newest lines of the log; none where there is no log."""
    try:
        with paths.open_plain(_folder() / "ocr-studio.log") as stream:
            lines = deque(stream, maxlen=count)
        return [line.decode("utf-8", errors="replace").rstrip("\r\n") for line in lines]
    except OSError:
        return []


def limit_native() -> None:
    """Begin the file of what libraries write anew if it has grown too large; to be called now and then."""
    with contextlib.suppress(OSError):
        path = _folder() / "native.log"
        if path.stat().st_size > _MOST_BYTES:
            os.truncate(path, 0)


def _open_native() -> int:
    """A handle on a new file for what libraries write. What was written the last times stays for a while: it may tell
    why the program died.
    """
    try:
        path = _folder() / "native.log"
        for age in range(_OLDER, 0, -1):
            older = path.with_name(f"native.log.{age - 1}") if age > 1 else path
            with contextlib.suppress(FileNotFoundError):
                older.replace(path.with_name(f"native.log.{age}"))
        # A pipe of that name would be waited for.
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0), 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def is_standard_error(stream: TextIO | None) -> bool:
    """Whether this writes to the system's standard error, as ``sys.stderr`` does where nobody has replaced it."""
    try:
        return stream is not None and stream.fileno() == 2
    except (OSError, ValueError, AttributeError):  # (of what only has ``write``)
        return False


@contextlib.contextmanager
def speaking_on(number: int) -> Iterator[None]:
    """While this lasts, ``sys.stderr`` writes to another handle."""
    before = sys.stderr
    with standard_streams.open_error(number) as stream:
        relay = _Relay(stream)
        sys.stderr = cast("TextIO", relay)
        try:
            yield
        finally:
            relay.stream = sys.stderr = before


class _Relay:
    """A stream for a time, and the one before it for who holds on to this: a logger that a library sets up meanwhile
    does, and could write nothing later if it held the stream itself, which is closed then.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class _LogFile(RotatingFileHandler):
    """A log that cannot be written says so once, and no traceback for each of its lines."""

    _told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the library's name)
        """Called while the error is being handled."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told:
            self._told = True
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stderr.write(f"{self.baseFilename}: can’t write the log: {error.strerror}. Free up disk space.\n")


def _file_handler() -> logging.Handler:
    try:
        path = _folder() / "ocr-studio.log"
        if paths.exists(path) and not path.is_file():  # a pipe would be waited for
            return logging.NullHandler()
        # Names of files, and keys of JSON, may hold halves of characters.
        handler = _LogFile(path, "a", _MOST_BYTES, _OLDER, encoding="utf-8", delay=True, errors="backslashreplace")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


def _folder() -> Path:
    folder = paths.log_dir()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
