"""Anything that can be done is done by a few letters and Enter."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.help import help_pages
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help.palette import Palette
from ocr_studio.ui.menus.table import TABLE
from tests.ui.studio import Open, texts

Key = Qt.Key


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


def opened(studio: Studio, typed: str = "") -> Palette:
    """By its key, as a person does."""
    if studio.window.help.palette is None or not studio.window.help.palette.isVisible():
        QTest.keyClick(QApplication.focusWidget() or studio.window, Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = studio.window.help.palette
    assert palette is not None
    assert palette.isVisible()
    assert QApplication.focusWidget() is palette.line
    QTest.keyClicks(palette.line, typed)
    return palette


def test_it_lists_every_action_setting_help_page_and_recent_photo(studio: Studio, folder: Path) -> None:
    palette = opened(studio)
    ids = {found.entry.id for found in palette.model.found}
    assert ids >= {f"action:{spec.id}" for spec in TABLE if spec.id != "palette"}
    assert f"photo:{folder / 'board 1.png'}" in ids
    assert {f"folder:{folder}", "setting:Theme", "setting:Theme:Dark"} <= ids
    assert ids >= {f"help:{topic}" for topic in help_pages.TOPICS}
    assert any(each.startswith("setting:Recognizer (reads words):") for each in ids)


def test_a_few_letters_and_enter_do_it(studio: Studio, qtbot: QtBot) -> None:
    studio.document.select(studio.document.order()[:2])
    palette = opened(studio, "merg")
    assert palette.titles()[0] == "Merge words"
    QTest.keyClick(palette.line, Key.Key_Return)
    assert not palette.isVisible()
    assert texts(studio)[0] == "Ship the"
    assert studio.window.view.hasFocus()


def test_initials_and_slips_find_it(studio: Studio) -> None:
    for typed, first in (("fit", "Fit to window"), ("cawotp", "Confirm all words"), ("slect all", "Select all")):
        palette = opened(studio, typed)
        assert palette.titles()[0].startswith(first)
        palette.line.clear()


def test_what_cannot_be_done_says_why_and_is_not_done(studio: Studio) -> None:
    palette = opened(studio, "merge words")
    entry = palette.model.found[0].entry
    assert entry.why
    assert palette.status.text() == entry.why
    QTest.keyClick(palette.line, Key.Key_Return)
    assert palette.isVisible()
    assert len(texts(studio)) == 8


def test_each_action_that_is_not_offered_says_why(open_studio: Open) -> None:
    studio = open_studio()
    studio.window.action_set["palette"].trigger()
    palette = studio.window.help.palette
    assert palette is not None
    shown = {found.entry.id: found.entry.why for found in palette.model.found}
    for spec in TABLE:
        if spec.id != "palette":
            offered = studio.window.action_set[spec.id].isEnabled()
            assert bool(shown[f"action:{spec.id}"]) != offered, spec.id
    assert shown["action:read_page"] == "Open a photo first."
    assert "This command is not available now." not in shown.values()


def test_what_was_used_last_is_first_also_after_a_restart(studio: Studio, open_studio: Open, folder: Path) -> None:
    for typed in ("show texts", "fit"):
        QTest.keyClick(opened(studio, typed).line, Key.Key_Return)
    assert opened(studio).titles()[:2] == ["Fit to window", "Show texts"]
    other = open_studio(folder / "board 2.png")
    other.window.action_set["palette"].trigger()
    palette = other.window.help.palette
    assert palette is not None
    assert palette.titles()[:2] == ["Fit to window", "Show texts"]


def test_its_keys_move_through_the_list_and_leave(studio: Studio) -> None:
    palette = opened(studio)
    count = palette.model.rowCount()
    for key, row in (
        (Key.Key_Down, 1),
        (Key.Key_Up, 0),
        (Key.Key_Up, count - 1),
        (Key.Key_Down, 0),
        (Key.Key_PageDown, 10),
    ):
        QTest.keyClick(palette.line, key)
        assert palette.list.currentIndex().row() == row
    QTest.keyClick(palette.line, Key.Key_Tab)
    assert QApplication.focusWidget() is palette.line
    QTest.keyClick(palette.line, Key.Key_Escape)
    assert not palette.isVisible()
    assert studio.window.view.hasFocus()


def test_a_second_press_of_its_key_takes_it_away(studio: Studio) -> None:
    palette = opened(studio)
    QTest.keyClick(palette.line, Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert not palette.isVisible()


def test_a_word_that_is_being_written_stays_open(studio: Studio) -> None:
    view = studio.window.view
    studio.document.select([studio.document.order()[0]])
    view.edit_current()
    QTest.keyClicks(view.editing.panel.editor, "half")
    palette = opened(studio)
    QTest.keyClick(palette.line, Key.Key_Escape)
    assert view.editing.word_id is not None
    assert view.editing.panel.editor.text() == "half"
    assert view.editing.panel.editor.hasFocus()


def test_a_click_elsewhere_takes_it_away(studio: Studio) -> None:
    palette = opened(studio)
    studio.window.table.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not palette.isVisible()
    assert studio.window.table.hasFocus()


def test_a_recent_photo_is_opened(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    palette = opened(studio, "board 1")
    assert palette.titles()[0] == "board 1.png"
    QTest.mouseClick(
        palette.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=palette.list.visualRect(palette.model.index(0, 0)).center(),
    )
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)


def test_it_says_what_is_heard_and_looks_the_same_in_a_small_window(studio: Studio) -> None:
    palette = opened(studio, "merge words")
    heard = palette.model.data(palette.model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert heard.startswith("Merge words, Boxes, M, ")
    studio.window.resize(QSize(700, 500))
    QApplication.processEvents()
    assert studio.window.rect().contains(palette.geometry())
    assert palette.list.viewport().grab().size().width() > 100


def test_changed_keys_are_shown(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png", settings=Settings(keys={"merge": ("J",)}))
    assert opened(studio, "merge words").model.found[0].entry.key == "J"
