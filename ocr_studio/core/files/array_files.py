"""NumPy archives (``.npz``) from anywhere: only plain numbers and texts, never more than a file may hold.

``numpy.load`` believes what an archive says: of its members' sizes, of shapes that would take terabytes, of how it is
packed. Here all of it is checked before anything is allocated, and nothing is ever unpickled.
https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import math
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.files.safe_folder import TooLarge
from ocr_studio.core.translation import tr

_MOST_MEMBERS: Final = 20_000  # a net and what its optimizer keeps have a few thousand
_MOST_DIRECTORY: Final = 8 << 20  # bytes in which an archive lists them
_LONGEST_END: Final = 20 + 56 + 22 + 0xFFFF  # what ends an archive, with the longest comment
_MAGIC: Final = b"\x93NUMPY"
_LONGEST_HEADER: Final = 4 << 10
_ENTRY: Final = re.compile(r"\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d\s,]*\))\s*(,|$)")
_KIND: Final = re.compile(r"[<>|=]?[biufU]\d{1,7}")
_LONGEST_SIDE: Final = 18  # figures
_MOST_AXES: Final = 32
_PIECE: Final = 1 << 20
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LAST_CHARACTER: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xDFFF)
# What damaged archives bring about in the module ``zipfile``.
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError, MemoryError,
    OverflowError, LookupError, ValueError,
)  # fmt: skip


class BadArrays(ValueError):
    """A file is no archive of arrays, or one that cannot be used; says why, in a few words."""


def read_arrays(path: Path, *, most: int, names: Collection[str] = ()) -> dict[str, NDArray[Any]]:
    """Read the arrays in a file, each in the byte order of this machine.

    Args:
        path: The file; links are followed.
        most: Bytes that it and its arrays, unpacked, may have.
        names: The arrays that are wanted, as far as they are there; all by default.

    Raises:
        OSError: The file cannot be read, or is no plain file.
        BadArrays: It is no archive of plain numbers and texts, or a damaged one.
        TooLarge: It is larger than ``most``, or its arrays are.
    """
    with paths.open_plain(path) as stream:
        return read_stream(stream, most=most, names=names)


def read_stream(stream: BinaryIO, *, most: int, names: Collection[str] = ()) -> dict[str, NDArray[Any]]:
    """Read the arrays in a file that is open; see ``read_arrays``."""
    try:
        size = stream.seek(0, os.SEEK_END)
        if size > most:
            raise TooLarge(most)
        _check_directory(stream, size)
        with zipfile.ZipFile(stream) as archive:
            members = _members(archive, names)
            if sum(member.file_size for member in members.values()) > most:
                raise TooLarge(most)
            return {name: _array(archive, member, name) for name, member in members.items()}
    except (BadArrays, TooLarge):
        raise
    except _DAMAGED as error:
        raise BadArrays(tr("it is not an archive of arrays (.npz)")) from error


def _check_directory(stream: BinaryIO, size: int) -> None:
    """Refuse an archive that says more of its members than can be: the module ``zipfile`` would keep all of it."""
    stream.seek(max(0, size - _LONGEST_END))
    tail = stream.read(_LONGEST_END)
    # As ``zipfile`` looks for it: at the very end, else the last one, with a comment after it.
    place = len(tail) - 22 if tail[-22:].startswith(b"PK\5\6") and tail.endswith(b"\0\0") else tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) - place < 22:
        raise BadArrays(tr("it is not an archive of arrays (.npz)"))
    number, length = struct.unpack("<HL", tail[place + 10 : place + 16])
    large = tail[max(0, place - 76) : place]
    if large[56:60] == b"PK\6\7" and large[:4] == b"PK\6\6":
        number, length = struct.unpack("<QQ", large[32:48])
    if number > _MOST_MEMBERS or length > _MOST_DIRECTORY:
        raise BadArrays(tr("it contains too many arrays"))


def _members(archive: zipfile.ZipFile, names: Collection[str]) -> dict[str, zipfile.ZipInfo]:
    """The members that are wanted, by the names of their arrays."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename.removesuffix(".npy")
        if name in found:
            raise BadArrays(tr("it contains “{name}” twice", name=name[:40]))
        if member.flag_bits & 1 or member.compress_type not in _PACKINGS:
            raise BadArrays(tr("“{name}” is encrypted or uses an unsupported compression", name=name[:40]))
        if not names or name in names:
            found[name] = member
    return found


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    with archive.open(member) as stream:
        kind, shape, by_columns, header = _header(stream, name)
        count = math.prod(shape)
        if header + count * kind.itemsize != member.file_size:
            raise BadArrays(tr("the size of “{name}” is wrong", name=name[:40]))
        flat = np.empty(count, kind)
        _fill(stream, flat, name)
        if stream.read(1):  # the member's sum is checked at its end
            raise BadArrays(tr("the size of “{name}” is wrong", name=name[:40]))
    native = flat.astype(kind.newbyteorder("="), copy=False)
    if kind.kind == "U":
        _check_texts(native, name)
    if kind.kind == "b" and count and int(native.view(np.uint8).max()) > 1:
        raise BadArrays(_no_array(name))
    return native.reshape(shape, order="F" if by_columns else "C")


def _header(stream: IO[bytes], name: str) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """What an array says of itself: kind, shape, whether it is kept by columns; and how many bytes that takes."""
    begin = stream.read(8)
    wide = begin[6:7] in (b"\2", b"\3")
    said = stream.read(4 if wide else 2)
    if not begin.startswith(_MAGIC) or begin[6:7] not in (b"\1", b"\2", b"\3") or len(said) < (4 if wide else 2):
        raise BadArrays(_no_array(name))
    length = int.from_bytes(said, "little")
    if length > _LONGEST_HEADER:
        raise BadArrays(_no_array(name))
    text = stream.read(length)
    fields = _fields(text.decode("utf-8" if begin[6:7] == b"\3" else "latin-1"), name)
    kind, order, shape = fields["descr"].strip("'"), fields["fortran_order"], fields["shape"]
    if not _KIND.fullmatch(kind) or order not in ("True", "False") or not shape.startswith("("):
        raise BadArrays(_no_array(name))
    sides = [side.strip() for side in shape.strip("()").split(",") if side.strip()]
    if len(sides) > _MOST_AXES or not all(side.isdecimal() and len(side) <= _LONGEST_SIDE for side in sides):
        raise BadArrays(_no_array(name))
    try:
        known = np.dtype(kind)
    except TypeError as error:
        raise BadArrays(_no_array(name)) from error
    if not known.itemsize:  # texts that are all empty: NumPy gives each room for a character, whatever the file has
        raise BadArrays(_no_array(name))
    return known, tuple(map(int, sides)), order == "True", len(begin) + len(said) + len(text)


def _fields(text: str, name: str) -> dict[str, str]:
    """The three entries of a header, which is written as Python writes a dict, and is never run."""
    inside, found, place = text.strip(), {}, 0
    if not (inside.startswith("{") and inside.endswith("}")):
        raise BadArrays(_no_array(name))
    inside = inside[1:-1].strip()
    while place < len(inside) and (entry := _ENTRY.match(inside, place)) and entry[1] not in found:
        found[entry[1]], place = entry[2], entry.end()
    if place < len(inside) or len(found) < 3:
        raise BadArrays(_no_array(name))
    return found


def _no_array(name: str) -> str:
    return tr("“{name}” is not an array of numbers or texts", name=name[:40])


def _fill(stream: IO[bytes], flat: NDArray[Any], name: str) -> None:
    """Fill an array piece by piece: what unpacks to less than it says takes no more memory than it is."""
    room, place = flat.view(np.uint8).data, 0
    while place < len(room):
        piece = stream.read(min(_PIECE, len(room) - place))
        if not piece:
            raise BadArrays(tr("the size of “{name}” is wrong", name=name[:40]))
        room[place : place + len(piece)] = piece
        place += len(piece)


def _check_texts(texts: NDArray[Any], name: str) -> None:
    """Refuse texts with numbers that are no characters: NumPy would fail at each use of them."""
    codes = texts.view(np.uint32)
    for start in range(0, len(codes), _PIECE):
        some = codes[start : start + _PIECE]
        halves = (some >= _SURROGATES[0]) & (some <= _SURROGATES[1])
        if int(some.max()) > _LAST_CHARACTER or bool(halves.any()):
            raise BadArrays(tr("“{name}” contains invalid text", name=name[:40]))
