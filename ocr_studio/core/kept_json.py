"""Small JSON files that the program keeps for itself: written whole or not at all, put aside where they are damaged."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from ocr_studio.core import paths

log = logging.getLogger(__name__)


def write(path: Path, value: Mapping[str, object], *, flush: bool = True) -> None:
    """Replace such a file. flush: see ``paths.replace_file``. Raises OSError; the earlier one is then as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A file name need not be valid Unicode; escaped, its stray bytes survive the way to the disk and back.
    paths.replace_file(path, (json.dumps(value, indent=2) + "\n").encode("ascii"), flush=flush)


def read(path: Path) -> Mapping[str, object]:
    """The JSON object in a file; an empty one where there is no such file or, put aside, a damaged one."""
    try:
        value = json.loads(paths.read_file(path))
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.warning("%s: cannot be read: %s", path, error)
        return {}
    except (ValueError, RecursionError) as error:
        _put_aside(path, error)
        return {}
    if not isinstance(value, dict):
        _put_aside(path, "not a JSON object")
        return {}
    return value


def _put_aside(path: Path, reason: object) -> None:
    try:
        other = paths.aside(path, "damaged")
        path.rename(other)
        log.warning("%s: damaged (%s); put aside as %s", path, reason, other.name)
    except OSError as error:
        log.warning("%s: damaged (%s) and cannot be put aside: %s", path, reason, error)
