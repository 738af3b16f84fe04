"""What a phone is answered, and what gets into the folder."""

from __future__ import annotations

import asyncio
import errno
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.server import request_guard
from ocr_studio.server.phone import app as phone_app
from ocr_studio.server.phone import session
from ocr_studio.server.phone.app import PhoneEvent, PhonePaired, PhotoReceived, PhotoRefused, create_phone_app
from ocr_studio.server.phone.page import load_page
from ocr_studio.server.phone.session import PhoneSession
from tests import drawn

PHOTO = drawn.file_of(drawn.board(), "JPEG")


class Desk:
    """The computer: a session, its app, and the events that the window would get."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.session = PhoneSession(folder)
        self.events: list[PhoneEvent] = []
        self.app = create_phone_app(self.session, load_page(), self.events.append, authority="desk")

    def ask(self, story: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
        """Let a phone ask."""

        async def run() -> None:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                await story(client)

        asyncio.run(run())

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "boards")


async def pair(client: httpx.AsyncClient, token: str) -> httpx.Response:
    answer = await client.post("/pair", json={"token": token})
    if answer.status_code == 200:
        client.headers["Authorization"] = f"Bearer {answer.json()['secret']}"
    return answer


def test_the_page_needs_nothing_from_outside_and_runs_nothing_else(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get("/")
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert not re.search(r"https?://|//cdn|@import|src=\"", answer.text)
        assert desk.session.token not in answer.text
        texts = re.search(r'id="texts">(.*?)</script>', answer.text)
        assert texts is not None
        keys = set(json.loads(texts[1]))
        used = set(re.findall(r'say\("(\w+)"', answer.text)) | {"one_minute", "minutes"}
        states = {f"state_{state}" for state in ("queued", "sending", "reading", "read", "failed", "refused")}
        assert keys == used - {"state_sending"} | states

    desk.ask(story)


def test_a_photo_is_saved_and_the_phone_is_told_what_was_read(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await pair(client, desk.session.token)).status_code == 200
        first = await client.post("/photos", content=PHOTO)
        assert first.json() == {"number": 1}
        # It got no answer, and sends it again.
        assert (await client.post("/photos", content=PHOTO)).json() == {"number": 1}
        state = (await client.get("/photos")).json()
        assert state["folder"] == "boards"
        assert state["photos"] == [{"number": 1, "state": "waiting", "text": ""}]
        desk.session.set_read(desk.files[0], "load balancer")
        assert (await client.get("/photos")).json()["photos"][0] == {
            "number": 1,
            "state": "read",
            "text": "load balancer",
        }

    desk.ask(story)
    assert [path.read_bytes() for path in desk.files] == [PHOTO]
    assert desk.events == [PhonePaired(), PhotoReceived(desk.events[1].photo)]  # type: ignore[union-attr]


def test_expired_wrong_and_used_codes_are_refused(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await pair(client, "wrong")).status_code == 401
        for odd in (b"", b"[]", b"{", b'{"token": 5}', b"[" * 500):
            assert (await client.post("/pair", content=odd)).status_code == 401
        assert (await client.post("/pair", content=bytes(2000))).status_code == 413
        assert (await pair(client, desk.session.token)).status_code == 200
        async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.app), base_url="http://desk") as second:
            answer = await pair(second, desk.session.token)
            assert (answer.status_code, answer.json()["refusal"]) == (409, "used")
            for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {desk.session.token}"}):
                assert (await second.post("/photos", content=PHOTO, headers=headers)).status_code == 401
                assert (await second.get("/photos", headers=headers)).status_code == 401
        desk.session.close()
        answer = await client.post("/photos", content=PHOTO)
        assert (answer.status_code, answer.json()["refusal"]) == (410, "expired")
        assert (await pair(client, desk.session.token)).status_code == 410

    desk.ask(story)
    assert desk.files == []


def test_what_is_no_photo_or_too_large_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_app, "MOST_BYTES", len(PHOTO))
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += len(PHOTO)
            yield PHOTO

    async def story(client: httpx.AsyncClient) -> None:
        await pair(client, desk.session.token)
        assert (await client.post("/photos", content=b"hello")).status_code == 415
        assert (await client.post("/photos", content=PHOTO[:-300])).status_code == 415
        assert (await client.post("/photos", content=PHOTO + b"x")).status_code == 413
        assert (await client.post("/photos", content=endless())).status_code == 413
        answer = await client.post("/photos", content=drawn.png((30_000, 30_000, 1, 0), bytes(1000)))
        assert answer.status_code == 415
        assert "million" in answer.json()["detail"]

    desk.ask(story)
    assert desk.files == []
    assert sum(isinstance(event, PhotoRefused) for event in desk.events) == 5
    assert sent == 1000 * len(PHOTO)  # the phone shows the answer once it has sent everything


def test_what_is_endless_is_not_read_to_its_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_app, "_MOST_DISCARDED", 10 * len(PHOTO))
    monkeypatch.setattr(phone_app, "MOST_BYTES", len(PHOTO))
    monkeypatch.setattr(request_guard, "_MOST_DISCARDED", 10 * len(PHOTO))
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield PHOTO

    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.post("/photos", content=endless())).status_code == 401
        await pair(client, desk.session.token)
        assert (await client.post("/photos", content=endless())).status_code == 413

    desk.ask(story)
    assert sent < 50
    assert desk.files == []


def test_photos_that_are_sent_at_once_are_counted_one_after_the_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "MOST_PHOTOS", 2)
    photos = [drawn.file_of(drawn.board(400 + number, 200), "JPEG") for number in range(4)]

    async def story(client: httpx.AsyncClient) -> None:
        await pair(client, desk.session.token)
        answers = await asyncio.gather(*(client.post("/photos", content=photo) for photo in photos))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 413, 413]

    desk.ask(story)
    assert len(desk.files) == 2


def test_a_full_disk_is_said_without_the_place_of_the_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SafeFolder, "write_beside", no_room)

    async def story(client: httpx.AsyncClient) -> None:
        await pair(client, desk.session.token)
        answer = await client.post("/photos", content=PHOTO)
        assert answer.status_code == 507
        assert answer.json()["detail"].startswith(
            "The photo can’t be saved: No space left on device. Free up disk space"
        )
        assert str(desk.folder.parent) not in answer.text

    desk.ask(story)
    assert desk.files == []


def test_requests_of_other_pages_are_refused(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        await pair(client, desk.session.token)
        for headers, status in (
            ({"Host": "evil.example"}, 421),
            ({"Host": "desk:80"}, 421),
            ({"Origin": "http://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
        ):
            answer = await client.post("/photos", content=PHOTO, headers=headers)
            assert answer.status_code == status, headers
        followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        answer = await client.get("/", headers=followed)
        assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")
        assert (await client.get("/photos", headers={"Origin": "http://desk"})).status_code == 200

    desk.ask(story)
    assert desk.files == []


def test_there_is_nothing_else(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for path in ("/docs", "/openapi.json", "/photos/1", "/static", "/favicon.ico"):
            assert (await client.get(path)).status_code == 404, path
        assert (await client.delete("/photos")).status_code == 405

    desk.ask(story)
