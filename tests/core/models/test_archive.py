"""A model as one file: what is exported is imported as it was, and what a stranger made of it harms nothing."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, WEIGHTS_FILE, BadModel
from ocr_studio.core.models.registry import BadName, ModelOfProgram
from tests.core.made_models import CARD, WEIGHTS, installed

Entries = list[tuple[zipfile.ZipInfo | str, bytes]]


def _whole() -> Entries:
    model = installed("Anna")
    assert model.folder is not None
    return [(name, (model.folder / name).read_bytes()) for name in (CARD_FILE, WEIGHTS_FILE)]


def _packed(entries: Entries, way: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", way) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return data.getvalue()


def _everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_model_goes_out_and_comes_in_as_it_was(tmp_path: Path) -> None:
    model, file = installed("Anna"), tmp_path / "Anna.zip"
    model_archive.export(model, file)
    before = file.read_bytes()
    model_archive.export(model, file)
    assert file.read_bytes() == before
    again = registry.install(model_archive.unpack(file))
    assert again.name == "Anna 2"
    assert again.card == model.card
    named = registry.install(model_archive.unpack(file, name="Berta"))
    assert (named.name, named.card) == ("Berta", model.card)
    with pytest.raises(BadName):
        model_archive.unpack(file, name="anna")


def test_another_program_may_have_packed_the_two_files(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(_packed(_whole()[::-1]))
    assert registry.install(model_archive.unpack(tmp_path / "x.zip")).name == "x"


def test_what_comes_with_the_program_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(ModelOfProgram):
        model_archive.export(registry.BUILT_IN, tmp_path / "a.zip")
    assert not list(tmp_path.iterdir())


def test_a_damaged_model_is_not_exported(tmp_path: Path) -> None:
    model = installed("Anna")
    assert model.folder is not None
    (model.folder / WEIGHTS_FILE).write_bytes(b"other")
    with pytest.raises(BadModel):
        model_archive.export(model, tmp_path / "a.zip")
    assert not list(tmp_path.iterdir())


def test_nothing_but_an_earlier_export_is_written_over(tmp_path: Path) -> None:
    model, photo, file = installed("Anna"), tmp_path / "board.png", tmp_path / "a.zip"
    photo.write_bytes(b"a photo")
    with pytest.raises(StudioError, match="not written by this program"):
        model_archive.export(model, photo)
    assert photo.read_bytes() == b"a photo"
    with pytest.raises(StudioError, match="this is a folder"):
        model_archive.export(model, tmp_path)
    for _ in range(2):
        model_archive.export(model, file)
    model_archive.export(installed("Berta"), file)
    model_archive.export(model, photo, overwrite=True)
    assert photo.read_bytes() == file.read_bytes() != b""
    assert zipfile.is_zipfile(file)


def test_an_export_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"can.t be written"):
        model_archive.export(installed("Anna"), tmp_path / "nowhere" / "a.zip")


def _link(name: str, to: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, to.encode()


def _flipped(place: bytes, offset: int, value: bytes, which: int = 0) -> Callable[[Entries], bytes]:
    """Bytes of the archive written over, counted from a signature in it."""

    def change(entries: Entries) -> bytes:
        data = bytearray(_packed(entries))
        found = -1
        for _ in range(which + 1):
            found = data.index(place, found + 1)
        data[found + offset : found + offset + len(value)] = value
        return bytes(data)

    return change


def _of_many(entries: Entries) -> bytes:
    return _packed([*entries, *((f"{number}", b"") for number in range(1000))])


def _with_lying_end(entries: Entries) -> bytes:
    """Its end says that it holds two files; a longer end before it says more."""
    data = _of_many(entries)
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack("<LL", data[end + 12 : end + 20])
    longer = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1002, 1002, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    return data[:end] + longer + locator + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 2, 2, 60, 0, 0)


CENTRAL, LOCAL = b"PK\1\2", b"PK\3\4"
HOSTILE: dict[str, Callable[[Entries], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"not a zip" * 100,
    "cut": lambda entries: _packed(entries)[:-30],
    "half": lambda entries: _packed(entries)[: len(_packed(entries)) // 2],
    "out of the folder": lambda entries: _packed([*entries, ("../../../evil", b"x")]),
    "out instead": lambda entries: _packed([(f"../{CARD_FILE}", entries[0][1]), entries[1]]),
    "absolute": lambda entries: _packed([*entries, ("/tmp/evil", b"x")]),
    "backslashes": lambda entries: _packed([*entries, ("..\\evil", b"x")]),
    "a drive": lambda entries: _packed([*entries, ("C:evil", b"x")]),
    "a pickle": lambda entries: _packed([*entries, ("weights.pkl", b"cos\nsystem\n(S'false'\ntR.")]),
    "a keras file": lambda entries: _packed([*entries, ("model.keras", b"PK")]),
    "in a folder": lambda entries: _packed([(f"Anna/{name}", content) for name, content in entries]),
    "a folder beside": lambda entries: _packed([*entries, ("more/", b"")]),
    "a folder of that name": lambda entries: _packed([entries[0], (f"{WEIGHTS_FILE}/", b"")]),
    "a link": lambda entries: _packed([entries[0], _link(WEIGHTS_FILE, "/etc/passwd")]),
    "a link to the card": lambda entries: _packed([_link(CARD_FILE, "../../../settings.json"), entries[1]]),
    "one": lambda entries: _packed(entries[:1]),
    "none": lambda _: _packed([]),
    "many": _of_many,
    "many, hidden": _with_lying_end,
    "a bomb": lambda entries: _packed([entries[0], (WEIGHTS_FILE, bytes(50 << 20))]),
    "a large card": lambda entries: _packed([(CARD_FILE, b" " * (5 << 20)), entries[1]], zipfile.ZIP_STORED),
    "too large by what it says": _flipped(CENTRAL, 24, b"\xff\xff\xff\x7f", 1),
    "smaller than it says": _flipped(CENTRAL, 24, b"\xff\x00\x00\x00", 1),
    "encrypted": _flipped(CENTRAL, 8, b"\x01\x00"),
    "packed in an unknown way": _flipped(CENTRAL, 10, b"\x63\x00"),
    "packed unusually": lambda entries: _packed(entries, zipfile.ZIP_LZMA),
    "elsewhere": _flipped(CENTRAL, 42, b"\xff\xff\xff\x00"),
    "another name inside": _flipped(LOCAL, 30, b"../../e"),
    "other weights": lambda entries: _packed([entries[0], (WEIGHTS_FILE, WEIGHTS + b"x")]),
    "another card": lambda entries: _packed([(CARD_FILE, b"{}"), entries[1]]),
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_an_archive_from_a_stranger_is_refused_and_nothing_is_left_of_it(
    trick: str, tmp_path: Path, studio_home: Path
) -> None:
    entries, folder = _whole(), tmp_path / "in" / "a" / "folder"
    folder.mkdir(parents=True)
    (folder / "x.zip").write_bytes(HOSTILE[trick](entries))
    before = _everything(studio_home), _everything(tmp_path)
    with pytest.raises(BadModel) as caught:
        model_archive.unpack(folder / "x.zip")
    assert str(folder / "x.zip") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (_everything(studio_home), _everything(tmp_path)) == before
    assert [model.name for model in registry.available()] == [registry.BUILT_IN.name, "Anna"]


@pytest.mark.parametrize("letters", [0, 65_493, 65_510, 65_535])
def test_a_longer_end_is_seen_before_any_comment(letters: int, tmp_path: Path) -> None:
    data = _with_lying_end(_whole())[:-2] + struct.pack("<H", letters) + bytes(letters)
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(BadModel, match="larger than 4 GB"):
        model_archive.unpack(tmp_path / "x.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    entries = _whole()
    (tmp_path / "x.zip").write_bytes(_packed([entries[1], entries[1]]))
    with pytest.raises(BadModel, match="once each"):
        model_archive.unpack(tmp_path / "x.zip")


@given(data=st.data())
@how(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_byte_is_refused_or_harmless(data: st.DataObject, tmp_path: Path) -> None:
    """Harmless: what the archive says of a file besides its name, place and size, such as when it was written."""
    for model in registry.everything():
        if model.folder is not None:
            registry.delete(model.name, in_use=[])
    whole = _whole()
    archive = bytearray(_packed(whole))
    place = data.draw(st.integers(0, len(archive) - 1))
    archive[place] ^= data.draw(st.integers(1, 255))
    (tmp_path / "x.zip").write_bytes(archive)
    try:
        folder = model_archive.unpack(tmp_path / "x.zip")
    except BadModel:
        assert not registry.candidates("x")
    else:
        assert sorted((path.name, path.read_bytes()) for path in folder.iterdir()) == sorted(whole)
        registry.discard(folder)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    for path in (tmp_path, tmp_path / "nothing.zip", tmp_path / "pipe.zip"):
        with pytest.raises(BadModel):
            model_archive.unpack(path)


def test_no_room_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model_archive.export(installed("Anna"), tmp_path / "x.zip")

    def full(folder: SafeFolder, name: str, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(folder.full(name)))

    monkeypatch.setattr(SafeFolder, "replace", full)
    with pytest.raises(registry.ModelsNotWritten, match="No space left"):
        model_archive.unpack(tmp_path / "x.zip")
    assert not registry.candidates("x")


def test_a_card_with_a_long_alphabet_comes_in(tmp_path: Path) -> None:
    letters = tuple(map(chr, range(0x4E00, 0x9000)))
    model = installed("Berta", alphabet=letters)
    model_archive.export(model, tmp_path / "x.zip")
    back = registry.install(model_archive.unpack(tmp_path / "x.zip")).card
    assert back is not None
    assert back.alphabet == letters
    assert replace(back, sha256="", alphabet=CARD.alphabet) == CARD


def test_a_missing_file_is_told_as_a_missing_photo_is(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"the file does not exist\. Check the name"):
        model_archive.unpack(tmp_path / "gone.zip")
