"""Archives of arrays from strangers: what NumPy wrote comes back, all else is refused before it fills the memory."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.files import array_files
from ocr_studio.core.files.array_files import BadArrays
from ocr_studio.core.files.safe_folder import TooLarge

MOST = 1 << 20
GOOD: dict[str, NDArray[Any]] = {
    "points": np.arange(8, dtype=np.float32).reshape(4, 2),
    "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "texts": np.array(["Übung", "", "жук"]),
    "other order": np.arange(3, dtype=">i2"),
    "texts of the other order": np.array(["ab"], ">U2"),
    "one": np.array(7),
    "nothing": np.zeros((0, 4, 2), np.float32),
    "flags": np.array([True, False]),
    "weights/0": np.array([1.5]),
}


def npz(**arrays: NDArray[Any]) -> bytes:
    data = io.BytesIO()
    np.savez(data, allow_pickle=True, **arrays)
    return data.getvalue()


def archive(member: bytes, *, name: str = "a.npy", packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packing) as made:
        made.writestr(name, member)
    return data.getvalue()


def array(header: str, content: bytes = b"") -> bytes:
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode("latin-1") + content


def said(shape: str, kind: str = "<f8", order: str = "False", more: str = "") -> str:
    return f"{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, {more}}}"


def unpacked(data: bytes, **options: Any) -> dict[str, NDArray[Any]]:
    return array_files.read_stream(io.BytesIO(data), most=MOST, **options)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_comes_back(tmp_path: Path, save: Any) -> None:
    save(tmp_path / "a.npz", **GOOD)
    found = array_files.read_arrays(tmp_path / "a.npz", most=MOST)
    assert list(found) == list(GOOD)
    for name, wanted in GOOD.items():
        np.testing.assert_array_equal(found[name], wanted)
        assert found[name].dtype == wanted.dtype.newbyteorder("=")
    assert list(array_files.read_arrays(tmp_path / "a.npz", most=MOST, names=("one", "gone"))) == ["one"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        b"PK\5\6",
        archive(b""),
        archive(b"\x93NUMPY\1\0"),
        archive(b"\x93NUMPY\1\0\xff\xff{"),
        archive(b"\x93NUMPY\2\0\xff\xff\xff\x7f{"),
        archive(b"\x93NUMPY\x09\0" + struct.pack("<H", 2) + b"{}"),
        archive(array("")),
        archive(array("{}")),
        archive(array("[" * 4000)),
        archive(array("__import__('os').system('touch pwned')")),
        archive(array(said("(4,)")[:-1])),
        archive(array(said("(4,)", more="'more': 'x', "), bytes(32))),
        archive(array(said("(4,)", more="'shape': (4,), "), bytes(32))),
        archive(array(said("(4,)", kind="|O"), bytes(32))),
        archive(array(said("(4,)", kind="V8"), bytes(32))),
        archive(array(said("(4,)", kind="<c16"), bytes(64))),
        archive(array(said("(4,)", kind="<f3"), bytes(12))),
        archive(array(said("(4,)", kind="<M8"), bytes(32))),
        archive(array(said("(9,)", kind="<U0"))),
        archive(array(said("(4,)", order="'C'"), bytes(32))),
        archive(array(said("(4,)"), bytes(31))),
        archive(array(said("(4,)"), bytes(33))),
        archive(array(said("(-4,)"), bytes(32))),
        archive(array(said("(4.0,)"), bytes(32))),
        archive(array(said(f"({'9' * 3000},)"), bytes(32))),
        archive(array(said(f"({10**12}, {10**12})", order="True"), bytes(32))),
        archive(array(said(f"(0, {10**17}, {10**17})"))),
        archive(array(said(f"({'1, ' * 65})"), bytes(8))),
        archive(array(said("(1,)", kind="<U1"), struct.pack("<I", 0x110000))),
        archive(array(said("(1,)", kind="<U1"), struct.pack("<I", 0xD800))),
        archive(array(said("(1,)", kind="|b1"), b"\2")),
        archive(array(said("(4,)"), bytes(32)), packing=zipfile.ZIP_LZMA),
        npz(a=np.array([{}], object)),
        npz(a=np.zeros(2, [("x", "<f8")])),
    ],
    ids=range(36),
)
def test_what_is_no_plain_array_is_refused(data: bytes) -> None:
    with pytest.raises(BadArrays) as told:
        unpacked(data)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_no_more_is_unpacked_than_may_be(packing: int) -> None:
    large = archive(array(said(f"({MOST},)"), bytes(8 * MOST)), packing=packing)
    tracemalloc.start()
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        unpacked(large)
    assert tracemalloc.get_traced_memory()[1] < MOST
    tracemalloc.stop()


def test_a_size_that_lies_is_not_believed() -> None:
    """The archive says that a member is small, and it goes on for ever; or that it is large, and it is not."""
    for announced in (100, MOST // 2):
        data = bytearray(archive(array(said("(4,)"), bytes(4 * MOST))))
        for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
            at = data.index(mark) + place
            data[at : at + 4] = struct.pack("<I", announced)
        with pytest.raises(BadArrays):
            unpacked(bytes(data))


@pytest.mark.parametrize("flag", [1, 1 << 6])
def test_an_encrypted_member_is_refused(flag: int) -> None:
    data = bytearray(archive(array(said("(4,)"), bytes(32))))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= flag
    with pytest.raises(BadArrays):
        unpacked(bytes(data))


def test_two_of_a_name_are_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("a.npy", array(said("(1,)", kind="|u1"), b"\0"))
        made.writestr("a", array(said("(1,)", kind="|u1"), b"\1"))
    with pytest.raises(BadArrays, match="twice"):
        unpacked(data.getvalue())


def test_too_many_members_are_refused_unread() -> None:
    data = bytearray(archive(array(said("(1,)", kind="|u1"), b"\0")))
    end = data.rindex(b"PK\5\6")
    for number, length in ((65_535, 60), (1, 0xFFFFFFF0)):
        data[end + 10 : end + 16] = struct.pack("<HL", number, length)
        with pytest.raises(BadArrays, match="too many arrays"):
            unpacked(bytes(data))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes of that kind")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.npz")
    for path in (tmp_path / "a.npz", Path(os.devnull), tmp_path):
        with pytest.raises(paths.NotPlainFile):
            array_files.read_arrays(path, most=MOST)


@given(
    st.binary(max_size=40), st.integers(0, 10**6), st.sampled_from([npz(**GOOD), archive(array(said("()"), bytes(8)))])
)
def test_damaged_archives_are_refused_or_read(patch: bytes, place: int, data: bytes) -> None:
    place %= len(data)
    with contextlib.suppress(BadArrays, TooLarge):
        unpacked(data[:place] + patch + data[place + len(patch) :])
