"""The desktop's own screenshots, asked for where programs see no screen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from ocr_studio.core.settings import Settings
from ocr_studio.ui.capture import screen_reading
from ocr_studio.ui.capture.screenshot_portal import ScreenshotPortal
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="there is no bus of its own to run the desktop on")
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (["0", "file:///tmp/a%20b.png"], "taken /tmp/a b.png"),
        (["1"], "cancelled"),
        (["2"], "refused"),
        (["-1"], "refused"),  # there is no portal
        (["9"], "refused"),  # it ends while it asks the user
    ],
)
def test_what_the_desktop_answers(answer: list[str], said: str) -> None:
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.ui.capture.portal_desktop", *answer]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
    assert ran.stdout.strip() == said, ran.stderr


def test_the_picture_is_opened(
    open_studio: Open, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, tmp_path: Path
) -> None:
    monkeypatch.setattr(screen_reading, "HIDE_WINDOWS", 0)
    monkeypatch.setattr(screen_reading, "grab_screen", lambda _: QPixmap())
    shot = made_board.write_photo(tmp_path / "shot.png")
    monkeypatch.setattr(ScreenshotPortal, "ask", lambda portal: portal.taken.emit(shot))
    studio = open_studio(settings=Settings(read_when_opened=False), reader=StandInReader())
    studio.window.action_set["read_screen"].trigger()
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    assert studio.window.isVisible()
    page = studio.document.page
    assert page is not None
    assert page.image.startswith("Screen ")


def test_nothing_happens_if_the_user_takes_none(
    open_studio: Open, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(screen_reading, "HIDE_WINDOWS", 0)
    monkeypatch.setattr(screen_reading, "grab_screen", lambda _: QPixmap())
    monkeypatch.setattr(ScreenshotPortal, "ask", lambda portal: portal.cancelled.emit())
    studio = open_studio()
    studio.window.action_set["read_screen"].trigger()
    assert not studio.window.isVisible()
    qtbot.waitUntil(studio.window.isVisible)
    assert studio.window.messages.texts() == []
