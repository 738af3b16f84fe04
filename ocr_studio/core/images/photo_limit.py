"""The size of the largest photo that is opened, one for the whole program."""

from __future__ import annotations

from typing import Final

MAX_PIXELS: Final = 200_000_000


class _Allowed:
    pixels: int = MAX_PIXELS


def allow_megapixels(most: int) -> None:
    """Set the maximum photo size in megapixels. The decoders' limits of time and memory grow with it."""
    _Allowed.pixels = most * 1_000_000


def allowed_pixels() -> int:
    """Return the maximum number of pixels of a photo."""
    return _Allowed.pixels
