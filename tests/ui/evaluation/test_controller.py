"""Evaluating in the window: figures, mistakes, and the way from a mistake to its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import WriteFailed
from ocr_studio.core.evaluation.results import Evaluation
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.page import Edit, Quad, Transcription, Word
from ocr_studio.jobs.learning import evaluate as evaluate_job
from ocr_studio.jobs.learning.evaluate import PageWritten
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.evaluation.error_table import KIND, PHOTO, READ, WANTED
from tests.ui import made_board
from tests.ui.made_board import StandInOcrService, StandInReader
from tests.ui.studio import Open


class Hasty(StandInReader):
    """Reads every word but the last of the second line, and that there is a word where none is."""

    def read_lines(self, image: Any, lines: list[int]) -> Iterator[tuple[int, list[Word]]]:
        for count, words in super().read_lines(image, lines):
            if lines and words[0].id.startswith("w4"):
                ghost = replace(words[0], id="ghost", quad=Quad.from_box(300, 190, 400, 230))
                yield count, [*words[:-1], ghost]
                continue
            yield count, words


def check(studio: Studio, count: int = 8) -> None:
    """A person agrees with the first words of the page."""
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, studio.document.order()[:count]))


def open_photo(studio: Studio, path: Path, qtbot: QtBot) -> None:
    studio.opening.open_paths([path])
    qtbot.waitUntil(lambda: studio.opening.path == path and not studio.busy)


def evaluate(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.evaluator.ended):
        studio.window.action_set["evaluate"].trigger()


def rows(studio: Studio) -> list[tuple[str, ...]]:
    model = studio.window.evaluation.mistakes.mistakes
    columns = (KIND, WANTED, READ, PHOTO)
    return [tuple(model.index(row, column).data() for column in columns) for row in range(model.rowCount())]


def all_labels(studio: Studio) -> str:
    return " ".join(label.text() for label in studio.window.evaluation.findChildren(QLabel))


def test_what_was_checked_is_compared_with_a_new_reading(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png", reader=Hasty())
    dock = studio.window.evaluation
    assert dock.isHidden()
    page = studio.document.page
    assert page is not None
    check(studio)
    # Not saved yet, and part of the truth all the same.
    studio.document.push(edits.write(studio.document.page or page, studio.document.order()[0], "Sheep"))
    before = studio.document.page
    evaluate(studio, qtbot)
    assert studio.document.page is before
    assert not dock.isHidden()
    evaluation = dock.evaluation
    assert evaluation is not None
    assert (evaluation.score.detection.wanted, evaluation.score.detection.right) == (8, 8)
    assert rows(studio) == [("Misread", "Sheep", "Ship", "board 1.png")]
    assert "0.875" in dock.figures.text()
    assert "stand-in" in all_labels(studio)


@pytest.fixture
def evaluated(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """Two photos that were read and checked in full, and read by somebody more hasty since; the second is open."""
    studio = open_studio(folder / "board 1.png")
    check(studio)
    open_photo(studio, folder / "board 2.png", qtbot)
    check(studio)
    ocr_service: Any = studio.reading.ocr_service
    ocr_service.stand_in = Hasty()
    evaluate(studio, qtbot)
    return studio


def test_each_photo_shows_its_own_mistakes(evaluated: Studio) -> None:
    missed, false = ("Missed", "queves", "", "board 1.png"), ("False", "", "ask", "board 1.png")
    others = [(*row[:3], "board 2.png") for row in (missed, false)]
    assert rows(evaluated) == [missed, false, *others]
    dock = evaluated.window.evaluation
    photos = dock.photos.model()
    assert [photos.index(row, 0).data() for row in range(3)] == ["All photos", "board 1.png", "board 2.png"]
    dock.photos.selectRow(2)
    assert rows(evaluated) == others
    dock.kind.setCurrentIndex(dock.kind.findText("1 false"))
    assert rows(evaluated) == others[1:]
    dock.photos.selectRow(0)
    assert rows(evaluated) == [false, others[1]]


def test_a_row_that_is_chosen_stays_chosen_while_more_come(evaluated: Studio) -> None:
    dock = evaluated.window.evaluation
    assert dock.evaluation is not None
    whole, table = dock.evaluation, dock.mistakes
    dock._show(replace(whole, photos=whole.photos[:1]))
    assert len(rows(evaluated)) == 2
    table.setCurrentIndex(table.mistakes.index(1, WANTED))
    dock._show(whole)
    assert len(rows(evaluated)) == 4
    assert table.currentIndex().row() == 1
    photos = dock.photos.model()
    assert [photos.index(row, 0).data() for row in range(3)] == ["All photos", "board 1.png", "board 2.png"]
    assert photos.index(0, 1).data() == "16"
    dock._show(replace(whole, photos=whole.photos[1:]))
    assert [row[3] for row in rows(evaluated)] == ["board 2.png"] * 2
    assert photos.index(1, 0).data() == "board 2.png"


def click(studio: Studio, qtbot: QtBot, row: int) -> None:
    table = studio.window.evaluation.mistakes
    place = table.visualRect(table.mistakes.index(row, WANTED)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_a_click_goes_to_the_place_on_another_photo(evaluated: Studio, folder: Path, qtbot: QtBot) -> None:
    places = evaluated.window.evaluation.places
    with qtbot.waitSignal(places.shown):
        click(evaluated, qtbot, 0)
    assert evaluated.opening.path == folder / "board 1.png"
    word = evaluated.document.word(evaluated.document.current)
    assert word is not None
    assert word.text == "queves"
    view = evaluated.window.view
    box = view.screen_box(word.quad)
    assert view.screen_area().contains(box.toRect())
    assert box.height() >= 30
    assert evaluated.window.evaluation.mistakes.hasFocus()


def test_return_goes_to_a_place_where_no_word_is(evaluated: Studio, qtbot: QtBot) -> None:
    table = evaluated.window.evaluation.mistakes
    evaluated.document.select(evaluated.document.order()[:1])
    table.setFocus()
    table.setCurrentIndex(table.mistakes.index(3, WANTED))
    with qtbot.waitSignal(evaluated.window.evaluation.places.shown):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert evaluated.document.selection == frozenset()
    view = evaluated.window.view
    assert view.screen_area().contains(view.screen_box(Quad.from_box(300, 190, 400, 230)).toRect())


def test_a_photo_that_is_gone_by_then_is_said_and_nothing_more(evaluated: Studio, folder: Path, qtbot: QtBot) -> None:
    (folder / "board 1.png").unlink()
    with qtbot.waitSignal(evaluated.opening.refused):
        click(evaluated, qtbot, 0)
    qtbot.waitUntil(lambda: not evaluated.busy)
    assert evaluated.opening.path == folder / "board 2.png"


def test_the_web_pages_are_written_where_a_person_says(evaluated: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    dock = evaluated.window.evaluation
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.html").write_text("mine")
    dock.export.click()
    dialog = evaluated.window.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(evaluated.evaluator.written):
        dialog.fileSelected.emit(str(tmp_path / "pages"))
        dialog.reject()
    assert (tmp_path / "pages" / "index.html").read_text() == "mine"
    written = tmp_path / "pages" / "Evaluation"
    assert sorted(path.name for path in written.rglob("*.html")) == ["board 1.html", "board 2.html", "index.html"]
    assert str(written) in dock.status.text()


def test_a_web_page_that_is_missing_is_said_when_the_others_are_written(
    evaluated: Studio, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_pages(_: Evaluation, out: OutputFolder) -> Iterator[PageWritten]:
        for number in (1, 2, 3):
            path = out.path / f"{number}.html"
            yield PageWritten(path, number, 3, WriteFailed("the disk is full", file=path.name) if number < 3 else None)

    monkeypatch.setattr(evaluate_job, "write_pages", write_pages)
    dock = evaluated.window.evaluation
    assert dock.evaluation is not None
    evaluated.evaluator.write(dock.evaluation, tmp_path / "pages")
    qtbot.waitUntil(lambda: not evaluated.busy)
    assert dock.status.text() == "1.html: the disk is full. (2 of 3 web pages failed)"


def test_it_can_be_stopped_and_what_is_done_stays(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    reader = StandInReader()
    studio = open_studio(folder / "board 1.png", reader=reader)
    for number in (1, 2, 3):
        open_photo(studio, folder / f"board {number}.png", qtbot)
        check(studio)
    reader.pause = 0.05
    actions = studio.window.action_set
    with qtbot.waitSignal(studio.evaluator.updated):
        actions["evaluate"].trigger()
    assert not actions["evaluate"].isEnabled()
    dock = studio.window.evaluation
    with qtbot.waitSignal(studio.evaluator.ended):
        qtbot.mouseClick(dock.stop, Qt.MouseButton.LeftButton)
    assert actions["evaluate"].isEnabled()
    assert dock.evaluation is not None
    assert len(dock.evaluation.photos) == 1
    assert "stopped" in dock.status.text()
    qtbot.waitUntil(lambda: not studio.busy)
    reader.pause = 0.0
    with qtbot.waitSignal(studio.evaluator.ended):
        dock.again.click()
    assert len(dock.evaluation.photos) == 3


def test_it_stops_when_photos_are_read_in_another_way(evaluated: Studio, qtbot: QtBot) -> None:
    whole: list[bool] = []
    evaluated.evaluator.ended.connect(lambda _, all_done: whole.append(all_done))

    def choose_another(*_: object) -> None:
        evaluated.reading._ocr_service = StandInOcrService()

    evaluated.evaluator.updated.connect(choose_another)
    evaluate(evaluated, qtbot)
    dock = evaluated.window.evaluation
    assert whole == [False]
    assert dock.evaluation is not None
    assert [photo.image for photo in dock.evaluation.photos] == ["board 1.png"]


def test_other_reading_comes_in_between(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    reader = StandInReader()
    studio = open_studio(folder / "board 1.png", reader=reader)
    for number in (1, 2):
        open_photo(studio, folder / f"board {number}.png", qtbot)
        check(studio)
    reader.pause = 0.05
    order: list[str] = []
    studio.reading.finished.connect(lambda _: order.append("read"))
    studio.evaluator.updated.connect(lambda _: order.append("evaluated"))
    studio.window.action_set["evaluate"].trigger()
    studio.opening.open_paths([folder / "board 3.png"])
    qtbot.waitUntil(lambda: not studio.busy and len(order) == 3)
    assert order == ["evaluated", "read", "evaluated"]


def test_that_photos_were_renamed_is_no_reason_to_stand_still(evaluated: Studio, folder: Path, qtbot: QtBot) -> None:
    (folder / "board 1.png").rename(folder / "z.png")
    said: list[str] = []
    evaluated.evaluator.progressed.connect(lambda text, done, total: said.append(text))
    evaluate(evaluated, qtbot)
    assert said.count("Photo 1 of 2: looking for board 1.png") > 1
    assert [row[3] for row in rows(evaluated)] == ["board 1.png"] * 2 + ["board 2.png"] * 2


def test_without_a_checked_word_there_is_nothing_to_compare_with(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    evaluate(studio, qtbot)
    (said,) = studio.window.messages.texts()
    assert "no words of these photos have been checked" in said
    assert not studio.evaluator.busy
    assert studio.window.evaluation.status.text() == said
    check(studio)
    evaluate(studio, qtbot)
    assert studio.window.messages.texts() == []
    assert studio.window.evaluation.status.text().startswith("1 photo, read with")


def test_another_photo_takes_the_message_about_the_first_away(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    evaluate(studio, qtbot)
    assert studio.window.messages.texts()
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.window.messages.texts() == [])


def test_a_word_that_was_checked_away_counts_as_nothing_written(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    check(studio)
    page = studio.document.page
    assert page is not None
    key = studio.document.order()[0]
    word = page.words[key]
    studio.document.push(Edit("Nothing", {key: (word, replace(word, human=Transcription.by_human("")))}))
    evaluate(studio, qtbot)
    assert rows(studio) == [("False", "", "Ship", "board 1.png")]
    assert made_board.LINES[0][0] == "Ship"


def test_in_a_narrow_window_names_and_texts_stay_and_figures_go(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png", reader=Hasty())
    check(studio)
    evaluate(studio, qtbot)
    dock = studio.window.evaluation
    for width in (900, 1500):
        studio.window.resize(width, 700)
        qtbot.wait(50)
        assert dock.photos.columnWidth(0) >= 100
        assert min(dock.mistakes.columnWidth(column) for column in (WANTED, READ)) >= 70
        assert dock.mistakes.isColumnHidden(PHOTO) == (width == 900)
        assert dock.photos.isColumnHidden(1) == (width == 900)


def test_what_an_evaluation_says_is_never_cut_off_unseen(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    evaluate(studio, qtbot)
    said = studio.window.evaluation.status
    assert "no words of these photos have been checked" in said.text()
    studio.window.resize(900, 700)
    qtbot.wait(50)
    assert said.shown.endswith("…")
    assert said.text().startswith(said.shown[:-1])
    assert said.toolTip() == said.text()


def test_the_selection_stays_on_its_writer_while_photos_are_added(evaluated: Studio) -> None:
    dock = evaluated.window.evaluation
    assert dock.evaluation is not None
    one, two = dock.evaluation.photos
    dock._show(replace(dock.evaluation, photos=(replace(one, writer="Ben"),)))
    dock.photos.selectRow(2)
    for writer, row in (("Anna", 4), ("Carl", 3), (None, 3), ("Ben", 3)):
        dock._show(replace(dock.evaluation, photos=(replace(one, writer="Ben"), replace(two, writer=writer))))
        assert dock.photos.currentIndex().row() == row
        assert dock.photos.currentIndex().data() == "Photos by Ben"
        assert {photo.writer for photo in dock._chosen()} == {"Ben"}
