"""Weights of texts against a reckoning that is slow and plain, and what they do to readings."""

from __future__ import annotations

import itertools
import math
import re
import string

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.core.language import lexicon
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.recognition.language_prior import (
    JOINT,
    MARK,
    MOST,
    ODD_CAPITAL,
    SIGNS,
    WEIGHT,
    WORDS,
    LanguagePrior,
    TextStates,
)

CHARSET = Charset((*string.ascii_letters, *"019'-_. é"))
FREQUENCIES = {"a": 0.02, "map": 1e-4, "mop": 1e-6, "return": 1e-4, "array": 1e-4, "can't": 1e-4, "bar": 1e-5}
LEXICON = Lexicon.of(FREQUENCIES)
PRIOR = LanguagePrior(CHARSET, [LEXICON])

Matrix = NDArray[np.float32]


def weight(text: str, prior: LanguagePrior = PRIOR) -> float:
    """Logarithm of a text's weight, as the search finds it letter by letter."""
    known = TextStates.empty(1)
    for label in CHARSET.encode(text):
        known = prior.append(known, np.array([label]))
    return float(known.complete[0])


def odd_capitals(run: str) -> int:
    inside = zip(run, run[1:], ["", *run], strict=False)
    return sum(
        (one.islower() and two.isupper()) or (before.isupper() and one.isupper() and two.islower())
        for one, two, before in inside
    )


def slow_weight(text: str) -> float:
    """The same by the definition."""
    total, runs = 0.0, re.findall(r"[^\W_]+(?:'[^\W_]+)*", text)
    for number, run in enumerate(runs):
        known = WORDS * FREQUENCIES.get(run.lower(), 0.0) * SIGNS ** len(run) * ODD_CAPITAL ** odd_capitals(run)
        parts = re.split(r"(?<=[a-zé])(?=[A-Z])", run)
        single = [WORDS * FREQUENCIES.get(part.lower(), 0.0) * SIGNS ** len(part) for part in parts]
        joint = JOINT if number else 1.0
        first = joint * ODD_CAPITAL ** odd_capitals(parts[0]) * single[0]
        camel = ((1 + first) * math.prod(1 + one for one in single[1:]) - 1) * JOINT ** (len(parts) - 1)
        space_classes = MARK ** run.count("é")
        total += min(math.log(space_classes + joint * known + (camel if len(parts) > 1 else 0.0)), MOST)
    return total


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from([*FREQUENCIES, "Map", "MAP", "mapArray", "maP", "9", "tr", "é", "-", "_", " ", ".", "a0"]),
        max_size=4,
    ).map("".join)
)
def test_letter_by_letter_it_is_the_weight_of_the_text(text: str) -> None:
    # Of several capitals in a run, and of odd apostrophes, such as one in camelCase, the cases below speak.
    assume(not re.search(r"[^\W_][A-Z].*[A-Z]|[^\W_][A-Z][^\W_]*'", text))
    assume("'" not in text.replace("can't", ""))
    assert weight(text) == pytest.approx(slow_weight(text), abs=1e-6)


@given(st.text("abcmnoprtuABMR019'-_. ", max_size=12))
def test_without_marks_no_text_weighs_less_than_by_the_net_alone(text: str) -> None:
    assert -1e-9 <= weight(text) <= MOST * (1 + len(text))


@given(st.text("019-_. ", max_size=10))
def test_numbers_and_signs_are_neutral(text: str) -> None:
    assert weight(text) == pytest.approx(0.0)


@given(st.lists(st.text("abcmnoprtuABMR019'-_. ", max_size=9), max_size=6))
def test_many_texts_weigh_together_what_each_weighs_letter_by_letter(texts: list[str]) -> None:
    together = PRIOR.weights([CHARSET.encode(text) for text in texts])
    assert together == pytest.approx([PRIOR.exponent * weight(text) for text in texts])


def test_a_frequent_word_weighs_more_than_a_rare_one_and_that_more_than_none() -> None:
    assert weight("map") > weight("mop") > weight("mup") == 0.0


@pytest.mark.parametrize("text", ["return", "Return", "RETURN", "return.", "-return", "_return_"])
def test_a_word_is_known_in_its_usual_cases_and_between_signs(text: str) -> None:
    assert weight(text) == pytest.approx(weight("return"))


def test_a_capital_in_the_midst_makes_a_word_less_likely() -> None:
    assert 0.0 < weight("retURn") < weight("return")
    assert 0.0 < weight("returN") < weight("return")


def test_words_joined_by_capitals_and_signs_are_known_each() -> None:
    assert weight("mapArray") > weight("mapErray") >= 0
    for joined in ("map_array", "map-array", "map.array", "map array", "mapArray"):
        assert weight(joined) > weight("map"), joined
        assert weight(joined) < weight("map") + weight("array"), joined


def test_apostrophes_belong_to_words_that_have_them_and_part_others() -> None:
    assert weight("can't") > weight("can") == 0.0
    assert weight("array'a") > weight("array")
    assert weight("'map'") == pytest.approx(weight("map"))


def test_marks_that_the_language_does_not_use_are_unlikely() -> None:
    assert weight("rét") == pytest.approx(math.log(MARK))
    french = LanguagePrior(CHARSET, [Lexicon.of({"été": 0.01})])
    assert weight("rét", french) == pytest.approx(0.0)
    assert weight("rét", LanguagePrior(CHARSET, [])) == pytest.approx(0.0)


def test_a_word_that_was_typed_counts_beside_the_language() -> None:
    both = LanguagePrior(CHARSET, [LEXICON, lexicon.build_lexicon({"pot": 1})])
    assert weight("pot", both) > weight("pot") == 0.0
    assert weight("map", both) == pytest.approx(weight("map"))


def test_a_strength_must_be_positive() -> None:
    assert LanguagePrior(CHARSET, [LEXICON], strength=0.5).exponent == pytest.approx(WEIGHT / 2)
    with pytest.raises(ValueError, match="strength"):
        LanguagePrior(CHARSET, [LEXICON], strength=0)


def spelled(*letters: dict[str, float]) -> Matrix:
    """Steps that spell one letter each, from these likely ones; blanks between."""
    rows = []
    for chances in letters:
        row = np.zeros(len(CHARSET), np.float32)
        for letter, chance in chances.items():
            row[CHARSET.encode(letter)] = chance
        row[0] = 1 - row.sum()
        blank = np.zeros(len(CHARSET), np.float32)
        blank[0] = 1.0
        rows += [row, blank]
    return np.array(rows)


def best(matrix: Matrix, prior: LanguagePrior | None) -> str:
    return CHARSET.decode(ctc.search_beams([matrix], prior=prior)[0][0].labels)


M, P = {"m": 0.99}, {"p": 0.99}
MOP = spelled(M, {"o": 0.6, "a": 0.3}, P)


def test_a_look_alike_that_is_a_word_wins_and_what_the_net_read_is_among_the_readings() -> None:
    prior = LanguagePrior(CHARSET, [Lexicon.of({"map": 1e-3})])
    assert best(MOP, None) == "mop"
    assert best(MOP, prior) == "map"
    assert "mop" in [CHARSET.decode(found.labels) for found in ctc.search_beams([MOP], prior=prior)[0]]


def test_a_typed_word_wins_over_an_unknown_look_alike_but_not_over_a_sure_net() -> None:
    typed = LanguagePrior(CHARSET, [LEXICON, lexicon.build_lexicon({"bup": 1})])
    doubtful = spelled({"b": 0.99}, {"o": 0.6, "u": 0.3}, P)
    sure = spelled({"b": 0.999}, {"o": 0.997, "u": 0.002}, P)
    assert best(doubtful, PRIOR) == "bop"
    assert best(doubtful, typed) == "bup"
    assert best(sure, typed) == "bop"


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_search_finds_the_best_of_all_texts(data: st.DataObject) -> None:
    """With beams enough, its weighed readings are those of a reckoning over all texts."""
    classes = CHARSET.encode("amp")
    weights = data.draw(st.lists(st.integers(1, 30), min_size=16, max_size=16))
    few = np.array(weights, np.float64).reshape(4, 4)
    few /= few.sum(axis=1, keepdims=True)
    matrix = np.zeros((4, len(CHARSET)), np.float32)
    matrix[:, [0, *classes]] = few
    plain = {
        found.labels: found.confidence for found in ctc.search_beams([matrix], beams=400, best=400, candidates=8)[0]
    }
    weighed = ctc.search_beams([matrix], beams=400, best=400, candidates=8, prior=PRIOR)[0]
    for found in weighed:
        text = CHARSET.decode(found.labels)
        assert found.confidence == pytest.approx(plain[found.labels], rel=1e-5)
        assert found.weight == pytest.approx(PRIOR.exponent * weight(text), abs=1e-6)
    scores = [math.log(found.confidence) + found.weight for found in weighed]
    assert scores == pytest.approx(sorted(scores, reverse=True))
    assert len(weighed) >= 0.9 * len(plain)


def test_of_unclear_words_most_are_read_where_the_net_alone_reads_few() -> None:
    rng = np.random.default_rng(0)
    words = ["queue", "whiteboard", "current", "monday", "project", "return", "budget", "title"] * 8
    prior = LanguagePrior(CHARSET, [Lexicon.of(dict.fromkeys(words, 1e-4))])
    matrices = []
    for text in words:
        steps = rng.normal(0.0, 1.5, (len(text), 3, len(CHARSET)))
        steps[range(len(text)), :2, CHARSET.encode(text)] += 4.5
        steps[:, 1, 0] += 2.0
        steps[:, 2, 0] += 6.5
        chances = np.exp(steps.reshape(-1, len(CHARSET)))
        matrices.append((chances / chances.sum(axis=1, keepdims=True)).astype(np.float32))

    def right(knowing: LanguagePrior | None) -> int:
        read = [CHARSET.decode(found[0].labels) for found in ctc.search_beams(matrices, prior=knowing)]
        return sum(text == true for text, true in zip(read, words, strict=True))

    assert right(None) <= 8
    assert right(prior) >= 32


def test_whatever_was_hopeless_before_each_reading_is_weighed_as_itself() -> None:
    rng = np.random.default_rng(0)
    matrices = np.zeros((800, 8, len(CHARSET)), np.float32)
    matrices[:, :, [0, *CHARSET.encode("map")]] = rng.dirichlet(np.full(4, 0.1), size=(800, 8))
    readings = list(itertools.chain.from_iterable(ctc.search_beams(list(matrices), best=ctc.BEAMS, prior=PRIOR)))
    weights = PRIOR.weights([found.labels for found in readings])
    np.testing.assert_allclose([found.weight for found in readings], weights, atol=1e-6)


@given(st.lists(st.text("abcmnoprtu019", min_size=1, max_size=6), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_without_words_it_is_the_plain_search(texts: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrices = []
    for text in texts:
        rows = rng.dirichlet(np.full(len(CHARSET), 0.1), size=2 * len(text)).astype(np.float32)
        rows[np.arange(0, len(rows), 2), CHARSET.encode(text)] += 1.0
        matrices.append((rows / rows.sum(axis=1, keepdims=True)).astype(np.float32))
    knowing_nothing = LanguagePrior(CHARSET, [])
    for plain, same in zip(ctc.search_beams(matrices), ctc.search_beams(matrices, prior=knowing_nothing), strict=True):
        assert same[0].labels == plain[0].labels
        assert same[0].confidence == pytest.approx(plain[0].confidence, rel=1e-4)
        assert all(found.weight == pytest.approx(0.0, abs=1e-9) for found in same)


def test_several_matrices_are_weighed_as_each_alone() -> None:
    matrices = [MOP, spelled({"r": 0.5, "n": 0.4}, {"e": 0.0, "a": 0.9}, P), spelled({"9": 0.7, "a": 0.2}), MOP[:1]]
    together = ctc.search_beams(matrices, prior=PRIOR)
    for matrix, found in zip(matrices, together, strict=True):
        alone = ctc.search_beams([matrix], prior=PRIOR)[0]
        assert [one.labels for one in found][:2] == [one.labels for one in alone][:2]
        assert [one.weight for one in found][:2] == pytest.approx([one.weight for one in alone][:2])


def test_pairs_of_letters_that_no_word_has_stay_as_the_net_read_them() -> None:
    """Random strings: every reading of the net's stays first where none of its alternatives is a word."""
    for text in itertools.islice(map("".join, itertools.product("cntu019", repeat=3)), 0, None, 11):
        doubtful = spelled(*({letter: 0.6, "b": 0.3} for letter in text))
        assert best(doubtful, PRIOR) == text
