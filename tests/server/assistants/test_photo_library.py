"""What an assistant is told about the photos of shared folders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import apply
from ocr_studio.core.project.project import FOLDER, Project
from ocr_studio.core.settings import Settings
from ocr_studio.server.assistants import photo_library
from ocr_studio.server.assistants.photo_library import PhotoLibrary
from ocr_studio.server.assistants.shared_folders import SharedFolders
from tests.core.made_pages import page_of, read_word
from tests.server.assistants.shared_photos import keep, make_shared, snapshot


@pytest.fixture
def boards(tmp_path: Path) -> Path:
    return make_shared(tmp_path)


@pytest.fixture
def library(boards: Path) -> Iterator[PhotoLibrary]:
    made = PhotoLibrary(SharedFolders([boards]), Settings())
    yield made
    made.close()


def test_folders_and_photos_are_listed_with_what_is_known(library: PhotoLibrary) -> None:
    assert library.list_folders() == [
        {"folder": "boards", "files": 2, "with_text": 1},
        {"folder": "boards/2026", "files": 1, "with_text": 0},
    ]
    assert library.list_photos("boards", offset=0, limit=100) == {
        "folder": "boards",
        "total": 2,
        "photos": [{"photo": "board.png", "state": "read"}, {"photo": "new.png", "state": "not read"}],
    }
    part = library.list_photos("boards", offset=1, limit=1)
    assert (part["total"], [each["photo"] for each in part["photos"]]) == (2, ["new.png"])


def test_text_and_words_are_those_of_the_window(library: PhotoLibrary) -> None:
    assert library.page_text("boards", "board.png", offset=0) == "load balancer"
    words = library.page_words("boards", "board.png", offset=1, limit=10)
    assert (words["total"], [word["text"] for word in words["words"]]) == (2, ["balancer"])
    assert words["words"][0]["quad"] == [[190.0, 100.0], [350.0, 100.0], [350.0, 130.0], [190.0, 130.0]]


def test_typos_are_tolerated_as_in_the_search_of_the_program(library: PhotoLibrary) -> None:
    hits = library.search("balancr", folder="", limit=5)["results"]
    assert [(hit["folder"], hit["photo"], hit["text"]) for hit in hits] == [("boards", "board.png", "balancer")]
    assert hits[0]["score"] < library.search('"balancer"', folder="boards", limit=5)["results"][0]["score"]
    assert library.search("balancer", folder="boards/2026", limit=5)["results"] == []
    with pytest.raises(StudioError, match="no words"):
        library.search(" * ", folder="", limit=5)


def test_a_search_sees_what_was_read_since_the_last_one(library: PhotoLibrary, boards: Path) -> None:
    assert library.search("kanban", folder="", limit=5)["results"] == []
    keep(boards, "new.png", page_of(read_word("kanban", 10)))
    assert [hit["photo"] for hit in library.search("kanban", folder="", limit=5)["results"]] == ["new.png"]


def test_a_project_that_was_moved_to_the_library_is_found(boards: Path, tmp_path: Path) -> None:
    chosen = Settings(library_folder=str(tmp_path / "library"))
    library = PhotoLibrary(SharedFolders([boards]), chosen)
    assert library.page_text("boards", "board.png", offset=0) == "load balancer"
    (boards / FOLDER).rename(tmp_path / "gone")
    moved = Project.find(boards, library=chosen.library(), prefer_library=True)
    moved.folder.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "gone").rename(moved.folder)
    assert library.page_text("boards", "board.png", offset=0) == "load balancer"
    library.close()


def test_a_photo_that_was_not_read_says_how_to_read_it(library: PhotoLibrary) -> None:
    for folder, photo in (("boards", "new.png"), ("boards/2026", "scan #2.tif")):
        with pytest.raises(StudioError, match="read_picture"):
            library.page_text(folder, photo, offset=0)
    with pytest.raises(StudioError, match="no photo"):
        library.page_text("boards/2026", "gone.png", offset=0)


def test_the_text_of_a_deleted_photo_is_still_there(library: PhotoLibrary, boards: Path) -> None:
    (boards / "board.png").unlink()
    assert library.page_text("boards", "board.png", offset=0) == "load balancer"


def test_long_answers_come_in_parts(library: PhotoLibrary, boards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_library, "MOST_CHARACTERS", 8)
    assert library.page_text("boards", "board.png", offset=0) == "load bal\n[5 more characters; continue with offset 8]"
    assert library.page_text("boards", "board.png", offset=8) == "ancer"


def test_boxes_are_those_on_the_photo_as_its_file_has_it(library: PhotoLibrary, boards: Path) -> None:
    before = library.search("balancer", folder="", limit=5)["results"][0]["quads"]
    project = Project.open(boards)
    page = next(page for key in project.page_ids() if (page := project.load_page(key)))
    project.save_page(apply(replace(page, width=80, height=60), photo_frames.turn_photo(page, 1)))
    project.unlock()
    assert library.search("balancer", folder="", limit=5)["results"][0]["quads"] == before


def test_nothing_is_written(library: PhotoLibrary, boards: Path) -> None:
    before = snapshot(boards)
    library.list_folders()
    library.list_photos("boards/2026", offset=0, limit=10)
    library.search("load", folder="", limit=5)
    library.page_words("boards", "board.png", offset=0, limit=5)
    assert snapshot(boards) == before


def test_a_damaged_page_is_said_and_stays_in_its_place(
    library: PhotoLibrary, boards: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page = next((boards / "ocr-studio-project" / "pages").iterdir())
    page.write_text("{")
    before = snapshot(boards)
    with pytest.raises(StudioError):
        library.page_text("boards", "board.png", offset=0)
    answer = library.search("load", folder="", limit=5)
    assert answer["results"] == []
    assert answer["unavailable"] == ["boards: 1 photo with damaged text"]
    assert snapshot(boards) == before
    assert "not valid JSON" in caplog.text


def test_a_file_with_several_pages_is_asked_for_page_by_page(library: PhotoLibrary, boards: Path) -> None:
    for number, text in enumerate(("one", "two"), start=1):
        keep(boards / "2026", f"scan #{number}.tif", page_of(read_word(text, 10)))
    said = "one\n[This is page 1 of 2; use “page” for the others.]"
    assert library.page_text("boards/2026", "scan.tif", offset=0) == said
    assert library.page_text("boards/2026", "scan.tif", page=2, offset=0).startswith("two\n[This is page 2 of 2")
    assert library.page_text("boards/2026", "scan #2.tif", offset=0) == "two"
    words = library.page_words("boards/2026", "scan.tif", page=2, offset=0, limit=5)
    assert (words["photo"], words["page"], words["pages"], words["total"]) == ("scan #2.tif", 2, 2, 1)
    for photo, page, count in (("scan.tif", 3, "2 pages"), ("scan #2.tif", 2, "1 page"), ("gone.tif", 2, "1 page")):
        with pytest.raises(StudioError, match=count):
            library.page_text("boards/2026", photo, page=page, offset=0)


def test_a_photo_that_was_replaced_counts_once(library: PhotoLibrary, boards: Path) -> None:
    photo_file.save_png(boards / "board.png", np.full((60, 80, 3), 90, np.uint8))
    keep(boards, "board.png", page_of(read_word("balancer", 10)))
    assert library.list_folders()[0] == {"folder": "boards", "files": 2, "with_text": 1}
    assert [hit["text"] for hit in library.search("balancer", folder="", limit=5)["results"]] == ["balancer"]
    assert library.page_text("boards", "board.png", offset=0) == "balancer"


def test_where_the_projects_of_the_user_are_is_not_said(
    boards: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = Settings(library_folder=str(tmp_path / "library"))
    (boards / FOLDER).rename(tmp_path / "gone")
    moved = Project.find(boards, library=chosen.library(), prefer_library=True)
    moved.folder.parent.mkdir(parents=True)
    (tmp_path / "gone").rename(moved.folder)
    library = PhotoLibrary(SharedFolders([boards]), chosen)
    page = next((moved.folder / "pages").iterdir())
    page.write_text("{")
    with pytest.raises(StudioError) as raised:
        library.page_text("boards", "board.png", offset=0)
    assert str(tmp_path) in str(raised.value)
    assert str(tmp_path) not in library.hide_paths(str(raised.value))
    assert "not valid JSON" in caplog.text
    library.close()
