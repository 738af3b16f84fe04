"""Saving that fails leaves the earlier file whole and says so."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.page import Page, Quad, Word
from ocr_studio.core.project.project import FOLDER, PageDamaged, Project, SaveFailed
from tests.core.made_pages import PAGE_ID
from tests.core.made_projects import PAGE, page_path, photos, saved

__all__ = ["photos"]  # a fixture


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
from ocr_studio.core.project import page_file
from ocr_studio.core.project.project import Project, SaveFailed
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


def test_folder_taken_by_a_file_since_it_was_opened(photos: Path) -> None:
    project = Project.open(photos)
    (photos / FOLDER).write_text("mine")
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
    with pytest.raises(StudioError, match="can’t read"):
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
        patch.setattr(SafeFolder, "rename", stuck)
        with pytest.raises(PageDamaged, match="can’t be renamed"):
            project.load_page(PAGE_ID)
    project.save_page(PAGE)
    assert min(path.read_bytes() for path in page_path(project).parent.iterdir()) == b"{"
    assert "kept aside" in caplog.text
    project.unlock()
