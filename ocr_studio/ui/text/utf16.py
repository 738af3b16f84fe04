"""Positions in a text in characters, and in UTF-16 units as Qt counts them."""

from __future__ import annotations

from bisect import bisect_left


class Utf16:
    """Converts positions in one text."""

    def __init__(self, text: str) -> None:
        """Find the characters of two units."""
        self._wide = [index for index, letter in enumerate(text) if letter > "\uffff"] if not text.isascii() else []
        self._wide_units = [index + number for number, index in enumerate(self._wide)]

    def to_units(self, index: int) -> int:
        """Return the units before a character."""
        return index + bisect_left(self._wide, index)

    def to_index(self, units: int) -> int:
        """Return the characters before a unit."""
        return units - bisect_left(self._wide_units, units)
