"""Files are shown in the system's file manager, without blocking the window, and a message says when nothing opened."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCall
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.ui.document import file_browser
from tests.ui.studio import record_opened

linux = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have no D-Bus")


class Bus:
    """A session bus whose file manager gives this answer."""

    def __init__(self, answer: QDBusMessage | None) -> None:
        self.answer, self.asked = answer, list[QDBusMessage]()

    def isConnected(self) -> bool:  # noqa: N802  (Qt's name)
        return self.answer is not None

    def asyncCall(self, message: QDBusMessage, timeout: int) -> QDBusPendingCall:  # noqa: N802  (Qt's name)
        self.asked.append(message)
        assert timeout > 0
        assert self.answer is not None
        return QDBusPendingCall.fromCompletedCall(self.answer)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return record_opened(monkeypatch)


def use_bus(monkeypatch: pytest.MonkeyPatch, answer: QDBusMessage | None) -> Bus:
    bus = Bus(answer)
    monkeypatch.setattr(QDBusConnection, "sessionBus", lambda: bus)
    return bus


@linux
def test_the_file_manager_is_asked_to_select_the_file(
    window: QWidget, opened: list[str], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    bus = use_bus(monkeypatch, QDBusMessage.createMethodCall("a.b", "/c", "a.b", "d").createReply())
    file_browser.show_in_folder(Path("/photos/a board.png"), window)
    qtbot.wait(50)
    assert [message.arguments()[0] for message in bus.asked] == [["file:///photos/a%20board.png"]]
    assert opened == []


@linux
def test_the_folder_is_opened_where_the_file_manager_cannot_select(
    window: QWidget, opened: list[str], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    use_bus(monkeypatch, QDBusMessage.createError("org.freedesktop.DBus.Error.ServiceUnknown", "none"))
    file_browser.show_in_folder(Path("/photos/board.png"), window)
    assert opened == []  # the window does not wait for the answer
    qtbot.waitUntil(lambda: opened == ["/photos"])


@linux
def test_the_folder_is_opened_without_a_bus(
    window: QWidget, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_bus(monkeypatch, None)
    file_browser.show_in_folder(Path("/photos/board.png"), window)
    assert opened == ["/photos"]


def test_a_message_says_when_nothing_opened(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    file_browser.open_folder(Path("/photos"), window)
    (told,) = window.findChildren(QMessageBox)
    assert "no file manager" in told.text()
    assert told.informativeText() == str(Path("/photos"))
    told.reject()
