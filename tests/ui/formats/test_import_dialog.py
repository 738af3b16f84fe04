"""File → Import labels: what would be imported, what becomes of other words, one Undo, and exporting it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.editing.imported_words import Conflict
from ocr_studio.core.page import Page
from ocr_studio.core.settings import Settings
from ocr_studio.jobs.formats import import_labels
from ocr_studio.jobs.formats.export_photos import list_rows
from ocr_studio.jobs.formats.import_labels import ImportProgress
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.formats.export_dialog import ExportDialog
from ocr_studio.ui.formats.import_dialog import ImportDialog
from ocr_studio.ui.formats.importing import Importing
from tests.core.made_datasets import HEIGHT, LINES, WIDTH, checked, place, project, read
from tests.ui.studio import Open, texts

LEFT = Qt.MouseButton.LeftButton
# The words of the first photo: one is checked, one is not.
SHIP, THE = checked(read("w0", "Ship", place(0, 0))), read("w1", "teh", place(0, 1))


def write_labels(folder: Path, photo: str, words: Mapping[tuple[int, int], str], *, name: str = "") -> Path:
    """Write a file as labelme does, with these texts at the places of words."""
    shapes = [
        {"label": "text", "shape_type": "polygon", "points": list(place(*at).corners), "description": text}
        for at, text in words.items()
    ]
    folder.mkdir(exist_ok=True)
    file = folder / (name or Path(photo).with_suffix(".json").name)
    values: dict[str, object] = {
        "version": "5.5.0",
        "flags": {},
        "shapes": shapes,
        "imagePath": photo,
        "imageData": None,
    }
    file.write_text(json.dumps({**values, "imageWidth": WIDTH, "imageHeight": HEIGHT}))
    return file


def all_words() -> dict[tuple[int, int], str]:
    return {(row, column): text for row, line in enumerate(LINES) for column, text in enumerate(line)}


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Labels of two photos, of one that isn't there, and a damaged file."""
    folder = tmp_path / "labels"
    write_labels(folder, "board 1.png", {(0, 0): "Ship", (0, 1): "the", (0, 2): "new"})
    write_labels(folder, "board 2.png", all_words())
    write_labels(folder, "elsewhere.png", {(0, 0): "lost"})
    (folder / "damaged.json").write_text('{"version": "5.5.0", "flags": {}, "shapes": [')
    return folder


@pytest.fixture
def studio(tmp_path: Path, open_studio: Open, qtbot: QtBot) -> Studio:
    """Three photos, of which the first has two words and is open."""
    made = project(tmp_path / "boards", [[SHIP, THE], [], []])
    for number in (2, 3):
        page = next(key for key, found in made.summaries().items() if found.image == f"board {number}.png")
        made.page_path(page).unlink()
    studio = open_studio(made.photos / "board 1.png", settings=Settings(read_when_opened=False))
    qtbot.waitUntil(lambda: len(studio.window.photos.all_rows()) == 3 and not studio.busy)
    return studio


def open_dialog(studio: Studio, qtbot: QtBot, source: Path | None = None) -> ImportDialog:
    studio.window.action_set["import_labels"].trigger()
    dialog = shown_dialog(studio)
    if source is not None:
        dialog.source.line.setText(str(source))
        qtbot.waitUntil(lambda: not dialog.looking)
    return dialog


def shown_dialog(studio: Studio) -> ImportDialog:
    return next(each for each in studio.window.findChildren(ImportDialog) if each.isVisible())


def run(dialog: ImportDialog, qtbot: QtBot) -> str:
    """Import, and return the report."""
    QTest.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: not dialog.busy)
    return said(dialog)


def said(dialog: ImportDialog) -> str:
    return dialog.status.text().replace("\u200b", "")


def notes(dialog: ImportDialog) -> list[tuple[str, str]]:
    model = dialog.skipped.model()
    return [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())]


def rows(dialog: ImportDialog) -> list[list[str]]:
    model = dialog.found.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def page_of(studio: Studio, name: str) -> Page | None:
    """The page of a photo as it is now."""
    row = next(each for each in studio.window.photos.all_rows() if each.name == name)
    return studio.document.history.page(row.page_id) if row.page_id else None


def test_words_are_imported_corrected_exported_and_taken_back(
    studio: Studio, labels: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = open_dialog(studio, qtbot, labels)
    assert rows(dialog) == [
        ["board 1.png", "board 1.json", "labelme", "1", "1", "1"],
        ["board 2.png", "board 2.json", "labelme", "8", "0", "0"],
    ]
    assert said(dialog) == (
        "9 new words on 2 photos. 1 word is there already. 1 word stands where the photo has another. 2 files or photos"
        " can’t be imported."
    )
    assert [name for name, _ in notes(dialog)] == ["damaged.json", "elsewhere.json"]
    assert "No photo named elsewhere.png in this folder" in notes(dialog)[1][1]
    dialog.conflict.setCurrentIndex(dialog.conflict.findData("replace"))
    assert run(dialog, qtbot) == (
        "Imported 10 words on 2 photos. 1 word replaced another. 1 word that was there stayed."
    )
    assert not dialog.start.isEnabled()
    dialog.reject()
    assert texts(studio) == ["Ship", "the", "new"]
    states = {row.name: row.words for row in studio.window.photos.all_rows()}
    assert states == {"board 1.png": 3, "board 2.png": 8, "board 3.png": 0}

    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, studio.document.order()[2], "newer"))
    studio.window.action_set["export"].trigger()
    export = next(each for each in studio.window.findChildren(ExportDialog) if each.isVisible())
    export.kind.setCurrentIndex(export.kind.findData("labelme"))
    export.folder.line.setText(str(tmp_path / "out"))
    QTest.mouseClick(export.export, LEFT)
    qtbot.waitUntil(lambda: not export.busy)
    export.reject()
    found = json.loads((tmp_path / "out" / "board 1.json").read_text())
    assert [shape["description"] for shape in found["shapes"]] == ["Ship", "the", "newer"]

    studio.window.action_set["undo"].trigger()
    studio.window.action_set["undo"].trigger()
    qtbot.waitUntil(lambda: texts(studio) == ["Ship", "teh"] and not studio.busy)
    second = page_of(studio, "board 2.png")
    assert second is not None
    assert not second.words
    studio.window.action_set["redo"].trigger()
    qtbot.waitUntil(lambda: texts(studio) == ["Ship", "the", "new"] and not studio.busy)


@pytest.mark.parametrize(
    ("conflict", "report", "both"),
    [
        ("keep", "Imported 1 word on 1 photo. 2 words that were there stayed.", ("Sheep", "Ship")),
        ("both", "Imported 1 word on 1 photo. 2 words have both texts.", ("Sheep", "Skip")),
    ],
)
def test_words_that_are_there_stay(
    studio: Studio, labels: Path, qtbot: QtBot, conflict: str, report: str, both: tuple[str, str]
) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, "w0", "Sheep"))  # not saved yet
    file = write_labels(labels, "board 1.png", {(0, 0): "Skip", (0, 1): "teh", (1, 0): "ask"})
    dialog = open_dialog(studio, qtbot, file)
    assert dialog.conflict.isEnabled()
    dialog.conflict.setCurrentIndex(dialog.conflict.findData(conflict))
    assert run(dialog, qtbot) == report
    word = studio.document.word("w0")
    assert word is not None
    assert word.human is not None
    assert word.machine is not None
    assert (word.human.text, word.machine.text) == both
    assert texts(studio) == ["Sheep", "teh", "ask"]


def test_without_conflicts_there_is_nothing_to_choose(studio: Studio, labels: Path, qtbot: QtBot) -> None:
    dialog = open_dialog(studio, qtbot)
    assert not dialog.start.isEnabled()
    dialog.offer([labels / "board 2.json", labels / "elsewhere.json"])
    qtbot.waitUntil(lambda: not dialog.looking)
    assert not dialog.conflict.isEnabled()
    assert said(dialog) == "8 new words on 1 photo. 1 file can’t be imported."
    dialog.source.line.setText(str(labels / "elsewhere.json"))
    assert rows(dialog) == []
    qtbot.waitUntil(lambda: not dialog.looking)
    told = said(dialog)
    assert told.startswith(f"{labels / 'elsewhere.json'}: no photo named elsewhere.png in this folder.")
    assert dialog.skipped.isHidden()
    assert not dialog.start.isEnabled()
    dialog.source.line.setText(str(labels / "nowhere"))
    qtbot.waitUntil(lambda: not dialog.looking)
    assert str(labels / "nowhere") in said(dialog)
    (labels / "board 2.json").unlink()
    (labels / "board 1.json").unlink()
    dialog.offer([labels])
    qtbot.waitUntil(lambda: not dialog.looking)
    assert said(dialog) == "There are no words for the photos of this folder."


def test_a_file_or_a_folder_is_chosen(studio: Studio, labels: Path, qtbot: QtBot) -> None:
    dialog = open_dialog(studio, qtbot)
    for button, mode in (
        (dialog.source.choose, QFileDialog.FileMode.ExistingFiles),
        (dialog.source.choose_folder, QFileDialog.FileMode.Directory),
    ):
        QTest.mouseClick(button, LEFT)
        asked = next(each for each in dialog.findChildren(QFileDialog) if each.isVisible())
        assert asked.fileMode() == mode
        assert Path(asked.directory().absolutePath()) == studio.window.photos.photos.folder
        asked.filesSelected.emit([str(labels)])
        asked.reject()
        qtbot.waitUntil(lambda: not dialog.looking)
        assert len(rows(dialog)) == 2
        dialog.source.line.clear()
        qtbot.waitUntil(lambda: not dialog.looking)


def drop(studio: Studio, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    handle = studio.window.windowHandle()
    assert handle is not None
    middle = QPointF(studio.window.view.mapTo(studio.window, studio.window.view.rect().center()))
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(handle, QDropEvent(middle, copy, data, LEFT, Qt.KeyboardModifier.NoModifier))


@pytest.mark.parametrize(("names", "found"), [(["board 1.json"], 1), (["board 1.json", "board 2.json"], 2), ([""], 2)])
def test_files_with_labels_are_dropped(
    studio: Studio, labels: Path, qtbot: QtBot, names: list[str], found: int
) -> None:
    drop(studio, *(labels / name for name in names))
    qtbot.waitUntil(lambda: bool(studio.window.findChildren(ImportDialog)))
    dialog = shown_dialog(studio)
    qtbot.waitUntil(lambda: not dialog.looking)
    assert len(rows(dialog)) == found
    assert studio.opening.path == studio.window.photos.photos.folder / "board 1.png"


def test_other_files_are_refused_as_ever(studio: Studio, labels: Path, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "shopping.txt").write_text("bread\nbutter\n")
    with qtbot.waitSignal(studio.opening.refused):
        drop(studio, tmp_path / "shopping.txt")
    with qtbot.waitSignal(studio.opening.several) as told:
        drop(studio, tmp_path / "shopping.txt", labels / "board 1.json")
    assert told.args is not None
    assert [error.file for error in told.args[0].left_out] == [str(tmp_path / "shopping.txt")]
    assert len(rows_of_one(studio, qtbot)) == 1


def rows_of_one(studio: Studio, qtbot: QtBot) -> list[list[str]]:
    dialog = shown_dialog(studio)
    qtbot.waitUntil(lambda: not dialog.looking)
    return rows(dialog)


def test_without_a_folder_labels_are_refused(open_studio: Open, labels: Path, qtbot: QtBot) -> None:
    studio = open_studio()
    assert not studio.window.action_set["import_labels"].isEnabled()
    with qtbot.waitSignal(studio.opening.refused):
        drop(studio, labels / "board 1.json")


def test_a_photo_that_changes_meanwhile_keeps_its_words(studio: Studio, labels: Path, qtbot: QtBot) -> None:
    document, photos = studio.document, list_rows(studio.window.photos.all_rows())
    pages = document.history.pages
    assert pages is not None
    importing = Importing(
        document,
        lambda load: import_labels.import_labels(pages.project, photos, [labels], Conflict.REPLACE, load=load),
        Conflict.REPLACE,
        document,
    )
    ready = importing._on_ready

    def change(made: object) -> None:
        page = document.page
        assert page is not None
        if texts(studio) == ["Ship", "teh"]:
            document.push(edits.write(page, "w1", "thee"))
        ready(made)  # type: ignore[arg-type]

    importing._on_ready = change  # type: ignore[method-assign, assignment]
    added: list[Page] = []
    importing.page_added.connect(added.append)
    with qtbot.waitSignal(importing.ended):
        importing.start()
    assert texts(studio) == ["Ship", "thee"]
    second = document.history.page(added[0].id)
    assert second is not None
    assert len(second.words) == 8
    assert (Path("board 1.png"), "The photo was changed meanwhile. Import it again.") in importing.result.skipped


def test_imported_words_are_not_read_over_when_their_photo_is_opened(
    studio: Studio, labels: Path, qtbot: QtBot
) -> None:
    dialog = open_dialog(studio, qtbot, labels / "board 2.json")
    run(dialog, qtbot)
    dialog.reject()
    studio.change_settings(replace(studio.settings, read_when_opened=True))
    folder = studio.window.photos.photos.folder
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    assert texts(studio) == list(all_words().values())
    studio.opening.open_paths([folder / "board 3.png"])
    qtbot.waitUntil(lambda: bool(studio.reading.busy) or len(texts(studio)) == 8)


@pytest.mark.parametrize("way", ["stop", "close"])
def test_stopped_half_way_it_says_what_was_imported(
    studio: Studio, labels: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(import_labels, "_PAGES", 1)
    dialog = open_dialog(studio, qtbot, labels)
    follow = dialog._follow

    def stop_after_the_first(event: ImportProgress) -> None:
        follow(event)
        if len(texts(studio)) > 2:
            (dialog.start.click if way == "stop" else dialog.reject)()

    monkeypatch.setattr(dialog, "_follow", stop_after_the_first)
    told: list[str] = []
    dialog.message.connect(told.append)
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    QTest.mouseClick(dialog.start, LEFT)
    qtbot.waitUntil(lambda: bool(ended) if way == "close" else not dialog.busy)
    if way == "stop":
        told.append(said(dialog))
        dialog.reject()
    assert told == ["Stopped. Imported 1 word on 1 photo. 2 words that were there stayed."]
    qtbot.waitUntil(lambda: not studio.busy)
    assert page_of(studio, "board 2.png") is None


def test_all_parts_are_taken_back_by_one_undo(
    studio: Studio, labels: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_labels, "_PAGES", 1)
    write_labels(labels, "board 3.png", all_words())
    run(open_dialog(studio, qtbot, labels), qtbot)
    shown_dialog(studio).reject()
    assert studio.document.undo_stack.count() == 3
    studio.window.action_set["undo"].trigger()
    qtbot.waitUntil(lambda: not studio.document.undo_stack.canUndo() and not studio.busy)
    assert texts(studio) == ["Ship", "teh"]
    for name in ("board 2.png", "board 3.png"):
        page = page_of(studio, name)
        assert page is not None
        assert not page.words
