"""Text as it is kept: composed (NFC), without characters that no file or line could carry."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

# More letters than this nobody writes in a word or a line of one; files from elsewhere may have more.
LONGEST: Final = 1_000

# Control characters and halves of surrogate pairs: not writing, and the latter cannot be saved as UTF-8.
_NOT_WRITING = frozenset({"Cc", "Cs"})

# Marks on one letter: more are no writing (Unicode, annex 15, "Stream-Safe Text Format"), and sorting them takes the
# square of their number, which is minutes for 100,000.
_MOST_MARKS: Final = 30
_FEW: Final = 100  # letters of a text in which that takes no time
_NO_MARKS_FROM: Final = 0x1F000  # there are emoji and Chinese characters


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
    if len(text) > _FEW and not text.isascii():
        text = _without_piles(text)
    return unicodedata.normalize("NFC", text)


def _without_piles(text: str) -> str:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    places = np.arange(len(codes))
    letters = np.where(_marks()[np.minimum(codes, _NO_MARKS_FROM)], -1, places)
    behind = places - np.maximum.accumulate(letters)  # how many marks stand between a letter and this
    if behind.max() <= _MOST_MARKS:
        return text
    return codes[behind <= _MOST_MARKS].tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _marks() -> NDArray[np.bool_]:
    """For each character's number whether it is a mark on the letter before it."""
    marks = (unicodedata.combining(chr(code)) > 0 for code in range(_NO_MARKS_FROM + 1))
    return np.fromiter(marks, np.bool_, _NO_MARKS_FROM + 1)
