"""Where words stand on photos, without a window."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.cli import main as cli
from ocr_studio.core.editing import photo_frames
from ocr_studio.core.page import Page, Quad, Transcription, apply
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import index_location
from tests.core.made_pages import PAGE_ID, page_of, read_word
from tests.core.made_projects import page_path

OTHER = "f" * 32


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project.open(tmp_path)
    project.save_page(page_of(read_word("load", 100), read_word("balancer", 190), read_word("queve", 500)))
    by_hand = replace(read_word("kueue", 100), human=Transcription.by_human("queue"))
    project.save_page(replace(page_of(by_hand, read_word("eueuq", 400), image="b.jpg"), id=OTHER))
    project.unlock()
    return project


def test_one_line_for_each_hit_the_nearest_first(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for place in (project.photos, project.folder):
        assert cli.run(["search", "queue", "--project", str(place)]) == 0
        said = capsys.readouterr()
        assert said.out.splitlines() == [
            "b.jpg\t100,100,100,30\tqueue",
            "board.jpg\t500,100,100,30\tqueve",
            "b.jpg\t400,100,100,30\tqueue (alternative 2; read as “eueuq”)",
        ]
        assert said.err == ""


def test_places_are_those_on_the_photo_as_its_file_has_it(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["search", "queue", "--project", str(project.photos), "--format", "json"])
    before = capsys.readouterr().out
    page = project.load_page(OTHER)
    assert page is not None
    project.save_page(apply(page, photo_frames.turn_photo(page, 1)))
    project.unlock()
    cli.run(["search", "queue", "--project", str(project.photos), "--format", "json"])
    assert capsys.readouterr().out == before


def test_text_without_a_box_has_no_place(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unboxed = replace(read_word("queue", 100), quad=Quad.from_box(100, 100, 100, 130))
    project.save_page(page_of(unboxed, read_word("load", 190), replace(read_word("queue", 500), id="other")))
    project.unlock()
    loaded: list[str] = []
    load_page = Project.load_page

    def count(self: Project, page_id: str, **how: bool) -> Page | None:
        loaded.append(page_id)
        return load_page(self, page_id, **how)

    monkeypatch.setattr(Project, "load_page", count)
    assert cli.run(["search", "queue", "--project", str(project.photos), "--limit", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {"board.jpg\t\tqueue", "board.jpg\t500,100,100,30\tqueue"} < set(lines)
    assert sorted(loaded) == sorted([PAGE_ID, OTHER])  # once each
    assert cli.run(["search", '"queue load"', "--project", str(project.photos)]) == 0
    assert capsys.readouterr().out == "board.jpg\t190,100,80,30\tqueue load\n"
    assert cli.run(["search", "queue", "--project", str(project.photos), "--format", "json"]) == 0
    quads = {word["id"]: word["quad"] for hit in json.loads(capsys.readouterr().out) for word in hit["words"]}
    assert quads["queue-100"] is None
    assert quads["other"] is not None


def test_several_words_and_quotes(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for query in (["balancer", "load"], ['"load balancer"']):
        assert cli.run(["search", *query, "--project", str(project.photos)]) == 0
        assert capsys.readouterr().out.startswith("board.jpg\t100,100,250,30\t")
    assert cli.run(["search", '"balancer load"', "--project", str(project.photos)]) == 0
    assert capsys.readouterr().out == ""


def test_a_star_finds_beginnings(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["search", "balan", "load", "--project", str(project.photos)]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "ocr-studio: no results for “balan load”\n")
    for query in ("balan*", "load balan*", "balan* load"):
        assert cli.run(["search", query, "--project", str(project.photos)]) == 0
        said = capsys.readouterr()
        assert "balancer" in said.out
        assert said.err == ""


def test_json_says_all(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["search", "queue", "--project", str(project.photos), "--format", "json", "--limit", "3"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert [hit["words"][0]["side"] for hit in hits] == ["human", "machine", "choice"]
    assert hits[0] == {
        "page": OTHER,
        "image": "b.jpg",
        "score": 1.0,
        "words": [
            {
                "id": "kueue-100",
                "quad": [[100.0, 100.0], [200.0, 100.0], [200.0, 130.0], [100.0, 130.0]],
                "text": "queue",
                "matched": "queue",
                "side": "human",
                "choice": 1,
                "score": 1.0,
            }
        ],
    }
    assert (hits[2]["words"][0]["text"], hits[2]["words"][0]["matched"]) == ("eueuq", "queue")
    assert cli.run(["search", "nothing like it", "--project", str(project.photos), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_page_that_cannot_be_read_is_told_and_the_others_are_searched(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    page_path(project, OTHER).write_bytes(b"{")
    assert cli.run(["search", "load", "--project", str(project.photos)]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == len(said.err.splitlines()) == 1
    assert OTHER in said.err


def test_what_is_changed_between_two_searches_is_found(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["search", "zebra", "--project", str(project.photos)]) == 0
    again = Project.open(project.photos)
    assert again.load_page(PAGE_ID)
    again.save_page(page_of(read_word("zebra", 10)))
    assert cli.run(["search", "zebra", "--project", str(project.photos)]) == 0  # while another has the project
    assert capsys.readouterr().out.count("zebra") == 1
    again.unlock()
    index_location.find_index_path(project.folder).write_bytes(b"no index at all")
    assert cli.run(["search", "zebra", "--project", str(project.photos)]) == 0
    assert capsys.readouterr().out.count("zebra") == 1


@pytest.mark.parametrize(
    "arguments",
    ["", "map", "map --project=", "--project x", "map --project x --limit 0", "map --project x --format y"],
)
def test_called_wrongly(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["search", *arguments.split()]) == 2
    assert capsys.readouterr().err


def test_a_star_in_quotes_is_searched_for(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["search", '"*"', "--project", str(project.photos)]) == 0
    assert capsys.readouterr().err == 'ocr-studio: no results for “"*"”\n'


@pytest.mark.parametrize("query", ["", "  ", "*", "** *", '""'])
def test_a_query_without_words_is_a_wrong_call(
    query: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["search", query, "--project", str(project.photos)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"ocr-studio: the query “{query}” has no words. ".replace("  ", " "))


def test_the_help_says_what_the_exit_status_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["search", "--help"]) == 0
    said = capsys.readouterr().out
    assert "Exit status 0: " in said
    assert 'does not find "hashing",\nbut "hash*" does' in said


def test_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photo := tmp_path / "board.png").touch()
    for photos, said in (([photo], "no photos have been read here yet"), ([], "no photos in this folder. Choose")):
        assert cli.run(["search", "map", "--project", str(tmp_path)]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
        assert list(tmp_path.iterdir()) == photos
        photo.unlink(missing_ok=True)


def test_a_photo_is_no_project(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (photo := project.photos / "board.jpg").touch()
    assert cli.run(["search", "load", "--project", str(photo)]) == 1
    said = "this is a file, not a project or a folder of photos. Specify the folder it is in."
    assert capsys.readouterr().err == f"ocr-studio: {photo}: {said}\n"
