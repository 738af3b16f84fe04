"""Words inside texts, and how often the user wrote each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from ocr_studio.core.page import Word

APOSTROPHES: Final = "'’ʼ"
_RUN: Final = re.compile(rf"[^\W_](?:[^\W_]|[{APOSTROPHES}])*")


def find_typed_words(words: Iterable[Word]) -> Counter[str]:
    """Count the words that the user wrote, split as the language splits words."""
    found: Counter[str] = Counter()
    for word in words:
        if word.human and not word.mark:
            found.update(find_runs(word.human.text))
    return found


def find_runs(text: str) -> Iterator[str]:
    """Find the words inside a text: runs of letters and digits, with apostrophes between them."""
    return (found.group().rstrip(APOSTROPHES) for found in _RUN.finditer(text))
