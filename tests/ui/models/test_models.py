"""The dialog of models, clicked: use, compare, rename, export, import, delete."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.editing import edits
from ocr_studio.core.models import archive as model_archive
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import DETECTOR
from ocr_studio.core.settings import Settings
from ocr_studio.engine.weights import model_check
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.models.models_dialog import ModelsDialog
from ocr_studio.ui.reading.compare_detection_dialog import FindingComparisonDialog
from ocr_studio.ui.settings.dialog import SettingsDialog
from tests.core.made_models import installed
from tests.ui.studio import Open

LEFT = Qt.MouseButton.LeftButton
BASE = registry.BUILT_IN.name


def shown(studio: Studio) -> ModelsDialog:
    studio.window.action_set["models"].trigger()
    (dialog,) = studio.window.findChildren(ModelsDialog)
    return dialog


def choose(dialog: ModelsDialog, name: str) -> None:
    model = dialog.list.model()
    rows = [row for row in range(model.rowCount()) if model.index(row, 0).data().split("\n")[0] == name]
    dialog.list.setCurrentIndex(model.index(rows[0], 0))


def names(dialog: ModelsDialog) -> list[str]:
    model = dialog.list.model()
    return [model.index(row, 0).data().split("\n")[0] for row in range(model.rowCount())]


def click(button: QPushButton) -> None:
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


def test_what_reads_now_is_shown_first(open_studio: Open) -> None:
    installed("Anna")
    dialog = shown(open_studio(settings=Settings(model="Anna")))
    assert dialog.chosen is not None
    assert dialog.chosen.name == "Anna"


def test_a_model_is_used_and_the_one_before_again(qtbot: QtBot, open_studio: Open) -> None:
    installed("Anna")
    installed("Finder", architecture=DETECTOR, alphabet=(), scores={})
    studio = open_studio()
    dialog = shown(studio)
    assert names(dialog) == [BASE, registry.BUILT_IN_DETECTOR.name, "Anna", "Finder"]
    assert not dialog.use.isEnabled()  # the one in use is shown first
    assert not any(button.isEnabled() for button in (dialog.rename, dialog.export, dialog.delete, dialog.compare))
    choose(dialog, "Anna")
    click(dialog.use)
    assert studio.settings.model == settings.load().model == studio.reading.ocr_service.options.model == "Anna"
    assert dialog.status.text() == "“Anna” is now in use."
    assert not dialog.delete.isEnabled()
    assert "In use" in dialog.list.currentIndex().data()
    choose(dialog, "Finder")
    click(dialog.use)
    assert (studio.settings.model, studio.settings.detector) == ("Anna", "Finder")
    choose(dialog, BASE)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert studio.settings == Settings(model=BASE, detector="Finder", hints_seen=studio.settings.hints_seen)
    qtbot.waitUntil(lambda: not studio.busy)
    dialog.reject()


def test_a_model_says_whose_photos_it_reads_and_can_be_stopped_and_used(open_studio: Open) -> None:
    installed("hers", writer="Anna")
    installed("ours")
    studio = open_studio(settings=Settings().with_profile("Ben", "hers").with_profile("Carl", "ours"))
    dialog = shown(studio)
    choose(dialog, "ours")
    assert "In use for photos by Carl" in dialog.list.currentIndex().data()
    choose(dialog, "hers")
    assert "In use for photos by Ben" in dialog.list.currentIndex().data()
    assert (dialog.use.isVisibleTo(dialog), dialog.stop.isVisibleTo(dialog)) == (True, True)
    assert "Read photos by Ben like all others again" in dialog.stop.toolTip()
    assert not dialog.delete.isEnabled()
    assert "stop using it first" in dialog.delete.toolTip()
    click(dialog.use)
    assert studio.settings.writer_profiles == (("Anna", "hers"), ("Ben", "hers"), ("Carl", "ours"))
    assert (dialog.use.isVisibleTo(dialog), dialog.stop.isVisibleTo(dialog)) == (False, True)
    click(dialog.stop)
    assert not studio.settings.writers_of("hers")
    assert studio.settings.writers_of("ours") == ("Carl",)
    assert dialog.delete.isEnabled()
    dialog.reject()


def test_what_is_known_of_a_model_is_shown_as_plain_text(open_studio: Open) -> None:
    installed("Anna")
    installed("Berta", parent="Anna", title="<b>Board</b>")
    dialog = shown(open_studio())
    choose(dialog, "Berta")
    texts = dialog.facts.texts()
    assert "<b>Board</b>" in texts
    assert texts[texts.index("Based on") + 1] == f"Anna, which is based on {BASE}"
    assert "30 of 40 correct, character error rate 10.0% → 36 of 40 correct, character error rate 5.0%" in texts
    dialog.reject()


def test_the_model_in_use_keeps_being_used_under_its_new_name(qtbot: QtBot, open_studio: Open) -> None:
    installed("Anna")
    installed("Berta")
    studio = open_studio(settings=Settings(model="Anna"))
    dialog = shown(studio)
    choose(dialog, "Anna")
    for new, said in ((" Clara ", "Renamed “Anna” to “Clara”."), ("berta", "a model named “berta” already exists")):
        click(dialog.rename)
        (asked,) = dialog.findChildren(QInputDialog)
        asked.setTextValue(new)
        asked.accept()
        assert said in dialog.status.text()
        qtbot.waitUntil(lambda: not dialog.findChildren(QInputDialog))
    assert studio.settings.model == "Clara"
    assert names(dialog) == [BASE, registry.BUILT_IN_DETECTOR.name, "Berta", "Clara"]
    qtbot.waitUntil(lambda: not studio.busy)
    dialog.reject()


@pytest.mark.parametrize("sure", [True, False])
def test_a_model_is_deleted_once_that_is_sure(sure: bool, open_studio: Open) -> None:
    installed("Anna")
    dialog = shown(open_studio())
    choose(dialog, "Anna")
    click(dialog.delete)
    (asked,) = dialog.findChildren(QMessageBox)
    wanted = "&Delete" if sure else "Cancel"
    click(next(button for button in asked.findChildren(QPushButton) if button.text().strip("&") == wanted.strip("&")))
    assert ("Anna" in names(dialog)) is not sure
    dialog.reject()


def test_a_damaged_model_says_why_and_can_be_deleted_only(open_studio: Open) -> None:
    model = installed("Anna")
    assert model.folder is not None
    (model.folder / "lambda.pkl").touch()
    dialog = shown(open_studio())
    choose(dialog, "Anna")
    assert any("lambda.pkl" in text for text in dialog.facts.texts())
    assert dialog.delete.isEnabled()
    assert not any(button.isEnabled() for button in (dialog.use, dialog.rename, dialog.export, dialog.compare))
    dialog.reject()


def test_a_model_goes_out_and_comes_in(
    qtbot: QtBot, open_studio: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed("Anna")
    monkeypatch.setattr(model_check, "check_model", lambda folder: None)  # made models fit no network
    studio = open_studio()
    dialog = shown(studio)
    choose(dialog, "Anna")
    click(dialog.export)
    (asked,) = dialog.findChildren(QFileDialog)
    asked.fileSelected.emit(str(tmp_path / "Hand.zip"))
    asked.reject()
    qtbot.waitUntil(lambda: dialog.status.text() == "Exported “Anna” to Hand.zip.")
    click(dialog.take_in)
    studio.window.preferences.models_controller.take_in(tmp_path / "Hand.zip")
    qtbot.waitUntil(lambda: "Hand" in names(dialog))
    assert dialog.status.text() == "Imported “Hand”. You can now compare or use it."
    assert dialog.chosen is not None
    assert dialog.chosen.name == "Hand"
    (tmp_path / "Bad.zip").write_bytes(b"not a model")
    studio.window.preferences.models_controller.take_in(tmp_path / "Bad.zip")
    qtbot.waitUntil(lambda: "not a ZIP archive" in dialog.status.text())
    assert "Bad" not in names(dialog)
    qtbot.waitUntil(lambda: not studio.busy)
    for asked in dialog.findChildren(QFileDialog):
        asked.reject()
    dialog.reject()


def test_an_import_that_nobody_waits_for_leaves_nothing(
    qtbot: QtBot, open_studio: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_archive.export(installed("Anna"), tmp_path / "Hand.zip")
    monkeypatch.setattr(model_check, "check_model", lambda folder: None)
    studio = open_studio()
    dialog = shown(studio)
    dialog.reject()
    studio.window.preferences.models_controller.take_in(tmp_path / "Hand.zip")
    studio.lanes.reading.cancel()
    qtbot.waitUntil(lambda: not studio.busy)
    studio.stop()
    assert not registry.candidates("Hand")


def test_another_detector_is_compared_on_the_open_photo(qtbot: QtBot, folder: Path, open_studio: Open) -> None:
    installed("Finder", architecture=DETECTOR, alphabet=())
    studio = open_studio(folder / "board 1.png")
    document = studio.document
    assert document.page is not None
    document.push(edits.accept(document.page, ["w0", "w1"]))
    page = document.page
    dialog = shown(studio)
    choose(dialog, "Finder")
    click(dialog.compare)
    (compared,) = dialog.findChildren(FindingComparisonDialog)
    qtbot.waitUntil(lambda: not studio.busy)
    assert compared.status.text() == (
        f"Of the 2 words checked here, “{registry.BUILT_IN_DETECTOR.name}” finds 2 and “Finder” finds 2."
        " In total, they find 8 and 8 boxes."
    )
    assert [len(view.boxes) for view in compared.views] == [8, 8]
    assert document.page is page
    compared.reject()
    dialog.reject()


def test_the_settings_offer_the_models_there_are(qtbot: QtBot) -> None:
    installed("Anna")
    installed("Finder", architecture=DETECTOR, alphabet=())
    dialog = SettingsDialog(lambda: Settings(model=BASE), lambda *_: None, TABLE)
    qtbot.addWidget(dialog)
    page = dialog.reading
    assert page.chosen(Settings(model=BASE)) == Settings(model=BASE)
    assert [page.model.itemData(row) for row in range(page.model.count())] == ["", "Anna"]
    page.model.setCurrentIndex(1)
    page.detector.setCurrentIndex(page.detector.findData("Finder"))
    assert page.chosen(Settings()) == Settings(model="Anna", detector="Finder")
    assert not page.alphabet.isEnabled()
    page.model.setCurrentIndex(0)
    assert page.chosen(Settings(model="Anna")).model is None


def test_what_the_command_line_saved_meanwhile_is_kept_and_shown(open_studio: Open) -> None:
    installed("one")
    settings.save(Settings())
    studio = open_studio(settings=settings.load())
    settings.save(settings.load().with_profile("Anna", "one"))
    studio.change_settings(replace(studio.settings, box_opacity=0.5))
    assert studio.settings.writer_profiles == settings.load().writer_profiles == (("Anna", "one"),)
    assert settings.load().box_opacity == 0.5
    assert studio.opening.settings == studio.settings
    settings.save(settings.load().with_profile("Ben", "one"))
    dialog = shown(studio)
    choose(dialog, "one")
    assert studio.settings.writers_of("one") == ("Anna", "Ben")
    assert studio.reading.ocr_service.options.find_profile("Ben") == "one"
    dialog.reject()
