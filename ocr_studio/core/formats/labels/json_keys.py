"""Keys of JSON files by their beginning: a format is recognized by them before the whole file is read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# A text that doesn't end is one token up to the end, so that it is looked through only once.
_TOKEN: Final = re.compile(
    rb'"(?P<text>(?:[^"\\]|\\.)*+)(?:"\s*(?P<colon>:)?|\\?\Z)|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL
)
_BOM: Final = b"\xef\xbb\xbf"
_LEVELS: Final = 2
_DEEPEST: Final = 64


@lru_cache(maxsize=2)  # each format asks for those of the same file
def find_keys(beginning: bytes) -> tuple[frozenset[str], ...]:
    """Find the keys of the objects at the beginning of a JSON file.

    Args:
        beginning: The first bytes of a file.

    Returns:
        The keys of the outermost objects, and of the objects in them; lists don't count as a level. Empty sets for
        what is no JSON.
    """
    data = beginning.removeprefix(_BOM).lstrip()
    found: tuple[set[str], ...] = tuple(set() for _ in range(_LEVELS))
    opened: list[bytes] = []
    for token in _TOKEN.finditer(data) if data.startswith((b"{", b"[")) else ():
        if token["open"]:
            opened.append(token["open"])
        elif token["close"] and opened:
            opened.pop()
        elif token["colon"] and 0 <= (level := opened.count(b"{") - 1) < _LEVELS:
            found[level].add(token["text"].decode("utf-8", errors="replace"))
        if not 0 < len(opened) < _DEEPEST:
            break
    return tuple(map(frozenset, found))
