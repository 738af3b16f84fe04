"""Three densities: heights of rows and controls, which follow the setting at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core.settings import DENSITIES, Settings
from ocr_studio.ui.settings.dialog import SettingsDialog
from ocr_studio.ui.style import design, theme
from ocr_studio.ui.widgets.form_fields import ComboBox
from ocr_studio.ui.widgets.status_bar import Status
from ocr_studio.ui.widgets.tables import RowTable
from tests.ui import all_dialogs
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def standard(qapp: QApplication) -> Iterator[None]:
    yield
    design.use_density(qapp, "standard")


def test_every_density_of_the_settings_is_designed() -> None:
    assert tuple(design.DENSITIES) == DENSITIES
    assert design.density() is design.DENSITIES[Settings().density]
    rows = [density.row for density in design.DENSITIES.values()]
    assert rows == sorted(set(rows))


def test_a_padding_changes_in_height_only() -> None:
    assert [density.pad(6, 10) for density in design.DENSITIES.values()] == ["3px 10px", "6px 10px", "9px 10px"]


@pytest.mark.usefixtures("styled")
def test_controls_and_rows_follow_while_they_are_shown(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button, combo, table, images = QPushButton("Save"), ComboBox([("a", "A")], "a", "Letter"), RowTable(), RowTable()
    images.set_row_height(38)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(12, 8, 12, 8)
    for each in (button, combo, table, images):
        layout.addWidget(each)
    window.show()

    def heights(value: str) -> tuple[int, ...]:
        theme.use(qapp, "light", value)
        design.space_out(window)
        assert layout.contentsMargins().left() == 12
        rows = (each.verticalHeader().defaultSectionSize() for each in (table, images))
        controls = (each.sizeHint().height() for each in (button, combo))
        return (*rows, *controls, layout.contentsMargins().top(), layout.spacing())

    standard, compact, spacious = (heights(value) for value in ("standard", "compact", "spacious"))
    assert all(a < b < c for a, b, c in zip(compact, standard, spacious, strict=True)), (compact, standard, spacious)
    assert heights("standard") == standard


@pytest.mark.usefixtures("styled")
def test_the_window_follows_the_setting(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    window = studio.window
    window.action_set["settings"].trigger()
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    box = next(each for each in dialog.findChildren(ComboBox) if each.accessibleName() == "Density of the window")

    def heights(value: str) -> tuple[int, ...]:
        box.setCurrentIndex(box.findData(value))
        qtbot.waitUntil(lambda: studio.settings.density == value)
        QApplication.processEvents()
        photos = window.photos
        word = window.table.visualRect(window.table.model().index(0, 1)).height()
        photo = photos.visualRect(photos.model().index(0, 0)).height()
        return word, photo, window.side.tabs.height(), window.findChildren(QPushButton)[0].sizeHint().height()

    standard, compact, spacious = (heights(value) for value in ("standard", "compact", "spacious"))
    assert all(a < b < c for a, b, c in zip(compact, standard, spacious, strict=True)), (compact, standard, spacious)
    assert heights("standard") == standard
    dialog.close()


@pytest.mark.usefixtures("styled")
def test_dialogs_follow_the_setting(qapp: QApplication, open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])

    def margins(value: str) -> dict[str, int]:
        design.use_density(qapp, value)
        found: dict[str, int] = {}
        for dialog in all_dialogs.each(studio):
            layout = dialog.layout()
            assert layout is not None
            if not isinstance(dialog, QMessageBox):
                found[type(dialog).__name__] = layout.contentsMargins().top()
        return found

    standard, compact, spacious = (margins(value) for value in ("standard", "compact", "spacious"))
    assert len(standard) >= 14
    for name, top in standard.items():
        assert (compact[name], spacious[name]) == ((top + 1) // 2, int(top * 1.5 + 0.5)), name


@pytest.mark.usefixtures("styled")
def test_an_open_dialog_follows_the_setting(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.window.action_set["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    layout = dialog.layout()
    assert layout is not None
    before = layout.contentsMargins().bottom()
    studio.change_settings(replace(studio.settings, density="compact"))
    assert layout.contentsMargins().bottom() == (before + 1) // 2
    dialog.close()


@pytest.mark.usefixtures("styled")
def test_the_hint_stays_hidden_behind_a_message(qapp: QApplication, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    status = Status()
    window.setStatusBar(status)
    status.show_hint("Click a word to select it")
    window.show()
    (hint,) = (each for each in status.findChildren(QWidget) if each.accessibleName() == "Hint")
    assert hint.isVisible()
    status.say("Read 8 words")
    theme.use(qapp, "light", "compact")
    qtbot.wait(30)
    assert not hint.isVisible()
    status.clearMessage()
    assert hint.isVisible()
