"""What is known of all photos of a folder at once, for the list of them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ocr_studio.core import images, index_packing, photo_rows
from ocr_studio.core.errors import StudioError
from ocr_studio.core.index import Index
from ocr_studio.core.index_file import PageRow
from ocr_studio.core.page import Page
from ocr_studio.core.photo_rows import PhotoRow
from ocr_studio.core.project import Project

_log = logging.getLogger(__name__)


def rows(
    files: Sequence[tuple[str, float]], project: Project | None, index: Index | None, ids: Mapping[str, str]
) -> Iterator[tuple[PhotoRow, ...]]:
    """A row for each photo of a folder; see ``photo_rows.rows_of``. index: of the project's pages, or each is read."""
    yield photo_rows.rows_of(files, _pages(project, index), ids)


def pages_with(texts: Collection[str], index: Index) -> Iterator[tuple[str, frozenset[str]]]:
    """For each text, the ids of the pages on which it is written."""
    for text in texts:
        yield text, index.pages_with(text)


def pages_of(photos: Iterable[Path], project: Project) -> Iterator[Page | StudioError]:
    """The page of each photo: as it is kept, else one on which nothing is written; or why there is none."""
    for photo in photos:
        try:
            page_id = images.content_id(photo)
            page = project.load_page(page_id, aside=False)
            if page is None:
                width, height = images.photo_size(photo)
                page = Page(page_id, "", width, height)
            yield replace(page, image=project.relative(photo))
        except StudioError as error:
            yield error


def _pages(project: Project | None, index: Index | None) -> Iterable[PageRow]:
    if index is not None:
        return index.pages()
    return [] if project is None else list(_read(project))


def _read(project: Project) -> Iterator[PageRow]:
    for page_id in project.page_ids():
        try:
            page = project.load_page(page_id, aside=False)
        except StudioError as error:
            _log.info("%s", error)
            yield index_packing.unreadable(page_id, "", str(error))
        else:
            if page is not None:
                yield index_packing.row_of(page, "")
