"""A folder from a stranger, opened in the window: its texts are shown, and nothing in them is obeyed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Alternative, Page, PageFacts, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.menus.toolbar import RecentMenu
from ocr_studio.ui.style import labels
from ocr_studio.ui.text.note_editor import NoteEditor
from ocr_studio.ui.text.page_text_editor import PageTextEditor
from ocr_studio.ui.widgets.plain_label import PlainLabel
from tests.ui import made_board
from tests.ui.studio import Open

PICTURE: Final = "<img src=file:///etc/passwd>"
TEXTS: Final = (
    *(PICTURE, "<b>x</b>", "R&D &File", "\u202egpj.exe"),
    *("&lt;x", "<script>", "[x](http://x)", "<a href=//x>y</a>"),
)
LONG: Final = ("abc " * 25_000, "x" * 100_000, "e\u0301\u0302\u0303" * 25_000, "عربي" * 25_000)
NAME: Final = "<b>board<b>&File[*].png"


def read(text: str) -> Transcription:
    others = (Alternative(text, 0.5), Alternative(f"{text}&", 0.3), Alternative(f"x{text}", 0.2))
    return Transcription(text, TextSource.MODEL, 0.5, PICTURE, None, others)


@pytest.fixture
def strange(open_studio: Open, tmp_path: Path) -> Studio:
    """Opened, its panels in sight."""
    photo = made_board.write_photo(tmp_path / "boards" / NAME)
    corners = [(10 + 110 * column, 20 + 70 * row) for row in range(3) for column in range(4)]
    words = {
        f"w{number}": Word(f"w{number}", Quad.from_box(x, y, x + 90, y + 30), machine=read(text))
        for number, ((x, y), text) in enumerate(zip(corners, TEXTS + LONG, strict=True))
    }
    facts = PageFacts(writer="<b>writer</b>", tags=("<u>tag</u>", "&tag"), note="n" * 100_000)
    project = Project.open(photo.parent)
    project.save_page(
        Page(photo_file.compute_content_id(photo), photo.name, 480, 240, words, "2026-01-01T00:00:00+00:00", facts)
    )
    project.unlock()
    studio = open_studio(photo)
    for action in ("text_panel", "review", "find_everywhere", "show_texts"):
        studio.window.action_set[action].trigger()
    return studio


def tooltips(top: QWidget) -> Iterator[str]:
    """Of widgets and cells."""
    for widget in (top, *top.findChildren(QWidget)):
        yield widget.toolTip()
        assert not (isinstance(widget, QMenu) and widget.toolTipsVisible())  # or each text in it would be a tooltip
    for view in top.findChildren(QAbstractItemView):
        if (model := view.model()) is not None:
            rows = range(min(20, model.rowCount()))
            columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount())
            cells = (model.index(row, column) for row in rows for column in columns)
            yield from (str(cell.data(Qt.ItemDataRole.ToolTipRole) or "") for cell in cells)


def test_what_files_say_is_shown_and_not_obeyed(strange: Studio, qtbot: QtBot) -> None:
    window, document = strange.window, strange.document
    (text,) = window.findChildren(PageTextEditor)
    seen: set[str] = set()
    for key in [f"w{number}" for number in range(len(TEXTS))]:
        document.select([key], current=key)
        for tip in tooltips(window):
            assert len(tip) < 10_000
            if QtGui.Qt.mightBeRichText(tip):
                plain = QTextDocumentFragment.fromHtml(tip).toPlainText().replace("\xa0", " ")
                assert tip == QtGui.Qt.convertFromPlainText(plain)
                seen.add(tip)
    assert any("&lt;img" in tip for tip in seen)
    assert window.windowTitle() == labels.title(f"{NAME} – OCR Studio")
    assert "[*][*]" in window.windowTitle()
    for label in window.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or "<img" not in label.text()
    qtbot.waitUntil(lambda: PICTURE in text.toPlainText())
    assert all(each in text.toPlainText() for each in TEXTS)
    document.select(["w2"], current="w2")
    assert "R&&" in window.alternatives.choices()[0]
    assert window.action_set["alternative_1"].text() == "R&&D &&File"


def test_texts_of_any_length_halt_nothing(strange: Studio) -> None:
    window, document = strange.window, strange.document
    took = []
    for number in range(len(TEXTS), len(TEXTS + LONG)):
        begun = time.thread_time()
        document.select([f"w{number}"], current=f"w{number}")
        window.grab()
        took.append(time.thread_time() - begun)
    begun = time.thread_time()
    assert document.page is not None
    document.push(edits.write(document.page, "w1", "y"))
    window.grab()
    took.append(time.thread_time() - begun)
    begun = time.thread_time()
    window.resize(window.width() - 40, window.height())
    window.grab()
    took.append(time.thread_time() - begun)
    assert max(took) < 1.5, took
    assert len(window.action_set["alternative_1"].text()) <= 400
    (note,) = window.findChildren(NoteEditor)
    note.finish()  # nobody has typed: it stays whole
    assert len(document.page.facts.note) == len(note.toPlainText()) == 100_000


@pytest.mark.parametrize("text", [*TEXTS, *LONG, "a\n<b>x</b>", "x <y", "<!doctype html>", ""])
def test_tooltips_show_just_the_text(text: str, qtbot: QtBot) -> None:
    made = labels.tooltip(text)
    shown = QTextDocumentFragment.fromHtml(made).toPlainText() if QtGui.Qt.mightBeRichText(made) else made
    assert shown.replace("\xa0", " ") == labels.shortened(text)


def test_a_label_is_plain_and_not_endless(qtbot: QtBot) -> None:
    label = PlainLabel(PICTURE)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == PICTURE
    label.setText("x" * 1_000_000)
    assert len(label.text()) == 10_000


def test_names_in_a_menu_stand_in_one_line(qtbot: QtBot) -> None:
    menu = RecentMenu()
    qtbot.addWidget(menu)
    menu.show_recent([Path("/p/R&D\t\u202egpj.exe"), Path("/p") / ("x" * 250)])
    first, second = (action.text() for action in menu.actions())
    assert first == "R&&D\\t\\u202egpj.exe — /p"
    assert len(second) == 200
