"""The command palette finds first what people mean, in English and in German."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.help import help_pages
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help.palette import Palette
from ocr_studio.ui.help.palette_entries import PaletteEntry, rank
from ocr_studio.ui.help.synonyms import SYNONYMS
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.settings.dialog import SettingsDialog
from ocr_studio.ui.style import language as window_language
from ocr_studio.ui.style import theme
from tests.ui.studio import Open, leave_dialogs

FIRST = {
    "en": {
        "models": "Models…",
        "rotate": "Rotate left",
        "theme": "Theme…",
        "dark": "Theme: Dark",
        "dark mode": "Theme: Dark",
        "night": "Theme…",
        "light": "Theme: Light",
        "language": "Language…",
        "german": "Language: Deutsch",
        "pdf": "Export photos…",
        "print preview": "Print text…",
        "import": "Import labels…",
        "annotations": "Import labels…",
        "ground truth": "Import labels…",
        "shortcut": "Keyboard shortcuts",
        "delete": "Delete",
        "erase": "Delete",
        "ocr": "Read photo",
        "recognise": "Read photo",
        "recognize": "Read photo",
        "preferences": "Settings…",
        "training": "Train model",
        "proofread": "Review queue",
        "evaluation": "Evaluation",
        "zoom": "Zoom in",
        "merge": "Merge words",
        "join": "Merge words",
        "fit": "Fit to window",
        "cawotp": "Confirm all words of this photo",
        "delte": "Delete",
        "gpu": "Runtime…",
        "exit": "Quit",
        "security": "Security",
    },
    "de": {
        "modelle": "Modelle…",
        "drehen": "Nach links drehen",
        "rotate": "Nach links drehen",
        "aussehen": "Aussehen…",
        "dunkel": "Aussehen: Dunkel",
        "dark mode": "Aussehen: Dunkel",
        "sprache": "Sprache…",
        "englisch": "Sprache: English",
        "pdf": "Fotos exportieren…",
        "tastenkürzel": "Tastenkürzel",
        "löschen": "Löschen",
        "entfernen": "Löschen",
        "delete": "Löschen",
        "erkennen": "Foto lesen",
        "ocr": "Foto lesen",
        "texterkennung": "Foto lesen",
        "optionen": "Einstellungen…",
        "rückgängig": "Rückgängig",
        "training": "Modell trainieren",
        "foto öffnen": "Foto öffnen…",
        "open photo": "Foto öffnen…",
    },
}


@pytest.fixture
def speak(qapp: QApplication) -> Iterator[None]:
    yield
    window_language.use(qapp, "en")


@pytest.mark.parametrize("language", list(FIRST))
def test_what_is_meant_comes_first(qapp: QApplication, speak: None, open_studio: Open, language: str) -> None:
    window_language.use(qapp, language)
    palette = opened(open_studio())
    found = {}
    for typed in FIRST[language]:
        palette.line.setText(typed)
        found[typed] = palette.titles()[0] if palette.titles() else ""
    palette.leave()
    assert found == FIRST[language]


def test_the_title_counts_more_than_the_description_and_recent_use_only_among_equals() -> None:
    entries = [
        PaletteEntry("a", "Choose order", lambda: None, description="models that differ first"),
        PaletteEntry("b", "Compare with another model", lambda: None),
        PaletteEntry("c", "Network files", lambda: None, synonyms="models"),
        PaletteEntry("d", "Show models", lambda: None),
        PaletteEntry("e", "Models", lambda: None, behind=True),
        PaletteEntry("f", "Models…", lambda: None),
    ]
    assert [match.entry.id for match in rank(entries, "models", {})] == ["f", "c", "d", "e", "b", "a"]
    assert [match.entry.id for match in rank(entries, "models", {"a": 0, "d": 1})] == ["f", "d", "c", "e", "b", "a"]
    assert [match.entry.id for match in rank(entries, "", {"a": 1, "d": 0})][:2] == ["d", "a"]


def test_what_is_available_comes_before_what_is_not() -> None:
    entries = [
        PaletteEntry("a", "Rotate left", lambda: None, why="Select a word first."),
        PaletteEntry("b", "Rotate photo left", lambda: None),
        PaletteEntry("c", "Turn photo", lambda: None, why="Open a photo first.", synonyms="spin"),
        PaletteEntry("d", "Photos that spin", lambda: None),
        PaletteEntry("e", "Photo", lambda: None, why="Open a photo first."),
    ]
    assert [match.entry.id for match in rank(entries, "rotate", {})] == ["b", "a"]
    assert [match.entry.id for match in rank(entries, "spin", {})] == ["c", "d"]
    assert [match.entry.id for match in rank(entries, "photo", {})] == ["d", "e", "b", "c"]
    assert [match.entry.id for match in rank(entries, "", {})] == ["a", "b", "c", "d", "e"]


def test_of_an_open_photo_the_commands_come_first(open_studio: Open, folder: Path) -> None:
    palette = opened(open_studio(folder / "board 1.png"))
    first = {"read": "Read photo", "rotate": "Rotate photo left", "crop": "Rotate and crop photo…"}
    for typed, title in first.items():
        palette.line.setText(typed)
        assert palette.titles()[0] == title
    palette.leave()


def test_synonyms_are_of_what_there_is() -> None:
    known = {spec.id for spec in TABLE} | {f"help:{topic}" for topic in help_pages.TOPICS}
    assert set(SYNONYMS) <= known


def test_a_value_is_set_and_another_setting_is_shown_in_its_place(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    assert not theme.is_dark()
    run(studio, "dark mode")
    assert theme.is_dark()
    assert studio.settings.theme == "dark"
    run(studio, "read new photos off")
    assert not studio.settings.read_when_opened
    run(studio, "maximum photo size")
    dialog = shown_settings(studio)
    assert dialog.pages.currentWidget() is dialog.general
    assert dialog.focusWidget() is dialog.general.largest
    leave_dialogs()


def test_another_language_is_set_and_reopening_is_offered(open_studio: Open) -> None:
    studio = open_studio(settings=Settings(language="en"))
    run(studio, "deutsch")
    assert studio.settings.language == "de"
    dialog = shown_settings(studio)
    assert dialog.focusWidget() is dialog.general.language
    assert dialog.general.anew.isVisible()
    leave_dialogs()


def test_a_help_page_is_opened(open_studio: Open) -> None:
    studio = open_studio()
    run(studio, "security")
    window = studio.window.help.help_window
    assert window is not None
    assert window.isVisible()
    assert window.topic == "security"


def test_a_section_of_a_help_page_is_found_by_its_heading(open_studio: Open) -> None:
    studio = open_studio()
    run(studio, "held-out words")
    window = studio.window.help.help_window
    assert window is not None
    assert window.topic == "datasets"
    assert window.page.cursorForPosition(QPoint(30, 5)).block().text() == "Held-out words"


def run(studio: Studio, typed: str) -> None:
    palette = opened(studio)
    palette.line.setText(typed)
    assert not palette.model.found[0].entry.why, palette.titles()[:3]
    palette.list.clicked.emit(palette.model.index(0, 0))


def opened(studio: Studio) -> Palette:
    studio.window.action_set["palette"].trigger()
    palette = studio.window.help.palette
    assert palette is not None
    return palette


def shown_settings(studio: Studio) -> SettingsDialog:
    return next(each for each in studio.window.findChildren(SettingsDialog) if each.isVisible())
