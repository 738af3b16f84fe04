"""The models of our own that come with the program, whichever those are, and the command that puts them there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import ship_model
import shown_texts
from ship_model import SHIPPED

from ocr_studio.core import resources
from ocr_studio.core.files import array_files
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import bundled, registry
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models.card import CARD_FILE, RECOGNIZER, WEIGHTS_FILE, DataSource
from ocr_studio.core.settings import ALPHABETS
from ocr_studio.engine.recognition import writer_features
from ocr_studio.engine.weights import bundled_weights, model_weights, weight_delta
from ocr_studio.engine.weights.model_arrays import ModelArrays
from tests.core.made_models import CARD, shipped


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> list[registry.Model]:
    """Those that come with the program as it is."""
    monkeypatch.setattr(resources, "models", lambda: SHIPPED)
    found = bundled.adapted()
    assert not [each for each in found if isinstance(each, registry.Damaged)]
    return [each for each in found if isinstance(each, registry.Model)]


def test_each_fits_its_borrowed_network_and_its_card_says_all(real: list[registry.Model]) -> None:
    for model in real:
        assert model.folder is not None
        assert model.card is not None
        assert ship_model.missing(model.card) == []
        assert model.card.difference_to == weight_delta.PUBLISHED[model.card.architecture].sha256
        assert {entry.name for entry in model.folder.iterdir()} == {CARD_FILE, WEIGHTS_FILE}
        assert (model.folder / WEIGHTS_FILE).stat().st_size < 8 << 20, "they travel with every copy of the program"
        model_folder.inspect(model.folder, thoroughly=True)
        if model.kind == "recognizer":
            net, charset = model_weights.load_recognizer(model)
            assert {letter for letter in map(chr, range(32, 127)) if letter not in charset} == set()
        else:
            net = model_weights.load_detector(model)
        assert all(np.isfinite(array).all() for array in model_weights.read_weights(net).values())


def test_the_projection_of_handwriting_fits_the_recognizer_it_was_made_with(shipped_models: Path) -> None:
    arrays = array_files.read_arrays(resources.resource(writer_features.PROJECTION_FILE), most=4 << 20)
    card = registry.in_folder(shipped_models / writer_features.NETWORK).card
    assert card is not None
    assert str(arrays["weights"]) == card.sha256, "python -m tests.benchmarks.writer_features --fit …"


def test_at_most_one_is_the_default_of_anything(real: list[registry.Model]) -> None:
    for kind in ("recognizer", "detector"):
        for alphabet in ALPHABETS:
            claim = [
                each.name for each in real if each.kind == kind and each.card and alphabet in each.card.default_for
            ]
            assert len(claim) <= 1
            assert registry.default(kind, alphabet=alphabet).name in (
                *claim,
                *(each.name for each in bundled.BORROWED),
            )
    # It knows fewer letters than are asked for then.
    assert registry.default("recognizer", alphabet="all") == registry.BUILT_IN


# ------------------------------------------------------------------------------------------------------- the command


def _learned(folder: Path, *, by: float) -> Path:
    letters = Charset(("a", "b"))
    arrays = bundled_weights.read_recognizer_for(letters)
    net = model_weights.build_network(ModelArrays(RECOGNIZER, arrays, letters))
    bias = net.get_layer("characters").weights[1]
    bias.assign_add([0.0, by, 0.0])
    model_weights.save_model(folder, net, charset=letters, card=CARD)
    return folder


def test_a_learned_model_becomes_one_of_the_programs_and_its_card_may_be_said_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into, facts = tmp_path / "models", tmp_path / "facts.json"
    run = _learned(tmp_path / "run", by=0.25)
    assert ship_model.main([str(run), "--name", "boards", "--title", "Boards", "--default"], into=into) == 0
    said = capsys.readouterr()
    assert "1 of 150 weight arrays changed" in said.out
    assert "by up to 0.25; the rounding error is up to 0," in said.out
    assert "The card lacks: data, recipe, weaknesses" in said.err
    written = (into / "boards" / WEIGHTS_FILE).read_bytes()
    facts.write_text(
        json.dumps(
            {
                "data": [{"what": "my words", "licence": "CC0"}],
                "recipe": "make it",
                "weaknesses": ["Ink that is faint."],
                "scores": {"board_words_before": {"right": 0.8}, "board_words_after": {"right": 0.9}},
            }
        )
    )
    assert ship_model.main(["--name", "boards", "--facts", str(facts)], into=into) == 0
    assert capsys.readouterr().err == ""
    card = model_folder.inspect(into / "boards", thoroughly=True)
    assert (card.title, card.default_for, card.data) == ("Boards", ("latin",), (DataSource("my words", "CC0"),))
    assert card.sha256 == hashlib.sha256(written).hexdigest()
    assert ship_model.main(["--name", "boards", "--no-default"], into=into) == 0
    assert model_folder.inspect(into / "boards").default_for == ()


@pytest.mark.parametrize(
    "asked",
    [
        ["nowhere", "--name", "boards"],
        ["--name", "boards"],
        ["--name", "../boards"],
        ["--name", registry.BUILT_IN.name],
        ["--name", "there", "--facts", "sha.json"],
        ["--name", "there", "--facts", "list.json"],
        ["--name", "there", "--facts", "nowhere.json"],
    ],
)
def test_what_cannot_ship_is_said_and_changes_nothing(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resources, "models", lambda: tmp_path / "models")
    card = (shipped("there") / CARD_FILE).read_bytes()
    (tmp_path / "sha.json").write_text('{"sha256": "0"}')
    (tmp_path / "list.json").write_text("[]")
    assert ship_model.main(asked, into=tmp_path / "models") == 1
    assert capsys.readouterr().err.startswith("ship_model: ")
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["there"]
    assert (tmp_path / "models" / "there" / CARD_FILE).read_bytes() == card


def test_what_cards_say_goes_to_translators(tmp_path: Path) -> None:
    card = replace(CARD, data=(DataSource("Pens", "CC0"),), weaknesses=("Faint ink.",), sha256="0" * 64)
    (tmp_path / "boards").mkdir()
    (tmp_path / "boards" / CARD_FILE).write_bytes(card.to_json())
    texts = [shown.text for shown in shown_texts.of_models(tmp_path)]
    assert texts == ["Board 7", "Pens", "Faint ink.", CARD.licence, "CC0"]
    assert shown_texts.of_models(tmp_path / "nowhere") == []
