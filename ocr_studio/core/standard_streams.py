"""Standard input, output and error, whatever they are: closed, opened for reading, full, or in another encoding."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, Final, TextIO, cast

from ocr_studio.core.errors import StudioError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_INPUT, _OUTPUT, _ERROR = range(3)
# An answer must not end at a file name that is no text.
_ERRORS: Final = "backslashreplace"


class OutputLost(OSError):
    """Standard output cannot be written.

    Not a StudioError: commands tell of those and go on with the next photo, whose answer would be lost as well.
    """

    @property
    def no_reader(self) -> bool:
        """Whether it is a pipe that nobody reads any more, as after ``| head``: no mistake, nothing to tell."""
        return self.errno == errno.EPIPE

    @property
    def told(self) -> StudioError:
        """What to tell the user."""
        if self.errno == errno.ENOSPC:
            what, remedy = "there is no room for the answer", "Make room."
            return StudioError(what, file="standard output", remedy=remedy)
        reason = "it is closed or read-only" if self.errno == errno.EBADF else self.strerror
        remedy = "Send it to a terminal, a pipe or a file."
        what = f"the answer cannot be written: {reason}"
        return StudioError(what, file="standard output", remedy=remedy)


class _PatientFile(io.FileIO):
    """A file that waits where the one who started the program has set it to fail instead."""

    def write(self, data: Buffer, /) -> int:
        written: int | None
        while (written := super().write(data)) is None:
            select.select([], [self.fileno()], [])
        return written


class _Output(_PatientFile):
    """Raises OutputLost where it cannot write."""

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OutputLost(error.errno, error.strerror) from None


class _Error(_PatientFile):
    """Drops what it cannot write: there is nowhere left to tell that."""

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def prepare() -> None:
    """Make ``sys.stdout`` and ``sys.stderr`` speak UTF-8 whatever the locale says, and fail in no surprising way.

    To be called once, when the program starts, before it opens any file: where one of the three is closed, the next
    file would take its number, and what is printed would be written into a project.
    """
    opened = _open_closed_ones() if os.name == "posix" else set()
    sys.stdout = cast("TextIO", _prepared(sys.stdout, _OUTPUT, opened))
    sys.stderr = cast("TextIO", _prepared(sys.stderr, _ERROR, opened))


def finish() -> None:
    """Write what waits for standard output, or drop it: Python would try again at exit and complain of it."""
    try:
        if sys.stdout is not None:  # a program without a console has none on Windows
            sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _OUTPUT)
        os.close(nowhere)


def open_error(number: int) -> TextIO:
    """A text stream on this handle that drops what it cannot write, as ``sys.stderr`` is. Does not close the handle."""
    if os.name == "nt" and os.isatty(number):  # a console of Windows takes text, not bytes
        return open(number, "w", encoding="utf-8", errors=_ERRORS, buffering=1, closefd=False)
    return _text(_Error(number, "w", closefd=False), at_once=True)


def _open_closed_ones() -> set[int]:
    """Open the closed ones on nothing, and return which. Writing to an output that was closed fails nevertheless."""
    opened = set()
    for number, mode in ((_INPUT, os.O_WRONLY), (_OUTPUT, os.O_RDONLY), (_ERROR, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free, which is this one. Not to be closed in programs that are started by this.
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
    """Whether this is the stream that Python itself has opened, as bytes: a console of Windows takes text."""
    if not isinstance(stream, io.TextIOWrapper):
        return False
    file = getattr(stream.buffer, "raw", stream.buffer)
    return isinstance(file, io.FileIO) and not file.closed and file.fileno() == number
