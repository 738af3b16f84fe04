"""How far a training run has come, kept so that it can go on after anything: a closed window, a power cut, kill -9.

One file of numbers and facts, a NumPy archive without pickled objects, written whole or not at all.
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

_FACTS: Final = "facts.json"  # no array has a name with a dot
_MOST_BYTES: Final = 1 << 30  # of the largest network, CRAFT, and what its optimizer keeps, there are 250 MB

log = logging.getLogger(__name__)


class CheckpointNotSaved(StudioError):
    """How far training has come could not be written; an earlier checkpoint is as it was."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """arrays: numbers by name, names without dots: weights, an optimizer's memory. facts: what JSON can say: the step,
    the state of what draws by chance, which data and recipe it all belongs to."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Keep it in this folder, which is made if it is not there, in place of an earlier one. Raises CheckpointNotSaved.

    Killed at any moment, the folder holds the earlier one or this one.
    """
    facts = np.frombuffer(json.dumps(checkpoint.facts).encode(), np.uint8)
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **{**checkpoint.arrays, _FACTS: facts})
    try:
        files = SafeFolder(folder, follow=True)
        files.make_folder()
        files.replace(FILE, data.getvalue())
        files.sweep(seconds=0)  # of an earlier run that was killed while it wrote
    except OSError as error:
        raise CheckpointNotSaved(
            tr("how far training has come could not be saved: {reason}", reason=error.strerror or error),
            file=folder / FILE,
            remedy=tr("Make room or make the folder writable, then start again: it goes on from the last saved step."),
        ) from error


def load(folder: Path) -> Checkpoint | None:
    """What is kept in this folder; None where there is nothing, or, as the log then says, nothing that can be used."""
    path = folder / FILE
    try:
        with SafeFolder(folder, follow=True).reading(FILE) as stream:
            arrays = array_files.from_stream(stream, most=_MOST_BYTES)
        facts = json.loads(arrays.pop(_FACTS).tobytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, RecursionError) as error:
        log.warning("%s: training begins anew, as this cannot be used: %s", path, error)
        return None
    if not isinstance(facts, dict):
        log.warning("%s: training begins anew, as this holds no facts", path)
        return None
    return Checkpoint(arrays, facts)


def forget(folder: Path) -> None:
    """Delete the checkpoint of this folder, if there is one; trouble with that is logged and does no harm."""
    try:
        SafeFolder(folder, follow=True).remove(FILE)
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning("%s: could not be deleted: %s", folder / FILE, error)
