"""The photos of a folder: which files are photos, and the pages of those that have several."""

from __future__ import annotations

import os
import stat
import sys
from functools import lru_cache
from pathlib import Path

from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.images import page_paths
from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.images.photo_stream import COPY_AGAIN, PhotoError, is_photo, make_access_error, read_state
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.core.units import number_ranges


def list_photos(folder: Path) -> list[Path]:
    """List the photos in a folder, in natural order (2 before 10). Hidden files and subfolders are left out.

    Files with several pages are listed page by page. Raises PhotoError if the folder cannot be listed.
    """
    try:
        with os.scandir(folder) as entries:
            # By their names: ten thousand paths take ten times as long.
            found = sorted((entry.name for entry in entries if _is_listed(entry)), key=make_natural_key)
    except OSError as error:
        raise make_access_error(folder, error) from error
    return [page for name in found if is_photo(path := folder / name) for page in expand_pages(path)]


def expand_pages(path: Path) -> list[Path]:
    """List the pages of a photo's file: the path itself if it has one. Never raises: opening a page tells why.

    Pages that are lost as the file is damaged are left out; see ``find_missing_pages``.
    """
    found = find_pages(path)
    if found.count == 1:
        return [path]
    lost = set(found.lost)
    return [page_paths.make_page_path(path, index) for index in range(found.count) if index not in lost]


def is_listed(path: Path) -> bool:
    """Whether there is a photo of this name in its folder. Never raises.

    A file whose pages are listed is none itself, though it was one for versions that read the first page only.
    """
    return page_paths.exists(path) and expand_pages(path) == [path]


def find_missing_pages(path: Path) -> PhotoError | None:
    """Tell which pages of a file can't be read, although it has them; None if there are none. Never raises."""
    return describe_missing_pages(find_pages(path), path)


def describe_missing_pages(found: FilePages, path: Path) -> PhotoError | None:
    """Tell which pages of a file can't be read, by what is known of its pages; None if there are none."""
    if found.rest == "limit":
        what = tr("it has too many pages; only the first {count} are read", count=found.count)
        return PhotoError(what, file=path, remedy=tr("Split the file to read the others."))
    if found.rest == "damaged":
        what = tr("it is damaged after page {number}; later pages are lost", number=found.count)
    elif found.lost:
        what = tr_n(
            "it is damaged: page {pages} of {total} is lost",
            "it is damaged: pages {pages} of {total} are lost",
            len(found.lost),
            pages=number_ranges(number + 1 for number in found.lost),
            total=found.count,
        )
    else:
        return None
    return PhotoError(what, file=path, remedy=tr(COPY_AGAIN))


def find_pages(path: Path) -> FilePages:
    """Find the pages of a file; one if it can't be read. Never raises."""
    if path.suffix.lower() not in page_paths.PAGED_SUFFIXES or page_paths.is_page(path):
        return FilePages(1)
    try:
        return _count_pages(path, read_state(path))
    except PhotoError:
        return FilePages(1)


@lru_cache(maxsize=10_000)
def _count_pages(path: Path, _: tuple[int, int, int, int]) -> FilePages:
    """Count the pages of a file. Those of a file in this state are counted once."""
    from ocr_studio.core.images import photo_file  # noqa: PLC0415  (loads Pillow, which most folders do not need)

    return photo_file.count_pages(path)


def _is_listed(entry: os.DirEntry[str]) -> bool:
    """Whether a user sees this as a file of the folder."""
    try:
        hidden = entry.name.startswith(".") or (sys.platform == "win32" and _is_hidden_by_windows(entry.stat()))
        return not hidden and entry.is_file()
    except OSError:  # a link that leads nowhere or in a circle
        return False


def _is_hidden_by_windows(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN)
