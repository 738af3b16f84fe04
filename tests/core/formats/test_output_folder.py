"""What is written where the user says, and what there is never written over."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_studio.core.errors import WriteFailed, WrongTarget
from ocr_studio.core.formats import marked_pictures, output_marks
from ocr_studio.core.formats.output_folder import LIST, FileTaken, OutputFile, OutputFolder
from tests import drawn

posix = pytest.mark.skipif(os.name != "posix", reason="links without special rights")


def _picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(drawn.board()).save(file, kind)
    return file.getvalue()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def outside(tmp_path: Path) -> Iterator[Path]:
    """A file that nothing may touch."""
    file = tmp_path / "outside.txt"
    file.write_text("secret")
    yield file
    assert file.read_text() == "secret"
    assert {path.name for path in tmp_path.iterdir()} <= {"outside.txt", "out", "link"}


class TestFolder:
    def test_is_made_and_its_files_are_written_again_and_again(self, out: Path) -> None:
        for text in ("one", "two", "one", "ä\ud800"):
            OutputFolder(out / "deep" / "er").write("photos/a.txt", text)
        assert (out / "deep" / "er" / "photos" / "a.txt").read_bytes() == b"\xc3\xa4?"

    def test_a_large_file_is_written_whole_or_not_at_all(self, out: Path) -> None:
        folder = OutputFolder(out)
        with folder.writing("a.pdf") as stream:
            stream.write(b"first")
        with pytest.raises(ZeroDivisionError), folder.writing("a.pdf") as stream:
            stream.write(b"half" * (1 // 0))
        with folder.writing("empty.pdf"):
            pass
        assert {path.name: path.read_bytes() for path in out.glob("[!.]*")} == {"a.pdf": b"first"}
        (out / "a.pdf").write_bytes(b"edited")
        with pytest.raises(FileTaken), folder.writing("a.pdf"):
            pytest.fail("the work isn't begun")
        assert {path.name for path in out.iterdir()} == {"a.pdf", LIST}

    def test_what_a_killed_export_left_is_removed_once_it_is_old(self, out: Path) -> None:
        old, new = out / f".{'0' * 16}.tmp", out / f".{'1' * 16}.tmp"
        for path in (old, new):
            path.write_bytes(b"half")
        os.utime(old, (1e9, 1e9))
        OutputFolder(out)
        assert {path.name for path in out.iterdir()} == {new.name}

    def test_a_file_of_the_user_stays_and_the_others_are_written(self, out: Path) -> None:
        (out / "board.txt").write_text("mine")
        folder = OutputFolder(out)
        with pytest.raises(FileTaken, match=r"board\.txt: the file was not written by this program") as told:
            folder.write("board.txt", "read")
        assert told.value.typed.endswith("or add --overwrite.")
        with pytest.raises(FileTaken):
            folder.check("board.txt")
        folder.write("other.txt", "read")
        assert (out / "board.txt").read_text() == "mine"
        assert (out / "other.txt").read_text() == "read"

    def test_a_file_that_was_edited_since_is_the_users(self, out: Path) -> None:
        OutputFolder(out).write("a.txt", "read")
        (out / "a.txt").write_text("raed")
        with pytest.raises(FileTaken):
            OutputFolder(out).write("a.txt", "read again")
        assert (out / "a.txt").read_text() == "raed"
        OutputFolder(out, overwrite=True).write("a.txt", "read again")
        OutputFolder(out).write("a.txt", "once more")
        assert (out / "a.txt").read_text() == "once more"

    def test_a_file_that_holds_what_is_to_be_written_is_ours_from_then_on(self, out: Path) -> None:
        (out / "a.txt").write_text("same")
        OutputFolder(out).write("a.txt", "same")
        OutputFolder(out).write("a.txt", "other")
        assert (out / "a.txt").read_text() == "other"

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
    def test_a_photo_is_never_replaced_whatever_its_name(self, out: Path, kind: str) -> None:
        (out / "notes.txt").write_bytes(_picture(kind))
        for overwrite in (False, True):
            folder = OutputFolder(out, overwrite=overwrite)
            for write in (folder.check, lambda name, to=folder: to.write(name, "x")):
                with pytest.raises(WriteFailed, match="it is an image that was not written by this program"):
                    write("notes.txt")
            with pytest.raises(WriteFailed, match="it is an image"):
                OutputFile(out / "notes.txt", overwrite=overwrite).write(b"x")
        assert (out / "notes.txt").read_bytes() == _picture(kind)

    def test_a_text_that_begins_like_a_bmp_is_no_photo(self, out: Path) -> None:
        (out / "a.txt").write_text("BMW at nine, then lunch with everybody")
        OutputFolder(out, overwrite=True).write("a.txt", "x")
        assert (out / "a.txt").read_text() == "x"

    def test_a_list_that_cannot_know_what_a_file_holds_claims_nothing(self, out: Path) -> None:
        (out / "a.txt").write_text("mine")
        lines = [
            {"name": "a.txt", "size": 4, "blake2b": "0" * 64},
            {"name": "a.txt", "size": 4, "blake2b": None},
            {"name": "a.txt"},
            [],
            {"name": "a.txt", "size": True, "blake2b": ""},
        ]
        (out / LIST).write_text("\n".join(map(json.dumps, lines)))
        with pytest.raises(FileTaken):
            OutputFolder(out).write("a.txt", "x")
        assert (out / "a.txt").read_text() == "mine"

    @pytest.mark.parametrize(
        "hostile",
        [
            b"\xff\xfe\0", b"[" * 100_000, b'{"name": "a.txt", "size": ' + b"9" * 5000, b"{" * 9 + b"\n" * 9,
            b'{"name": "\\ud800", "size": 1, "blake2b": ""}', b'{"name": "a.txt", "size": 1e999, "blake2b": "x"}',
            b"\n" * (17 << 20), b"x\n" * (7 << 20),
        ],
        ids=["no text", "deep", "digits", "broken", "half a letter", "endless", "huge", "many lines"],
    )  # fmt: skip
    def test_a_damaged_list_counts_as_empty(self, out: Path, hostile: bytes) -> None:
        (out / LIST).write_bytes(hostile)
        OutputFolder(out).write("a.txt", "one")
        OutputFolder(out).write("a.txt", "two")
        assert (out / "a.txt").read_text() == "two"
        assert (out / LIST).stat().st_size <= len(hostile) + 300

    def test_a_long_list_is_written_anew_without_what_is_outdated(self, out: Path) -> None:
        folder = OutputFolder(out)
        for number in range(10):
            folder.write("a.txt", f"{number}")
        with (out / LIST).open("ab") as file:
            file.write(b" " * 600_000)
        OutputFolder(out).write("a.txt", "last")
        assert (out / LIST).stat().st_size < 2000
        OutputFolder(out).write("a.txt", "very last")

    def test_a_line_that_was_cut_short_spoils_no_other(self, out: Path) -> None:
        OutputFolder(out).write("a.txt", "one")
        with (out / LIST).open("ab") as file:
            file.write(b'\n{"name": "a.txt", "si')
        OutputFolder(out).write("a.txt", "two")
        OutputFolder(out).write("a.txt", "three")

    @posix
    def test_killed_at_any_moment_the_files_are_whole_and_ours(self, out: Path) -> None:
        program = (
            "import sys, itertools; from pathlib import Path\n"
            "from ocr_studio.core.formats.output_folder import OutputFolder\n"
            "out = OutputFolder(Path(sys.argv[1])); print(flush=True)\n"
            "for number in itertools.count(): out.write('a.txt', f'{number}\\n' * 9)"
        )
        for _ in range(2):
            with subprocess.Popen([sys.executable, "-c", program, str(out)], stdout=subprocess.PIPE) as writing:
                assert writing.stdout is not None
                writing.stdout.readline()
                while not (out / "a.txt").exists():
                    pass
                writing.kill()
            assert len(set((out / "a.txt").read_text().split())) == 1
            OutputFolder(out).check("a.txt")


@posix
class TestLinks:
    def test_in_the_place_of_a_file_are_refused_and_not_written_through(self, out: Path, outside: Path) -> None:
        (out / "a.txt").symlink_to(outside)
        (out / "new.txt").symlink_to(outside.with_name("new.txt"))
        (out / "photos").symlink_to(outside.parent, target_is_directory=True)
        for name in ("a.txt", "new.txt", "photos/b.txt", "photos/outside.txt"):
            with pytest.raises(WriteFailed, match="symbolic link"):
                OutputFolder(out, overwrite=True).write(name, "x")
        for name in ("a.txt", "new.txt"):
            with pytest.raises(WriteFailed, match="symbolic link"):
                OutputFile(out / name, overwrite=True).write("x")

    def test_in_the_place_of_the_list_are_refused_before_anything_is_written(self, out: Path, outside: Path) -> None:
        (out / LIST).symlink_to(outside)
        with pytest.raises(WriteFailed, match="symbolic link"):
            OutputFolder(out)

    def test_a_second_name_of_a_file_elsewhere_is_not_written_through(self, out: Path, outside: Path) -> None:
        os.link(outside, out / "a.txt")
        os.link(outside, out / LIST)
        OutputFolder(out, overwrite=True).write("a.txt", "x")
        assert (out / "a.txt").read_text() == "x"

    def test_pipes_and_folders_are_no_files(self, out: Path) -> None:
        os.mkfifo(out / "a.txt")
        (out / "b.txt").mkdir()
        for name in ("a.txt", "b.txt"):
            with pytest.raises(WriteFailed, match="not a regular file"):
                OutputFolder(out, overwrite=True).write(name, "x")
            with pytest.raises(WriteFailed, match=r"not a regular file|this is a folder"):
                OutputFile(out / name, overwrite=True).write("x")

    def test_names_that_lead_out_are_refused(self, out: Path) -> None:
        for name in ("../outside.txt", "/etc/passwd", "a/../../outside.txt", ""):
            with pytest.raises(WriteFailed):
                OutputFolder(out, overwrite=True).write(name, "x")

    def test_the_folder_that_the_user_names_may_be_a_link(self, out: Path) -> None:
        link = out.with_name("link")
        link.symlink_to(out, target_is_directory=True)
        OutputFolder(link).write("a.txt", "x")
        OutputFile(link / "b.txt").write("x")
        assert {path.name for path in out.iterdir()} == {LIST, "a.txt", "b.txt"}


class TestFile:
    def test_our_own_picture_is_replaced_and_a_photo_or_an_edited_picture_is_not(self, out: Path) -> None:
        ours = marked_pictures.encode_marked(drawn.board())
        OutputFile(out / "a.png").write(ours)
        OutputFile(out / "a.png").check()
        OutputFile(out / "a.png").write(output_marks.add_mark(_picture("JPEG")))
        OutputFile(out / "a.png").write(ours)
        (out / "a.png").write_bytes(ours[:-1] + b"\0")
        for overwrite in (False, True):
            with pytest.raises(WriteFailed, match="it is an image that was not written by this program"):
                OutputFile(out / "a.png", overwrite=overwrite).write(ours)

    def test_another_file_is_replaced_only_if_that_is_wanted(self, out: Path) -> None:
        (out / "a.zip").write_text("mine")
        with pytest.raises(FileTaken):
            OutputFile(out / "a.zip").check()
        with pytest.raises(FileTaken):
            OutputFile(out / "a.zip").write(b"x")
        OutputFile(out / "a.zip", known=lambda stream: stream.read() == b"mine").write(b"x")
        OutputFile(out / "a.zip", overwrite=True).write(b"y")
        assert (out / "a.zip").read_bytes() == b"y"

    def test_where_no_folder_is_nothing_is_written(self, out: Path) -> None:
        OutputFile(out / "none" / "a.txt").check()
        with pytest.raises(WriteFailed, match="The folder does not exist: create it first"):
            OutputFile(out / "none" / "a.txt").write("x")


def test_a_picture_of_ours_gives_way_to_a_picture_only(out: Path) -> None:
    ours = marked_pictures.encode_marked(np.full((4, 4, 3), 200, np.uint8))
    (out / "shot.png").write_bytes(ours)
    OutputFile(out / "shot.png").write(marked_pictures.encode_marked(np.full((4, 4, 3), 100, np.uint8)))
    with pytest.raises(WriteFailed, match="an image that was not written by this program"):
        OutputFile(out / "shot.png", overwrite=True).write("text")
    with pytest.raises(WriteFailed, match="an image that was not written by this program"):
        OutputFolder(out, overwrite=True).write("shot.png", "text")


def test_what_a_camera_writes_is_a_photo_and_an_empty_file_is_nothing(out: Path) -> None:
    (out / "a.CR3").write_bytes(b"not known by how it begins")
    with pytest.raises(WriteFailed, match="an image that was not written by this program"):
        OutputFile(out / "a.CR3", overwrite=True).write("text")
    (out / "empty.png").touch()
    OutputFile(out / "empty.png").write("text")


def test_a_file_with_the_name_of_the_folder_is_told(tmp_path: Path) -> None:
    (file := tmp_path / "out").write_text("mine")
    for place in (file, file / "deeper"):
        with pytest.raises(WrongTarget, match=r"out: it is a file, not a folder\. Choose another folder"):
            OutputFolder(place)
    with pytest.raises(WrongTarget, match="it is a file, not a folder"):
        OutputFile(file / "a.txt").check()


def test_a_folder_with_the_name_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongTarget, match=r"this is a folder\. Choose a file name"):
        OutputFile(tmp_path).write("text")
