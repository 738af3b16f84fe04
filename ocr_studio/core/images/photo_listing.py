"""The photos of a folder: which files are photos, and the pages of those that have several."""

from __future__ import annotations

import os
import stat
import sys
from functools import lru_cache
from pathlib import Path

from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.images import page_paths
from ocr_studio.core.images.photo_stream import PhotoError, is_photo, make_access_error, read_state


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
    """List the pages of a photo's file: the path itself if it has one. Never raises: opening a page tells why."""
    if path.suffix.lower() not in page_paths.PAGED_SUFFIXES or page_paths.is_page(path):
        return [path]
    try:
        count = _count_pages(path, read_state(path))
    except PhotoError:
        count = 1
    return [page_paths.make_page_path(path, index) for index in range(count)] if count > 1 else [path]


@lru_cache(maxsize=10_000)
def _count_pages(path: Path, _: tuple[int, int, int, int]) -> int:
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
