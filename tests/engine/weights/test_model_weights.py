"""Weights as files: what is written loads as the same net, and what is none is refused before anything is done."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import ARCHITECTURES, DETECTOR, WEIGHTS_FILE, BadModel
from ocr_studio.core.models.registry import Model
from ocr_studio.core.training.events import Recipe
from ocr_studio.engine.nets import architectures
from ocr_studio.engine.nets.detector import build_detector
from ocr_studio.engine.nets.recognizer import build_recognizer
from ocr_studio.engine.weights import model_arrays, model_weights
from tests.core.made_models import CARD

CHARSET = Charset(tuple("abcß→ "))


@pytest.fixture(scope="module")
def reading_net() -> keras.Model:
    """Built once; no test changes it."""
    return build_recognizer(len(CHARSET))


@pytest.fixture(scope="module")
def finding_net() -> keras.Model:
    """Built once; no test changes it."""
    return build_detector()


def _kept(name: str, net: keras.Model, charset: Charset | None, **changes: Any) -> Model:
    folder = registry.candidate_folder(name)
    model_weights.save_model(folder, net, charset=charset, card=replace(CARD, **changes))
    return registry.install(folder)


def test_a_reading_net_that_is_kept_reads_the_same_and_knows_its_letters(reading_net: keras.Model) -> None:
    model = _kept("Anna", reading_net, CHARSET, settings={"what": Recipe().what})
    loaded, charset = model_weights.load_recognizer(model, alphabet="latin")
    assert charset == CHARSET
    line = np.random.default_rng(1).uniform(-1, 1, (1, 48, 64, 3)).astype(np.float32)
    np.testing.assert_array_equal(loaded(line), reading_net(line))


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_every_net_calls_its_weights_the_same_every_time(architecture: str) -> None:
    def built() -> list[str]:
        if ARCHITECTURES[architecture] == "recognizer":
            return sorted(model_weights.read_weights(architectures.build_recognizer_of(architecture, 5)))
        return sorted(model_weights.read_weights(architectures.build_detector_of(architecture)))

    assert built() == built()


def test_a_finding_net_that_is_kept_finds_the_same(finding_net: keras.Model) -> None:
    loaded = model_weights.load_detector(_kept("Finder", finding_net, None, architecture=DETECTOR))
    for mine, its in zip(finding_net.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_a_file_of_weights_is_the_same_every_time() -> None:
    arrays = {"b/x": np.ones((2, 3), np.float32), "a/x": np.zeros(0, np.float32)}
    assert model_arrays.serialize_weights(arrays) == model_arrays.serialize_weights(dict(reversed(arrays.items())))
    back = model_arrays.parse_weights(model_arrays.serialize_weights(arrays), file="x")
    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)


class _Trap:
    """Unpickled, it makes a file."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return open, (str(self._place), "w")


@pytest.mark.parametrize("how", ["pickle", "numpy", "empty", "text", "header", "bfloat"])
def test_what_is_no_file_of_weights_runs_nothing(how: str, tmp_path: Path) -> None:
    place = tmp_path / "sprung"
    header = b'{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
    trap = np.empty(1, object)
    trap[0] = _Trap(place)
    np.save(tmp_path / "trap.npy", trap, allow_pickle=True)
    data = {
        "pickle": pickle.dumps(_Trap(place)),
        "numpy": (tmp_path / "trap.npy").read_bytes(),
        "empty": b"",
        "text": b"0123456789" * 10,
        "header": (2**60).to_bytes(8, "little") + b"{}",
        "bfloat": len(header).to_bytes(8, "little") + header + b"\0\0",
    }[how]
    with pytest.raises(BadModel):
        model_arrays.parse_weights(data, file=tmp_path)
    assert not place.exists()


@given(data=st.data())
@how(max_examples=400)
def test_flipped_bytes_of_a_file_of_weights_are_refused_or_are_numbers(data: st.DataObject) -> None:
    packed = bytearray(
        model_arrays.serialize_weights({"a/kernel": np.ones((2, 3), np.float32), "b/bias": np.zeros(4, np.float32)})
    )
    for _ in range(data.draw(st.integers(1, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    try:
        arrays = model_arrays.parse_weights(bytes(packed), file="x")
    except BadModel:
        return
    assert all(array.dtype.kind in "fiubc" and array.size <= len(packed) for array in arrays.values())


Arrays = dict[str, NDArray[Any]]


def _changed(arrays: Arrays, name: str, value: NDArray[Any]) -> Arrays:
    return {**arrays, name: value}


WRONG: dict[str, Callable[[Arrays], Arrays]] = {
    "missing": lambda arrays: {name: value for name, value in arrays.items() if name != "stem1/bias"},
    "strange": lambda arrays: _changed(arrays, "lambda/code", np.zeros(1, np.float32)),
    "a shape": lambda arrays: _changed(arrays, "stem1/bias", np.zeros(7, np.float32)),
    "turned": lambda arrays: _changed(arrays, "characters/kernel", arrays["characters/kernel"].T),
    "a kind": lambda arrays: _changed(arrays, "stem1/bias", arrays["stem1/bias"].astype(np.float16)),
    "no number": lambda arrays: _changed(arrays, "stem1/bias", np.full_like(arrays["stem1/bias"], np.nan)),
    "endless": lambda arrays: _changed(arrays, "stem1/bias", np.full_like(arrays["stem1/bias"], np.inf)),
}


@pytest.mark.parametrize("how", WRONG)
def test_weights_that_do_not_fit_are_refused_and_the_net_stays(how: str, reading_net: keras.Model) -> None:
    arrays = model_weights.read_weights(reading_net)
    with pytest.raises(BadModel):
        model_weights.assign_weights(reading_net, WRONG[how](dict(arrays)), file="x")
    for name, array in model_weights.read_weights(reading_net).items():
        np.testing.assert_array_equal(array, arrays[name])


def test_a_model_whose_files_were_changed_after_it_was_kept_does_not_load(reading_net: keras.Model) -> None:
    model = _kept("Anna", reading_net, CHARSET)
    assert model.folder is not None
    data = bytearray((model.folder / WEIGHTS_FILE).read_bytes())
    data[-1] ^= 1
    (model.folder / WEIGHTS_FILE).write_bytes(data)
    with pytest.raises(BadModel, match="SHA-256"):
        model_weights.load_recognizer(model)
    (model.folder / "code.pkl").write_bytes(b"")
    with pytest.raises(BadModel, match=r"code\.pkl"):
        model_weights.load_recognizer(model)


def test_a_model_of_another_alphabet_than_its_weights_does_not_load() -> None:
    model = _kept("Anna", build_recognizer(len(CHARSET) + 1), CHARSET)
    with pytest.raises(BadModel, match="characters/"):
        model_weights.load_recognizer(model)


def test_a_model_that_finds_is_not_loaded_to_read(finding_net: keras.Model) -> None:
    model = _kept("Finder", finding_net, None, architecture=DETECTOR)
    with pytest.raises(BadModel, match="not a recognizer"):
        model_weights.load_recognizer(replace(model, kind="recognizer"))


def test_what_comes_with_the_program_loads_as_it_comes() -> None:
    net, charset = model_weights.load_recognizer(registry.BUILT_IN)
    assert net.output_shape[-1] == len(charset)
    assert "ß" in charset
    assert "日" not in charset
