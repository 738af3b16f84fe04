"""Keys are changed with the keyboard, hold at once wherever they are shown, and never mean two things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.commands import key_rules
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.help.shortcut_list import sections
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.settings.dialog import SettingsDialog
from ocr_studio.ui.settings.keys_page import KeysPage
from tests.ui.studio import Open

Key, Held = Qt.Key, Qt.KeyboardModifier
BY_ID = {spec.id: spec for spec in TABLE}


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


@pytest.fixture
def page(studio: Studio, qtbot: QtBot) -> KeysPage:
    studio.window.action_set["change_keys"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    qtbot.waitExposed(dialog)
    assert dialog.pages.currentWidget() is dialog.keys
    dialog.activateWindow()
    return dialog.keys


def press(page: KeysPage, action_id: str, key: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    """By keyboard alone: Enter at the action, then its new key."""
    page.choose(action_id)
    page.tree.setFocus()
    QTest.keyClick(page.tree, Key.Key_Return)
    assert QApplication.focusWidget() is page.catcher
    QTest.keyClick(page.catcher, key, held)


def keys(studio: Studio, action_id: str) -> list[str]:
    return [each.toString() for each in studio.window.action_set[action_id].shortcuts()]


def test_a_new_key_holds_at_once_and_after_the_next_start(studio: Studio, page: KeysPage, qtbot: QtBot) -> None:
    press(page, "merge", Key.Key_J)
    assert keys(studio, "merge") == ["J"]
    assert studio.window.action_set["merge"].toolTip().endswith("(J)")
    assert settings.load().keys == {"merge": ("J",)}
    assert QApplication.focusWidget() is page.tree
    page.window().close()
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow)
    document, view = studio.document, studio.window.view
    for key, words in ((Key.Key_M, 8), (Key.Key_J, 7)):
        document.select(document.order()[:2])
        view.setFocus()
        QTest.keyClick(view, key)
        assert document.page is not None
        assert len(document.page.words) == words


def test_the_kept_keys_are_there_from_the_start(open_studio: Open, folder: Path) -> None:
    chosen = Settings(keys={"merge": ("J", "nonsense key"), "delete": (), "of another version": ("X",)})
    studio = open_studio(folder / "board 1.png", settings=chosen)
    assert keys(studio, "merge") == ["J"]
    assert keys(studio, "delete") == []


def test_one_more_key_none_and_reset(studio: Studio, page: KeysPage) -> None:
    page.choose("evaluate")
    QTest.mouseClick(page.add_key, Qt.MouseButton.LeftButton)
    QTest.keyClick(page.catcher, Key.Key_F9)
    assert keys(studio, "evaluate") == ["Ctrl+E", "F9"]
    page.tree.setFocus()
    QTest.keyClick(page.tree, Key.Key_Delete)
    assert keys(studio, "evaluate") == []
    assert not page.no_key.isEnabled()
    QTest.mouseClick(page.reset_one, Qt.MouseButton.LeftButton)
    assert keys(studio, "evaluate") == ["Ctrl+E"]
    assert studio.settings.keys == {}


def test_a_key_that_another_action_has_is_taken_over_only_when_wanted(studio: Studio, page: KeysPage) -> None:
    press(page, "learn", Key.Key_E, Held.ControlModifier)
    assert "Evaluate" in page.status.text()
    assert keys(studio, "evaluate") == ["Ctrl+E"]
    assert QApplication.focusWidget() is page.take_over
    QTest.keyClick(page.take_over, Key.Key_Space)
    assert keys(studio, "learn") == ["Ctrl+E"]
    assert keys(studio, "evaluate") == []
    assert "Evaluate" in page.status.text()
    page.choose("evaluate")
    QTest.mouseClick(page.reset_one, Qt.MouseButton.LeftButton)
    assert keys(studio, "evaluate") == ["Ctrl+E"]
    assert keys(studio, "learn") == []


def test_esc_leaves_it_as_it_is(studio: Studio, page: KeysPage) -> None:
    press(page, "merge", Key.Key_Escape)
    assert keys(studio, "merge") == ["M"]
    assert not page.catcher.isVisible()
    assert page.isVisible()
    assert QApplication.focusWidget() is page.tree


def test_what_is_typed_is_never_taken(studio: Studio, page: KeysPage) -> None:
    for action, key, held in (
        ("evaluate", Key.Key_E, Held.NoModifier),
        ("evaluate", Key.Key_E, Held.ShiftModifier),
        ("evaluate", Key.Key_Return, Held.NoModifier),
        ("evaluate", Key.Key_F, Held.AltModifier),
        ("delete", Key.Key_X, Held.NoModifier),
        ("delete", Key.Key_Space, Held.NoModifier),
        ("merge", Key.Key_Left, Held.NoModifier),
        ("merge", Key.Key_Space, Held.NoModifier),
    ):
        before = keys(studio, action)
        press(page, action, key, held)
        assert keys(studio, action) == before
        assert page.status.property("wrong")
        assert page.catcher.isVisible()  # another can be pressed at once


def test_tab_and_signs_can_be_keys_where_nothing_is_typed(studio: Studio, page: KeysPage) -> None:
    page.choose("next_word")
    QTest.mouseClick(page.no_key, Qt.MouseButton.LeftButton)
    press(page, "merge", Key.Key_Tab)
    assert keys(studio, "merge") == ["Tab"]
    press(page, "merge", Key.Key_Question, Held.ShiftModifier)
    assert keys(studio, "merge") == ["?"]


def test_the_digits_of_the_readings_stay(studio: Studio, page: KeysPage) -> None:
    page.choose("alternative_1")
    assert not page.set_key.isEnabled()
    assert "each digit stands for an alternative" in page.status.text()
    page.tree.setFocus()
    for key in (Key.Key_Return, Key.Key_Delete):
        QTest.keyClick(page.tree, key)
    assert not page.catcher.isVisible()
    assert keys(studio, "alternative_1") == ["1"]
    press(page, "merge", Key.Key_1)
    assert "Alternative 1" in page.status.text()
    assert not page.take_over.isVisible()
    assert keys(studio, "merge") == ["M"]


def test_all_is_reset_by_the_page(studio: Studio, page: KeysPage) -> None:
    press(page, "merge", Key.Key_J)
    dialog = page.window()
    assert isinstance(dialog, SettingsDialog)
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert keys(studio, "merge") == ["M"]
    assert studio.settings.keys == {}


def test_the_same_keys_are_shown_as_in_the_list_of_keys(studio: Studio, page: KeysPage) -> None:
    press(page, "next_photo", Key.Key_F9)
    page.window().close()
    listed = {
        what: keys
        for part in sections(studio.window.action_set, ())
        for keys, what in part.rows
        if part.title == "File"
    }
    for action in ("previous_photo", "next_photo"):
        page.choose(action)
        item = page.tree.currentItem()
        assert item is not None
        assert tuple(item.text(1).split(",  ")) == listed[BY_ID[action].name]
    assert len(listed[BY_ID["next_photo"].name]) == 2


def test_scopes_are_respected() -> None:
    def rivals(action: str, key: str) -> list[str]:
        return [spec.id for spec in key_rules.rivals(BY_ID[action], key, TABLE, {})]

    assert rivals("evaluate", "M") == ["merge"]  # heard in the whole window, so on the photo as well
    assert rivals("delete", "Ctrl+E") == ["evaluate"]
    assert rivals("merge", "PgUp") == ["previous_photo"]
    assert rivals("evaluate", "Ctrl+E") == []


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.id)
def test_the_programs_own_keys_keep_the_rules(spec: ActionSpec[Any]) -> None:
    for key in spec.keys:
        assert key_rules.trouble(spec, key) == "", key
        assert key_rules.rivals(spec, key, TABLE, {}) == [], key
