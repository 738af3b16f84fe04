"""Starts and stops the service for other devices in the network."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core.errors import StudioError
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr
from ocr_studio.ui.sharing import addresses, missing_extra
from ocr_studio.ui.sharing.addresses import LocalAddress
from ocr_studio.ui.sharing.share_dialog import ShareDialog

if TYPE_CHECKING:  # it needs the extra “server”
    from ocr_studio.server.api.service import OcrServer

_TOKEN_BYTES: Final = 16
_LOOPBACK: Final = "127.0.0.1"


class ShareController(QObject):
    """Shows the dialog; the service runs until it is stopped or the window is closed.

    Signals: ``changed()``: the service was started or stopped.
    """

    changed = Signal()
    _stopped = Signal()

    def __init__(self, settings: Callable[[], Settings], window: QWidget) -> None:
        """Create the controller.

        Args:
            settings: Returns the settings: how photos are read.
            window: The window over which the dialog is shown.
        """
        super().__init__(window)
        self._settings, self._window = settings, window
        self.dialog: ShareDialog | None = None
        self._server: OcrServer | None = None
        self._stopping: threading.Thread | None = None
        self._stopped.connect(self._on_stopped, Qt.ConnectionType.QueuedConnection)

    @property
    def address(self) -> str:
        """The address of the service, with its token; empty if it doesn't run."""
        return self._server.address if self._server else ""

    def show(self) -> None:
        """Show the dialog."""
        title = tr("Share on this network")
        if not missing_extra.is_ready("server", title=title, window=self._window):
            return
        if self.dialog is None:
            here = LocalAddress(_LOOPBACK, tr("Only this computer"))
            dialog = self.dialog = ShareDialog([*addresses.list_addresses(), here], self._window)
            dialog.start_wanted.connect(self._start)
            dialog.stop_wanted.connect(self.stop)
            dialog.finished.connect(self._forget_dialog)
            if self._server is not None:
                dialog.show_on(self._server.address)
            elif self._stopping is not None:
                dialog.show_stopping()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def stop(self) -> None:
        """Stop the service, without waiting for the photo that is being read."""
        server, self._server = self._server, None
        if server is None:
            return
        self._stopping = threading.Thread(target=self._stop_server, args=(server,), name="stop sharing")
        self._stopping.start()
        if self.dialog is not None:
            self.dialog.show_stopping()
        self.changed.emit()

    def close(self) -> None:
        """Stop the service, and wait until it has ended."""
        self.stop()
        if self._stopping is not None:
            self._stopping.join()
            self._stopping = None

    # ----------------------------------------------------------------------------------------------------------------

    def _start(self, host: str) -> None:
        from ocr_studio.server.api.options import ServiceOptions  # noqa: PLC0415
        from ocr_studio.server.api.service import OcrServer  # noqa: PLC0415

        options = ServiceOptions(token=secrets.token_urlsafe(_TOKEN_BYTES))
        server = OcrServer(options, self._settings().reader_options(), host=host)
        try:
            server.start()
        except StudioError as error:
            server.stop()
            if self.dialog is not None:
                self.dialog.show_off(str(error))
            return
        self._server = server
        if self.dialog is not None:
            self.dialog.show_on(server.address)
        self.changed.emit()

    def _stop_server(self, server: OcrServer) -> None:
        server.stop()
        self._stopped.emit()

    def _on_stopped(self) -> None:
        if self._stopping is not None:
            self._stopping.join()
            self._stopping = None
        if self.dialog is not None:
            self.dialog.show_off()

    def _forget_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()
