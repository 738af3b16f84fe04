"""The review queue as a person sits before it: opened by its key, gone through by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.page import Word
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.review.panel import ReviewPanel
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """Three photos read, the third one open: 24 words that nobody has checked."""
    studio = open_studio(folder / "board 1.png")
    for name in ("board 2.png", "board 3.png"):
        studio.opening.open_paths([folder / name])
        qtbot.waitUntil(lambda name=name: studio.opening.path == folder / name and not studio.busy)  # type: ignore[misc]
    return studio


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ReviewPanel:
    """The queue, photo by photo, opened by its key; the first card is there."""
    return begin(studio, qtbot)


def begin(studio: Studio, qtbot: QtBot) -> ReviewPanel:
    """Open the queue, photo by photo, by its key, and wait for the first card."""
    panel = studio.window.review
    panel.reviewing.order = QueueOrder.PAGE
    studio.window.activateWindow()
    studio.window.view.setFocus()
    QTest.keyClick(studio.window.view, Qt.Key.Key_F6)
    # Its cards come before all photos are counted.
    qtbot.waitUntil(lambda: panel.card.has_card and has_keys(panel) and not studio.lanes.files.busy)
    return panel


def has_keys(panel: ReviewPanel) -> bool:
    """Whether what is typed goes into the queue's line."""
    return QApplication.focusWidget() is panel.line


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Into whatever has the keys, as a person does."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, held)


def type_in(text: str) -> None:
    """Letters, into whatever has the keys."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def word_at(studio: Studio, place: tuple[str, str]) -> Word:
    """The word with this page id and word id, as it is now."""
    page = studio.document.history.page(place[0])
    assert page is not None
    return page.words[place[1]]


def here(panel: ReviewPanel) -> tuple[str, str]:
    """Page id and word id of the word on the card."""
    session = panel.reviewing.session
    assert session is not None
    assert session.current is not None
    return session.current.key


def said(panel: ReviewPanel) -> str:
    """Which word of how many the panel says that this is."""
    return " ".join(panel.status.text().split()[:4])
