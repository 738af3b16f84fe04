"""A desktop with a portal for screenshots, and the program that asks it, in one process on a bus of their own.

    dbus-run-session -- python -m tests.ui.capture.portal_desktop CODE [URI]

CODE is what the desktop answers: 0 for a picture with this URI, 1 if the user has cancelled; -1 if there is no portal,
9 if it ends before it answers. What the program makes of it is printed.
"""

from __future__ import annotations

import sys
from typing import Any

from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection

from ocr_studio.ui.capture.screenshot_portal import ScreenshotPortal

ENDS = 9
CODE, URI = int(sys.argv[1]), " ".join(sys.argv[2:])
named: Any = ClassInfo  # its types know keywords only, which can't have a space
DESKTOP = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "desktop")


@named({"D-Bus Interface": "org.freedesktop.portal.Request"})
class Request(QObject):
    """A request, and the signal that answers it."""

    Response = Signal("uint", "QVariantMap")  # type: ignore[arg-type]  # a name of the bus's type


@named({"D-Bus Interface": "org.freedesktop.portal.Screenshot"})
class Desktop(QObject):
    """Answers a request a moment after it was taken, at the place that the program expects."""

    @Slot(str, "QVariantMap", result=str)
    def Screenshot(self, parent: str, options: dict[str, object]) -> str:  # noqa: N802  (the portal's name)
        assert options["interactive"] is True
        sender = QDBusConnection.sessionBus().baseService().removeprefix(":").replace(".", "_")
        place = f"/org/freedesktop/portal/desktop/request/{sender}/{options['handle_token']}"
        QTimer.singleShot(50, lambda: self.end() if CODE == ENDS else self.answer(place))
        return place

    def end(self) -> None:
        assert DESKTOP.unregisterService("org.freedesktop.portal.Desktop")

    def answer(self, place: str) -> None:
        self.request = Request()
        assert DESKTOP.registerObject(place, self.request, QDBusConnection.RegisterOption.ExportAllSignals)
        self.request.Response.emit(CODE, {"uri": URI} if URI else {})


def main() -> None:
    app, desktop, portal = QCoreApplication([]), Desktop(), ScreenshotPortal()
    if CODE >= 0:
        assert DESKTOP.registerService("org.freedesktop.portal.Desktop")
        flags = QDBusConnection.RegisterOption.ExportAllSlots
        assert DESKTOP.registerObject("/org/freedesktop/portal/desktop", desktop, flags)
    portal.taken.connect(lambda path: sys.stdout.write(f"taken {path}\n"))
    portal.cancelled.connect(lambda: sys.stdout.write("cancelled\n"))
    portal.refused.connect(lambda: sys.stdout.write("refused\n"))
    for signal in (portal.taken, portal.cancelled, portal.refused):
        signal.connect(app.quit)
    portal.ask()
    QTimer.singleShot(10_000, app.quit)
    app.exec()


if __name__ == "__main__":
    main()
