"""The service as the command and the window start and stop it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.server.api.app import create_app
from ocr_studio.server.api.kept import ProjectKeeper
from ocr_studio.server.api.lane import ReadingLane
from ocr_studio.server.api.options import ServiceOptions, is_loopback
from ocr_studio.server.api.page import load_page
from ocr_studio.server.server_thread import ServerThread

# More than may wait, so that further clients are told when to come again.
_CONNECTIONS: Final = 128


class OcrServer:
    """Reads photos that are sent to one address, from ``start`` to ``stop``.

    Attributes:
        lane: What reads the photos.
    """

    def __init__(
        self,
        options: ServiceOptions,
        reader: ReaderOptions,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        keep: Project | None = None,
    ) -> None:
        """Create the service; it doesn't listen yet.

        Args:
            options: Who may use it, and how much.
            reader: How photos are read.
            host: The address to listen at.
            port: The port; 0 for any that is free.
            keep: The project in which photos and results are saved; locked until it is stopped.

        Raises:
            ValueError: Other computers can reach the address, and no token is set.
            StudioError: The project can't be locked, for example because a window has it open.
        """
        if not options.token and not is_loopback(host):
            raise ValueError("an address that other computers reach needs a token")
        self._token = options.token
        page = load_page(options.limits, kept_in=keep.photos.name if keep else "")
        self._keeper = ProjectKeeper(keep) if keep else None
        self.lane = ReadingLane(
            reader, waiting=options.limits.waiting, keep=self._keeper.keep if self._keeper else None
        )
        self._thread = ServerThread(
            lambda authority: create_app(options, self.lane, page, authority=authority),
            host=host,
            port=port,
            connections=_CONNECTIONS,
        )

    @property
    def address(self) -> str:
        """The address of the page, with the token behind "#"; empty if it is not started."""
        host, _, port = self._thread.authority.rpartition(":")
        if not host:
            return ""
        if not is_loopback(host) and ipaddress.ip_address(host.strip("[]")).is_unspecified:
            host = socket.gethostname()
        return f"http://{host}:{port}/" + (f"#{self._token}" if self._token else "")

    def start(self) -> None:
        """Start to listen. Returns when requests are answered. Raises StudioError."""
        try:
            self._thread.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop listening, drop what is waiting, and wait for the photo that is being read."""
        self._thread.stop()
        self.lane.close()
        if self._keeper:
            self._keeper.close()
