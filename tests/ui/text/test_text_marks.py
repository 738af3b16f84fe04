"""Which words of the text need a look, and what their tooltips say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QHelpEvent, QTextCursor
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from ocr_studio.core.page import Word
from ocr_studio.core.settings import Settings
from ocr_studio.ui.text import text_marks
from ocr_studio.ui.words.spell_checker import Spelling
from tests.ui import made_board
from tests.ui.studio import Open


class Doubting:
    """Finds no word in any dictionary."""

    @staticmethod
    def doubts(word: Word) -> list[str]:
        return [word.text]


WORD = Word("w", made_board.quad(0, 0), machine=made_board.reading("qeue", 0.99))


def describe(key: str) -> str:
    return text_marks.describe(WORD, cast("Spelling", Doubting()), key=key)


def test_the_key_for_suggestions_is_named() -> None:
    assert describe("Ctrl+J") == "Not in the dictionary. Press Ctrl+J for suggestions."
    assert describe("") == "Not in the dictionary."


def test_tips_name_the_keys_that_the_user_has_set(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    keys = {"spelling": ("Ctrl+J",), "find_everywhere": ("Ctrl+Alt+F",)}
    studio = open_studio(folder / "board 1.png", settings=Settings(keys=keys))
    window, text = studio.window, studio.window.texts.panel.text
    window.action_set["text_panel"].trigger()
    word = studio.document.word("w7")
    qtbot.waitUntil(lambda: bool(word and window.texts.spelling.spelling.doubts(word)))
    place = QTextCursor(text.document())
    place.setPosition(text.toPlainText().index("eves"))
    here = text.cursorRect(place).center()
    QCoreApplication.sendEvent(text, QHelpEvent(QEvent.Type.ToolTip, here, text.viewport().mapToGlobal(here)))
    assert "Press Ctrl+J for suggestions." in QToolTip.text()
    QToolTip.hideText()
    window.find_panel.bar.begin()
    assert window.find_panel.bar.everywhere.toolTip() == "Find on all photos (Ctrl+Alt+F)"


@pytest.mark.parametrize(("confidence", "doubtful"), [(0.99, False), (0.88, False), (0.85, True), (0.2, True)])
def test_a_word_is_doubtful_where_a_look_costs_less_than_a_missed_error(confidence: float, doubtful: bool) -> None:
    word = Word("w", made_board.quad(0, 0), machine=made_board.reading("word", confidence))
    assert text_marks.is_doubtful(word) is doubtful
    assert word.machine is not None
    assert text_marks.is_doubtful(replace(word, machine=replace(word.machine, confidence=None)))
