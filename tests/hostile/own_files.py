"""Whether the program's own files still open: pages, histories, indexes, settings, and what it has written."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from PIL import Image

from tests.hostile.sandbox import Sandbox

# What is larger takes too long to look at after every input.
_MOST_BYTES: Final = 1 << 20


def opened(place: Sandbox) -> Mapping[str, bool]:
    """Path → whether it opens, of all files that the program keeps."""
    return {os.fspath(path): _opens(path) for path in _files(place)}


def torn(place: Sandbox, before: Mapping[str, bool]) -> list[str]:
    """What does not open, a line each: files that did before, and new ones. Those that were broken may stay so."""
    found = []
    for path in _files(place):
        key = os.fspath(path)
        if before.get(key, True) and not _opens(path) and ".damaged-" not in path.name:
            found.append(f"{os.path.relpath(key, place.root)!a} does not open any more")
    return found


def _files(place: Sandbox) -> Iterator[Path]:
    for folder in (place.stranger / "ocr-studio-project", place.studio, place.out):
        if folder.is_symlink():
            continue
        for above, _, names in os.walk(folder):
            for name in names:
                path = Path(above, name)
                status = path.lstat()
                if path.suffix in _LOOKS and stat.S_ISREG(status.st_mode) and status.st_size <= _MOST_BYTES:
                    yield path


def _opens(path: Path) -> bool:
    try:
        return _LOOKS[path.suffix](path)
    except Exception:  # noqa: BLE001  (whatever is raised, it does not open)
        return False


def _json(path: Path) -> bool:
    found = json.loads(path.read_bytes())
    return path.parent.name != "pages" or (isinstance(found, dict) and isinstance(found["words"], list))


def _lines(path: Path) -> bool:
    """Each line is JSON, but for one that a killed program has left half written."""
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    broken = 0
    for line in lines:
        try:
            json.loads(line)
        except ValueError:
            broken += 1
    return not broken


def _database(path: Path) -> bool:
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        return str(database.execute("PRAGMA quick_check").fetchone()[0]) == "ok"
    finally:
        database.close()


def _picture(path: Path) -> bool:
    with Image.open(path) as image:
        image.verify()
    return True


_LOOKS: Final[Mapping[str, Callable[[Path], bool]]] = {
    ".json": _json,
    ".jsonl": _lines,
    ".sqlite": _database,
    ".png": _picture,
}
