"""A server is there from start to stop, and its thread ends."""

from __future__ import annotations

import socket
import threading

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ocr_studio.core.errors import StudioError
from ocr_studio.server.server_thread import ServerThread


def app(authority: str) -> Starlette:
    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse(authority)

    return Starlette(routes=[Route("/", answer)])


def test_it_answers_from_start_to_stop_and_can_be_stopped_twice() -> None:
    server = ServerThread(app, host="127.0.0.1")
    server.start()
    host, _, port = server.authority.partition(":")
    assert host == "127.0.0.1"
    assert httpx.get(f"http://{server.authority}/").text == server.authority
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("server ")]


def test_an_open_connection_does_not_keep_it_from_stopping() -> None:
    server = ServerThread(app, host="127.0.0.1")
    server.start()
    host, _, port = server.authority.partition(":")
    with socket.create_connection((host, int(port))) as idle, socket.create_connection((host, int(port))) as half:
        half.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123")
        server.stop()
        assert idle.recv(10) == b""


def test_an_address_that_is_taken_or_not_ours_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = ServerThread(app, host="127.0.0.1", port=taken.getsockname()[1])
        with pytest.raises(StudioError) as said:
            server.start()
        port = taken.getsockname()[1]
    assert said.value.typed == f"port {port} is in use. Choose another one with --port."
    with pytest.raises(StudioError, match=r"can’t listen at 198\.51\.100\.7: [\w ]+\. Check"):
        ServerThread(app, host="198.51.100.7").start()
