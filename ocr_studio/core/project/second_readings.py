"""Words that a second model read differently, saved beside the pages of a project: they are reviewed first.

``second-readings.jsonl`` in the project's folder is only ever added to, a line for each time that a page was read by a
second model, with the words that it read otherwise; the newest line of a page counts:

    {"page": page id, "words": {word id: [what stood there, its confidence or null, the other reading, its confidence]}}

Unreadable lines are skipped, and deleting the file only changes the order of review.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.json_schema import Share
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.page import FROM_CORRECTIONS, Transcription, Word
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project import page_file

FILE: Final = "second-readings.jsonl"
# Bytes. A longer file is written anew, with the newest line of each page; those of 40,000 photos fit.
LONG: Final = 64 * 2**20
MAX_BYTES: Final = 128 * 2**20
# Far more than can be reviewed; the newest lines count.
MAX_LINES: Final = 200_000
MAX_READINGS: Final = 1_000_000
MAX_LOGGED: Final = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What two models have read in one word, each with its confidence 0..1, if it said one."""

    first: str
    first_sure: float | None
    other: str
    other_sure: float | None

    def doubt(self, word: Word) -> float:
        """How likely the reading that does not stand there is beside the one that does, 0..1; 0 where neither does any
        more.
        """
        sure = {self.first: self.first_sure or 0.0, self.other: self.other_sure or 0.0}
        if word.machine is None or word.machine.text not in sure or len(sure) < 2:
            return 0.0
        own = sure.pop(word.machine.text)
        (rival,) = sure.values()
        return rival / (own + rival) if own + rival > 0 else 0.5


@dataclass(frozen=True, slots=True)
class _Line:
    page: str
    words: dict[str, tuple[str, Share | None, str, Share | None]]


def differing(readings: Iterable[tuple[Word, Transcription]]) -> dict[str, SecondReading] | None:
    """Return the words that a second model read differently, by id; None if no word was read by another model."""
    pairs = [
        (word.id, word.machine, read)
        for word, read in readings
        if word.machine is not None and word.machine.model not in (read.model, f"{read.model}{FROM_CORRECTIONS}")
    ]
    if not pairs:
        return None
    return {
        key: SecondReading(first.text, first.confidence, read.text, read.confidence)
        for key, first, read in pairs
        if first.text != read.text
    }


def add(folder: SafeFolder, page_id: str, readings: Mapping[str, SecondReading]) -> None:
    """A page was read by a second model, which has read these of its words otherwise, and no others.

    folder: the project's. Raises OSError.
    """
    words = {key: [each.first, each.first_sure, each.other, each.other_sure] for key, each in readings.items()}
    line = page_file.line({"page": page_id, "words": words}) + b"\n"
    if folder.is_file(FILE) and folder.stat(FILE).st_size > LONG:
        newest = [kept for key, (kept, _) in _newest(folder).items() if key != page_id]
        folder.replace(FILE, b"".join(each + b"\n" for each in newest) + line)
        return
    with folder.appending(FILE, most=MAX_BYTES) as file:
        # On a line of its own, also behind the half one of a killed program.
        file.write(b"\n" + line)


def load(folder: SafeFolder) -> dict[str, dict[str, SecondReading]]:
    """Page id -> word id -> the other reading; nothing where none is kept. folder: the project's."""
    return {key: words for key, (_, words) in _newest(folder).items()}


def _newest(folder: SafeFolder) -> dict[str, tuple[bytes, dict[str, SecondReading]]]:
    """Page id -> the newest line of it that can be read, and what that says; the oldest first."""
    path = folder.full(FILE)
    try:
        data = folder.read(FILE, most=MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, TooLarge) as error:
        _log.warning("%s can’t be read: %s", path, error)
        return {}
    found: dict[str, tuple[bytes, dict[str, SecondReading]]] = {}
    bad, readings = 0, 0
    for line in filter(None, reversed(data.rsplit(b"\n", MAX_LINES)[-MAX_LINES:])):
        try:
            key, words = _read(line)
        except ValueError as error:
            bad += 1
            if bad <= MAX_LOGGED:
                _log.info("%s, a line of %d bytes is left out: %s", path, len(line), error)
            continue
        readings += len(words)
        if readings > MAX_READINGS:
            break
        found.setdefault(key, (line, words))
    if bad > MAX_LOGGED:
        _log.info("%s: %d lines are left out", path, bad)
    return dict(reversed(found.items()))


def _read(line: bytes) -> tuple[str, dict[str, SecondReading]]:
    """What a line says, of which page. Raises ValueError."""
    found = json_schema.convert(strict_json.load(line), _Line)
    return found.page, {
        key: SecondReading(one_line(first), first_sure, one_line(other), other_sure)
        for key, (first, first_sure, other, other_sure) in found.words.items()
    }
