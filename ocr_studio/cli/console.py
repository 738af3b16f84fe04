"""How the command is spoken to and speaks: paths, exit statuses, errors, and text that a terminal can show."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from ocr_studio.core import settings
from ocr_studio.core.command_line import CommandParser, visible
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.models import registry as models
from ocr_studio.core.models.card import Kind
from ocr_studio.core.settings import Settings

PROGRAM: Final = "ocr-studio"
GOOD, FAILED, MISUSED = 0, 1, 2
# Seconds between two lines of progress where there is no terminal.
TOLD_EVERY: Final = 20.0
INTERRUPTED, NOBODY_LISTENS = 128 + signal.SIGINT, 128 + 13  # as a shell counts programs that a signal ended


def command_parser(name: str, description: str, epilog: str) -> CommandParser:
    """What asks for a command, so far without its options. epilog: shown as it stands below the help."""
    return CommandParser(
        prog=f"{PROGRAM} {name}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def given_path(text: str) -> Path:
    """The path that an argument gives. Raises argparse.ArgumentTypeError for an empty one.

    To ``Path`` that is the current folder; who gives it has most often a variable of the shell that is not set.
    """
    if not text:
        raise argparse.ArgumentTypeError("empty path")
    return Path(text)


def complain(error: StudioError | str) -> None:
    """Say what is wrong, in one line on standard error."""
    line = error.typed if isinstance(error, StudioError) else error
    if sys.stderr is not None:  # where ``print`` would put it on standard output
        print(f"{PROGRAM}: {visible(line)}", file=sys.stderr, flush=True)


def settings_for(kinds: Collection[Kind]) -> Settings:
    """The settings. That a model of these kinds was chosen that cannot be used now is said: another takes its place."""
    chosen = settings.load()
    for kind in kinds:
        name = settings.chosen_model(kind)
        if name is not None and not models.can_be_chosen(name, kind):
            reads, finds = f"“{chosen.reads_with()}” reads", f"“{chosen.finds_with()}” finds writing"
            instead = reads if kind == "recognizer" else finds
            what = f"the model “{name}” that you chose is gone or damaged; {instead} instead"
            complain(StudioError(what, remedy='"ocr-studio models use" chooses another one.'))
    return chosen


def show_progress(line: str) -> None:
    """What is going on, on one line that is written over and over; silent where there is no terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{visible(line)}\x1b[K", end="", file=sys.stderr, flush=True)


@contextmanager
def interrupted_between() -> Iterator[Callable[[], bool]]:
    """Ctrl+C is not heard in the midst of what is done but where it is asked for: whether somebody wants the end.
    Pressed once more it ends the program at once. Where it means nothing or something else, that stays so."""
    if threading.current_thread() is not threading.main_thread():  # which alone is told
        yield lambda: False
        return
    pressed = False

    def hear(_: int, __: FrameType | None) -> None:
        nonlocal pressed
        shown = sys.stderr is not None and sys.stderr.isatty()
        if pressed:
            if shown:
                _write_past_python(b"\n")
            # Not as an exception: what is going on, TensorFlow above all, may swallow it or make another of it.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        pressed = True
        if shown:
            _write_past_python(b"\rending as soon as it can be gone on with; Ctrl+C once more ends at once\x1b[K")

    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, hear)
    try:
        yield lambda: pressed
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _write_past_python(line: bytes) -> None:
    """Write to the terminal past Python's buffer, which may be in use while a signal is handled."""
    with suppress(OSError):  # the terminal may be closed by now
        os.write(sys.stderr.fileno(), line)


class LongProgress:
    """What goes on for minutes: shown as ever on a terminal, and elsewhere, as in a log, now and then on a line."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def show(self, line: str) -> None:
        """What is going on now."""
        show_progress(line)
        now = time.monotonic()
        if sys.stderr is not None and not sys.stderr.isatty() and now >= self._told + TOLD_EVERY:
            self._told = now
            print(visible(line), file=sys.stderr, flush=True)


def written(out: OutputFolder, name: str, data: bytes | str) -> bool:
    """Write an answer into a file; whether that went well. What did not is said."""
    try:
        out.write(name, data)
    except StudioError as error:
        complain(error)
        return False
    return True


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """The option of commands that write files with names of the user's choice."""
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace files, too, that this program did not write or that were edited since; photos never",
    )
