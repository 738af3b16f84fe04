"""Small JSON files that the program keeps for itself: written whole or not at all, put aside where they are damaged."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ocr_studio.core import paths
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.safe_folder import SafeFolder

_MOST_BYTES: Final = 1 << 20
_MOST_CHOICES: Final = 50

log = logging.getLogger(__name__)


def write(path: Path, value: Mapping[str, object], *, flush: bool = True) -> None:
    """Replace a file of the user's own folders; of a link the file that it leads to. flush: see ``SafeFolder.replace``.

    Raises OSError; the earlier file is then as it was.
    """
    write_in(*_own(path), value, flush=flush)


def read(path: Path) -> Mapping[str, object]:
    """The JSON object in a file of the user's own folders; an empty one where there is none or, put aside, a damaged
    one.
    """
    return read_in(*_own(path))


def write_in(folder: SafeFolder, name: str, value: Mapping[str, object], *, flush: bool = True) -> None:
    """As ``write``, in a folder that may come from a stranger."""
    folder.make_folder()
    # A file name need not be valid Unicode; escaped, its stray bytes survive the way to the disk and back.
    folder.replace(name, (json.dumps(value, indent=2) + "\n").encode("ascii"), flush=flush)


def read_in(folder: SafeFolder, name: str, *, most: int = _MOST_BYTES) -> Mapping[str, object]:
    """As ``read``, in a folder that may come from a stranger. most: bytes that the file may have."""
    try:
        value = strict_json.load(folder.read(name, most=most))
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.warning("%s: can’t be read: %s", folder.full(name), error)
        return {}
    except ValueError as error:
        _put_aside(folder, name, error)
        return {}
    if not isinstance(value, dict):
        _put_aside(folder, name, "not a JSON object")
        return {}
    return value


def _own(path: Path) -> tuple[SafeFolder, str]:
    """Where a file of the user's own lies: people keep their settings elsewhere, behind a link."""
    real = Path(os.path.realpath(path))
    return SafeFolder(real.parent), real.name


def _put_aside(folder: SafeFolder, name: str, reason: object) -> None:
    try:
        other = folder.aside(name, "damaged")
        folder.rename(name, other)
        log.warning("%s: damaged (%s); put aside as %s", folder.full(name), reason, other)
    except OSError as error:
        log.warning("%s: damaged (%s) and can’t be put aside: %s", folder.full(name), reason, error)


class RecentChoices:
    """Names chosen from a long list, the newest first. Trouble with their file is logged and stops nothing."""

    def __init__(self, path: Path | None = None) -> None:
        """path: the JSON file that keeps them, by default that of the command palette."""
        self._path = path or paths.state_dir() / "palette.json"
        self._names: list[str] = json_schema.valid_entries(read(self._path).get("chosen"), str)[:_MOST_CHOICES]

    def ages(self) -> dict[str, int]:
        """0 for what was chosen last, 1 for what before that, and so on."""
        return {name: age for age, name in enumerate(self._names)}

    def add(self, name: str) -> None:
        """This has just been chosen."""
        self._names = [name, *(each for each in self._names if each != name)][:_MOST_CHOICES]
        try:
            write(self._path, {"chosen": self._names})
        except OSError as error:
            log.warning("%s: what was chosen was not kept: %s", self._path, error)
