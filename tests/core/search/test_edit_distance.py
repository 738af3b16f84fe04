"""The distance of many words at once is that of one pair after the other."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_studio.core.search import confusable, edit_distance, folding, matching
from ocr_studio.core.search.vocabulary import Vocabulary

folded = st.text("abcdlmnorvw01i5s-+", min_size=1, max_size=9)


def distance(wanted: str, word: str) -> float:
    """As ``edit_distance.compute_distances`` says, in the plainest way."""

    @cache
    def of(i: int, j: int) -> float:
        if not i and not j:
            return 0.0
        steps = [(0, 1, _leaving(word[j - 1 : j])), (1, 0, _leaving(wanted[i - 1 : i]))]
        steps += [(1, 1, _taking(wanted[i - 1 : i], word[j - 1 : j]))] if i and j else []
        if i > 1 and j > 1 and wanted[i - 2 : i] == word[j - 2 : j][::-1]:
            steps.append((2, 2, confusable.SWAPPED))
        for two, one in confusable.MERGED_PAIRS:
            if (wanted[max(0, i - 2) : i], word[max(0, j - 1) : j]) == (two, one):
                steps.append((2, 1, confusable.SHAPE))
            if (wanted[max(0, i - 1) : i], word[max(0, j - 2) : j]) == (one, two):
                steps.append((1, 2, confusable.SHAPE))
        return min(of(i - a, j - b) + cost for a, b, cost in steps if i >= a and j >= b)

    return of(len(wanted), len(word))


def _leaving(letter: str) -> float:
    return 1.0 if letter.isalnum() else 0.5


def _taking(one: str, other: str) -> float:
    return 0.0 if one == other else confusable.find_substitution_costs(one).get(other, 1.0)


def vocabulary_of(words: list[str]) -> Vocabulary:
    found = Vocabulary()
    found.add("\n".join(["", *words]), len(words))
    return found


@given(folded, st.lists(folded, max_size=12))
@settings(max_examples=200)
def test_many_words_at_once_are_as_far_as_one_by_one(wanted: str, words: list[str]) -> None:
    most = matching.allowed_cost(len(wanted))
    whole, begun = vocabulary_of(words).near(wanted, most=most, beginnings=True)
    for place, word in enumerate(words, start=1):
        expected = distance(wanted, word)
        beginning = min(distance(wanted, word[:end]) for end in range(len(word) + 1))
        for found, right in ((whole[place], expected), (begun[place], beginning)):
            assert found == pytest.approx(right, abs=1e-5) if right <= most - 1e-5 else found >= most - 1e-5


@given(folded, st.lists(folded, max_size=12), st.integers(0, 12))
def test_words_that_come_later_are_found_as_well(wanted: str, words: list[str], cut: int) -> None:
    later = Vocabulary()
    later.add("\n".join(["", *words[:cut]]), len(words[:cut]))
    later.add("\n".join(words[cut:]), len(words))
    most = matching.allowed_cost(len(wanted))
    assert np.array_equal(later.near(wanted, most=most)[0], vocabulary_of(words).near(wanted, most=most)[0])


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("modern", "modem", confusable.SHAPE),
        ("clear", "dear", confusable.SHAPE),
        ("window", "vvindow", confusable.SHAPE),
        ("b00t", "boot", 2 * confusable.SHAPE),
        ("ill", "1l1", 2 * confusable.SHAPE),
        ("queue", "queve", confusable.STROKE),
        ("map", "mop", confusable.STROKE),
        ("to", "+o", confusable.SHAPE),
        ("board", "baord", confusable.SWAPPED),
        ("board", "bord", 1),
        ("e-mail", "email", 0.5),
        ("board", "boarx", 1),
    ],
)
def test_what_slips_cost(one: str, other: str, cost: float) -> None:
    assert distance(one, other) == distance(other, one) == cost


@pytest.mark.parametrize(
    ("text", "found_by"),
    [
        ("Load-Balancer,", ("load-balancer", "load", "balancer")),
        ("userId", ("userid", "user", "id")),
        ("don’t", ("dont",)),
        ("→", ("→",)),
        ("Übung!", ("ubung",)),
        ("a  b", ("a", "b")),
        ("", ()),
    ],
)
def test_what_a_text_is_found_by(text: str, found_by: tuple[str, ...]) -> None:
    assert folding.tokenize(text) == found_by


@given(st.text())
def test_tokens_have_no_spaces_and_are_not_empty(text: str) -> None:
    assert all(token and not any(letter.isspace() for letter in token) for token in folding.tokenize(text))


@given(folded, st.lists(folded, max_size=5))
def test_texts_without_a_vocabulary_are_as_far(wanted: str, texts: list[str]) -> None:
    found = edit_distance.compute_distance_matrix([wanted], texts)[0]
    assert found.tolist() == pytest.approx([distance(wanted, text) for text in texts], abs=1e-4)


def test_as_they_are_written_capitals_are_other_letters_unless_they_look_the_same() -> None:
    assert edit_distance.compute_distance_matrix(["return"], ["return", "retum"])[0].tolist() == [0, confusable.SHAPE]
    assert edit_distance.compute_distance_matrix(["ship"], ["Ship", "sHip"])[0].tolist() == [confusable.SHAPE, 1]
    assert edit_distance.compute_distance_matrix([""], ["", "ab", "-"])[0].tolist() == [0, 2, edit_distance.SIGN]
    assert edit_distance.compute_distance_matrix(["a" * 1000, ""], ["a" * 2000])[0, 0] == 0
