"""Two windows on a folder in which nobody has worked know of each other, and the folder stays as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_studio.core import paths
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project, ProjectInUse
from tests.core.made_pages import page_of, read_word


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "boards"
    folder.mkdir()
    return folder


def page() -> Page:
    return page_of(read_word("hi", 10))


def test_the_second_is_told_at_opening_and_nothing_is_written_there(photos: Path, tmp_path: Path) -> None:
    first, second = Project.open(photos), Project.open(photos)
    first.lock()
    first.lock()
    assert first.locked
    (tmp_path / "other name").symlink_to(photos)
    for other in (second, Project.open(tmp_path / "other name")):
        with pytest.raises(ProjectInUse, match="another OCR Studio window"):
            other.lock()
        with pytest.raises(ProjectInUse):
            other.lock(create=True)
        assert not other.locked
    assert list(photos.iterdir()) == []
    first.unlock()
    second.lock()
    assert second.locked
    second.unlock()
    assert list(photos.iterdir()) == []
    assert list((paths.state_dir() / "open").iterdir()) == []


def test_it_is_still_told_once_the_first_has_saved(photos: Path) -> None:
    first, second = Project.open(photos), Project.open(photos)
    first.lock()
    first.save_page(page())
    with pytest.raises(ProjectInUse):
        second.lock()
    first.unlock()
    second.lock()
    assert second.load_page(page().id) == page()
    second.unlock()


def test_a_killed_window_locks_nobody_out(photos: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from ocr_studio.core.project.project import Project;"
        f"project = Project.open(Path({str(photos)!r})); project.lock(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        project = Project.open(photos)
        with pytest.raises(ProjectInUse):
            project.lock()
        other.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    project.lock()
    assert project.locked
    project.unlock()


def test_who_lets_go_takes_no_lock_from_who_has_it(photos: Path) -> None:
    first, second, third = (Project.open(photos) for _ in range(3))
    first.lock()
    first.unlock()
    second.lock()
    first.unlock()
    with pytest.raises(ProjectInUse):
        third.lock()
    second.unlock()


def test_where_no_lock_can_be_made_nobody_is_locked_out(photos: Path, studio_home: Path) -> None:
    (studio_home / "state").write_text("a file where the folder should be")
    first, second = Project.open(photos), Project.open(photos)
    first.lock()
    second.lock()
    assert not first.locked
    first.save_page(page())
    with pytest.raises(ProjectInUse):
        second.save_page(page())
    first.unlock()


def test_who_may_not_write_holds_nothing(photos: Path) -> None:
    first, second = Project.open(photos), Project.open(photos)
    first.save_page(page())  # as another person's window would: it has no lock among this person's files
    with pytest.raises(ProjectInUse):
        second.lock()
    assert not second.locked
    first.unlock()
    first.lock()
    first.unlock()
