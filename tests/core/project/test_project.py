"""Projects: what is saved comes back, and nothing that was saved is ever lost."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import Page, PageState, Quad, Transcription, Word
from ocr_studio.core.project import page_file
from ocr_studio.core.project.project import FOLDER, NewerFile, PageDamaged, Project, ProjectInUse
from tests.core.made_pages import PAGE_ID
from tests.core.made_projects import PAGE, page_path, photos, saved

__all__ = ["photos"]  # a fixture


@pytest.mark.parametrize(
    "data", [b"", b"{", page_file.encode(PAGE)[:-40], b'{"format": 1}', page_file.encode(replace(PAGE, id="x"))]
)
def test_a_damaged_page_is_kept_aside_and_reported(photos: Path, data: bytes) -> None:
    project = saved(photos)
    page_path(project).write_bytes(data)
    with pytest.raises(PageDamaged) as caught:
        project.load_page(PAGE_ID)
    [aside] = page_path(project).parent.glob("*.damaged-*.json")
    assert aside.read_bytes() == data
    assert aside.name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert project.load_page(PAGE_ID) is None
    project.save_page(PAGE)
    assert aside.read_bytes() == data
    project.unlock()


def test_damage_again_and_again_loses_none(photos: Path) -> None:
    project = saved(photos)
    for turn in range(3):
        page_path(project).write_bytes(b"%d" % turn)
        with pytest.raises(PageDamaged):
            project.load_page(PAGE_ID)
    kept = {path.read_bytes() for path in page_path(project).parent.glob("*.damaged-*.json")}
    assert kept == {b"0", b"1", b"2"}


def test_a_page_of_another_photo_is_not_taken_for_this_one(photos: Path) -> None:
    project = saved(photos)
    page_path(project).rename(page_path(project, "f" * 32))
    with pytest.raises(PageDamaged, match="another photo"):
        project.load_page("f" * 32)


def test_a_newer_page_is_left_untouched_and_not_written_over(photos: Path) -> None:
    project = saved(photos)
    data = page_file.encode(PAGE).replace(b'"format": 2', b'"format": 4')
    page_path(project).write_bytes(data)
    with pytest.raises(NewerFile, match=r"newer version of OCR Studio \(format 4; .* up to 3\)"):
        project.load_page(PAGE_ID)
    with pytest.raises(NewerFile):
        project.save_page(PAGE)
    assert page_path(project).read_bytes() == data
    assert len(list(page_path(project).parent.iterdir())) == 1
    project.unlock()


def test_a_newer_project_is_refused(photos: Path) -> None:
    project = saved(photos)
    (project.folder / "project.json").write_text('{"format": 2, "photos": ".."}')
    with pytest.raises(NewerFile):
        Project.open(photos)
    with pytest.raises(NewerFile):
        Project.find(project.folder)


def test_looking_leaves_nothing_behind(photos: Path) -> None:
    project = Project.open(photos)
    project.lock()
    assert project.load_page(PAGE_ID) is None
    assert project.summaries() == {}
    project.unlock()
    assert [path.name for path in photos.iterdir()] == ["board.jpg"]
    with pytest.raises(StudioError, match="no OCR Studio project"):
        Project.open(photos, create=False)


def test_what_is_saved_comes_back_and_the_photo_is_untouched(photos: Path) -> None:
    before = (photos / "board.jpg").stat()
    project = saved(photos)
    assert project.folder == photos / FOLDER
    assert project.load_page(PAGE_ID) == PAGE
    assert json.loads((project.folder / "project.json").read_text()) == {"format": 1, "photos": ".."}
    assert sorted(path.name for path in page_path(project).parent.iterdir()) == [f"{PAGE_ID}.json"]
    after = (photos / "board.jpg").stat()
    assert (after.st_mtime_ns, after.st_size, after.st_ino) == (before.st_mtime_ns, before.st_size, before.st_ino)


def test_found_from_photo_folder_and_project_folder(photos: Path, tmp_path: Path) -> None:
    project = saved(photos)
    for path in (photos, photos / "board.jpg", project.folder):
        found = Project.find(path)
        assert (found.folder, found.photos) == (project.folder, photos)
    photos.rename(tmp_path / "moved")
    assert Project.find(tmp_path / "moved" / FOLDER).photos == tmp_path / "moved"


def test_the_library(photos: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    project = Project.open(photos, library=library, prefer_library=True)
    project.save_page(PAGE)
    assert project.folder.parent == library
    assert project.folder.name.startswith("photos-")
    assert sorted(path.name for path in photos.iterdir()) == ["board.jpg"]
    project.unlock()
    # What is there is found again, whatever the setting says now.
    assert Project.open(photos, library=library).load_page(PAGE_ID) == PAGE
    assert Project.find(project.folder).photos == photos
    assert Project.open(photos, prefer_library=True, library=tmp_path / "other").folder.parent == tmp_path / "other"


def test_work_beside_the_photos_is_found_when_the_library_is_preferred(photos: Path, tmp_path: Path) -> None:
    saved(photos)
    project = Project.open(photos, library=tmp_path / "library", prefer_library=True)
    assert project.load_page(PAGE_ID) == PAGE


def test_photos_where_nothing_can_be_written(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    project = Project.open(photos)
    project.save_page(PAGE)
    assert project.folder.parent == paths.library_dir()
    project.unlock()


def test_a_file_in_the_place_of_the_project_sends_it_to_the_library(photos: Path, tmp_path: Path) -> None:
    (photos / FOLDER).write_text("somebody's notes")
    project = Project.open(photos, library=tmp_path / "library")
    project.lock()
    project.save_page(PAGE)
    assert project.folder.parent == tmp_path / "library"
    project.unlock()
    assert (photos / FOLDER).read_text() == "somebody's notes"
    (photos / FOLDER).unlink()
    assert Project.open(photos, library=tmp_path / "library").load_page(PAGE_ID) == PAGE


def test_two_folders_of_one_name_have_two_places_in_the_library(tmp_path: Path) -> None:
    folders = [tmp_path / "a" / ("x" * 200), tmp_path / "b" / ("x" * 200), tmp_path / "c" / "?:*"]
    places = {Project.open(folder, library=tmp_path, prefer_library=True).folder for folder in folders}
    assert len(places) == 3
    assert all(len(place.name) < 60 for place in places)


@pytest.mark.parametrize("where", ["relative/path", "", "/a\0b", None, 7, "../.."])
def test_a_project_that_leads_nowhere(tmp_path: Path, where: object) -> None:
    (tmp_path / "project.json").write_text(json.dumps({"format": 1, "photos": where}))
    with pytest.raises(StudioError, match="the folder of its photos"):
        Project.find(tmp_path)


def test_a_second_window_is_told_and_may_read(photos: Path) -> None:
    first = saved(photos)
    first.lock()
    second = Project.open(photos)
    with pytest.raises(ProjectInUse, match="another OCR Studio window"):
        second.lock()
    assert second.load_page(PAGE_ID) == PAGE
    with pytest.raises(ProjectInUse):
        second.save_page(PAGE)
    first.unlock()
    second.lock()
    assert second.locked
    second.unlock()


def test_a_killed_window_lets_go(photos: Path) -> None:
    saved(photos)
    code = (
        "import sys, pathlib, time; from ocr_studio.core.project.project import Project;"
        "project = Project.open(pathlib.Path(sys.argv[1])); project.lock(); print('locked', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(photos)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "locked\n"
        project = Project.open(photos)
        with pytest.raises(ProjectInUse):
            project.lock()
        other.kill()
        other.wait()
        project.lock()
        project.unlock()


@pytest.mark.skipif(sys.platform == "win32", reason="about the locks of Unix")
def test_where_there_are_no_locks_work_is_saved_without(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert saved(photos).load_page(PAGE_ID) == PAGE


def test_what_a_killed_saving_left_is_swept(photos: Path) -> None:
    project = saved(photos)
    left = project.folder / "pages" / ".0123456789abcdef.tmp"
    left.write_bytes(b"half")
    project.lock()
    assert not left.exists()
    assert project.load_page(PAGE_ID) == PAGE
    # Whoever has the lock may be saving right now.
    left.write_bytes(b"half of what is being saved")
    project.lock()
    assert left.exists()
    project.unlock()


def test_locking_and_saving_at_once(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    for number in range(10):
        (folder := photos / str(number)).mkdir()
        project = Project.open(folder)
        begin, done = threading.Barrier(2, timeout=10), threading.Event()
        with ThreadPoolExecutor(2) as threads:

            def lock(project: Project = project, begin: threading.Barrier = begin, done: threading.Event = done) -> int:
                begin.wait()
                count = 0
                while count == 0 or not done.is_set():
                    project.lock()
                    count += 1
                return count

            def save(
                project: Project = project, begin: threading.Barrier = begin, done: threading.Event = done
            ) -> None:
                begin.wait()
                try:
                    for turn in range(20):
                        project.save_page(replace(PAGE, read_at=f"at {turn}"))
                finally:
                    done.set()

            locking, saving = threads.submit(lock), threads.submit(save)
            saving.result(30)
            assert locking.result(30) > 0
        assert project.load_page(PAGE_ID) == replace(PAGE, read_at="at 19")
        project.unlock()


@pytest.mark.usefixtures("caplog")
def test_a_page_too_large_to_be_one_is_not_taken_into_memory(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = saved(photos)
    path = page_path(project)
    with path.open("r+b") as stream:
        stream.truncate(page_file.MAX_BYTES + 1)
    monkeypatch.setattr(page_file, "decode", lambda data: pytest.fail(f"{len(data)} bytes were read"))
    assert project.summaries() == {}
    project.save_page(PAGE)
    project.unlock()
    with path.open("r+b") as stream:
        stream.truncate(page_file.MAX_BYTES + 1)
    with pytest.raises(PageDamaged, match="larger than"):
        project.load_page(PAGE_ID)


@pytest.mark.usefixtures("caplog")
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
def test_a_pipe_among_the_pages_keeps_nobody_waiting(photos: Path) -> None:
    project = saved(photos)
    page_path(project).unlink()
    os.mkfifo(page_path(project))
    assert project.summaries() == {}
    with pytest.raises(StudioError, match="not a regular file"):
        project.load_page(PAGE_ID)


def test_a_project_that_one_may_not_look_into_is_said_not_passed_over(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(photos)

    def stat(folder: SafeFolder, name: str) -> os.stat_result:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder.full(name)))

    # The system's answer is played, since it lets root look into everything.
    monkeypatch.setattr(SafeFolder, "stat", stat)
    for look in (Project.open, Project.find):
        with pytest.raises(StudioError, match="have permission to open the project"):
            look(photos)
    with pytest.raises(StudioError, match="have permission to open the project"):
        Project.find(photos / FOLDER)


def test_a_folder_whose_name_is_too_long_has_no_project(tmp_path: Path) -> None:
    assert not Project.find(tmp_path / ("x" * 300) / "photo.jpg").exists
    assert not Project.open(tmp_path / ("x" * 300)).exists


def test_what_somebody_else_wrote_is_kept_aside(photos: Path, caplog: pytest.LogCaptureFixture) -> None:
    project = saved(photos)
    assert project.load_page(PAGE_ID) == PAGE
    theirs = replace(PAGE, words={"theirs": Word("theirs", Quad.from_box(1, 2, 3, 4))})
    page_path(project).write_bytes(page_file.encode(theirs))
    project.save_page(PAGE)
    [other] = page_path(project).parent.glob("*.other-*.json")
    assert page_file.decode(other.read_bytes()) == theirs
    assert project.load_page(PAGE_ID) == PAGE
    assert "somebody else" in caplog.text
    project.save_page(replace(PAGE, read_at=None))
    assert len(list(page_path(project).parent.glob("*.other-*.json"))) == 1
    project.unlock()


def test_noted_changes_are_what_loading_gives(photos: Path) -> None:
    project = saved(photos)
    later, latest = replace(PAGE, read_at="later"), replace(PAGE, read_at="latest")
    assert project.load_page(PAGE_ID) == PAGE
    project.note(later)
    assert project.load_page(PAGE_ID) == later
    project.note(latest)
    project.save_page(later)
    assert project.load_page(PAGE_ID) == latest
    project.save_page(latest)
    assert Project.open(photos).load_page(PAGE_ID) == latest
    project.unlock()


def test_states_and_summaries(photos: Path, caplog: pytest.LogCaptureFixture) -> None:
    human = Transcription.by_human("x")
    checked = Page("b" * 32, "b.jpg", 9, 9, {"w": Word("w", Quad.from_box(0, 0, 1, 1), human=human)})
    project = Project.open(photos)
    project.save_page(PAGE)
    project.save_page(checked)
    (project.folder / "pages" / f"{'c' * 32}.json").write_bytes(b"{")
    (project.folder / "pages" / "notes.txt").write_bytes(b"mine")
    for _ in range(2):
        assert {key: summary.state for key, summary in project.summaries().items()} == {
            PAGE_ID: PageState.READ,
            checked.id: PageState.REVIEWED,
        }
    assert project.summaries()[checked.id].image == "b.jpg"
    project.note(Page("d" * 32, "d.jpg", 9, 9))
    assert project.summaries()["d" * 32].state is PageState.UNREAD
    assert caplog.text.count("not valid JSON") == 1
    assert len(list((project.folder / "pages").iterdir())) == 4
    project.unlock()


def test_paths_stay_in_the_photos_folder(photos: Path, tmp_path: Path) -> None:
    project = Project.open(photos)
    assert project.relative(photos / "a" / ".." / "board.jpg") == "board.jpg"
    assert project.photo(PAGE) == photos / "board.jpg"
    for outside in (tmp_path / "x.jpg", photos, photos / ".." / "x.jpg"):
        with pytest.raises(StudioError):
            project.relative(outside)
    with pytest.raises(StudioError):
        project.photo(replace(PAGE, image="../x.jpg"))
    for bad in ("../x", "", "a/b", "a" * 200, "a.b"):
        with pytest.raises(StudioError):
            project.load_page(bad)
