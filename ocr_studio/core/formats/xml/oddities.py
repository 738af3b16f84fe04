"""What was odd in a file and how it was read: counted while it is read, then told to the user."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Final

from ocr_studio.core.formats.exchange import MAX_WORDS
from ocr_studio.core.formats.xml.xml_input import Element
from ocr_studio.core.translation import later_n, tr, tr_n


class Oddity(StrEnum):
    """What can be odd about a box, line or region of a file."""

    CUT = "cut"
    NO_BOX = "no box"
    NO_PLACE = "no place"
    WHOLE_LINE = "whole line"
    DIVIDED = "divided"
    WHOLE_REGION = "whole region"


# The first place is named as editors number lines.
_TEXTS: Final = {
    Oddity.CUT: later_n(
        "line {line}: {count} box extends beyond the photo and was cut off at its edge",
        "line {line} and below: {count} boxes extend beyond the photo and were cut off at its edge",
    ),
    Oddity.NO_BOX: later_n(
        "line {line}: the coordinates of {count} box are invalid; only its text was read",
        "line {line} and below: the coordinates of {count} boxes are invalid; only their texts were read",
    ),
    Oddity.NO_PLACE: later_n(
        "line {line}: {count} text has no coordinates; it was read without a box",
        "line {line} and below: {count} texts have no coordinates; they were read without boxes",
    ),
    Oddity.WHOLE_LINE: later_n(
        "line {line}: {count} text line has no words; it was read as one box",
        "line {line} and below: {count} text lines have no words; each was read as one box",
    ),
    Oddity.DIVIDED: later_n(
        "line {line}: the words of {count} text line have no texts; they got those of the line",
        "line {line} and below: the words of {count} text lines have no texts; they got those of their lines",
    ),
    Oddity.WHOLE_REGION: later_n(
        "line {line}: {count} text region has no lines; its text was read",
        "line {line} and below: {count} text regions have no lines; their texts were read",
    ),
}


class Oddities:
    """Counts what is odd on a page of a file, and how many words it has."""

    def __init__(self) -> None:
        self._counts: Counter[Oddity] = Counter()
        self._first: dict[Oddity, int] = {}
        self._told: list[str] = []
        self._words = 0

    def add(self, what: Oddity, element: Element) -> None:
        """Count something odd about an element."""
        self._counts[what] += 1
        self._first.setdefault(what, int(element.sourceline or 0))

    def tell(self, notice: str) -> None:
        """Add something else, already worded."""
        self._told.append(notice)

    def admit(self, element: Element) -> bool:
        """Count a word; False if the page has as many as a page may have, which is told once."""
        self._words += 1
        if self._words == MAX_WORDS + 1:
            more = tr("line {line}: the page has more than {most} words; the rest was left out", most=MAX_WORDS,
                      line=int(element.sourceline or 0))  # fmt: skip
            self._told.append(more)
        return self._words <= MAX_WORDS

    @property
    def is_full(self) -> bool:
        """Whether there were more words than a page may have."""
        return self._words > MAX_WORDS

    def describe(self) -> tuple[str, ...]:
        """Say in a clause each what was odd."""
        counted = (tr_n(*_TEXTS[what], self._counts[what], line=self._first[what]) for what in Oddity
                   if self._counts[what])  # fmt: skip
        return (*self._told, *counted)
