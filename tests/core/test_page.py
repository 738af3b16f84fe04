"""The values: states, edits and their inverses."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from ocr_studio.core.page import (
    Edit,
    EditMismatch,
    Page,
    PageState,
    Quad,
    TextSource,
    Transcription,
    Word,
    WordState,
    apply,
)


def _word(word_id: str, text: str = "map", human: str | None = None) -> Word:
    machine = Transcription(text, TextSource.MODEL, 0.8)
    return Word(
        word_id, Quad.from_box(0, 0, 10, 5), machine=machine, human=Transcription.by_human(human) if human else None
    )


def _page(*words: Word) -> Page:
    return Page("id", "board.jpg", 100, 80, {word.id: word for word in words})


def test_a_word_shows_the_persons_text_and_keeps_the_machines_beside_it() -> None:
    word = _word("a", "mop", human="map")
    assert (word.text, word.state, word.confidence) == ("map", WordState.CORRECTED, 1.0)
    assert word.machine is not None
    assert word.machine.text == "mop"
    assert _word("a", "map", human="map").state is WordState.ACCEPTED
    assert _word("a").state is WordState.READ
    assert Word("a", Quad.from_box(0, 0, 1, 1)).state is WordState.UNREAD


def test_a_page_is_reviewed_only_when_every_word_is_checked() -> None:
    assert _page().state is PageState.UNREAD
    assert replace(_page(), read_at="2026-01-01T00:00:00+00:00").state is PageState.READ
    assert _page(_word("a", human="x"), _word("b")).state is PageState.READ
    assert _page(_word("a", human="x"), _word("b", human="y")).state is PageState.REVIEWED


def test_values_cannot_be_changed_in_place() -> None:
    page = _page(_word("a"))
    with pytest.raises(FrozenInstanceError):
        page.words["a"].id = "b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        page.words["b"] = _word("b")  # type: ignore[index]


def test_an_edit_and_its_inverse_cancel() -> None:
    before, after = _word("a"), _word("a", human="mop")
    page = _page(before, _word("b"))
    edit = Edit("Mixed", {"a": (before, after), "b": (page.words["b"], None), "c": (None, _word("c"))})
    changed = apply(page, edit)
    assert set(changed.words) == {"a", "c"}
    assert apply(changed, edit.inverted()) == page


def test_two_edits_join_into_one_and_a_round_trip_into_none() -> None:
    a, b, c = _word("a", "one"), _word("a", "two"), _word("a", "three")
    joined = Edit("First", {"a": (a, b)}).then(Edit("Second", {"a": (b, c)}))
    assert joined == Edit("First", {"a": (a, c)})
    assert not joined.then(Edit("Back", {"a": (c, a)}))


def test_an_edit_for_another_state_of_the_page_is_refused() -> None:
    with pytest.raises(EditMismatch, match=r"board\.jpg"):
        apply(_page(_word("a")), Edit("Late", {"a": (_word("a", "other"), None)}))


def test_a_quad_refuses_what_is_not_four_finite_corners() -> None:
    with pytest.raises(ValueError, match="four finite corners"):
        Quad.from_array(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="four finite corners"):
        Quad.from_array([(0, 0), (1, float("nan")), (1, 1), (0, 1)])
    assert Quad.from_array(Quad.from_box(1, 2, 3, 4).array()) == Quad.from_box(1, 2, 3, 4)
