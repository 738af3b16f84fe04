"""Photos get other names, and no other file is ever lost for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.photo_list.rename_photo import NameRefused, check_name, rename_photo


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "board.JPG"
    path.write_bytes(b"board")
    os.utime(path, ns=(10**18, 10**18))
    return path


def test_a_photo_gets_its_new_name_and_stays_the_same_file(photo: Path) -> None:
    before = photo.stat()
    new = rename_photo(photo, "  Monday, the 3rd.jpg ")
    assert [each.name for each in photo.parent.iterdir()] == ["Monday, the 3rd.jpg"]
    after = new.stat()
    assert (after.st_mtime_ns, after.st_size, after.st_ino) == (before.st_mtime_ns, before.st_size, before.st_ino)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("other.jpg", "another file already has this name"),
        ("link.jpg", "another file already has this name"),
        ("", "the name is empty"),
        (" . .jpg", "the name is empty"),
        (".jpg", "the name is empty"),
        (".hidden.jpg", "starts with a dot"),
        ("a/b.jpg", "can’t contain /"),
        ("a\\b.jpg", "can’t contain \\"),
        ("why?.jpg", "can’t contain ?"),
        ("a\nb.jpg", "can’t contain invisible characters"),
        ("a\u202ebcd.jpg", "can’t contain invisible characters"),
        ("board.png", "the name has to end with .JPG"),
        ("board.", "the name has to end with .JPG"),
        ("con.jpg", "reserved by Windows"),
        ("ö" * 126 + ".jpg", "the name is too long"),
    ],
)
def test_what_is_no_good_name_is_refused_in_one_line(photo: Path, name: str, why: str) -> None:
    (photo.parent / "other.jpg").write_bytes(b"other")
    (photo.parent / "link.jpg").symlink_to("nowhere")
    for attempt in (check_name, rename_photo):
        with pytest.raises(NameRefused) as refused:
            attempt(photo, name)
        assert why in str(refused.value)
        assert "\n" not in str(refused.value)
    assert photo.read_bytes() == b"board"
    assert (photo.parent / "other.jpg").read_bytes() == b"other"
    assert (photo.parent / "link.jpg").is_symlink()


def test_a_file_that_comes_in_between_is_not_replaced(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = photo.with_name("other.jpg")
    monkeypatch.setattr("ocr_studio.core.photo_list.rename_photo.check_name", lambda _, name: name)
    monkeypatch.setattr("ocr_studio.core.paths.exists", lambda _: False)
    other.write_bytes(b"other")
    with pytest.raises(NameRefused):
        rename_photo(photo, "other.jpg")
    assert other.read_bytes() == b"other"
    assert photo.exists()


def test_it_works_where_there_are_no_links(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert rename_photo(photo, "new.jpg").read_bytes() == b"board"
    assert not photo.exists()


def test_other_letters_of_the_same_name_are_another_name(photo: Path) -> None:
    assert rename_photo(photo, "Board.jpg").exists()
    assert not photo.exists()


def test_a_photo_that_is_gone_is_told_by_its_name(photo: Path) -> None:
    photo.unlink()
    with pytest.raises(StudioError, match=r"board\.JPG: it can’t be renamed"):
        rename_photo(photo, "new.jpg")


def test_the_ending_need_not_be_typed(photo: Path) -> None:
    assert rename_photo(photo, "Monday the 3rd").name == "Monday the 3rd.JPG"


def test_a_file_that_appears_at_the_last_moment_is_not_replaced(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = photo.parent / "other.jpg"

    def check(_: Path, name: str) -> str:
        other.write_bytes(b"other")
        return name

    monkeypatch.setattr("ocr_studio.core.photo_list.rename_photo.check_name", check)
    with pytest.raises(NameRefused, match="another file already has this name"):
        rename_photo(photo, "other.jpg")
    assert (photo.read_bytes(), other.read_bytes()) == (b"board", b"other")


def test_a_photo_that_cannot_be_removed_under_its_old_name_keeps_only_that(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def fail_for_the_photo(path: Path) -> None:
        if path == photo:
            raise PermissionError(13, "Permission denied")
        unlink(path)

    monkeypatch.setattr(Path, "unlink", fail_for_the_photo)
    with pytest.raises(StudioError, match="can’t be renamed"):
        rename_photo(photo, "new.jpg")
    assert [each.name for each in photo.parent.iterdir()] == ["board.JPG"]
