"""Checkpoints: the state of a training run, to resume it after a closed window, a power cut or kill -9.

One file, a NumPy archive without pickled objects, written atomically.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import array_files
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.translation import tr

FILE: Final = "checkpoint.npz"

_FACTS: Final = "facts.json"  # array names have no dots
_MOST_BYTES: Final = 1 << 30  # CRAFT, the largest network, takes 250 MB with its optimizer

log = logging.getLogger(__name__)


class CheckpointNotSaved(StudioError):
    """The checkpoint could not be written; an earlier one is unchanged."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a run.

    Attributes:
        arrays: Arrays by name (without dots): weights, optimizer state.
        facts: JSON values: step, state of the random generator, identity of data and recipe.
    """

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Save a checkpoint to a folder, created if needed, replacing an earlier one atomically.

    Raises CheckpointNotSaved.
    """
    facts = np.frombuffer(json.dumps(checkpoint.facts).encode(), np.uint8)
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **{**checkpoint.arrays, _FACTS: facts})
    try:
        files = SafeFolder(folder, follow=True)
        files.make_folder()
        files.replace(FILE, data.getvalue())
        files.sweep(seconds=0)  # temporary files of a killed run
    except OSError as error:
        raise CheckpointNotSaved(
            tr("the training progress could not be saved: {reason}", reason=error.strerror or error),
            file=folder / FILE,
            remedy=tr(
                "Free up disk space or make the folder writable, then start again."
                " Training resumes at the last saved step."
            ),
        ) from error


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """Return the checkpoint in a folder; None without one or if it is damaged, which is logged."""
    path = folder / FILE
    try:
        with SafeFolder(folder, follow=True).reading(FILE) as stream:
            arrays = array_files.read_stream(stream, most=_MOST_BYTES)
        facts = json.loads(arrays.pop(_FACTS).tobytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, RecursionError) as error:
        log.warning("%s: training begins anew, as this can’t be used: %s", path, error)
        return None
    if not isinstance(facts, dict):
        log.warning("%s: training begins anew, as this holds no facts", path)
        return None
    return Checkpoint(arrays, facts)


def delete_checkpoint(folder: Path) -> None:
    """Delete the checkpoint in a folder, if any; errors are only logged."""
    try:
        SafeFolder(folder, follow=True).remove(FILE)
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning("%s: could not be deleted: %s", folder / FILE, error)
