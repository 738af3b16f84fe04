"""The folder of a run that learns from nothing: which of its files are of a run, and which are somebody else's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ocr_studio.api import samples
from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.engine import keras_fit
from ocr_studio.engine.training import checkpoints

SCORES: Final = "scores.json"  # written last of all: what holds it has left a model
_DRAWN: Final = frozenset({"train.npz", "validation.npz", "test.npz"})


class OtherFiles(StudioError):
    """A folder holds what no run has written, and no run."""


def check(folder: Path) -> None:
    """Whether a run may write there: into a new or empty folder, or one of a run. Raises OtherFiles and OSError."""
    if (folder / checkpoints.FILE).exists() or _is_log(folder / keras_fit.LOG):
        return
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return  # it is made later, or it is then said why it cannot be
    if foreign := [name for name in names if not _is_of_a_run(folder / name)]:
        what = f"there are other files in the folder, “{foreign[0]}” for one"
        raise OtherFiles(what, file=folder, remedy="Choose a new or empty folder, or that of an earlier run.")


def _is_of_a_run(file: Path) -> bool:
    """Whether one that was ended before its first epoch, or has lost its checkpoint, has left it."""
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
            return samples.are_in(stream)
    except OSError:
        return False
