"""ICDAR 2015, "Incidental Scene Text": gt_NAME.txt beside each photo, "x1,y1,x2,y2,x3,y3,x4,y4,text" in each line.

https://rrc.cvc.uab.es/?ch=4&com=tasks. Corners are whole pixels, clockwise; "###" is writing that can't be read. The
file begins with a byte order mark. A text may have commas. Files of ICDAR 2013 (four numbers), and of MLT (a script
before the text), are read, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.label_words import UNREADABLE, LabelledWords, check_count
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page
from ocr_studio.core.translation import tr

PREFIX: Final = "gt_"
_BOM: Final = "\ufeff"
_NUMBER: Final = r"\s*-?\d{1,7}(?:\.\d{1,20})?\s*"
_EIGHT: Final = re.compile(rf"{_NUMBER}(?:,{_NUMBER}){{7}}(?:,|$)")
_FOUR: Final = re.compile(rf"{_NUMBER}(?:,{_NUMBER}){{3}},")
# Of the multi-lingual contests.
_SCRIPTS: Final = frozenset(
    {"Arabic", "Latin", "Chinese", "Japanese", "Korean", "Bangla", "Hindi", "Symbols", "Mixed", "None"}
)


def render(pages: Sequence[Page], _: PhotoSource | None) -> bytes:
    """Make the file of a page."""
    [page] = pages
    lines = [
        [*(str(round(value)) for corner in quad.corners for value in corner), UNREADABLE if word.mark else word.text]
        for word, quad in ExchangePage.from_page(page).boxed_words()
    ]
    text = _BOM + "".join(f"{','.join(line)}\r\n" for line in lines)
    return text.encode("utf-8", errors="replace")


def recognizes(file: LabelFile) -> bool:
    """Whether a file is of ICDAR: text whose first line has the numbers of a box."""
    if file.suffix != ".txt":
        return False
    text = file.beginning.decode("utf-8-sig", errors="replace").lstrip()
    first = text.partition("\n")[0].rstrip("\r")
    return _EIGHT.match(first) is not None or _FOUR.match(first) is not None


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the page of a file. Raises BadLabels."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise file.make_error(tr("it is not UTF-8")) from error
    lines = [line for each in text.split("\n") if (line := each.rstrip("\r")).strip()]
    check_count(file, lines)
    words = LabelledWords(file.stem.removeprefix(PREFIX))
    count = 8 if all(_EIGHT.match(line) for line in lines[:1]) else 4
    rows = [_split_line(line, count) for line in lines]
    first = {rest.partition(",")[0] for numbers, rest in rows if numbers}
    has_scripts = bool(first) and count == 8 and first <= _SCRIPTS
    for numbers, rest in rows:
        written = rest.partition(",")[2] if has_scripts else rest
        words.add(list(zip(numbers[::2], numbers[1::2], strict=True)), _unquote(written) if count == 4 else written)
    yield words.page()


def _split_line(line: str, count: int) -> tuple[list[float], str]:
    """The numbers of a line, none if they are wrong, and its text."""
    if not (_EIGHT if count == 8 else _FOUR).match(line):
        return [], ""
    *numbers, text = line.split(",", count) if line.count(",") >= count else [*line.split(","), ""]
    return [float(number) for number in numbers], text


def _unquote(text: str) -> str:
    """A text of ICDAR 2013, which stands in quotes."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
