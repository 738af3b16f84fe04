"""A page of a PDF that has text of its own: it is offered instead of what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.ui.app.app import Studio
from tests.ui.studio import Open

TEXTS = ("one", "two", "three", "four", "five")


def write(path: Path, texts: tuple[str, ...]) -> Path:
    """A PDF of a white photo with these words, a line for each."""
    Image.new("RGB", (600, 400), "white").save(photo := path.with_name("white.png"))
    words = {
        text: Word(
            text,
            Quad.from_box(50, 50 + 60 * row, 200, 80 + 60 * row),
            machine=Transcription(text, TextSource.MODEL),
        )
        for row, text in enumerate(texts)
    }
    data = FORMATS["pdf"].render([Page("0", "white.png", 600, 400, words)], PhotoSource(lambda _: photo))
    assert isinstance(data, bytes)
    path.write_bytes(data)
    photo.unlink()
    return path


def offers(studio: Studio) -> list[QPushButton]:
    return [each for each in studio.window.messages.findChildren(QPushButton) if each.text() == "Use its text"]


def test_the_text_is_taken_and_undone(tmp_path: Path, open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio(write(tmp_path / "scan.pdf", TEXTS))
    qtbot.waitUntil(lambda: bool(offers(studio)))
    before = studio.document.page
    offers(studio)[0].click()
    page = studio.document.page
    assert page is not None
    assert page_order.compose_text(page).split() == list(TEXTS)
    assert studio.document.undo_stack.undoText() == "Use text of the PDF"
    assert not offers(studio)
    studio.document.undo_stack.undo()
    assert before is not None
    assert studio.document.page is not None
    assert dict(studio.document.page.words) == dict(before.words)


@pytest.mark.parametrize("texts", [(), TEXTS[:2]])
def test_a_page_with_next_to_no_text_is_only_read(
    texts: tuple[str, ...], tmp_path: Path, open_studio: Open, qtbot: QtBot
) -> None:
    studio = open_studio(write(tmp_path / "scan.pdf", texts))
    qtbot.wait(300)
    qtbot.waitUntil(lambda: studio.window.own_text_proposal.idle)
    assert not offers(studio)
