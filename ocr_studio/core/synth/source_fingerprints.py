"""The files that synthetic samples are drawn from: which they are, and what tells that they are others than before."""

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
from ocr_studio.core.images import photo_file
from ocr_studio.core.synth.options import SynthOptions

MAX_WORD_LIST_BYTES: Final = 64 << 20


def word_list_fingerprint(path: Path | None) -> str:
    """Of what stands in the file, SHA-256 as 64 hexadecimal figures; empty for none, and for one that cannot be read.
    Never raises."""
    try:
        return _hash_word_list(path, word_list_stamp(path)) if path else ""
    except (OSError, ValueError):  # whoever needs its words says what is wrong with it
        return ""


def word_list_stamp(path: Path) -> tuple[int, int]:
    """What tells a file that was changed since from what it was. Raises OSError, and ValueError for what no path is."""
    facts = path.stat()
    return facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=4)
def _hash_word_list(path: Path, _: tuple[int, int]) -> str:
    return hashlib.sha256(paths.read_file(path, most=MAX_WORD_LIST_BYTES)).hexdigest()


FONT_SUFFIXES: Final = frozenset({".ttf", ".otf", ".woff", ".woff2", ".ttc", ".otc"})
_MOST_FONTS: Final = 20_000
# Bytes read at either end of a file: twenty thousand whole ones would take minutes. A font opens with sums of all that
# is in it, an archive of strokes closes with them; at the end of a photo's file are its last pixels.
_END: Final = 8 << 10


def fonts_below(folder: Path, refuse: Callable[[OSError], object] | None = None) -> Iterator[Path]:
    """The files of fonts in a folder and the folders in it. refuse: told of each folder that cannot be read."""
    for place, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(place) / name for name in names if Path(name).suffix.lower() in FONT_SUFFIXES)


def fonts_in(folder: Path) -> list[Path]:
    """The same by name, of very many the first. Raises OSError if a folder cannot be read."""

    def refuse(error: OSError) -> NoReturn:
        raise error

    return sorted(fonts_below(folder, refuse) if folder.is_dir() else refuse(NotADirectoryError()))[:_MOST_FONTS]


def fingerprints(options: SynthOptions) -> dict[str, str]:
    """Of what stands in the files that are given, by the option that gives them: 64 hexadecimal figures. Other names,
    sizes or contents give others, but for what lies in the midst of a large file. What is not given, or cannot be
    read, is not among them: whoever needs it says what is wrong with it. Never raises.
    """
    found = {"word_list": word_list_fingerprint(options.word_list), "strokes": _fingerprint("", options.strokes)}
    for key, place in (("fonts", options.fonts), ("prints", options.prints), ("backgrounds", options.backgrounds)):
        found[key] = _fingerprint(key, (place,) if place else ())
    return {key: known for key, known in sorted(found.items()) if known}


def others(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The options of which it is known that they gave other files before: by ``fingerprints`` then and now."""
    return [key for key in sorted(before.keys() & now.keys()) if before[key] != now[key]]


def _fingerprint(key: str, given: Sequence[Path]) -> str:
    try:
        return _of_contents(key, tuple(given), _stamp(_files(key, given))) if given else ""
    except (OSError, ValueError, StudioError):
        return ""


def _files(key: str, given: Sequence[Path]) -> list[Path]:
    """All files that are meant: those that are given, or that lie in the one folder that is. Raises OSError, PhotoError
    and ValueError."""
    if key == "backgrounds":
        return photo_file.photos_in(given[0])
    if key:
        return fonts_in(given[0])
    for path in given:  # a file that is named and not there cannot be compared; one of a folder is one less
        path.stat()
    return list(given)


def _stamp(files: Iterable[Path]) -> bytes:
    """What tells files that were changed since from what they were."""
    told = hashlib.sha256()
    for path in files:
        facts = _facts(path)
        told.update(json.dumps([str(path), facts and (facts.st_mtime_ns, facts.st_size)]).encode("ascii"))
    return told.digest()


@lru_cache(maxsize=8)
def _of_contents(key: str, given: tuple[Path, ...], _: bytes) -> str:
    """The last one tells files that were changed since from what they were."""
    told = hashlib.sha256()
    for path in _files(key, given):
        name, facts = path.relative_to(given[0]).as_posix() if key else path.name, _facts(path)
        told.update(json.dumps([name, facts and facts.st_size]).encode("ascii"))
        if facts and stat.S_ISREG(facts.st_mode):  # a pipe would be waited for
            told.update(_ends(path, facts.st_size))
    return told.hexdigest()


def _facts(path: Path) -> os.stat_result | None:
    """None where a link leads nowhere."""
    try:
        return path.stat()
    except OSError:
        return None


def _ends(path: Path, size: int) -> bytes:
    """The first and the last bytes of a file; of one that cannot be read, none: nothing is drawn from it."""
    try:
        with paths.open_plain(path) as stream:
            first = stream.read(_END)
            stream.seek(max(len(first), size - _END))
            return first + stream.read(_END)
    except OSError:
        return b""
