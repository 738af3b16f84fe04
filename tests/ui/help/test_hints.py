"""Two hints, each once in a user's life."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.editing import edits
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help.hint_card import HintCard
from ocr_studio.ui.help.hints import LEARNING, TOUR
from tests.ui.made_board import StandInOcrService
from tests.ui.studio import Open


def card(studio: Studio) -> str:
    """The hint in sight, or nothing."""
    hints = studio.window.help.hints
    assert hints is not None
    return hints.card.text.text() if hints.card.isVisible() else ""


def correct(studio: Studio, word: str) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, word, f"{page.words[word].text}x"))


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


def test_a_correction_in_the_text_names_the_keys_of_the_text(studio: Studio, qtbot: QtBot) -> None:
    studio.window.activateWindow()
    QTest.keyClick(studio.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    editor = studio.window.texts.panel.text
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "x")
    editor.finish()
    assert "Enter starts a new line" in card(studio)


def test_the_tenth_correction_offers_to_learn(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    for number in range(8):
        correct(studio, f"w{number}")
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    ids = studio.document.order()
    correct(studio, ids[0])
    assert card(studio) == ""
    correct(studio, ids[1])
    assert "You have corrected 10 words on the photos you opened." in card(studio)
    hints = studio.window.help.hints
    assert hints is not None
    QTest.mouseClick(hints.card.button, Qt.MouseButton.LeftButton)
    assert card(studio) == ""
    assert studio.window.trainer.isVisible()
    qtbot.waitUntil(lambda: not studio.busy)
    assert settings.load().hints_seen == (TOUR, LEARNING)


def test_a_hint_goes_by_itself(studio: Studio, qtbot: QtBot) -> None:
    hints = studio.window.help.hints
    assert hints is not None
    hints.card.show_text("Briefly", key="", stays=0)
    qtbot.waitUntil(lambda: card(studio) == "")
    assert hints.card.isHidden()


def test_they_never_come_back(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png", settings=Settings(hints_seen=(TOUR, LEARNING)))
    for number in range(8):
        correct(studio, f"w{number}")
    assert card(studio) == ""


def test_a_reset_of_the_settings_brings_none_back(studio: Studio) -> None:
    from ocr_studio.ui.settings.dialog import SettingsDialog

    studio.window.action_set["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    for page in ("general", "reading", "keys"):
        dialog.go_to(page)
        dialog._reset()
    dialog.close()
    assert studio.settings.hints_seen == (TOUR,)


def test_a_picture_of_the_window_shows_none(folder: Path, qtbot: QtBot) -> None:
    studio = Studio(Settings(), ocr_service=StandInOcrService(), saves_state=False)
    studio.start([folder / "board 1.png"])
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    assert card(studio) == ""
    assert not settings.settings_file().exists()
    studio.window.close()
    studio.stop()
    studio.window.deleteLater()


@pytest.mark.usefixtures("styled")
def test_it_stays_in_the_photo_when_the_window_is_small(studio: Studio, qtbot: QtBot) -> None:
    hints = studio.window.help.hints
    assert hints is not None
    hints.card.show_text("Briefly", key="")
    for width, height in ((700, 520), (1500, 900)):
        studio.window.resize(width, height)
        qtbot.waitUntil(lambda: studio.window.view.rect().contains(hints.card.geometry()))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.usefixtures("styled")
def test_a_longer_text_in_the_place_of_a_shorter_one_is_seen_whole(qtbot: QtBot, narrow: bool) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(300 if narrow else 900, 600)
    over.show()
    qtbot.waitExposed(over)
    hint = HintCard(over)
    for count in (12, 24, 60, 6):
        hint.show_text("writing " * count, key="Esc")
        assert hint.text.height() >= hint.text.heightForWidth(hint.text.width())
        qtbot.wait(20)
        assert hint.text.height() >= hint.text.heightForWidth(hint.text.width())
