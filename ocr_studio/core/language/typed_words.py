"""Words inside texts: which the user wrote, how often, and which were read with certainty."""

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


def find_certain_words(words: Iterable[Word]) -> frozenset[str]:
    """Find the words that were read with certainty and that nobody has checked, split as the language splits words."""
    return frozenset(run for word in words if word.certain for run in find_runs(word.text) if len(run) > 1)


def find_runs(text: str) -> Iterator[str]:
    """Find the words inside a text: runs of letters and digits, with apostrophes between them."""
    return (found.group().rstrip(APOSTROPHES) for found in _RUN.finditer(text))
