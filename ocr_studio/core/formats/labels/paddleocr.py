"""Label.txt of PaddleOCR and PPOCRLabel: one line for each photo, "folder/photo<tab>[words as JSON]".

https://github.com/PFCCLab/PPOCRLabel. PPOCRLabel knows a photo by its name and that of its folder, and drops the labels
of photos that aren't in fileState.txt when it saves. What it has read by itself and nobody has confirmed is in
Cache.cach, in the same form. PaddleOCR skips the texts "###" and "*" when it learns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.files import strict_json
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.label_words import (
    UNREADABLE,
    LabelledWords,
    Outline,
    check_count,
    clean_text,
    convert_entries,
)
from ocr_studio.core.formats.names import format_photo_path, resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Mark, Page, Quad
from ocr_studio.core.translation import tr

_IGNORED: Final = "*"
_LABELS, _CACHE = "Label.txt", ".cach"
# What PPOCRLabel writes for a box that it has not read.
_UNREAD: Final = frozenset({"待识别", "TEMPORARY"})
_FIRST: Final = re.compile(rb"(?:\xef\xbb\xbf)?[^\t\r\n\[{]{1,4000}\t\s*\[\s*[{\]]")
# PPOCRLabel puts Python's words for them wherever they stand in a line, texts included.
_LITERALS: Final = re.compile("true|false|null")
_MAX_LINES: Final = 200_000


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of all pages."""
    return "".join(f"{_find_key(page, photos)}\t{_format_words(page)}\n" for page in pages)


def render_extra(written: Sequence[tuple[str, Page]], photos: PhotoSource | None) -> dict[str, bytes]:
    """Make the list of photos whose labels PPOCRLabel keeps. written: the names of files with the pages in them."""
    lines = "".join(f"{_find_key(page, photos)}\t1\n" for _, page in written)
    return {"fileState.txt": lines.encode("utf-8", errors="replace")}


def _find_key(page: Page, photos: PhotoSource | None) -> str:
    if photos is None:
        return format_photo_path(page.image)
    path = photos.path(page)
    return format_photo_path(f"{path.parent.name}/{path.name}")


def _format_words(page: Page) -> str:
    return f"[{', '.join(_format_marked(word, quad) for word, quad in ExchangePage.from_page(page).boxed_words())}]"


def _format_marked(word: ExchangeWord, quad: Quad) -> str:
    text = {None: word.text, Mark.UNREADABLE: UNREADABLE, Mark.IGNORED: word.ignored_text or _IGNORED}[word.mark]
    return format_word(text, quad, difficult=word.mark is not None)


def format_word(text: str, quad: Quad, *, difficult: bool) -> str:
    """Write a word of a photo as JSON. difficult: whether it is to be skipped."""
    written = _LITERALS.sub(_escape_end, json.dumps(text, ensure_ascii=False))
    points = json.dumps([list(corner) for corner in quad.corners], allow_nan=False)
    return f'{{"transcription": {written}, "points": {points}, "difficult": {json.dumps(difficult)}}}'


def _escape_end(found: re.Match[str]) -> str:
    return f"{found[0][:-1]}\\u{ord(found[0][-1]):04x}"


@dataclass(frozen=True, slots=True)
class _Word:
    points: Outline
    transcription: str | None = None
    difficult: object = None


def recognizes(file: LabelFile) -> bool:
    """Whether a file is a Label.txt, whatever its name."""
    return _FIRST.match(file.beginning) is not None


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    lines = file.read().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(lines) > _MAX_LINES:
        raise file.make_error(tr("it has more than {most} lines", most=_MAX_LINES))
    is_cache = file.suffix == _CACHE
    confirmed = _find_confirmed(file) if is_cache else frozenset()
    for number, line in enumerate(lines, start=1):
        if line.strip() and line.partition(b"\t")[0] not in confirmed:
            yield _read_line(file, line, number, checked=not is_cache)


def _find_confirmed(cache: LabelFile) -> frozenset[bytes]:
    """The photos whose labels were confirmed, as Label.txt beside the cache names them. Raises BadLabels."""
    labels = cache.sibling(_LABELS)
    return frozenset(line.partition(b"\t")[0] for line in labels.read().split(b"\n")) if labels else frozenset()


def _read_line(file: LabelFile, line: bytes, number: int, *, checked: bool) -> ExchangePage:
    name, _, rest = line.partition(b"\t")
    words = LabelledWords(resolve_photo_name(name.decode("utf-8", errors="replace")))
    try:
        entries = strict_json.load(rest)
        if not words.image or not isinstance(entries, list):
            raise strict_json.BadJson(tr("it needs the path of a photo, a tab and a list"))
    except strict_json.BadJson as error:
        raise file.make_error(tr("line {number}: {reason}", number=number, reason=str(error)[:200])) from error
    check_count(file, entries)
    for word in convert_entries(words, entries, _Word):
        _add_word(words, word, checked=checked)
    return words.page()


def _add_word(words: LabelledWords, word: _Word, *, checked: bool) -> None:
    text = word.transcription or ""
    mark = None
    if text == UNREADABLE:
        mark = Mark.UNREADABLE
    elif word.difficult is True:
        mark = Mark.IGNORED
    text = "" if text in _UNREAD else text
    ignored = clean_text(text) or "" if mark is Mark.IGNORED and text != _IGNORED else ""
    words.add(word.points, text, ExchangeWord(None, checked=checked, mark=mark, ignored_text=ignored))
