"""Opening a photo: what is kept about it comes along, and what is wrong is said, never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import PageState, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.photos import open_photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 10):
        photo_file.save_png(tmp_path / f"board {number}.png", np.full((40, 60 + number, 3), 200, np.uint8))
    return tmp_path


@pytest.fixture
def save_options(tmp_path_factory: pytest.TempPathFactory) -> open_photo.SaveOptions:
    return open_photo.SaveOptions(tmp_path_factory.mktemp("library"), prefers_library=False)


def _open(
    path: Path, save_options: open_photo.SaveOptions, projects: dict[Path, Project] | None = None
) -> open_photo.PhotoOpened:
    (event,) = open_photo.open_photo(path, save_options=save_options, projects={} if projects is None else projects)
    assert isinstance(event, open_photo.PhotoOpened)
    return event


def _kept(path: Path, save_options: open_photo.SaveOptions) -> open_photo.PhotoOpened:
    event = _open(path, save_options)
    word = Word("w", Quad.from_box(1, 1, 20, 10), machine=Transcription("hi", TextSource.MODEL, 0.9))
    event.project.save_page(
        type(event.page)(event.page.id, event.page.image, event.page.width, event.page.height, {"w": word}, "2026")
    )
    event.project.unlock()
    return event


def test_a_new_photo_has_an_empty_page_and_leaves_nothing_behind(
    folder: Path, save_options: open_photo.SaveOptions
) -> None:
    event = _open(folder / "board 2.png", save_options)
    assert (event.page.image, event.page.width, event.page.height) == ("board 2.png", 62, 40)
    assert event.image.shape == (40, 62, 3)
    assert (event.read_only, event.warning, event.page.state) == ("", "", PageState.UNREAD)
    assert sorted(path.name for path in folder.iterdir()) == ["board 1.png", "board 10.png", "board 2.png"]


def test_what_was_kept_comes_back_under_a_new_name_too(folder: Path, save_options: open_photo.SaveOptions) -> None:
    _kept(folder / "board 1.png", save_options)
    (folder / "board 1.png").rename(folder / "renamed.png")
    event = _open(folder / "renamed.png", save_options)
    assert event.page.words["w"].text == "hi"
    assert event.page.image == "renamed.png"
    event.project.unlock()


def test_the_open_project_is_used_for_its_photos_and_no_other(
    folder: Path, save_options: open_photo.SaveOptions, tmp_path_factory: pytest.TempPathFactory
) -> None:
    projects: dict[Path, Project] = {}
    first = _open(folder / "board 1.png", save_options, projects)
    assert _open(folder / "board 2.png", save_options, projects).project is first.project
    other = tmp_path_factory.mktemp("other") / "x.png"
    photo_file.save_png(other, np.zeros((9, 9, 3), np.uint8))
    assert _open(other, save_options, projects).project is not first.project
    assert set(projects) == {folder, other.parent}


def test_a_project_that_another_window_has_is_only_for_looking(
    folder: Path, save_options: open_photo.SaveOptions
) -> None:
    _kept(folder / "board 1.png", save_options)
    holder = _open(folder / "board 1.png", save_options)
    event = _open(folder / "board 1.png", save_options)
    assert "another OCR Studio window" in event.read_only
    assert event.page.words["w"].text == "hi"
    holder.project.unlock()


def test_a_damaged_page_is_put_aside_and_said(folder: Path, save_options: open_photo.SaveOptions) -> None:
    kept = _kept(folder / "board 1.png", save_options)
    (kept.project.folder / "pages" / f"{kept.page.id}.json").write_text("{")
    event = _open(folder / "board 1.png", save_options)
    assert event.page.words == {}
    assert "damaged" in event.warning
    assert len(list((kept.project.folder / "pages").glob("*.damaged-*.json"))) == 1
    event.project.unlock()


def test_nothing_is_written_where_nothing_is_to_be_kept(folder: Path, save_options: open_photo.SaveOptions) -> None:
    kept = _kept(folder / "board 1.png", save_options)
    page_file = kept.project.folder / "pages" / f"{kept.page.id}.json"
    page_file.write_text("{")
    (kept.project.folder / "pages" / ".1.tmp").write_text("half")
    (kept.project.folder / "lock").unlink()
    before = sorted(folder.rglob("*"))
    event = _open(folder / "board 1.png", replace(save_options, saves_state=False, will_change=True))
    assert "damaged" in event.warning
    assert not event.project.locked
    assert sorted(folder.rglob("*")) == before


def test_two_windows_that_read_a_fresh_folder_know_of_each_other(
    folder: Path, save_options: open_photo.SaveOptions
) -> None:
    will_change = replace(save_options, will_change=True)
    first, second = _open(folder / "board 1.png", will_change), _open(folder / "board 2.png", will_change)
    assert first.read_only == ""
    assert "another OCR Studio window" in second.read_only
    first.project.unlock()


def test_a_page_of_another_size_takes_the_photos(folder: Path, save_options: open_photo.SaveOptions) -> None:
    event = _kept(folder / "board 1.png", save_options)
    page = event.project.load_page(event.page.id)
    assert page is not None
    event.project.save_page(replace(page, width=9, height=9))
    event.project.unlock()
    again = _open(folder / "board 1.png", save_options)
    assert (again.page.width, again.page.height) == (61, 40)
    assert "w" in again.page.words
    again.project.unlock()


def test_no_photo_is_an_error(folder: Path, save_options: open_photo.SaveOptions) -> None:
    (folder / "fake.png").write_text("no picture")
    with pytest.raises(photo_file.PhotoError, match=r"fake\.png"):
        _open(folder / "fake.png", save_options)


def test_a_folder_means_its_first_photo_and_a_projects_folder_its_photos(
    folder: Path, save_options: open_photo.SaveOptions
) -> None:
    assert open_photo.first_photo(folder).name == "board 1.png"
    kept = _kept(folder / "board 2.png", save_options)
    assert open_photo.first_photo(kept.project.folder).name == "board 1.png"
    (folder / "empty").mkdir()
    with pytest.raises(open_photo.NoPhotos, match="no photo"):
        open_photo.first_photo(folder / "empty")


def test_the_list_of_a_folder_counts_as_people_do(folder: Path) -> None:
    (event,) = open_photo.list_folder(folder)
    assert [path.name for path in event.photos] == ["board 1.png", "board 2.png", "board 10.png"]


def test_a_pasted_picture_gets_a_file_and_never_takes_anothers_place(tmp_path: Path) -> None:
    when, picture = datetime(2026, 5, 4, 12, 30, 5).astimezone(), np.full((5, 7, 3), 9, np.uint8)
    paths = []
    for _ in range(3):
        (event,) = open_photo.keep_images([picture], folder=tmp_path / "Pasted", when=when, word="Pasted")
        paths.append(event.path)
    assert [path.name for path in paths] == [
        "Pasted 2026-05-04 12.30.05.png",
        "Pasted 2026-05-04 12.30.05 2.png",
        "Pasted 2026-05-04 12.30.05 3.png",
    ]
    assert np.array_equal(photo_file.open_photo(paths[2]), picture)


def test_the_sample_is_copied_once(folder: Path, tmp_path: Path) -> None:
    (first,) = open_photo.keep_copy(folder / "board 1.png", folder=tmp_path / "Sample")
    stamp = first.path.stat().st_mtime_ns
    (second,) = open_photo.keep_copy(folder / "board 1.png", folder=tmp_path / "Sample")
    assert second == first
    assert first.path.stat().st_mtime_ns == stamp


def test_a_copy_that_somebody_has_changed_stays(folder: Path, tmp_path: Path) -> None:
    (first,) = open_photo.keep_copy(folder / "board 1.png", folder=tmp_path / "Sample")
    first.path.write_bytes(b"mine")
    for _ in range(2):
        (event,) = open_photo.keep_copy(folder / "board 1.png", folder=tmp_path / "Sample")
        assert event.path.name == "board 1 2.png"
    assert first.path.read_bytes() == b"mine"


def test_a_picture_that_cannot_be_kept_is_an_error_that_says_why(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a file")
    with pytest.raises(StudioError, match=r"can’t save the image.*library folder"):
        list(open_photo.keep_copy(folder / "board 1.png", folder=tmp_path / "library" / "Sample"))
    picture = np.full((5, 7, 3), 9, np.uint8)
    with pytest.raises(StudioError, match=r"can’t save the image.*library folder"):
        list(open_photo.keep_images([picture], folder=tmp_path / "library", when=datetime.now().astimezone(), word="x"))
