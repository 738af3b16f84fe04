"""The review queue, gone through by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core import edits
from ocr_studio.core.page import Edit, Mark, Page, Word, WordState
from ocr_studio.core.review_queue import Order
from ocr_studio.ui.app import Studio
from ocr_studio.ui.review_panel import ReviewPanel
from ocr_studio.ui.reviewing import Stage
from tests.ui import made_board
from tests.ui.studio import Open

KEY, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """Three photos read, the third one open: 24 words that nobody has checked."""
    studio = open_studio(folder / "board 1.png")
    for name in ("board 2.png", "board 3.png"):
        studio.opening.open_paths([folder / name])
        qtbot.waitUntil(lambda name=name: studio.opening.path == folder / name and not studio.busy)  # type: ignore[misc]
    return studio


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ReviewPanel:
    """The queue, photo by photo, opened by its key; the first card is there."""
    panel = studio.window.parts.review
    panel.reviewing.order = Order.PAGE
    studio.window.activateWindow()
    studio.window.view.setFocus()
    QTest.keyClick(studio.window.view, KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.card.has_card and _has_keys(panel))
    return panel


def _has_keys(panel: ReviewPanel) -> bool:
    return QApplication.focusWidget() is panel.line


def _press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Into whatever has the keys, as a person does."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, held)


def _type(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def _word(studio: Studio, place: tuple[str, str]) -> Word:
    page = studio.document.history.page(place[0])
    assert page is not None
    return page.words[place[1]]


def _here(panel: ReviewPanel) -> tuple[str, str]:
    sitting = panel.reviewing.sitting
    assert sitting is not None
    assert sitting.current is not None
    return sitting.current.key


def _said(panel: ReviewPanel) -> str:
    return " ".join(panel.said.text().split()[:4])


def test_words_are_accepted_corrected_and_set_aside_by_keys_alone(panel: ReviewPanel, studio: Studio) -> None:
    assert _said(panel) == "Word 1 of 24"
    assert "board 1.png" in panel.said.text()
    places = []
    deeds: list[tuple[Callable[[], None], str, WordState]] = [
        (lambda: _press(KEY.Key_Return), "Ship", WordState.ACCEPTED),
        (lambda: (_type("that"), _press(KEY.Key_Return))[0], "that", WordState.CORRECTED),  # type: ignore[func-returns-value]
        (lambda: _type("2"), "NEW", WordState.CORRECTED),
        (lambda: _press(KEY.Key_F7), "", WordState.CORRECTED),
        (lambda: _press(KEY.Key_F8), "", WordState.MARKED),
        (lambda: _press(KEY.Key_F9), "", WordState.MARKED),
    ]
    for number, (do, _, _) in enumerate(deeds):
        assert _said(panel) == f"Word {number + 1} of 24"
        places.append(_here(panel))
        do()
    for place, (_, text, state) in zip(places, deeds, strict=True):
        assert (_word(studio, place).text, _word(studio, place).state) == (text, state)
    assert [_word(studio, place).mark for place in places[4:]] == [Mark.UNREADABLE, Mark.IGNORED]
    assert len({place[0] for place in places}) == 1
    assert studio.opening.path is not None
    assert studio.opening.path.name == "board 3.png"  # no photo was opened for it
    assert "words a minute" in panel.pace.text()


def test_letters_are_never_robbed(panel: ReviewPanel, studio: Studio) -> None:
    for text in ("under", "it", "/", "9", "a2"):
        place = _here(panel)
        _type(text)
        _press(KEY.Key_Return)
        assert _word(studio, place).text == text


def test_digits_choose_and_are_text_once_somebody_types(panel: ReviewPanel, studio: Studio) -> None:
    place = _here(panel)
    assert [button.text() for button in panel.choices[:4]] == ["1  Ship", "2  SHIP", "3  ship", "4  Ships"]
    _press(KEY.Key_Backspace)
    assert panel.choices[3].text() == "Alt+4  Ships"
    _type("2024")
    _press(KEY.Key_4, ALT)
    assert _word(studio, place).text == "Ships"
    place = _here(panel)
    QTest.mouseClick(panel.choices[1], Qt.MouseButton.LeftButton)
    assert _word(studio, place).text == "THE"
    assert _has_keys(panel)


def test_where_a_number_may_be_meant_digits_are_text(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    word = page.words[studio.document.order()[0]]
    read = made_board.reading("l5", 0.5)
    studio.document.push(Edit("Read", {word.id: (word, replace(word, machine=read))}))
    panel = studio.window.parts.review
    panel.begin(Order.LEAST_SURE)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert panel.choices[1].text() == "Alt+2  L5"
    _type("15")
    _press(KEY.Key_Return)
    assert _word(studio, (page.id, word.id)).text == "15"


def test_digits_choose_where_no_text_begins_with_one(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    word = page.words[studio.document.order()[0]]
    studio.document.push(Edit("Read", {word.id: (word, replace(word, machine=made_board.reading("HM3", 0.5)))}))
    panel = studio.window.parts.review
    panel.begin(Order.LEAST_SURE)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert panel.choices[1].text() == "2  hm3"
    _type("2")
    assert _word(studio, (page.id, word.id)).text == "hm3"


def test_back_forth_and_passing_by(panel: ReviewPanel, studio: Studio) -> None:
    first = _here(panel)
    _type("Shop")
    _press(KEY.Key_Return)
    second = _here(panel)
    _press(KEY.Key_Tab)
    third = _here(panel)
    assert len({first, second, third}) == 3
    _press(KEY.Key_Return, SHIFT)
    _press(KEY.Key_Return, SHIFT)
    assert _here(panel) == first
    assert panel.line.text() == "Shop"
    assert _said(panel) == "Word 1 of 24"
    steps = studio.document.undo_stack.count()
    _press(KEY.Key_Return)  # it stays as it is
    assert studio.document.undo_stack.count() == steps
    assert _here(panel) == second
    assert not _word(studio, second).checked


def test_undo_brings_the_word_back_in_sight(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    first = _here(panel)
    _type("Shop")
    _press(KEY.Key_Return)
    _press(KEY.Key_Return)
    for _ in range(2):
        _press(KEY.Key_Z, CONTROL)
    assert _here(panel) == first
    assert not _word(studio, first).checked
    assert panel.line.text() == "Ship"
    assert _has_keys(panel)
    assert studio.opening.path is not None
    assert studio.opening.path.name == "board 3.png"
    _press(KEY.Key_Z, CONTROL | SHIFT)
    assert _word(studio, first).text == "Shop"
    assert _here(panel) != first
    qtbot.waitUntil(lambda: panel.card.has_card)


def test_undo_of_what_was_typed_comes_first(panel: ReviewPanel, studio: Studio) -> None:
    _press(KEY.Key_Return)
    place = _here(panel)
    _type("x")
    _press(KEY.Key_Z, CONTROL)
    assert (_here(panel), panel.line.text()) == (place, "the")
    _type("y")
    _press(KEY.Key_Escape)
    assert (panel.line.text(), panel.isVisible()) == ("the", True)


def test_words_settled_elsewhere_fall_away(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    page: Page | None = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, page.words))
    sitting = panel.reviewing.sitting
    assert sitting is not None
    assert (sitting.fallen_away, sitting.left) == (8, 16)
    assert _said(panel) == "Word 9 of 24"
    studio.document.undo_stack.undo()
    assert (sitting.fallen_away, sitting.left) == (0, 24)


def test_to_the_end_without_the_mouse_and_back_to_the_photo(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    for number in range(24):
        qtbot.waitUntil(lambda: panel.card.has_card)
        assert _said(panel) == f"Word {number + 1} of 24"
        if number == 5:
            _type("Ann")
        _press(KEY.Key_Return)
    assert panel.reviewing.stage is Stage.DONE
    assert "you have gone through 24 words" in panel.card.text
    assert "23 right, 1 corrected" in panel.card.text
    studio.autosave.flush()
    assert studio.opening.project is not None
    assert all(state.value == "reviewed" for state in studio.opening.project.states().values())
    _press(KEY.Key_Return)
    assert not panel.isVisible()
    assert QApplication.focusWidget() is studio.window.view
    _press(KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.reviewing.stage is Stage.DONE)
    assert "Every word is checked" in panel.card.text


def test_it_goes_on_where_it_was(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    _press(KEY.Key_Return)
    place = _here(panel)
    _press(KEY.Key_Escape)
    assert not panel.isVisible()
    _press(KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert _here(panel) == place
    assert _said(panel) == "Word 2 of 24"


def test_a_word_is_shown_on_its_photo(panel: ReviewPanel, studio: Studio, qtbot: QtBot, folder: Path) -> None:
    place = _here(panel)
    _press(KEY.Key_F5)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and studio.document.current == place[1])
    _press(KEY.Key_F6)
    assert _has_keys(panel)
    assert _here(panel) == place


def test_a_photo_that_is_gone_is_said_and_its_word_can_still_be_settled(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    (folder / "board 1.png").unlink()
    panel = studio.window.parts.review
    panel.begin(Order.PAGE)
    qtbot.waitUntil(lambda: "cannot be shown" in panel.card.text)
    place = _here(panel)
    _press(KEY.Key_Return)
    assert _word(studio, place).state is WordState.ACCEPTED


def test_another_project_ends_the_sitting(panel: ReviewPanel, studio: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    other = made_board.write_photo(tmp_path / "others" / "other.png", 9)
    studio.opening.open_paths([other])
    qtbot.waitUntil(lambda: studio.opening.path == other and not studio.busy)
    assert panel.reviewing.stage is Stage.IDLE
    assert "Press F6" in panel.card.text
    steps = studio.document.undo_stack.count()
    panel.line.setFocus()
    _press(KEY.Key_Return)
    assert studio.document.undo_stack.count() == steps
    _press(KEY.Key_F6)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert _said(panel) == "Word 1 of 8"


def test_the_least_sure_word_comes_first(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["review_least_sure"].trigger()
    panel = studio.window.parts.review
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert panel.order.currentData() == Order.LEAST_SURE
    assert panel.reviewing.sitting is not None
    rows = panel.reviewing.sitting.ahead(24)
    assert [row.confidence for row in rows] == sorted(row.confidence or 0 for row in rows)
