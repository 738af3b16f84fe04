"""The service is started and stopped from the window, says where it is, and ends with the window."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core import extras
from ocr_studio.jobs.reading.read import OcrService
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.sharing.share_dialog import ShareDialog, ShareState
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.sharing.phone import Phone
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setattr(OcrService, "reader", lambda *_: StandInReader())
    return open_studio()


def start(studio: Studio) -> tuple[ShareDialog, str]:
    studio.window.action_set["share"].trigger()
    dialog = studio.window.sharing.dialog
    assert dialog is not None
    dialog.toggle.click()
    return dialog, dialog.address.text()


def shown_in_status(studio: Studio) -> bool:
    buttons = studio.window.status.findChildren(QToolButton)
    return next(each for each in buttons if each.text() == "Shared").isVisible()


def test_a_photo_is_read_for_another_device_and_nothing_is_kept(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    assert not shown_in_status(studio)
    dialog, address = start(studio)
    assert address.startswith("http://127.0.0.1:")
    assert dialog.state is ShareState.ON
    assert shown_in_status(studio)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == address
    dialog.reject()
    assert shown_in_status(studio)
    device = Phone(address, qtbot)
    made_board.write_photo(tmp_path / "board 9.png", 9)
    photo = {"files": ("board.png", (tmp_path / "board 9.png").read_bytes())}
    assert device.ask("POST", "/api/v1/read", files=photo).status_code == 401
    answer = device.ask("POST", "/api/v1/read", files=photo, headers={"Authorization": f"Bearer {device.token}"})
    assert answer.status_code == 200
    assert answer.json()[0]["words"]
    device.leave()
    studio.window.action_set["share"].trigger()
    again = studio.window.sharing.dialog
    assert again is not None
    assert again.address.text() == address
    again.toggle.click()
    qtbot.waitUntil(lambda: again.state is ShareState.OFF)
    assert not shown_in_status(studio)
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
    again.toggle.click()
    assert again.address.text().partition("#")[2] not in ("", address.partition("#")[2])


def test_it_ends_with_the_window(studio: Studio) -> None:
    _, address = start(studio)
    studio.window.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_network_that_is_gone_is_said(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.window.action_set["share"].trigger()
    dialog = studio.window.sharing.dialog
    assert dialog is not None
    dialog.start_wanted.emit("198.51.100.7")
    assert dialog.state is ShareState.OFF
    assert "can’t listen at 198.51.100.7" in dialog.status.text()
    assert not shown_in_status(studio)


def test_without_the_extra_it_says_how_to_install_it(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    studio.window.action_set["share"].trigger()
    box = next(each for each in studio.window.findChildren(QMessageBox) if each.isVisible())
    assert "[server]" in box.informativeText()
    assert studio.window.sharing.dialog is None
