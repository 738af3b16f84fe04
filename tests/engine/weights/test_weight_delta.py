"""A model as a difference: what is written gives the same net again, and what does not fit is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core import resources
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CRNN, DETECTOR, RECOGNIZER, WEIGHTS_FILE, BadModel
from ocr_studio.engine.weights import bundled_weights, model_arrays, model_weights, package_model, weight_delta
from ocr_studio.engine.weights.weight_delta import NoDifference
from tests.core.made_models import CARD, fill, shipped

LETTERS = Charset(("a", "ß", "日", "\ue000", " "))  # one that the Latin alphabet lacks, one that nobody knows
Arrays = dict[str, NDArray[Any]]


def borrowed(charset: Charset) -> keras.Model:
    """The published recognizer with these classes."""
    arrays = bundled_weights.read_recognizer_for(charset)
    return model_weights.build_network(model_arrays.ModelArrays(RECOGNIZER, arrays, charset))


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model of which two weights have moved."""
    net = borrowed(LETTERS)
    kernel, bias = net.get_layer("characters").get_weights()
    kernel[:, 1] += np.linspace(-0.01, 0.01, len(kernel), dtype=np.float32)
    kernel[:, 4] = 0.1234567
    net.get_layer("characters").set_weights([kernel, bias])
    folder = tmp_path_factory.mktemp("learned") / "run"
    model_weights.save_model(folder, net, charset=LETTERS, card=replace(CARD, parent="a step before"))
    return folder


@pytest.fixture(scope="module")
def made(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same as a difference."""
    folder = tmp_path_factory.mktemp("made") / "boards"
    package_model.package_model(learned, folder, facts={"title": "Boards", "default_for": ("latin",)})
    return folder


@pytest.fixture(scope="module")
def net() -> keras.Model:
    """The borrowed network."""
    return borrowed(LETTERS)


@pytest.fixture
def model(made: Path) -> registry.Model:
    """The same among those that come with the program."""
    shutil.copytree(made, resources.models() / "boards")
    return registry.find("boards")


def _net(folder: Path) -> Arrays:
    return dict(model_arrays.parse_weights((folder / WEIGHTS_FILE).read_bytes(), file=folder))


def test_a_head_for_a_charset_has_what_is_known_of_its_letters_and_nothing_of_others(net: keras.Model) -> None:
    kernel, bias = net.get_layer("characters").get_weights()
    whole, charset = model_weights.load_recognizer(registry.BUILT_IN, alphabet="all")
    all_kernel, all_bias = whole.get_layer("characters").get_weights()
    for place, letter in enumerate(LETTERS.characters, start=1):
        if letter in charset:
            there = charset.characters.index(letter) + 1
            np.testing.assert_array_equal(kernel[:, place], all_kernel[:, there])
            assert bias[place] == all_bias[there]
    np.testing.assert_array_equal(kernel[:, 0], all_kernel[:, 0])  # the blank
    assert "\ue000" not in charset
    assert not kernel[:, 4].any()
    assert bias[4] == 0


def test_what_ships_is_what_moved_and_gives_the_same_net_every_time(
    learned: Path, model: registry.Model, net: keras.Model
) -> None:
    assert model.folder is not None
    assert model.card is not None
    assert (model.title, model.card.parent) == ("Boards", registry.BUILT_IN.name)
    delta = _net(model.folder)
    assert {name: array.dtype.name for name, array in delta.items()} == {"characters/kernel": "float16"}
    loaded, charset = model_weights.load_recognizer(model, alphabet="all")
    assert charset == LETTERS
    kernel, base = _net(learned)["characters/kernel"], net.get_layer("characters").get_weights()[0]
    rounded = base + (kernel - base).astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(loaded.get_layer("characters").get_weights()[0], rounded)
    np.testing.assert_allclose(rounded, kernel, atol=1e-4)
    assert (rounded != base).any()
    np.testing.assert_array_equal(loaded.weights[0], net.weights[0])


def test_what_finds_writing_ships_too(tmp_path: Path) -> None:
    net = model_weights.load_detector(registry.BUILT_IN_DETECTOR)
    first = net.weights[0]
    first.assign(np.asarray(first) * 1.01)
    model_weights.save_model(
        tmp_path / "run", net, charset=None, card=replace(CARD, architecture=DETECTOR, alphabet=(), scores={})
    )
    made = package_model.package_model(tmp_path / "run", resources.models() / "finder", facts={})
    assert made.arrays[0] == 1
    assert made.size < 64 << 10
    assert made.rounding < 1e-3
    assert made.card.parent == registry.BUILT_IN_DETECTOR.name
    loaded = model_weights.load_detector(registry.find("finder"))
    np.testing.assert_allclose(loaded.weights[0], first, rtol=1e-4)
    np.testing.assert_array_equal(loaded.weights[1], net.weights[1])


def test_describing_changes_the_card_alone(model: registry.Model) -> None:
    assert model.folder is not None
    before = (model.folder / WEIGHTS_FILE).read_bytes()
    card = package_model.update_card(model.folder, facts={"weaknesses": ("Faint ink.",)})
    assert model_folder.inspect(model.folder, thoroughly=True) == card
    assert card.weaknesses == ("Faint ink.",)
    assert (model.folder / WEIGHTS_FILE).read_bytes() == before
    with pytest.raises(BadModel):
        package_model.update_card(model.folder, facts={"title": "a" * 300})
    assert model_folder.inspect(model.folder) == card


def test_a_card_that_says_too_much_does_not_ship(learned: Path, tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="“title” must be text"):
        package_model.package_model(learned, tmp_path / "boards", facts={"title": "a" * 300})
    assert not (tmp_path / "boards").exists()


def test_what_no_borrowed_network_comes_before_cannot_ship(tmp_path: Path) -> None:
    fill(tmp_path / "run", replace(CARD, architecture=CRNN))
    with pytest.raises(NoDifference, match="crnn"):
        package_model.package_model(tmp_path / "run", tmp_path / "boards", facts={})
    assert not (tmp_path / "boards").exists()


@pytest.mark.parametrize(
    "arrays",
    [
        {"a": np.zeros(2, np.float32), "b": np.zeros(1, np.float32)},
        {"a": np.zeros(3, np.float32)},
        {"a": np.full(2, 7e4, np.float32)},
        {"a": np.full(2, np.nan, np.float32)},
    ],
)
def test_what_is_no_difference_is_said(arrays: Arrays) -> None:
    with pytest.raises(NoDifference):
        weight_delta.extract_delta(arrays, {"a": np.zeros(2, np.float32)})


WRONG: dict[str, Callable[[Arrays], Arrays]] = {
    "strange": lambda arrays: {**arrays, "lambda/code": np.zeros(1, np.float16)},
    "a shape": lambda arrays: {"stem1/bias": np.zeros(7, np.float16)},
    "turned": lambda arrays: {name: array.T for name, array in arrays.items()},
    "whole": lambda arrays: {name: array.astype(np.float32) for name, array in arrays.items()},
    "no number": lambda arrays: {name: np.full_like(array, np.nan) for name, array in arrays.items()},
    "endless": lambda arrays: {name: np.full_like(array, np.inf) for name, array in arrays.items()},
}


@pytest.mark.parametrize("how", WRONG)
def test_a_difference_that_does_not_fit_is_refused(how: str, learned: Path, net: keras.Model) -> None:
    delta = weight_delta.extract_delta(_net(learned), model_weights.read_weights(net))
    with pytest.raises(BadModel):
        weight_delta.apply_delta(model_weights.read_weights(net), WRONG[how](dict(delta)), file="x")


def test_a_file_that_was_changed_later_does_not_load(model: registry.Model) -> None:
    assert model.folder is not None
    data = bytearray((model.folder / WEIGHTS_FILE).read_bytes())
    data[-1] ^= 1
    (model.folder / WEIGHTS_FILE).write_bytes(data)
    with pytest.raises(BadModel, match=r"SHA-256.*Reinstall the program"):
        model_weights.load_recognizer(model)


@pytest.mark.parametrize("changes", [{"difference_to": "0" * 64}, {"difference_to": bundled_weights.DETECTOR.sha256}])
def test_a_difference_to_other_weights_is_told_apart(changes: dict[str, Any]) -> None:
    shipped("boards", **changes)
    with pytest.raises(BadModel, match=r"doesn’t have.*Reinstall the program"):
        model_weights.load_recognizer(registry.find("boards"))
