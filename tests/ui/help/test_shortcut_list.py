"""All keys are in one list, found by typing, and true of what holds now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help import shortcut_list
from ocr_studio.ui.help.shortcut_list import ShortcutList
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.settings.dialog import SettingsDialog
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.panel_keys import ALWAYS
from tests.ui.studio import Open


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


@pytest.fixture
def sheet(studio: Studio, qtbot: QtBot) -> ShortcutList:
    return _shown(studio, qtbot)


def _shown(studio: Studio, qtbot: QtBot) -> ShortcutList:
    QTest.keyClick(studio.window.view, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    sheet = studio.window.help.sheet
    assert sheet is not None
    qtbot.waitExposed(sheet)
    qtbot.waitUntil(lambda: sheet.full)
    return sheet


def _caps(sheet: ShortcutList) -> set[str]:
    return {each.text() for each in sheet.findChildren(QLabel) if each.property("keycap")}


def test_every_key_is_there_and_what_the_mouse_does(studio: Studio, sheet: ShortcutList) -> None:
    shown = sheet.shown()
    for spec in TABLE:
        assert (spec.name in shown) or not (spec.keys or spec.near), spec.id
    for place in ALWAYS:
        assert {what for _, what in place.rows} <= set(shown)
    for panel in studio.window.panels:
        assert {what for _, what in panel.own_keys} <= set(shown)
    keys = {labels.key(key) for spec in TABLE for key in (*spec.keys, *spec.near)}
    assert keys <= _caps(sheet)


def test_typing_finds_a_key(sheet: ShortcutList) -> None:
    for typed, what in (
        ("merge", "Merge words"),
        ("ctrl+e", "Evaluate"),
        ("evalaute", "Evaluate"),
        ("sideways", "Zoom; with Shift, scroll sideways"),
    ):
        QTest.keyClicks(sheet.line, typed)
        assert what in sheet.shown()
        assert len(sheet.shown()) < 12
        sheet.line.clear()
        assert len(sheet.shown()) > 50


def test_what_no_key_does_leads_to_the_palette(sheet: ShortcutList) -> None:
    sheet.line.setText("xyzzy")
    assert sheet.nothing.isVisible()
    assert "Ctrl+K" in sheet.nothing.text()


def test_it_follows_when_keys_are_changed(studio: Studio, sheet: ShortcutList, qtbot: QtBot) -> None:
    assert "Ctrl+Shift+F12" not in _caps(sheet)
    studio.change_settings(replace(studio.settings, keys={"evaluate": ("Ctrl+Shift+F12",)}))
    sheet.line.setText("evaluate")
    qtbot.waitUntil(lambda: sheet.full)
    assert "Ctrl+Shift+F12" in _caps(sheet)
    assert "Evaluate" in sheet.shown()
    assert len(sheet.shown()) < 12
    found = shortcut_list.sections(studio.window.action_set, studio.window.panels)
    rows = {what: keys for section in found for keys, what in section.rows}
    assert rows["Evaluate"] == ("Ctrl+Shift+F12",)


def test_keys_alone_scroll_it_leave_it_and_lead_to_changing_them(
    studio: Studio, sheet: ShortcutList, qtbot: QtBot
) -> None:
    sheet.resize(600, 400)
    QTest.keyClick(sheet.line, Qt.Key.Key_PageDown)
    assert sheet.area.verticalScrollBar().value() > 0
    QTest.keyClick(sheet.change, Qt.Key.Key_Space)
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    assert dialog.pages.currentWidget() is dialog.keys
    dialog.close()
    QTest.keyClick(sheet.line, Qt.Key.Key_Escape)
    assert studio.window.help.sheet is None
    qtbot.waitUntil(lambda: studio.window.findChild(ShortcutList) is None)
    assert studio.window.isVisible()


@pytest.mark.usefixtures("styled")
def test_descriptions_of_several_lines_are_shown_whole(studio: Studio, qtbot: QtBot) -> None:
    studio.window.resize(700, 560)
    sheet = _shown(studio, qtbot)
    descriptions = [each for each in sheet.findChildren(QLabel) if each.wordWrap() and each.isVisible()]
    assert len(descriptions) > 50
    QApplication.processEvents()
    cut = [each.text() for each in descriptions if each.height() < each.heightForWidth(each.width())]
    assert cut == []
    room = sheet.screen().availableSize()
    assert sheet.height() < room.height()
