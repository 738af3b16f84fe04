"""Opens several files and folders at once, as they are dropped on the window or chosen in a dialog."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.images import page_paths, photo_file, photo_listing
from ocr_studio.core.translation import tr
from ocr_studio.jobs.photos.open_photo import OpenEvent, first_photo


@dataclass(frozen=True, slots=True)
class PhotoGroup:
    """What was given of one folder.

    Attributes:
        folder: The folder.
        photos: The photos, in natural order; empty if only the folder itself was given.
    """

    folder: Path
    photos: tuple[Path, ...] = ()

    @property
    def given(self) -> tuple[Path, ...]:
        """The photos, or else the folder."""
        return self.photos or (self.folder,)


@dataclass(frozen=True, slots=True)
class SeveralOpened:
    """Several files and folders were given, and what became of them.

    Attributes:
        opened: Those of the folder that was opened; None if none could be opened.
        others: Those of other folders, as only one can be open.
        left_out: Why the rest can't be opened, as far as it is known already.
    """

    opened: PhotoGroup | None
    others: tuple[PhotoGroup, ...]
    left_out: tuple[StudioError, ...]


def sort_paths(given: Iterable[Path]) -> tuple[list[PhotoGroup], list[StudioError]]:
    """Sort files and folders: the photos of each folder, in the order in which the folders come, and what is no photo.

    A folder that is given with some of its photos stands for these photos.
    """
    groups: dict[Path, list[Path]] = {}
    left_out: list[StudioError] = []
    for path in dict.fromkeys(Path(os.path.abspath(path)) for path in given):
        if paths.is_folder(path):
            try:
                first_photo(path)
            except StudioError as error:
                left_out.append(error)
            else:
                groups.setdefault(path, [])
        elif not page_paths.exists(path):
            left_out.append(StudioError(tr("the file does not exist"), file=path, remedy=tr("Check the path.")))
        elif photo_file.is_photo(path):
            groups.setdefault(path.parent, []).extend(photo_listing.expand_pages(path))
        else:
            left_out.append(StudioError(tr("this is not a photo in a supported format"), file=path))
    return [
        PhotoGroup(folder, tuple(sorted(photos, key=lambda path: make_natural_key(path.name))))
        for folder, photos in groups.items()
    ], left_out


def _leave_out(groups: Iterable[PhotoGroup]) -> tuple[list[PhotoGroup], list[StudioError]]:
    """Leave out what turns out to be no photo, so that it is known before its folder is opened."""
    kept: list[PhotoGroup] = []
    left_out: list[StudioError] = []
    for group in groups:
        good: list[Path] = []
        for path in group.photos:
            try:
                photo_file.check_format(path)
            except StudioError as error:
                left_out.append(error)
            else:
                good.append(path)
        if good or not group.photos:
            kept.append(replace(group, photos=tuple(good)))
    return kept, left_out


def open_several(
    given: Sequence[Path], open_one: Callable[[Path], Iterator[OpenEvent]]
) -> Iterator[OpenEvent | SeveralOpened]:
    """Open the first photo that can be opened; what can't be opened stops nothing.

    Args:
        given: Files and folders.
        open_one: Opens a photo, or the first one of a folder; raises StudioError.

    Yields:
        What ``open_one`` yields for that photo, then SeveralOpened.
    """
    groups, left_out = sort_paths(given)
    for place, group in enumerate(groups):
        for number, path in enumerate(group.given):
            try:
                yield from open_one(path)
            except StudioError as error:
                left_out.append(error)
            else:
                opened = PhotoGroup(group.folder, group.photos[number:])  # without those that can't be opened
                others, more = _leave_out(groups[place + 1 :])
                yield SeveralOpened(opened, tuple(others), (*left_out, *more))
                return
    yield SeveralOpened(None, (), tuple(left_out))
