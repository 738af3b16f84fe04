"""Text as it is kept: composed (NFC), without characters that no file or line could carry."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

# More letters than this nobody writes in a word or a line of one; files from elsewhere may have more.
LONGEST: Final = 1_000

# Control characters and halves of surrogate pairs: not writing, and the latter cannot be saved as UTF-8.
_NOT_WRITING = frozenset({"Cc", "Cs"})

# Marks on one letter: more are no writing (Unicode, annex 15, "Stream-Safe Text Format"), and sorting them takes the
# square of their number, which is minutes for 100,000.
_MOST_MARKS: Final = 30


def outgrows(text: str, before: str) -> bool:
    """Whether a text that is to take the place of another is longer than a person may write; it may be shortened."""
    return len(text) > max(LONGEST, len(before))


def one_line(text: str) -> str:
    """The text of one word or line: NFC, stripped; runs of white space and line breaks become one space."""
    spaced = " ".join(text.split())
    if not spaced.isprintable():  # as nearly all text is
        kept = "".join(letter for letter in spaced if unicodedata.category(letter) not in _NOT_WRITING)
        spaced = " ".join(kept.split())
    return composed(spaced)


def word_count(text: str) -> int:
    """How many words are written in a box with this text, at least one."""
    return max(1, len(text[:LONGEST].split()))


def composed(text: str) -> str:
    """The text in NFC; of hundreds of marks on one letter the first few stay."""
    if len(text) > _MOST_MARKS and not text.isascii():
        text = _piled_marks().sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


@cache
def _piled_marks() -> re.Pattern[str]:
    """More marks in a row than there may be; the group: those that stay."""
    marks = "".join(sign for sign in map(chr, range(0x300, 0x20000)) if unicodedata.combining(sign))
    return re.compile(f"([{marks}]{{{_MOST_MARKS}}})[{marks}]+")
