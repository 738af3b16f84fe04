"""A region of the screen is picked with the mouse, and opened as a photo."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap, QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from ocr_studio.core.images import photo_file
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.capture import screen_reading
from ocr_studio.ui.capture.region_picker import RegionPicker
from ocr_studio.ui.widgets import image_convert
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open

LEFT = Qt.MouseButton.LeftButton
KEYS = Qt.Key


@pytest.fixture
def studio(open_studio: Open, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """The screen, of twice as many pixels, shows a board in its top left corner, at 40, 60."""
    monkeypatch.setattr(screen_reading, "HIDE_WINDOWS", 0)

    def grab(screen: QScreen) -> QPixmap:
        size = screen.geometry().size() * 2
        image = np.full((size.height(), size.width(), 3), 90, np.uint8)
        image[120 : 120 + 240, 80 : 80 + 480] = made_board.photo()
        picture = image_convert.pixmap(image)
        picture.setDevicePixelRatio(2)
        return picture

    monkeypatch.setattr(screen_reading, "grab_screen", grab)
    return open_studio(settings=Settings(read_when_opened=False), reader=StandInReader())


def pick(studio: Studio, qtbot: QtBot) -> RegionPicker:
    studio.window.action_set["read_screen"].trigger()
    assert not studio.window.isVisible()
    qtbot.waitUntil(lambda: bool(_pickers()))
    (picker,) = _pickers()
    return picker


def _pickers() -> list[RegionPicker]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, RegionPicker) and each.isVisible()]


def test_what_is_dragged_around_is_opened(studio: Studio, qtbot: QtBot) -> None:
    picker = pick(studio, qtbot)
    QTest.mousePress(picker, LEFT, pos=QPoint(280, 180))
    QTest.mouseMove(picker, QPoint(40, 60))
    QTest.mouseRelease(picker, LEFT, pos=QPoint(40, 60))
    qtbot.waitUntil(lambda: studio.opening.path is not None and not studio.busy)
    path = studio.opening.path
    assert path is not None
    assert path.parent == Settings().library() / "Screen"
    assert np.array_equal(photo_file.open_photo(path), made_board.photo())
    assert studio.window.isVisible()
    assert _pickers() == []


def test_a_click_is_no_region_and_enter_takes_the_whole_screen(studio: Studio, qtbot: QtBot) -> None:
    picker = pick(studio, qtbot)
    QTest.mouseClick(picker, LEFT, pos=QPoint(100, 100))
    assert _pickers() == [picker]
    QTest.keyClick(picker, KEYS.Key_Return)
    qtbot.waitUntil(lambda: studio.opening.path is not None and not studio.busy)
    page = studio.document.page
    size = studio.window.screen().geometry().size() * 2
    assert page is not None
    assert (page.width, page.height) == (size.width(), size.height())


def test_escape_and_the_right_button_cancel(studio: Studio, qtbot: QtBot) -> None:
    QTest.keyClick(pick(studio, qtbot), KEYS.Key_Escape)
    assert studio.window.isVisible()
    QTest.mouseClick(pick(studio, qtbot), Qt.MouseButton.RightButton)
    assert studio.window.isVisible()
    assert _pickers() == []
    assert studio.opening.path is None


def test_a_tooltip_that_goes_meanwhile_stops_nothing(studio: Studio, qtbot: QtBot) -> None:
    QToolTip.showText(QPoint(10, 10), "a tip", studio.window)
    picker = pick(studio, qtbot)
    QToolTip.hideText()
    QTest.keyClick(picker, KEYS.Key_Escape)
    assert studio.window.isVisible()
    assert _pickers() == []


def test_a_desktop_that_shows_no_screen_says_what_to_do(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_reading, "grab_screen", lambda _: QPixmap())
    studio.window.action_set["read_screen"].trigger()
    bar = studio.window.messages
    qtbot.waitUntil(lambda: any("doesn’t let OCR Studio see the screen" in each for each in bar.texts()))
    assert studio.window.isVisible()
