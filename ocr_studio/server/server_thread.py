"""Serves an app in a thread, which the window or a command can start and stop. Needs the extra ``server``."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr

# Connections that are open at the same time; further ones are answered with status 503.
MOST_CONNECTIONS: Final = 32
# Seconds that requests have to finish when it is stopped, and that an idle connection is kept.
_GRACE: Final = 1
_IDLE: Final = 15
# Seconds in which the headers of a request have to arrive: uvicorn itself would wait for ever.
_HEADERS: Final = 20.0


class ServerThread:
    """Listens at one address from ``start`` to ``stop``.

    Attributes:
        authority: Host and port as in an address, "192.168.1.2:40123"; empty until it is started.
    """

    def __init__(
        self, make_app: Callable[[str], ASGIApp], *, host: str, port: int = 0, connections: int = MOST_CONNECTIONS
    ) -> None:
        """Create the server; it doesn't listen yet.

        Args:
            make_app: Returns the app, given the authority.
            host: The address to listen at.
            port: The port; 0 for any that is free.
            connections: How many may be open at the same time.
        """
        self._make_app, self._host, self._port, self._connections = make_app, host, port, connections
        self.authority = ""
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start to listen. Returns when requests are answered.

        Raises:
            StudioError: It can't listen at this address.
        """
        try:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            listening = socket.create_server((self._host, self._port), family=family)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and self._port:
                raise StudioError(
                    tr("port {port} is in use", port=self._port),
                    remedy=tr("Choose another port."),
                    command="Choose another one with --port.",
                ) from error
            # Python adds "(while attempting to bind on address …)".
            reason = (error.strerror or str(error)).partition(" (while ")[0]
            raise StudioError(
                tr("can’t listen at {address}: {reason}", address=self._host, reason=reason),
                remedy=tr("Check the network, or choose another one."),
                command="Choose another --port or --host.",
            ) from error
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.authority = f"{host}:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            self._make_app(self.authority),
            http=_ImpatientProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=self._connections,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=_GRACE,
        )
        server = self._server = uvicorn.Server(config)
        thread = self._thread = threading.Thread(
            target=_serve, args=(server, listening), name=f"server {self.authority}"
        )
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop listening, and wait until the thread has ended."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
            self._server = self._thread = None


def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    with listening:
        server.run(sockets=[listening])


class _ImpatientProtocol(H11Protocol):
    """Closes a connection on which the headers of a request don't arrive in time."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._forget()

    def _watch(self) -> None:
        if self._is_answering():
            self._forget()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(_HEADERS, self._give_up)

    def _forget(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if not self._is_answering():
            self.transport.close()

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete
