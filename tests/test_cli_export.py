"""What is written about photos: one file for each, under names that do no harm, corrections included."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import numpy as np
import pytest

from ocr_studio import cli
from ocr_studio.core import images, paths, project_places, settings
from ocr_studio.core.output_names import output_names
from ocr_studio.core.page import Page, Quad, Transcription, Word
from ocr_studio.core.project import Project
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


@pytest.mark.parametrize("kind", ["txt", "md", "json", "csv"])
def test_export_writes_one_file_for_each_page(project: Project, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    for place in (project.folder, project.photos):
        assert cli.run(["export", str(place), "--format", kind, "--out", str(out)]) == 0
        assert sorted(path.name for path in out.iterdir()) == [f"board.{kind}", f"other.{kind}"]
    text = (out / f"board.{kind}").read_text(encoding="utf-8")
    if kind == "csv":
        assert any("Ω=1" in row for row in csv.reader(io.StringIO(text)))
    assert "Ω=1" in text


def test_export_tells_of_a_damaged_page_and_writes_the_others(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (project.folder / "pages" / f"{'0' * 32}.json").write_text("{")
    out = tmp_path / "out"
    assert cli.run(["export", str(project.folder), "--format", "txt", "--out", str(out)]) == 1
    assert [path.name for path in out.iterdir()] == ["other.txt"]
    assert "damaged" in capsys.readouterr().err
    del caplog


def test_export_of_what_is_no_project_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["export", str(tmp_path), "--format", "txt", "--out", str(tmp_path / "out")]) == 1
    assert "nothing is known about photos here yet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_export_takes_the_project_that_the_window_would_open(project: Project, tmp_path: Path) -> None:
    settings.save(settings.Settings(keep="library"))
    library = project_places.in_library(tmp_path, paths.library_dir())
    other = Project(library, tmp_path)
    word = Word("one", Quad.from_box(1, 2, 30, 12), human=Transcription.by_human("in the library"))
    other.save_page(Page("0" * 32, "board.png", 96, 64, {"one": word}))
    other.unlock()
    assert cli.run(["export", str(tmp_path), "--format", "txt", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "board.txt").read_text(encoding="utf-8").strip() == "in the library"


def test_export_writes_the_cleaned_boards_and_never_among_the_photos(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images.save_png(tmp_path / "board.png", drawn_boards.lit(drawn_boards.face(900, 600)))
    original = (tmp_path / "board.png").read_bytes()
    out = tmp_path / "out"
    # The other photo is gone: that is told, and stops nothing.
    assert cli.run(["export", str(tmp_path), "--format", "cleaned", "--out", str(out)]) == 1
    assert "other.jpg" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["board cleaned.png"]
    assert np.median(images.open_photo(out / "board cleaned.png"), axis=(0, 1)).min() > 220
    assert cli.run(["export", str(tmp_path), "--format", "cleaned", "--out", str(tmp_path)]) == 1
    assert "the photos are in this folder" in capsys.readouterr().err
    assert (tmp_path / "board.png").read_bytes() == original
