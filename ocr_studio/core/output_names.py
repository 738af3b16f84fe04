"""Names for the files that are written about photos: one for each, inside one folder, whatever photos are called."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

# Not allowed in a name on Windows, or not fit for one anywhere.
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_LONGEST: Final = 255  # bytes; what the usual file systems allow


def output_names(images: Iterable[str], suffix: str) -> Iterator[str]:
    """For each photo's path a file name with this suffix: plain names without folders, no two alike.

    a.jpg gives a.txt; where a.png comes too, a.jpg.txt and a.png.txt; of two a.jpg the second gives a.jpg (2).txt.
    Names that differ in case alone count as alike, since they are the same file on many systems.
    """
    names = [_fit(PurePosixPath(image.replace(os.sep, "/")).name) for image in images]
    stems = Counter(_stem(name).casefold() for name in names)
    taken: set[str] = set()
    for name in names:
        stem = _stem(name) if stems[_stem(name).casefold()] == 1 else name
        free, number = _joined(stem, suffix), 2
        while free.casefold() in taken:
            free, number = _joined(f"{stem} ({number})", suffix), number + 1
        taken.add(free.casefold())
        yield free


def _fit(name: str) -> str:
    fit = _UNFIT.sub("_", name)
    if fit.strip(". ") == "":
        return "photo"
    return f"_{fit}" if _DEVICES.fullmatch(fit) else fit


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.rstrip(". ") or name


def _joined(stem: str, suffix: str) -> str:
    whole = os.fsencode(stem)
    if len(whole) + len(suffix) > _LONGEST:
        # Cut names could be alike: a few digits of the whole name keep them apart.
        mark = f"~{hashlib.blake2b(whole, digest_size=4).hexdigest()}"
        stem = whole[: _LONGEST - len(suffix) - len(mark)].decode("utf-8", errors="ignore") + mark
    return stem + suffix
