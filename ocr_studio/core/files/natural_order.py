"""Natural order of file names: 2 before 10."""

from __future__ import annotations

import re


def make_natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key for natural order: 2 before 10, ignoring case."""
    parts = re.split(r"([0-9]+)", name.casefold())
    key = tuple(_make_part_key(part) for part in parts if part)
    return (*key, (2, 0, name))


def _make_part_key(part: str) -> tuple[int, int, str]:
    if not part.isdecimal():
        return 1, 0, part
    digits = part.lstrip("0")
    # As text: a stranger's name may hold more digits than Python turns into a number.
    return 0, len(digits), digits
