"""Finding on the photo and on all photos, and replacing, in the real window."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core import plain_text
from ocr_studio.core.editing import edits
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Transcription
from ocr_studio.core.project.project import Project
from ocr_studio.core.search import matching
from ocr_studio.core.search.matching import MatchedSide
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.search.find_bar import FindBar
from ocr_studio.ui.search.find_panel import FindPanel
from ocr_studio.ui.search.highlights import Highlight
from tests.ui import made_board
from tests.ui.studio import Open, texts

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def boards(folder: Path) -> Path:
    """Three photos, read; on the third, "queves" is corrected to "queue" and "new" was held for "now"."""
    project = Project.open(folder)
    for number in (1, 2, 3):
        photo = folder / f"board {number}.png"
        words = {word.id: word for word in made_board.words()}
        if number == 3:
            words["w7"] = replace(words["w7"], human=Transcription.by_human("queue"))
            words["w2"] = replace(words["w2"], machine=made_board.reading("now"))
        page_id = photo_file.compute_content_id(photo)
        project.save_page(Page(page_id, photo.name, 480, 240, words, "2026-01-01T00:00:00+00:00"))
    project.unlock()
    return folder


@pytest.fixture
def studio(open_studio: Open, boards: Path) -> Studio:
    return open_studio(boards / "board 1.png")


def press(studio: Studio, keys: str) -> None:
    studio.window.activateWindow()
    QTest.keySequence(studio.window.view, QKeySequence(keys))


def open_bar(studio: Studio, qtbot: QtBot) -> FindBar:
    studio.window.view.setFocus()
    press(studio, "Ctrl+F")
    bar = studio.window.find_panel.bar
    qtbot.waitUntil(bar.isVisible)
    return bar


def open_panel(studio: Studio, qtbot: QtBot, keys: str = "Ctrl+Shift+F") -> FindPanel:
    studio.window.view.setFocus()
    press(studio, keys)
    panel = studio.window.find_panel
    qtbot.waitUntil(panel.isVisible)
    return panel


def type_into(panel: FindPanel, qtbot: QtBot, text: str) -> None:
    panel.line.clear()
    with qtbot.waitSignal(panel.searching.found, check_params_cb=lambda query, _: query == text):
        QTest.keyClicks(panel.line, text)


# ------------------------------------------------------------------------------------------------------ on the photo


def test_as_one_types_places_are_marked_and_counted(studio: Studio, qtbot: QtBot) -> None:
    bar = open_bar(studio, qtbot)
    QTest.keyClicks(bar.line, "a")
    assert bar.count.text() == "1 of 3"  # ask, Anna, about
    assert len(_marks(bar)) == 3
    QTest.keyClicks(bar.line, "b")
    assert bar.count.text() == "1 of 1"
    QTest.keyClicks(bar.line, "xyz")
    assert bar.count.text() == "No results"
    assert _marks(bar) == ()


def test_enter_goes_on_shift_enter_back_and_esc_leaves_with_the_word_selected(studio: Studio, qtbot: QtBot) -> None:
    bar = open_bar(studio, qtbot)
    QTest.keyClicks(bar.line, "a")
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    assert bar.count.text() == "2 of 3"
    QTest.keyClick(bar.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(bar.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "3 of 3"
    QTest.keyClick(bar.line, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert _marks(bar) == ()
    assert studio.document.selection == {"w6"}
    assert studio.window.view.hasFocus()


def test_slips_are_allowed_for_and_second_choices_marked(studio: Studio, qtbot: QtBot) -> None:
    bar = open_bar(studio, qtbot)
    QTest.keyClicks(bar.line, "queues")
    assert [hit.text for hit in bar.hits] == ["queves"]
    bar.line.setText("builds")
    assert [hit.side for hit in bar.hits] == [MatchedSide.MACHINE]
    bar.line.setText('"builds"')
    assert [hit.side for hit in bar.hits] == [MatchedSide.CHOICE]
    assert bar.count.text() == "1 of 1, alternative"
    assert _marks(bar)[0].guessed


def test_what_is_changed_meanwhile_is_found_at_once(studio: Studio, qtbot: QtBot) -> None:
    bar = open_bar(studio, qtbot)
    QTest.keyClicks(bar.line, "zebra")
    assert bar.hits == ()
    assert studio.document.page is not None
    studio.document.push(edits.write(studio.document.page, "w0", "zebra"))
    qtbot.waitUntil(lambda: len(bar.hits) == 1)
    studio.document.undo_stack.undo()
    qtbot.waitUntil(lambda: bar.hits == ())


def test_another_photo_is_looked_through_as_well(studio: Studio, boards: Path, qtbot: QtBot) -> None:
    bar = open_bar(studio, qtbot)
    QTest.keyClicks(bar.line, "queue")
    assert [hit.side for hit in bar.hits] == [MatchedSide.MACHINE]
    studio.opening.open_paths([boards / "board 3.png"])
    qtbot.waitUntil(lambda: [hit.side for hit in bar.hits] == [MatchedSide.HUMAN])
    assert len(_marks(bar)) == 1


def test_the_bar_stays_in_its_corner_and_leads_to_all_photos(studio: Studio, qtbot: QtBot) -> None:
    bar, view = open_bar(studio, qtbot), studio.window.view
    QTest.keyClicks(bar.line, "map")
    studio.window.resize(1000, 700)
    qtbot.waitUntil(lambda: view.viewport().geometry().contains(bar.geometry()))
    QTest.mouseClick(bar.everywhere, Qt.MouseButton.LeftButton)
    panel = studio.window.find_panel
    qtbot.waitUntil(panel.isVisible)
    assert panel.line.text() == "map"


def test_a_selected_word_is_what_is_looked_for(studio: Studio, qtbot: QtBot) -> None:
    studio.document.select(["w3"])
    assert open_bar(studio, qtbot).line.text() == "build"


def _marks(bar: FindBar) -> tuple[Highlight, ...]:
    return bar._marks.marks if bar._marks else ()


def test_of_a_page_that_is_pasted_by_mistake_only_the_beginning_is_looked_for(studio: Studio, qtbot: QtBot) -> None:
    bar = open_bar(studio, qtbot)
    QApplication.clipboard().setText("m" * 20_000)
    QTest.keySequence(bar.line, QKeySequence("Ctrl+V"))
    assert bar.line.text() == "m" * matching.LONGEST
    bar.leave()
    panel = open_panel(studio, qtbot)
    QTest.keySequence(panel.line, QKeySequence("Ctrl+V"))
    assert panel.line.text() == "m" * matching.LONGEST


def test_a_text_is_not_replaced_by_one_that_is_too_long(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queves")
    panel.by.setText("m" * 20_000)
    assert {len(each.after) for each in panel.list.changes.chosen()} == {plain_text.LONGEST}


# ------------------------------------------------------------------------------------------------------ on all photos


def test_hits_of_all_photos_come_as_cards_with_pictures(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot)
    type_into(panel, qtbot, "queve")
    assert [(hit.image, hit.text, hit.side) for hit in panel.model.hits] == [
        ("board 1.png", "queves", MatchedSide.MACHINE),
        ("board 2.png", "queves", MatchedSide.MACHINE),
        ("board 3.png", "queue", MatchedSide.HUMAN),
    ]
    assert panel.status.text() == "3 matches on 3 photos"
    qtbot.waitUntil(
        lambda: all(
            panel.model.data(panel.model.index(row), Qt.ItemDataRole.DecorationRole) is not None for row in range(3)
        )
    )


def test_second_choices_come_last_and_are_said_to_be_such(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot)
    type_into(panel, qtbot, '"nows" ')
    assert [hit.image for hit in panel.model.hits] == ["board 3.png"]
    shown = panel.model.data(panel.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert shown == "nows (alternative, read as now), board 3.png"


def test_enter_goes_to_the_photo_and_the_keys_stay_with_the_cards(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot)
    type_into(panel, qtbot, "queve")
    QTest.keyClick(panel.line, Qt.Key.Key_Down)
    assert panel.cards.hasFocus()
    QTest.keyClick(panel.cards, Qt.Key.Key_Right)
    QTest.keyClick(panel.cards, Qt.Key.Key_Right)
    with qtbot.waitSignal(panel._places.shown):
        QTest.keyClick(panel.cards, Qt.Key.Key_Return)
    page = studio.document.page
    assert page is not None
    assert page.image == "board 3.png"
    assert studio.document.selection == {"w7"}
    qtbot.waitUntil(panel.cards.hasFocus)
    QTest.keyClick(panel.cards, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_who_leaves_by_escape_has_the_keys_where_they_were(studio: Studio, qtbot: QtBot) -> None:
    panel = studio.window.find_panel
    studio.window.activateWindow()
    for before, keys in itertools.product((studio.window.view, studio.window.table), ("Ctrl+Shift+F", "Ctrl+H")):
        before.setFocus()
        QTest.keySequence(before, QKeySequence(keys))
        qtbot.waitUntil(panel.line.hasFocus)
        QTest.keyClick(panel.line, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        assert before.hasFocus()


def test_who_leaves_one_panel_after_another_has_the_keys_where_they_were(studio: Studio, qtbot: QtBot) -> None:
    table, find, review = studio.window.table, studio.window.find_panel, studio.window.review
    studio.window.activateWindow()
    table.setFocus()
    QTest.keySequence(table, QKeySequence("F6"))
    qtbot.waitUntil(review.line.hasFocus)
    QTest.keySequence(review.line, QKeySequence("Ctrl+Shift+F"))
    qtbot.waitUntil(find.line.hasFocus)
    QTest.keyClick(find.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(review.line.hasFocus)
    QTest.keyClick(review.line, Qt.Key.Key_Escape)
    assert not review.isVisible()
    assert table.hasFocus()


def test_a_click_goes_there(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot)
    type_into(panel, qtbot, "build")
    place = panel.cards.visualRect(panel.model.index(1)).center()
    with qtbot.waitSignal(panel._places.shown):
        QTest.mouseClick(panel.cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    page = studio.document.page
    assert page is not None
    assert page.image == "board 2.png"


def test_what_was_typed_a_moment_ago_is_found(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot)
    type_into(panel, qtbot, "zebra")
    assert panel.model.hits == []
    assert studio.document.page is not None
    studio.document.push(edits.write(studio.document.page, "w0", "zebra"))
    qtbot.waitUntil(lambda: [hit.text for hit in panel.model.hits] == ["zebra"])


# ------------------------------------------------------------------------------------------------------------ replace


def test_replacing_shows_first_what_becomes_what_and_is_one_step(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    QTest.keyClicks(panel.by, "queues")
    tree, model = panel.list.tree, panel.list.changes
    assert [(each.before, each.after) for each in model.changes] == [
        ("queves", "queues"), ("queves", "queues"), ("queue", "queues"),
    ]  # fmt: skip
    # What a person wrote is only replaced if they tick it.
    assert panel.list.apply.text() == "Replace 2 words"
    tick = tree.visualRect(model.index(0, 0, model.index(0, 0)))
    QTest.mouseClick(tree.viewport(), LEFT, pos=tick.topLeft() + QPoint(15, tick.height() // 2))
    assert panel.list.apply.text() == "Replace 1 word"
    assert panel.list.count.text() == "1 of 3 selected"
    assert studio.document.page is not None
    assert studio.document.page.image == "board 1.png"
    QTest.mouseClick(panel.list.every, LEFT)
    assert panel.list.apply.text() == "Replace 3 words"
    before = studio.document.undo_stack.count()
    QTest.mouseClick(panel.list.apply, LEFT)
    panel.by.setText("typed meanwhile")
    qtbot.waitUntil(lambda: studio.document.undo_stack.count() == before + 1)
    assert studio.document.undo_stack.undoText() == "Replace with queues"
    assert texts(studio)[-1] == "queues"
    qtbot.waitUntil(lambda: [hit.text for hit in panel.model.hits] == ["queues"] * 3)
    studio.document.undo_stack.undo()
    assert texts(studio)[-1] == "queves"
    qtbot.waitUntil(lambda: [hit.text for hit in panel.model.hits] == ["queves", "queves", "queue"])


def test_equal_changes_and_those_of_a_photo_are_ticked_at_once(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    QTest.keyClicks(panel.by, "queues")
    QTest.keyClick(panel.line, Qt.Key.Key_Down)
    assert panel.list.tree.hasFocus()
    held = Qt.KeyboardModifier
    QTest.keyClick(panel.list.tree, Qt.Key.Key_A, held.ControlModifier | held.ShiftModifier)
    assert panel.list.count.text() == "0 of 3 selected"
    QTest.keyClick(panel.list.tree, Qt.Key.Key_Space, held.ShiftModifier)
    assert panel.list.count.text() == "1 of 3 selected"
    QTest.keyClick(panel.list.tree, Qt.Key.Key_A, held.ControlModifier)
    assert panel.list.count.text() == "3 of 3 selected"
    panel.by.setText("quay")
    assert panel.list.count.text() == "3 of 3 selected", "ticks stay while the new text is typed"


def test_a_replaced_word_is_shown_on_its_photo(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    model = panel.list.changes
    panel.list.tree.setCurrentIndex(model.index(0, 0, model.index(1, 0)))
    with qtbot.waitSignal(panel._places.shown):
        QTest.keyClick(panel.list.tree, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert studio.document.page is not None
    assert studio.document.page.image == "board 2.png"
    place = panel.list.tree.visualRect(model.index(0, 1, model.index(0, 0)))
    with qtbot.waitSignal(panel._places.shown):
        QTest.mouseClick(panel.list.tree.viewport(), LEFT, pos=place.center())
    assert studio.document.page.image == "board 1.png"


def test_replacing_on_this_photo_alone(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    QTest.keyClicks(panel.by, "queues")
    panel.scope.setCurrentIndex(1)
    panel.scope.activated.emit(1)
    assert panel.list.apply.text() == "Replace 1 word"
    type_into(panel, qtbot, "new build")
    assert not panel.list.apply.isVisible()
    assert panel.why.text() == "Only single words can be replaced"


def test_a_double_click_replaces_once_and_does_not_stop(studio: Studio, qtbot: QtBot, qapp: QApplication) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    panel.by.setText("queues")
    qapp.setDoubleClickInterval(400)
    QTest.mouseClick(panel.list.apply, LEFT)
    QTest.mouseDClick(panel.list.apply, LEFT)
    QTest.mouseRelease(panel.list.apply, LEFT)
    qtbot.waitUntil(lambda: not panel.list.busy)
    assert panel.why.text() == "Changed 2 words on 2 photos. You can undo this."
    qapp.setDoubleClickInterval(0)
    # Neither does a later click, before the search has followed.
    assert not panel.list.apply.isEnabled()
    assert panel.list.apply.text() == "Replace"
    panel._preview()
    assert [each.before for each in panel.list.changes.changes] == ["queue"]
    qtbot.waitUntil(lambda: sorted(hit.text for hit in panel.model.hits) == ["queue", "queues", "queues"])
    studio.document.undo_stack.undo()
    qtbot.waitUntil(lambda: panel.list.apply.text() == "Replace 2 words")


@pytest.mark.parametrize("end", ["undo", "typing", "scope"])
def test_what_is_said_of_a_replacement_goes_when_it_is_no_longer_right(studio: Studio, qtbot: QtBot, end: str) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    panel.by.setText("queues")
    with qtbot.waitSignal(panel.list.applied):
        QTest.mouseClick(panel.list.apply, LEFT)
    assert "Changed 2 words" in panel.why.text()
    if end == "undo":
        studio.document.undo_stack.undo()
    elif end == "typing":
        QTest.keyClicks(panel.by, "x")
    else:
        panel.scope.setCurrentIndex(1)
        panel.scope.activated.emit(1)
    assert panel.why.text() == ""


def test_a_tick_that_was_taken_away_stays_away(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queves")
    panel.by.setText("queues")
    panel.list.changes.tick([each for each in panel.list.changes.changes if each.image == "board 1.png"], on=False)
    assert panel.list.apply.text() == "Replace 1 word"
    assert studio.document.page is not None
    studio.document.push(edits.write(studio.document.page, "w7", "zebra"))
    qtbot.waitUntil(lambda: "board 1.png" not in [each.image for each in panel.list.changes.changes])
    studio.document.undo_stack.undo()
    qtbot.waitUntil(lambda: "board 1.png" in [each.image for each in panel.list.changes.changes])
    assert panel.list.apply.text() == "Replace 1 word"
    type_into(panel, qtbot, "build")
    type_into(panel, qtbot, "queves")
    assert panel.list.apply.text() == "Replace 2 words", "another search starts with fresh ticks"


def test_tab_goes_through_the_fields_and_to_the_closer_last(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    panel.by.setText("queues")
    seen: list[QWidget | None] = [panel.line]
    panel.line.setFocus()
    while seen[-1] is not None and seen[-1] is not panel.closer and len(seen) < 20:
        QTest.keyClick(seen[-1], Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen[:4] == [panel.line, panel.by, panel.scope, panel.list.apply]
    assert panel.list.tree in seen
    assert seen[-1] is panel.closer


def test_return_in_the_replacement_goes_to_the_list_and_changes_nothing(studio: Studio, qtbot: QtBot) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    QTest.keyClicks(panel.by, "queues")
    QTest.keyClick(panel.by, Qt.Key.Key_Return)
    assert panel.list.tree.hasFocus()
    assert panel.list.tree.current() is not None
    assert not studio.document.undo_stack.canUndo()


def test_a_held_return_key_replaces_nothing(studio: Studio, qtbot: QtBot, qapp: QApplication) -> None:
    panel = open_panel(studio, qtbot, "Ctrl+H")
    type_into(panel, qtbot, "queve")
    panel.by.setText("queues")
    QTest.keyClick(panel.by, Qt.Key.Key_Return)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", autorep=True)
    qapp.sendEvent(panel.list.tree, held)
    qapp.setDoubleClickInterval(400)
    QTest.keyClick(panel.by, Qt.Key.Key_Return)
    QTest.keyClick(panel.list.tree, Qt.Key.Key_Return)
    assert not panel.list.busy
    assert not studio.document.undo_stack.canUndo()
    qapp.setDoubleClickInterval(0)
    QTest.keyClick(panel.list.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(studio.document.undo_stack.canUndo)
