"""Our own JSON with boxes, as ``documents.json_pages`` writes it: a page, or a list of pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, TypeAlias

from msgspec import Meta

from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import Corners, Share
from ocr_studio.core.formats.exchange import ExchangeLine, ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.labels.label_words import (
    Coordinate,
    LabelledWords,
    Size,
    check_count,
    clean_text,
    find_mark,
    load_json,
)
from ocr_studio.core.formats.names import resolve_photo_name
from ocr_studio.core.page import Alternative, WordState
from ocr_studio.core.plain_text import LONGEST
from ocr_studio.core.translation import tr

_Text: TypeAlias = Annotated[str, Meta(max_length=LONGEST)]
_CHECKED = frozenset({WordState.ACCEPTED.value, WordState.CORRECTED.value, WordState.MARKED.value})


@dataclass(frozen=True, slots=True)
class _Alternative:
    text: _Text
    confidence: Share


@dataclass(frozen=True, slots=True)
class _Word:
    quad: Corners[Coordinate] | None = None
    text: str = ""
    id: Annotated[str, Meta(max_length=200)] = ""
    confidence: float | None = None
    alternatives: Annotated[tuple[_Alternative, ...], Meta(max_length=20)] = ()
    line: int = 0
    # Not in files of versions before, nor in what the command ``read`` prints.
    state: str | None = None
    mark: str | None = None
    block: int = 0


@dataclass(frozen=True, slots=True)
class _Page:
    image: str
    words: list[object]
    width: Size = 0.0
    height: Size = 0.0


def recognizes(file: LabelFile) -> bool:
    """Whether a file is JSON that this program exported."""
    outer, _ = find_keys(file.beginning)
    return {"image", "width", "height", "words"} <= outer


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    found = load_json(file, has_pictures=False)
    entries = found if isinstance(found, list) else [found]
    for number, entry in enumerate(entries, 1):
        try:
            page = json_schema.convert(entry, _Page)
        except json_schema.BadValue as error:
            reason = str(error)
            why = tr("item {number}: {reason}", number=number, reason=reason) if entries is found else reason
            raise file.make_error(why) from error
        check_count(file, page.words)
        yield _read_page(page)


def _read_page(page: _Page) -> ExchangePage:
    size = page.width, page.height
    words = LabelledWords(resolve_photo_name(page.image), size)
    lines: defaultdict[tuple[int, int], list[ExchangeWord]] = defaultdict(list)
    entries: list[_Word] = json_schema.valid_entries(page.words, _Word)
    words.leave_out(len(page.words) - len(entries))
    for entry in entries:
        if word := _read_word(words, entry):
            lines[entry.block, entry.line].append(word)
    blocks: defaultdict[int, list[ExchangeLine]] = defaultdict(list)
    for block, number in sorted(lines):
        blocks[block].append(ExchangeLine(tuple(lines[block, number])))
    return replace(words.page(), blocks=tuple(map(tuple, blocks.values())), ordered=True)


def _read_word(words: LabelledWords, entry: _Word) -> ExchangeWord | None:
    """None if it is wrong; then it is counted as left out."""
    checked = entry.confidence == 1.0 if entry.state is None else entry.state in _CHECKED
    alternatives = tuple(Alternative(each.text, each.confidence) for each in entry.alternatives)
    confidence = None if checked else entry.confidence
    mark = find_mark(entry.mark)
    known = ExchangeWord(None, "", confidence, alternatives, checked, mark, entry.id)
    if entry.quad is not None:
        return words.add(entry.quad, entry.text, known)
    text = clean_text(entry.text)
    if not text:  # without a box it is nothing
        words.leave_out()
        return None
    return replace(known, text=text)
