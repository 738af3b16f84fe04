"""What happens meanwhile in the review queue: more words come, a person looks elsewhere, the window changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.page import Word
from ocr_studio.core.review_queue import Order
from ocr_studio.ui.app import Studio
from ocr_studio.ui.review_panel import ReviewPanel
from tests.ui import made_board
from tests.ui.studio import Open

KEY, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


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
    panel = studio.window.parts.review
    panel.reviewing.order = Order.PAGE
    studio.window.activateWindow()
    studio.window.view.setFocus()
    QTest.keyClick(studio.window.view, KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.card.has_card and _has_keys(panel))
    return panel


def _has_keys(panel: ReviewPanel) -> bool:
    return QApplication.focusWidget() is panel.line


def _press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Into whatever has the keys, as a person does."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, held)


def _type(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def _word(studio: Studio, place: tuple[str, str]) -> Word:
    page = studio.document.history.page(place[0])
    assert page is not None
    return page.words[place[1]]


def _here(panel: ReviewPanel) -> tuple[str, str]:
    sitting = panel.reviewing.sitting
    assert sitting is not None
    assert sitting.current is not None
    return sitting.current.key


def _said(panel: ReviewPanel) -> str:
    return " ".join(panel.said.text().split()[:4])


# ------------------------------------------------------------------------------------------- words that come meanwhile


def _read_more(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    """Two more photos are read, of eight words each."""
    for number in (4, 5):
        photo = made_board.write_photo(folder / f"board {number}.png", number)
        studio.opening.open_paths([photo])
        qtbot.waitUntil(lambda photo=photo: studio.opening.path == photo and not studio.busy)  # type: ignore[misc]
    studio.autosave.flush()


def test_words_that_came_since_are_taken_in_when_it_is_entered_again(
    panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    _press(KEY.Key_Return)
    place = _here(panel)
    _press(KEY.Key_Escape)
    _read_more(studio, folder, qtbot)
    studio.window.view.setFocus()
    _press(KEY.Key_F6)
    qtbot.waitUntil(lambda: _said(panel) == "Word 2 of 40")
    assert _here(panel) == place
    assert "16 more words came" in panel.keys.text()
    for _ in range(39):
        _press(KEY.Key_Return)
    qtbot.waitUntil(lambda: "you have gone through 40 words" in panel.card.text)


def test_words_that_came_since_are_gone_on_with_at_the_end(
    panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    _read_more(studio, folder, qtbot)
    panel.line.setFocus()
    for _ in range(24):
        _press(KEY.Key_Return)
    qtbot.waitUntil(lambda: "16 more words came meanwhile" in panel.card.text)
    assert "you have gone through 24 words" in panel.card.text
    assert "passed by" not in panel.card.text
    _press(KEY.Key_Return)
    assert panel.isVisible()
    assert _said(panel) == "Word 25 of 40"
    for _ in range(16):
        _press(KEY.Key_Return)
    qtbot.waitUntil(lambda: not studio.busy)
    assert "you have gone through 40 words" in panel.card.text
    _press(KEY.Key_Return)
    assert not panel.isVisible()


# ------------------------------------------------------------------------------------------------ what is being typed


def test_what_is_typed_stays_with_its_word_while_a_person_looks_elsewhere(
    panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    _press(KEY.Key_Return)
    place = _here(panel)
    _type("quickly")
    _press(KEY.Key_F5)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and studio.document.current == place[1])
    _press(KEY.Key_F6)
    assert (_here(panel), panel.line.text()) == (place, "quickly")
    _press(KEY.Key_Return, SHIFT)
    assert panel.line.text() == "Ship"
    _press(KEY.Key_Return)
    assert (_here(panel), panel.line.text()) == (place, "quickly")
    _type("2")  # it is text as before
    _press(KEY.Key_Return)
    assert _word(studio, place).text == "quickly2"
    _press(KEY.Key_Z, CONTROL)
    assert (_here(panel), panel.line.text()) == (place, "the")


def test_what_was_typed_before_is_dropped_by_a_person_only(panel: ReviewPanel) -> None:
    place = _here(panel)
    for drops in ((KEY.Key_Escape,), (KEY.Key_Z, CONTROL)):
        _type("x")
        panel.reviewing.go_on_with()
        assert (_here(panel), panel.line.text()) == (place, "x")
        _press(*drops)
        panel.reviewing.go_on_with()
        assert (_here(panel), panel.line.text()) == (place, "Ship")


def test_what_was_typed_is_kept_when_the_window_is_closed(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    first = _here(panel)
    _press(KEY.Key_Return)
    second = _here(panel)
    _type("quickly")
    _press(KEY.Key_Return, SHIFT)
    _type("slow")
    project = studio.opening.project
    assert project is not None
    studio.window.action_set["quit"].trigger()
    qtbot.waitUntil(lambda: not studio.window.isVisible())
    page = project.load_page(first[0])
    assert page is not None
    assert (page.words[first[1]].text, page.words[second[1]].text) == ("slow", "quickly")


# ------------------------------------------------------------------------------------------------ the picture of a word


def test_the_picture_has_its_height_again_when_the_window_has(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.resize(1200, 560)
    panel = window.parts.review
    panel.begin(Order.PAGE)
    qtbot.waitUntil(lambda: panel.card.has_card)
    window.resize(1200, 850)
    qtbot.waitUntil(lambda: panel.card.height() >= 200)


def test_who_drags_the_edge_of_the_panel_has_it_so_high(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.resize(1200, 850)
    panel = window.parts.review
    panel.begin(Order.PAGE)
    qtbot.waitUntil(lambda: panel.card.height() >= 200)
    qtbot.wait(50)
    handle, left = window.windowHandle(), Qt.MouseButton.LeftButton
    edge = QPoint(600, panel.geometry().top() - 1)
    QTest.mousePress(handle, left, pos=edge)
    QTest.mouseMove(handle, edge + QPoint(0, 60))
    QTest.mouseMove(handle, edge + QPoint(0, 90))
    QTest.mouseRelease(handle, left, pos=edge + QPoint(0, 90))
    qtbot.waitUntil(lambda: panel.card.height() < 150)
    high = panel.height()
    panel.close()
    panel.begin()
    window.resize(1200, 860)
    qtbot.wait(50)
    assert panel.height() == high


def test_a_word_that_is_upside_down_is_turned(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    place = _here(panel)
    quad = _word(studio, place).quad
    _type("quick")
    _press(KEY.Key_F10)
    assert _word(studio, place).quad.corners == (*quad.corners[2:], *quad.corners[:2])
    assert (_here(panel), panel.line.text()) == (place, "quick")
    qtbot.waitUntil(lambda: panel.card.has_card)
    _press(KEY.Key_F10)
    assert _word(studio, place).quad == quad
