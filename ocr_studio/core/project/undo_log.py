"""The undo history of a project, which also survives a restart.

``history.jsonl`` in the project's folder is only ever added to, a line for each time that pages are saved:

    {"saved": {page id: name of the file that is to take the page's place}, "did": [what happened, …]}

and this is what may happen:

    {"do": {"name": …, "pages": {page id: {"words": {word id: [before, after]}, "facts": [before, after], "order": …}}}}
                        "name" as it was shown; "key", its English text or [singular, plural], and "args", the values of
                        its placeholders, give it in any language; earlier versions wrote "name" alone; "series", where
                        it is a part of a step of many photos: the same text for each part; "order": changes of the
                        reading order, see ``OrderChange``
    {"join": true}      the newest two steps are one (a drag, a page read piece by piece)
    {"go": -1}          number of steps undone (negative) or redone
    {"drop": true}      the step that would be done again next cannot be, and is forgotten

A line is there whole or counts for nothing, so that pages and history agree, however the program ended: see
``transaction``. Each of what may happen may also be a line of its own.

It is worth less than the pages: what of it cannot be read is left out, and a step that no longer fits the page that it
was made for is not done. Deleting it loses nothing but the way back.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.page import Edit, StepName
from ocr_studio.core.project import page_file
from ocr_studio.core.translation import Message

FILE: Final = "history.jsonl"
# Steps that can be undone; older ones are dropped.
MOST: Final = 1000
# Bytes. A longer file is shortened when it is opened; one that is longer by far is no history of ours.
LONG: Final = 4 * 2**20
MAX_BYTES: Final = 256 * 2**20
# Of a file longer than any that was shortened, only the newest lines are taken apart; so many lines no sitting leaves.
MAX_TOLD: Final = 2 * LONG
MAX_SAVED: Final = 16 * LONG
MAX_LINES: Final = 200_000
MAX_LOGGED: Final = 10

_log = logging.getLogger(__name__)

# Longer ones are not ours.
_Key: TypeAlias = Annotated[str, Meta(max_length=500)]
_Value: TypeAlias = Annotated[str, Meta(max_length=10_000)] | Annotated[int, Meta(ge=-(2**53), le=2**53)]


class _Name(Struct):
    key: _Key | Annotated[list[_Key], Meta(min_length=1, max_length=2)]
    args: dict[str, _Value]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the history: page id -> what it changed there. name: what the undo menu says.

    series: not empty for a part of what is one step to a person, but of too many photos to be done at once; the same
    for all its parts, which follow each other.
    """

    name: StepName
    edits: Mapping[str, Edit] = field(default_factory=dict)
    series: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "edits", MappingProxyType({key: edit for key, edit in self.edits.items() if edit}))

    def __bool__(self) -> bool:
        return bool(self.edits)

    def inverted(self) -> Step:
        """The step that undoes this one."""
        return Step(self.name, {key: edit.inverted() for key, edit in self.edits.items()}, self.series)

    def then(self, later: Step) -> Step:
        """This step and a later one as one, under this one's name."""
        both = dict(self.edits)
        for key, edit in later.edits.items():
            both[key] = both[key].then(edit) if key in both else edit
        return Step(self.name, both, self.series)


@dataclass(frozen=True, slots=True)
class UndoLog:
    """All known steps, the oldest first; the first ``index`` of them are done, the others undone."""

    steps: tuple[Step, ...] = ()
    index: int = 0


def done_line(step: Step) -> bytes:
    """The line for a step that was done."""
    return _line({"do": _step_fields(step)})


def join_line() -> bytes:
    """The line that makes the newest two steps one."""
    return _line({"join": True})


def move_line(steps: int) -> bytes:
    """The line for steps undone (negative) or redone."""
    return _line({"go": steps})


def drop_line() -> bytes:
    """The line that forgets the step that would be done again next."""
    return _line({"drop": True})


def saved_line(files: Mapping[str, str], lines: bytes) -> bytes:
    """The line for pages that are saved, with the lines of what made them so. files: page id -> its new file's name."""
    return b'{"saved":' + page_file.line(files) + b',"did":[' + b",".join(lines.split(b"\n")[:-1]) + b"]}\n"


def add(folder: SafeFolder, lines: bytes) -> None:
    """Add lines to the history in a project's folder. Raises OSError; it is then as it was."""
    with folder.appending(FILE, most=MAX_BYTES) as file:
        before = file.seek(0, os.SEEK_END)
        file.seek(max(before - 1, 0))
        # A program that was killed may have left half a line.
        cut_off = file.read(1) not in (b"", b"\n")
        left = memoryview(b"\n" * cut_off + lines)
        try:
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                file.truncate(before)
            raise


def files_of(folder: SafeFolder) -> list[tuple[str, str]]:
    """Page ids and the files that are to take their places, as the history tells of them, the oldest first.

    Raises OSError or TooLarge where there is a history and it cannot be read.
    """
    try:
        data = folder.read(FILE, most=MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return []
    told = (line.get("saved") for line in _objects(data, folder.full(FILE)))
    pairs = (pair for files in told if isinstance(files, dict) for pair in files.items())
    return [(page_id, name) for page_id, name in pairs if isinstance(name, str)]


def load(folder: SafeFolder, *, shorten: bool = False) -> UndoLog:
    """What the history in a project's folder tells; nothing where there is none or it cannot be read.

    shorten: a long file is written anew without what is not needed any more.
    """
    path = folder.full(FILE)
    try:
        data = folder.read(FILE, most=MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return UndoLog()
    except (OSError, TooLarge) as error:
        _log.warning("%s can’t be read, so nothing older can be taken back: %s", path, error)
        return UndoLog()
    log = _replayed(_lines(data, path), whole=len(data) <= MAX_TOLD)
    if shorten and len(data) > LONG:
        log = _newest(log)
        try:
            folder.replace(FILE, b"".join(encoded(log)))
        except OSError as error:
            _log.warning("%s can’t be shortened: %s", path, error)
    return log


def encoded(log: UndoLog) -> Iterator[bytes]:
    """Yield the lines that store an undo log in an empty file."""
    yield from (done_line(step) for step in log.steps)
    if log.index < len(log.steps):
        yield move_line(log.index - len(log.steps))


def _newest(log: UndoLog) -> UndoLog:
    """So many of the newest steps as fit into half the length that is too long."""
    room, kept = LONG // 2, 0
    for step in reversed(log.steps):
        room -= len(done_line(step))
        if room < 0:
            break
        kept += 1
    first = min(len(log.steps) - kept, log.index)
    return UndoLog(log.steps[first:], log.index - first)


def _replayed(lines: Iterable[Mapping[str, object]], *, whole: bool = True) -> UndoLog:
    """What these lines come to. whole: they are all there are; else ``index`` may pass below their first step."""
    steps: list[Step] = []
    index, least = 0, 0 if whole else -MOST
    for line in lines:
        if isinstance(step := line.get("do"), Step):
            del steps[max(index, 0) :]
            steps.append(step)
            index = len(steps)
        elif line.get("join") is True and index == len(steps) >= 2:
            last = steps.pop()
            steps[-1] = steps[-1].then(last)
            index -= 1
            if not steps[-1]:
                steps.pop()
                index -= 1
        elif line.get("drop") is True and index >= 0:
            del steps[index : index + 1]
        elif isinstance(by := line.get("go"), int):
            index = min(len(steps), max(least, index + by))
        if index > MOST:
            del steps[: index - MOST]
            index = MOST
    return UndoLog(tuple(steps), index) if index >= 0 else UndoLog()


def _lines(data: bytes, path: object) -> Iterator[Mapping[str, object]]:
    """What happened, so far as it can be read; the lines of ``saved`` taken apart."""
    for line in _objects(data, path, steps=True):
        happened = line.get("did")
        yield from happened if isinstance(happened, list) else (line,)


def _objects(data: bytes, path: object, *, steps: bool = False) -> Iterator[Mapping[str, object]]:
    """Each line that can be read. After one that cannot, a killed program's last, all goes on.

    steps: what was done is taken apart, too.
    """
    bad = 0
    lines = data[-MAX_TOLD if steps else -MAX_SAVED :].rsplit(b"\n", MAX_LINES)[-MAX_LINES:]
    for number, line in enumerate(lines, start=data.count(b"\n") + 2 - len(lines)):
        if not line:
            continue
        try:
            found = dict(page_file.an_object(strict_json.load(line), "it"))
            happened = found.get("did", []) if steps else []
            for each in (found, *(happened if isinstance(happened, list) else ())):
                if "do" in page_file.an_object(each, "what happened") and steps:
                    each["do"] = _step(each["do"])
        except ValueError as error:
            bad += 1
            if bad <= MAX_LOGGED:
                _log.warning("%s, line %d is left out: %s", path, number, error)
            continue
        yield found
    if bad > MAX_LOGGED:
        _log.warning("%s: %d lines are left out", path, bad)


def _line(value: Mapping[str, object]) -> bytes:
    return page_file.line(value) + b"\n"


def _step_fields(step: Step) -> dict[str, object]:
    series = {"series": step.series} if step.series else {}
    pages = {key: _edit_fields(edit) for key, edit in step.edits.items()}
    return {**_name_fields(step.name), "pages": pages, **series}


def _name_fields(name: StepName) -> dict[str, object]:
    if isinstance(name, str):
        return {"name": name}
    return {"name": str(name), "key": [name.text, name.many] if name.many else name.text, "args": dict(name.values)}


def _edit_fields(edit: Edit) -> dict[str, object]:
    words = {key: [word and page_file.word_fields(word) for word in pair] for key, pair in edit.changes.items()}
    facts = edit.facts and [page_file.facts_fields(each) for each in edit.facts]
    fields: dict[str, object] = {"words": words, "facts": facts, "order": page_file.order_fields(edit.order or ())}
    return {key: value for key, value in fields.items() if value or key == "words"}


def _step(value: object) -> Step:
    """Raises page_file.NotAPage."""
    fields = page_file.an_object(value, "step")
    name, pages = _name(fields), page_file.an_object(fields.get("pages"), "pages")
    series = fields.get("series", "")
    if not isinstance(series, str):
        raise page_file.NotAPage("its series is not a string")
    return Step(name, {key: page_file.edit_of(edit, name) for key, edit in pages.items()}, series)


def _name(fields: Mapping[str, object]) -> StepName:
    """The name of a step; as it was shown where its key is none of ours. Raises page_file.NotAPage."""
    name, found = fields.get("name"), json_schema.convert_or(fields, _Name, None)
    if not isinstance(name, str):
        raise page_file.NotAPage("its name is not a string")
    if found is None:
        return name
    one, *many = [found.key] if isinstance(found.key, str) else found.key
    again = Message(one, "".join(many), found.args)
    return again if again.fits else name
