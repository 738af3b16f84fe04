"""Tables of words, kept between starts: made in seconds where several languages are chosen, read in no time.

They are NumPy archives without pickled objects, in the folder of what can be made again; a damaged one is made anew.
"""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.files import array_files

_log = logging.getLogger(__name__)

_MOST_BYTES: Final = 256 << 20
_MOST_KEPT: Final = 4  # combinations of languages


def path_of(*what: object) -> Path:
    """Where the table made of this is kept; other tables lie elsewhere."""
    name = hashlib.sha256("\0".join(map(str, what)).encode()).hexdigest()[:16]
    return paths.cache_dir() / "words" / f"{name}.npz"


def load(path: Path) -> dict[str, NDArray[np.generic]] | None:
    """The arrays kept there by name; None where there are none that can be used."""
    try:
        return dict(array_files.read(path, most=_MOST_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _log.info("%s: made anew: %s", path, error)
        return None


def keep(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """Keep arrays there, and of all that is there the last few; no harm is done where that is impossible."""
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **arrays)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.replace_file(path, data.getvalue())
        for old in sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _log.info("%s: not kept: %s", path, error)
