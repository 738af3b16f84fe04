"""A disk without room: whatever is written says which file, why and what helps, and nothing that was there is lost."""

from __future__ import annotations

import builtins
import errno
import io
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_studio.core import logs, paths, settings
from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.output_folder import OutputFile, OutputFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.page import Edit
from ocr_studio.core.photo_list.thumbnail_cache import CachedPicture, ThumbnailCache
from ocr_studio.core.project import project_words, undo_log
from ocr_studio.core.project.last_session import SessionFile, ViewState
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.settings import RecentFiles, Settings
from ocr_studio.core.training import runs as training_runs
from ocr_studio.core.training.runs import Run
from ocr_studio.engine.training import checkpoints
from ocr_studio.engine.training.checkpoints import Checkpoint
from ocr_studio.jobs.photos import open_photo
from tests.benchmarks import full_disk
from tests.core import made_datasets, made_models
from tests.core.made_projects import PAGE
from tests.core.training.test_runs import RECIPE


class Half:
    """A file that takes half of what is written to it."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, data: Any) -> int:
        self._file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Half:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it fills the disk."""
    real = io.open

    def opened(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
        found = real(file, mode, *given, **named)
        return Half(found) if set("wax+") & set(mode) else found

    def fill() -> None:
        monkeypatch.setattr(io, "open", opened)
        monkeypatch.setattr(builtins, "open", opened)

    return fill


def _files(folder: Path) -> dict[str, bytes]:
    """All that lies there, but for locks, which have nothing in them."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _page(folder: Path) -> Callable[[], object]:
    project = Project.open(folder)
    project.save_page(PAGE)
    return lambda: project.save_page(replace(PAGE, read_at="later"))


def _together(folder: Path) -> Callable[[], object]:
    project = Project.open(folder)
    project.save_page(PAGE)
    line = undo_log.done_line(Step("x", {PAGE.id: Edit("x", {})}))
    return lambda: project.save_together([replace(PAGE, read_at="later")], line)


def _export(folder: Path) -> Callable[[], object]:
    OutputFile(folder / "text.txt").write("before")
    return lambda: OutputFile(folder / "text.txt", overwrite=True).write("after")


def _settings(folder: Path) -> Callable[[], object]:
    settings.save(Settings(), folder / "settings.json")
    return lambda: settings.save(Settings(theme="dark"), folder / "settings.json")


def _rules(folder: Path) -> Callable[[], object]:
    replace_rules.save_rules(folder, [Rule("a", "b")])
    return lambda: replace_rules.save_rules(folder, [])


def _words(folder: Path) -> Callable[[], object]:
    project_words.save_added(SafeFolder(folder), frozenset({"before"}))
    return lambda: project_words.save_added(SafeFolder(folder), frozenset({"after"}))


def _picture(folder: Path) -> Callable[[], object]:
    return lambda: photo_file.save_png(folder / "board.png", np.zeros((4, 4, 3), np.uint8))


def _sample(folder: Path) -> Callable[[], object]:
    (folder / "from").mkdir()
    photo_file.save_png(folder / "from" / "board.png", np.zeros((4, 4, 3), np.uint8))
    return lambda: list(open_photo.keep_copy(folder / "from" / "board.png", folder=folder))


def _dataset(folder: Path) -> Callable[[], object]:
    made = made_datasets.project(folder / "photos", [made_datasets.words(1)])
    return lambda: made_datasets.exported(made, folder / "board.png")


def _model(folder: Path) -> Callable[[], object]:
    model = made_models.installed("Anna")
    return lambda: model_archive.export(model, folder / "Anna.zip")


def _run(folder: Path) -> Callable[[], object]:
    run = Run("mine", "recognizer", folder, "d" * 64, RECIPE, "/photos", "2026-01-01T00:00:00+00:00")
    return lambda: training_runs.begin_run(run)


def _checkpoint(folder: Path) -> Callable[[], object]:
    checkpoints.save_checkpoint(folder, Checkpoint({}, {"step": 7}))
    return lambda: checkpoints.save_checkpoint(folder, Checkpoint({}, {"step": 8}))


@pytest.mark.parametrize(
    ("prepare", "file"),
    [
        (_page, ".jpg"), (_together, ".jpg"), (_export, "text.txt"), (_settings, "settings.json"),
        (_rules, "rules.json"), (_words, "words.json"), (_picture, "board.png"), (_sample, "from"),
        (_dataset, "board.png"), (_model, "Anna.zip"), (_run, "mine"), (_checkpoint, checkpoints.FILE),
    ],
)  # fmt: skip
def test_it_says_which_file_why_and_what_helps_and_all_stays(
    prepare: Callable[[Path], Callable[[], object]], file: str, tmp_path: Path, no_room: Callable[[], None]
) -> None:
    write = prepare(tmp_path)
    before = _files(tmp_path)
    no_room()
    with pytest.raises(StudioError) as caught:
        write()
    error = caught.value
    assert error.file is not None
    assert file in error.file or prepare is _sample
    assert "No space left" in error.what or "the disk is full" in error.what
    assert "Free up disk space" in error.remedy
    assert _files(tmp_path) == before


def test_what_nobody_has_written_is_logged_and_stops_nothing(
    tmp_path: Path, no_room: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    session, recent = SessionFile(tmp_path / "session.json"), RecentFiles(tmp_path / "recent.json")
    session.begin()
    place = ViewState(tmp_path / "a.png")
    assert session.write(place, closed=False)
    cache = ThumbnailCache(tmp_path, side=8, root=tmp_path / "cache")
    picture = CachedPicture(np.zeros((2, 2, 3), np.uint8), "0" * 32)
    before = _files(tmp_path)
    no_room()
    for _ in range(3):
        assert not session.write(place, closed=True)
        cache.put("a.png", (1, 2, 3), picture)
    recent.add(tmp_path / "a.png")
    assert _files(tmp_path) == before
    for name in ("session.json", "recent.json", str(tmp_path / "cache")):
        assert sum(name in each.getMessage() and "No space" in each.getMessage() for each in caplog.records) == 1, name


def test_a_log_that_cannot_be_written_says_so_once(
    no_room: Callable[[], None], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert caplog
    log = logging.getLogger("ocr_studio.test")
    no_room()
    with logs.in_log_file():
        for number in range(5):
            log.warning("line %d", number)
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "ocr-studio.log: can’t write the log: No space left on device. Free up disk space." in told
    assert paths.log_dir().name in told


@pytest.mark.parametrize(
    ("number", "helps"),
    [(errno.ENOENT, "create it first"), (errno.EACCES, "that you can write to"), (errno.EIO, "another folder")],
)
def test_what_helps_depends_on_the_reason(number: int, helps: str, tmp_path: Path, monkeypatch: Any) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(SafeFolder, "replace", broken)
    with pytest.raises(StudioError, match=helps):
        OutputFile(tmp_path / "a.txt").write("")


def test_a_folder_that_is_not_there_is_what_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"missing/Anna\.zip: .*The folder does not exist: create it first"):
        model_archive.export(made_models.installed("Anna"), tmp_path / "missing" / "Anna.zip")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="file: it is a file, not a folder"):
        OutputFolder(tmp_path / "file" / "folder")


def _may_mount() -> bool:
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    command = [*full_disk.OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def test_somebody_works_on_a_full_disk_and_all_is_there_when_there_is_room() -> None:
    """The real window on a real disk of a few megabytes."""
    if not _may_mount():
        pytest.skip("no small disk can be made here")
    command = [sys.executable, "-m", "tests.benchmarks.full_disk"]
    played = subprocess.run(command, cwd=full_disk.ROOT, capture_output=True, text=True, check=False, timeout=200)
    assert "WRONG" not in played.stdout, played.stdout
    assert played.returncode == 0, played.stderr
    assert "can’t save the words: the disk is full" in played.stdout
