"""The search against reckoning every path."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.engine.recognition import beam_search, ctc

Matrix = NDArray[np.float32]


@st.composite
def matrices(draw: st.DrawFn, *, most_steps: int = 5, most_classes: int = 4) -> Matrix:
    """Rows that add up to 1, never surely blank, no class so unlikely that the search would skip it."""
    steps = draw(st.integers(1, most_steps))
    classes = draw(st.integers(2, most_classes))
    weights = draw(st.lists(st.integers(1, 50), min_size=steps * classes, max_size=steps * classes))
    matrix = np.array(weights, np.float32).reshape(steps, classes)
    matrix /= matrix.sum(axis=1, keepdims=True)
    return matrix


def every_path(matrix: Matrix) -> Iterator[tuple[int, ...]]:
    return itertools.product(range(matrix.shape[1]), repeat=len(matrix))


def chance(matrix: Matrix, path: tuple[int, ...]) -> float:
    return math.prod(float(matrix[step, label]) for step, label in enumerate(path))


def spelled(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(label for label, _ in itertools.groupby(path) if label)


def centres(path: tuple[int, ...]) -> list[float]:
    """The centre of each letter on a path, in steps."""
    runs = [
        (label, [step for step, _ in run]) for label, run in itertools.groupby(enumerate(path), lambda item: item[1])
    ]
    return [(run[0] + run[-1] + 1) / 2 for label, run in runs if label]


def every_reading(matrix: Matrix) -> dict[tuple[int, ...], float]:
    """The probability of each text, path by path."""
    chances: dict[tuple[int, ...], float] = {}
    for path in every_path(matrix):
        chances[spelled(path)] = chances.get(spelled(path), 0.0) + chance(matrix, path)
    return chances


def word(*, letters: str, blanks: int = 1, sure: float = 0.97) -> Matrix:
    """A matrix over blank, a, b, c that spells these letters, a step each with blanks between."""
    rows = []
    for letter in letters:
        rows += [np.eye(4)["-abc".index(letter)]] + [np.eye(4)[0]] * blanks
    return ((sure - (1 - sure) / 3) * np.array(rows) + (1 - sure) / 3).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(matrices())
@example(np.array([[1, 50, 50, 50]] * 5, np.float32) / np.float32(151))  # the empty reading is hopeless
def test_with_beams_enough_it_finds_every_reading_and_its_probability(matrix: Matrix) -> None:
    truth = every_reading(matrix)
    found = ctc.search_beams([matrix], beams=len(truth) + 1, best=len(truth), candidates=8)[0]
    # A prefix that is a million times less likely than the best one at its step is given up, with all its paths.
    lost = 10 * beam_search.HOPELESS * max(truth.values())
    assert {labels for labels, likely in truth.items() if likely > lost} <= {reading.labels for reading in found}
    for reading in found:
        assert reading.confidence == pytest.approx(truth[reading.labels], rel=1e-5, abs=lost)
    for better, worse in itertools.pairwise(found):
        assert better.confidence >= worse.confidence * (1 - 1e-9)


@settings(max_examples=60, deadline=None)
@given(matrices(), st.integers(1, 6))
def test_with_few_beams_it_claims_no_more_than_the_truth(matrix: Matrix, beams: int) -> None:
    truth = every_reading(matrix)
    found = ctc.search_beams([matrix], beams=beams)[0]
    assert len({reading.labels for reading in found}) == len(found) <= min(5, beams)
    for reading in found:
        assert reading.confidence <= truth[reading.labels] * (1 + 1e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(matrices(most_classes=2), min_size=1, max_size=5))
def test_matrices_searched_together_are_read_as_each_alone(batch: list[Matrix]) -> None:
    together = ctc.search_beams(batch)
    for matrix, found in zip(batch, together, strict=True):
        alone = {reading.labels: reading.confidence for reading in ctc.search_beams([matrix])[0]}
        assert {reading.labels: reading.confidence for reading in found} == pytest.approx(alone)


def test_matrices_of_all_lengths_come_back_in_order() -> None:
    spelled_out = [word(letters="abc"[: 1 + index % 3] * (1 + index // 60)) for index in range(133)]
    found = [readings[0].labels for readings in ctc.search_beams(spelled_out)]
    assert found == [ctc.decode_greedily(matrix) for matrix in spelled_out]


def test_steps_that_are_surely_blank_end_a_letter() -> None:
    matrix = word(letters="aab", blanks=3, sure=0.9999)
    assert ctc.search_beams([matrix])[0][0].labels == (1, 1, 2)
    assert ctc.search_beams([matrix])[0][0].confidence == pytest.approx(1.0, abs=5e-3)


def test_a_matrix_of_blanks_only_reads_as_nothing() -> None:
    blanks = np.tile(np.array([[1.0, 0.0, 0.0]], np.float32), (20, 1))
    assert ctc.search_beams([blanks])[0] == [ctc.Hypothesis((), 1.0)]
    assert ctc.decode_greedily(blanks) == ()
    assert ctc.align_letters(blanks, ()).shape == (0,)


def test_no_matrices_and_no_steps_are_no_trouble() -> None:
    assert ctc.search_beams([]) == []
    assert ctc.search_beams([np.zeros((0, 4), np.float32)])[0][0].labels == ()


def test_a_step_at_which_nothing_is_likely_changes_no_reading() -> None:
    nothing = np.full((1, 20_001), 1 / 20_000, np.float32)
    nothing[0, 0] = 0.0
    sure = np.zeros((1, 20_001), np.float32)
    sure[0, 7] = 1.0
    found = ctc.search_beams([np.concatenate([sure, nothing]), sure])
    assert [readings[0].labels for readings in found] == [(7,), (7,)]


def test_a_matrix_without_sense_spoils_no_other() -> None:
    nonsense = np.full((3, 4), np.nan, np.float32)
    found = ctc.search_beams([word(letters="ab"), nonsense, word(letters="c")])
    assert [found[0][0].labels, found[2][0].labels] == [(1, 2), (3,)]


def test_hundreds_of_steps_do_not_run_out_of_numbers() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.dirichlet(np.full(30, 0.05), size=900).astype(np.float32)
    found = ctc.search_beams([matrix])[0]
    assert len(found[0].labels) > 300
    assert all(0.0 <= reading.confidence <= 1.0 for reading in found)


def test_beam_sums_paths_where_greedy_takes_one() -> None:
    matrix = np.array([[0.4, 0.6], [0.6, 0.4]], np.float32)  # (a, -) is the likeliest path; "a" is likelier still
    assert ctc.decode_greedily(matrix) == (1,)
    matrix = np.array([[0.6, 0.4], [0.6, 0.4]], np.float32)  # blank twice is the likeliest path, at 0.36
    assert ctc.decode_greedily(matrix) == ()
    best = ctc.search_beams([matrix])[0][0]
    assert best.labels == (1,)
    assert best.confidence == pytest.approx(0.64)


@settings(max_examples=60, deadline=None)
@given(matrices(most_steps=6), st.data())
def test_letters_stand_on_the_likeliest_path_that_spells_them(matrix: Matrix, data: st.DataObject) -> None:
    labels = data.draw(st.sampled_from(sorted(every_reading(matrix))))
    spelling = [path for path in every_path(matrix) if spelled(path) == labels]
    likeliest = max(chance(matrix, path) for path in spelling)
    ties = [path for path in spelling if chance(matrix, path) >= likeliest * (1 - 1e-4)]
    places = ctc.align_letters(matrix, labels)
    assert any(places == pytest.approx(centres(path)) for path in ties)


def test_letters_are_found_where_they_were_put() -> None:
    matrix = word(letters="abca", blanks=2)
    np.testing.assert_allclose(ctc.align_letters(matrix, (1, 2, 3, 1)), [0.5, 3.5, 6.5, 9.5])
    np.testing.assert_allclose(ctc.align_letters(matrix, (1, 2, 1))[[0, 1, -1]], [0.5, 3.5, 9.5])


def test_letters_without_steps_enough_are_spread_evenly() -> None:
    np.testing.assert_allclose(ctc.align_letters(word(letters="a", blanks=1), (1, 2, 3, 1)), [0.25, 0.75, 1.25, 1.75])
