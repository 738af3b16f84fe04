"""Checks the tables of untrusted TrueType fonts before FreeType uses them.

Glyphs can be composed of others, recursively. FreeType does not limit this: a font of 700 kB whose glyphs have eight
parts each, 14 levels deep, takes 11 seconds and 2 GB for one glyph.
https://learn.microsoft.com/en-us/typography/opentype/spec/glyf
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.translation import tr

_NEEDED: Final = (b"head", b"loca", b"glyf")
# Letters with several accents have four parts, mathematical and East Asian characters some twenty.
_MOST_PARTS: Final = 1000
_MOST_ALL: Final = 1_000_000
_MOST_TABLES: Final = 200
_MOST_BYTES: Final = 64 << 20
_WORDS, _MORE, _SCALE, _TWO_SCALES, _MATRIX = 1, 0x20, 8, 0x40, 0x80


def check_parts(data: bytes) -> None:
    """Reject a font with a glyph of too many parts. Fonts without such tables and damaged ones are not checked.

    Args:
        data: TrueType, OpenType, a collection of them, or WOFF; WOFF2 is not checked.

    Raises:
        ValueError: A glyph has too many parts.
    """
    try:
        tables = dict(_tables(data))
        composed = _composed(tables) if all(name in tables for name in _NEEDED) else {}
    except (struct.error, zlib.error, IndexError):
        return  # FreeType reports the error
    counts: dict[int, int] = {}
    for glyph in composed:
        _count(glyph, composed, counts, ())


def _count(glyph: int, composed: Mapping[int, list[int]], counts: dict[int, int], above: tuple[int, ...]) -> int:
    """Return the number of parts of a glyph, recursively. Raises ValueError for too many, and for cycles."""
    if glyph not in composed:
        return 1
    if glyph not in counts:
        if glyph in above or len(above) > 32:
            raise ValueError(tr("its letters are too large"))
        counts[glyph] = 1 + sum(_count(part, composed, counts, (*above, glyph)) for part in composed[glyph])
        if counts[glyph] > _MOST_PARTS:
            raise ValueError(tr("its letters are too large"))
    return counts[glyph]


def _composed(tables: Mapping[bytes, bytes]) -> dict[int, list[int]]:
    """Return the parts of each composite glyph."""
    (wide,) = struct.unpack_from(">h", tables[b"head"], 50)
    loca, glyf = tables[b"loca"], tables[b"glyf"]
    places: NDArray[np.int64]
    if wide:
        places = np.frombuffer(loca[: len(loca) // 4 * 4], ">u4").astype(np.int64)
    else:
        places = np.frombuffer(loca[: len(loca) // 2 * 2], ">u2").astype(np.int64) * 2
    there = np.flatnonzero(places + 10 <= len(glyf))
    # The number of contours is negative for composite glyphs.
    signs = np.frombuffer(glyf, np.uint8)[places[there]]
    glyphs = there[signs >= 0x80]
    # Many glyphs may share one place: each is read once, and the total of parts is limited.
    parts: dict[int, list[int]] = {}
    left = _MOST_ALL
    for place in set(places[glyphs].tolist()):
        parts[place] = list(islice(_parts(glyf, place + 10), _MOST_PARTS + 1))
        left -= len(parts[place])
        if len(parts[place]) > _MOST_PARTS or left < 0:
            raise ValueError(tr("its letters are too large"))
    return {int(glyph): parts[int(places[glyph])] for glyph in glyphs}


def _parts(glyf: bytes, place: int) -> Iterator[int]:
    more = _MORE
    while more and place + 4 <= len(glyf):
        flags, part = struct.unpack_from(">HH", glyf, place)
        yield part
        place += 4 + (4 if flags & _WORDS else 2)
        place += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0
        more = flags & _MORE


def _tables(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return the tables of a font that are needed here; of a collection those of its first font."""
    if data[:4] == b"wOFF":
        (count,) = struct.unpack_from(">H", data, 12)
        seen: set[bytes] = set()
        for number in range(min(count, _MOST_TABLES)):
            name, place, packed, length, _ = struct.unpack_from(">4s4I", data, 44 + 20 * number)
            if name in _NEEDED and length <= _MOST_BYTES and name not in seen:
                seen.add(name)
                some = data[place : place + packed]
                yield name, zlib.decompressobj().decompress(some, max(1, length)) if packed < length else some
        return
    begin = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    (count,) = struct.unpack_from(">H", data, begin + 4)
    for number in range(min(count, _MOST_TABLES)):
        name, _, place, length = struct.unpack_from(">4s3I", data, begin + 12 + 16 * number)
        if name in _NEEDED:
            yield name, data[place : place + length]
