"""Reads the unchecked words of a whole project again, photo after photo. No page is changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.editing import rereading
from ocr_studio.core.editing.changes import Change
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.page import Page, Transcription, Word
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService, WordsRead, read_words

_log = logging.getLogger(__name__)


def store_second_readings(
    project: Project, page_id: str, readings: Iterable[tuple[Word, Transcription | None]]
) -> None:
    """Save how another model read words of a page; skips readings of the same model and read-only projects."""
    found = second_readings.differing((word, read) for word, read in readings if read is not None)
    if found is None or not project.locked or not project.exists:
        return
    try:
        second_readings.add(project.files, page_id, found)
    except OSError as error:  # only the order of the review queue depends on it
        _log.info("%s: what a second model has read is not kept: %s", project.folder, error)


@dataclass(frozen=True, slots=True)
class PageToRead:
    """A page with unchecked words.

    Attributes:
        page_id: The page.
        image: Its photo, as named in the page.
        words: Number of unchecked words.
        writer: Who wrote on it, if known.
    """

    page_id: str
    image: str
    words: int
    writer: str | None = None


def pages_to_read(project: Project) -> Iterator[tuple[PageToRead, ...]]:
    """The pages of a project with unchecked words, in the order of the photo list. Raises StudioError."""
    pages = [
        PageToRead(key, summary.image, summary.unchecked, summary.writer)
        for key, summary in project.summaries().items()
        if summary.unchecked
    ]
    yield tuple(sorted(pages, key=lambda page: make_natural_key(page.image)))


@dataclass(frozen=True, slots=True)
class Rereader:
    """Reads the unchecked words of pages again. Belongs to the thread that reads.

    Attributes:
        ocr_service: The reader.
        project: The project; None if the photo has none.
        photos: Finds the photos of pages, even if they were renamed.
        image: The upright photo, (H, W, 3) uint8 RGB, if only one page is read; else they are loaded.
    """

    ocr_service: OcrService
    project: Project | None
    photos: MovedPhotos = field(default_factory=MovedPhotos)
    image: NDArray[np.uint8] | None = None

    def in_page(self, page: Page) -> Iterator[Change | LoadingRecognizer | WordsRead]:
        """Read a page again; yields the progress, then the changes. Raises StudioError."""
        words, image = rereading.list_unchecked(page), self.image
        if words and image is None and self.project is not None:
            image = self.photos.of_page(page, self.project)[1]
        if not words or image is None:  # checked meanwhile
            return
        fresh: list[Word] = []
        for event in read_words(self.ocr_service, image, words, project=self.project, writer=page.facts.writer):
            if isinstance(event, WordsRead):
                fresh += event.words
            if isinstance(event, LoadingRecognizer | WordsRead):
                yield event
        if self.project is not None:
            store_second_readings(self.project, page.id, [(page.words[each.id], each.machine) for each in fresh])
        # Texts that stay are left out if there may be a hundred thousand.
        yield from (each for each in rereading.find_changes(page, fresh) if each.visible or self.image is not None)
