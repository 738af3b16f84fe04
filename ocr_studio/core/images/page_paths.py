"""Paths of the pages in files that have several: page 3 of ``scan.pdf`` is the photo ``scan #3.pdf`` beside it.

No such file exists; a real file of that name is what it is, and the page is then called ``scan.pdf #3.pdf``. What
handles photos handles pages the same way: only what opens a file asks here which one, and which page of it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final, Literal, NamedTuple

from ocr_studio.core import paths

PDF_SUFFIX: Final = ".pdf"
# Files of these kinds may have several pages, frames of an animation included. Most PNG files are photos, and each one
# of a folder would have to be opened to know, so an animated one counts as such only under the suffix made for it.
PAGED_SUFFIXES: Final = frozenset({PDF_SUFFIX, ".tif", ".tiff", ".gif", ".webp", ".apng"})
_PAGE: Final = re.compile(r"(?P<stem>.+) #(?P<number>[1-9][0-9]{0,4})")


class FilePage(NamedTuple):
    """A page of a file: the file, and the number of the page in it, from 0."""

    file: Path
    page: int


@dataclass(frozen=True, slots=True)
class FilePages:
    """What is known of the pages of a file.

    Attributes:
        count: How many can be told apart by their numbers, those that are lost included.
        lost: Numbers, from 0, of pages that can't be read as the file is damaged.
        rest: Why there are no more, if there should be: the file is damaged behind the last one, or has more than are
            read.
    """

    count: int
    lost: tuple[int, ...] = ()
    rest: Literal["damaged", "limit"] | None = None


def find_page(path: Path) -> FilePage:
    """Find the file of a photo, and which of its pages it is. Never raises: an ordinary photo is page 0 of itself."""
    if path.suffix.lower() not in PAGED_SUFFIXES or (found := _PAGE.fullmatch(path.stem)) is None:
        return FilePage(path, 0)
    if os.path.lexists(path):
        return FilePage(path, 0)
    names = (found["stem"] + path.suffix, found["stem"])
    files = (path.with_name(name) for name in names if name.endswith(path.suffix))
    file = next((each for each in files if paths.exists(each)), None)
    return FilePage(path, 0) if file is None else FilePage(file, int(found["number"]) - 1)


def split_page_name(name: str) -> tuple[str, int] | None:
    """Return the file and the number, from 1, of what is named like a page of a file; None for any other name."""
    path = PurePath(name)
    if path.suffix.lower() not in PAGED_SUFFIXES or (found := _PAGE.fullmatch(path.stem)) is None:
        return None
    return str(path.with_name(found["stem"] + path.suffix)), int(found["number"])


def number_page(name: str, index: int) -> str:
    """Return the usual name of a page of a file, by the name, path or address of the file. index: from 0."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem} #{index + 1}{dot}{suffix}"


def make_page_path(file: Path, index: int) -> Path:
    """Return the path of a page of a file. index: from 0."""
    usual = file.with_name(number_page(file.name, index))
    return file.with_name(f"{file.name} #{index + 1}{file.suffix}") if os.path.lexists(usual) else usual


def is_page(path: Path) -> bool:
    """Whether this is a page of a file with several."""
    return find_page(path).file != path


def exists(path: Path) -> bool:
    """Whether there is such a photo: its file, or that of which it is a page. Never raises."""
    return paths.exists(find_page(path).file)
