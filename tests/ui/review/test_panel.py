"""The review queue, gone through by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Edit, Mark, Page, WordState
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.review.controller import ReviewStage
from ocr_studio.ui.review.panel import ReviewPanel
from tests.ui import made_board
from tests.ui.review_keys import has_keys, here, panel, press, said, studio, type_in, word_at

__all__ = ["panel", "studio"]  # fixtures

KEY, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def test_words_are_accepted_corrected_and_set_aside_by_keys_alone(panel: ReviewPanel, studio: Studio) -> None:
    assert said(panel) == "Word 1 of 24"
    assert "board 1.png" in panel.status.text()
    places = []
    deeds: list[tuple[Callable[[], None], str, WordState]] = [
        (lambda: press(KEY.Key_Return), "Ship", WordState.ACCEPTED),
        (lambda: (type_in("that"), press(KEY.Key_Return))[0], "that", WordState.CORRECTED),  # type: ignore[func-returns-value]
        (lambda: type_in("2"), "NEW", WordState.CORRECTED),
        (lambda: press(KEY.Key_F7), "", WordState.CORRECTED),
        (lambda: press(KEY.Key_F8), "", WordState.MARKED),
        (lambda: press(KEY.Key_F9), "", WordState.MARKED),
    ]
    for number, (do, _, _) in enumerate(deeds):
        assert said(panel) == f"Word {number + 1} of 24"
        places.append(here(panel))
        do()
    for place, (_, text, state) in zip(places, deeds, strict=True):
        assert (word_at(studio, place).text, word_at(studio, place).state) == (text, state)
    assert [word_at(studio, place).mark for place in places[4:]] == [Mark.UNREADABLE, Mark.IGNORED]
    assert len({place[0] for place in places}) == 1
    assert studio.opening.path is not None
    assert studio.opening.path.name == "board 3.png"  # no photo was opened for it
    assert "words per minute" in panel.pace.text()


def test_the_speed_leaves_the_heading_its_room(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    for _ in range(6):
        press(KEY.Key_Return)
    assert "words per minute" in panel.pace.text()
    studio.window.resize(1280, 720)
    qtbot.waitUntil(lambda: studio.window.size().width() == 1280)
    assert panel.status.shown == panel.status.text()
    assert panel.status.shown.endswith(".png")


def test_letters_are_never_robbed(panel: ReviewPanel, studio: Studio) -> None:
    for text in ("under", "it", "/", "9", "a2"):
        place = here(panel)
        type_in(text)
        press(KEY.Key_Return)
        assert word_at(studio, place).text == text


def test_digits_choose_and_are_text_once_somebody_types(panel: ReviewPanel, studio: Studio) -> None:
    place = here(panel)
    assert [button.text() for button in panel.choices[:4]] == ["1  Ship", "2  SHIP", "3  ship", "4  Ships"]
    press(KEY.Key_Backspace)
    assert panel.choices[3].text() == "Alt+4  Ships"
    type_in("2024")
    press(KEY.Key_4, ALT)
    assert word_at(studio, place).text == "Ships"
    place = here(panel)
    QTest.mouseClick(panel.choices[1], Qt.MouseButton.LeftButton)
    assert word_at(studio, place).text == "THE"
    assert has_keys(panel)


def test_where_a_number_may_be_meant_digits_are_text(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    word = page.words[studio.document.order()[0]]
    read = made_board.reading("l5", 0.5)
    studio.document.push(Edit("Read", {word.id: (word, replace(word, machine=read))}))
    panel = studio.window.review
    panel.begin(QueueOrder.LEAST_SURE)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert panel.choices[1].text() == "Alt+2  L5"
    type_in("15")
    press(KEY.Key_Return)
    assert word_at(studio, (page.id, word.id)).text == "15"


def test_digits_choose_where_no_text_begins_with_one(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    word = page.words[studio.document.order()[0]]
    studio.document.push(Edit("Read", {word.id: (word, replace(word, machine=made_board.reading("HM3", 0.5)))}))
    panel = studio.window.review
    panel.begin(QueueOrder.LEAST_SURE)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert panel.choices[1].text() == "2  hm3"
    type_in("2")
    assert word_at(studio, (page.id, word.id)).text == "hm3"


def test_back_forth_and_passing_by(panel: ReviewPanel, studio: Studio) -> None:
    first = here(panel)
    type_in("Shop")
    press(KEY.Key_Return)
    second = here(panel)
    press(KEY.Key_Tab)
    third = here(panel)
    assert len({first, second, third}) == 3
    press(KEY.Key_Return, SHIFT)
    press(KEY.Key_Return, SHIFT)
    assert here(panel) == first
    assert panel.line.text() == "Shop"
    assert said(panel) == "Word 1 of 24"
    steps = studio.document.undo_stack.count()
    press(KEY.Key_Return)  # it stays as it is
    assert studio.document.undo_stack.count() == steps
    assert here(panel) == second
    assert not word_at(studio, second).checked


def test_undo_brings_the_word_back_in_sight(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    first = here(panel)
    type_in("Shop")
    press(KEY.Key_Return)
    press(KEY.Key_Return)
    for _ in range(2):
        press(KEY.Key_Z, CONTROL)
    assert here(panel) == first
    assert not word_at(studio, first).checked
    assert panel.line.text() == "Ship"
    assert has_keys(panel)
    press(KEY.Key_Z, CONTROL | SHIFT)
    assert word_at(studio, first).text == "Shop"
    assert here(panel) != first
    qtbot.waitUntil(lambda: panel.card.has_card)


def test_undo_of_what_was_typed_comes_first(panel: ReviewPanel, studio: Studio) -> None:
    press(KEY.Key_Return)
    place = here(panel)
    type_in("x")
    press(KEY.Key_Z, CONTROL)
    assert (here(panel), panel.line.text()) == (place, "the")
    type_in("y")
    press(KEY.Key_Escape)
    assert (panel.line.text(), panel.isVisible()) == ("the", True)


def test_words_settled_elsewhere_fall_away(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    page: Page | None = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, page.words))
    session = panel.reviewing.session
    assert session is not None
    assert (session.fallen_away, session.left) == (8, 16)
    assert said(panel) == "Word 9 of 24"
    studio.document.undo_stack.undo()
    assert (session.fallen_away, session.left) == (0, 24)


def test_to_the_end_without_the_mouse_and_back_to_the_photo(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    for number in range(24):
        qtbot.waitUntil(lambda: panel.card.has_card)
        assert said(panel) == f"Word {number + 1} of 24"
        if number == 5:
            type_in("Ann")
        press(KEY.Key_Return)
    assert panel.reviewing.stage is ReviewStage.DONE
    assert "you have checked 24 words" in panel.card.text
    assert "23 confirmed, 1 corrected" in panel.card.text
    studio.autosave.flush()
    assert studio.opening.project is not None
    assert all(page.state.value == "reviewed" for page in studio.opening.project.summaries().values())
    press(KEY.Key_Return)
    assert not panel.isVisible()
    assert QApplication.focusWidget() is studio.window.view
    press(KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.reviewing.stage is ReviewStage.DONE)
    assert "All words are checked" in panel.card.text


def test_it_goes_on_where_it_was(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    press(KEY.Key_Return)
    place = here(panel)
    press(KEY.Key_Escape)
    assert not panel.isVisible()
    press(KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert here(panel) == place
    assert said(panel) == "Word 2 of 24"


def test_a_word_is_shown_on_its_photo(panel: ReviewPanel, studio: Studio, qtbot: QtBot, folder: Path) -> None:
    place = here(panel)
    press(KEY.Key_F5)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and studio.document.current == place[1])
    press(KEY.Key_F6)
    assert has_keys(panel)
    assert here(panel) == place


def test_a_photo_that_is_gone_is_said_and_its_word_can_still_be_settled(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    (folder / "board 1.png").unlink()
    panel = studio.window.review
    panel.begin(QueueOrder.PAGE)
    qtbot.waitUntil(lambda: "Can’t show this word" in panel.card.text)
    place = here(panel)
    press(KEY.Key_Return)
    assert word_at(studio, place).state is WordState.ACCEPTED


def test_another_project_ends_the_sitting(panel: ReviewPanel, studio: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    other = made_board.write_photo(tmp_path / "others" / "other.png", 9)
    studio.opening.open_paths([other])
    qtbot.waitUntil(lambda: studio.opening.path == other and not studio.busy)
    assert panel.reviewing.stage is ReviewStage.IDLE
    assert panel.card.text == "Choose Check → Review queue to review the unchecked words in this folder."
    steps = studio.document.undo_stack.count()
    panel.line.setFocus()
    press(KEY.Key_Return)
    assert studio.document.undo_stack.count() == steps
    press(KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert said(panel) == "Word 1 of 8"


def test_the_least_sure_word_comes_first(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["review_least_sure"].trigger()
    panel = studio.window.review
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert panel.order.currentData() == QueueOrder.LEAST_SURE
    assert panel.reviewing.session is not None
    rows = panel.reviewing.session.ahead(24)
    assert [row.confidence for row in rows] == sorted(row.confidence or 0 for row in rows)
