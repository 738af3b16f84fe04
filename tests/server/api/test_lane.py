"""Requests are read one after the other, and dropped when nobody waits for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import httpx
import pytest

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.photo_stream import PhotoError, PhotoTooLarge
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_errors import ProjectInUse
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.reading import read as reading
from ocr_studio.server.api.app import create_app
from ocr_studio.server.api.kept import ProjectKeeper
from ocr_studio.server.api.lane import LaneFull, NotRead, Photo, ReadingLane
from ocr_studio.server.api.options import ServiceOptions
from ocr_studio.server.api.page import load_page
from tests import drawn
from tests.core.made_pages import page_of, read_word
from tests.server.api.made_service import AUTHORITY, KnownLane

PHOTO = drawn.file_of(drawn.board(), "PNG")


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    path = tmp_path / "0.png"
    path.write_bytes(PHOTO)
    return Photo(path, "board.png")


def test_places_are_taken_and_given_back() -> None:
    lane = KnownLane(waiting=1)
    with lane.place():
        with lane.place():
            assert lane.taken == 2
            with pytest.raises(LaneFull), lane.place():
                pass
        assert lane.taken == 1
    assert lane.taken == 0
    lane.close()


def test_closing_drops_what_waits_and_finishes_what_is_read(photo: Photo) -> None:
    lane = KnownLane()
    lane.gate.clear()
    read, waiting = lane.submit([photo]), lane.submit([photo])
    assert lane.started.acquire(timeout=20)
    closing = threading.Thread(target=lane.close)
    closing.start()
    with pytest.raises(CancelledError):
        waiting.result(timeout=20)
    lane.gate.set()
    closing.join()
    (page,) = read.result(timeout=20)
    assert isinstance(page, Page)
    assert page.image == "board.png"
    assert lane.read == [("board.png", "words")]


def test_a_client_that_is_gone_is_not_read_for() -> None:
    """The first request is being read; the second one waits, and its client hangs up."""
    lane = KnownLane()
    lane.gate.clear()
    app = create_app(ServiceOptions(), lane, load_page(ServiceOptions().limits), authority=AUTHORITY)
    first = {"method": "POST", "headers": {"Content-Type": "image/png"}, "content": PHOTO}

    async def hang_up() -> None:
        headers = [(b"host", AUTHORITY.encode()), (b"content-type", b"image/png")]
        scope = {"type": "http", "method": "POST", "path": "/api/v1/read", "headers": headers, "query_string": b""}
        messages: list[dict[str, object]] = [
            {"type": "http.request", "body": PHOTO, "more_body": False},
            {"type": "http.disconnect"},
        ]
        sent: list[object] = []

        async def receive() -> dict[str, object]:
            return messages.pop(0)

        async def send(message: object) -> None:
            sent.append(message)

        await app(scope, receive, send)

    async def story() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{AUTHORITY}") as client:
            reading = asyncio.create_task(client.request(url="/api/v1/read", **first))  # type: ignore[arg-type]
            await asyncio.to_thread(lane.started.acquire, timeout=20)
            await asyncio.wait_for(hang_up(), 20)
            assert lane.taken == 1
            lane.gate.set()
            assert (await reading).status_code == 200

    asyncio.run(story())
    lane.close()
    assert len(lane.read) == 1


def test_a_damaged_photo_does_not_stop_the_others(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Photo(photo.path.with_name("1.png"), "bad.png")
    error: StudioError = PhotoError("the file is damaged")

    def read(_: object, __: object) -> Iterator[reading.ReadingEvent]:
        yield reading.PhotoFailed(bad.path, error)
        yield reading.PhotoRead(photo.path, page_of(read_word("load", 10)), 0.0)

    monkeypatch.setattr(reading, "read_photos", read)
    lane = ReadingLane(ReaderOptions(), waiting=1)
    failed, page = lane.submit([bad, photo]).result(timeout=20)
    assert isinstance(failed, NotRead)
    assert isinstance(page, Page)
    assert (failed.photo, failed.error, page.image) == (bad, error, "board.png")
    for error in (PhotoTooLarge("it is too large"), StudioError("the disk is full")):
        with pytest.raises(NotRead, match=error.what):
            lane.submit([bad, photo]).result(timeout=20)
    lane.close()


def test_photos_and_corrections_are_kept_in_a_project(tmp_path: Path) -> None:
    boards, sent = tmp_path / "boards", tmp_path / "sent"
    boards.mkdir()
    sent.mkdir()
    (sent / "0.png").write_bytes(PHOTO)
    photo = Photo(sent / "0.png", "../evil.png")
    page = Page(photo_file.compute_content_id(photo.path), "0.png", drawn.WIDTH, drawn.HEIGHT)
    page = Page(
        page.id, page.image, page.width, page.height, page_of(read_word("load", 10)).words, "2026-11-25T12:00:00Z"
    )
    keeper = ProjectKeeper(Project.open(boards))
    with pytest.raises(ProjectInUse):
        ProjectKeeper(Project.open(boards))
    kept = keeper.keep(photo, page)
    assert keeper.keep(photo, page) == kept
    keeper.close()
    (file,) = [each for each in boards.iterdir() if each.is_file()]
    assert (file.name.startswith("Upload "), file.suffix, file.read_bytes() == PHOTO) == (True, ".png", True)
    project = Project.open(boards)
    loaded = project.load_page(page.id)
    assert loaded is not None
    assert (loaded.image, [word.text for word in loaded.words.values()]) == (file.name, ["load"])
