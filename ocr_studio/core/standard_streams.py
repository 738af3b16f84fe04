"""Standard input, output and error, made reliable: they may be closed, read-only, full, or in another encoding."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, Final, TextIO, cast

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr

if TYPE_CHECKING:
    from typing_extensions import Buffer

_INPUT, _OUTPUT, _ERROR = range(3)
# A file name that can't be encoded must not end the output.
_ERRORS: Final = "backslashreplace"


class OutputLost(OSError):
    """Standard output can't be written.

    Not a StudioError: commands report those and continue with the next photo, whose output would be lost as well.
    """

    @property
    def no_reader(self) -> bool:
        """Whether the reader of the pipe has ended, as after ``| head``. This isn't an error."""
        return self.errno == errno.EPIPE

    @property
    def told(self) -> StudioError:
        """The error message for the user."""
        if self.errno == errno.ENOSPC:
            return StudioError(tr("the disk is full"), file="standard output", remedy=tr("Free up disk space."))
        reason = "it is closed or read-only" if self.errno == errno.EBADF else self.strerror
        remedy = "Redirect it to a terminal, a pipe or a file."
        what = f"can’t write the output: {reason}"
        return StudioError(what, file="standard output", remedy=remedy)


class _PatientFile(io.FileIO):
    """A file that waits until it can write, even if it is set to non-blocking."""

    def write(self, data: Buffer, /) -> int:
        written: int | None
        while (written := super().write(data)) is None:
            select.select([], [self.fileno()], [])
        return written


class _Output(_PatientFile):
    """Raises OutputLost if it can't write."""

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OutputLost(error.errno, error.strerror) from None


class _Error(_PatientFile):
    """Drops what it can't write: there is nowhere left to report it."""

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def prepare() -> None:
    """Make ``sys.stdout`` and ``sys.stderr`` use UTF-8 whatever the locale is, and report write errors.

    Call it once at start, before any file is opened: if one of the three streams is closed, the next file would take
    its number, and printed text would be written to a project.
    """
    opened = _open_closed_ones() if os.name == "posix" else set()
    sys.stdout = cast("TextIO", _prepared(sys.stdout, _OUTPUT, opened))
    sys.stderr = cast("TextIO", _prepared(sys.stderr, _ERROR, opened))


def finish() -> None:
    """Flush standard output, or drop what can't be written: Python would retry at exit and print an error."""
    try:
        if sys.stdout is not None:  # a program without a console has none on Windows
            sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _OUTPUT)
        os.close(nowhere)


def open_error(number: int) -> TextIO:
    """Open a text stream on a handle that drops what it can't write, like ``sys.stderr``. Never closes the handle."""
    if os.name == "nt" and os.isatty(number):  # a console of Windows takes text, not bytes
        return open(number, "w", encoding="utf-8", errors=_ERRORS, buffering=1, closefd=False)
    return _text(_Error(number, "w", closefd=False), at_once=True)


def _open_closed_ones() -> set[int]:
    """Open closed streams on the null device, and return which. Writing to a closed output still fails."""
    opened = set()
    for number, mode in ((_INPUT, os.O_WRONLY), (_OUTPUT, os.O_RDONLY), (_ERROR, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # Takes the lowest free number, which is this one. Child processes inherit it.
            os.set_inheritable(os.open(os.devnull, mode), True)
            opened.add(number)
    return opened


def _prepared(stream: TextIO | None, number: int, opened: set[int]) -> TextIO | None:
    if number in opened or _leads_to(stream, number):
        if number == _ERROR:
            return open_error(number)
        at_once = isinstance(stream, io.TextIOWrapper) and (stream.line_buffering or stream.write_through)
        return _text(_Output(number, "w", closefd=False), at_once=at_once)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors=_ERRORS)
    return stream


def _text(file: io.FileIO, *, at_once: bool) -> TextIO:
    return io.TextIOWrapper(io.BufferedWriter(file), encoding="utf-8", errors=_ERRORS, line_buffering=at_once)


def _leads_to(stream: TextIO | None, number: int) -> bool:
    """Whether this is the byte stream that Python opened on a handle; a Windows console takes text instead."""
    if not isinstance(stream, io.TextIOWrapper):
        return False
    file = getattr(stream.buffer, "raw", stream.buffer)
    return isinstance(file, io.FileIO) and not file.closed and file.fileno() == number
