"""What happens meanwhile in the review queue: more words come, a person looks elsewhere, the window changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.review.panel import ReviewPanel
from tests.ui import made_board
from tests.ui.review_keys import begin, here, panel, press, said, studio, type_in, word_at
from tests.ui.studio import Open, kill

__all__ = ["panel", "studio"]  # fixtures

KEY, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


# ------------------------------------------------------------------------------------------- words that come meanwhile


def _read_more(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    """Two more photos are read, of eight words each."""
    for number in (4, 5):
        photo = made_board.write_photo(folder / f"board {number}.png", number)
        studio.opening.open_paths([photo])
        qtbot.waitUntil(lambda photo=photo: studio.opening.path == photo and not studio.busy)  # type: ignore[misc]
    studio.autosave.flush()


def test_words_that_came_since_are_taken_in_when_it_is_entered_again(
    panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    press(KEY.Key_Return)
    place = here(panel)
    press(KEY.Key_Escape)
    _read_more(studio, folder, qtbot)
    studio.window.view.setFocus()
    press(KEY.Key_F6)
    qtbot.waitUntil(lambda: said(panel) == "Word 2 of 40")
    assert here(panel) == place
    assert "16 words were added" in panel.keys.text()
    for _ in range(39):
        press(KEY.Key_Return)
    qtbot.waitUntil(lambda: "you have checked 40 words" in panel.card.text)


def test_words_that_came_since_are_gone_on_with_at_the_end(
    panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    _read_more(studio, folder, qtbot)
    panel.line.setFocus()
    for _ in range(24):
        press(KEY.Key_Return)
    qtbot.waitUntil(lambda: "16 words were added in the meantime" in panel.card.text)
    assert "you have checked 24 words" in panel.card.text
    assert "skipped" not in panel.card.text
    press(KEY.Key_Return)
    assert panel.isVisible()
    assert said(panel) == "Word 25 of 40"
    for _ in range(16):
        press(KEY.Key_Return)
    qtbot.waitUntil(lambda: not studio.busy)
    assert "you have checked 40 words" in panel.card.text
    press(KEY.Key_Return)
    assert not panel.isVisible()


# ------------------------------------------------------------------------------------------------ what is being typed


def test_what_is_typed_stays_with_its_word_while_a_person_looks_elsewhere(
    panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    press(KEY.Key_Return)
    place = here(panel)
    type_in("quickly")
    press(KEY.Key_F5)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and studio.document.current == place[1])
    press(KEY.Key_F6)
    assert (here(panel), panel.line.text()) == (place, "quickly")
    press(KEY.Key_Return, SHIFT)
    assert panel.line.text() == "Ship"
    press(KEY.Key_Return)
    assert (here(panel), panel.line.text()) == (place, "quickly")
    type_in("2")  # it is text as before
    press(KEY.Key_Return)
    assert word_at(studio, place).text == "quickly2"
    press(KEY.Key_Z, CONTROL)
    assert (here(panel), panel.line.text()) == (place, "the")


def test_what_was_typed_before_is_dropped_by_a_person_only(panel: ReviewPanel) -> None:
    place = here(panel)
    for drops in ((KEY.Key_Escape,), (KEY.Key_Z, CONTROL)):
        type_in("x")
        panel.reviewing.resume()
        assert (here(panel), panel.line.text()) == (place, "x")
        press(*drops)
        panel.reviewing.resume()
        assert (here(panel), panel.line.text()) == (place, "Ship")


def test_what_was_typed_is_kept_when_the_window_is_closed(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    first = here(panel)
    press(KEY.Key_Return)
    second = here(panel)
    type_in("quickly")
    press(KEY.Key_Return, SHIFT)
    type_in("slow")
    project = studio.opening.project
    assert project is not None
    studio.window.action_set["quit"].trigger()
    qtbot.waitUntil(lambda: not studio.window.isVisible())
    page = project.load_page(first[0])
    assert page is not None
    assert (page.words[first[1]].text, page.words[second[1]].text) == ("slow", "quickly")


def test_what_was_typed_before_a_kill_is_in_the_field_again_and_not_saved(
    panel: ReviewPanel, studio: Studio, open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    first = here(panel)
    type_in("slow")
    press(KEY.Key_F5)
    press(KEY.Key_F6)
    press(KEY.Key_Tab)  # confirms "slow"
    second = here(panel)
    type_in("half")
    kill(studio, folder, qtbot, draft="half")
    again = open_studio(folder / "board 3.png")
    assert (word_at(again, first).text, word_at(again, second).text) == ("slow", "the")
    queue = begin(again, qtbot)
    assert (here(queue), queue.line.text()) == (second, "half")
    assert word_at(again, second).text == "the"
    again.window.close()  # it was seen, so it is applied as any other
    assert word_at(again, second).text == "half"
    assert queue.drafts.drafts() == ()


def test_what_was_typed_before_a_kill_and_not_seen_since_is_not_applied(
    panel: ReviewPanel, studio: Studio, open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    place = here(panel)
    type_in("half")
    kill(studio, folder, qtbot, draft="half")
    again = open_studio(folder / "board 3.png")
    again.window.close()
    assert word_at(again, place).text == "Ship"
    assert [draft.text for draft in again.window.review.drafts.drafts()] == ["half"]


# ------------------------------------------------------------------------------------------------ the picture of a word


@pytest.mark.usefixtures("styled")
def test_the_picture_has_its_height_again_when_the_window_has(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.resize(1200, 560)
    panel = window.review
    panel.begin(QueueOrder.PAGE)
    qtbot.waitUntil(lambda: panel.card.has_card)
    window.resize(1200, 850)
    qtbot.waitUntil(lambda: panel.card.height() >= 200)


def test_photo_and_card_show_the_same_word(panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot) -> None:
    document = studio.document
    # The first words are on another photo than the open one, which is opened while the keys stay in the queue.
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not panel.word_focus.apart)
    assert panel.line.hasFocus()
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: not panel.word_focus.apart)
    assert document.current == here(panel)[1]
    # One set of alternatives answers the keys, also while the list of words has a window of its own.
    studio.window.side.move_out(studio.window.side.pages[0])
    assert not studio.window.alternatives.isVisible()
    assert panel.offered.isVisible()
    # A word that is selected on the photo comes next; one that is not in the queue is only said to be another one.
    page = document.page
    assert page is not None
    document.select(["w5"])
    assert here(panel) == (page.id, "w5")
    document.select([])
    assert panel.word_focus.apart
    assert "F5" in panel.apart.text()
    press(KEY.Key_F5)
    assert not panel.word_focus.apart
    assert panel.apart.text() == ""


def test_the_photo_that_the_user_opens_stays(panel: ReviewPanel, studio: Studio, folder: Path, qtbot: QtBot) -> None:
    press(KEY.Key_Return)
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    assert panel.word_focus.apart
    assert not panel.word_focus.busy


def test_a_word_that_is_upside_down_is_turned(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    place = here(panel)
    quad = word_at(studio, place).quad
    type_in("quick")
    press(KEY.Key_F10)
    assert word_at(studio, place).quad.corners == (*quad.corners[2:], *quad.corners[:2])
    assert (here(panel), panel.line.text()) == (place, "quick")
    qtbot.waitUntil(lambda: panel.card.has_card)
    press(KEY.Key_F10)
    assert word_at(studio, place).quad == quad
