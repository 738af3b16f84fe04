"""What is known of all photos of a folder at once, for the list of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ocr_studio.core import images, photo_rows
from ocr_studio.core.errors import StudioError
from ocr_studio.core.index import Index
from ocr_studio.core.page import Page
from ocr_studio.core.photo_rows import PhotoRow
from ocr_studio.core.project import Project


def rows(files: Sequence[tuple[str, float]], index: Index, ids: Mapping[str, str]) -> Iterator[tuple[PhotoRow, ...]]:
    """A row for each photo of a folder; see ``photo_rows.rows_of``. Raises IndexTrouble."""
    yield photo_rows.rows_of(files, index.pages(), ids)


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
