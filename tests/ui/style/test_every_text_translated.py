"""Nothing that the window shows is left in English: in a language that marks its texts, all of them bear the marks.

What an action opens is looked at in ``test_every_action``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.core import translation
from ocr_studio.core.editing import edits
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.settings.dialog import SettingsDialog
from tests import marked_language
from tests.ui.learning import begin, correct, press_learn
from tests.ui.studio import Open, leave_dialogs
from tests.ui.texts_in_sight import english


@pytest.fixture(autouse=True)
def marking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with marked_language.spoken(monkeypatch):
        yield
        leave_dialogs()


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    return studio


def test_the_marks_are_looked_for(studio: Studio, qtbot: QtBot) -> None:
    label = QLabel("Left in English", studio.window)
    assert english(studio.window) == ["Left in English"]
    label.setText(translation.tr("Zoom {percent}%", percent="much"))
    assert english(studio.window) == ["⟦Zoom ⟧much⟦%⟧"]
    label.setText(translation.tr("{count} things that no translator knows", count=3))
    assert english(studio.window) == ["3 things that no translator knows"]


def test_without_a_photo(open_studio: Open) -> None:
    assert english(open_studio().window) == []


def test_while_a_word_is_written(studio: Studio) -> None:
    studio.window.view.edit_current()
    assert english(studio.window) == []


def test_in_panels(studio: Studio, qtbot: QtBot) -> None:
    for panel in studio.window.panels:
        panel.open()
        qtbot.waitUntil(lambda: not studio.busy)
        assert english(studio.window) == [], panel.objectName()
        panel.close()


def test_every_page_of_the_settings(studio: Studio) -> None:
    studio.window.action_set["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    for page in ("general", "reading", "keys"):
        dialog.go_to(page)
        assert english(dialog) == [], page


def test_while_all_photos_are_reviewed(studio: Studio, qtbot: QtBot) -> None:
    review = studio.window.review
    studio.window.action_set["review"].trigger()
    qtbot.waitUntil(lambda: review.card.has_card)
    assert english(review) == []
    for _ in range(8):
        qtbot.keyClick(review.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not review.card.has_card)
    assert english(studio.window) == []


def test_what_was_found_and_would_be_replaced(studio: Studio, qtbot: QtBot) -> None:
    studio.autosave.flush()
    studio.window.action_set["replace"].trigger()
    find = studio.window.find_panel
    find.line.setText("ship")
    qtbot.waitUntil(lambda: bool(find.model.hits))
    assert english(find) == []


def test_an_evaluation(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, "w0", "Sheep"))
    with qtbot.waitSignal(studio.evaluator.ended):
        studio.window.action_set["evaluate"].trigger()
    assert english(studio.window) == []


@pytest.mark.parametrize("checked", [3, 6])
def test_learning_from_its_beginning_to_its_end(learning: Studio, qtbot: QtBot, checked: int) -> None:
    correct(learning, checked)
    press_learn(learning, qtbot)
    assert english(learning.window) == []
    if checked == 6:
        begin(learning, qtbot)
        assert english(learning.window) == []


def test_a_photo_that_cannot_be_opened(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    (folder / "board 4.png").write_bytes(b"none")
    with qtbot.waitSignal(studio.opening.refused):
        studio.opening.open_paths([folder / "board 4.png"])
    assert studio.window.messages.texts()
    assert english(studio.window) == []
