"""Which words are offered after a correction: by how they were read, and by how they look."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.editing import changes, edits
from ocr_studio.core.images import word_appearance
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_appearance import WordAppearance
from ocr_studio.core.page import Alternative, Edit, Mark, Page, Quad, TextSource, Transcription, Word, apply
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review import fix_everywhere
from ocr_studio.core.review.fix_everywhere import OFFERED, TICKED, Correction, LookAlike

_QUAD = Quad.from_box(0, 0, 90, 30)
_FONT = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
_CORRECTED = Correction(("p", "w0"), "queve", "queue")
_INK, _YELLOW, _BLUE = (40, 40, 40), (240, 240, 40), (40, 40, 250)


def _picture(
    text: str, *, ink: tuple[int, int, int] = _INK, board: int = 240, scale: float = 1.5, lean: float = 0.0
) -> NDArray[np.uint8]:
    """A written word on a noisy board, (H, W, 3)."""
    (width, height), _ = cv2.getTextSize(text, _FONT, scale, 3)
    image = np.full((2 * height + 20, width + 40, 3), board, np.uint8)
    cv2.putText(image, text, (20, height + 15), _FONT, scale, ink, 3, cv2.LINE_AA)
    slanted = np.array([[1, -lean, lean * height], [0, 1, 0]], np.float32)
    leaning = cv2.warpAffine(image, slanted, (image.shape[1], image.shape[0]), borderValue=(board, board, board))
    noise = np.random.default_rng(len(text)).normal(0, 4, leaning.shape)
    return np.asarray(np.clip(leaning + noise, 0, 255), np.uint8)


def _look(text: str, **how: object) -> WordAppearance:
    found = word_appearance.describe_picture(_picture(text, **how))  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    "how",
    [
        {"ink": (120, 120, 120)},
        {"ink": (250, 250, 250), "board": 40},
        {"ink": _YELLOW},  # as bright as the board in two colours
        {"ink": _BLUE, "board": 40},
        {"scale": 1.1},
        {"lean": 0.15},
    ],
)
def test_the_same_word_looks_alike_in_any_ink_size_and_slant(how: dict[str, object]) -> None:
    queue, other = _look("queue"), _look("queue", **how)
    others = [word_appearance.compute_likeness(queue, _look(text)) for text in ("quota", "mouse", "gauze", "table")]
    assert word_appearance.compute_likeness(queue, other) > max(others) + 0.05
    assert word_appearance.compute_likeness(queue, queue) == pytest.approx(1.0, abs=1e-4)


def test_much_longer_words_never_look_alike_and_a_bare_board_has_no_look() -> None:
    assert word_appearance.compute_likeness(_look("in"), _look("interest")) == 0.0
    assert word_appearance.describe_picture(np.full((40, 100, 3), 230, np.uint8)) is None
    assert (
        word_appearance.describe_word(Pyramid(np.full((40, 100, 3), 230, np.uint8)), Quad.from_box(0, 0, 50, 20))
        is None
    )


def _word(text: str, *others: tuple[str, float], confidence: float = 0.9, key: str = "w1") -> Word:
    choices = (Alternative(text, confidence), *(Alternative(*each) for each in others))
    reading = Transcription(text, TextSource.MODEL, confidence, alternatives=choices)
    return Word(key, Quad.from_box(0, 0, 90, 30), machine=reading)


def _likely(word: Word, likeness: float, corrected: Correction = _CORRECTED, **held: float) -> float:
    """How likely the word is the corrected one; 0 for one that is not even looked at. held: of the corrected one."""
    read = _word(corrected.misread, *held.items()).machine
    assert read is not None
    odds = fix_everywhere.select_candidates([word], corrected, read)
    return fix_everywhere.estimate_likelihood(odds[word.id], likeness) if odds else 0.0


def test_what_was_read_the_same_and_looks_the_same_is_ticked() -> None:
    assert _likely(_word("queve"), 0.9) > TICKED
    assert _likely(_word("queve"), 0.9) > _likely(_word("queve"), 0.6)
    unsure, sure = _word("gueve", ("queue", 0.35), confidence=0.4), _word("quote", confidence=0.98)
    assert _likely(unsure, 0.85) > TICKED
    assert _likely(sure, 0.85) < OFFERED


def test_what_was_held_possible_of_both_words_counts_and_so_does_a_sure_reading() -> None:
    shared = _word("quene", ("quewe", 0.2), confidence=0.4)
    assert _likely(shared, 0.8, quewe=0.3) > _likely(shared, 0.8)
    assert _likely(_word("quene", confidence=0.4), 0.8) > _likely(_word("quene", confidence=0.99), 0.8)


def test_capitals_are_other_letters() -> None:
    assert _likely(_word("QUEUE"), 0.85) < _likely(_word("queuc"), 0.85)


def test_nothing_is_offered_where_nothing_is_likely() -> None:
    found = [LookAlike(("p", str(share)), "board.jpg", _QUAD, "queve", share) for share in (0.3, 0.7, 0.4)]
    assert [each.likelihood for each in fix_everywhere.select_offers(found)] == [0.7, 0.4, 0.3]
    assert fix_everywhere.select_offers([found[0], found[2]]) == ()


def test_only_unchecked_words_that_are_read_alike_are_worth_a_look() -> None:
    assert _likely(_word("queve"), 1.0)
    assert _likely(_word("gneue", confidence=0.5), 1.0)
    assert _likely(_word("gnu", ("queue", 0.3), confidence=0.4), 1.0)
    assert not _likely(_word("table"), 1.0)
    assert not _likely(_word("queue"), 1.0)
    assert not _likely(replace(_word("queve"), mark=Mark.IGNORED), 1.0)
    assert not _likely(replace(_word("queve"), human=Transcription.by_human("queve")), 1.0)
    assert not _likely(replace(_word("queve"), machine=None), 1.0)


def _page(*words: Word, key: str = "p") -> Page:
    return Page(key, "board.jpg", 300, 100, {word.id: word for word in words})


def test_a_correction_is_one_word_whose_reading_was_replaced() -> None:
    page = _page(_word("queve", key="w0"), _word("x", key="w1"))

    def of(edit: Edit) -> Correction | None:
        return fix_everywhere.find_correction(Step(edit.name, {"p": edit}))

    assert of(edits.write(page, "w0", "queue")) == _CORRECTED
    assert of(edits.write(page, "w0", "")) is None
    assert of(edits.accept(page, ["w0"])) is None
    assert of(edits.mark(page, ["w0"], Mark.UNREADABLE)) is None
    assert of(edits.write(page, "w0", "queue").then(edits.write(page, "w1", "y"))) is None
    assert of(edits.move(page, ["w0"], 3, 3)) is None
    corrected = apply(page, edits.write(page, "w0", "queue"))
    assert of(edits.write(corrected, "w0", "queues")) == replace(_CORRECTED, right="queues")


def test_likely_words_are_selected_and_checked_ones_are_left_alone() -> None:
    checked = replace(_word("queve", key="w2"), human=Transcription.by_human("cave"))
    page = _page(_word("queve"), checked)
    offers = [
        LookAlike(("p", key), "board.jpg", _QUAD, "queve", share)
        for key, share in (("w1", 0.7), ("w2", 0.4), ("gone", 0.6))
    ]
    found = fix_everywhere.make_changes(offers, "queue")
    assert [(each.reason, each.selected) for each in found] == [("70%", True), ("40%", False), ("60%", True)]
    edit, skipped = changes.make_edit(page, found)
    after = apply(page, edit)
    assert [after.words[key].text for key in ("w1", "w2")] == ["queue", "cave"]
    assert skipped == 2
    assert apply(after, edit.inverted()) == page
