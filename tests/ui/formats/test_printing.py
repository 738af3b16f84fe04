"""The text of the open photo is printed as it reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from pytestqt.qtbot import QtBot

from ocr_studio.ui.formats import printing
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open


def test_lines_and_paragraphs_are_printed_and_nothing_is_taken_for_markup() -> None:
    text = "one\n<b>two</b>\n\n* three"
    assert printing.make_document(text).toPlainText() == text


def test_the_text_of_the_photo_is_printed(
    qtbot: QtBot, open_studio: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(made_board.write_photo(tmp_path / "photos" / "board.png"), reader=StandInReader())
    qtbot.waitUntil(lambda: not studio.busy)
    studio.window.action_set["print"].trigger()
    (dialog,) = studio.window.findChildren(QPrintDialog)
    printer = dialog.printer()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "board.pdf"))
    texts: list[str] = []
    make = printing.make_document

    def make_and_note(text: str) -> QTextDocument:
        document = make(text)
        texts.append(document.toPlainText())
        return document

    monkeypatch.setattr(printing, "make_document", make_and_note)
    dialog.accepted.emit(printer)
    assert (tmp_path / "board.pdf").read_bytes().startswith(b"%PDF")
    assert texts == ["Ship the new build\n\nask Anna about queves\n"]
    dialog.close()
