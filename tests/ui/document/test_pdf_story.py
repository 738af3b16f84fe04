"""The story of a PDF: dropped on the window, read page by page, corrected, found, and exported with its text."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image
from PySide6.QtWidgets import QInputDialog, QLineEdit
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.formats.documents import text
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.formats.export_dialog import ExportDialog
from tests.ui import made_board
from tests.ui.document.test_drop_target import drop, files
from tests.ui.studio import Open


def write_scan(path: Path, *, pages: int) -> Path:
    """A scanned PDF, each page as large as the photo that the stand-in reads."""
    first, *rest = (Image.fromarray(made_board.photo()) for _ in range(pages))
    first.save(path, save_all=True, append_images=rest, resolution=150.0)
    return path


def names(studio: Studio) -> list[str]:
    return [row.name for row in studio.window.photos.all_rows()]


def test_a_scan_of_several_pages(tmp_path: Path, open_studio: Open, qtbot: QtBot) -> None:
    scan = write_scan(tmp_path / "scan.pdf", pages=3)
    before = scan.read_bytes()
    studio = open_studio(settings=Settings(read_when_opened=True))
    drop(studio, files(scan))
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    qtbot.waitUntil(lambda: names(studio) == ["scan #1.pdf", "scan #2.pdf", "scan #3.pdf"])
    assert studio.opening.path == tmp_path / "scan #1.pdf"

    studio.opening.step(1)
    qtbot.waitUntil(lambda: studio.opening.path == tmp_path / "scan #2.pdf" and not studio.busy)
    page = studio.document.page
    assert page is not None
    assert page.image == "scan #2.pdf"
    key = studio.document.order()[0]
    studio.document.push(edits.write(page, key, "Corrected"))
    studio.autosave.flush()
    project = Project.open(tmp_path)
    assert {project.load_page(each).image for each in project.page_ids()} >= {"scan #1.pdf", "scan #2.pdf"}  # type: ignore[union-attr]

    studio.opening.step(-1)
    qtbot.waitUntil(lambda: studio.opening.path == tmp_path / "scan #1.pdf" and not studio.busy)
    qtbot.waitUntil(lambda: len(studio.window.photos.all_rows()) == 3)
    studio.window.action_set["export"].trigger()
    dialog = next(each for each in studio.window.findChildren(ExportDialog) if each.isVisible())
    dialog.kind.setCurrentIndex(dialog.kind.findData("pdf"))
    dialog.folder.line.setText(str(tmp_path / "out"))
    assert dialog.written.text() == "Writes one file with 3 pages: scan.pdf"
    dialog.export.click()
    qtbot.waitUntil(lambda: not dialog.busy)
    [made] = (tmp_path / "out").glob("*.pdf")
    assert made.name == "scan.pdf"
    with pypdfium2.PdfDocument(made) as opened:
        told = [opened[number].get_textpage().get_text_range().split() for number in range(len(opened))]
    corrected = studio.document.history.page(page.id)
    assert corrected is not None
    assert told[1] == text.render([corrected]).split()
    assert "Corrected" in told[1]
    assert scan.read_bytes() == before


def test_a_protected_pdf_asks_for_its_password(tmp_path: Path, open_studio: Open, qtbot: QtBot) -> None:
    with pikepdf.open(write_scan(tmp_path / "whole.pdf", pages=2)) as pdf:
        pdf.save(tmp_path / "scan.pdf", encryption=pikepdf.Encryption(owner="o", user="geheim"))
    (tmp_path / "whole.pdf").unlink()
    studio = open_studio()

    def find_dialog() -> QInputDialog | None:
        dialogs = studio.window.findChildren(QInputDialog)
        return next((each for each in dialogs if each.isVisible()), None)

    drop(studio, files(tmp_path / "scan.pdf"))
    for typed, said in (("wrong", "Enter the password"), ("geheim", "is wrong. Try again")):
        qtbot.waitUntil(lambda: find_dialog() is not None)
        dialog = find_dialog()
        assert dialog is not None
        assert said in dialog.labelText()
        assert dialog.textEchoMode() == QLineEdit.EchoMode.Password
        dialog.setTextValue(typed)
        dialog.accept()
        qtbot.waitUntil(lambda: find_dialog() is None)
    qtbot.waitUntil(lambda: names(studio) == ["scan #1.pdf", "scan #2.pdf"] and not studio.busy)
    assert studio.opening.path == tmp_path / "scan #1.pdf"
    assert find_dialog() is None


def test_a_file_that_is_damaged_says_so_and_lists_what_can_be_read(
    tmp_path: Path, open_studio: Open, qtbot: QtBot
) -> None:
    with pikepdf.open(write_scan(tmp_path / "whole.pdf", pages=3)) as pdf:
        pdf.pages[1].obj.Type = pikepdf.Name.NoPage
        pdf.save(tmp_path / "scan.pdf")
    (tmp_path / "whole.pdf").unlink()
    studio = open_studio()
    drop(studio, files(tmp_path / "scan.pdf"))
    qtbot.waitUntil(lambda: names(studio) == ["scan #1.pdf", "scan #3.pdf"] and not studio.busy)
    assert any("it is damaged: page 2 of 3 is lost" in text for text in studio.window.messages.texts())
