"""Settings are found by words, and put back a page at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QFormLayout, QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.core import resources, translation
from ocr_studio.core.help import help_pages
from ocr_studio.core.settings import DetectionOptions, Settings
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.settings.dialog import SettingsDialog
from tests.ui.widgets.test_dialogs import Chosen, settings_dialog

Key = Qt.Key


@pytest.fixture
def chosen() -> Chosen:
    return Chosen(
        Settings(
            theme="light",
            go_on=False,
            unit="lines",
            detection=DetectionOptions(space_width=1.0),
            keys={"merge": ("J",)},
        )
    )


@pytest.fixture
def dialog(qtbot: QtBot, chosen: Chosen) -> SettingsDialog:
    made = settings_dialog(chosen)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def _marked(dialog: SettingsDialog) -> list[str]:
    """What is coloured on the page in sight."""
    page = dialog.pages.currentWidget()
    labels, boxes = page.findChildren(QLabel), page.findChildren(QCheckBox)
    marked = [each.text() for each in labels if each.property("found")]
    marked += [each.text() for each in boxes if each.property("found")]
    return [text.replace("&", "") for text in marked]


@pytest.mark.parametrize(
    ("typed", "page", "found"),
    [
        ("theme", "general", ["Theme"]),
        ("dark", "general", ["Theme"]),
        ("restore", "general", ["Reopen the last photo at startup"]),
        ("gpu", "reading", ["Graphics memory limit"]),
        ("languages", "reading", ["Languages"]),
        ("grpahics", "reading", ["Graphics memory limit"]),
        ("sprache", "general", ["Language"]),
        ("faint", "reading", ["Text detection"]),
        ("folder path", "general", ["Library folder"]),
    ],
)
def test_words_find_a_setting_and_show_it(dialog: SettingsDialog, typed: str, page: str, found: list[str]) -> None:
    dialog.go_to("reading" if page == "general" else "general")
    QTest.keyClicks(dialog.line, typed)
    assert dialog.pages.currentWidget() is getattr(dialog, page)
    assert set(found) <= set(_marked(dialog))
    assert len(_marked(dialog)) <= 3
    assert f"({len(_marked(dialog))})" in dialog.pages.tabText(dialog.pages.currentIndex())
    dialog.line.clear()
    assert _marked(dialog) == []
    assert [dialog.pages.tabText(index) for index in range(3)] == ["&General", "&Reading", "&Keyboard shortcuts"]


def test_enter_goes_to_what_was_found(dialog: SettingsDialog) -> None:
    dialog.activateWindow()
    dialog.line.setFocus()
    QTest.keyClicks(dialog.line, "languages")
    QTest.keyClick(dialog.line, Key.Key_Return)
    assert dialog.isVisible()
    assert QApplication.focusWidget() is dialog.reading.languages
    dialog.line.setFocus()
    dialog.line.setText("evaluate")
    QTest.keyClick(dialog.line, Key.Key_Down)
    assert QApplication.focusWidget() is dialog.keys.tree
    item = dialog.keys.tree.currentItem()
    assert item is not None
    assert item.text(0) == "Evaluate"


def test_what_is_nowhere_is_said(dialog: SettingsDialog) -> None:
    QTest.keyClicks(dialog.line, "xyzzy")
    assert dialog.status.isVisible()
    dialog.line.clear()
    assert not dialog.status.isVisible()


def test_each_page_is_reset_on_its_own(dialog: SettingsDialog, chosen: Chosen) -> None:
    before = chosen.now
    dialog.go_to("general")
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert chosen.now == replace(before, theme="system", go_on=True)
    assert dialog.general.go_on.isChecked()
    assert not dialog.reset.isEnabled()
    dialog.go_to("reading")
    assert dialog.reset.isEnabled()
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert chosen.now == Settings(keys={"merge": ("J",)})
    assert dialog.reading.unit.currentData() == "words"
    dialog.go_to("keys")
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert chosen.now == Settings()
    dialog.reading.strength.setValue(20)
    dialog.go_to("reading")
    assert dialog.reset.isEnabled()
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    dialog.flush()
    assert chosen.now == Settings()


@pytest.mark.parametrize("language", ["en", "de", "uk"])
def test_the_help_page_names_every_setting(language: str, qtbot: QtBot) -> None:
    if language != "en":
        assert translation.use(resources.translations(), language)
    try:
        dialog = SettingsDialog(Settings, lambda *_: None, TABLE)
        qtbot.addWidget(dialog)
        (page,) = [each for each in help_pages.load_pages() if each.topic == "settings"]
    finally:
        translation.use_english()
    titles = []
    for form in (dialog.general.form, dialog.reading.form):
        for row in range(form.rowCount()):
            label, field = (
                form.itemAt(row, role) for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
            )
            widgets = [item.widget() for item in (label, field) if item is not None]
            titles += [each.text() for each in widgets[:1] if isinstance(each, QLabel) and each.buddy()]
            titles += [each.text() for each in widgets if isinstance(each, QCheckBox)]
    rows = [line.split("|")[1].strip() for line in page.text.splitlines() if line.startswith("| ")]
    assert len(titles) > 14
    assert [title for title in titles if title.replace("&", "") not in rows] == []
