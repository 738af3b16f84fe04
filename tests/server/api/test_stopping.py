"""A service can be stopped while it reads."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import httpx
import pytest

from ocr_studio.core.page import Page
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.server.api.lane import NotRead, Photo, ReadingLane
from ocr_studio.server.api.options import ServiceOptions
from ocr_studio.server.api.service import OcrServer
from ocr_studio.server.server_thread import ServerThread
from tests import drawn


def test_a_photo_that_is_read_longer_than_the_service_runs_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started, stopped = threading.Event(), threading.Event()

    def read(_: ReadingLane, __: Sequence[Photo], ___: str) -> list[Page | NotRead]:
        started.set()
        assert stopped.wait(20)
        return []

    real = ServerThread.stop

    def stop(thread: ServerThread) -> None:
        real(thread)
        stopped.set()

    monkeypatch.setattr(ReadingLane, "_read", read)
    monkeypatch.setattr(ServerThread, "stop", stop)
    server = OcrServer(ServiceOptions(), ReaderOptions())
    server.start()

    def send() -> None:
        photo = drawn.file_of(drawn.board(400, 200), "JPEG")
        with pytest.raises(httpx.HTTPError):
            httpx.post(f"{server.address}api/v1/read", files={"files": photo}, timeout=20).raise_for_status()

    client = threading.Thread(target=send)
    client.start()
    assert started.wait(20)
    server.stop()
    client.join()
    assert "exception calling callback" not in caplog.text
