"""Collects the rows of the photo list of a folder."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.page import Page
from ocr_studio.core.photo_list import rows as photo_rows
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.project.page_cache import Stamp, stamp
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index


@dataclass(frozen=True, slots=True)
class PhotosKnown:
    """The rows of a photo list.

    Attributes:
        rows: A row for each photo.
        lost: Ids of pages whose photos are missing under their former names.
        moved: Page id -> current name of a renamed photo, where known.
    """

    rows: tuple[PhotoRow, ...]
    lost: frozenset[str]
    moved: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PhotoSeen:
    """A photo was identified by its content as that of this page. stamp: of its file."""

    name: str
    page_id: str
    stamp: Stamp | None


def rows(files: Sequence[tuple[str, float]], index: Index, ids: Mapping[str, str]) -> Iterator[PhotosKnown]:
    """The rows of the photo list; see ``photo_rows.make_rows``. Raises IndexTrouble."""
    pages = index.pages()
    moved = photo_rows.find_moved(files, pages, ids)
    yield PhotosKnown(photo_rows.make_rows(files, pages, ids), photo_rows.find_lost(files, pages, ids), moved)


def seen(folder: Path, names: Iterable[str]) -> Iterator[PhotoSeen]:
    """Identify photos by their content; those that can't be read are skipped."""
    for name in names:
        with contextlib.suppress(StudioError):
            before = stamp(folder / name)
            yield PhotoSeen(name, photo_file.compute_content_id(folder / name), before)


def stamps(folder: Path, names: Iterable[str]) -> Iterator[dict[str, Stamp]]:
    """Yield the stamps of the files that exist, once."""
    found = {name: stamp(folder / name) for name in names}
    yield {name: each for name, each in found.items() if each is not None}


def renamed(folder: Path, moved: Mapping[str, str], project: Project) -> Iterator[tuple[str, str]]:
    """Confirm renamed photos: yields the pairs of ``moved`` whose content matches and whose former name is gone."""
    for page_id, name in moved.items():
        with contextlib.suppress(StudioError, OSError):
            page = project.load_page(page_id, aside=False)
            gone = page and not photo_listing.is_listed(project.photo(page))
            if gone and photo_file.compute_content_id(folder / name) == page_id:
                yield page_id, name


def pages_with(texts: Collection[str], index: Index) -> Iterator[tuple[str, frozenset[str]]]:
    """For each text, the ids of the pages on which it is written."""
    for text in texts:
        yield text, index.pages_with(text)


def pages_of(photos: Iterable[Path], project: Project) -> Iterator[Page | StudioError]:
    """The saved page of each photo, else an empty page; or the error."""
    for photo in photos:
        try:
            page_id = photo_file.compute_content_id(photo)
            page = project.load_page(page_id, aside=False)
            if page is None:
                width, height = photo_file.read_photo_size(photo)
                page = Page(page_id, "", width, height)
            yield replace(page, image=project.relative(photo))
        except StudioError as error:
            yield error
