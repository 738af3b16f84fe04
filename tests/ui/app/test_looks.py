"""Theme, messages, pictures, the window's place, bugs and screenshots."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.cli import main as cli
from ocr_studio.core.formats import marked_pictures
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.images import photo_file
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app import window_state
from ocr_studio.ui.app.crash_handler import BugCatcher
from ocr_studio.ui.app.screenshot import Screenshot
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.style import box_colours, theme
from ocr_studio.ui.style.style_sheet import Colours
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity
from tests import drawn
from tests.ui import made_board
from tests.ui.contrast import contrast
from tests.ui.studio import Open


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    return qapp


def test_dark_is_dark_even_where_the_system_takes_no_notice(app: QApplication) -> None:
    for chosen, dark in (("dark", True), ("light", False), ("dark", True), ("system", theme.wanted_dark("system"))):
        theme.use(app, chosen)
        assert theme.is_dark() is dark
        assert theme.colours() is (theme.DARK if dark else theme.LIGHT)
    theme.use(app, "light")


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_text_stands_out_from_what_it_is_on(colours: Colours) -> None:
    for text in (colours.text, colours.quiet, colours.warning, colours.error):
        for ground in (colours.window, colours.surface, colours.base, colours.hover):
            assert contrast(QColor(text), QColor(ground)) >= 4.5, (text, ground)
    assert contrast(QColor(colours.text), QColor(colours.selection)) >= 4.5
    assert contrast(QColor(colours.on_accent), QColor(colours.accent)) >= 4.5


@pytest.mark.parametrize("colours", [theme.LIGHT_CONTRAST, theme.DARK_CONTRAST])
def test_high_contrast_is_high(colours: Colours) -> None:
    grounds = (colours.window, colours.surface, colours.base, colours.hover)
    for text in (colours.text, colours.quiet, colours.accent, colours.info, colours.warning, colours.error):
        for ground in grounds:
            assert contrast(QColor(text), QColor(ground)) >= 7, (text, ground)
    for text, ground in (
        (colours.text, colours.selection), (colours.quiet, colours.selection), (colours.on_accent, colours.accent),
        (colours.line, colours.canvas), *((colours.line, ground) for ground in grounds),
    ):  # fmt: skip
        assert contrast(QColor(text), QColor(ground)) >= 7, (text, ground)
    for ground in grounds[:3]:
        assert contrast(QColor(colours.disabled), QColor(ground)) >= 4.5


def test_high_contrast_of_the_system_is_followed(
    app: QApplication, open_studio: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(settings=Settings(theme="light"))
    theme.use(app, "light")
    assert theme.colours() is theme.LIGHT
    monkeypatch.setattr(theme, "wants_contrast", lambda: True)
    studio.follow_system()
    assert theme.colours() is theme.LIGHT_CONTRAST
    assert box_colours.current().board == QColor(theme.LIGHT_CONTRAST.canvas)
    studio.change_settings(Settings(theme="dark"))
    assert theme.colours() is theme.DARK_CONTRAST
    monkeypatch.setattr(theme, "wants_contrast", lambda: False)
    studio.follow_system()
    assert theme.colours() is theme.DARK
    studio.change_settings(Settings(theme="light"))


def test_pictures_keep_their_pixels_there_and_back() -> None:
    photo = np.random.default_rng(1).integers(0, 255, (7, 13, 3), np.uint8)  # rows that Qt pads
    assert np.array_equal(image_convert.array(image_convert.image(photo)), photo)
    assert np.array_equal(image_convert.array(image_convert.image(photo[:, ::-1])), photo[:, ::-1])


def test_what_is_transparent_lies_on_white() -> None:
    picture = QImage(3, 2, QImage.Format.Format_ARGB32)
    picture.fill(QColor(0, 0, 0, 0))
    assert (image_convert.array(picture) == 255).all()


def test_messages_are_never_said_twice_and_never_fill_the_window(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message("one")
    bar.show_message("one")
    assert bar.texts() == ["one"]
    for text in ("two", "three", "four"):
        bar.show_message(text, Severity.WARNING)
    assert bar.texts() == ["two", "three", "four"]
    bar.show_message("still full", key="disk")
    bar.show_message("full again", key="disk")
    assert bar.texts() == ["three", "four", "full again"]
    bar.withdraw("disk")
    bar.withdraw("disk")
    assert bar.texts() == ["three", "four"]


def test_details_are_shown_when_asked_for(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message("broken <b>", details="Traceback: line 1")
    details = bar.findChild(QPlainTextEdit)
    assert details is not None
    assert not details.isVisible()
    button = next(each for each in bar.findChildren(QToolButton) if each.text() == "Details")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert details.isVisible()
    assert details.toPlainText() == "Traceback: line 1"
    label = next(each for each in bar.findChildren(QLabel) if each.text())
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_the_window_comes_back_where_it_was(qtbot: QtBot) -> None:
    window, other = QMainWindow(), QMainWindow()
    for each in (window, other):
        qtbot.addWidget(each)
    assert window_state.restore(window) == {}
    window.resize(431, 322)
    window_state.save(window_state.describe(window, {"layout": {"task": "review"}}))
    assert window_state.restore(other) == {"layout": {"task": "review"}}
    assert (other.width(), other.height()) == (431, 322)


def test_a_place_kept_by_an_earlier_version_is_used_without_its_docks(qtbot: QtBot, studio_home: Path) -> None:
    window, other = QMainWindow(), QMainWindow()
    for each in (window, other):
        qtbot.addWidget(each)
    window.resize(431, 322)
    path = studio_home / "state" / "window.json"
    path.parent.mkdir(parents=True)
    place = window.saveGeometry().toBase64().toStdString()
    path.write_text(f'{{"place": "{place}", "docks": "{window.saveState(2).toBase64().toStdString()}"}}')
    assert window_state.restore(other) == {}
    assert (other.width(), other.height()) == (431, 322)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"place": "%%", "layout": 3}'])
def test_a_damaged_place_is_only_logged(
    qtbot: QtBot, studio_home: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = studio_home / "state" / "window.json"
    path.parent.mkdir(parents=True)
    path.write_text(damage)
    window = QMainWindow()
    qtbot.addWidget(window)
    assert window_state.restore(window) == {}
    assert "window" in caplog.text


@pytest.mark.parametrize("well", [True, False])
def test_a_bug_is_logged_saved_and_told_once(caplog: pytest.LogCaptureFixture, well: bool) -> None:
    saved: list[int] = []
    told: list[Trouble] = []
    before = sys.excepthook

    def save() -> bool:
        saved.append(1)
        return well

    catcher = BugCatcher(save, told.append)
    catcher.install()
    try:
        for _ in range(3):
            try:
                raise ZeroDivisionError("by nought")
            except ZeroDivisionError:
                sys.excepthook(*sys.exc_info())
    finally:
        catcher.remove()
    assert sys.excepthook is before
    assert len(saved) == len(told) == 1
    assert "by nought" in told[0].message
    assert ("your work is saved" in told[0].message) is well
    assert ("could not be saved" in told[0].message) is not well
    assert "Traceback" in told[0].details
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


def test_a_screenshot_waits_until_the_window_is_ready(qtbot: QtBot, tmp_path: Path) -> None:
    window = QLabel("ready")
    qtbot.addWidget(window)
    window.setFixedSize(200, 100)
    window.show()
    ready: list[bool] = []
    taker = Screenshot(window, OutputFile(tmp_path / "shot.png"), ready=lambda: bool(ready))
    qtbot.wait(300)
    assert not (tmp_path / "shot.png").exists()
    ready.append(True)
    qtbot.waitUntil(lambda: taker.trouble is None)
    assert photo_file.open_photo(tmp_path / "shot.png").shape[:2] == (100, 200)


def test_a_screenshot_replaces_an_earlier_one_and_no_photo(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shot.png").write_bytes(marked_pictures.encode_marked(drawn.board()))
    photo_file.save_png(photo := tmp_path / "board.png", drawn.board())
    before, window = photo.read_bytes(), QLabel("ready")
    qtbot.addWidget(window)
    window.show()
    taker = Screenshot(window, OutputFile(tmp_path / "shot.png"), ready=lambda: True)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert taker.trouble is None
    assert photo_file.open_photo(tmp_path / "shot.png").shape != drawn.board().shape
    for more in ([], ["--overwrite"]):
        assert cli.run([str(photo), "--screenshot", str(photo), *more]) == 1
        assert "board.png: this file is the photo itself" in capsys.readouterr().err
    assert photo.read_bytes() == before


def test_a_screenshot_that_cannot_be_written_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    window = QLabel("ready")
    qtbot.addWidget(window)
    window.show()
    taker = Screenshot(window, OutputFile(tmp_path / "nowhere" / "shot.png"), ready=lambda: True)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert "shot.png" in str(taker.trouble)


def test_drawn_boards_show_their_words() -> None:
    photo = made_board.photo()
    for row in range(2):
        for column in range(4):
            x0, y0, x1, y1 = map(int, made_board.quad(row, column).bounds())
            assert (photo[y0:y1, x0:x1] < 128).any()
