"""Requests that are refused before anything is done for them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Message

from ocr_studio.server import request_guard
from ocr_studio.server.api.guard import guard_service
from ocr_studio.server.api.options import ServiceLimits, ServiceOptions, is_allowed_host
from tests import drawn
from tests.server.api.made_service import AUTHORITY, KnownLane, made_client

PHOTO = drawn.file_of(drawn.board(), "PNG")
IMAGE = {"Content-Type": "image/png"}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with made_client() as made:
        yield made


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example:8000"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": "127.0.0.1:9000"}, 421),
        ({"Host": "127.0.0.1:8000.evil.example"}, 421),
        ({"Host": "192.168.1.2:8000"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9000"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": "multipart/form-data"}, 400),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 400),
        ({"Host": "localhost:8000", "Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Host": "[::1]:8000"}, 200),
    ],
)
def test_who_may_ask(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/api/v1/read", content=PHOTO, headers=IMAGE | headers)
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status != 200:
        assert answer.json()["status"] == status


def test_a_form_from_elsewhere_can_not_ask_the_old_route(client: TestClient) -> None:
    """A page may send text/plain without asking first; what looks like JSON in it is not read."""
    answer = client.post("/api/", content='{"image": "AAAA"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_link_from_elsewhere_shows_the_page(client: TestClient) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=followed).status_code == 200
    assert client.get("/", headers=followed | {"Sec-Fetch-Mode": "no-cors"}).status_code == 403


@pytest.mark.parametrize(
    ("value", "authority", "allowed"),
    [
        ("localhost:8000", "127.0.0.1:8000", True),
        ("LOCALHOST:8000", "127.0.0.1:8000", True),
        ("localhost", "127.0.0.1:80", True),
        ("localhost", "127.0.0.1:8000", False),
        ("[::1]:8000", "[::1]:8000", True),
        ("[::1]", "[::1]:80", True),
        ("192.168.1.2:8000", "192.168.1.2:8000", True),
        ("localhost:8000", "192.168.1.2:8000", False),
        ("10.0.0.5:8000", "0.0.0.0:8000", True),
        ("evil.example:8000", "0.0.0.0:8000", False),
        ("10.0.0.5.evil.example:8000", "0.0.0.0:8000", False),
        ("ocr.example.org", "192.168.1.2:8000", True),
        ("user@localhost:8000", "127.0.0.1:8000", False),
        (":8000", "127.0.0.1:8000", False),
        ("", "0.0.0.0:8000", False),
    ],
)
def test_names_of_the_service(value: str, authority: str, allowed: bool) -> None:
    assert is_allowed_host(value, authority=authority, more=("ocr.example.org",)) is allowed


def test_a_token_is_asked_for_where_photos_are_sent() -> None:
    token = "a" * 22
    with made_client(ServiceOptions(token=token)) as client:
        for wrong in ({}, {"Authorization": f"Basic {token}"}, {"Authorization": f"Bearer {token}x"}):
            answer = client.post("/api/v1/read", content=PHOTO, headers=IMAGE | wrong)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        right = {"Authorization": f"bearer {token}"}
        assert client.post("/api/v1/read", content=PHOTO, headers=IMAGE | right).status_code == 200
        for path in ("/api/", "/ocr", "/api/v1/export", "/api/v1/picture", "/api/v1/unknown"):
            assert client.post(path, content=PHOTO, headers=IMAGE).status_code == 401
        for path in ("/", "/openapi.json", "/api/v1/health"):
            assert client.get(path).status_code == 200
            assert token not in client.get(path).text


@pytest.mark.parametrize("path", ["/api/v1/read", "/"])
def test_without_the_token_it_is_answered_before_anything_is_read(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the client sends is then read for a moment, or it may not see the answer."""
    monkeypatch.setattr(request_guard, "_PATIENCE", 0.05)
    options, happened = ServiceOptions(token="a" * 22), list[str]()
    app = guard_service(Starlette(), options, authority=AUTHORITY)
    headers = {"host": AUTHORITY, "content-length": "1000000"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> Message:
        happened.append("read")
        if happened.count("read") > 3:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert (b"connection", b"close") in message["headers"]
            happened.append(str(message["status"]))
        elif message["body"]:
            happened.append("answered")

    anyio.run(app, scope, receive, send)
    assert happened == ["404" if path == "/" else "401", "answered", "read", "read", "read", "read"]


def test_a_large_request_is_refused_by_what_it_says_and_by_what_it_sends() -> None:
    read = 0

    def stream(parts: int) -> Iterator[bytes]:
        nonlocal read
        for _ in range(parts):
            read += 1
            yield b"x" * 1000

    with made_client(ServiceOptions(limits=ServiceLimits(body=10_000))) as client:
        said = client.post("/api/v1/read", content=b"x" * 10_001, headers=IMAGE)
        assert (said.status_code, said.headers["connection"]) == (413, "close")
        for headers in (IMAGE, {"Content-Type": "multipart/form-data; boundary=x"}):
            sent = client.post("/api/v1/read", content=stream(1000), headers=headers)
            assert sent.status_code == 413
        assert (
            client.post("/api/v1/read", content=b"", headers=IMAGE | {"Content-Length": "9" * 400}).status_code == 413
        )


def test_bombs_and_too_many_parts_or_pages_are_refused(client: TestClient) -> None:
    bomb = drawn.png((30_000, 30_000, 1, 0), bytes(100_000))
    assert len(bomb) < 2000
    answer = client.post("/api/v1/read", content=bomb, headers=IMAGE)
    assert answer.status_code == 413
    assert "30,000" in answer.json()["detail"].replace("30000", "30,000")
    many = client.post("/api/v1/read", files=[("files", (f"{number}.png", PHOTO)) for number in range(21)])
    assert many.status_code == 400
    frames = [Image.new("L", (8, 8), number) for number in range(21)]
    scan = io.BytesIO()
    frames[0].save(scan, "TIFF", save_all=True, append_images=frames[1:])
    pages = client.post("/api/v1/read", files={"files": ("scan.tif", scan.getvalue())})
    assert (pages.status_code, "20" in pages.json()["detail"]) == (413, True)


def test_nothing_is_left_on_the_disk(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    big = drawn.file_of(drawn.board(1600, 1200), "PNG") + bytes(2 << 20)
    client.post("/api/v1/read", files={"files": ("a.png", PHOTO)})
    client.post("/api/v1/read", files={"files": ("a.png", big)})
    client.post("/api/v1/read", content=b"text", headers=IMAGE)
    client.post("/api/v1/read?format=pdf", content=PHOTO, headers=IMAGE)
    assert list(tmp_path.iterdir()) == []


def test_a_full_queue_says_when_to_come_again() -> None:
    lane = KnownLane(waiting=0)
    with made_client(lane=lane) as client, lane.place():
        answer = client.post("/api/v1/read", content=PHOTO, headers=IMAGE)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert client.get("/api/v1/health").json()["waiting"] == 1
        assert client.get("/").status_code == 200
    assert lane.read == []


def test_a_bug_is_answered_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(KnownLane):
        def _read(self, *_: object) -> list[object]:  # type: ignore[override]
            raise RuntimeError("secret /home/me")

    with made_client(lane=Broken()) as client:
        answer = client.post("/api/v1/read", content=PHOTO, headers=IMAGE)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_the_description_names_every_route(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/", "/api/v1/health", "/api/v1/read", "/api/v1/export", "/api/v1/picture", "/ocr",
    }  # fmt: skip
    assert client.get("/docs").status_code == 404
    assert AUTHORITY not in client.get("/openapi.json").text
