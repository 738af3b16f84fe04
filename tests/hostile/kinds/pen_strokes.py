"""Files of pen strokes (.npz): arrays, and the archive they lie in."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from typing import Any, Final

import numpy as np

from tests.hostile import samples
from tests.hostile.kinds.synth_sources import put_words, synth
from tests.hostile.mutations import TEXTS, broken_bytes
from tests.hostile.sandbox import Sandbox
from tests.hostile.trial import Attack, Kind, Trial


def _strokes(place: Sandbox, what: str, data: bytes | None) -> Trial:
    options = put_words(place)
    if data is not None:
        place.put("pens.npz", data)
    return synth(what, *options, "--strokes", "{in}/pens.npz", "--writing", "strokes=1,composed=0.5,made=0.1")


def mutated_strokes(place: Sandbox, chance: random.Random) -> Trial:
    return _strokes(place, "pen strokes with broken bytes", broken_bytes(samples.npz(samples.strokes()), chance))


def odd_arrays(place: Sandbox, chance: random.Random) -> Trial:
    """Arrays of other kinds, shapes and values than there should be."""
    arrays: dict[str, Any] = dict(samples.strokes())
    name = chance.choice(tuple(arrays))
    old = arrays[name]
    other = (
        old[:0],
        old[:-1],
        np.concatenate([old, old]),
        old.reshape(-1)[:1],
        np.array(5),
        old[::-1].copy(),
        np.zeros(old.shape, bool),
        np.array(["x"] * len(old)),
        np.full(old.shape, np.nan, np.float64),
        np.full(old.shape, 1e300),
        np.full(old.shape, -1, np.int64),
        np.full(old.shape, 2**62, np.int64),
        np.zeros(old.shape, [("a", "f4")]),
        np.zeros(old.shape, "M8[s]"),
        np.zeros(old.shape, complex),
        np.array([text[:50] for text in TEXTS if "\ud800" not in text and "\udfff" not in text]),
        np.full(old.shape, 3e38, np.float32),
        np.zeros(old.shape, "V9"),
        np.zeros(old.shape, np.float16),
    )
    arrays[name] = chance.choice(other)
    if chance.random() < 0.1:
        del arrays[name]
    return _strokes(place, f"pen strokes with odd {name}", samples.npz(arrays))


def announced(place: Sandbox, chance: random.Random) -> Trial:
    """Members whose heads announce terabytes, objects, or no kind that there is."""
    shape = chance.choice(
        (
            "(10000000000,)",
            "(3000000, 3000000)",
            "(2, 2, 2, 2, 2, 2, 2, 2, 2)",
            "(-1,)",
            "()",
            "(1e9,)",
            "(0, 2)",
            f"({'1' * 5000},)",
        )
    )
    kind = chance.choice(
        (
            "<f8",
            "<i2",
            "|O",
            "<U100000",
            "<U2147483647",
            "|V4",
            "|S9",
            ">f4",
            "<M8[ns]",
            "[('a', '<f4')]",
            "x" * 10_000,
            "{'a': 1}",
        )
    )
    descr = kind if kind.startswith(("[", "{")) else repr(kind)
    head = f"{{'descr': {descr}, 'fortran_order': {chance.random() < 0.3}, 'shape': {shape}, }}"
    if chance.random() < 0.2:
        head = chance.choice(
            ("{" * 10_000, "__import__('os').system('touch PWNED')", "{'descr': '<f8'}", "", "9" * 60_000)
        )
    body = head.encode() + b" " * (64 - (len(head) + 11) % 64) + b"\n"
    version = chance.choice((b"\1\0", b"\2\0", b"\3\0", b"\x09\0"))
    length = struct.pack("<H", len(body) & 0xFFFF) if version == b"\1\0" else struct.pack("<I", len(body))
    member = b"\x93NUMPY" + version + length + body + bytes(800)
    name = chance.choice(tuple(samples.strokes()))
    files = [(f"{key}.npy", _npy(value)) for key, value in samples.strokes().items() if key != name]
    return _strokes(
        place,
        f"pen strokes whose {name} announce {shape:.30} of {kind:.20}",
        samples.archive(*files, (f"{name}.npy", member)),
    )


def _npy(value: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, value, allow_pickle=False)
    return stream.getvalue()


def lying_members(place: Sandbox, chance: random.Random) -> Trial:
    """Members that are encrypted, packed in an unknown way, or of another size than they say."""
    data = bytearray(samples.npz(samples.strokes()))
    heads = [at for at in range(len(data) - 4) if data[at : at + 4] == b"PK\1\2"]
    at = chance.choice(heads)
    field, size = chance.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (42, 4)))
    value = chance.choice((1, 0, 9, 12, 14, 93, 99, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)) & (256**size - 1)
    data[at + field : at + field + size] = value.to_bytes(size, "little")
    local = struct.unpack("<I", data[at + 42 : at + 46])[0]
    if field in {8, 10} and local < len(data) - 30:  # the head beside the member says the same
        data[local + field - 2 : local + field] = value.to_bytes(2, "little")
    return _strokes(place, f"pen strokes whose archive lies at {field}", bytes(data))


def no_strokes(place: Sandbox, chance: random.Random) -> Trial:
    way = chance.choice(("pipe", "folder", "sparse", "link", "one array", "pickle", "empty", "bomb"))
    data = {
        "one array": _npy(samples.strokes()["points"]),
        "empty": b"",
        "pickle": b"\x80\x04\x95cos\nsystem\n(S'touch PWNED'\ntR.",
        "bomb": samples.archive(
            *(
                (f"{key}.npy", _npy(np.zeros(30_000_000, np.int8) if key == "points" else value))
                for key, value in samples.strokes().items()
            ),
            how=zipfile.ZIP_DEFLATED,
        )
        if way == "bomb"
        else b"",
    }.get(way)
    if way == "pipe":
        place.pipe("pens.npz")
    elif way == "folder":
        (place.stranger / "pens.npz").mkdir()
    elif way == "sparse":
        place.sparse("pens.npz", chance.choice((2**31, 900 << 20)), b"PK\3\4")
    elif way == "link":
        place.link("pens.npz", chance.choice(("/dev/zero", "/proc/self/mem", "pens.npz", place.home / ".bashrc")))
    return _strokes(place, f"pen strokes that are a {way}", data)


KIND: Final = Kind(
    "strokes",
    [
        Attack(mutated_strokes),
        Attack(odd_arrays),
        Attack(announced),
        Attack(lying_members),
        Attack(no_strokes),
        Attack(announced),
    ],
    share=0.6,
)
