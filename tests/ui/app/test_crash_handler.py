"""A bug of the program itself: all is saved, it is said once, and there is something to send to who mends it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

import ocr_studio
from ocr_studio.core.editing import edits
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.app.crash_handler import BugCatcher
from ocr_studio.ui.document.open_photos import SAVE_SECONDS
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Iterator[Studio]:
    """With the catcher in place, as ``app.run`` puts it."""
    studio = open_studio(folder / "board 1.png")
    catcher = BugCatcher(lambda: studio.autosave.flush(SAVE_SECONDS), studio.bug.emit)
    catcher.install()
    yield studio
    catcher.remove()


@pytest.mark.usefixtures("caplog")
def test_it_saves_then_tells_with_details_to_copy(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, "w0", "corrected just now"))

    def stumble() -> None:
        try:
            raise KeyError("no such thing")
        except KeyError as error:
            sys.excepthook(type(error), error, error.__traceback__)

    for _ in range(2):
        QTimer.singleShot(0, stumble)
    messages = studio.window.messages
    qtbot.waitUntil(lambda: bool(messages.texts()))
    QTest.qWait(20)
    assert len(messages.texts()) == 1
    assert "your work is saved" in messages.texts()[0]
    assert studio.opening.project is not None
    kept = studio.opening.project.load_page(page.id)
    assert kept is not None
    assert kept.words["w0"].text == "corrected just now"
    copy = next(each for each in messages.findChildren(QToolButton) if each.accessibleName() == "Copy details")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    details = QGuiApplication.clipboard().text()
    for part in (ocr_studio.__version__, "Python", "KeyError: 'no such thing'", "stumble", "log"):
        assert part in details
    assert "corrected just now" not in details
