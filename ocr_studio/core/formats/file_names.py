"""Names for the files that are written about photos: one for each, inside one folder, whatever photos are called."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from ocr_studio.core.files.safe_folder import is_device
from ocr_studio.core.plain_text import composed

# Not allowed in a name on Windows, or not fit for one anywhere: control characters, what turns the direction of writing
# round, so that a name seems to end otherwise, and halves of surrogate pairs that stand for no byte of a name.
UNFIT_CHARACTERS: Final = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\<>:"|?*\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udc7f\udd00-\udfff]'
)
LONGEST_NAME: Final = 255  # bytes; what the usual file systems allow


def output_names(images: Iterable[str], suffix: str) -> Iterator[str]:
    """For each photo's path a file name with this suffix: plain names without folders, no two alike.

    a.jpg gives a.txt; where a.png comes too, a.jpg.txt and a.png.txt; of two a.jpg the second gives a.jpg (2).txt.
    Names that differ in case alone, or in how their accents are written, count as alike, since they are the same file
    on many systems.
    """
    names = [_fit(PurePosixPath(image.replace(os.sep, "/")).name) for image in images]
    stems = Counter(_alike(_stem(name)) for name in names)
    taken: set[str] = set()
    for name in names:
        stem = _stem(name) if stems[_alike(_stem(name))] == 1 else name
        free, number = _joined(stem, suffix), 2
        while _alike(free) in taken:
            free, number = _joined(f"{stem} ({number})", suffix), number + 1
        taken.add(_alike(free))
        yield free


def _alike(name: str) -> str:
    return composed(name).casefold()


def _fit(name: str) -> str:
    fit = UNFIT_CHARACTERS.sub("_", name)
    if fit.strip(". ") == "":
        return "photo"
    return f"_{fit}" if is_device(fit) else fit


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.rstrip(". ") or name


def _joined(stem: str, suffix: str) -> str:
    whole = os.fsencode(stem)
    if len(whole) + len(suffix) > LONGEST_NAME:
        # Cut names could be alike: a few digits of the whole name keep them apart.
        mark = f"~{hashlib.blake2b(whole, digest_size=4).hexdigest()}"
        stem = whole[: LONGEST_NAME - len(suffix) - len(mark)].decode("utf-8", errors="ignore") + mark
    return stem + suffix
