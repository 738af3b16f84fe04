"""File → Export dataset: asked, done in the background, and reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog
from pytestqt.qtbot import QtBot

from ocr_studio.core.datasets import dataset
from ocr_studio.core.datasets.dataset import PhotoCut
from ocr_studio.core.editing import edits
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.datasets.export_dialog import DatasetDialog
from tests.core import made_datasets
from tests.core.made_datasets import project, words
from tests.ui.studio import Open, record_opened

LEFT = Qt.MouseButton.LeftButton


def dialog_of(studio: Studio) -> DatasetDialog:
    studio.window.action_set["export_dataset"].trigger()
    (dialog,) = studio.window.findChildren(DatasetDialog)
    return dialog


def wrong(dialog: DatasetDialog) -> str:
    return "" if dialog.wrong.isHidden() else dialog.wrong.text().replace("\u200b", "")


def done(dialog: DatasetDialog) -> bool:
    return not dialog.busy and dialog.reported


def test_what_was_checked_just_now_is_exported_and_reported(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, studio.document.order()[:5]))
    studio.document.push(edits.write(studio.document.page or page, studio.document.order()[0], "Sheep"))
    steps = studio.document.undo_stack.count()
    dialog = dialog_of(studio)
    assert dialog.folder.text() == str(folder / "dataset")
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: done(dialog))
    found = dataset.read(folder / "dataset")
    assert sorted(each.text for each in found.examples) == ["Sheep", "ask", "build", "new", "the"]
    assert dialog.report.lines[0] == "5 of 8 words written"
    assert "1 corrected, 4 confirmed; from 1 of 1 photo" in dialog.report.lines
    assert dialog.report.lines[-3:] == ["Left out", "3", "not checked"]
    assert studio.document.undo_stack.count() == steps
    assert dialog.isVisible()
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Close), LEFT)
    assert not dialog.isVisible()


def test_layout_unit_and_folder_are_chosen(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = record_opened(monkeypatch)
    studio = open_studio(folder / "board 1.png")
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, studio.document.order()))
    dialog = dialog_of(studio)
    dialog.layout_choice.setCurrentIndex(dialog.layout_choice.findData("paddleocr"))
    dialog.unit.setCurrentIndex(dialog.unit.findData("lines"))
    dialog._choose.click()
    (photo_dialogs,) = dialog.findChildren(QFileDialog)
    photo_dialogs.fileSelected.emit(str(tmp_path / "out"))
    photo_dialogs.reject()
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: done(dialog))
    found = dataset.read(tmp_path / "out")
    assert (found.layout, found.unit, len(found.examples), len(found.pages)) == ("paddleocr", "lines", 2, 1)
    QTest.mouseClick(dialog.show_folder, LEFT)
    assert shown == [str(tmp_path / "out")]


@pytest.mark.parametrize("where", ["mine", "file.txt/x", ""])
def test_what_goes_wrong_is_said_in_the_dialog(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot, where: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    (tmp_path / "file.txt").write_text("mine")
    studio = open_studio(folder / "board 1.png")
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, studio.document.order()))
    dialog = dialog_of(studio)
    dialog.folder.setText(str(tmp_path / where) if where else " ")
    if not where:
        assert not dialog.export.isEnabled()
        return
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: not dialog.busy)
    assert str(tmp_path) in wrong(dialog)
    assert not dialog.reported
    assert dialog.export.isEnabled()
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"
    dialog.folder.setText(str(tmp_path / "good"))
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: done(dialog))
    assert wrong(dialog) == ""


def test_nothing_checked_is_said(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.autosave.flush()
    dialog = dialog_of(studio)
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: not dialog.busy)
    assert "there are no words for training yet (8 skipped: not checked)" in wrong(dialog)
    assert not (folder / "dataset").exists()


@pytest.mark.parametrize("way", ["stop", "close"])
def test_stopped_half_way_it_leaves_nothing(
    open_studio: Open, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    project(tmp_path / "many", [words(number) for number in range(1, 5)])
    studio = open_studio(tmp_path / "many" / "board 1.png")
    dialog = dialog_of(studio)
    seen: list[object] = []
    hear = dialog._on_event

    def stop_at_the_first(event: Any) -> None:
        hear(event)
        seen.append(event)
        if way == "stop":
            dialog.export.click()
        else:
            dialog.reject()

    monkeypatch.setattr(dialog, "_on_event", stop_at_the_first)
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: bool(seen) and not studio.busy)
    assert len(seen) == 1
    assert isinstance(seen[0], PhotoCut)
    qtbot.waitUntil(lambda: not (tmp_path / "many" / "dataset").exists())
    if way == "stop":
        assert dialog.isVisible()
        assert dialog.export.text() == "&Export"


def test_without_a_project_it_is_not_offered(open_studio: Open) -> None:
    studio = open_studio()
    assert not studio.window.action_set["export_dataset"].isEnabled()
    studio.window.dataset_export.ask()
    assert studio.window.findChildren(DatasetDialog) == []


def test_the_photos_are_as_before(open_studio: Open, tmp_path: Path, qtbot: QtBot) -> None:
    made = project(tmp_path / "boards", [words(1), words(2)])
    before = {path: path.read_bytes() for path in made.photos.glob("*.png")}
    studio = open_studio(tmp_path / "boards" / "board 1.png")
    dialog = dialog_of(studio)
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: done(dialog))
    assert {path: path.read_bytes() for path in made.photos.glob("*.png")} == before
    assert len(dataset.read(made.photos / "dataset").examples) == 2 * sum(map(len, made_datasets.LINES))
