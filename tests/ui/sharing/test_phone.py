"""A phone sends photos into the open folder: they are listed and read, and the phone is told."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ocr_studio.core import extras
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.sharing.phone_controller import PhoneController
from ocr_studio.ui.sharing.phone_dialog import CodeState, PhoneDialog
from tests.ui import made_board
from tests.ui.sharing.phone import Phone
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


def show(studio: Studio) -> tuple[PhoneController, PhoneDialog, str]:
    studio.window.action_set["add_from_phone"].trigger()
    controller = studio.window.phone
    assert controller.dialog is not None
    return controller, controller.dialog, controller.dialog.code.accessibleDescription()


def test_a_photo_arrives_is_read_and_the_phone_is_told(
    studio: Studio, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    controller, dialog, address = show(studio)
    assert address.startswith("http://127.0.0.1:")
    assert dialog.state is CodeState.SHOWN
    phone = Phone(address, qtbot)
    assert phone.ask("GET", "/").status_code == 200
    assert phone.pair().status_code == 200
    qtbot.waitUntil(lambda: dialog.state is CodeState.USED)
    made_board.write_photo(tmp_path / "sent" / "board 9.png", 9)
    photo = (tmp_path / "sent" / "board 9.png").read_bytes()
    assert phone.ask("POST", "/photos", content=photo).json() == {"number": 1}

    def read() -> bool:
        state = phone.ask("GET", "/photos").json()["photos"][0]
        return state["state"] == "read" and bool(state["text"])

    qtbot.waitUntil(read)
    arrived = next(path for path in folder.iterdir() if path.name.startswith("Phone "))
    assert arrived.read_bytes() == photo
    qtbot.waitUntil(lambda: arrived in studio.opening.photos)
    assert dialog.photos.count() == 1
    assert dialog.photos.item(0).text().startswith("Read: ")
    second = Phone(address, qtbot)
    assert second.pair().status_code == 409
    second.leave()
    phone.leave()
    dialog.reject()
    assert controller.dialog is None
    with pytest.raises(httpx.ConnectError):
        Phone(address, qtbot)._client.get("/")


def test_when_the_time_is_over_nothing_listens_and_a_new_code_can_be_shown(studio: Studio, qtbot: QtBot) -> None:
    controller, dialog, address = show(studio)
    assert controller.session is not None
    controller.session.close()
    qtbot.waitUntil(lambda: dialog.state is CodeState.OVER)
    assert "Time is up" in dialog.status.text()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
    dialog.new_code.click()
    again = dialog.code.accessibleDescription()
    assert again.partition("#")[2] != address.partition("#")[2]
    old, new = Phone(again.partition("#")[0] + "#" + address.partition("#")[2], qtbot), Phone(again, qtbot)
    assert old.pair().status_code == 401
    assert new.pair().status_code == 200
    old.leave()
    new.leave()


def test_it_stops_when_another_folder_is_opened(studio: Studio, folder: Path, qtbot: QtBot, tmp_path: Path) -> None:
    _, dialog, address = show(studio)
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png")
    assert dialog.state is CodeState.SHOWN
    made_board.write_photo(tmp_path / "elsewhere" / "board 4.png", 4)
    studio.opening.open_paths([tmp_path / "elsewhere" / "board 4.png"])
    qtbot.waitUntil(lambda: dialog.state is CodeState.OVER)
    assert dialog.status.text() == "Stopped because you opened a photo in another folder."
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_photo_that_cannot_be_saved_is_said_in_the_window(studio: Studio, qtbot: QtBot) -> None:
    _, dialog, address = show(studio)
    phone = Phone(address, qtbot)
    phone.pair()
    assert phone.ask("POST", "/photos", content=b"no photo").status_code == 415
    qtbot.waitUntil(lambda: dialog.photos.count() == 1)
    assert dialog.photos.item(0).text().startswith("Not saved: ")
    phone.leave()


def test_photos_that_are_not_read_are_told_the_phone(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, address = show(studio)
    phone, batch = Phone(address, qtbot), studio.window.photos_panel.batch
    phone.pair()
    made_board.write_photo(tmp_path / "sent" / "board 9.png", 9)
    monkeypatch.setattr(batch, "_read_next", lambda: None)  # the photo waits
    phone.ask("POST", "/photos", content=(tmp_path / "sent" / "board 9.png").read_bytes())
    qtbot.waitUntil(lambda: batch.busy)
    batch.cancel()

    def told() -> bool:
        state = phone.ask("GET", "/photos").json()["photos"][0]
        return state["state"] == "failed" and "stopped" in state["text"]

    qtbot.waitUntil(told)
    phone.leave()


def test_it_ends_with_the_window(studio: Studio) -> None:
    _, _, address = show(studio)
    studio.window.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_without_a_network_it_says_so(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocr_studio.ui.sharing.addresses.list_addresses", list)
    _, dialog, _ = show(studio)
    assert dialog.state is CodeState.OVER
    assert "isn’t connected to a network" in dialog.status.text()


def test_without_the_extra_it_says_how_to_install_it(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    studio.window.action_set["add_from_phone"].trigger()
    box = next(each for each in studio.window.findChildren(QMessageBox) if each.isVisible())
    assert "[server]" in box.informativeText()
    next(button for button in box.buttons() if button.text() == "&Copy command").click()
    assert QGuiApplication.clipboard().text() == extras.install_command("server")
    assert studio.window.phone.dialog is None


def test_without_an_open_photo_they_go_to_the_library_and_the_first_is_opened(
    open_studio: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    studio = open_studio()
    _, _, address = show(studio)
    phone = Phone(address, qtbot)
    phone.pair()
    for number in (8, 9):
        made_board.write_photo(tmp_path / "sent" / f"board {number}.png", number)
        phone.ask("POST", "/photos", content=(tmp_path / "sent" / f"board {number}.png").read_bytes())

    def read() -> bool:
        return [photo["state"] for photo in phone.ask("GET", "/photos").json()["photos"]] == ["read", "read"]

    qtbot.waitUntil(read)
    folder = studio.settings.library() / "Phone"
    assert studio.opening.path == min(folder.glob("Phone *.png"))
    assert studio.window.phone.dialog is not None
    assert studio.window.phone.dialog.state is CodeState.USED
    phone.leave()


def test_if_the_first_photo_can_not_be_opened_the_next_one_is(
    open_studio: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio()
    controller, dialog, address = show(studio)
    phone = Phone(address, qtbot)
    phone.pair()
    usual = photo_file.open_photo_with_id

    def open_second(path: Path) -> tuple[RGB, str]:
        if controller.session is not None and path == controller.session.photos[0].path:
            raise PhotoError("the disk is broken", file=path)
        return usual(path)

    monkeypatch.setattr(photo_file, "open_photo_with_id", open_second)
    for number in (8, 9):
        made_board.write_photo(tmp_path / "sent" / f"board {number}.png", number)
        phone.ask("POST", "/photos", content=(tmp_path / "sent" / f"board {number}.png").read_bytes())

    def states() -> list[str]:
        return [photo["state"] for photo in phone.ask("GET", "/photos").json()["photos"]]

    qtbot.waitUntil(lambda: states() == ["failed", "read"])
    assert "disk is broken" in phone.ask("GET", "/photos").json()["photos"][0]["text"]
    phone.leave()
    controller._being_read.add(tmp_path / "still read.png")
    dialog.reject()
    again = show(studio)[1]
    controller.note_failed(tmp_path / "still read.png", "damaged")  # of the earlier dialog
    assert again.photos.count() == 0
