"""TFRecord files and the messages in them, written without TensorFlow.

A record is its length, the checksum of that, its bytes, and their checksum
(https://www.tensorflow.org/tutorials/load_data/tfrecord); the bytes are a ``tf.train.Example`` in the encoding of
protocol buffers (https://protobuf.dev/programming-guides/encoding).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

# The values of a feature; whole numbers are not negative.
Feature: TypeAlias = Sequence[bytes] | NDArray[np.int64] | NDArray[np.float32]

_POLYNOMIAL: Final = 0x82F63B78  # of CRC-32C, Castagnoli, bits reversed
_ALL_BITS: Final = 0xFFFFFFFF
# Parts of the data whose checksums are computed side by side.
_LANES: Final = 1024
_MASK: Final = 0xA282EAD8  # what TensorFlow adds, so that a checksum of checksums is none


def format_record(data: bytes) -> bytes:
    """Return a record with these bytes."""
    length = struct.pack("<Q", len(data))
    return b"".join((length, _format_checksum(length), data, _format_checksum(data)))


def format_example(features: Mapping[str, Feature]) -> bytes:
    """Return a ``tf.train.Example`` with these features."""
    entries = (
        _format_field(1, _format_field(1, name.encode()) + _format_field(2, _format_feature(feature)))
        for name, feature in sorted(features.items())
    )
    return _format_field(1, b"".join(entries))


def _format_feature(feature: Feature) -> bytes:
    if not isinstance(feature, np.ndarray):
        return _format_field(1, b"".join(_format_field(1, value) for value in feature))
    if feature.dtype == np.float32:
        return _format_field(2, _format_field(1, feature.astype("<f4").tobytes()))
    return _format_field(3, _format_field(1, b"".join(map(_format_number, feature.tolist()))))


def _format_field(number: int, data: bytes) -> bytes:
    """Return a field of a message: bytes, a text, another message or a list of numbers."""
    return _format_number(number << 3 | 2) + _format_number(len(data)) + data


def _format_number(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _format_checksum(data: bytes) -> bytes:
    found = compute_crc32c(data)
    return struct.pack("<I", ((found >> 15 | found << 17) + _MASK) & _ALL_BITS)


def compute_crc32c(data: bytes) -> int:
    """Compute the CRC-32C of data, RFC 3720, appendix B.4.

    Parts of it are done side by side, as Python would take seconds for a photo. A checksum is linear: that of two parts
    is that of the first, followed by as many zeros as the second has bytes, XOR that of the second.
    """
    length = len(data) // _LANES
    state = _ALL_BITS
    if length:
        lanes = np.zeros((length, _LANES + 32), np.uint8)
        lanes[:, :_LANES] = np.frombuffer(data, np.uint8, length * _LANES).reshape(_LANES, length).T
        # Besides the lanes, what becomes of each single bit when as many zeros follow.
        states = np.concatenate([np.zeros(_LANES, np.uint32), np.uint32(1) << np.arange(32, dtype=np.uint32)])
        states[0] = state
        for values in lanes:
            states = _TABLE[(states ^ values) & 0xFF] ^ states >> 8
        first, *others = states[:_LANES].tolist()
        bits = states[_LANES:].tolist()
        state = first
        for other in others:
            for bit in bits:
                other ^= bit if state & 1 else 0  # noqa: PLW2901
                state >>= 1
            state = other
    for value in data[length * _LANES :]:
        state = int(_TABLE[(state ^ value) & 0xFF]) ^ state >> 8
    return state ^ _ALL_BITS


def _make_table() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(_POLYNOMIAL), table >> 1)
    return table


_TABLE: Final = _make_table()
