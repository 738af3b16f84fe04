"""Scores of known readings are the known figures."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.metrics import Labelled, PhotoScore, Score, TextErrors
from ocr_studio.core.page import Quad

texts = st.text(alphabet="abcä 𝔵", max_size=12)
NO_ERRORS = TextErrors(pairs=2, words=2, letters=8)


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
        ("\ud800a", "\ud801a", 1),  # halves of characters, as names of files may hold
    ],
)
def test_known_edit_distances(a: str, b: str, edits: int) -> None:
    assert metrics.edit_distances([(a, b)]).tolist() == [edits]


def _by_recursion(a: str, b: str) -> int:
    """The definition, slowly."""
    rows = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i, left in enumerate(a, start=1):
        for j, right in enumerate(b, start=1):
            rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (left != right))
    return rows[len(a), len(b)]


@given(st.lists(st.tuples(texts, texts), max_size=12))
def test_many_distances_at_once_follow_the_definition(pairs: list[tuple[str, str]]) -> None:
    assert metrics.edit_distances(pairs).tolist() == [_by_recursion(a, b) for a, b in pairs]
    assert metrics.edit_distances([(b, a) for a, b in pairs]).tolist() == metrics.edit_distances(pairs).tolist()


@given(st.lists(st.tuples(texts, texts), max_size=12))
def test_similarities_are_shares_and_one_for_equal_texts(pairs: list[tuple[str, str]]) -> None:
    shares = metrics.similarities(pairs)
    assert ((shares >= 0.0) & (shares <= 1.0)).all()
    assert (shares == 1.0).tolist() == [a == b for a, b in pairs]
    assert [metrics.similarity(a, b) for a, b in pairs] == shares.tolist()


def test_the_character_error_rate_counts_all_pairs_together() -> None:
    assert metrics.cer([("map", "mop"), ("a longer line", "a longer line"), ("x", "")]) == pytest.approx(2 / 17)
    assert metrics.cer([]) == metrics.cer([("", "x")]) == 0.0


def test_a_perfect_reading() -> None:
    truth = [labelled("Left", 0), labelled("join", 100)]
    score = metrics.score_photo(truth, truth)
    all_right = Score(2, 2, 2)
    assert score == PhotoScore(all_right, all_right, all_right, all_right, all_right, NO_ERRORS, NO_ERRORS)
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
    nothing = metrics.score_photo([], [])
    assert (nothing.end_to_end.precision, nothing.end_to_end.recall, nothing.end_to_end.f) == (None, None, None)
    text = nothing.text
    assert (text.cer, text.wer, text.mean_distance, text.normalised_distance) == (None, None, None, None)
    missed = metrics.score_photo([labelled("a", 0)], [])
    assert (missed.detection.precision, missed.detection.recall, missed.detection.f) == (None, 0.0, 0.0)
    ghost = metrics.score_photo([], [labelled("a", 0)])
    assert (ghost.detection.precision, ghost.detection.recall, ghost.detection.f) == (0.0, None, 0.0)
    assert (ghost.text.cer, ghost.text.normalised_distance) == (None, 1.0)


def test_tokens_are_words_of_letters_and_digits() -> None:
    assert metrics.tokens(["O(n)", "Left join", "left", "←", "1.5"]) == {"on": 1, "left": 2, "join": 1, "15": 1}


def test_scores_add_up() -> None:
    assert Score(1, 2, 4) + Score(1, 2, 0) == Score(2, 4, 4)
    assert (PhotoScore() + PhotoScore(Score(1, 1, 2))).detection.recall == 0.5


@st.composite
def boards(draw: st.DrawFn) -> list[Labelled]:
    """Words in the cells of a grid, so that none lies on another."""
    cells = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), unique=True, max_size=10))
    words = st.text("abAB1.", min_size=1, max_size=6)
    return [
        Labelled(Quad.from_box(60 * x, 40 * y, 60 * x + 50, 40 * y + 30), draw(words), draw(st.booleans()))
        for x, y in cells
    ]


@given(boards())
def test_whoever_reads_all_as_it_is_has_all_right(truth: list[Labelled]) -> None:
    score = metrics.score_photo(truth, [Labelled(word.quad, word.text) for word in truth])
    for part in (score.detection, score.end_to_end, score.strict, score.keras_ocr, score.bag_of_words):
        assert {part.precision, part.recall, part.f} == ({1.0} if part.wanted else {None})
    text = score.text
    assert {text.cer, text.wer, text.mean_distance, text.normalised_distance} == ({0.0} if text.pairs else {None})
    assert score.detection.found == sum(not word.ignore for word in truth)


@given(boards(), boards(), st.randoms(use_true_random=False))
def test_the_order_of_words_says_nothing(truth: list[Labelled], found: list[Labelled], random: Random) -> None:
    before = metrics.score_photo(truth, found)
    random.shuffle(truth)
    random.shuffle(found)
    after = metrics.score_photo(truth, found)
    assert after.text.shares == pytest.approx(before.text.shares)
    assert after.text_found.shares == pytest.approx(before.text_found.shares)
    assert after.detection == before.detection
    assert (after.end_to_end, after.strict, after.keras_ocr) == (before.end_to_end, before.strict, before.keras_ocr)
    assert (after.text.edits, after.text.wrong) == (before.text.edits, before.text.wrong)


@given(boards(), boards(), st.booleans())
def test_all_figures_stay_within_reason(truth: list[Labelled], found: list[Labelled], whole: bool) -> None:
    score = metrics.score(metrics.compare(truth, found, whole=whole))
    assert score.strict.right <= score.end_to_end.right <= score.detection.right
    for part in (score.detection, score.end_to_end, score.strict, score.keras_ocr, score.bag_of_words):
        for share in (part.precision, part.recall, part.f):
            assert share is None or 0.0 <= share <= 1.0
    distance = score.text.normalised_distance
    assert distance is None or 0.0 <= distance <= 1.0
    assert score.text.letters == sum(len(word.text) for word in truth if not word.ignore)


@given(boards(), st.integers(0, 3))
def test_an_ignored_region_never_changes_what_is_wanted(truth: list[Labelled], extra: int) -> None:
    read = [Labelled(word.quad, word.text) for word in truth if not word.ignore]
    before = metrics.score_photo(truth, read)
    region = Labelled(Quad.from_box(1000, 0, 1400, 300), "", ignore=True)
    inside = [Labelled(Quad.from_box(1010 + 60 * n, 10, 1060 + 60 * n, 40), "guess") for n in range(extra)]
    after = metrics.score_photo([*truth, region], [*read, *inside])
    assert (after.detection, after.strict, after.text) == (before.detection, before.strict, before.text)


def test_equal_texts_are_equal_letter_by_letter() -> None:
    truth = [labelled("Queue", 0), labelled("Caf\u00e9", 100)]
    found = [labelled("queue", 0), labelled("Cafe\u0301", 100)]
    score = metrics.score_photo(truth, found)
    assert (score.end_to_end.right, score.strict.right) == (2, 1)
    assert (score.text.edits, score.text.wrong, score.text.letters) == (1, 1, 9)


def test_missed_and_false_words_are_errors_of_the_text() -> None:
    score = metrics.score_photo([labelled("abcd", 0), labelled("xy", 100)], [labelled("abce", 0), labelled("n", 300)])
    assert (score.text_found.cer, score.text_found.wer, score.text_found.normalised_distance) == (0.25, 1.0, 0.25)
    assert score.text.cer == pytest.approx((1 + 2 + 1) / 6)
    assert score.text.wer == pytest.approx(3 / 2)
    assert score.text.mean_distance == pytest.approx(4 / 3)
    assert score.text.normalised_distance == pytest.approx((0.25 + 1 + 1) / 3)


def test_keras_ocr_counts_what_is_found_but_misread_neither_way() -> None:
    truth = [labelled("read", 0), labelled("misread", 100), labelled("missed", 200), labelled("", 300, ignore=True)]
    found = [labelled("read", 0), labelled("read", 1), labelled("zzz", 100), labelled("?", 300), labelled("no", 400)]
    assert metrics.score_photo(truth, found).keras_ocr == Score(right=1, found=2, wanted=2)
    small = Labelled(Quad.from_box(300, 0, 310, 10), "x")  # in a region, but not in its place: false to keras-ocr
    assert metrics.score_photo(truth, [*found, small]).keras_ocr == Score(right=1, found=3, wanted=2)


def test_where_only_some_words_were_checked_the_others_count_neither_way() -> None:
    checked = [labelled("one", 0), labelled("two", 100), labelled("", 200)]
    found = [labelled("one", 0), labelled("ghost", 200), labelled("unchecked", 300)]
    score = metrics.score(metrics.compare(checked, found, whole=False))
    assert score.detection == Score(1, 2, 2)
    assert score.bag_of_words == Score(1, 2, 2)
    assert metrics.score_photo(checked, found).detection == Score(1, 3, 2)
    halves = [Labelled(Quad.from_box(0, 0, 18, 20), "o"), Labelled(Quad.from_box(20, 0, 40, 20), "ne")]
    assert metrics.score(metrics.compare(checked[:1], halves, whole=False)).detection.found == 2
