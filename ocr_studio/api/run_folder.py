"""The folder of a training from scratch: tells its own files from others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ocr_studio.api import samples
from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.engine import keras_fit
from ocr_studio.engine.training import checkpoints

SCORES: Final = "scores.json"  # written last: with it, the model has been saved
_DRAWN: Final = frozenset({"train.npz", "validation.npz", "test.npz"})


class OtherFiles(StudioError):
    """A folder contains other files, but no run."""


def check(folder: Path) -> None:
    """Check that a folder is new, empty, or that of a run. Raises OtherFiles and OSError."""
    if (folder / checkpoints.FILE).exists() or _is_log(folder / keras_fit.LOG):
        return
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return  # creating it later reports errors
    if foreign := [name for name in names if not _is_of_a_run(folder / name)]:
        what = f"the folder contains other files, such as “{foreign[0]}”"
        raise OtherFiles(what, file=folder, remedy="Choose a new or empty folder, or that of an earlier run.")


def _is_of_a_run(file: Path) -> bool:
    """Whether a run without a checkpoint, for example stopped before its first epoch, wrote this file."""
    if file.name in _DRAWN:
        return _is_drawn(file)
    if file.name == keras_fit.LOG:
        return file.is_file() and not file.stat().st_size
    return file.name == SCORES or (file.name.startswith(".") and file.suffix == ".tmp")


def _is_log(file: Path) -> bool:
    try:
        with paths.open_plain(file) as log:
            return log.read(6) == b"epoch,"
    except (FileNotFoundError, NotADirectoryError):
        return False


def _is_drawn(file: Path) -> bool:
    try:
        with paths.open_plain(file) as stream:
            return samples.contains_samples(stream)
    except OSError:
        return False
