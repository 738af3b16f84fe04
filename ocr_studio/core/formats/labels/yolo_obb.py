"""YOLO with oriented boxes: NAME.txt for each photo, "class x1 y1 x2 y2 x3 y3 x4 y4" in shares of the photo.

https://docs.ultralytics.com/datasets/obb/. It has no texts: they are in NAME.texts.json beside it, one entry for each
line. data.yaml names the only class. YOLO's lines for upright boxes, "class x y width height", are read, too.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from ocr_studio.core.files import json_schema
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import BadLabels, LabelFile
from ocr_studio.core.formats.labels.label_words import (
    SHARES,
    TEXT_CLASS,
    LabelledWords,
    check_count,
    find_mark,
    load_json,
)
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page, Point
from ocr_studio.core.translation import tr

_TEXTS: Final = ".texts.json"
_DATA: Final = f"""\
# For training, put the photos into the folder images and the .txt files into the folder labels beside this file.
path: .
train: images
val: images
nc: 1
names: [{TEXT_CLASS}]
"""
_NUMBER: Final = r"-?(?:\d{1,9}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE]-?\d{1,2})?"
_LINE: Final = re.compile(rf"\s*\d{{1,9}}((?:\s+{_NUMBER}){{4}}|(?:\s+{_NUMBER}){{8}})\s*")
_LARGEST: Final = 2.0  # what is further outside a photo is no share


def render(pages: Sequence[Page], _: PhotoSource | None) -> str:
    """Make the file of a page."""
    [page] = pages
    found = ExchangePage.from_page(page)
    width, height = max(1, found.width), max(1, found.height)
    lines = []
    for _word, quad in found.boxed_words():
        shares = [value for x, y in quad.corners for value in (_clamp(x / width), _clamp(y / height))]
        lines.append(" ".join(["0", *(f"{share:.7g}" for share in shares)]))
    return "".join(f"{line}\n" for line in lines)


def render_extra(written: Sequence[tuple[str, Page]], _: PhotoSource | None) -> dict[str, bytes]:
    """Make the files beside those of photos. written: the names of these with their pages."""
    texts = {f"{PurePosixPath(name).stem}{_TEXTS}": _format_texts(page) for name, page in written}
    return {"data.yaml": _DATA.encode("ascii"), **texts}


def _clamp(share: float) -> float:
    return min(1.0, max(0.0, share))


def _format_texts(page: Page) -> bytes:
    words = [_make_entry(word) for word, _ in ExchangePage.from_page(page).boxed_words()]
    return (json.dumps(words, ensure_ascii=False, indent=1) + "\n").encode("utf-8", errors="replace")


def _make_entry(word: ExchangeWord) -> dict[str, object]:
    entry: dict[str, object] = {"text": word.text, "checked": word.checked, "confidence": word.confidence}
    return {**entry, "mark": word.mark.value} if word.mark else entry


@dataclass(frozen=True, slots=True)
class _Entry:
    text: str = ""
    checked: bool = True
    confidence: float | None = None
    mark: str | None = None


def recognizes(file: LabelFile) -> bool:
    """Whether a file is of YOLO: text whose first line is a box."""
    if file.suffix != ".txt":
        return False
    first = file.beginning.decode("utf-8-sig", errors="replace").lstrip().partition("\n")[0]
    return bool(_read_outline(first))


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the page of a file. Raises BadLabels."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise file.make_error(tr("it is not UTF-8")) from error
    lines = [line for line in text.splitlines() if line.strip()]
    check_count(file, lines)
    words = LabelledWords(file.stem, SHARES)
    entries = _load_texts(file, len(lines))
    for line, entry in zip(lines, entries, strict=True):
        mark = find_mark(entry.mark)
        word = ExchangeWord(None, confidence=entry.confidence, checked=entry.checked, mark=mark)
        words.add(_read_outline(line), entry.text, word)
    yield words.page()


def _read_outline(line: str) -> list[Point]:
    """The corners of a line, in shares; [] if it has no box."""
    found = _LINE.fullmatch(line)
    numbers = [float(number) for number in found[1].split()] if found else []
    if not numbers or not all(math.isfinite(number) and abs(number) <= _LARGEST for number in numbers):
        return []
    if len(numbers) == 4:
        x, y, width, height = numbers
        left, top, right, bottom = x - width / 2, y - height / 2, x + width / 2, y + height / 2
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _load_texts(file: LabelFile, count: int) -> list[_Entry]:
    """The texts of so many lines; empty ones if there is no file with so many."""
    nothing = [_Entry()] * count
    try:
        other = file.sibling(f"{file.stem}{_TEXTS}")
        found = load_json(other) if other else None
    except BadLabels:
        return nothing
    entries = json_schema.convert_or(found, list[_Entry], nothing)
    return entries if len(entries) == count else nothing
