"""Reads the unchecked words of a whole project again, photo after photo. No page is changed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.editing import rereading
from ocr_studio.core.editing.rereading import PageDifferences
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.image_spool import ImageSpool, SpooledImages
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad, Transcription, Word
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import OcrService, Preparing, WordsRead, read_words
from ocr_studio.jobs.review.apply_choices import Change

_log = logging.getLogger(__name__)


def store_second_readings(
    project: Project, page_id: str, readings: Iterable[tuple[Word, Transcription | None]]
) -> None:
    """Save what another model reads in words of a page; does nothing if the project is read-only here.

    Args:
        project: The project.
        page_id: Id of the page.
        readings: Words, and how another model read them; readings of the same model are skipped.
    """
    found = second_readings.differing((word, read) for word, read in readings if read is not None)
    if found is None or not project.locked or not project.exists:
        return
    try:
        second_readings.add(project.files, page_id, found)
    except OSError as error:  # only the order of the review queue depends on it
        _log.info("%s: what a second model has read is not kept: %s", project.folder, error)


# Maximum size of a word's image in pixels: sharp in a table row on a high-resolution screen.
_WIDTH, _HEIGHT = 300, 64


@dataclass(frozen=True, slots=True)
class PageToRead:
    """A page with unchecked words. image: its photo, as named in the page; words: number of unchecked words."""

    page_id: str
    image: str
    words: int


@dataclass(frozen=True, slots=True)
class PageReread:
    """The words of a page were read again. pictures: PNG images of the words that are read differently."""

    differences: PageDifferences
    pictures: SpooledImages


@dataclass(frozen=True, slots=True)
class PageNotRead:
    """A page could not be read again; the job continues. error: one line for the user."""

    page: PageToRead
    error: str


RereadingEvent: TypeAlias = Preparing | WordsRead | PageReread | PageNotRead


def pages_to_read(project: Project) -> Iterator[tuple[PageToRead, ...]]:
    """The pages of a project with unchecked words, in the order of the photo list. Raises StudioError."""
    pages = [
        PageToRead(key, summary.image, summary.unchecked)
        for key, summary in project.summaries().items()
        if summary.unchecked
    ]
    yield tuple(sorted(pages, key=lambda page: photo_file.make_natural_key(page.image)))


@dataclass(frozen=True, slots=True)
class ProjectRereading:
    """Reads the pages of a project again. Belongs to the thread that reads."""

    ocr_service: OcrService
    project: Project
    photos: MovedPhotos
    pictures: ImageSpool

    def read(self, wanted: PageToRead) -> Iterator[RereadingEvent]:
        """Read the unchecked words of a page again; yields WordsRead …, then PageReread or PageNotRead."""
        try:
            page = self.project.load_page(wanted.page_id, aside=False)
            words = rereading.list_unchecked(page) if page else ()
            image = self.photos.of_page(page, self.project)[1] if page and words else None
            if page is None or image is None:  # checked meanwhile
                yield PageReread(PageDifferences(wanted.page_id, wanted.image, 0, ()), self.pictures.add(()))
                return
            fresh: list[Word] = []
            for event in read_words(self.ocr_service, image, words, project=self.project):
                if isinstance(event, WordsRead):
                    fresh += event.words
                if isinstance(event, Preparing | WordsRead):
                    yield event
            found = rereading.find_differences(page, fresh)
            store_second_readings(self.project, page.id, [(page.words[each.id], each.machine) for each in fresh])
            pictures = self.pictures.add(_pictures(image, (each.word.quad for each in found)))
            yield PageReread(PageDifferences(page.id, page.image, len(words), found), pictures)
        except StudioError as error:
            yield PageNotRead(wanted, str(error))


def wish(page: PageDifferences, chosen: Collection[str]) -> Change:
    """The change that applies the chosen differences of a page. chosen: ids of words."""
    edit = partial(rereading.make_later_edit, found=page.found, chosen=chosen)
    return Change(page.page_id, page.image, len(chosen), edit)


def _pictures(image: NDArray[np.uint8], quads: Iterable[Quad]) -> Iterator[bytes]:
    photo = Pyramid(image)
    for quad in quads:
        corners = quad.array()
        along, across = geometry.measure_sizes(corners)[0]
        scale = min(1.0, _WIDTH / max(along, 1.0), _HEIGHT / max(across, 1.0))
        yield encode_image(photo.warp(corners, (max(1, round(along * scale)), max(1, round(across * scale)))))
