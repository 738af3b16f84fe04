"""What all commands share: argument types, exit statuses and error messages."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from ocr_studio.cli.terminal.progress import clear_progress
from ocr_studio.core.command_line import CommandParser, visible
from ocr_studio.core.errors import IMPORT_ERRORS, StudioError
from ocr_studio.core.units import counted

if TYPE_CHECKING:  # "ocr-studio --help" does not need it
    from ocr_studio.core.formats.output_folder import OutputFolder

PROGRAM: Final = "ocr-studio"
GOOD, FAILED, MISUSED = 0, 1, 2
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


class Stopped(KeyboardInterrupt):
    """Ctrl+C was pressed. The text says in sentences what was done by then, and how to go on."""


@contextmanager
def stopping(describe: Callable[[], str]) -> Iterator[None]:
    """Add to Ctrl+C inside the block what was done by then.

    Args:
        describe: Returns that, in sentences.

    Raises:
        Stopped: Ctrl+C was pressed.
    """
    try:
        yield
    except Stopped:
        raise
    except KeyboardInterrupt as error:
        raise Stopped(describe()) from error


@contextmanager
def ending_when_told() -> Iterator[None]:
    """End at once with SIGTERM, as with Ctrl+C, so that temporary files are deleted."""

    def end(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    # The library's own handler of Ctrl+C would wait for standard input. One that is ignored stays so.
    numbers = [number for number in (signal.SIGTERM, signal.SIGINT) if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def add_format(
    parser: argparse.ArgumentParser, what: str, choices: Sequence[str] = ("text", "json"), *, required: bool = False
) -> None:
    """Add ``--format``; the first of the choices is the default, unless one is required.

    Plain text is “text” for every command; “txt” is understood, too.
    """
    about = what if required else f"{what}; default: {choices[0]}"
    default = None if required else choices[0]
    parser.add_argument("--format", choices=choices, default=default, required=required, type=_format_name, help=about)


def _format_name(text: str) -> str:
    return "text" if text == "txt" else text


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
    clear_progress()
    if sys.stderr is not None:  # otherwise ``print`` would use standard output
        print(f"{PROGRAM}: {visible(line)}", file=sys.stderr, flush=True)


@contextmanager
def loading() -> Iterator[None]:
    """Turn the failure of an import inside the block into an error for the user."""
    try:
        yield
    except (*IMPORT_ERRORS, OSError, MemoryError) as error:  # a missing system library, or a limit of memory or files
        raise StudioError(f"can’t load the program: {str(error) or 'not enough memory'}") from error


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


def written(out: OutputFolder, name: str, data: bytes | str) -> bool:
    """Write an output file. Returns whether it succeeded; prints the error if not."""
    try:
        out.write(name, data)
    except StudioError as error:
        complain(error)
        return False
    return True


def print_written(files: int, photos: int, total: int, out: OutputFolder) -> None:
    """Print how many files were written of how many photos, and to which folder.

    Args:
        files: Number of files.
        photos: Number of photos that they hold.
        total: Number of all photos.
        out: The folder.
    """
    clear_progress()
    of_photos = counted(photos, "photo") if files != photos else ""
    part = " ".join(filter(None, (of_photos, "" if photos == total else f"of {counted(total, 'photo')}")))
    print(f"{counted(files, 'file')}{f' ({part})' if part else ''} written to {visible(str(out.path))}")


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """Add ``--overwrite``, for commands that write files to a place the user chooses."""
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="also replace files that this program did not write or that were edited since; never photos",
    )
