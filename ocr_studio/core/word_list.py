"""A file of words that a person gives: which one it was, whatever it is called."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from ocr_studio.core import paths

MOST_BYTES: Final = 64 << 20


def fingerprint(path: Path | None) -> str:
    """Of what stands in the file, SHA-256 as 64 hexadecimal figures; empty for none, and for one that cannot be read.
    Never raises."""
    try:
        return _fingerprint(path, stamp(path)) if path else ""
    except (OSError, ValueError):  # whoever needs its words says what is wrong with it
        return ""


def stamp(path: Path) -> tuple[int, int]:
    """What tells a file that was changed since from what it was. Raises OSError, and ValueError for what no path is."""
    facts = path.stat()
    return facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=4)
def _fingerprint(path: Path, _: tuple[int, int]) -> str:
    return hashlib.sha256(paths.read_file(path, most=MOST_BYTES)).hexdigest()
