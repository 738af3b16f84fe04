"""Text as it is kept: composed (NFC), without characters that no file or line could carry."""

from __future__ import annotations

import unicodedata
from typing import Final

# More letters than this nobody writes in a word or a line of one; files from elsewhere may have more.
LONGEST: Final = 1_000

# Control characters and halves of surrogate pairs: not writing, and the latter cannot be saved as UTF-8.
_NOT_WRITING = frozenset({"Cc", "Cs"})


def outgrows(text: str, before: str) -> bool:
    """Whether a text that is to take the place of another is longer than a person may write; it may be shortened."""
    return len(text) > max(LONGEST, len(before))


def one_line(text: str) -> str:
    """The text of one word or line: NFC, stripped; runs of white space and line breaks become one space."""
    spaced = " ".join(text.split())
    if not spaced.isprintable():  # as nearly all text is
        kept = "".join(letter for letter in spaced if unicodedata.category(letter) not in _NOT_WRITING)
        spaced = " ".join(kept.split())
    return unicodedata.normalize("NFC", spaced)
