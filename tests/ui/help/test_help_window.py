"""F1 shows the help page of what has the focus; pages are found by words, and lead to each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from ocr_studio.core.help import help_pages
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help.help_window import HelpWindow
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


def shown(studio: Studio) -> HelpWindow:
    pages = studio.window.help.help_window
    assert pages is not None
    assert pages.isVisible()
    return pages


def press_f1() -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_F1)


def test_f1_opens_the_page_of_what_has_the_focus(studio: Studio) -> None:
    window = studio.window
    window.activateWindow()
    window.view.setFocus()
    press_f1()
    assert shown(studio).topic == "editing"
    shown(studio).close()
    window.action_set["review"].trigger()
    window.activateWindow()
    window.review.line.setFocus()
    press_f1()
    assert shown(studio).topic == "review"


def test_in_a_dialog_it_opens_the_page_of_the_dialog(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["settings"].trigger()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), QDialog))
    press_f1()
    assert shown(studio).topic == "settings"


def test_searching_lists_the_pages_that_have_the_words(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["help"].trigger()
    pages = shown(studio)
    QTest.keyClicks(pages.line, "reverse proxy of nothing")
    assert pages.list.count() == 0
    assert not pages.nothing.isHidden()
    pages.line.clear()
    assert pages.list.count() == len(help_pages.TOPICS)
    QTest.keyClicks(pages.line, "learning rate")
    titles = [pages.list.item(row).text() for row in range(pages.list.count())]
    assert titles == [match.page.title for match in help_pages.search_pages("learning rate")]
    qtbot.waitUntil(lambda: pages.topic == help_pages.search_pages("learning rate")[0].page.topic)
    QTest.keyClick(pages.line, Qt.Key.Key_Escape)
    assert not pages.isVisible()


def test_links_lead_to_pages_and_back_and_nowhere_else(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["help"].trigger()
    pages = shown(studio)
    pages.page.show_topic("training")
    pages.page.setSource(QUrl("models.md"))
    assert pages.topic == "models"
    qtbot.waitUntil(pages.isActiveWindow)
    QTest.keyClick(pages.line, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: pages.topic == "training")
    pages.forward.click()
    assert pages.topic == "models"
    pages.back.click()
    text = pages.page.toPlainText()
    assert help_pages.find_page("training").title in text
    for place in ("file:///etc/passwd", "https://example.org/models.md", "../../README.md"):
        assert pages.page.loadResource(QTextDocument.ResourceType.MarkdownResource.value, QUrl(place)) is None


def test_it_closes_with_the_window(studio: Studio) -> None:
    studio.window.action_set["help"].trigger()
    assert shown(studio).isVisible()
    studio.window.close()
    assert studio.window.help.help_window is None
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, HelpWindow) and each.isVisible()]
