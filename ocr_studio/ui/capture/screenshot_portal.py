"""Asks the desktop for a picture of the screen, where programs get none themselves, as on Wayland.

The desktop lets the user choose what to show; see
https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import SLOT, QObject, QUrl, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusServiceWatcher

_NAME: Final = "org.freedesktop.portal.Desktop"
_PATH: Final = "/org/freedesktop/portal/desktop"
_SCREENSHOT: Final = "org.freedesktop.portal.Screenshot"
_REQUEST: Final = "org.freedesktop.portal.Request"
# Milliseconds until the desktop has taken the request; the user may take any time after that.
_ANSWER_MS: Final = 5000
# What the desktop answers.
_TAKEN, _CANCELLED = 0, 1


class ScreenshotPortal(QObject):
    """Asks for screenshots; one signal follows each time.

    Signals:
        taken(Path): the file of the picture.
        cancelled(): the user has taken none.
        refused(): the desktop gives none, or its portal has ended meanwhile.
    """

    taken = Signal(object)
    cancelled = Signal()
    refused = Signal()

    _numbers = count(1)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asking = False
        self._portal: QDBusServiceWatcher | None = None

    def ask(self) -> None:
        """Ask for a picture; one of the signals follows."""
        self._asking = True
        bus = QDBusConnection.sessionBus()
        if self._portal is None:
            gone = QDBusServiceWatcher.WatchModeFlag.WatchForUnregistration
            self._portal = QDBusServiceWatcher(_NAME, bus, gone, self)
            self._portal.serviceUnregistered.connect(self._refuse)
        token = f"ocrstudio{next(self._numbers)}"
        # The answer may come before the call returns, so it is waited for at the place that it will have.
        sender = bus.baseService().removeprefix(":").replace(".", "_")
        place = f"{_PATH}/request/{sender}/{token}"
        slot: Any = SLOT("_take(uint,QVariantMap)")  # its type is said to be bytes, which are refused
        if not bus.isConnected() or not bus.connect("", place, _REQUEST, "Response", self, slot):
            self._refuse()
            return
        call = QDBusMessage.createMethodCall(_NAME, _PATH, _SCREENSHOT, "Screenshot")
        call.setArguments(["", {"handle_token": token, "interactive": True}])
        answer = QDBusPendingCallWatcher(bus.asyncCall(call, _ANSWER_MS), self)

        def follow() -> None:
            if answer.isError():
                self._refuse()
            answer.deleteLater()

        answer.finished.connect(follow)

    @Slot("uint", "QVariantMap")
    def _take(self, code: int, results: dict[str, object]) -> None:
        if not self._asking:
            return
        file = QUrl(str(results.get("uri", ""))).toLocalFile()
        if code == _TAKEN and file:
            self._asking = False
            self.taken.emit(Path(file))
        elif code == _CANCELLED:
            self._asking = False
            self.cancelled.emit()
        else:
            self._refuse()

    def _refuse(self) -> None:
        if self._asking:
            self._asking = False
            self.refused.emit()
