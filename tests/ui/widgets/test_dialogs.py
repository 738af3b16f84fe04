"""Dialogs, clicked: settings, about, the ones that ask for files."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.settings import DetectionOptions, Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.help.about_dialog import AboutDialog
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.settings.dialog import SettingsDialog
from ocr_studio.ui.settings.reading_page import ReadingPage
from ocr_studio.ui.style import theme
from ocr_studio.ui.widgets.language_picker import LanguagePicker
from ocr_studio.ui.widgets.plain_label import PlainLabel
from tests.ui import made_board
from tests.ui.studio import Open, texts

Button = QDialogButtonBox.StandardButton


class Chosen:
    """Settings as the program holds them while a dialog changes them."""

    def __init__(self, settings: Settings) -> None:
        self.now = settings
        self.told = 0

    def choose(self, settings: Settings) -> None:
        self.now = settings
        self.told += 1


def settings_dialog(chosen: Chosen) -> SettingsDialog:
    """The dialog; whoever tries how writing is found at once decides for half the threshold."""
    dialog = SettingsDialog(
        lambda: chosen.now,
        lambda detection, _, then: then(replace(detection, threshold=detection.threshold / 2)),
        TABLE,
    )
    dialog.chosen.connect(chosen.choose)
    return dialog


def close(dialog: SettingsDialog) -> None:
    QTest.mouseClick(dialog.buttons.button(Button.Close), Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


@pytest.mark.usefixtures("styled")
def test_the_settings_fit_on_a_low_screen(qtbot: QtBot) -> None:
    chosen = Chosen(Settings())
    dialog = settings_dialog(chosen)
    qtbot.addWidget(dialog)
    assert dialog.minimumSizeHint().height() < 360
    dialog.resize(600, 340)
    dialog.show()
    dialog.go_to("reading", "Graphics memory limit")
    assert not dialog.reading.rows[-1].field.visibleRegion().isEmpty()


def test_what_is_chosen_holds_at_once(qtbot: QtBot) -> None:
    chosen = Chosen(Settings(gpu_memory_mb=512, model="mine"))
    dialog = settings_dialog(chosen)
    qtbot.addWidget(dialog)
    dialog.show()
    general, reading, left = dialog.general, dialog.reading, Qt.MouseButton.LeftButton
    general.theme.setCurrentIndex(general.theme.findData("dark"))
    assert chosen.now.theme == "dark"
    general.keep.setCurrentIndex(general.keep.findData("library"))
    assert chosen.now.keep == "library"
    QTest.mouseClick(general.go_on, left, pos=general.go_on.rect().center() / 3)
    assert not chosen.now.go_on
    QTest.keyClicks(general.library, "/tmp/mine")
    QTest.keyClick(general.library, Qt.Key.Key_Return)
    assert chosen.now.library_folder == "/tmp/mine"
    assert dialog.isVisible()
    dialog.go_to("reading")
    box = reading.read_when_opened
    QTest.mouseClick(box, left, pos=box.rect().center() / 3)
    QTest.mouseClick(reading.learn, left, pos=reading.learn.rect().center() / 3)
    reading.unit.setCurrentIndex(reading.unit.findData("lines"))
    QTest.mouseClick(reading.tune, left)
    assert reading.memory.value() == 512
    reading.memory.setValue(0)
    told = chosen.told
    qtbot.waitUntil(lambda: chosen.told > told)
    assert chosen.now == Settings(
        theme="dark",
        keep="library",
        go_on=False,
        library_folder="/tmp/mine",
        model="mine",
        read_when_opened=False,
        learn_from_corrections=False,
        unit="lines",
        detection=DetectionOptions(threshold=DetectionOptions().threshold / 2),
    )
    assert chosen.told == told + 1  # reading is not made ready anew for each of several changes
    close(dialog)


def test_closing_takes_along_what_was_just_chosen(qtbot: QtBot) -> None:
    chosen = Chosen(Settings())
    dialog = settings_dialog(chosen)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.reading.unit.setCurrentIndex(dialog.reading.unit.findData("lines"))
    dialog.general.library.setText("/tmp/typed")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert chosen.now == Settings(unit="lines", library_folder="/tmp/typed")


def test_settings_left_alone_are_the_same(qtbot: QtBot) -> None:
    chosen = Chosen(Settings(theme="light", alphabet="all", library_folder="/tmp/x"))
    dialog = settings_dialog(chosen)
    qtbot.addWidget(dialog)
    dialog.show()
    close(dialog)
    assert chosen.told == 0


def test_what_changes_elsewhere_meanwhile_stays(qtbot: QtBot) -> None:
    chosen = Chosen(Settings(model="old"))
    dialog = settings_dialog(chosen)
    qtbot.addWidget(dialog)
    dialog.show()
    chosen.now = Settings(model="learned", hints_seen=("keys",))
    dialog.reading.strength.setValue(50)
    dialog.flush()
    assert chosen.now == Settings(model="learned", hints_seen=("keys",), language_strength=0.5)


@pytest.mark.parametrize("folder", ["/tmp/stray\udcff", "/tmp/ends with a blank "])
def test_a_library_folder_left_alone_stays_whatever_its_name_holds(qtbot: QtBot, folder: str) -> None:
    chosen = Chosen(Settings(library_folder=folder))
    dialog = settings_dialog(chosen)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.general.theme.setCurrentIndex(dialog.general.theme.findData("dark"))
    close(dialog)
    assert chosen.now == Settings(library_folder=folder, theme="dark")


@pytest.mark.parametrize(("typed", "why"), [("~nosuchuser/x", "“~nosuchuser”"), ("a\0b", "null character")])
def test_a_library_that_no_folder_can_be_is_refused(qtbot: QtBot, typed: str, why: str) -> None:
    chosen = Chosen(Settings())
    dialog = settings_dialog(chosen)
    qtbot.addWidget(dialog)
    dialog.show()
    general = dialog.general
    general.library.setText(typed)
    QTest.keyClick(general.library, Qt.Key.Key_Return)
    assert why in general.library_wrong.text()
    assert general.library_wrong.isVisible()
    assert chosen.told == 0
    general.library.setText("~/boards")
    assert not general.library_wrong.isVisible()
    QTest.keyClick(general.library, Qt.Key.Key_Return)
    assert chosen.now == Settings(library_folder="~/boards")


def test_chosen_settings_are_kept(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    assert not theme.is_dark()
    studio.window.action_set["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    dialog.general.theme.setCurrentIndex(dialog.general.theme.findData("dark"))
    assert theme.is_dark()
    assert settings.load().theme == "dark"
    close(dialog)
    qtbot.waitUntil(lambda: studio.window.findChild(SettingsDialog) is None)


def test_about_names_version_weights_and_licences(qtbot: QtBot) -> None:
    dialog = AboutDialog("auto")
    qtbot.addWidget(dialog)
    dialog.show()
    text = dialog.licences.toPlainText()
    assert "LGPL" in text
    assert "tensorflow" in text
    assert "Apache" in text
    QTest.mouseClick(dialog.buttons.button(Button.Close), Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


@pytest.mark.usefixtures("styled")
@pytest.mark.parametrize("height", [250, 360, 560])
def test_about_can_be_read_at_any_height(qtbot: QtBot, height: int) -> None:
    dialog = AboutDialog("auto")
    qtbot.addWidget(dialog)
    dialog.resize(400, height)
    dialog.show()
    assert (dialog.width(), dialog.height()) == (400, height)
    labels = dialog.findChildren(PlainLabel)
    assert all(label.height() >= label.heightForWidth(label.width()) for label in labels)
    places = [QRect(each.mapTo(dialog, QPoint()), each.size()) for each in (*labels, dialog.licences)]
    assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))


def _type_into(dialog: QFileDialog, path: Path) -> None:
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(str(path))
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    button = next(
        each for each in buttons.buttons() if buttons.buttonRole(each) is QDialogButtonBox.ButtonRole.AcceptRole
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _shown(studio: Studio, qtbot: QtBot) -> QFileDialog:
    qtbot.waitUntil(lambda: any(each.isVisible() for each in studio.window.findChildren(QFileDialog)))
    return next(each for each in studio.window.findChildren(QFileDialog) if each.isVisible())


def test_a_photo_is_asked_for_and_opened(open_studio: Open, tmp_path: Path, qtbot: QtBot) -> None:
    path = made_board.write_photo(tmp_path / "boards" / "one.png")
    studio = open_studio()
    studio.window.action_set["open"].trigger()
    _type_into(_shown(studio, qtbot), path)
    qtbot.waitUntil(lambda: studio.opening.path == path and not studio.busy)


def test_the_text_is_saved_where_the_person_says(open_studio: Open, tmp_path: Path, qtbot: QtBot) -> None:
    path = made_board.write_photo(tmp_path / "boards" / "one.png")
    studio = open_studio(path)
    assert len(texts(studio)) == 8
    studio.window.action_set["save_md"].trigger()
    _type_into(_shown(studio, qtbot), tmp_path / "mine")
    qtbot.waitUntil((tmp_path / "mine.md").exists)
    assert "Anna" in (tmp_path / "mine.md").read_text()
    qtbot.waitUntil(lambda: studio.window.status.currentMessage() == "Saved as mine.md")


@pytest.mark.usefixtures("styled")
def test_the_graphics_memory_can_be_read_and_says_its_unit(qtbot: QtBot) -> None:
    dialog = settings_dialog(Chosen(Settings(gpu_memory_mb=512)))
    qtbot.addWidget(dialog)
    dialog.go_to("reading")
    dialog.show()
    line = dialog.reading.memory.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    assert line.text() == "512 MB"
    assert line.width() > 100
    dialog.reading.memory.setValue(0)
    assert line.text() == "No limit"


@pytest.mark.usefixtures("styled")
def test_files_are_asked_for_with_room_for_names_and_dates(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    studio.window.photo_dialogs.ask_photo()
    dialog = studio.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    screen = studio.window.screen().availableSize()
    assert dialog.width() >= min(960, round(screen.width() * 0.9))
    assert dialog.height() >= min(600, round(screen.height() * 0.9))
    dialog.reject()


def test_a_line_break_in_a_files_name_is_no_second_line_in_the_title(open_studio: Open, tmp_path: Path) -> None:
    studio = open_studio(made_board.write_photo(tmp_path / "board\nof May.png"))
    assert studio.window.windowTitle() == "board\\nof May.png – OCR Studio"


def test_languages_are_chosen_in_a_menu_and_their_weight_beside_it(qtbot: QtBot) -> None:
    page = ReadingPage(Settings(languages=("en", "de"), language_strength=0.5), lambda *_: None)
    qtbot.addWidget(page)
    assert page.languages.text() == "English, German"
    assert page.strength.text() == "50%"
    assert page.chosen(Settings()) == Settings(languages=("en", "de"), language_strength=0.5)
    for code in ("fr", "sv"):
        page.languages.choose(code, on=True)
    assert page.languages.text() == "English, French, German and 1 more"
    for code in ("en", "de", "fr", "sv"):
        page.languages.choose(code, on=False)
    page.strength.setValue(0)
    assert "None" in page.languages.text()
    assert "Off" in page.strength.text()
    assert page.chosen(Settings()) == Settings(languages=(), language_strength=0.0)


def test_the_menu_of_languages_stays_open_for_several(qtbot: QtBot) -> None:
    choice = LanguagePicker(["en"])
    qtbot.addWidget(choice)
    menu = choice.menu()
    menu.popup(choice.mapToGlobal(choice.rect().bottomLeft()))
    qtbot.waitExposed(menu)
    german = next(action for action in menu.actions() if action.text() == "German")
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(german).center())
    assert choice.chosen() == ("en", "de")
    menu.setActiveAction(german)
    qtbot.keyClick(menu, Qt.Key.Key_Space)
    assert choice.chosen() == ("en",)
    assert menu.isVisible()
    menu.close()


def test_technical_terms_stand_apart_from_the_languages(qtbot: QtBot) -> None:
    choice = LanguagePicker(["en"])
    qtbot.addWidget(choice)
    *languages, separator, technical = choice.menu().actions()
    assert separator.isSeparator()
    assert technical.text() == "Technical terms"
    assert [action.text() for action in languages] == sorted(action.text() for action in languages)


def test_the_filter_of_photos_lists_no_ending_twice(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    studio.window.photo_dialogs.ask_photo()
    dialog = _shown(studio, qtbot)
    shown = dialog.findChild(QComboBox, "fileTypeCombo")
    assert shown is not None
    assert [shown.itemText(index) for index in range(shown.count())] == ["Photos and videos", "All files"]
    assert {"*.jpg", "*.JPG"} <= set(dialog.nameFilters()[0].rstrip(")").split())
    dialog.reject()
