"""Projects from strangers: nothing outside their folder is created, changed or read."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import UnsafeFile
from ocr_studio.core.page import apply
from ocr_studio.core.project import project_words, second_readings, undo_log
from ocr_studio.core.project.project import FOLDER, LinkedProject, Project
from ocr_studio.core.project.second_readings import SecondReading
from ocr_studio.core.project.undo_log import Step
from tests.core.made_pages import page_of, read_word

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="links without special rights"),
    pytest.mark.usefixtures("caplog"),  # what cannot be read is logged
]

PAGE = replace(page_of(read_word("the", 100)), id="0" * 32, image="board.jpg")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photos with a project of one page."""
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "board.jpg").write_bytes(b"not looked at")
    project = Project.open(folder)
    _work(project)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Files of the user that nothing may touch."""
    folder = tmp_path / "home"
    for name in ("bashrc", "ssh/authorized_keys", "autostart/.keep", "pages/" + "0" * 32 + ".json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")
    before = _state(folder)
    yield folder
    assert _state(folder) == before


def _state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in found}


def _work(project: Project) -> None:
    """What a user does: open, correct, undo, add a word, read with a second model, close."""
    project.lock()
    page = project.load_page(PAGE.id) or PAGE
    course = undo_log.load(project.files, shorten=True)
    edit = replace(edits.write(page, "the-100", f"text {course.index}"), name="Write")
    project.save_together([apply(page, edit)], undo_log.done_line(Step("Write", {page.id: edit})))
    project.save_page(page)
    project_words.save_added(project.files, project_words.load_added(project.files) | {"word"})
    second_readings.load(project.files)
    second_readings.add(project.files, page.id, {"the-100": SecondReading("a", 0.5, "b", 0.5)})
    project.summaries()
    project.count_words()
    project.unlock()


def _swapped(place: Path, target: Path) -> None:
    """Put a link in the place of a file or folder."""
    if place.is_dir() and not place.is_symlink():
        place.rename(place.with_name(f"{place.name}-before"))
    else:
        place.unlink(missing_ok=True)
    place.symlink_to(target)


@pytest.mark.parametrize("target", ["bashrc", "autostart/new.desktop", "pages"])
@pytest.mark.parametrize(
    "name",
    ["history.jsonl", "words.json", "second-readings.jsonl", "lock", "project.json", "pages", f"pages/{PAGE.id}.json"],
)
def test_a_link_in_the_place_of_any_file_leads_nowhere(photos: Path, home: Path, name: str, target: str) -> None:
    _swapped(photos / FOLDER / name, home / target)
    with pytest.raises((StudioError, UnsafeFile)) as caught:
        _work(Project.open(photos))
    assert name.partition("/")[0] in str(caught.value)
    assert "symbolic link" in str(caught.value)


@pytest.mark.parametrize("name", ["history.jsonl", "words.json", "second-readings.jsonl", "lock", "project.json"])
def test_a_hard_link_in_the_place_of_any_file_is_not_written_through(photos: Path, home: Path, name: str) -> None:
    (photos / FOLDER / name).unlink()
    os.link(home / "bashrc", photos / FOLDER / name)
    _work(Project.open(photos))
    assert (home / "bashrc").read_text() == "mine"
    (photos / FOLDER / name).unlink()


def test_a_circle_of_links_is_answered(photos: Path) -> None:
    _swapped(photos / FOLDER / "pages" / f"{PAGE.id}.json", Path(f"{PAGE.id}.json"))
    project = Project.open(photos)
    with pytest.raises(StudioError, match="symbolic link"):
        project.load_page(PAGE.id)
    assert project.summaries() == {}
    assert project.page_ids() == (PAGE.id,)


@pytest.mark.parametrize("look", [Project.open, Project.find])
def test_a_project_that_is_a_link_is_opened_only_when_the_user_says_so(
    photos: Path, tmp_path: Path, look: Callable[..., Project]
) -> None:
    (photos / FOLDER).rename(tmp_path / "elsewhere")
    (photos / FOLDER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LinkedProject, match="it was not opened") as caught:
        look(photos)
    assert caught.value.target == tmp_path / "elsewhere"
    assert "--follow-links" in caught.value.typed
    project = look(photos, follow_links=True)
    assert project.load_page(PAGE.id) is not None
    _work(project)
    (tmp_path / "elsewhere" / "words.json").unlink()
    (tmp_path / "elsewhere" / "words.json").symlink_to(tmp_path / "new")
    with pytest.raises(StudioError):
        project_words.save_added(project.files, frozenset({"word"}))
    assert not (tmp_path / "new").exists()


def test_a_link_to_nowhere_in_the_place_of_the_project_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / FOLDER).symlink_to(tmp_path / "made")
    with pytest.raises(LinkedProject):
        Project.open(tmp_path / "photos").save_page(PAGE)
    assert not (tmp_path / "made").exists()


def test_a_project_does_not_lead_to_photos_that_it_was_not_made_for(photos: Path, home: Path) -> None:
    about = photos / FOLDER / "project.json"
    about.write_text(json.dumps({"format": 1, "photos": str(home)}))
    with pytest.raises(StudioError, match="belong to its folder of photos"):
        Project.find(photos / FOLDER)


def test_a_folder_swapped_for_a_link_while_the_program_works_leads_nowhere(photos: Path, home: Path) -> None:
    pages, ended = photos / FOLDER / "pages", threading.Event()

    def swap() -> None:
        kept = pages.with_name("kept")
        while not ended.is_set():
            with contextlib.suppress(OSError):  # in between the program may have made a folder of its own
                pages.rename(kept)
                pages.symlink_to(home / "pages")
                pages.unlink()
            while kept.exists():
                shutil.rmtree(pages, ignore_errors=True)
                with contextlib.suppress(OSError):
                    kept.rename(pages)

    project = Project.open(photos)
    project.lock()
    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for number in range(60):
            page = replace(PAGE, read_at=str(number))
            try:
                project.save_page(page)
                project.load_page(PAGE.id, aside=False)
            except (StudioError, FileNotFoundError):
                continue
    finally:
        ended.set()
        swapping.join()
    project.unlock()


def test_photos_behind_a_link_keep_a_project_that_opens_by_its_own_path(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    _work(Project.open(tmp_path / "alias", follow_links=True))
    assert Project.find(tmp_path / "real" / FOLDER).photos == tmp_path / "real"
    assert Project.find(tmp_path / "alias" / FOLDER, follow_links=True).photos == tmp_path / "alias"
