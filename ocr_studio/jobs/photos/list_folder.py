"""What is known of all photos of a folder at once, for the list of them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page
from ocr_studio.core.photo_list import rows as photo_rows
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.project.page_cache import Stamp, stamp
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index


@dataclass(frozen=True, slots=True)
class PhotosKnown:
    """A row for each photo of a folder. lost: ids of pages whose photos are not there under the names they had. moved:
    page id -> name that its photo has now, where that is known and the page says another.
    """

    rows: tuple[PhotoRow, ...]
    lost: frozenset[str]
    moved: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PhotoSeen:
    """The bytes of a photo were looked at: it is the one of this page. stamp: of its file."""

    name: str
    page_id: str
    stamp: Stamp | None


def rows(files: Sequence[tuple[str, float]], index: Index, ids: Mapping[str, str]) -> Iterator[PhotosKnown]:
    """What is known of the photos of a folder; see ``photo_rows.rows_of``. Raises IndexTrouble."""
    pages = index.pages()
    moved = photo_rows.moved(files, pages, ids)
    yield PhotosKnown(photo_rows.rows_of(files, pages, ids), photo_rows.lost(files, pages, ids), moved)


def seen(folder: Path, names: Iterable[str]) -> Iterator[PhotoSeen]:
    """Which photos these are, whatever they are called; those that cannot be read are passed over."""
    for name in names:
        with contextlib.suppress(StudioError, OSError):
            before = stamp(folder / name)
            yield PhotoSeen(name, photo_file.content_id(folder / name), before)


def renamed(folder: Path, moved: Mapping[str, str], project: Project) -> Iterator[tuple[str, str]]:
    """Those of these, page id -> name of a photo in the folder, that are so by the photos' bytes, while the name that
    the page says is gone.
    """
    for page_id, name in moved.items():
        with contextlib.suppress(StudioError, OSError):
            page = project.load_page(page_id, aside=False)
            if page and not paths.exists(project.photo(page)) and photo_file.content_id(folder / name) == page_id:
                yield page_id, name


def pages_with(texts: Collection[str], index: Index) -> Iterator[tuple[str, frozenset[str]]]:
    """For each text, the ids of the pages on which it is written."""
    for text in texts:
        yield text, index.pages_with(text)


def pages_of(photos: Iterable[Path], project: Project) -> Iterator[Page | StudioError]:
    """The page of each photo: as it is kept, else one on which nothing is written; or why there is none."""
    for photo in photos:
        try:
            page_id = photo_file.content_id(photo)
            page = project.load_page(page_id, aside=False)
            if page is None:
                width, height = photo_file.photo_size(photo)
                page = Page(page_id, "", width, height)
            yield replace(page, image=project.relative(photo))
        except StudioError as error:
            yield error
