"""The document: one history, and a selection that never points at nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.page import Edit, Page, PageState, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import page_order
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange


def _word(word_id: str, x: float, text: str = "word") -> Word:
    return Word(word_id, Quad.from_box(x, 10, x + 30, 25), machine=Transcription(text, TextSource.MODEL, 0.9))


@pytest.fixture
def document(qtbot: QtBot) -> Document:  # qtbot: Qt must run
    document = Document()
    words = {key: _word(key, x) for key, x in (("c", 120.0), ("a", 10.0), ("b", 60.0))}
    document.open(Page("id", "board.png", 200, 50, words), np.zeros((50, 200, 3), np.uint8))
    return document


def test_the_order_is_the_reading_order_and_steps_follow_it(document: Document) -> None:
    assert document.order() == ("a", "b", "c")
    assert document.neighbour(1) == "a"
    document.select(["b"])
    assert (document.neighbour(-1), document.neighbour(1)) == ("a", "c")
    document.select(["c"])
    assert document.neighbour(1) is None


def test_an_order_computed_elsewhere_counts_only_for_the_words_it_was_computed_for(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert document.page is not None
    fresh = _word("d", 160.0)
    document.expect_order([*document.page.words.values(), fresh], ("d", "c", "b", "a"))
    assert document.order() == ("a", "b", "c")
    with monkeypatch.context() as patch:
        patch.setattr(page_order, "order_words", lambda _: pytest.fail("it is computed again"))
        document.push(Edit("Read", {"d": (None, fresh)}, order=()))
        assert document.order() == ("d", "c", "b", "a")
    document.push(page_order.chain_words(document.page, ["c", "a"]))
    assert document.order() == ("c", "a", "b", "d")
    document.undo_stack.undo()
    document.push(Edit("Move", {"d": (fresh, _word("d", 0.0))}))
    assert document.order() == ("d", "a", "b", "c")


def test_every_edit_is_one_step_back_and_forth(document: Document, qtbot: QtBot) -> None:
    before = document.page
    assert before is not None
    with qtbot.waitSignal(document.changed) as told:
        document.push(Edit("Delete word", {"b": (before.words["b"], None)}))
    assert told.args is not None
    (change,) = told.args
    assert (change.words, change.here, change.new, change.undone) == (frozenset({"b"}), True, True, False)
    assert (change.before, change.after) == ({"id": before}, {"id": document.page})
    assert document.order() == ("a", "c")
    assert document.undo_stack.undoText() == "Delete word"
    document.undo_stack.undo()
    assert document.page == before
    document.undo_stack.redo()
    assert document.order() == ("a", "c")


def test_a_drag_is_one_step_and_one_that_comes_home_is_none(document: Document) -> None:
    at = [_word("a", 10.0), _word("a", 11.0), _word("a", 12.0)]
    document.push(Edit("Move", {"a": (at[0], at[1])}), join="drag")
    document.push(Edit("Move", {"a": (at[1], at[2])}), join="drag")
    assert document.undo_stack.count() == 1
    document.push(Edit("Move", {"a": (at[2], at[0])}), join="drag")
    assert document.undo_stack.count() == 0


def test_empty_edits_leave_no_trace(document: Document) -> None:
    document.push(Edit("Nothing", {}))
    assert not document.undo_stack.canUndo()


def test_a_deleted_word_leaves_the_selection(document: Document) -> None:
    document.select(["a", "b"], current="b")
    word = document.word("b")
    document.push(Edit("Delete word", {"b": (word, None)}))
    assert (document.selection, document.current) == (frozenset({"a"}), "a")


def test_unknown_ids_cannot_be_selected(document: Document) -> None:
    document.select(["nobody"])
    assert (document.selection, document.current) == (frozenset(), None)


def test_a_reading_taken_back_leaves_an_unread_page_and_done_again_a_read_one(qtbot: QtBot) -> None:
    document = Document()
    document.open(Page("id", "board.png", 200, 50), np.zeros((50, 200, 3), np.uint8))
    document.push(Edit("Read photo", {"a": (None, _word("a", 10.0))}), join="reading")
    document.set_read_at("2026-01-01T00:00:00+00:00")
    done = document.page
    document.undo_stack.undo()
    assert document.page is not None
    assert document.page.state is PageState.UNREAD
    document.undo_stack.redo()
    assert document.page == done


def test_a_page_emptied_by_hand_stays_a_read_one(document: Document) -> None:
    document.set_read_at("2026-01-01T00:00:00+00:00")
    assert document.page is not None
    document.push(Edit("Delete 3 words", {key: (word, None) for key, word in document.page.words.items()}))
    assert document.page.state is PageState.READ


@pytest.mark.parametrize(("count", "selected"), [(50, 50), (51, 0)])
def test_undoing_on_another_photo_selects_only_a_few_words(qtbot: QtBot, count: int, selected: int) -> None:
    words = {
        f"w{index}": Word(f"w{index}", Quad.from_box(0, 20 * index, 10, 10), human=Transcription.by_human("a"))
        for index in range(count)
    }
    other, here = Page("other", "other.png", 100, 2000, words), Page("here", "here.png", 100, 2000)
    document = Document()
    document.open(here, np.zeros((8, 8, 3), np.uint8))
    changes = {key: (word, replace(word, human=Transcription.by_human("b"))) for key, word in words.items()}
    document.show(DocumentChange(step=Step("Replace", {"other": Edit("Replace", changes)}), undone=True))
    document.open(other, np.zeros((8, 8, 3), np.uint8))
    assert len(document.selection) == selected
