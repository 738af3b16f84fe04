"""Files of keras-ocr load into our nets, which then give what keras-ocr gave; files that are none are refused."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr_studio.core.files import child_process
from ocr_studio.core.models import downloads
from ocr_studio.core.models.card import BadModel
from ocr_studio.engine.nets.craft import build_craft, craft_layers
from ocr_studio.engine.nets.crnn import build_crnn, crnn_layers
from ocr_studio.engine.nets.plans import CrnnPlan
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.recognition import ctc
from ocr_studio.engine.recognition.crnn_recognizer import CrnnRecognizer
from ocr_studio.engine.weights import legacy_h5
from ocr_studio.engine.weights.keras_ocr import load_craft, load_crnn
from tests.core.files.test_child_process import grow, spin
from tests.engine.keras_ocr_files import RECORDED, write

TOLERANCE = 1e-4


def a_word() -> NDArray[np.float32]:
    """The word whose outcome is recorded."""
    return np.random.default_rng(1).random((4, 31, 200, 1)).astype(np.float32)[:1]


def scores_of(net: keras.Model) -> NDArray[np.float32]:
    return np.asarray(keras.ops.softmax(net(a_word(), training=False)))


@pytest.fixture(scope="module")
def crnn_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("crnn") / "crnn.h5", RECORDED["layouts"]["crnn"])


@pytest.mark.parametrize("normed", [True, False])
def test_the_detector_gives_what_keras_ocr_gave(tmp_path: Path, normed: bool) -> None:
    net = load_craft(write(tmp_path / "craft.h5", RECORDED["layouts"]["craft"]), normed=normed)
    assert bool(net.non_trainable_weights) == normed
    photo = np.array([RECORDED["photo"]], np.float32) / np.float32(127.5) - 1
    np.testing.assert_allclose(net(photo, training=False)[0], RECORDED["maps"], atol=TOLERANCE)


def test_the_recognizer_gives_what_keras_ocr_gave(crnn_file: Path) -> None:
    net, charset = load_crnn(crnn_file)
    assert "".join(charset.characters) == RECORDED["alphabet"] == "".join(downloads.CRNN.alphabet)
    theirs_first = np.roll(scores_of(net)[0], -1, axis=-1)  # their blank is the last class
    np.testing.assert_allclose(theirs_first[:, ::4], RECORDED["word"], atol=TOLERANCE)


def test_a_recognizer_without_its_last_layer_learns_another_alphabet(tmp_path: Path) -> None:
    file = write(tmp_path / "notop.h5", RECORDED["layouts"]["crnn_notop"])
    net, charset = load_crnn(file, "äöü")
    assert charset.characters == ("ä", "ö", "ü")
    assert net.output_shape == (None, 48, 4)
    body = keras.Model(net.inputs[0], net.get_layer("characters").input)
    np.testing.assert_allclose(body(a_word(), training=False)[0, ::4, ::16], RECORDED["features"], atol=TOLERANCE)


def test_a_file_of_a_whole_model_loads_and_its_code_is_not_looked_at(tmp_path: Path, crnn_file: Path) -> None:
    file = write(tmp_path / "whole.h5", RECORDED["layouts"]["crnn"], group="model_weights")
    sprung = tmp_path / "sprung"
    with h5py.File(file, "a") as stored:
        stored.attrs["model_config"] = pickle.dumps(_Trap(sprung)).hex()
    np.testing.assert_array_equal(scores_of(load_crnn(file)[0]), scores_of(load_crnn(crnn_file)[0]))
    assert not sprung.exists()


class _Trap:
    """Unpickled, it makes a file."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return open, (str(self._place), "w")


def test_layers_of_other_names_are_taken_by_their_order(tmp_path: Path, crnn_file: Path) -> None:
    renamed = tmp_path / "renamed.h5"
    with h5py.File(crnn_file) as old, h5py.File(renamed, "w") as new:
        names = [f"layer_{index}" for index in range(len(old.attrs["layer_names"]))]
        new.attrs["layer_names"] = np.array([name.encode() for name in names])
        for name, layer in zip(names, old.attrs["layer_names"], strict=True):
            old.copy(old[layer], new, name)
    np.testing.assert_array_equal(scores_of(load_crnn(renamed)[0]), scores_of(load_crnn(crnn_file)[0]))


def test_layers_are_taken_by_their_names_whatever_their_order(tmp_path: Path, crnn_file: Path) -> None:
    shuffled = tmp_path / "shuffled.h5"
    names = list(RECORDED["layouts"]["crnn"])
    swapped = [*names[:-5], names[-4], names[-5], names[-2], names[-3], names[-1]]  # the LSTMs, all of one shape
    write(shuffled, {name: RECORDED["layouts"]["crnn"][name] for name in swapped})
    np.testing.assert_array_equal(scores_of(load_crnn(shuffled)[0]), scores_of(load_crnn(crnn_file)[0]))


@pytest.mark.parametrize(
    ("alphabet", "said"), [("abc", "36 characters, but the alphabet has 3"), ("", "the alphabet has 0")]
)
def test_another_alphabet_than_the_files_is_refused(crnn_file: Path, alphabet: str, said: str) -> None:
    with pytest.raises(BadModel, match=said):
        load_crnn(crnn_file, alphabet)


def test_weights_of_another_plan_say_which_layer_does_not_fit(crnn_file: Path) -> None:
    with pytest.raises(BadModel, match=r"“conv_1” have the shapes .*\(3, 3, 1, 64\).*, not .*\(3, 3, 3, 64\)"):
        load_crnn(crnn_file, plan=CrnnPlan(colour=True))


def test_a_recognizer_is_no_detector(crnn_file: Path) -> None:
    with pytest.raises(BadModel, match=r"it contains 17 layers, but the network has 47"):
        load_craft(crnn_file)


def test_a_crop_goes_in_as_keras_ocr_has_it_and_its_steps_lie_along_it(crnn_file: Path) -> None:
    net, charset = load_crnn(crnn_file)
    reader = CrnnRecognizer(TensorFlowNetwork(net, softmax=True), charset, name="crnn")
    crop = np.random.default_rng(0).integers(0, 256, (62, 300, 3)).astype(np.uint8)
    pixels, scale = reader.fitted(crop)
    assert pixels.shape == (31, 200, 1)
    assert scale == 0.5
    assert pixels[:, :150].any(axis=0).all()
    assert not pixels[:, 150:].any()
    wide, tall = reader.run([np.zeros((10, 400, 3), np.uint8), crop])
    assert (wide.span, tall.span) == (8.0, 8.0)
    assert len(tall.probabilities) == 50
    np.testing.assert_array_equal(tall.probabilities[:2, 0], 1.0)  # the two steps that are left out
    theirs = np.asarray(keras.ops.softmax(net(pixels[None], training=False)))[0]
    np.testing.assert_allclose(tall.probabilities[2:], theirs, atol=1e-5)
    assert reader.read([crop])[0].text == charset.decode(ctc.search_beams([theirs], best=1)[0][0].labels)
    with pytest.raises(ValueError, match="0 x 5 pixels"):
        reader.run([np.zeros((5, 0, 3), np.uint8)])


def test_craft_looks_at_photos_of_every_size_when_compiled() -> None:
    net = build_craft()
    compiled = tf.function(lambda x: net(x, training=False), input_signature=[tf.TensorSpec((None, None, None, 3))])
    for size in ((32, 64), (47, 33)):
        photo = np.random.default_rng(0).uniform(-1, 1, (1, *size, 3)).astype(np.float32)
        np.testing.assert_allclose(compiled(photo), net(photo, training=False), atol=1e-4)


def spoiled_link(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9"]
    stored["fc_9"] = h5py.ExternalLink(str(elsewhere), "/fc_9")


def spoiled_soft_link(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9"]
    stored["fc_9"] = h5py.SoftLink("/conv_1")


def spoiled_external(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    stored["fc_9/fc_9"].create_dataset("bias:0", (128,), "f4", external=[(str(elsewhere), 0, 512)])


def spoiled_virtual(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    made = h5py.VirtualLayout((128,), "f4")
    made[:] = h5py.VirtualSource(str(elsewhere), "x", (128,))
    stored["fc_9/fc_9"].create_virtual_dataset("bias:0", made)


def spoiled_type(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    stored["fc_9/fc_9"].create_dataset("bias:0", data=["a"] * 128)


def spoiled_size(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    stored["fc_9/fc_9"].create_dataset("bias:0", (1 << 34,), "f4", chunks=(1 << 20,))


def spoiled_number(stored: h5py.File, elsewhere: Path) -> None:
    stored["fc_9/fc_9/bias:0"][3] = np.nan


def spoiled_names(stored: h5py.File, elsewhere: Path) -> None:
    stored["fc_9"].attrs["weight_names"] = np.array([b"../../conv_1/conv_1/kernel:0", b"fc_9/bias:0"])


def spoiled_long_names(stored: h5py.File, elsewhere: Path) -> None:
    stored["fc_9"].attrs["weight_names"] = ["fc_9/kernel:0", "fc_9/bias:0" + "s" * 100_000]


def spoiled_piece(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    group = stored["fc_9/fc_9"]
    group.create_dataset("bias:0", (128,), "f4", maxshape=(None,), chunks=(1 << 26,))


def spoiled_packing(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    stored["fc_9/fc_9"].create_dataset("bias:0", (128,), "f4", scaleoffset=2, chunks=(128,))


def spoiled_bomb(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    packed = stored["fc_9/fc_9"].create_dataset("bias:0", (128,), "f4", chunks=(128,), compression="gzip")
    packed.id.write_direct_chunk((0,), zlib.compress(bytes(32 << 20)))  # 32 MB where 512 bytes are said to be


def spoiled_scalar(stored: h5py.File, elsewhere: Path) -> None:
    del stored["fc_9/fc_9/bias:0"]
    stored["fc_9/fc_9"].create_dataset("bias:0", data=np.float32(1))


def spoiled_single_name(stored: h5py.File, elsewhere: Path) -> None:
    stored.attrs["layer_names"] = np.bytes_(b"fc_9")


def spoiled_empty_names(stored: h5py.File, elsewhere: Path) -> None:
    stored.attrs["layer_names"] = h5py.Empty("S4")


def spoiled_list(stored: h5py.File, elsewhere: Path) -> None:
    del stored.attrs["layer_names"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoiled_link, "“fc_9” is not in the file"),
        (spoiled_soft_link, "“fc_9” is not in the file"),
        (spoiled_external, "is in another file"),
        (spoiled_virtual, "is in another file"),
        (spoiled_type, "is not an array of float32"),
        (spoiled_size, "is too large"),
        (spoiled_number, "contains values that aren’t numbers"),
        (spoiled_names, "is not in the file"),
        (spoiled_long_names, "some of its names are too long"),
        (spoiled_piece, "is too large"),
        (spoiled_packing, "unsupported compression"),
        (spoiled_bomb, "unsupported compression"),
        (spoiled_list, "“layer_names” is missing"),
        (spoiled_scalar, "is not an array of float32"),
        (spoiled_single_name, "is not a list of names"),
        (spoiled_empty_names, "is not a list of names"),
    ],
)
def test_what_leads_elsewhere_or_is_no_network_is_refused(
    tmp_path: Path, crnn_file: Path, spoil: Callable[[h5py.File, Path], None], said: str
) -> None:
    file = tmp_path / "spoiled.h5"
    file.write_bytes(crnn_file.read_bytes())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(crnn_file.read_bytes())
    with h5py.File(file, "a") as stored:
        spoil(stored, elsewhere)
    with pytest.raises(BadModel, match=said) as caught:
        legacy_h5.read_layers(file)
    assert str(caught.value).startswith(f"{file}: ")


def test_no_other_file_is_opened_to_see_what_a_link_leads_to(tmp_path: Path, crnn_file: Path) -> None:
    elsewhere = tmp_path / "elsewhere.h5"
    elsewhere.write_bytes(crnn_file.read_bytes())
    leading = tmp_path / "leading.h5"
    with h5py.File(leading, "w") as stored:
        stored["model_weights"] = h5py.ExternalLink(str(elsewhere), "/")
    with h5py.File(leading, "r") as stored:
        assert "layer_names" in stored["model_weights"].attrs  # that is where it leads
    with pytest.raises(BadModel, match="“model_weights” is not in the file"):
        legacy_h5.read_layers(leading)


@pytest.mark.parametrize("data", [b"", b"text", b"\x89HDF\r\n\x1a\n" + b"\0" * 200, pickle.dumps([1])])
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "other.h5"
    file.write_bytes(data)
    with pytest.raises(BadModel):
        legacy_h5.read_layers(file)


@pytest.mark.parametrize(("way", "why"), [(spin, "longer than 1 s"), (grow, "more than 256 MB")])
def test_what_ends_the_library_ends_nothing_else(
    monkeypatch: pytest.MonkeyPatch, way: child_process.Work, why: str
) -> None:
    monkeypatch.setattr(legacy_h5, "parse_in_child", way)
    monkeypatch.setattr(legacy_h5, "_LIMITS", child_process.Limits(seconds=1, memory=256 << 20))
    with pytest.raises(BadModel, match=f"not a weights file: .*{why}"):
        legacy_h5.parse_layers(b"", file="x.h5")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"nowhere\.h5: the file can’t be read: No such file"):
        legacy_h5.read_layers(tmp_path / "nowhere.h5")


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    layout = {"a": {"a/kernel:0": [2, 3], "a/bias:0": [3]}, "b": {"b/gamma:0": [4]}}
    return write(tmp_path_factory.mktemp("little") / "little.h5", layout).read_bytes()


@given(data=st.data())
@how(max_examples=60)
def test_flipped_bytes_are_refused_or_are_numbers(little: bytes, data: st.DataObject) -> None:
    changed = bytearray(little)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        layers = legacy_h5.parse_layers(bytes(changed), file="x")
    except BadModel:
        return
    assert all(np.isfinite(array).all() for arrays in layers.values() for array in arrays)


@pytest.mark.parametrize(
    ("net", "names"),
    [(build_craft(), list(craft_layers())), (build_crnn(5), list(crnn_layers()))],
    ids=["craft", "crnn"],
)
def test_every_layer_with_weights_is_named_once(net: keras.Model, names: list[str]) -> None:
    assert [layer.name for layer in net.layers if layer.weights and layer.name not in names] == []
    assert len(names) == len(set(names)) == len([layer for layer in net.layers if layer.weights])


def test_a_net_with_a_spatial_transformer_comes_back_from_its_file_the_same(tmp_path: Path) -> None:
    net = build_crnn(5)
    net.save(tmp_path / "net.keras")
    again = keras.saving.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(net(a_word(), training=False), again(a_word(), training=False))
