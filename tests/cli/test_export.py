"""What is written about photos: one file for each, under names that do no harm, corrections included."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_studio.cli import main as cli
from ocr_studio.core import paths, settings
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.output_folder import LIST
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Quad, Transcription, Word
from ocr_studio.core.project.project import Project, in_library
from tests.core import drawn_boards

# ------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a.jpg"], ["a.txt"]),
        (["a.jpg", "a.png"], ["a.jpg.txt", "a.png.txt"]),
        (["x/a.jpg", "y/a.jpg"], ["a.jpg.txt", "a.jpg (2).txt"]),
        (["a.jpg", "A.PNG"], ["a.jpg.txt", "A.PNG.txt"]),
        (["../../etc/passwd.jpg", "/", "..", "."], ["passwd.txt", "photo.txt", "photo (2).txt", "photo (3).txt"]),
        (["a\\..\\b.jpg", "c\nd.jpg", "con.jpg"], ["a_.._b.txt", "c_d.txt", "_con.txt"]),
        ([".jpg", "a b.c.jpg"], [".jpg.txt", "a b.c.txt"]),
    ],
)
def test_output_names_are_plain_and_differ(given: list[str], expected: list[str]) -> None:
    assert list(output_names(given, ".txt")) == expected


def test_output_names_are_never_too_long() -> None:
    long = ["д" * 125 + f"{end}.jpg" for end in "ab"] + ["n" * 255]
    names = list(output_names(long, ".json"))
    assert len(set(names)) == 3
    assert all(len(os.fsencode(name)) <= 255 and name.endswith(".json") for name in names)


# ------------------------------------------------------------------------------------------------------------ export


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project.open(tmp_path)
    word = Word("one", Quad.from_box(1, 2, 30, 12), human=Transcription.by_human("Ω=1"))
    for name, page_id in (("board.png", "0" * 32), ("other.jpg", "1" * 32)):
        project.save_page(Page(page_id, name, 96, 64, {"one": word}))
    project.unlock()
    return project


def names_in(out: Path) -> list[str]:
    """What was written, besides the list of it."""
    return sorted(path.name for path in out.iterdir() if path.name != LIST)


@pytest.mark.parametrize(("format_name", "kind"), [("text", "txt"), ("md", "md"), ("json", "json"), ("csv", "csv")])
def test_export_writes_one_file_for_each_page(
    project: Project, tmp_path: Path, format_name: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for place in (project.folder, project.photos):
        assert cli.run(["export", str(place), "--format", format_name, "--out", str(out)]) == 0
        assert names_in(out) == [f"board.{kind}", f"other.{kind}"]
        assert capsys.readouterr().out == f"2 files written to {out}\n"
    text = (out / f"board.{kind}").read_text(encoding="utf-8")
    if kind == "csv":
        assert any("Ω=1" in row for row in csv.reader(io.StringIO(text)))
    assert "Ω=1" in text


def test_export_of_notes_tells_of_an_edited_one(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("board.png", "other.jpg"):
        photo_file.save_png(tmp_path / name, np.zeros((64, 96, 3), np.uint8))
    command = ["export", str(project.folder), "--format", "vault", "--out", str(out := tmp_path / "notes")]
    assert cli.run(command) == 0
    assert capsys.readouterr().out == f"2 files written to {out}\n"
    (note := out / "board.md").write_text(note.read_text().replace("Ω=1", "Ω=2"), encoding="utf-8")
    assert cli.run(command) == 1
    said = capsys.readouterr()
    assert said.err.rstrip().endswith(
        "board.md: the text between the two comments of OCR Studio was edited. "
        "Move your changes above or below these comments, or add --overwrite."
    )
    assert said.out == f"1 file (of 2 photos) written to {out}\n"
    assert cli.run([*command, "--overwrite"]) == 0
    assert "Ω=1" in note.read_text()


def test_export_tells_of_a_damaged_page_and_writes_the_others(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (project.folder / "pages" / f"{'0' * 32}.json").write_text("{")
    out = tmp_path / "out"
    assert cli.run(["export", str(project.folder), "--format", "text", "--out", str(out)]) == 1
    assert names_in(out) == ["other.txt"]
    said = capsys.readouterr()
    assert "damaged" in said.err
    assert said.out == f"1 file (of 2 photos) written to {out}\n"
    del caplog


def test_export_of_what_is_no_project_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photo := tmp_path / "board.png").touch()
    for photos, said in (([photo], "no photos have been read here yet"), ([], "no photos in this folder. Choose")):
        assert cli.run(["export", str(tmp_path), "--format", "text", "--out", str(tmp_path / "out")]) == 1
        assert said in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == photos
        photo.unlink(missing_ok=True)


def test_export_takes_the_project_that_the_window_would_open(project: Project, tmp_path: Path) -> None:
    settings.save(settings.Settings(keep="library"))
    library = in_library(tmp_path, paths.library_dir())
    other = Project(library, tmp_path)
    word = Word("one", Quad.from_box(1, 2, 30, 12), human=Transcription.by_human("in the library"))
    other.save_page(Page("0" * 32, "board.png", 96, 64, {"one": word}))
    other.unlock()
    assert cli.run(["export", str(tmp_path), "--format", "text", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "board.txt").read_text(encoding="utf-8").strip() == "in the library"


def test_export_writes_the_cleaned_boards_and_never_among_the_photos(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo_file.save_png(tmp_path / "board.png", drawn_boards.lit(drawn_boards.face(900, 600)))
    original = (tmp_path / "board.png").read_bytes()
    out = tmp_path / "out"
    # The other photo is gone: that is told, and stops nothing.
    assert cli.run(["export", str(tmp_path), "--format", "cleaned", "--out", str(out)]) == 1
    assert "other.jpg" in capsys.readouterr().err
    assert names_in(out) == ["board cleaned.png"]
    assert np.median(photo_file.open_photo(out / "board cleaned.png"), axis=(0, 1)).min() > 220
    assert cli.run(["export", str(tmp_path), "--format", "cleaned", "--out", str(tmp_path)]) == 2
    assert "the photos are in this folder" in capsys.readouterr().err
    assert (tmp_path / "board.png").read_bytes() == original


def test_export_replaces_no_file_that_it_did_not_write(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    asked = ["export", str(project.folder), "--format", "text", "--out", str(out)]
    out.mkdir()
    (out / "board.txt").write_text("mine")
    for _ in range(2):
        assert cli.run(asked) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "board.txt: the file was not written by this program" in line
        assert line.endswith("or add --overwrite.")
        assert (out / "board.txt").read_text() == "mine"
        assert (out / "other.txt").read_text(encoding="utf-8") == "Ω=1\n"
    assert cli.run([*asked, "--overwrite"]) == 0
    assert cli.run(asked) == 0
    (out / "other.txt").write_text("edited")
    assert cli.run(asked) == 1
    assert (out / "other.txt").read_text() == "edited"
    assert (out / "board.txt").read_text(encoding="utf-8") == "Ω=1\n"


def test_export_tells_once_of_a_file_of_several_pages_that_stays(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = [Image.new("RGB", (96, 64), (number, 0, 0)) for number in range(3)]
    first.save(project.photos / "scan.tif", save_all=True, append_images=others)
    for number in (1, 2, 3):
        photo = project.photos / f"scan #{number}.tif"
        word = Word("one", Quad.from_box(1, 2, 30, 12), human=Transcription.by_human("Ω=1"))
        project.save_page(Page(photo_file.compute_content_id(photo), photo.name, 96, 64, {"one": word}))
    project.unlock()
    out = tmp_path / "out"
    asked = ["export", str(project.folder), "--format", "text", "--out", str(out)]
    assert cli.run(asked) == 0
    (out / "scan.txt").write_text("edited")
    capsys.readouterr()
    assert cli.run(asked) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "scan.txt: the file was not written by this program" in line


def test_import_tells_what_it_has_left_out(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (96, 64)).save(project.photos / "new.png")
    shape = {"label": "wild", "points": [[-9000, 0], [1e9, 0], [1, 1], [0, 1]], "shape_type": "polygon"}
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"shapes": [shape], "imagePath": "new.png", "imageWidth": 96, "imageHeight": 64}))
    cli.run(["import", str(labels), "--project", str(project.folder)])
    assert "labels.json: 1 label left out" in capsys.readouterr().out


def test_export_replaces_no_photo_even_if_that_is_asked_for(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo_file.save_png(tmp_path / "board.png", drawn_boards.lit(drawn_boards.face(90, 60)))
    (tmp_path / "out").mkdir()
    photo_file.save_png(photo := tmp_path / "out" / "board cleaned.png", drawn_boards.face(90, 60))
    (tmp_path / "out" / "other.txt").write_bytes(before := photo.read_bytes())
    for kind, file in (("cleaned", photo), ("text", tmp_path / "out" / "other.txt")):
        out = ["--out", str(tmp_path / "out"), "--overwrite"]
        assert cli.run(["export", str(project.folder), "--format", kind, *out]) == 1
        assert f"{file.name}: it is an image that was not written by this program" in capsys.readouterr().err
        assert file.read_bytes() == before
    photo.unlink()
    for _ in range(2):
        cli.run(["export", str(project.folder), "--format", "cleaned", "--out", str(tmp_path / "out")])
        assert "board cleaned.png" not in capsys.readouterr().err


def test_export_names_each_photo_that_was_not_read(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo_file.save_png(tmp_path / "new.png", drawn_boards.face(90, 60))
    out = tmp_path / "out"
    assert cli.run(["export", str(project.folder), "--format", "text", "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == f"2 files (of 3 photos) written to {out}\n"
    (line,) = said.err.splitlines()
    assert line == f"ocr-studio: {tmp_path / 'new.png'}: not read yet. Run ocr-studio read FOLDER --keep."


def test_export_writes_one_file_for_all_photos_where_that_is_asked_for(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.run(["export", str(project.photos), "--format", "text", "--out", str(out), "--one-file"]) == 0
    [file] = out.glob("*.txt")
    assert len(project.page_ids()) > 1
    assert f"1 file ({len(project.page_ids())} photos) written" in capsys.readouterr().out
    assert file.read_text("utf-8").count("===") >= len(project.page_ids())


def test_export_never_writes_into_a_project(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    place = project.folder / "pages"
    before = sorted(place.iterdir())
    assert cli.run(["export", str(project.photos), "--format", "json", "--out", str(place)]) == 2
    assert "Choose another folder for --out." in capsys.readouterr().err
    assert sorted(place.iterdir()) == before
