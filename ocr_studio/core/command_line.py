"""Shared by the command and the scripts: argument errors on one line, and text that is safe to print."""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from typing import Any, Final, NoReturn

_MISUSED: Final = 2  # exit status, as argparse has it
_BYTES: Final = re.compile("[\udc80-\udcff]+")  # how Python represents bytes that it can't decode
# All control characters but the end of a line, and halves of surrogate pairs …
_CONTROL: Final = "\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff"
_CONTROLS: Final = re.compile(f"[{_CONTROL}]")
# … and line separators and bidirectional controls ("Trojan Source", CVE-2021-42574).
_STEERING: Final = re.compile(f"[{_CONTROL}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")


class CommandParser(argparse.ArgumentParser):
    """An ArgumentParser that reports errors on one line, without the usage."""

    def __init__(self, *, speaker: str = "", **asked: Any) -> None:
        """Create a parser.

        Args:
            speaker: Name in front of error messages; by default the name of the program.
            **asked: Arguments of ``argparse.ArgumentParser``.
        """
        super().__init__(**asked)
        self._speaker = speaker
        self._given: list[str] = []

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does, and remember the arguments for ``error``."""
        self._given = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Exit with status 2 and one line on standard error."""
        if message.startswith("the following arguments are required") and (unknown := self._unknown()):
            message += f"; unrecognized arguments: {' '.join(unknown)}"  # most often a typo in what is required
        self.exit(_MISUSED, f'{self._speaker or self.prog}: {visible(message)}; see "{self.prog} --help"\n')

    def _unknown(self) -> list[str]:
        """Return the given options that don't exist."""
        words = itertools.takewhile(lambda word: word != "--", self._given)
        known = " ".join(self._option_string_actions)  # with their abbreviations, if these are allowed
        return [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]


def visible(text: str) -> str:
    """Escape everything in a line that would control a terminal, as file names may contain."""
    # If the locale isn't UTF-8, Python has represented names by bytes that it couldn't decode.
    text = _BYTES.sub(lambda found: _as_utf8(found[0]), text)
    return printed(text, terminal=True).replace("\n", "\\n")


def printed(text: str, *, terminal: bool) -> str:
    """Escape control characters in lines for standard output.

    Args:
        text: The lines.
        terminal: Whether they go to a terminal; then line separators and bidirectional controls are escaped, too.
    """
    return (_STEERING if terminal else _CONTROLS).sub(lambda found: ascii(found[0])[1:-1], text)


def json_text(value: object, *, indent: int | None = 1) -> str:
    """Format JSON for standard output, with escapes for everything that would control a terminal."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, indent=indent))


def _as_utf8(kept: str) -> str:
    return kept.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="surrogateescape")
