"""Headers of JPEG and PNG files, read without a decoder: whether a photo is ordinary and complete.

A photo is ordinary if its size and structure bound what decoding it takes; all others are decoded in a child process.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import IO, Final

# A camera's photo has 12 to 50 million pixels.
MOST_ORDINARY_PIXELS: Final = 64_000_000
# JPEG comes in 10 scans or fewer where it is progressive, and each scan may cost as much as a whole photo.
_MOST_SCANNED_PIXELS: Final = 600_000_000
_MOST_SEGMENTS: Final = 2_000
_MOST_CHUNKS: Final = 20_000
# 600 MB in pieces of 8 kB, as some programs write, are 75,000.
_MOST_CHUNKS_OF_ALL: Final = 200_000
# Markers of frames: sequential and progressive in Huffman's code; and the rest, ISO/IEC 10918-1, table B.1.
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
_OTHER_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8}
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def is_plain_photo(stream: IO[bytes]) -> bool:
    """Whether this is a JPEG or PNG whose pixels bound the cost of decoding. Rewinds the stream to 0.

    Raises OSError.
    """
    try:
        beginning = stream.read(8)
        if beginning.startswith(_JPEG):
            stream.seek(2)
            return _is_ordinary_jpeg(stream)
        return beginning == _PNG and _is_ordinary_png(stream)
    finally:
        stream.seek(0)


def read_png_size(beginning: bytes) -> tuple[int, int] | None:
    """Return (width, height) of a PNG that begins like this; None for other files. PNG 3rd edition, 11.2.1."""
    if beginning[:8] != b"\x89PNG\r\n\x1a\n" or beginning[12:16] != b"IHDR" or len(beginning) < 24:
        return None
    return int.from_bytes(beginning[16:20], "big"), int.from_bytes(beginning[20:24], "big")


def jpeg_is_whole(data: bytes) -> bool:
    """Whether the first image of a JPEG reaches its end marker; decoders paint missing parts grey.

    ISO/IEC 10918-1, annex B: segments tell their length, and in what follows a scan header 0xFF is never data.
    """
    position = 2
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(data, position)
        if found is None:
            break
        marker, position = data[found.start() + 1], found.end()
        if marker == 0xD9:
            return True
        if marker not in {0x01, 0xD8}:
            position += int.from_bytes(data[position : position + 2], "big")
    return False


def png_has_late_exif(stream: IO[bytes]) -> bool:
    """Whether the EXIF chunk of a PNG is behind the pixels, which is allowed. PNG 3rd edition, 5.3 and 11.3.4.4."""
    back = stream.tell()
    found = b"eXIf" in _png_chunks(stream, _MOST_CHUNKS_OF_ALL)
    stream.seek(back)
    return found


def is_still_webp(beginning: bytes) -> bool:
    """Whether a file that begins like this is a WebP without animation. WebP Container Specification, VP8X."""
    return (
        beginning[:4] == b"RIFF"
        and beginning[8:12] == b"WEBP"
        and not (beginning[12:16] == b"VP8X" and len(beginning) > 20 and beginning[20] & 2)
    )


def _is_ordinary_jpeg(stream: IO[bytes]) -> bool:
    """Check the segments behind the first marker. ISO/IEC 10918-1, B.2.2 and B.2.3."""
    pixels = components = 0
    progressive = False
    for _ in range(_MOST_SEGMENTS):
        marker, length = _jpeg_segment(stream)
        if marker == 0xDA:
            # Of a frame that one scan holds decoders read no other.
            single = not progressive and stream.read(1) == bytes([components])
            scans = 1 if single else stream.read().count(b"\xff\xda") + 1
            return 0 < pixels <= MOST_ORDINARY_PIXELS and scans * pixels < _MOST_SCANNED_PIXELS
        if marker in _FRAMES and not pixels and length >= 8:
            frame = stream.read(6)
            pixels = int.from_bytes(frame[1:3], "big") * int.from_bytes(frame[3:5], "big")
            components, progressive, length = frame[-1] if frame else 0, marker == 0xC2, length - 6
        elif length < 2 or marker in _OTHER_FRAMES:
            break
        stream.seek(length - 2, os.SEEK_CUR)
    return False


def _jpeg_segment(stream: IO[bytes]) -> tuple[int, int]:
    """Return the next marker and the length of its segment, including its own two bytes; 0, 0 at the end."""
    head = stream.read(4)
    if len(head) < 4 or head[0] != 0xFF or head[1] in {0x00, 0x01, 0xFF} or 0xD0 <= head[1] <= 0xD9:
        return 0, 0
    return head[1], int.from_bytes(head[2:], "big")


def _is_ordinary_png(stream: IO[bytes]) -> bool:
    """Check the chunks behind the signature. PNG 3rd edition, 11.2.1."""
    head = stream.read(17)
    if len(head) < 17 or head[4:8] != b"IHDR":
        return False
    width, height, bits = int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:16], "big"), head[16]
    if bits > 8 or not 0 < width * height <= MOST_ORDINARY_PIXELS:
        return False
    return sum(1 for _ in _png_chunks(stream, _MOST_CHUNKS)) < _MOST_CHUNKS


def _png_chunks(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """Yield the names of the first chunks of a PNG, except the last."""
    stream.seek(8)
    for _ in range(most):
        head = stream.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        yield head[4:]
        stream.seek(int.from_bytes(head[:4], "big") + 4, os.SEEK_CUR)
