"""The description of a model: what is written reads back; a comparison as it is kept."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_studio.core.models.card import TEMPERATURE, BadModel, HandwritingVector, ModelCard, Setting
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.training.events import Interval, ReadingScore, RecognizerComparison
from ocr_studio.core.training.results import make_scores
from tests.core.made_models import CARD

_CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"))
_TEXTS = st.text(_CHARACTERS, max_size=40).map(one_line)
_PLAIN = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6) | _TEXTS


@given(
    title=_TEXTS,
    alphabet=st.lists(_CHARACTERS, min_size=1, unique=True),
    settings=st.dictionaries(_TEXTS, _PLAIN, max_size=5),
    scores=st.dictionaries(_TEXTS, st.dictionaries(_TEXTS, st.none() | st.floats(-1e6, 1e6))),
)
def test_a_card_reads_back(
    title: str,
    alphabet: list[str],
    settings: dict[str, Setting],
    scores: dict[str, dict[str, float | None]],
) -> None:
    card = replace(
        CARD, title=title, alphabet=tuple(alphabet), settings=settings, scores=scores, sha256="0123456789abcdef" * 4
    )
    assert ModelCard.from_json(card.to_json(), file="model.json") == card


def test_the_file_says_what_it_is() -> None:
    value = json.loads(replace(CARD, sha256="0" * 64).to_json())
    assert (value["format"], value["version"], value["kind"]) == ("ocr-studio-model", 1, "recognizer")
    assert value["weights"] == {"file": "weights.safetensors", "sha256": "0" * 64}


@pytest.mark.parametrize("figure", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_setting_that_is_no_figure_is_refused(figure: str) -> None:
    data = replace(CARD, settings={"epochs": 12.5}, sha256="0" * 64).to_json()
    with pytest.raises(BadModel):
        ModelCard.from_json(data.replace(b"12.5", figure.encode()), file="model.json")


def test_the_temperature_is_kept_and_read_from_older_cards() -> None:
    card = replace(CARD, temperature=1.05, sha256="0" * 64)
    assert ModelCard.from_json(card.to_json(), file="model.json").temperature == 1.05
    earlier = card.to_json().replace(b'"temperature"', b'"oversure"')
    assert ModelCard.from_json(earlier, file="model.json").temperature == 1.05
    older = {key: entry for key, entry in json.loads(card.to_json()).items() if key != "temperature"}
    assert ModelCard.from_json(json.dumps(older).encode(), file="model.json").temperature == TEMPERATURE


@pytest.mark.parametrize("figure", [b"0", b"-1", b"900", b"true", b'"1.2"', b"null"])
def test_an_impossible_temperature_is_refused(figure: bytes) -> None:
    data = replace(CARD, temperature=1.05, sha256="0" * 64).to_json()
    with pytest.raises(BadModel, match="temperature"):
        ModelCard.from_json(data.replace(b"1.05", figure), file="model.json")


def test_the_look_of_a_handwriting_is_kept_and_missing_in_older_cards() -> None:
    card = replace(CARD, writer="Anna", handwriting=HandwritingVector("ab" * 32, (0.6, -0.8)), sha256="0" * 64)
    assert ModelCard.from_json(card.to_json(), file="model.json") == card
    older = {key: entry for key, entry in json.loads(card.to_json()).items() if key != "handwriting"}
    assert ModelCard.from_json(json.dumps(older).encode(), file="model.json") == replace(card, handwriting=None)
    with pytest.raises(BadModel):
        ModelCard.from_json(card.to_json().replace(b"-0.8", b"NaN"), file="model.json")


def test_a_comparison_is_kept_as_figures() -> None:
    none = ReadingScore(0, 0, math.nan)
    comparison = RecognizerComparison(
        ReadingScore(40, 30, 0.1),
        ReadingScore(40, 36, 0.05),
        Interval(-0.08, -0.01),
        none,
        none,
        Interval(math.nan, math.nan),
    )
    assert make_scores(comparison) == {
        "before": {"words": 40, "right": 30, "cer": 0.1},
        "after": {"words": 40, "right": 36, "cer": 0.05},
        "change": {"low": -0.08, "high": -0.01},
    }
    assert ModelCard.from_json(
        replace(CARD, scores=make_scores(comparison), sha256="0" * 64).to_json(), file=""
    ).scores == make_scores(comparison)
