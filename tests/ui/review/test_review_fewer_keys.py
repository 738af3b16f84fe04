"""What saves keys in the review queue: texts that go on by themselves, doubtful letters, many words at once."""

from __future__ import annotations

import operator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Alternative, Edit, Page, TextSource, Transcription, WordState
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.jobs.review.review_queue import CardMade
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.review import card_view
from ocr_studio.ui.review.panel import ReviewPanel
from tests.ui import made_board
from tests.ui.review_keys import begin, here, press, type_in, word_at
from tests.ui.studio import Open

KEY, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """Two photos read, the second one open: 16 words that nobody has checked."""
    studio = open_studio(folder / "board 1.png")
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    return studio


def _begun(studio: Studio, qtbot: QtBot) -> ReviewPanel:
    """The queue, photo by photo: Ship the new build ask Anna about queves, twice."""
    studio.window.resize(1400, 950)
    panel = begin(studio, qtbot)
    _settled(panel, qtbot)
    return panel


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ReviewPanel:
    qtbot.waitUntil(lambda: studio.window.texts.spelling.spelling.lexicon is not None)
    return _begun(studio, qtbot)


def _settled(panel: ReviewPanel, qtbot: QtBot) -> None:
    session = panel.reviewing.session
    assert session is not None
    qtbot.waitUntil(lambda: panel.card.has_card and len(panel.strip.shown) == min(8, max(0, session.left - 1)))


def test_the_next_card_is_decoded_before_it_is_shown_and_only_once(
    panel: ReviewPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[tuple[str, str]] = []
    decode = card_view._unpacked

    def note(card: CardMade) -> QPixmap:
        decoded.append(card.place)
        return decode(card)

    monkeypatch.setattr(card_view, "_unpacked", note)
    qtbot.waitUntil(lambda: not panel._soon.isActive())
    for _ in range(3):
        before = len(decoded)
        press(KEY.Key_Return)
        assert len(decoded) == before
        qtbot.waitUntil(lambda: not panel._soon.isActive())
    assert len(decoded) == len(set(decoded))


def test_the_strip_is_not_arranged_again_for_the_same_cards(panel: ReviewPanel) -> None:
    cards = panel.reviewing.ahead(8)
    assert len(cards) == 8
    assert all(map(operator.is_, cards, panel.reviewing.ahead(8)))


def _checked(studio: Studio, panel: ReviewPanel) -> list[str]:
    """The texts of the words that somebody has checked, in the order of the queue."""
    session = panel.reviewing.session
    assert session is not None
    words = [word_at(studio, place) for place in session.places(session.pages)]
    return [word.text for word in words if word.checked]


# ---------------------------------------------------------------------------------------------- how a text goes on


def test_the_rest_is_shown_and_taken_by_tab(panel: ReviewPanel, studio: Studio) -> None:
    place = here(panel)
    type_in("bu")
    assert panel.line.rest == "ild"
    assert panel.line.text() == "bu"
    assert "build" in panel.line.accessibleDescription()
    press(KEY.Key_Tab)
    assert word_at(studio, place).text == "build"
    assert here(panel) != place


def test_enter_keeps_just_what_was_typed(panel: ReviewPanel, studio: Studio) -> None:
    for typed in ("bu", "b", "que"):
        place = here(panel)
        type_in(typed)
        assert panel.line.rest
        press(KEY.Key_Return)
        assert word_at(studio, place).text == typed


@pytest.mark.parametrize("key", [KEY.Key_Right, KEY.Key_End])
def test_the_rest_is_taken_to_be_typed_on(panel: ReviewPanel, studio: Studio, key: Qt.Key) -> None:
    place = here(panel)
    type_in("bu")
    press(key)
    assert panel.line.text() == "build"
    type_in("s")
    press(KEY.Key_Return)
    assert word_at(studio, place).text == "builds"


def test_arrows_move_where_nothing_is_offered(panel: ReviewPanel) -> None:
    type_in("zzzz")
    assert panel.line.rest == ""
    press(KEY.Key_Left)
    press(KEY.Key_Right)
    type_in("y")
    assert panel.line.text() == "zzzzy"
    press(KEY.Key_Home)
    type_in("b")  # inside the text nothing is offered
    assert (panel.line.text(), panel.line.rest) == ("bzzzzy", "")


def test_tab_keeps_what_was_typed_and_passes_by_what_was_not(panel: ReviewPanel, studio: Studio) -> None:
    place = here(panel)
    type_in("zzzz")
    press(KEY.Key_Tab)
    assert word_at(studio, place).text == "zzzz"
    place = here(panel)
    press(KEY.Key_Tab)
    assert not word_at(studio, place).checked
    assert here(panel) != place


def test_what_was_written_here_goes_on_from_then_on(panel: ReviewPanel, studio: Studio) -> None:
    type_in("Shxp#one")
    press(KEY.Key_Return)
    type_in("Sh")
    assert panel.line.rest == "xp#one"
    press(KEY.Key_Escape)
    press(KEY.Key_Z, CONTROL)


def test_what_was_written_before_is_known_when_the_queue_begins(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, next(iter(page.words)), "Shipp"))
    studio.autosave.flush()
    panel = _begun(studio, qtbot)
    qtbot.waitUntil(lambda: "Shipp" in panel.line.readings)
    place = here(panel)
    type_in(str(panel.line.readings.index("Shipp") + 1))
    assert word_at(studio, place).text == "Shipp"


def test_spaces_alone_are_no_answer(panel: ReviewPanel, studio: Studio) -> None:
    place, steps = here(panel), studio.document.undo_stack.count()
    type_in("  ")
    press(KEY.Key_Return)
    assert (here(panel), studio.document.undo_stack.count()) == (place, steps)
    assert "only spaces" in panel.keys.text()
    press(KEY.Key_Escape)
    assert panel.line.text() == "Ship"
    press(KEY.Key_F7)
    assert (word_at(studio, place).text, word_at(studio, place).checked) == ("", True)


# --------------------------------------------------------------------------------------------------- doubtful letters


def test_doubtful_letters_are_replaced_by_what_is_typed(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    first = page.words[studio.document.order()[0]]
    others = (("list.1", 0.5), ("list_1", 0.3), ("1ist.1", 0.1), ("list.", 0.02))
    reading = Transcription("list.1", TextSource.MODEL, 0.5, alternatives=tuple(Alternative(*each) for each in others))
    studio.document.push(Edit("Read", {first.id: (first, replace(first, machine=reading))}))
    panel = studio.window.review
    panel.begin(QueueOrder.LEAST_SURE)
    qtbot.waitUntil(lambda: panel.card.has_card)
    assert here(panel) == (page.id, first.id)
    press(KEY.Key_F2)
    assert panel.line.selectedText() == "."
    type_in("__")
    assert panel.line.text() == "list__1"
    press(KEY.Key_F2)  # none other deserves a look: the same once more, where it is
    assert panel.line.selectedText()[:1] == "_"
    press(KEY.Key_Return)
    assert word_at(studio, (page.id, first.id)).text == "list__1"
    press(KEY.Key_F2)  # nothing is doubted here
    assert panel.line.text() == "Ship"


# ------------------------------------------------------------------------------------------------------ several at once


def test_the_next_words_are_in_sight(panel: ReviewPanel) -> None:
    assert [card.word.text for card in panel.strip.shown] == [
        "the",
        "new",
        "build",
        "ask",
        "Anna",
        "about",
        "queves",
        "Ship",
    ]
    assert "the, new, build" in panel.strip.accessibleName()


def test_so_many_words_are_right_by_one_key_and_one_undo(panel: ReviewPanel, studio: Studio) -> None:
    first, steps = here(panel), studio.document.undo_stack.count()
    press(KEY.Key_3, CONTROL)
    assert _checked(studio, panel) == ["Ship", "the", "new"]
    assert studio.document.undo_stack.count() == steps + 1
    assert "3 words confirmed" in panel.keys.text()
    assert panel.line.text() == "build"
    session = panel.reviewing.session
    assert session is not None
    assert (session.settled, session.number) == (3, 4)
    press(KEY.Key_Return, SHIFT)
    assert panel.line.text() == "new"  # each of them can be gone back to
    press(KEY.Key_Z, CONTROL)
    assert _checked(studio, panel) == []
    assert here(panel) == first
    assert session.settled == 0
    press(KEY.Key_Z, CONTROL | SHIFT)
    assert _checked(studio, panel) == ["Ship", "the", "new"]
    assert panel.line.text() == "build"


def test_all_in_sight_are_right_over_two_photos(panel: ReviewPanel, studio: Studio, qtbot: QtBot) -> None:
    press(KEY.Key_PageDown)
    assert len(_checked(studio, panel)) == 9
    assert "9 words confirmed" in panel.keys.text()
    _settled(panel, qtbot)
    press(KEY.Key_Z, CONTROL)
    assert _checked(studio, panel) == []
    assert panel.line.text() == "Ship"
    press(KEY.Key_PageDown)
    _settled(panel, qtbot)
    press(KEY.Key_PageDown)
    assert len(_checked(studio, panel)) == 16
    assert "you have checked 16 words" in panel.card.text


def test_what_was_typed_is_a_correction_of_its_own(panel: ReviewPanel, studio: Studio) -> None:
    steps = studio.document.undo_stack.count()
    type_in("Shop")
    press(KEY.Key_3, CONTROL)
    assert _checked(studio, panel) == ["Shop", "the", "new"]
    assert studio.document.undo_stack.count() == steps + 2
    press(KEY.Key_Z, CONTROL)
    assert _checked(studio, panel) == ["Shop"]
    assert panel.line.text() == "the"


def test_spaces_and_more_words_are_no_answer(panel: ReviewPanel, studio: Studio) -> None:
    type_in(" ")
    press(KEY.Key_4, CONTROL)
    assert _checked(studio, panel) == []


def test_a_word_that_has_changed_meanwhile_is_not_agreed_with(panel: ReviewPanel, studio: Studio) -> None:
    cards = panel.strip.shown
    page_id, word_id = cards[1].place
    page: Page | None = studio.document.history.page(page_id)
    assert page is not None
    moved = edits.move(page, [word_id], 3, 0)
    studio.document.history.push(Step("Move", {page_id: moved}))
    panel.strip.show_cards(cards)  # as it would be if the news came late
    press(KEY.Key_5, CONTROL)
    assert _checked(studio, panel) == ["Ship", "the"]
    assert panel.line.text() == "new"


def test_words_that_are_settled_are_not_in_sight_again(panel: ReviewPanel, studio: Studio) -> None:
    press(KEY.Key_Return)
    press(KEY.Key_Return)
    press(KEY.Key_Return, SHIFT)
    press(KEY.Key_Return, SHIFT)
    assert panel.strip.shown == ()
    press(KEY.Key_PageDown)  # it is right as it is
    assert _checked(studio, panel) == ["Ship", "the"]


def test_a_narrow_panel_shows_fewer_and_agrees_with_no_more(panel: ReviewPanel, studio: Studio) -> None:
    panel.strip.resize(300, panel.strip.height())
    many = len(panel.strip.shown)
    assert 1 <= many < 8
    press(KEY.Key_9, CONTROL)
    assert len(_checked(studio, panel)) == 1 + many


def test_keys_with_others_held_are_the_windows(panel: ReviewPanel, studio: Studio) -> None:
    place = here(panel)
    press(KEY.Key_F7, SHIFT)
    assert not word_at(studio, place).checked
    assert word_at(studio, place).state is WordState.READ
    assert made_board.LINES[0][0] == panel.line.text()
