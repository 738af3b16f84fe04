"""One thread that reads the photos of all requests, one request after the other, and a queue of limited length."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.photo_stream import PhotoError, PhotoTooLarge
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.reading import read as reading


class LaneFull(Exception):
    """As many requests are waiting as may."""


class NotRead(Exception):
    """A photo could not be read.

    Attributes:
        photo: The photo.
        error: Why.
    """

    def __init__(self, photo: Photo, error: StudioError) -> None:
        super().__init__(str(error))
        self.photo, self.error = photo, error


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo to read.

    Attributes:
        path: The file, or a page of it.
        name: As the client calls it.
    """

    path: Path
    name: str


class ReadingLane:
    """Reads photos in one thread, with the same job as ``ocr-studio read``. May be used from several threads."""

    def __init__(
        self, options: ReaderOptions, *, waiting: int, keep: Callable[[Photo, Page], Page] | None = None
    ) -> None:
        """Create the lane; the networks are loaded by the first request.

        Args:
            options: How photos are read.
            waiting: Requests that may wait while another is read.
            keep: Called with each photo and its page; saves both, and returns the page as it is kept.
        """
        self._most, self._keep = waiting + 1, keep
        self._guard = threading.Lock()
        self._taken = 0
        self._thread = ThreadPoolExecutor(1, "reading")
        self.ocr_service = reading.OcrService(options)
        self._services = {options.unit: self.ocr_service}

    def close(self) -> None:
        """Drop what is waiting, and wait for the request that is being read."""
        self._thread.shutdown(cancel_futures=True)

    @property
    def taken(self) -> int:
        """Requests that are read, wait, or arrive now."""
        return self._taken

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Take a place in the queue, from before a request has arrived until it is answered. Raises LaneFull."""
        with self._guard:
            if self._taken >= self._most:
                raise LaneFull
            self._taken += 1
        try:
            yield
        finally:
            with self._guard:
                self._taken -= 1

    def submit(self, photos: Sequence[Photo], *, unit: str | None = None) -> Future[list[Page | NotRead]]:
        """Read photos when it is their turn.

        Args:
            photos: The photos.
            unit: What a box holds, "words" or "lines"; None as in the settings.

        Returns:
            A page for each photo, named as the client calls it, with words w1, w2, … in reading order; NotRead for a
            damaged photo. Ends with NotRead for all if a photo is too large, or for reasons that are not in the photo.
        """
        return self._thread.submit(self._read, tuple(photos), unit or self.ocr_service.options.unit)

    def _read(self, photos: Sequence[Photo], unit: str) -> list[Page | NotRead]:
        names = {photo.path: photo for photo in photos}
        pages: list[Page | NotRead] = []
        for event in reading.read_photos(self._find_service(unit), list(names)):
            if isinstance(event, reading.PhotoFailed):
                failed = NotRead(names[event.path], event.error)
                if isinstance(event.error, PhotoTooLarge) or not isinstance(event.error, PhotoError):
                    raise failed
                pages.append(failed)
            if isinstance(event, reading.PhotoRead):
                photo = names[event.path]
                page = self._keep(photo, event.page) if self._keep else event.page
                pages.append(page_order.number_words(replace(page, image=photo.name)))
        return pages

    def _find_service(self, unit: str) -> reading.OcrService:
        if unit not in self._services:
            self.ocr_service.reader()  # its weights are used for the other unit, too
            options = replace(self.ocr_service.options, unit=unit)
            self._services[unit] = self.ocr_service.successor(options)
        return self._services[unit]
