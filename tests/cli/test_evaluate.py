"""``ocr-studio evaluate``, with a stand-in for the recognizer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.core import settings
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Transcription
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import OcrService
from tests.ui import made_board
from tests.ui.made_board import LINES, StandInReader

WORDS = [
    {"quad": [list(corner) for corner in made_board.quad(row, column).corners], "text": text, "ignore": False}
    for row, line in enumerate(LINES)
    for column, text in enumerate(line)
]


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OcrService, "reader", lambda *_: StandInReader())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    made_board.write_photo(folder / "images" / "one.png")
    made_board.write_photo(folder / "images" / "two.png", 1)
    wrong = [WORDS[0] | {"text": "Shop"}, *WORDS[1:]]
    write(folder, {"image": "images/one.png", "words": WORDS}, {"image": "images/two.png", "words": wrong})
    return folder


def write(folder: Path, *entries: Any) -> None:
    (folder / "annotations.json").write_text(json.dumps(entries))


def test_a_table_for_people(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["evaluate", str(data)]) == 0
    said = capsys.readouterr()
    assert "read by stand-in" in said.out
    assert "mistakes: 1 misread" in said.out
    assert said.err == ""


def test_json_for_machines(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["evaluate", str(data), "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["total"]["detection"] == {"precision": 1, "recall": 1, "f": 1, "right": 16, "found": 16, "wanted": 16}
    assert values["total"]["strict"]["right"] == 15
    assert [photo["image"] for photo in values["photos"]] == ["images/one.png", "images/two.png"]
    assert values["photos"][1]["mistakes"][0]["wanted"][0]["text"] == "Shop"


def test_pages_that_show_every_mistake(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["evaluate", str(data), "--out", str(tmp_path / "out" / "deep")]) == 0
    out = tmp_path / "out" / "deep"
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.html")) == [
        "index.html",
        "photos/one.html",
        "photos/two.html",
    ]
    assert "Shop" in (out / "photos" / "two.html").read_text("utf-8")
    assert 'href="photos/two.html"' in (out / "index.html").read_text("utf-8")
    assert "<polygon" in (out / "photos" / "two.html").read_text("utf-8")
    capsys.readouterr()


def test_what_cannot_be_evaluated_is_said_and_the_rest_goes_on(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {"image": "images/one.png", "words": WORDS}
    gone, out = {"image": "images/gone.png", "words": []}, {"image": "../x.png", "words": []}
    (data / "images" / "bad.png").write_bytes(b"no photo")
    bad = {"image": "images/bad.png", "words": WORDS}
    beside = {"image": "images/two.png", "words": [WORDS[0] | {"quad": [[900, 0], [950, 0], [950, 9], [900, 9]]}]}
    write(data, gone, good, out, bad, beside)
    assert cli.run(["evaluate", str(data), "--format", "json"]) == 1
    said = capsys.readouterr()
    values = json.loads(said.out)
    assert [photo["image"] for photo in values["photos"]] == ["images/one.png"]
    assert len(said.err.splitlines()) == len(values["failed"]) == 4
    for part in ("../x.png", "gone.png", "bad.png", "is outside the photo, which is 480 × 240"):
        assert part in said.err


@pytest.mark.parametrize("count", [1, 2])
def test_where_no_photo_can_be_evaluated_there_is_no_empty_table(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    write(data, *[{"image": f"images/gone {number}.png", "words": WORDS} for number in range(count)])
    out = tmp_path / "pages"
    assert cli.run(["evaluate", str(data), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert all("gone" in line for line in lines[:count])
    assert ["none of the 2 photos could be evaluated" in line for line in lines[count:]] == [True] * (count > 1)
    assert list(out.iterdir()) == []


def test_half_a_character_in_a_name_is_said_as_its_escape(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(data, {"image": "images/one.png", "words": WORDS}, {"image": "images/\ud800.png", "words": WORDS})
    assert cli.run(["evaluate", str(data)]) == 1
    said = capsys.readouterr()
    assert "“images/\\ud800.png”" in said.err
    assert "mistakes: none" in said.out


def test_annotated_words_are_compared_with_words_whatever_the_settings_say(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    units: list[str] = []

    def reader(ocr_service: OcrService, writer: str | None = None) -> StandInReader:
        units.append(ocr_service.options.unit)
        return StandInReader()

    monkeypatch.setattr(OcrService, "reader", reader)
    settings.save(settings.Settings(unit="lines"))
    assert cli.run(["evaluate", str(data)]) == 0
    assert set(units) == {"words"}
    assert cli.run(["evaluate", str(data), "--unit", "lines"]) == 0
    assert set(units) == {"words", "lines"}
    capsys.readouterr()


def test_a_project_that_somebody_has_looked_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = made_board.write_photo(tmp_path / "boards" / "a.png")
    words = {word.id: word for word in made_board.words()}
    words["w0"] = replace(words["w0"], human=Transcription.by_human("Shop"))
    project = Project.open(photo.parent)
    project.save_page(Page(photo_file.compute_content_id(photo), "a.png", 480, 240, words))
    project.unlock()
    photo.rename(photo.with_name("renamed.png"))
    assert cli.run(["evaluate", str(photo.parent), "--format", "json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["photos"]
    assert (result["truth"], result["words"], result["found"]) == ("checked words", 1, 1)
    assert (result["detection"]["f"], result["strict"]["f"]) == (1, 0)
    photo.with_name("renamed.png").write_bytes(b"changed")
    assert cli.run(["evaluate", str(project.folder)]) == 1
    assert "the checked photo is missing or has changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        ([], 2, "DATA"),
        (["data", "--format", "xml"], 2, "xml"),
        (["data", "--model", "none"], 2, "the model “none” was not found"),
        ([""], 2, "empty path"),
        (["data", "--out", ""], 2, "empty path"),
        (["gone"], 1, "the folder does not exist"),
        (["data", "--out", "data/annotations.json"], 2, "it is a file, not a folder"),
    ],
)
def test_wrong_calls_are_said(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    why: str,
) -> None:
    monkeypatch.chdir(data.parent)
    assert cli.run(["evaluate", *arguments]) == status
    assert why in capsys.readouterr().err


def test_malformed_json_is_said_in_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "annotations.json").write_text('[{"image": ')
    assert cli.run(["evaluate", str(data)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "annotations.json: it is not valid JSON" in line


def test_nothing_to_evaluate_is_said_and_has_no_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)
    assert cli.run(["evaluate", str(tmp_path)]) == 1
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert "annotations.json: there is nothing to evaluate: it lists no photos. List" in line
    assert said.out == ""


def test_when_every_photo_fails_no_figure_is_perfect(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(data, {"image": "images/gone.png", "words": WORDS})
    assert cli.run(["evaluate", str(data)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert cli.run(["evaluate", str(data), "--format", "json"]) == 1
    total = json.loads(capsys.readouterr().out)["total"]
    assert total["end_to_end"] == {"precision": None, "recall": None, "f": None, "right": 0, "found": 0, "wanted": 0}
    assert total["text"]["cer"] is None


@pytest.mark.parametrize("page", ["unchecked", "put aside", "damaged"])
def test_a_project_with_nothing_checked_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, page: str
) -> None:
    photo = made_board.write_photo(tmp_path / "a.png")
    project = Project.open(tmp_path)
    project.save_page(
        Page(photo_file.compute_content_id(photo), "a.png", 480, 240, {word.id: word for word in made_board.words()})
    )
    project.unlock()
    (file,) = (project.folder / "pages").glob("*.json")
    if page == "put aside":
        file.rename(file.with_name(f"{file.name}.damaged"))
    elif page == "damaged":
        file.write_text("{")
    assert cli.run(["evaluate", str(tmp_path)]) == 1
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert {
        "unchecked": "no words of these photos have been checked",
        "put aside": "nothing to evaluate",
        "damaged": "damaged",
    }[page] in line
    assert "1.000" not in said.out
    assert bool(caplog.records) == (page == "damaged")  # the project's own summary of its pages says so, too


def test_pages_are_written_over_those_of_an_evaluation_alone(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "site" / "index.html"
    assert cli.run(["evaluate", str(data), "--out", str(index.parent)]) == 0
    assert cli.run(["evaluate", str(data), "--out", str(index.parent)]) == 0
    capsys.readouterr()
    index.write_text("<!doctype html><title>Home</title>")
    assert cli.run(["evaluate", str(data), "--out", str(index.parent)]) == 1
    said = capsys.readouterr()
    assert "index.html: the file was not written by this program" in said.err
    assert said.out == ""
    assert index.read_text() == "<!doctype html><title>Home</title>"
    # Nor over the page of a photo, or beside what has nothing to do with it.
    index.unlink()
    (site := index.parent / "photos" / "two.html").write_text("<title>My holiday</title>")
    (index.parent / "notes.txt").write_text("mine")
    assert cli.run(["evaluate", str(data), "--out", str(index.parent)]) == 1
    said = capsys.readouterr()
    assert "two.html: the file was not written by this program" in said.err
    assert (said.out, site.read_text(), index.exists()) == ("", "<title>My holiday</title>", False)
    site.unlink()
    assert cli.run(["evaluate", str(data), "--out", str(index.parent)]) == 0
    assert (index.parent / "notes.txt").read_text() == "mine"
