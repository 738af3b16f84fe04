"""Another model beside the one in use, on the open photo: what differs, shown there, and taken over word by word."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.models.models_dialog import ModelsDialog
from ocr_studio.ui.reading.compare_panel import ComparisonPanel
from ocr_studio.ui.style import labels
from ocr_studio.ui.words.word_pictures import SIZE
from tests.core.made_models import installed
from tests.ui.made_board import OcrServiceOfTwo, OtherReader, StandInReader
from tests.ui.studio import Open, texts

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(open_studio: Open, folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Studio:
    """A photo open and read, its first word checked, and another model called Anna."""
    installed("Anna")
    monkeypatch.setattr("tests.ui.conftest.StandInOcrService", OcrServiceOfTwo)
    studio = open_studio(folder / "board 1.png")
    assert studio.document.page is not None
    studio.document.push(edits.accept(studio.document.page, ["w0"]))
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.view.hasFocus)
    return studio


def compared(studio: Studio, qtbot: QtBot) -> ComparisonPanel:
    """Open the panel by its action, choose, compare."""
    studio.window.action_set["compare_models"].trigger()
    panel = studio.window.comparison
    assert panel.isVisible()
    assert [panel.models.itemText(row) for row in range(panel.models.count())] == ["Anna"]
    panel.compare.setFocus()
    QTest.mouseClick(panel.compare, LEFT)
    assert panel.readings.busy
    qtbot.waitUntil(lambda: not studio.busy)
    return panel


def cells(panel: ComparisonPanel) -> list[tuple[str, ...]]:
    """In use, the other model, now."""
    assert panel.list is not None
    return [(each.reason, each.after, each.before) for each in panel.list.changes.changes]


def test_what_differs_is_listed_and_nothing_changes(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    panel = compared(studio, qtbot)
    assert panel.list is not None
    qtbot.waitUntil(panel.list.tree.hasFocus)
    assert panel.status.text() == (
        "Words checked here: 1. “stand-in” reads 0 correctly (character error rate 150.0%),"
        " “another” reads 1 (character error rate 0.0%). They read 3 of 8 words differently."
        " 1 can’t be changed (checked by you: 1)."
    )
    assert cells(panel) == [
        ("again10", "Ship", "Ship"),
        ("again240", "abaut", "about"),
        ("again355", "queues", "queves"),
    ]
    model, photo = panel.list.changes, panel.list.tree.rootIndex()
    said = [model.index(0, column, photo).data(Qt.ItemDataRole.AccessibleTextRole) for column in (1, 2, 3)]
    assert said == ["Current text: Ship (checked by you)", "another: Ship, correct", "stand-in (in use): again10"]
    assert studio.document.page is page
    assert not studio.document.undo_stack.canRedo()


def test_what_differs_comes_first_in_the_review_queue_that_is_asked_for(studio: Studio, qtbot: QtBot) -> None:
    review = studio.window.review
    studio.window.action_set["review_differing"].trigger()
    qtbot.waitUntil(lambda: review.reviewing.is_under_way)
    assert "No other model" in review.keys.text()
    assert studio.autosave.flush()
    compared(studio, qtbot)
    studio.window.action_set["review_differing"].trigger()
    qtbot.waitUntil(lambda: review.reviewing.is_under_way and not studio.busy)
    assert "No other model" not in review.keys.text()
    assert review.order.currentData() == QueueOrder.DIFFERING
    session = review.reviewing.session
    assert session is not None
    assert session.current is not None
    assert session.current.doubt == 0.5


def test_it_is_marked_on_the_photo_as_long_as_the_panel_is_open(studio: Studio, qtbot: QtBot) -> None:
    view = studio.window.view
    panel = compared(studio, qtbot)
    # The checked word keeps its text, so there is nothing to mark.
    assert view.sketch.others == {"w6": "abaut", "w7": "queues"}
    view.zoom_by(4)
    view.show_word("w6")
    marked = view.viewport().grab().toImage()
    QTest.mouseClick(panel.closer, LEFT)
    qtbot.waitUntil(lambda: not view.sketch.others)
    studio.window.comparison.open()
    qtbot.waitUntil(lambda: bool(view.sketch.others))
    view.show_others({})
    assert view.viewport().grab().toImage() != marked


def test_readings_are_taken_over_by_a_key_and_taken_back(studio: Studio, qtbot: QtBot) -> None:
    panel, view = compared(studio, qtbot), studio.window.view
    before = texts(studio)
    view.setFocus()
    QTest.keyClick(view, Key.Key_N)
    assert studio.document.current == "w6"
    assert panel.list is not None
    assert panel.list.tree.currentIndex().row() == 1
    QTest.keyClick(view, Key.Key_O)
    assert texts(studio)[6] == "abaut"
    word = studio.document.word("w6")
    assert word is not None
    assert not word.checked
    assert cells(panel)[1] == ("again240", "abaut", "abaut")
    # On to the next one.
    assert studio.document.current == "w7"
    assert studio.window.action_set["take_other"].isEnabled()
    assert studio.document.undo_stack.undoText() == "Apply 1 new text"
    studio.document.undo_stack.undo()
    assert texts(studio) == before
    assert "w6" in view.sketch.others


def test_in_the_list_return_takes_over_and_goes_on(studio: Studio, qtbot: QtBot) -> None:
    panel = compared(studio, qtbot)
    assert panel.list is not None
    tree = panel.list.tree
    tree.setFocus()
    tree.setCurrentIndex(panel.list.changes.index(0, 0, tree.rootIndex()))
    assert studio.document.current == "w0"
    # What a person has checked stays, and that is said.
    QTest.keyClick(tree, Key.Key_Return)
    assert texts(studio)[0] == "Ship"
    assert panel.status.text() == "Words that you have checked, moved or already replaced aren’t changed."
    QTest.keyClick(tree, Key.Key_Down)
    QTest.keyClick(tree, Key.Key_Return)
    assert tree.currentIndex().row() == 2
    QTest.keyClick(tree, Key.Key_Return)
    assert texts(studio)[6:] == ["abaut", "queues"]
    assert not panel.list.apply.isEnabled()
    assert not studio.window.view.sketch.others
    assert not studio.window.action_set["next_other"].isEnabled()


def test_all_at_once_is_one_step(studio: Studio, qtbot: QtBot) -> None:
    panel = compared(studio, qtbot)
    steps, before = studio.document.undo_stack.count(), texts(studio)
    assert panel.list is not None
    assert panel.list.count.text() == "2 of 2 selected", "the checked word is only shown"
    QTest.mouseClick(panel.list.apply, LEFT)
    assert texts(studio)[6:] == ["abaut", "queues"]
    assert studio.document.undo_stack.count() == steps + 1
    studio.document.undo_stack.undo()
    assert texts(studio) == before


def test_only_what_is_ticked_is_taken_over(studio: Studio, qtbot: QtBot) -> None:
    panel = compared(studio, qtbot)
    assert panel.list is not None
    tree = panel.list.tree
    tree.setCurrentIndex(panel.list.changes.index(1, 0, tree.rootIndex()))
    QTest.keyClick(tree, Key.Key_Space)
    assert panel.list.apply.text() == "Apply 1"
    QTest.mouseClick(panel.list.apply, LEFT)
    assert texts(studio)[6:] == ["about", "queues"]


def test_moved_and_deleted_words_are_not_taken_over(studio: Studio, qtbot: QtBot) -> None:
    panel = compared(studio, qtbot)
    document = studio.document
    assert document.page is not None
    document.push(edits.move(document.page, ["w6"], 3, 0))
    document.push(edits.delete(document.page, ["w7"]))
    assert not panel.readings.others()
    assert "3 can’t be changed (checked by you: 1, box changed: 1, deleted: 1)." in panel.status.text()
    assert panel.list is not None
    model, photo = panel.list.changes, panel.list.tree.rootIndex()
    assert [model.index(row, 1, photo).data() for row in range(3)] == [
        "Ship (checked by you)", "about (box changed)", "queves (deleted)",
    ]  # fmt: skip
    assert model.index(2, 0, photo).data(Qt.ItemDataRole.ToolTipRole) == labels.tooltip("Deleted")


def test_another_photo_ends_it(studio: Studio, qtbot: QtBot, folder: Path) -> None:
    panel = compared(studio, qtbot)
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: not studio.busy)
    assert panel.list is None
    assert panel.status.text().startswith("The comparison was for another photo.")
    assert not panel.readings.others()
    assert not studio.window.view.sketch.others
    QTest.mouseClick(panel.compare, LEFT)
    qtbot.waitUntil(lambda: not studio.busy)
    assert "another photo" not in panel.status.text()


def test_it_can_be_stopped(studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StandInReader, "pause", 0.02, raising=False)
    studio.window.action_set["compare_models"].trigger()
    panel = studio.window.comparison
    QTest.mouseClick(panel.compare, LEFT)
    assert panel.stop.isVisible()
    QTest.mouseClick(panel.stop, LEFT)
    assert not panel.readings.busy
    assert panel.compare.isVisible()
    qtbot.waitUntil(lambda: not studio.busy)
    assert panel.readings.compared is None


def test_what_goes_wrong_is_said(studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise StudioError("the weights are gone")

    able = OtherReader.read_quads
    monkeypatch.setattr(OtherReader, "read_quads", fail)
    panel = compared(studio, qtbot)
    assert "the weights are gone" in panel.status.text()
    assert panel.list is None
    assert panel.compare.isEnabled()
    monkeypatch.setattr(OtherReader, "read_quads", able)
    QTest.mouseClick(panel.compare, LEFT)
    qtbot.waitUntil(lambda: not studio.busy)
    assert len(cells(panel)) == 3


def test_the_dialog_of_models_leads_here(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["models"].trigger()
    (dialog,) = studio.window.findChildren(ModelsDialog)
    rows = [dialog.list.model().index(row, 0) for row in range(dialog.list.model().rowCount())]
    dialog.list.setCurrentIndex(next(row for row in rows if row.data().startswith("Anna")))
    QTest.mouseClick(dialog.compare, LEFT)
    qtbot.waitUntil(lambda: not studio.busy)
    assert not studio.window.findChildren(ModelsDialog)
    assert studio.window.comparison.isVisible()
    assert len(cells(studio.window.comparison)) == 3


def test_without_another_model_it_says_where_one_comes_from(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.window.action_set["compare_models"].trigger()
    panel = studio.window.comparison
    assert not panel.compare.isEnabled()
    assert (
        panel.status.text()
        == "There is no other model yet. Train one from your corrections, or import one (Read → Models)."
    )


@pytest.mark.usefixtures("styled")
def test_the_list_has_room_for_some_rows_and_the_photo_keeps_its_share(studio: Studio, qtbot: QtBot) -> None:
    studio.window.resize(1280, 800)
    panel = compared(studio, qtbot)
    qtbot.wait(150)
    assert panel.list is not None
    assert panel.list.tree.viewport().height() >= 3 * (SIZE.height() + 10)
    assert studio.window.view.height() >= 0.4 * studio.window.height()


def test_tab_goes_from_the_buttons_to_the_list_and_to_the_closer_last(studio: Studio, qtbot: QtBot) -> None:
    panel = compared(studio, qtbot)
    assert panel.list is not None
    qtbot.waitUntil(panel.list.tree.isVisible)
    seen: list[QWidget | None] = [panel.models]
    panel.models.setFocus()
    while seen[-1] is not None and seen[-1] is not panel.closer and len(seen) < 12:
        QTest.keyClick(seen[-1], Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen[:2] == [panel.models, panel.compare]
    assert panel.list.tree in seen
    assert seen[-1] is panel.closer


@pytest.mark.usefixtures("styled")
def test_a_low_panel_scrolls_to_what_has_no_room(studio: Studio, qtbot: QtBot) -> None:
    studio.window.resize(640, 360)
    panel = compared(studio, qtbot)
    room = panel.widget()
    inside = room.widget() if room else None
    layout = inside.layout() if inside else None
    assert room is not None
    assert inside is not None
    assert layout is not None
    qtbot.waitUntil(lambda: inside.height() >= layout.totalMinimumHeightForWidth(inside.width()) > room.height())
