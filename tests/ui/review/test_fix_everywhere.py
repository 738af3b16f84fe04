"""Fix this everywhere: offered after a correction, ticked in a grid, applied as one step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review.fix_everywhere import OFFERED
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.review.fix_panel import FixPanel
from tests.ui.studio import Open

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """Three photos read; on each the last word is read “queves”."""
    studio = open_studio(folder / "board 1.png")
    for name in ("board 2.png", "board 3.png"):
        studio.opening.open_paths([folder / name])
        qtbot.waitUntil(lambda name=name: studio.opening.path == folder / name and not studio.busy)  # type: ignore[misc]
    studio.window.activateWindow()
    return studio


@pytest.fixture
def panel(studio: Studio) -> FixPanel:
    return studio.window.fixes


def _correct(studio: Studio, qtbot: QtBot) -> None:
    """A person writes “queues” into the last word of the open photo."""
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, "w7" + _ending(studio), "queues"))
    qtbot.waitUntil(lambda: studio.window.fixes.has_offer)


def _ending(studio: Studio) -> str:
    page = studio.document.page
    assert page is not None
    return next(iter(page.words))[2:]


def _texts(studio: Studio) -> list[str]:
    """What stands in the last word of each photo."""
    project = studio.opening.project
    assert project is not None
    found = []
    for key, summary in sorted(project.summaries().items(), key=lambda item: item[1].image):
        page = studio.document.history.page(key)
        assert page is not None, summary.image
        found.append(next(word.text for word_id, word in page.words.items() if word_id.startswith("w7")))
    return found


def _press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, held)


def test_a_correction_offers_the_same_word_elsewhere_and_one_key_shows_it(
    studio: Studio, panel: FixPanel, qtbot: QtBot
) -> None:
    action = studio.window.action_set["fix_everywhere"]
    assert not action.isEnabled()
    _correct(studio, qtbot)
    assert action.isEnabled()
    assert (
        studio.window.status.currentMessage()
        == "2 similar words, 2 selected: choose Fix mistake everywhere (F4) to fix them"
    )
    for keys, shown in (("Ctrl+J",), " (Ctrl+J)"), ((), ""):
        studio.window.action_set.use_keys({"fix_everywhere": keys})
        assert (
            studio.window.fixes.offer
            == f"2 similar words, 2 selected: choose Fix mistake everywhere{shown} to fix them"
        )
    studio.window.action_set.use_keys({})
    studio.window.view.setFocus()
    _press(KEY.Key_F4)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is panel.list.tree)
    assert len(panel.list.changes.changes) == 2
    assert len(panel.list.changes.chosen()) == 2
    assert "Are these also “queues”? The corrected word was read as “queves”." in panel.asked.text()
    _press(KEY.Key_Return)
    assert not panel.isVisible()
    qtbot.waitUntil(lambda: _texts(studio) == ["queues"] * 3)
    assert "Changed 2 words on 2 photos." in studio.window.status.currentMessage()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is studio.window.view)
    assert not action.isEnabled()


def test_it_is_one_step_that_is_undone_whole(studio: Studio, panel: FixPanel, qtbot: QtBot) -> None:
    _correct(studio, qtbot)
    panel.begin()
    _press(KEY.Key_Return)
    qtbot.waitUntil(lambda: studio.document.undo_stack.undoText() == "Change 2 words to “queues”")
    studio.autosave.flush()
    studio.document.undo_stack.undo()
    assert _texts(studio) == ["queves", "queves", "queues"]
    studio.document.undo_stack.redo()
    assert _texts(studio) == ["queues"] * 3


def test_space_unticks_and_only_ticked_ones_are_fixed(studio: Studio, panel: FixPanel, qtbot: QtBot) -> None:
    _correct(studio, qtbot)
    panel.begin()
    _press(KEY.Key_Space)
    assert panel.list.apply.text() == "Fix 1 word"
    _press(KEY.Key_Down)
    _press(KEY.Key_Return)
    qtbot.waitUntil(lambda: sorted(_texts(studio)) == ["queues", "queues", "queves"])


def test_escape_leaves_them_and_nothing_ticked_does_nothing(studio: Studio, panel: FixPanel, qtbot: QtBot) -> None:
    _correct(studio, qtbot)
    steps = studio.document.undo_stack.count()
    panel.begin()
    _press(KEY.Key_A, CONTROL)
    assert panel.list.changes.chosen() == []
    assert not panel.list.apply.isEnabled()
    _press(KEY.Key_A, CONTROL)
    assert len(panel.list.changes.chosen()) == 2
    _press(KEY.Key_Escape)
    assert not panel.isVisible()
    assert studio.document.undo_stack.count() == steps


def test_less_likely_words_are_offered_but_not_selected(studio: Studio, panel: FixPanel, qtbot: QtBot) -> None:
    _correct(studio, qtbot)
    first, second = panel._fixing.offers
    panel._fixing.offers = first, replace(second, likelihood=OFFERED)
    assert panel.offer == "2 similar words, 1 selected: choose Fix mistake everywhere (F4) to fix them"
    panel.begin()
    assert panel.list.apply.text() == "Fix 1 word"
    _press(KEY.Key_Space)
    assert panel.list.apply.text() == "Fix"


def test_words_checked_meanwhile_are_not_offered_any_more(studio: Studio, panel: FixPanel, qtbot: QtBot) -> None:
    _correct(studio, qtbot)
    places = [each.place for each in studio.window.fixes._fixing.offers]
    page = studio.document.history.page(places[0][0])
    assert page is not None
    edit = edits.accept(page, [places[0][1]])
    studio.document.history.push(Step(edit.name, {page.id: edit}))
    panel.begin()
    assert len(panel.list.changes.changes) == 1


def test_words_that_are_read_differently_are_no_longer_offered(studio: Studio, panel: FixPanel, qtbot: QtBot) -> None:
    _correct(studio, qtbot)
    panel.begin()

    def read_as(place: tuple[str, str], text: str) -> None:
        page = studio.document.history.page(place[0])
        assert page is not None
        word = page.words[place[1]]
        assert word.machine is not None
        edit = edits.refresh(page, [replace(word, machine=replace(word.machine, text=text))])
        studio.document.history.push(Step(edit.name, {page.id: edit}))

    one, other = [each.place for each in panel._fixing.offers]
    read_as(one, "quotes")
    assert panel.offer.startswith("1 similar word,")
    assert [each.place for each in panel._fixing.offers] == [other]
    assert panel.list.apply.text() == "Fix 1 word"
    read_as(other, "queues")
    assert not panel.has_offer
    assert not panel.isVisible()


def test_pages_are_looked_up_only_where_something_depends_on_them(
    studio: Studio, panel: FixPanel, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _correct(studio, qtbot)
    studio.opening.open_paths([folder / "board 1.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)
    project, page, fixing = studio.opening.project, studio.document.page, panel._fixing
    assert project is not None
    assert page is not None
    assert fixing.corrected is not None
    there = fixing.corrected.correction.place[0]
    asked: list[str] = []
    load = project.load_page

    def listened(key: str, *, aside: bool) -> Page | None:
        asked.append(key)
        return load(key, aside=aside)

    monkeypatch.setattr(project, "load_page", listened)
    for locked in (True, False, True):
        studio.document.push(edits.lock(page := studio.document.page or page, ["w0"], locked=locked))
    assert there not in asked, "what is written on another photo says nothing of the corrected word"
    asked.clear()
    for offer in fixing.offers[:1]:
        fixing.offers = (*fixing.offers, offer, offer)
    assert len(fixing.changes()) == 4
    assert len(asked) <= 2, "each page once, whatever is offered of it"


def test_in_the_review_queue_fixed_words_drop_out(studio: Studio, panel: FixPanel, qtbot: QtBot) -> None:
    review = studio.window.review
    review.begin(QueueOrder.PAGE)
    qtbot.waitUntil(lambda: review.card.has_card)
    for _ in range(7):
        _press(KEY.Key_Return)
    QTest.keyClicks(review.line, "queues")
    _press(KEY.Key_Return)
    qtbot.waitUntil(lambda: "2 similar words" in review.offer.text())
    _press(KEY.Key_F4)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is panel.list.tree)
    _press(KEY.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is review.line)
    session = review.reviewing.session
    assert session is not None
    qtbot.waitUntil(lambda: (session.settled, session.fallen_away, session.left) == (8, 2, 14))
    assert not review.offer.isVisible()
    _press(KEY.Key_Z, CONTROL)
    assert (session.settled, session.fallen_away, session.left) == (8, 0, 16)


def test_who_asks_for_it_before_anything_was_corrected_is_told_what_to_do(studio: Studio, panel: FixPanel) -> None:
    studio.window.view.setFocus()
    _press(KEY.Key_F4)
    assert "Correct a word first" in studio.window.status.currentMessage()
    assert not panel.isVisible()


def test_keys_that_a_person_has_chosen_tell_it_too(studio: Studio, qtbot: QtBot) -> None:
    actions, view = studio.window.action_set, studio.window.view
    actions.use_keys({"fix_everywhere": ("Ctrl+Alt+4",)})
    studio.window.status.clearMessage()
    view.setFocus()
    _press(KEY.Key_F4)
    assert not studio.window.status.currentMessage()
    QTest.keySequence(view, QKeySequence("Ctrl+Alt+4"))
    assert "Correct a word first" in studio.window.status.currentMessage()
    _correct(studio, qtbot)
    actions.use_keys({"fix_everywhere": ("Ctrl+Alt+4",)})  # the settings have others
    QTest.keySequence(view, QKeySequence("Ctrl+Alt+4"))
    assert studio.window.fixes.isVisible()
