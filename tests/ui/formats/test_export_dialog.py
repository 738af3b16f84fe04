"""File → Export photos: which photos, in which format, where to; done in the background, and reported."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.documents import text
from ocr_studio.core.photo_list.filter_query import parse_filter
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.formats.export_photos import ExportEvent, PhotoWritten
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.formats.export_dialog import ExportDialog
from tests.core.made_datasets import project, words
from tests.ui.studio import Open, record_opened

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def many(tmp_path: Path, open_studio: Open, qtbot: QtBot) -> Studio:
    """Three photos that were read, and one that was not; the first one is open."""
    made = project(tmp_path / "many", [words(number) for number in (1, 2, 3)])
    photo = (made.photos / "board 3.png").read_bytes()
    (made.photos / "new.png").write_bytes(photo + b"\0")  # other bytes, so another photo
    studio = open_studio(made.photos / "board 1.png")
    photos = studio.window.photos
    qtbot.waitUntil(lambda: len(photos.all_rows()) == 4 and all(row.page_id for row in photos.all_rows()[:3]))
    return studio


def select(studio: Studio, *rows: int) -> None:
    """Select these photos in the list."""
    photos = studio.window.photos
    photos.clearSelection()
    for row in rows:
        photos.selectionModel().select(photos.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)


def dialog_of(studio: Studio, action: str = "export") -> ExportDialog:
    studio.window.action_set[action].trigger()
    return next(each for each in studio.window.findChildren(ExportDialog) if each.isVisible())


def run(dialog: ExportDialog, qtbot: QtBot) -> str:
    """Export, and return the report."""
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: not dialog.busy)
    return dialog.status.text().replace("\u200b", "")


def skipped(dialog: ExportDialog) -> list[tuple[str, str]]:
    if dialog.skipped.isHidden():
        return []
    model = dialog.skipped.model()
    return [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(model.rowCount())]


def test_all_photos_are_exported_and_what_is_skipped_is_named_once(
    many: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = record_opened(monkeypatch)
    folder = many.window.photos.photos.folder
    page = many.document.page
    assert page is not None
    many.document.push(edits.write(page, many.document.order()[0], "Just now"))
    dialog = dialog_of(many)
    assert dialog.scope.currentText() == "All photos in this folder (4)"
    said = run(dialog, qtbot)
    out = folder / "export"
    assert said == f"3 of 4 photos exported to {out}. 1 photo was skipped. Click it to open it."
    assert skipped(dialog) == [("new.png", "Not read yet. Read the photo, then export it again.")]
    assert sorted(path.name for path in out.glob("*.txt")) == ["board 1.txt", "board 2.txt", "board 3.txt"]
    assert (out / "board 1.txt").read_text().startswith("Just now")
    QTest.mouseClick(dialog.show_folder, LEFT)
    assert shown == [str(out)]
    dialog.skipped.clicked.emit(dialog.skipped.model().index(0, 0))
    qtbot.waitUntil(lambda: many.opening.path == folder / "new.png")
    assert not many.window.findChildren(ExportDialog)


def test_selected_photos_are_saved_by_every_way_of_saving(many: Studio, qtbot: QtBot) -> None:
    select(many, 0, 2)
    out = many.window.photos.photos.folder / "export"
    suffixes = {"text": "txt", "md": "md", "json": "json", "csv": "csv"}
    for kind, suffix in suffixes.items():
        dialog = dialog_of(many, f"save_{suffix}")
        assert (dialog.scope.currentText(), dialog.kind.currentData()) == ("Selected photos (2)", kind)
        assert run(dialog, qtbot) == f"2 of 2 photos exported to {out}"
        assert sorted(path.name for path in out.glob(f"*.{suffix}")) == [f"board 1.{suffix}", f"board 3.{suffix}"]
        dialog.reject()
    for action, kind in (("save_cleaned", "cleaned"), ("export_chosen", "csv"), ("export", "csv")):
        dialog = dialog_of(many, action)
        assert (dialog.scope.currentText(), dialog.kind.currentData()) == ("Selected photos (2)", kind)
        assert dialog.files.isEnabled() == (kind != "cleaned")
        dialog.reject()
    select(many, 1)
    many.window.action_set["save_txt"].trigger()
    (asked,) = many.window.findChildren(QFileDialog)
    assert asked.isVisible()
    asked.reject()


def test_filtered_photos_go_to_one_file_and_the_choice_is_offered_again(
    many: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    many.window.photos.set_filter(parse_filter("name:board -name:2"))
    dialog = dialog_of(many)
    assert dialog.scope.currentText() == "Photos that match the filter (2)"
    dialog.files.setCurrentIndex(1)
    dialog.folder.line.setText(str(tmp_path / "texts"))
    out = tmp_path / "texts" / "many.txt"
    assert run(dialog, qtbot) == f"2 of 2 photos exported to {out}"
    assert [line for line in out.read_text().splitlines() if "board" in line] == ["board 1.png", "board 3.png"]
    dialog.reject()
    again = dialog_of(many)
    assert (again.files.currentData(), again.folder.path) == ("one", tmp_path / "texts")
    out.write_text("edited")  # a file of somebody else stays, unless that is asked for
    said = run(again, qtbot)
    assert said.startswith(f"{out}: the file was not written by this program")
    assert out.read_text() == "edited"
    again.replace.setChecked(True)
    assert run(again, qtbot) == f"2 of 2 photos exported to {out}"


@pytest.mark.parametrize("way", ["stop", "close"])
def test_stopped_half_way_it_says_what_was_written(
    many: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    dialog = dialog_of(many)
    hear = dialog._on_event

    def stop_at_the_first(event: ExportEvent) -> None:
        hear(event)
        if isinstance(event, PhotoWritten):
            (dialog.export.click if way == "stop" else dialog.reject)()

    monkeypatch.setattr(dialog, "_on_event", stop_at_the_first)
    told: list[str] = []
    dialog.message.connect(told.append)
    ended: list[str] = []
    dialog.finished.connect(lambda _: ended.append("closed"))
    QTest.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: bool(ended) if way == "close" else not dialog.busy)
    if way == "stop":
        told.append(dialog.status.text().replace("\u200b", ""))
    out = many.window.photos.photos.folder / "export" / "board 1.txt"
    assert told == [f"Stopped. 1 of 4 photos exported to {out}"]


def test_a_folder_that_cannot_be_made_is_named(many: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("mine")
    dialog = dialog_of(many)
    dialog.folder.line.setText(str(tmp_path / "file.txt" / "x"))
    assert str(tmp_path / "file.txt") in run(dialog, qtbot)
    assert dialog.show_folder.isHidden()
    dialog.folder.line.clear()
    assert not dialog.export.isEnabled()


@pytest.mark.usefixtures("caplog")  # the bug is logged
def test_why_selected_photos_are_not_copied_is_shown(
    many: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_pages: object) -> str:
        raise RuntimeError

    def damaged(*_args: object, **_kwargs: object) -> None:
        raise StudioError("the page is damaged")

    select(many, 0, 2)
    shown = many.window.clipboard.failed
    with monkeypatch.context() as patch, qtbot.waitSignal(shown) as told:
        patch.setattr(text, "render", fail)
        many.window.action_set["copy_all"].trigger()
    assert told.args is not None
    assert "Copying the texts failed" in told.args[0].message
    said: list[str] = []
    many.window.clipboard.message.connect(said.append)
    with monkeypatch.context() as patch, qtbot.waitSignal(shown) as told:
        patch.setattr(Project, "load_page", damaged)
        many.window.action_set["copy_all"].trigger()
    assert told.args is not None
    assert "the page is damaged" in told.args[0].message
    assert said == ["Copied the text of 0 photos"]


def test_texts_of_selected_photos_are_copied_together(many: Studio, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    select(many, 0, 2, 3)
    begins = (
        ("copy_all", "board 1.png\n===="),
        ("copy_markdown", "## board 1.png\n"),
        ("copy_formatted", "board 1.png\n===="),
        ("copy_table", "board 1.png\n"),
    )
    for action, beginning in begins:
        clipboard.clear()
        with qtbot.waitSignal(many.window.clipboard.message) as said:
            many.window.action_set[action].trigger()
        assert said.args == ["Copied the text of 2 photos; 1 has not been read"]
        assert clipboard.text().startswith(beginning)
        assert "board 3.png" in clipboard.text()
    many.document.select(many.document.order()[:1])  # words that are selected come first
    many.window.action_set["copy_markdown"].trigger()
    assert "board" not in clipboard.text()
    many.opening.open_paths([many.window.photos.photos.folder / "new.png"])  # selected, and alone
    qtbot.waitUntil(lambda: many.opening.path is not None and many.opening.path.name == "new.png" and not many.busy)
    many.window.action_set["copy_all"].trigger()
    assert "board" not in clipboard.text()


def test_it_says_which_files_are_written(many: Studio) -> None:
    select(many, 0, 1)
    dialog = dialog_of(many)

    def said(kind: str) -> tuple[str, str, bool]:
        dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
        return dialog.written.text(), dialog.files.currentData(), dialog.files.isEnabled()

    dialog.files.setCurrentIndex(1)
    assert said("text") == ("Writes one file for all photos: many.txt", "one", True)
    assert said("labelme") == ("Writes a file for each photo, for example board 1.json", "each", False)
    assert said("icdar2015") == ("Writes a file for each photo, for example gt_board 1.txt", "each", False)
    assert said("coco") == ("Writes one file for all photos: annotations.json", "one", False)
    assert said("cleaned") == ("Writes a file for each photo, for example board 1 cleaned.png", "each", False)
    assert said("text") == ("Writes one file for all photos: many.txt", "one", True)  # as the user has chosen
    dialog.reject()
    select(many, 1)
    dialog = dialog_of(many, "export_chosen")
    assert said("labelme")[0] == "Writes board 2.json"
    assert dialog.readers.text() == "For labelme, X-AnyLabeling"


def test_the_open_photo_becomes_a_searchable_pdf(many: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "board.pdf"
    with qtbot.waitSignal(many.window.exporter.message, check_params_cb=lambda said: "board.pdf" in said):
        many.window.exporter.save(path)
    page = many.document.page
    assert page is not None
    with pypdfium2.PdfDocument(path) as opened:
        assert opened[0].get_textpage().get_text_range().split() == text.render([page]).split()


def test_a_pdf_that_cannot_be_written_says_why(many: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(many.window.exporter.failed, check_params_cb=lambda trouble: "board.pdf" in trouble.message):
        many.window.exporter.save(tmp_path / "no folder" / "board.pdf")


def test_photos_become_one_pdf_in_the_dialog(many: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_of(many)
    dialog.kind.setCurrentIndex(dialog.kind.findData("pdf"))
    dialog.files.setCurrentIndex(dialog.files.findData("one"))
    dialog.folder.line.setText(str(tmp_path / "out"))
    assert "3 of 4 photos exported" in run(dialog, qtbot)
    [path] = (tmp_path / "out").glob("*.pdf")
    with pypdfium2.PdfDocument(path) as opened:
        assert len(opened) == 3
