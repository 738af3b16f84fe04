"""Photos drawn by the tests themselves, so that what must be seen on them is known."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 96, 64
CORNERS = {
    "top left": (200, 40, 40),
    "top right": (40, 170, 60),
    "bottom left": (40, 60, 200),
    "bottom right": (60, 60, 60),
}

# What a camera held that way does to the picture: the inverse of what must be done to see it upright.
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

pillow_heif.register_heif_opener()


def board(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Four corners of four colours, (height, width, 3): turned or mirrored, it is another picture."""
    pixels = np.zeros((height, width, 3), np.uint8)
    x, y = width // 2, height // 2
    pixels[:y, :x], pixels[:y, x:], pixels[y:, :x], pixels[y:, x:] = CORNERS.values()
    return pixels


def grey_board(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """The board without its colours."""
    return np.asarray(Image.fromarray(board(width, height)).convert("L").convert("RGB"))


def shows(pixels: NDArray[np.uint8], expected: NDArray[np.uint8], *, within: int = 12) -> bool:
    """Whether two pictures are the same in the middle of every corner, whatever the format does to edges."""
    if pixels.dtype != np.uint8 or pixels.shape != expected.shape:
        return False
    return all(
        np.abs(of_corner(pixels, *place).astype(int) - of_corner(expected, *place)).max() <= within
        for place in ((0, 0), (0, 1), (1, 0), (1, 1))
    )


def of_corner(pixels: NDArray[np.uint8], row: int, column: int) -> NDArray[np.float64]:
    """Mean colour (3,) of the middle of one of the four corners."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    part = pixels[row * height : (row + 1) * height, column * width : (column + 1) * width]
    middle = part[height // 4 : height - height // 4, width // 4 : width - width // 4]
    return np.asarray(middle.reshape(-1, 3).mean(axis=0))


def file_of(image: Image.Image | NDArray[Any], kind: str, **options: Any) -> bytes:
    """The bytes of a file of this kind: JPEG, PNG, WEBP, TIFF, BMP, GIF, HEIF, AVIF."""
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    stream = io.BytesIO()
    lossless: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95}, "HEIF": {"quality": 95}}
    image.save(stream, format=kind, **(lossless.get(kind, {}) | options))
    return stream.getvalue()


def held(orientation: int, kind: str, **options: Any) -> bytes:
    """The board as a camera stores it that was held in one of the eight ways, with the EXIF that says so."""
    image = Image.fromarray(board())
    turned = image.transpose(_TURNED[orientation]) if orientation in _TURNED else image
    return file_of(turned, kind, exif=exif(orientation), **options)


def exif(orientation: int) -> bytes:
    """EXIF with nothing but an orientation."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(header: tuple[int, int, int, int], pixels: bytes, *chunks: bytes) -> bytes:
    """A PNG from its parts. header: width, height, bit depth, colour type; chunks come before the pixels."""
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", struct.pack(">IIBBBBB", *header, 0, 0, 0)), *chunks)
        + (png_chunk(b"IDAT", zlib.compress(pixels)), png_chunk(b"IEND", b""))
    )


def matrix_profile(primaries: NDArray[np.float64], *, gamma: float) -> bytes:
    """An ICC profile of an RGB space. primaries: (3, 3) XYZ (D50) of red, green and blue, one a row."""
    curve = b"curv" + struct.pack(">IIH2x", 0, 1, round(gamma * 256))
    tags = {name: _xyz(row) for name, row in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)}
    return _profile(b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def cmyk_profile(lab_of_inks: NDArray[np.uint8]) -> bytes:
    """An ICC profile of a printer. lab_of_inks: (2, 2, 2, 2, 3) Lab, 8 bits, of no ink and full ink of C, M, Y, K."""
    ramp = bytes(range(256))
    head = b"mft1" + struct.pack(">I4B", 0, 4, 3, 2, 0) + struct.pack(">9I", *(np.eye(3, dtype=int).ravel() * 65536))
    return _profile(b"CMYK", b"Lab ", {b"A2B0": head + ramp * 4 + lab_of_inks.tobytes() + ramp * 3}, kind=b"prtr")


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ " + struct.pack(">I3i", 0, *(round(value * 65536) for value in values))


def _profile(space: bytes, between: bytes, tags: dict[bytes, bytes], *, kind: bytes = b"mntr") -> bytes:
    """ICC.1:2001-04, 6.1 to 6.3."""
    name = b"drawn by a test\0"
    tags = {b"desc": b"desc" + struct.pack(">II", 0, len(name)) + name + bytes(78), **tags}
    tags |= {b"cprt": b"text" + bytes(4) + b"none\0", b"wtpt": _xyz(np.array([0.9642, 1.0, 0.8249]))}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s12x4s4s24x", start + len(body), bytes(4), 0x02400000, kind, space, between, b"acsp", b"APPL"
    )
    illuminant = _xyz(np.array([0.9642, 1.0, 0.8249]))[8:]
    head = head[:68] + illuminant + bytes(128 - 68 - 12)
    return head + struct.pack(">I", len(tags)) + table + body
