"""What is right and what is wrong about how the program answered."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from tests.hostile.mutations import MARK
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import (
    ANSWERED,
    HANG,
    KILLED,
    MEMORY,
    REFUSED,
    TORN,
    TOUCHED,
    TRACEBACK,
    UNSAFE,
    Ran,
    Trial,
)

_PREFIX: Final = "ocr-studio"
_NEVER: Final = ("Traceback (most recent call last)", "Exception ignored", "Fatal Python error", "Warning:")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", re.IGNORECASE)
_ENTRY: Final = re.compile(r"\b(example|entry|photo|line) [0-9]+\b")
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MOST_READ: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Process:
    """How the process ended. signal: 0 where it ended by itself; hung: why it had to be stopped, or nothing; large: it
    had too much memory."""

    signal: int
    hung: str
    large: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An outcome, and what speaks for it."""

    outcome: str
    details: Sequence[str] = ()


def judged(trial: Trial, ran: Sequence[Ran], place: Sandbox, process: Process, names: Collection[str]) -> Found:
    """What the answers are worth, private files left aside. names: of files and folders that may be meant."""
    faults = [line for each in ran for line in _faults(each, trial, names)]
    at = next((" ".join(each.command) for each in ran if each.status == -1), "")
    if process.hung or process.signal == 24:  # SIGXCPU
        return Found(HANG, [f"{process.hung or 'its processor time is over'}, in: {at}", *faults])
    if process.large:
        return Found(MEMORY, [f"in: {at}" if at else "", *faults])
    if process.signal:
        faults.insert(0, f"by signal {process.signal}")
    if at or faults:
        return Found(KILLED if at else TRACEBACK, [f"the process ended in: {at}" if at else "", *faults])
    if unsafe := [*_unsafe_said(ran), *_unsafe_files(place.out)]:
        return Found(UNSAFE, unsafe)
    return Found(ANSWERED if all(each.status == 0 for each in ran) else REFUSED)


def worst(outcome: str, outside: Sequence[str], torn: Sequence[str]) -> str:
    """The outcome, once it is known what was touched and what was torn."""
    if outside:
        return TOUCHED
    return TORN if torn and outcome in {ANSWERED, REFUSED, UNSAFE} else outcome


def _faults(ran: Ran, trial: Trial, names: Collection[str]) -> Iterator[str]:
    """What is wrong with an exit status and the lines on standard error."""
    if ran.fault:
        yield from [f"in: {' '.join(ran.command)}", *ran.fault.strip().splitlines()[-6:]]
        return
    if ran.status == -1:
        return
    lines = ran.err.splitlines()
    for line in lines:
        if any(each in line for each in _NEVER):
            yield from (f"in: {' '.join(ran.command)}", *lines[-6:])
            return
    if ran.status not in {0, 1, 2}:
        yield f"exit status {ran.status} of: {' '.join(ran.command)}"
    yield from (f"{' '.join(ran.command)}: {line[:300]}" for line in _bad_lines(ran, lines, trial, names))


def _bad_lines(ran: Ran, lines: Sequence[str], trial: Trial, names: Collection[str]) -> Iterator[str]:
    if ran.status in {1, 2} and not lines:
        yield f"exit status {ran.status} without a reason"
    if len(lines) > trial.lines:
        yield f"{len(lines)} lines on standard error where {trial.lines} would do, the last: {lines[-1]}"
    if twice := next((line for line in lines if lines.count(line) > 1), None):
        yield f"said twice: {twice}"
    for line in lines:
        if ran.status and not line.startswith(_PREFIX):
            yield f"no line of the program's own: {line}"
    if ran.status == 1 and lines and not any(_names_file(line, names) for line in lines):
        yield f"no file is named: {lines[0]}"


def _names_file(line: str, names: Collection[str]) -> bool:
    """Whether a line says which file it is about, or which entry of the labels that were given."""
    return bool(_ENTRY.search(line)) or any(ascii(name)[1:-1][:40] in line or name[:40] in line for name in names)


# ------------------------------------------------------------------------------------------------------ unsafe texts


def _unsafe_said(ran: Sequence[Ran]) -> Iterator[str]:
    """What would steer a terminal."""
    for each in ran:
        for stream, text in (("output", each.out), ("error", each.err)):
            if letter := next(filter(_steers, text[:_MOST_READ]), None):
                yield f"{letter!a} on standard {stream} of: {' '.join(each.command)}"
            elif found := _TURNS.search(text):
                yield f"{found[0]!a} on standard {stream} of: {' '.join(each.command)}"


def _steers(letter: str) -> bool:
    return letter not in "\n\t" and (letter < " " or "\x7f" <= letter <= "\x9f" or letter in "\u2028\u2029")


def _unsafe_files(out: Path) -> Iterator[str]:
    """What the written files would do to the programs that open them."""
    if not out.is_dir():
        return
    for path in sorted(each for each in out.rglob("*") if each.suffix in {".csv", ".html", ".md", ".txt"}):
        if not path.is_file() or path.is_symlink() or path.stat().st_size > _MOST_READ:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".csv" and (cell := _formula(text)):
            yield f"{path.name!a} has a cell that is a formula: {cell[:60]!a}"
        if path.suffix == ".html" and (tag := _planted(text)):
            yield f"{path.name!a} has markup of the stranger's: {tag[:60]!a}"
        if letter := next((each for each in text if unicodedata.category(each) == "Cc" and each not in "\n\t"), None):
            yield f"{path.name!a} has the control character {letter!a}"


def _formula(text: str) -> str | None:
    cells = (cell for row in csv.reader(io.StringIO(text)) for cell in row)
    return next((cell for cell in cells if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)), None)


def _planted(text: str) -> str | None:
    finder = _Finder()
    finder.feed(text)
    return finder.found


class _Finder(HTMLParser):
    """Looks for tags and attributes that a hostile text brought."""

    found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") and MARK in (value or ""):
                self.found = f"{tag} {name}"
            if name in {"href", "src"} and (value or "").strip().lower().startswith("javascript:"):
                self.found = f"{tag} {name}={value}"
        if MARK in tag:
            self.found = tag
