"""The tour: once for new users, and again on request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help.hints import TOUR
from ocr_studio.ui.help.tour import TourBubble
from ocr_studio.ui.style import language as window_language
from tests.ui.made_board import StandInOcrService
from tests.ui.studio import Open


def bubble(studio: Studio) -> TourBubble:
    found = studio.window.findChild(TourBubble)
    assert isinstance(found, TourBubble)
    return found


def shown(studio: Studio) -> bool:
    found = studio.window.findChild(TourBubble)
    return found is not None and found.isVisible()


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


@pytest.fixture
def new(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """A photo read, for somebody who starts the program for the first time."""
    studio = open_studio(folder / "board 1.png", new_user=True)
    qtbot.waitUntil(lambda: shown(studio))
    return studio


def test_it_begins_when_the_first_photo_is_read_and_the_keys_lead_through_it(new: Studio) -> None:
    tour = bubble(new)
    assert settings.load().hints_seen == (TOUR,)
    assert tour.next.hasFocus()
    titles = []
    while shown(new):
        titles.append(tour.title.text())
        assert f"step {len(titles)} of 5: {titles[-1]}" in tour.accessibleName()
        assert tour.text.text() in tour.next.accessibleDescription()
        press(Qt.Key.Key_Return)
    assert len(set(titles)) == 5
    assert new.window.view.hasFocus()
    assert not new.window.action_set["close_hint"].isEnabled()


def test_tab_reaches_skip_and_a_click_takes_no_focus(new: Studio) -> None:
    tour, view = bubble(new), new.window.view
    view.setFocus()
    QTest.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert view.hasFocus()
    tour.next.setFocus()
    QTest.keyClick(tour.next, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert tour.skip.hasFocus()
    press(Qt.Key.Key_Return)
    assert not shown(new)


def test_after_skipping_it_comes_only_on_request(new: Studio, folder: Path, qtbot: QtBot) -> None:
    press(Qt.Key.Key_Escape)
    assert not shown(new)
    assert new.window.view.hasFocus()
    new.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: new.opening.path == folder / "board 2.png" and not new.busy)
    qtbot.wait(20)
    assert not shown(new)
    new.window.action_set["tour"].trigger()
    assert bubble(new).next.hasFocus()
    assert "step 1 of 5" in bubble(new).accessibleName()
    new.window.view.setFocus()
    QTest.keyClick(new.window.view, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    assert not shown(new)


def test_it_names_the_keys_that_the_user_has_chosen(new: Studio) -> None:
    new.change_settings(replace(new.settings, keys={"open": ("Ctrl+J",), "find_everywhere": ()}))
    new.window.action_set["tour"].trigger()
    assert "“Open photo (Ctrl+J)”" in bubble(new).text.text()
    while "Search" not in bubble(new).title.text():
        press(Qt.Key.Key_Return)
    assert "“Find on all photos”" in bubble(new).text.text()


def test_it_does_not_take_the_keys_from_who_types(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(new_user=True)
    studio.reading.stopped.connect(studio.window.word_filter.setFocus)
    studio.opening.open_paths([folder / "board 1.png"])
    qtbot.waitUntil(lambda: shown(studio))
    assert studio.window.word_filter.isAncestorOf(QApplication.focusWidget() or studio.window)


def test_users_who_saw_the_hints_of_earlier_versions_are_not_new(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png", settings=Settings(hints_seen=("correcting",)), new_user=True)
    QApplication.processEvents()
    assert not shown(studio)


def test_it_needs_no_photo(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is studio.window)
    studio.window.action_set["tour"].trigger()
    for _ in range(5):
        assert shown(studio)
        assert studio.window.rect().contains(bubble(studio).geometry())
        press(Qt.Key.Key_Return)
    assert not shown(studio)


def test_a_picture_of_the_window_shows_none(folder: Path, qtbot: QtBot) -> None:
    studio = Studio(Settings(), ocr_service=StandInOcrService(), saves_state=False)
    studio.start([folder / "board 1.png"])
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    QApplication.processEvents()
    assert not shown(studio)
    studio.window.close()
    studio.stop()
    studio.window.deleteLater()


@pytest.fixture
def language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    window_language.use(qapp, request.param)
    yield
    window_language.use(qapp, "en")


@pytest.mark.parametrize("language", ["en", "de", "uk"], indirect=True)
@pytest.mark.usefixtures("styled", "language")
def test_it_covers_nothing_that_it_is_about(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    window = open_studio(folder / "board 1.png").window
    hints = window.help.hints
    assert hints is not None
    for width, height in ((1000, 640), (1280, 720), (1600, 900)):
        window.action_set["tour"].trigger()
        window.resize(width, height)
        while (step := hints.tour.step) is not None:
            qtbot.wait(20)
            tour, about = hints.tour.bubble, step.about()
            assert tour is not None
            assert not about.isEmpty(), step.title
            assert window.rect().contains(tour.geometry()), step.title
            assert not tour.geometry().intersects(about), step.title
            assert tour.text.height() >= tour.text.heightForWidth(tour.text.width())
            assert tour.frame.geometry().contains(about & window.rect())
            tour.next.click()
