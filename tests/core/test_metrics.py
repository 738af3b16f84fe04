"""Scores of known readings are the known figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core import metrics
from ocr_studio.core.metrics import Labelled, PhotoScore, Score
from ocr_studio.core.page import Quad

texts = st.text(alphabet="abcä ", max_size=12)


def labelled(text: str, left: float, *, ignore: bool = False) -> Labelled:
    return Labelled(Quad.from_box(left, 0, left + 40, 20), text, ignore)


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [
        ("", "", 0),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("map", "mop", 1),
        ("ab", "ba", 2),
        ("saturday", "sunday", 3),
    ],
)
def test_known_edit_distances(a: str, b: str, edits: int) -> None:
    assert metrics.edit_distance(a, b) == edits


def _by_recursion(a: str, b: str) -> int:
    """The definition, slowly."""
    rows = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i, left in enumerate(a, start=1):
        for j, right in enumerate(b, start=1):
            rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (left != right))
    return rows[len(a), len(b)]


@given(texts, texts)
def test_edit_distance_follows_its_definition(a: str, b: str) -> None:
    assert metrics.edit_distance(a, b) == _by_recursion(a, b) == metrics.edit_distance(b, a)


@given(texts, texts)
def test_similarity_is_a_share_and_one_for_equal_texts(a: str, b: str) -> None:
    assert 0.0 <= metrics.similarity(a, b) <= 1.0
    assert metrics.similarity(a, a) == 1.0


def test_error_rates_count_all_pairs_together() -> None:
    pairs = [("map", "mop"), ("a longer line", "a longer line"), ("x", "")]
    assert metrics.cer(pairs) == pytest.approx(2 / 17)
    assert metrics.wer(pairs) == pytest.approx(2 / 5)
    assert metrics.cer([]) == 0.0


def test_a_perfect_reading() -> None:
    truth = [labelled("Left", 0), labelled("join", 100)]
    score = metrics.score_photo(truth, truth)
    assert score == PhotoScore(Score(2, 2, 2), Score(2, 2, 2), Score(2, 2, 2))
    assert score.detection.f == 1.0


def test_place_and_text_are_scored_apart() -> None:
    truth = [labelled("queue", 0), labelled("map", 100), labelled("missed", 200)]
    found = [labelled("QUEVE", 4), labelled("xyz", 100), labelled("map", 400)]
    score = metrics.score_photo(truth, found)
    assert score.detection == Score(2, 3, 3)
    assert score.end_to_end == Score(1, 3, 3)
    assert score.bag_of_words == Score(1, 3, 3)


def test_a_place_is_given_once() -> None:
    score = metrics.score_photo([labelled("one", 0)], [labelled("one", 0), labelled("one", 2)])
    assert score.detection == Score(1, 2, 1)
    assert metrics.matches(
        [Quad.from_box(0, 0, 40, 20)], [Quad.from_box(2, 0, 42, 20), Quad.from_box(0, 0, 40, 20)]
    ) == [(0, 1)]


def test_words_found_where_nobody_can_read_count_neither_way() -> None:
    truth = [labelled("read", 0), labelled("", 100, ignore=True)]
    found = [labelled("read", 0), labelled("guess", 105)]
    assert metrics.score_photo(truth, found).detection == Score(1, 1, 1)


def test_a_photo_without_words_and_one_where_nothing_was_found() -> None:
    assert metrics.score_photo([], []).end_to_end.f == 1.0
    missed = metrics.score_photo([labelled("a", 0)], [])
    assert (missed.detection.recall, missed.detection.f) == (0.0, 0.0)


def test_tokens_are_words_of_letters_and_digits() -> None:
    assert metrics.tokens(["O(n)", "Left join", "left", "←", "1.5"]) == {"on": 1, "left": 2, "join": 1, "15": 1}


def test_scores_add_up() -> None:
    assert Score(1, 2, 4) + Score(1, 2, 0) == Score(2, 4, 4)
    assert (PhotoScore() + PhotoScore(Score(1, 1, 2))).detection.recall == 0.5
