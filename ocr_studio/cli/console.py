"""What all commands share: argument types, exit statuses, error messages and progress lines."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from ocr_studio.core.command_line import CommandParser, visible
from ocr_studio.core.errors import IMPORT_ERRORS, StudioError
from ocr_studio.core.units import counted

if TYPE_CHECKING:  # "ocr-studio --help" does not need it
    from ocr_studio.core.formats.output_folder import OutputFolder

PROGRAM: Final = "ocr-studio"
GOOD, FAILED, MISUSED = 0, 1, 2
# Seconds between two lines of progress without a terminal.
TOLD_EVERY: Final = 20.0
INTERRUPTED, NOBODY_LISTENS = 128 + signal.SIGINT, 128 + 13  # the statuses a shell gives for SIGINT and SIGPIPE


def command_parser(name: str, description: str, epilog: str) -> CommandParser:
    """Create the parser of a command, without its options.

    Args:
        name: The command, as typed after ``ocr-studio``.
        description: What the command does, above the options.
        epilog: Shown below the options, line breaks included.
    """
    return CommandParser(
        prog=f"{PROGRAM} {name}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def given_path(text: str) -> Path:
    """Convert an argument to a path.

    ``Path("")`` would be the current folder, but an empty argument usually comes from an unset shell variable.

    Raises:
        argparse.ArgumentTypeError: The argument is empty.
    """
    if not text:
        raise argparse.ArgumentTypeError("empty path")
    return Path(text)


def png_path(text: str) -> Path:
    """Convert an argument to the path of an image to write.

    Raises:
        argparse.ArgumentTypeError: The argument is empty, or does not end in .png.
    """
    path = given_path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"the file name must end in .png, not “{text}”")
    return path


def complain(error: StudioError | str) -> None:
    """Print an error as one line on standard error."""
    line = error.typed if isinstance(error, StudioError) else error
    if sys.stderr is not None:  # otherwise ``print`` would use standard output
        print(f"{PROGRAM}: {visible(line)}", file=sys.stderr, flush=True)


@contextmanager
def loading() -> Iterator[None]:
    """Turn the failure of an import inside the block into an error for the user."""
    try:
        yield
    except (*IMPORT_ERRORS, OSError, MemoryError) as error:  # a missing system library, or a limit of memory or files
        raise StudioError(f"can’t load the program: {str(error) or 'not enough memory'}") from error


def show_progress(line: str) -> None:
    """Show progress on one line, which overwrites the previous one. Does nothing without a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{visible(line)}\x1b[K", end="", file=sys.stderr, flush=True)


@contextmanager
def interrupted_between() -> Iterator[Callable[[], bool]]:
    """Let the caller poll for Ctrl+C instead of being interrupted; a second Ctrl+C ends the program at once.

    If SIGINT is ignored or has another handler, that stays so.

    Yields:
        A function that tells whether Ctrl+C has been pressed.
    """
    if threading.current_thread() is not threading.main_thread():  # only the main thread receives signals
        yield lambda: False
        return
    pressed = False

    def hear(_: int, __: FrameType | None) -> None:
        nonlocal pressed
        shown = sys.stderr is not None and sys.stderr.isatty()
        if pressed:
            if shown:
                _write_past_python(b"\n")
            # Not as an exception: TensorFlow, for example, may swallow or replace it.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        pressed = True
        if shown:
            _write_past_python(b"\rsaving and stopping; press Ctrl+C again to stop at once\x1b[K")

    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, hear)
    try:
        yield lambda: pressed
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _write_past_python(line: bytes) -> None:
    """Write to the terminal without Python's buffer, which may be in use while a signal is handled."""
    with suppress(OSError):  # the terminal may have been closed
        os.write(sys.stderr.fileno(), line)


class LongProgress:
    """Progress of long work: one changing line on a terminal, a new line every few seconds elsewhere (in a log)."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def show(self, line: str) -> None:
        """Show the current state."""
        show_progress(line)
        now = time.monotonic()
        if sys.stderr is not None and not sys.stderr.isatty() and now >= self._told + TOLD_EVERY:
            self._told = now
            print(visible(line), file=sys.stderr, flush=True)


def written(out: OutputFolder, name: str, data: bytes | str) -> bool:
    """Write an output file. Returns whether it succeeded; prints the error if not."""
    try:
        out.write(name, data)
    except StudioError as error:
        complain(error)
        return False
    return True


def print_written(count: int, total: int, out: OutputFolder) -> None:
    """Print for how many of all photos a file was written, and to which folder."""
    print(f"{count} of {counted(total, 'photo')} written to {visible(str(out.path))}")


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """Add ``--overwrite``, for commands that write files to a place the user chooses."""
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="also replace files that this program did not write or that were edited since; never photos",
    )
