"""Projects: what is saved comes back, and nothing that was saved is ever lost."""

from __future__ import annotations

import errno
import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core import page_file, paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, PageState, Quad, Transcription, Word
from ocr_studio.core.project import FOLDER, NewerFile, PageDamaged, Project, ProjectInUse, SaveFailed
from tests.core.made_pages import PAGE_ID, page_of, pages, read_word

PAGE = page_of(read_word("the", 100), read_word("map", 200))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "board.jpg").write_bytes(b"the photo")
    return folder


def page_path(project: Project, page_id: str = PAGE_ID) -> Path:
    return project.folder / "pages" / f"{page_id}.json"


def saved(photos: Path, page: Page = PAGE) -> Project:
    project = Project.open(photos)
    project.save_page(page)
    project.unlock()
    return Project.open(photos)


@given(pages())
def test_a_page_reads_back_equal_and_files_are_stable(page: Page) -> None:
    data = page_file.encode(page)
    assert page_file.decode(data) == page
    backwards = replace(page, words=dict(reversed(list(page.words.items()))))
    assert page_file.encode(backwards) == data
    assert data.decode("utf-8").count("\n") >= len(page.words)


@given(pages(), pages())
def test_remembered_lines_change_nothing(page: Page, other: Page) -> None:
    lines: page_file.Lines = {}
    for each in (page, other, replace(page, words={**page.words, **other.words}), page):
        assert page_file.encode(each, lines) == page_file.encode(each)


def test_the_file_is_fit_to_be_compared_line_by_line() -> None:
    lines = page_file.encode(PAGE).decode().splitlines()
    assert lines[:3] == ["{", '"format": 1,', f'"id": "{PAGE_ID}",']
    assert sum('"text": "the"' in line for line in lines) == 1


def test_a_photos_name_that_is_not_utf8_survives() -> None:
    page = replace(PAGE, image=os.fsdecode(b"caf\xe9.jpg"))
    assert page_file.decode(page_file.encode(page)) == page


def test_text_is_composed_when_read() -> None:
    data = page_file.encode(PAGE).replace(b'"the"', '"cafe\u0301"'.encode())
    assert "caf\u00e9" in {word.text for word in page_file.decode(data).words.values()}


WORD = json.loads(page_file.encode(PAGE))["words"][0]
SIDE = WORD["machine"]
BAD_FIELDS = {
    "no object": [],
    "no format": {"format": None},
    "format as text": {"format": "1"},
    "format true": {"format": True},
    "format 0": {"format": 0},
    "no id": {"id": ""},
    "no size": {"width": None},
    "size of 0": {"height": 0},
    "size with a point": {"height": 1.5},
    "huge size": {"width": 10**9},
    "image up and out": {"image": "../secret.jpg"},
    "image out in the middle": {"image": "a/../../secret.jpg"},
    "image absolute": {"image": "/etc/passwd"},
    "image empty": {"image": ""},
    "image with a zero": {"image": "a\0b"},
    "image a number": {"image": 7},
    "words missing": {"words": None},
    "words an object": {"words": {}},
    "a word a text": {"words": ["the"]},
    "two words of one id": {"words": [WORD, WORD]},
    "word without id": {"words": [WORD | {"id": None}]},
    "three corners": {"words": [WORD | {"quad": WORD["quad"][:3]}]},
    "five corners": {"words": [WORD | {"quad": [*WORD["quad"], [0, 0]]}]},
    "corner of three": {"words": [WORD | {"quad": [[0, 0, 0]] * 4}]},
    "corner a text": {"words": [WORD | {"quad": [["0", 0]] * 4}]},
    "corner true": {"words": [WORD | {"quad": [[True, 0]] * 4}]},
    "corner far out": {"words": [WORD | {"quad": [[1e300, 0]] * 4}]},
    "corner a huge whole number": {"words": [WORD | {"quad": [[10**400, 0]] * 4}]},
    "unknown source": {"words": [WORD | {"quad_source": "angel"}]},
    "source a list": {"words": [WORD | {"quad_source": []}]},
    "machine a text": {"words": [WORD | {"machine": "the"}]},
    "no text": {"words": [WORD | {"machine": SIDE | {"text": None}}]},
    "confidence of 2": {"words": [WORD | {"machine": SIDE | {"confidence": 2}}]},
    "alternatives odd": {"words": [WORD | {"machine": SIDE | {"alternatives": ["the"]}}]},
    "a thousand alternatives": {"words": [WORD | {"machine": SIDE | {"alternatives": [["the", 0.1]] * 1000}}]},
    "letters outside": {"words": [WORD | {"machine": SIDE | {"letters": [-1]}}]},
    "read_at a number": {"read_at": 3},
}
BAD_BYTES = {
    "empty": b"",
    "zeros": bytes(4096),
    "cut": page_file.encode(PAGE)[:-40],
    "not utf-8": page_file.encode(PAGE).replace(b"the", b"th\xe9"),
    "NaN": page_file.encode(PAGE).replace(b"[100.0, 100.0]", b"[NaN, 100.0]"),
    "infinity": page_file.encode(PAGE).replace(b"[100.0, 100.0]", b"[1e999, 100.0]"),
    "a deep well": b"[" * 200_000,
    "many digits": b'{"format": ' + b"1" * 10_000 + b"}",
}


def changed(change: object) -> bytes:
    fields = json.loads(page_file.encode(PAGE))
    return json.dumps(fields | change if isinstance(change, dict) else change).encode()


@pytest.mark.parametrize(
    "data", [*BAD_BYTES.values(), *map(changed, BAD_FIELDS.values())], ids=[*BAD_BYTES, *BAD_FIELDS]
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


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(changed))
def test_no_bytes_do_worse_than_be_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        page_file.decode(data)


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
    data = page_file.encode(PAGE).replace(b'"format": 1', b'"format": 2')
    page_path(project).write_bytes(data)
    with pytest.raises(NewerFile, match="newer version"):
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
    assert project.states() == {}
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


def test_a_renamed_photo_keeps_its_words(photos: Path) -> None:
    project = saved(photos)
    page = project.load_page(PAGE_ID, image="renamed.jpg")
    assert page == replace(PAGE, image="renamed.jpg")


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


def test_two_folders_of_one_name_have_two_places_in_the_library(tmp_path: Path) -> None:
    folders = [tmp_path / "a" / ("x" * 200), tmp_path / "b" / ("x" * 200), tmp_path / "c" / "?:*"]
    places = {Project.open(folder, library=tmp_path, prefer_library=True).folder for folder in folders}
    assert len(places) == 3
    assert all(len(place.name) < 60 for place in places)


@pytest.mark.parametrize("where", ["relative/path", "", "/a\0b", None, 7, "../.."])
def test_a_project_that_leads_nowhere(tmp_path: Path, where: object) -> None:
    (tmp_path / "project.json").write_text(json.dumps({"format": 1, "photos": where}))
    with pytest.raises(StudioError, match="where its photos are"):
        Project.find(tmp_path)


def test_a_second_window_is_told_and_may_read(photos: Path) -> None:
    first = saved(photos)
    first.lock()
    second = Project.open(photos)
    with pytest.raises(ProjectInUse, match="another window"):
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
        "import sys, pathlib, time; from ocr_studio.core.project import Project;"
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
    project.unlock()


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
        assert project.states() == {PAGE_ID: PageState.READ, checked.id: PageState.REVIEWED}
    assert project.summaries()[checked.id].image == "b.jpg"
    project.note(Page("d" * 32, "d.jpg", 9, 9))
    assert project.states()["d" * 32] is PageState.UNREAD
    assert caplog.text.count("no JSON") == 1
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


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, image="../x.jpg"),
        replace(PAGE, width=0),
        replace(PAGE, words={"w": Word("w", Quad(((float("nan"), 0), (1, 0), (1, 1), (0, 1))))}),
    ],
)
def test_what_could_not_be_read_back_is_not_written(photos: Path, page: Page) -> None:
    project = saved(photos)
    with pytest.raises(SaveFailed):
        project.save_page(page)
    assert project.load_page(PAGE_ID) == PAGE
    project.unlock()


def test_a_full_disk_leaves_the_earlier_file(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = saved(photos)
    later = replace(PAGE, read_at="later")
    assert project.load_page(PAGE_ID) == PAGE

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(SaveFailed, match="the disk is full"):
            project.save_page(later)
    assert Project.open(photos).load_page(PAGE_ID) == PAGE
    assert sorted(path.name for path in page_path(project).parent.iterdir()) == [f"{PAGE_ID}.json"]
    project.save_page(later)
    assert Project.open(photos).load_page(PAGE_ID) == later
    project.unlock()


def test_a_full_disk_from_the_start(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    project = Project.open(photos)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", full)
        with pytest.raises(SaveFailed, match="the disk is full"):
            project.save_page(PAGE)
    project.save_page(PAGE)
    project.unlock()


FULL_DISK = """
import resource, signal, sys, pathlib
from ocr_studio.core import page_file
from ocr_studio.core.project import Project, SaveFailed
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
project = Project.open(pathlib.Path(sys.argv[1]))
page = project.load_page(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    project.save_page(page)
except SaveFailed as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
project.save_page(page)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a Unix matter")
def test_a_file_that_the_system_cuts_short(photos: Path) -> None:
    project = saved(photos)
    data = page_path(project).read_bytes()
    command = [sys.executable, "-c", FULL_DISK, str(photos), PAGE_ID]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "the disk is full" in run.stdout
    assert page_path(project).read_bytes() == data
    assert [path.name for path in page_path(project).parent.iterdir()] == [f"{PAGE_ID}.json"]


def test_folder_taken_by_a_file(photos: Path) -> None:
    (photos / FOLDER).write_text("mine")
    project = Project.open(photos)
    assert project.load_page(PAGE_ID) is None
    with pytest.raises(SaveFailed):
        project.save_page(PAGE)
    assert (photos / FOLDER).read_text() == "mine"


def test_a_damaged_project_file_loses_no_page(photos: Path, caplog: pytest.LogCaptureFixture) -> None:
    project = saved(photos)
    (project.folder / "project.json").write_bytes(b"{")
    assert Project.open(photos).load_page(PAGE_ID) == PAGE
    assert Project.find(project.folder).photos == photos
    assert caplog.records[0].levelno == logging.WARNING


def test_a_file_that_cannot_be_read_is_reported_and_stays(photos: Path) -> None:
    project = saved(photos)
    page_path(project).unlink()
    page_path(project).mkdir()
    with pytest.raises(StudioError, match="cannot be read"):
        project.load_page(PAGE_ID)
    assert page_path(project).is_dir()


def test_a_damaged_file_that_cannot_be_moved_is_not_lost(
    photos: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stuck(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    project = saved(photos)
    page_path(project).write_bytes(b"{")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", stuck)
        with pytest.raises(PageDamaged, match="cannot be put aside"):
            project.load_page(PAGE_ID)
    project.save_page(PAGE)
    assert min(path.read_bytes() for path in page_path(project).parent.iterdir()) == b"{"
    assert "kept aside" in caplog.text
    project.unlock()
