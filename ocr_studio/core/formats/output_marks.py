"""The mark in pictures that this program writes: a text in the file, with a hash of all the rest of it.

A picture that was changed since has no valid mark, even where the other program has kept the text.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import BinaryIO, Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER: Final = len(_PNG) + 25
_JPEG: Final = b"\xff\xd8"
_SAID: Final = b"OCR Studio "
_HASH_BYTES: Final = 16
# The mark lies at the beginning, behind what must come first.
_REACH: Final = 512
# No picture that this program writes is larger.
_MOST_BYTES: Final = 1 << 30


def add_mark(data: bytes) -> bytes:
    """Put the mark into a PNG or JPEG that has none."""
    place = _find_place(data)
    return data[:place] + _make_mark(data) + data[place:]


def is_marked(stream: BinaryIO) -> bool:
    """Whether an open file, at its beginning, is a picture with a mark that was not changed since it was put in."""
    data = stream.read(_REACH)
    if _SAID not in data:
        return False
    data += stream.read(_MOST_BYTES)
    place, length = _find_place(data), len(_make_mark(data))
    return place > 0 and add_mark(data[:place] + data[place + length :]) == data


def _find_place(data: bytes) -> int:
    """Where the mark goes; 0 for what is neither PNG nor JPEG."""
    if data.startswith(_PNG):
        return _PNG_HEADER
    if not data.startswith(_JPEG):
        return 0
    return 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2  # JFIF asks to come first


def _make_mark(data: bytes) -> bytes:
    said = _SAID + hashlib.blake2b(data, digest_size=_HASH_BYTES).hexdigest().encode("ascii")
    if data.startswith(_JPEG):
        return b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said
    chunk = b"tEXtSoftware\0" + said
    return (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
