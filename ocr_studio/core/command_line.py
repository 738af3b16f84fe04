"""What the command and the scripts have in common: arguments refused in one line, text that a terminal can show."""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from typing import Any, Final, NoReturn

_MISUSED: Final = 2  # exit status, as argparse has it
_BYTES: Final = re.compile("[\udc80-\udcff]+")  # what Python makes of bytes that it cannot read
# All control characters but the end of a line, and halves of surrogate pairs …
_CONTROL: Final = "\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff"
_CONTROLS: Final = re.compile(f"[{_CONTROL}]")
# … and separators of lines, and what turns the direction of writing round ("Trojan Source", CVE-2021-42574).
_STEERING: Final = re.compile(f"[{_CONTROL}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")


class CommandParser(argparse.ArgumentParser):
    """Takes arguments as argparse does, and says in one line which it refuses, not below the usage in many."""

    def __init__(self, *, speaker: str = "", **asked: Any) -> None:
        """speaker: who says what is wrong; the program as it is called where that is empty. asked: as argparse has
        it."""
        super().__init__(**asked)
        self._speaker = speaker
        self._given: list[str] = []

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does; what was given is kept in mind for ``error``."""
        self._given = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """End the program with status 2, and with one line on standard error."""
        if message.startswith("the following arguments are required") and (unknown := self._unknown()):
            message += f"; unrecognized arguments: {' '.join(unknown)}"  # most often what is required, mistyped
        self.exit(_MISUSED, f'{self._speaker or self.prog}: {visible(message)}; see "{self.prog} --help"\n')

    def _unknown(self) -> list[str]:
        """The options among what was given that there are none of."""
        words = itertools.takewhile(lambda word: word != "--", self._given)
        known = " ".join(self._option_string_actions)  # where they may be shortened, also their beginnings
        return [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]


def visible(text: str) -> str:
    """A line with everything escaped that would steer a terminal instead of being shown, as names of files may."""
    # Where the locale is not UTF-8, Python has taken names apart into bytes that it could not read.
    text = _BYTES.sub(lambda found: _as_utf8(found[0]), text)
    return printed(text, terminal=True).replace("\n", "\\n")


def printed(text: str, *, terminal: bool) -> str:
    """Lines of text for standard output, control characters escaped; on a terminal also what would turn writing round.

    What goes into a pipe or a file stays as it is written, as far as that is writing.
    """
    return (_STEERING if terminal else _CONTROLS).sub(lambda found: ascii(found[0])[1:-1], text)


def json_text(value: object, *, indent: int | None = 1) -> str:
    """JSON for standard output: readable, but with escapes for what would steer a terminal."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, indent=indent))


def _as_utf8(kept: str) -> str:
    return kept.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="surrogateescape")
