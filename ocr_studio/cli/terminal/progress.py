"""The progress of commands on standard error: one line that changes, with a bar and the time left, on a terminal."""

from __future__ import annotations

import os
import sys
import time
from typing import Final

from ocr_studio.core import units
from ocr_studio.core.command_line import visible
from ocr_studio.core.time_left import TimeLeft

_CELLS: Final = 20  # of the bar
_NARROW: Final = 64  # columns of a terminal without room for the bar
# Seconds between two drawings of the line, and between two lines without a terminal.
_DRAWN_EVERY: Final = 0.1
_LOGGED_EVERY: Final = 20.0
_CLEAR: Final = "\r\x1b[K"


def is_terminal() -> bool:
    """Whether standard error is a terminal on which a line can be changed."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def clear_progress() -> None:
    """Remove the line of progress from the terminal, before anything else is printed."""
    if is_terminal():
        print(_CLEAR, end="", file=sys.stderr, flush=True)


class Progress:
    """The progress of a command: a bar with the time left on a terminal, nothing elsewhere."""

    def __init__(self, *, logged: bool = False) -> None:
        """Show nothing yet. logged: whether a line is printed every few seconds without a terminal, for long work."""
        self._logged = logged
        self._drawn = 0.0
        self._told = time.monotonic()
        self._doing = ""
        self._left = TimeLeft()

    def show(
        self, doing: str, done: float = 0.0, total: float = 0.0, *, detail: str = "", seconds: float | None = None
    ) -> None:
        """Show what is being done.

        Args:
            doing: The work, such as “reading photos”. Another one is measured anew.
            done: Finished parts, that being worked on as a fraction.
            total: Parts in all; 0 if unknown.
            detail: Shown in place of the number of parts.
            seconds: The remaining time, if the work measures it itself.
        """
        if doing != self._doing:
            self._doing, self._left, self._drawn = doing, TimeLeft(), 0.0
        if seconds is None and total:
            seconds = self._left.update(done, total)
        now, terminal = time.monotonic(), is_terminal()
        if terminal and now >= self._drawn + _DRAWN_EVERY:
            self._drawn = now
            print(f"{_CLEAR}{_line(doing, done, total, detail, seconds)}", end="", file=sys.stderr, flush=True)
        elif self._logged and not terminal and sys.stderr is not None and now >= self._told + _LOGGED_EVERY:
            self._told = now
            print(_text(doing, done, total, detail, seconds), file=sys.stderr, flush=True)


def _line(doing: str, done: float, total: float, detail: str, seconds: float | None) -> str:
    """Return the line for the terminal, no wider than it."""
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        columns = 80
    text = _text(doing, done, total, detail, None)
    if seconds is not None:  # before the text, which may be cut off
        text = f"{units.time_left(seconds)}  {text}"
    if total and columns >= _NARROW:
        share = min(1.0, max(0.0, done / total))
        text = f"{_bar(share)} {share:4.0%}  {text}"
    return text if len(text) < columns else f"{text[: columns - 2]}…"


def _text(doing: str, done: float, total: float, detail: str, seconds: float | None) -> str:
    if not total:
        return visible(f"{doing}{f': {detail}' if detail else '…'}")
    count = detail or f"{int(done)} of {units.plain(total)}"
    left = "" if seconds is None else f", {units.time_left(seconds)}"
    return visible(f"{doing}: {count}{left}")


def _bar(share: float) -> str:
    full, empty = "█░"
    try:
        (full + empty).encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        full, empty = "#."
    cells = round(share * _CELLS)
    return full * cells + empty * (_CELLS - cells)
