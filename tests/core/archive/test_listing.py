"""The photos of a source, in an order that stays."""

from __future__ import annotations

import errno
import io
import os
import random
import sqlite3
import sys
from pathlib import Path
from typing import Any

import fsspec
import pytest

from ocr_studio.core.archive import listing, storage
from ocr_studio.core.errors import StudioError


def names_of(source: str | Path, *, piped: bytes = b"") -> list[str]:
    troubles: list[StudioError] = []
    found = [photo.address for photo in listing.list_photos(str(source), troubles.append, piped=io.BytesIO(piped))]
    assert not troubles
    return found


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in ("b.jpg", "a.JPG", "10.png", "2.png", "notes.txt", ".hidden.jpg", "z/c.jpg", "y/d.pdf", ".git/e.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "photos"


def test_a_folder_is_listed_with_those_below_it_by_name(photos: Path) -> None:
    expected = ["10.png", "2.png", "a.JPG", "b.jpg", "y/d.pdf", "z/c.jpg"]
    assert names_of(photos) == [str(photos / name) for name in expected]
    assert names_of(f"file://{photos}") == names_of(photos)
    assert names_of(os.path.relpath(photos)) == names_of(photos)
    assert names_of(photos / "b.jpg") == [str(photos / "b.jpg")]


def test_a_stamp_changes_with_the_file(photos: Path) -> None:
    before = dict(listing.list_photos(str(photos), list[StudioError]().append))
    (photos / "b.jpg").write_bytes(b"other")
    after = dict(listing.list_photos(str(photos), list[StudioError]().append))
    assert [name for name in before if before[name] != after[name]] == [str(photos / "b.jpg")]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_links_to_folders_are_not_followed(photos: Path) -> None:
    (photos / "again").symlink_to(photos)
    assert len(names_of(photos)) == 6


@pytest.mark.parametrize("end", ["\n", "\r\n", "\0"])
def test_a_list_has_a_path_on_each_line(photos: Path, tmp_path: Path, end: str) -> None:
    wanted = [str(photos / "b.jpg"), str(photos / "missing.jpg"), str(photos / "a.JPG")]
    text = end.join(["\ufeff" + wanted[0], "", *wanted[1:]]).encode()
    (tmp_path / "list.txt").write_bytes(text)
    assert names_of(tmp_path / "list.txt") == wanted
    assert names_of("-", piped=text) == wanted


def test_a_photo_that_a_list_names_twice_is_listed_once(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photos)
    lines = [b"b.jpg", b"./b.jpg", os.fsencode(photos / "a.JPG"), b"z/../b.jpg", b"memory://c.jpg", b"memory://c.jpg"]
    expected = [str(photos / "b.jpg"), str(photos / "a.JPG"), "memory://c.jpg"]
    assert names_of("-", piped=b"\n".join(lines)) == expected


def test_a_photo_of_an_object_store_that_a_list_names_often_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(storage, "look_up", asked.append)
    text = b"memory://c.jpg\nmemory://d.jpg\n" * 3
    assert names_of("-", piped=text) == ["memory://c.jpg", "memory://d.jpg"] == asked


def test_a_line_that_is_no_path_is_listed_as_it_is(photos: Path) -> None:
    text = os.fsencode(photos / "b.jpg") + b"\n" * (1 << 16) + b"a\0b.jpg\nfile:///a%00b.jpg"
    found = list(listing.list_photos("-", list[StudioError]().append, piped=io.BytesIO(text)))
    assert [photo.address for photo in found] == [str(photos / "b.jpg"), "a\0b.jpg", "file:///a%00b.jpg"]
    assert [photo.stamp for photo in found[1:]] == ["missing"] * 2


def test_a_list_in_an_object_store_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise RuntimeError("connection lost")

    store = fsspec.filesystem("memory")
    store.pipe("/lists/photos", b"memory://listing/a.jpg\n")
    monkeypatch.setattr(type(store), "open", lambda *_, **__: Broken())
    with pytest.raises(StudioError, match=r"^memory://lists/photos: it can’t be reached: connection lost"):
        names_of("memory://lists/photos")


def test_a_full_disk_while_a_list_is_read_is_said(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect

    def connect(*args: Any, **options: Any) -> sqlite3.Connection:
        made: sqlite3.Connection = real(*args, **options)
        made.execute("PRAGMA max_page_count = 3")
        return made

    monkeypatch.setattr(sqlite3, "connect", connect)
    lines = "\n".join(str(photos / f"{number}.jpg") for number in range(2000)).encode()
    with pytest.raises(StudioError, match=r"temporary file: .*full\. Free up disk space"):
        names_of("-", piped=lines)


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"x" * 100_000)
    with pytest.raises(StudioError, match="not a list of photos"):
        names_of(tmp_path / "list")
    with pytest.raises(StudioError, match="does not exist"):
        names_of(tmp_path / "missing")


def test_a_list_that_is_no_text_is_refused(photos: Path) -> None:
    numbers = random.Random(5)
    utf_16 = str(photos / "b.jpg").encode("utf-16")  # as PowerShell writes it
    for data in (numbers.randbytes(5000), os.fsencode(photos / "b.jpg") + b"\nGr\xfc\xdfe.jpg", utf_16):
        with pytest.raises(StudioError, match=r"^-: this is not a list of photos: it is not UTF-8 text\. Choose"):
            names_of("-", piped=data)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_list_may_have_the_name_of_a_photo_that_is_not_utf_8(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/Gr\xfc\xdfe.jpg"
    with open(name, "wb") as file:
        file.write(b"the photo")
    assert names_of("-", piped=name) == [f"file://{tmp_path}/Gr%FC%DFe.jpg"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_not_utf_8_becomes_an_address_that_leads_back(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff 100%.jpg"
    with open(name, "wb") as file:
        file.write(b"the photo")
    (address,) = names_of(tmp_path)
    assert address == f"file://{tmp_path}/%FF%20100%25.jpg"
    assert storage.read_photo(address) == b"the photo"


def test_a_folder_that_may_not_be_listed_is_reported(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def scandir(folder: str) -> Any:
        if folder.endswith("y"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    troubles: list[StudioError] = []
    assert len(list(listing.list_photos(str(photos), troubles.append))) == 5
    assert [error.file for error in troubles] == [str(photos / "y")]


def test_an_object_store_is_listed_like_a_folder() -> None:
    store = fsspec.filesystem("memory")
    try:
        for name in ("b.jpg", "a.jpg", "x.txt", ".hidden/c.jpg", "sub/d.png"):
            store.pipe(f"/listing/{name}", b"x")
        assert names_of("memory://listing/") == [
            f"memory:///listing/{name}" for name in ("a.jpg", "b.jpg", "sub/d.png")
        ]
        before = dict(listing.list_photos("memory://listing", list[StudioError]().append))
        store.pipe("/listing/a.jpg", b"other")
        after = dict(listing.list_photos("memory://listing", list[StudioError]().append))
        assert [name for name in before if before[name] != after[name]] == ["memory:///listing/a.jpg"]
        store.pipe("/listing/list", b"memory://listing/a.jpg\nmemory://listing/none.jpg\n")
        assert names_of("memory://listing/list") == ["memory://listing/a.jpg", "memory://listing/none.jpg"]
        with pytest.raises(StudioError, match="does not exist"):
            names_of("memory://nothing")
    finally:
        store.rm("/listing", recursive=True)


def test_an_address_without_a_driver_is_refused() -> None:
    with pytest.raises(StudioError, match=r"nosuch://photos: it can’t be reached: .*nosuch"):
        names_of("nosuch://photos")


def test_a_photo_without_a_driver_says_so_once() -> None:
    with pytest.raises(StudioError, match=r"^nosuch://photos/a.jpg: it can’t be reached: (?!.*can’t be reached)"):
        storage.read_photo("nosuch://photos/a.jpg")
