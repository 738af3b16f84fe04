"""The service as the command and the window start and stop it."""

from __future__ import annotations

from ocr_studio.core.settings import ReaderOptions
from ocr_studio.server.api.app import create_app
from ocr_studio.server.api.lane import ReadingLane
from ocr_studio.server.api.options import ServiceOptions, is_loopback
from ocr_studio.server.server_thread import ServerThread


class OcrServer:
    """Reads photos that are sent to one address, from ``start`` to ``stop``.

    Attributes:
        lane: What reads the photos.
    """

    def __init__(
        self, options: ServiceOptions, reader: ReaderOptions, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Create the service; it doesn't listen yet.

        Args:
            options: Who may use it, and how much.
            reader: How photos are read.
            host: The address to listen at.
            port: The port; 0 for any that is free.

        Raises:
            ValueError: Other computers can reach the address, and no token is set.
        """
        if not options.token and not is_loopback(host):
            raise ValueError("an address that other computers reach needs a token")
        self._token = options.token
        self.lane = ReadingLane(reader, waiting=options.limits.waiting)
        self._thread = ServerThread(
            lambda authority: create_app(options, self.lane, authority=authority), host=host, port=port
        )

    @property
    def address(self) -> str:
        """The address of the page, with the token behind "#"; empty if it is not started."""
        if not self._thread.authority:
            return ""
        return f"http://{self._thread.authority}/" + (f"#{self._token}" if self._token else "")

    def start(self) -> None:
        """Start to listen. Returns when requests are answered. Raises StudioError."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, drop what is waiting, and wait for the photo that is being read."""
        self._thread.stop()
        self.lane.close()
