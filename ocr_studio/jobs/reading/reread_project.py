"""Reading the unchecked words of a whole project a second time, photo after photo. Nothing of any page changes."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.editing import rereading
from ocr_studio.core.editing.rereading import PageDifferences
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.image_spool import PictureFile, Pictures
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad, Transcription, Word
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import Preparing, ReadingDesk, WordsRead, read_words
from ocr_studio.jobs.review.apply_choices import Wish

_log = logging.getLogger(__name__)


def store_second_readings(
    project: Project, page_id: str, readings: Iterable[tuple[Word, Transcription | None]]
) -> None:
    """These words of a page were read by another model, so far as it is another; nothing where this window may not
    write. Waits for the disk.
    """
    found = second_readings.differing((word, read) for word, read in readings if read is not None)
    if found is None or not project.locked or not project.exists:
        return
    try:
        second_readings.add(project.files, page_id, found)
    except OSError as error:  # the order of a queue depends on it, no more
        _log.info("%s: what a second model has read is not kept: %s", project.folder, error)


# Pixels of a word's picture, at most: sharp in a row of a table on a fine screen.
_WIDTH, _HEIGHT = 300, 64


@dataclass(frozen=True, slots=True)
class PageToRead:
    """A page with words that nobody has checked, so many. image: its photo, as the page has it."""

    page_id: str
    image: str
    words: int


@dataclass(frozen=True, slots=True)
class PageReread:
    """A page's words are read again. pictures: of those that are read otherwise, PNG each, in their order."""

    differences: PageDifferences
    pictures: Pictures


@dataclass(frozen=True, slots=True)
class PageNotRead:
    """A page cannot be read again; the others can. error: one line for a person."""

    page: PageToRead
    error: str


RereadingEvent: TypeAlias = Preparing | WordsRead | PageReread | PageNotRead


def pages_to_read(project: Project) -> Iterator[tuple[PageToRead, ...]]:
    """The pages of a project with words that nobody has checked, as its photos are listed. Raises StudioError."""
    pages = [
        PageToRead(key, summary.image, summary.unchecked)
        for key, summary in project.summaries().items()
        if summary.unchecked
    ]
    yield tuple(sorted(pages, key=lambda page: photo_file.natural_key(page.image)))


@dataclass(frozen=True, slots=True)
class ProjectRereading:
    """What reading photo after photo needs. project: its typed words count. Belongs to the thread that reads."""

    desk: ReadingDesk
    project: Project
    photos: MovedPhotos
    pictures: PictureFile

    def read(self, wanted: PageToRead) -> Iterator[RereadingEvent]:
        """Read a page's unchecked words again: WordsRead …, then PageReread or PageNotRead. One photo is in memory."""
        try:
            page = self.project.load_page(wanted.page_id, aside=False)
            words = rereading.unreviewed(page) if page else ()
            image = self.photos.of_page(page, self.project)[1] if page and words else None
            if page is None or image is None:  # checked by now
                yield PageReread(PageDifferences(wanted.page_id, wanted.image, 0, ()), self.pictures.add(()))
                return
            fresh: list[Word] = []
            for event in read_words(self.desk, image, words, project=self.project):
                if isinstance(event, WordsRead):
                    fresh += event.words
                if isinstance(event, Preparing | WordsRead):
                    yield event
            found = rereading.differences(page, fresh)
            store_second_readings(self.project, page.id, [(page.words[each.id], each.machine) for each in fresh])
            pictures = self.pictures.add(_pictures(image, (each.word.quad for each in found)))
            yield PageReread(PageDifferences(page.id, page.image, len(words), found), pictures)
        except StudioError as error:
            yield PageNotRead(wanted, str(error))


def wish(page: PageDifferences, chosen: Collection[str]) -> Wish:
    """The chosen ones of what is read otherwise on a page are to be taken over. chosen: ids of words."""
    edit = partial(rereading.taken_over_later, found=page.found, chosen=chosen)
    return Wish(page.page_id, page.image, len(chosen), edit)


def _pictures(image: NDArray[np.uint8], quads: Iterable[Quad]) -> Iterator[bytes]:
    photo = Pyramid(image)
    for quad in quads:
        corners = quad.array()
        along, across = geometry.sizes(corners)[0]
        scale = min(1.0, _WIDTH / max(along, 1.0), _HEIGHT / max(across, 1.0))
        picture = photo.warp(corners, (max(1, round(along * scale)), max(1, round(across * scale))))
        done, data = cv2.imencode(".png", picture[:, :, ::-1])
        yield data.tobytes() if done else b""
