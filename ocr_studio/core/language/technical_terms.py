"""Technical terms: how often words stand in program texts and their documentation, counted by
``packaging/count_terms.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from ocr_studio.core import paths, resources

TECHNICAL: Final = "technical"  # chosen as a language
_FILE: Final = "technical-terms.tsv"
_MOST_BYTES: Final = 1 << 20


def compute_checksum() -> int:
    """Return a number that changes with the terms. Raises ResourceMissing or OSError."""
    return zlib.crc32(_read())


def load_frequencies(*, rarest: float) -> Iterator[tuple[float, list[str]]]:
    """Yield shares of all words with the words that have it, as ``word_frequencies.load_frequencies``.

    Raises ResourceMissing, OSError or ValueError.
    """
    yield 1.0, []  # no word is all there is
    rows = [row.split("\t") for row in _read().decode("utf-8").splitlines()]
    total = sum(int(count) for _, count in rows)
    for count, words in groupby(rows, key=lambda row: int(row[1])):
        if count < rarest * total:
            return
        yield count / total, [word for word, _ in words]


def _read() -> bytes:
    return paths.read_file(resources.resource(_FILE), most=_MOST_BYTES)
