"""Our own table of words, as ``documents.spreadsheet`` writes it, or as a spreadsheet program has saved it again."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ocr_studio.core.formats.documents.spreadsheet import COLUMNS, escape_cell
from ocr_studio.core.formats.exchange import MAX_WORDS, ExchangeLine, ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.label_words import LabelledWords, clean_text
from ocr_studio.core.formats.names import resolve_photo_name
from ocr_studio.core.page import Mark, Point, WordState
from ocr_studio.core.translation import tr

_BEGINNING: Final = re.compile(rb"(?:\xef\xbb\xbf)?" + rb"([,;\t])".join([b"page", b"number"]))
_CHECKED: Final = frozenset({WordState.ACCEPTED.value, WordState.CORRECTED.value, WordState.MARKED.value})
# Columns that files of all versions have.
_OLDEST: Final = COLUMNS[:-1]
_CORNERS: Final = _OLDEST[-8:]
_ESCAPED: Final = re.compile(r"(^|;\s*)'")
_MAX_ROWS: Final = 1_000_000


def recognizes(file: LabelFile) -> bool:
    """Whether a file is a table that this program exported."""
    found = _BEGINNING.match(file.beginning)
    return found is not None and file.beginning[found.start(1) - 4 :].startswith(_make_header(found[1]))


def _make_header(delimiter: bytes) -> bytes:
    return delimiter.join(column.encode("ascii") for column in _OLDEST)


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    pages: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in _load_rows(file):
        rows = pages[row.get("page") or ""]
        rows.append(row)
        if len(rows) > MAX_WORDS:
            raise file.make_error(tr("it has more than {most} labels for one photo", most=MAX_WORDS))
    for name, rows in pages.items():
        yield _read_page(resolve_photo_name(_unescape(name)), rows)


def _load_rows(file: LabelFile) -> Iterator[Mapping[str, str]]:
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise file.make_error(tr("it is not UTF-8")) from error
    if text.count("\n") > _MAX_ROWS:
        raise file.make_error(tr("it has more than {most} lines", most=_MAX_ROWS))
    found = _BEGINNING.match(file.beginning)
    if found is None:
        raise file.make_error(tr("its format is not known"))
    try:
        yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=found[1].decode("ascii"))
    except csv.Error as error:
        raise file.make_error(tr("it is not a valid table: {reason}", reason=error)) from error


def _read_page(image: str, rows: list[Mapping[str, str]]) -> ExchangePage:
    words = LabelledWords(image)
    lines: defaultdict[tuple[int, int], list[ExchangeWord]] = defaultdict(list)
    for row in rows:
        if word := _read_word(words, row):
            lines[_parse_place(row.get("paragraph")), _parse_place(row.get("line"))].append(word)
    blocks: defaultdict[int, list[ExchangeLine]] = defaultdict(list)
    for paragraph, line in sorted(lines):
        blocks[paragraph].append(ExchangeLine(tuple(lines[paragraph, line])))
    return replace(words.page(), blocks=tuple(map(tuple, blocks.values())), ordered=True)


def _parse_place(cell: str | None) -> int:
    """Return the number of a line or paragraph; 0 for none."""
    return int(cell) if cell and cell.isascii() and cell.isdigit() and len(cell) < 10 else 0


def _read_word(words: LabelledWords, row: Mapping[str, str]) -> ExchangeWord | None:
    """None if it is wrong; then it is counted as left out."""
    state = row.get("state") or ""
    confidence = None if state in _CHECKED else _parse_number(row.get("confidence") or "")
    mark = Mark.UNREADABLE if state == WordState.MARKED.value else None
    known = ExchangeWord(None, confidence=confidence, checked=state in _CHECKED, mark=mark)
    text = _unescape(row.get("text") or "")
    corners = [row.get(column) or "" for column in _CORNERS]
    if any(corners):
        numbers = [_parse_number(corner) for corner in corners]
        points: list[Point] = [
            (x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True) if x is not None and y is not None
        ]
        return words.add(points if len(points) == 4 else [], text, known)
    cleaned = clean_text(text)
    if not cleaned:  # without a box it is nothing
        words.leave_out()
        return None
    return replace(known, text=cleaned)


def _parse_number(cell: str) -> float | None:
    try:
        return float(cell) if len(cell) < 40 else None
    except ValueError:
        return None


def _unescape(cell: str) -> str:
    """What ``spreadsheet.escape_cell`` made a cell of."""
    found = _ESCAPED.sub(r"\1", cell)
    return found if escape_cell(found) == cell else cell
