"""Temporary: replaced by the service's own."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import uvicorn

from ocr_studio.core.errors import StudioError


class ServerThread:
    """Serves an app in a thread."""

    def __init__(self, app: Any, *, host: str, port: int = 0) -> None:
        self._app, self._host, self._port = app, host, port

    def start(self) -> int:
        """Listen; returns the port."""
        try:
            self._socket = socket.create_server((self._host, self._port))
        except OSError as error:
            raise StudioError(str(error)) from error
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app, log_config=None, access_log=False, ws="none", lifespan="off", timeout_graceful_shutdown=1
            )
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, name="server")
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self._socket.getsockname()[1]

    def stop(self) -> None:
        """Stop."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
