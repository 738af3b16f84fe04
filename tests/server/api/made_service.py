"""A service for tests that answers a known page at once, and its client."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from starlette.testclient import TestClient

from ocr_studio.core.images import photo_file
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.core.page import Page
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.server.api.app import create_app
from ocr_studio.server.api.lane import NotRead, Photo, ReadingLane
from ocr_studio.server.api.options import ServiceOptions
from ocr_studio.server.api.page import load_page
from tests.core.made_pages import page_of, read_word

AUTHORITY = "127.0.0.1:8000"


class KnownLane(ReadingLane):
    """Reads nothing: on each photo stands "load balancer", but those named "bad…" are damaged.

    gate: what is read waits for it.
    """

    def __init__(self, *, waiting: int = 16) -> None:
        super().__init__(ReaderOptions(), waiting=waiting)
        self.gate = threading.Event()
        self.gate.set()
        self.started = threading.Semaphore(0)
        self.read: list[tuple[str, str]] = []

    def _read(self, photos: Sequence[Photo], unit: str) -> list[Page | NotRead]:
        self.started.release()
        assert self.gate.wait(20)
        self.read += [(photo.name, unit) for photo in photos]
        page = page_of(read_word("load", 100), read_word("balancer", 190))
        return [
            NotRead(photo, PhotoError("the file is damaged", file=photo.path))
            if photo.name.startswith("bad")
            else replace(page, id=photo_file.compute_content_id(photo.path), image=photo.name)
            for photo in photos
        ]


@contextmanager
def made_client(options: ServiceOptions | None = None, lane: ReadingLane | None = None) -> Iterator[TestClient]:
    """A client of a service that is not on the network."""
    options, lane = options or ServiceOptions(), lane or KnownLane()
    app = create_app(options, lane, load_page(options.limits), authority=AUTHORITY)
    with TestClient(app, base_url=f"http://{AUTHORITY}", raise_server_exceptions=False) as client:
        yield client
    lane.close()
