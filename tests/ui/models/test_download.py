"""Published networks in the window, clicked: what they are, fetched, stopped, gone on with, refused, from a file."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from ocr_studio.core.models import downloads, registry
from ocr_studio.core.models.downloads import CRAFT, CRNN, PublishedFile
from ocr_studio.jobs.models import download
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.models.download_dialog import DownloadDialog
from ocr_studio.ui.models.models_dialog import ModelsDialog
from tests.engine.keras_ocr_files import RECORDED, write
from tests.served import serving
from tests.ui.studio import Open

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Server:
    """Sends one file; after ``holds`` bytes it waits until it may go on."""

    data: bytes
    address: str = ""
    holds: int = 0
    goes_on: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers.get("Range", "")
        self.asked.append(asked)
        begin = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        rest = self.data[begin:]
        handler.send_response(206 if begin else 200)
        if begin:
            handler.send_header("Content-Range", f"bytes {begin}-{len(self.data) - 1}/{len(self.data)}")
        handler.send_header("Content-Length", str(len(rest)))
        handler.end_headers()
        try:
            if self.holds and not begin:
                handler.wfile.write(rest[: self.holds])
                self.goes_on.wait(20)
                rest = rest[self.holds :]
            handler.wfile.write(rest)
        except ConnectionError:  # nobody wants it any more
            handler.close_connection = True


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    does = Server(write(tmp_path / "made.h5", RECORDED["layouts"]["crnn"]).read_bytes())
    with serving(does.answer, let_go=does.goes_on.set) as address:
        does.address = f"{address}/crnn_kurapan.h5"
        yield does


Offer = Callable[..., DownloadDialog]


@pytest.fixture
def offer(
    server: Server, open_studio: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> Iterator[Offer]:
    """Opens the dialog over the models, with the server's file in place of the published recognizer."""
    studios: list[Studio] = []
    monkeypatch.setenv("KERAS_OCR_CACHE_DIR", str(tmp_path / "none"))

    def show(**changes: Any) -> DownloadDialog:
        file = replace(CRNN, address=server.address, sha256=hashlib.sha256(server.data).hexdigest())
        offered: tuple[PublishedFile, ...] = (CRAFT, replace(file, **changes))
        monkeypatch.setattr(downloads, "USABLE", offered)
        monkeypatch.setattr(download.look, "__defaults__", (offered,))
        studio = open_studio()
        studios.append(studio)
        studio.window.action_set["models"].trigger()
        (dialog,) = studio.window.findChildren(ModelsDialog)
        click(dialog.published)
        (made,) = dialog.findChildren(DownloadDialog)
        made.list.setCurrentIndex(made.list.model().index(1, 0))
        qtbot.waitUntil(lambda: not studio.lanes.slow.busy)
        return made

    yield show
    for studio in studios:
        qtbot.waitUntil(lambda studio=studio: not studio.busy)  # type: ignore[misc]
        for dialog in studio.window.findChildren(ModelsDialog):
            dialog.reject()


def click(button: QPushButton) -> None:
    assert button.isEnabled()
    assert button.isVisible()
    QTest.mouseClick(button, LEFT)


def models_dialog(dialog: DownloadDialog) -> ModelsDialog:
    parent = dialog.parent()
    assert isinstance(parent, ModelsDialog)
    return parent


def test_what_a_published_network_is_can_be_read_before_it_is_fetched(offer: Offer, server: Server) -> None:
    dialog = offer()
    texts = dialog.facts.texts()
    for fact in ("about 35 MB", "MIT (published with keras-ocr)", server.address, "Recognizer (reads words)"):
        assert fact in texts
    assert any("letters a to z only" in text for text in texts)
    dialog.list.setCurrentIndex(dialog.list.model().index(0, 0))
    assert "about 83 MB" in dialog.facts.texts()
    entry = dialog.list.model().index(0, 0)
    assert entry.data(Qt.ItemDataRole.AccessibleTextRole) == "craft_mlt_25k.h5: Detector (finds text), about 83 MB"
    assert server.asked == []  # nothing is fetched unless somebody asks for it


def test_it_is_fetched_stopped_gone_on_with_and_becomes_a_model(offer: Offer, server: Server, qtbot: QtBot) -> None:
    server.holds = 3_000_000
    dialog = offer()
    above = models_dialog(dialog)
    assert dialog.fetch.text() == "&Download"
    click(dialog.fetch)
    qtbot.waitUntil(lambda: "3 of 35 MB" in dialog.status.text())
    assert dialog.bar.isVisible()
    assert 40 < dialog.bar.value() < 90  # of a thousand
    assert not dialog.have.isEnabled()
    click(dialog.cancel)
    assert "You can resume it later" in dialog.status.text()
    server.goes_on.set()
    qtbot.waitUntil(lambda: dialog.fetch.text() == "&Resume download")
    assert "of about 35 MB downloaded" in dialog.list.currentIndex().data()
    click(dialog.fetch)
    qtbot.waitUntil(lambda: "Imported" in above.status.text())
    assert server.asked[1].startswith("bytes=")
    assert above.status.text() == "Imported “crnn_kurapan”. You can now compare or use it."
    assert above.chosen is not None
    assert above.chosen.name == "crnn_kurapan"
    assert above.use.isEnabled()


def test_a_file_that_is_another_is_refused(offer: Offer, qtbot: QtBot) -> None:
    dialog = offer(sha256="0" * 64)
    click(dialog.fetch)
    qtbot.waitUntil(lambda: "SHA-256 differs" in dialog.status.text())
    assert dialog.status.property("wrong")
    assert "Try again later" in dialog.status.text()
    assert dialog.fetch.isVisible()
    assert [model.name for model in registry.available()] == [registry.available()[0].name]
    assert not list(downloads.folder().glob("*.part"))


def test_without_a_network_it_says_so_and_what_can_be_done(offer: Offer, qtbot: QtBot) -> None:
    dialog = offer(address="http://127.0.0.1:9/crnn_kurapan.h5")
    click(dialog.fetch)
    qtbot.waitUntil(lambda: bool(dialog.status.property("wrong")))
    assert "can’t reach the server: Connection refused" in dialog.status.text()
    assert "or get the file in another way and choose it" in dialog.status.text()


def test_the_file_that_somebody_has_is_taken_in(offer: Offer, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = offer()
    above = models_dialog(dialog)
    click(dialog.have)
    (asked,) = dialog.findChildren(QFileDialog)
    asked.fileSelected.emit(str(tmp_path / "nothing.h5"))
    asked.reject()
    qtbot.waitUntil(lambda: "can’t be read" in dialog.status.text())
    dialog.have.click()
    asked = dialog.findChildren(QFileDialog)[-1]
    asked.fileSelected.emit(str(tmp_path / "made.h5"))
    asked.reject()
    qtbot.waitUntil(lambda: "Imported “made”" in above.status.text())


def test_closed_while_it_comes_it_ends_and_what_has_come_stays(offer: Offer, server: Server, qtbot: QtBot) -> None:
    server.holds = 3_000_000
    dialog = offer()
    click(dialog.fetch)
    qtbot.waitUntil(lambda: "3 of 35 MB" in dialog.status.text())
    above = models_dialog(dialog)
    dialog.reject()
    server.goes_on.set()
    part = downloads.folder() / "crnn_kurapan.h5.part"
    qtbot.waitUntil(lambda: part.stat().st_size >= 2_500_000)  # rounded, 3 MB
    assert not above.status.text()
