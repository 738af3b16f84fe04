"""Technical terms: how often words stand in program texts and their documentation, counted by
``packaging/count_terms.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from ocr_studio.core import paths, resources
from ocr_studio.core.translation import tr

TECHNICAL: Final = "technical"  # chosen as a language
_FILE: Final = "technical-terms.tsv"
_MOST_BYTES: Final = 1 << 20


def compute_checksum() -> int:
    """Return a number that changes with the terms. Raises ResourceMissing."""
    return zlib.crc32(_read())


def load_frequencies(*, rarest: float) -> Iterator[tuple[float, list[str]]]:
    """Yield shares of all words with the words that have it, as ``word_frequencies.load_frequencies``.

    Raises ResourceMissing.
    """
    try:
        rows = [(word, int(count)) for word, count in (row.split("\t") for row in _read().decode("utf-8").splitlines())]
    except ValueError as error:
        raise _damaged(error) from error
    total = sum(count for _, count in rows)
    for count, words in groupby(rows, key=lambda row: row[1]):
        if count < rarest * total:
            return
        yield count / total, [word for word, _ in words]


def _read() -> bytes:
    try:
        return paths.read_file(resources.resource(_FILE), most=_MOST_BYTES)
    except OSError as error:
        raise _damaged(error) from error


def _damaged(reason: Exception) -> resources.ResourceMissing:
    return resources.ResourceMissing(
        tr("can’t read the dictionary: {reason}", reason=reason),
        file=resources.folder() / _FILE,
        remedy=tr("Reinstall the program."),
    )
