"""Fingerprints of the files that synthetic samples are generated from, to detect changes."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NoReturn

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_listing
from ocr_studio.core.synth.options import SynthOptions

MAX_WORD_LIST_BYTES: Final = 64 << 20


def fingerprint_word_list(path: Path | None) -> str:
    """Return the SHA-256 of a word list in hexadecimal; empty without one or if it cannot be read. Never raises."""
    try:
        return _hash_word_list(path, stamp_word_list(path)) if path else ""
    except (OSError, ValueError):  # whoever reads the words reports the error
        return ""


def stamp_word_list(path: Path) -> tuple[int, int]:
    """Return time and size of a file, which show changes. Raises OSError, and ValueError for an invalid path."""
    facts = path.stat()
    return facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=4)
def _hash_word_list(path: Path, _: tuple[int, int]) -> str:
    return hashlib.sha256(paths.read_file(path, most=MAX_WORD_LIST_BYTES)).hexdigest()


FONT_SUFFIXES: Final = frozenset({".ttf", ".otf", ".woff", ".woff2", ".ttc", ".otc"})
_MOST_FONTS: Final = 20_000
# Bytes read at both ends of a file: reading twenty thousand files would take minutes. Fonts begin with checksums of
# their contents, archives of strokes end with them, and photos end with their last pixels.
_END: Final = 8 << 10


def find_fonts_below(folder: Path, refuse: Callable[[OSError], object] | None = None) -> Iterator[Path]:
    """Yield the font files in a folder and its subfolders. ``refuse`` is called for folders that cannot be read."""
    for place, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(place) / name for name in names if Path(name).suffix.lower() in FONT_SUFFIXES)


def list_fonts(folder: Path) -> list[Path]:
    """Return the font files in a folder, sorted and limited in number. Raises OSError if a folder cannot be read."""

    def refuse(error: OSError) -> NoReturn:
        raise error

    return sorted(find_fonts_below(folder, refuse) if folder.is_dir() else refuse(NotADirectoryError()))[:_MOST_FONTS]


def compute_fingerprints(options: SynthOptions) -> dict[str, str]:
    """Return the fingerprints of the source files in hexadecimal, by option.

    They depend on names, sizes and contents, except the middle of large files. Sources that are not set or cannot be
    read are left out. Never raises.
    """
    found = {"word_list": fingerprint_word_list(options.word_list), "strokes": _fingerprint("", options.strokes)}
    for key, place in (("fonts", options.fonts), ("prints", options.prints), ("backgrounds", options.backgrounds)):
        found[key] = _fingerprint(key, (place,) if place else ())
    return {key: known for key, known in sorted(found.items()) if known}


def find_changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the options whose files are known to have changed between two results of ``compute_fingerprints``."""
    return [key for key in sorted(before.keys() & now.keys()) if before[key] != now[key]]


def _fingerprint(key: str, given: Sequence[Path]) -> str:
    try:
        return _of_contents(key, tuple(given), _stamp(_files(key, given))) if given else ""
    except (OSError, ValueError, StudioError):
        return ""


def _files(key: str, given: Sequence[Path]) -> list[Path]:
    """Return all source files: those given, or those in the given folder. Raises OSError, PhotoError and ValueError."""
    if key == "backgrounds":
        return photo_listing.list_photos(given[0])
    if key:
        return list_fonts(given[0])
    for path in given:  # a missing file cannot be compared, unlike one missing in a folder
        path.stat()
    return list(given)


def _stamp(files: Iterable[Path]) -> bytes:
    """Return a digest of times and sizes, which shows changes."""
    told = hashlib.sha256()
    for path in files:
        facts = _facts(path)
        told.update(json.dumps([str(path), facts and (facts.st_mtime_ns, facts.st_size)]).encode("ascii"))
    return told.digest()


@lru_cache(maxsize=8)
def _of_contents(key: str, given: tuple[Path, ...], _: bytes) -> str:
    """Return the digest of the contents. The last argument is only a cache key that shows changes."""
    told = hashlib.sha256()
    for path in _files(key, given):
        name, facts = path.relative_to(given[0]).as_posix() if key else path.name, _facts(path)
        told.update(json.dumps([name, facts and facts.st_size]).encode("ascii"))
        if facts and stat.S_ISREG(facts.st_mode):  # reading a pipe would block
            told.update(_ends(path, facts.st_size))
    return told.hexdigest()


def _facts(path: Path) -> os.stat_result | None:
    """Return the status of a file; None for a broken link."""
    try:
        return path.stat()
    except OSError:
        return None


def _ends(path: Path, size: int) -> bytes:
    """Return the first and last bytes of a file; empty if it cannot be read, as it is not used then."""
    try:
        with paths.open_plain(path) as stream:
            first = stream.read(_END)
            stream.seek(max(len(first), size - _END))
            return first + stream.read(_END)
    except OSError:
        return b""
